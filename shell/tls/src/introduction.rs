//! The header with which a balancer begins a connection. It is read byte for byte, so that nothing of what follows is.

use std::net::SocketAddr;
use std::time::Duration;

use hustings_guard::proxy::{self, BadHeader, HEADER_BYTES_MAX, Header};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::stats::{count, stats};
use crate::waiting::Wait;

/// A balancer sends its header with the first packet.
const PATIENCE: Duration = Duration::from_secs(3);
/// What every header has.
const FIXED: usize = 16;

/// Where a balancer's connection really comes from; nothing if it does not say so in time, or its place is wanted.
pub(crate) async fn introduced<I: AsyncRead + Unpin>(
    io: &mut I,
    balancer: SocketAddr,
    wait: &Wait,
) -> Option<SocketAddr> {
    let read = tokio::select! {
        read = tokio::time::timeout(PATIENCE, read(io)) => read,
        () = wait.over() => return None,
    };
    match read {
        Ok(Ok(header)) => return Some(header.source.unwrap_or(balancer)),
        Ok(Err(error)) => tracing::warn!(%balancer, %error, "a balancer's connection was closed"),
        Err(_) => tracing::debug!(%balancer, "a balancer said nothing"),
    }
    count(&stats().refused);
    None
}

#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("{0}")]
    Header(#[from] BadHeader),
    #[error("it ended before its header did")]
    Ended(#[from] std::io::Error),
}

async fn read<I: AsyncRead + Unpin>(io: &mut I) -> Result<Header, Unread> {
    let mut come = [0; HEADER_BYTES_MAX];
    io.read_exact(&mut come[..FIXED]).await?;
    let mut at = FIXED;
    loop {
        if let Some(header) = proxy::read(&come[..at])? {
            return Ok(header);
        }
        let whole = FIXED + usize::from(u16::from_be_bytes([come[14], come[15]]));
        // That it is not too long is known by now.
        io.read_exact(&mut come[at..whole]).await?;
        at = whole;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_of_the_client_is_taken() {
        let header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\xd4\x31\0\x50";
        let mut line: &[u8] = &[header, &b"GET"[..]].concat();
        assert_eq!(read(&mut line).await.unwrap().source, Some("203.0.113.7:54321".parse().unwrap()));
        assert_eq!(line, b"GET");
        let mut line: &[u8] = &header[..20];
        assert!(matches!(read(&mut line).await, Err(Unread::Ended(_))));
        let mut line: &[u8] = b"GET / HTTP/1.1\r\n";
        assert!(matches!(read(&mut line).await, Err(Unread::Header(BadHeader::Signature))));
    }
}
