//! One connection of a player: a request at a time, and its answer taken apart as far as a player needs.
//!
//! HTTP/1.1 with keep-alive, lengths and chunks. Deliberately absent: TLS, redirects, anything else that no cache of ours
//! sends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::os::fd::OwnedFd;

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketType, bind, connect, recv, socket};

/// An answer's head never grows past this.
const HEAD_MAX: usize = 16 * 1024;

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) socket: OwnedFd,
    taken: Vec<u8>,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Not all of it yet.
    Part,
    /// The whole answer.
    Answer(Answer),
    /// The other end closed, or sent what is no answer.
    Closed,
}

/// A whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) gzip: bool,
    pub(super) body: Vec<u8>,
    /// No further request on this connection.
    pub(super) last: bool,
}

impl Wire {
    /// Connects, from an address of its own where there is one.
    pub(super) fn open(to: SocketAddr, from: Option<Ipv4Addr>) -> io::Result<Self> {
        let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let socket = socket(family, SocketType::STREAM, None)?;
        if let Some(from) = from {
            bind(&socket, &SocketAddrV4::new(from, 0))?;
        }
        connect(&socket, &to)?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { socket: stream.into(), taken: Vec::new() })
    }

    /// Sends a request. It is small: a connection that cannot take it is of no use.
    pub(super) fn send(&self, request: &[u8]) -> io::Result<()> {
        match rustix::io::write(&self.socket, request) {
            Ok(n) if n == request.len() => Ok(()),
            Ok(_) => Err(io::ErrorKind::WriteZero.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what has come.
    pub(super) fn take(&mut self) -> Came {
        loop {
            self.taken.reserve(8 * 1024);
            match recv(&self.socket, spare_capacity(&mut self.taken), RecvFlags::empty()) {
                Ok((_, n)) if n > 0 => {}
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => continue,
                Ok(_) | Err(_) => return Came::Closed,
            }
        }
        match parse(&self.taken) {
            Ok(None) => Came::Part,
            Ok(Some((answer, used))) => {
                self.taken.drain(..used);
                Came::Answer(answer)
            }
            Err(()) => Came::Closed,
        }
    }
}

/// The first answer in `bytes` and its length; `None` while it is not whole.
fn parse(bytes: &[u8]) -> Result<Option<(Answer, usize)>, ()> {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_MAX { Err(()) } else { Ok(None) };
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(drop)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).ok_or(())?;
    let field = |name: &str| {
        head.split("\r\n").skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let at = end + 4;
    let body = if matches!(status, 204 | 304) {
        Some((Vec::new(), 0))
    } else if let Some(length) = field("content-length") {
        let length: usize = length.parse().map_err(drop)?;
        bytes.get(at..at + length).map(|body| (body.to_vec(), length))
    } else if field("transfer-encoding").is_some_and(|t| t.eq_ignore_ascii_case("chunked")) {
        chunks(&bytes[at..])?
    } else {
        return Err(());
    };
    let gzip = field("content-encoding") == Some("gzip");
    let last = field("connection").is_some_and(|c| c.eq_ignore_ascii_case("close"));
    Ok(body.map(|(body, used)| (Answer { status, gzip, body, last }, at + used)))
}

/// A chunked body and its length on the wire (RFC 9112, section 7.1); `None` while it is not whole.
fn chunks(mut rest: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ()> {
    let all = rest.len();
    let mut body = Vec::new();
    loop {
        let Some(line) = rest.windows(2).position(|w| w == b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&rest[..line]).map_err(drop)?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16).map_err(drop)?;
        rest = &rest[line + 2..];
        let Some(chunk) = rest.get(..size.saturating_add(2)) else { return Ok(None) };
        body.extend_from_slice(&chunk[..size]);
        rest = &rest[size + 2..];
        if size == 0 {
            return Ok(Some((body, all - rest.len())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_or_waited_for() {
        let plain = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhelloHTTP/1.1";
        let (answer, used) = parse(plain).unwrap().unwrap();
        assert_eq!((answer.status, answer.gzip, answer.last, used), (200, true, false, plain.len() - 8));
        assert_eq!(answer.body, b"hello");
        assert_eq!(parse(&plain[..60]), Ok(None));
        let chunked = b"HTTP/1.1 503 x\r\ntransfer-encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
        let (answer, used) = parse(chunked).unwrap().unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice(), answer.last, used),
            (503, &b"abcde"[..], true, chunked.len())
        );
        for cut in 0..chunked.len() {
            assert_eq!(parse(&chunked[..cut]), Ok(None), "{cut}");
        }
        let (answer, _) = parse(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        assert_eq!(parse(b"220 mail\r\n\r\n"), Err(()));
    }
}
