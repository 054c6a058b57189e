//! Bytes that come over a connection of HTTP/2 while nothing is asked: pings, settings and whatever else has no request.
//!
//! The protocol's library answers them and counts none of these, so one connection could keep a core busy for ever. A browser sends some
//! hundred bytes a minute between its requests.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use hustings_vocab::limits::HTTP2_IDLE_BYTES_MAX;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What the requests of a connection say of themselves.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Being answered.
    open: AtomicUsize,
    /// Bytes since nothing was asked any more.
    idle_bytes: AtomicU64,
}

/// One request, as long as it is being answered.
pub(crate) struct Asking(Arc<Asked>);

impl Asked {
    /// Something is asked.
    pub(crate) fn ask(self: &Arc<Self>) -> Asking {
        self.open.fetch_add(1, Relaxed);
        self.idle_bytes.store(0, Relaxed);
        Asking(self.clone())
    }

    /// Whether more has come than anybody has to say who asks for nothing.
    pub(crate) fn floods(&self) -> bool {
        self.idle_bytes.load(Relaxed) > HTTP2_IDLE_BYTES_MAX
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// A connection whose idle bytes are counted, and which ends when they are too many.
pub(crate) struct Metered<I> {
    io: I,
    asked: Arc<Asked>,
}

impl<I> Metered<I> {
    pub(crate) fn new(io: I, asked: Arc<Asked>) -> Self {
        Self { io, asked }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Metered<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.io).poll_read(cx, buf);
        let came = (buf.filled().len() - before) as u64;
        if came > 0 && self.asked.open.load(Relaxed) == 0 {
            self.asked.idle_bytes.fetch_add(came, Relaxed);
            if self.asked.floods() {
                return Poll::Ready(Err(io::Error::other("it sends without asking for anything")));
            }
        }
        outcome
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Metered<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn who_asks_may_send_and_who_does_not_is_ended() {
        let (mut far, near) = tokio::io::duplex(1 << 20);
        let asked = Arc::<Asked>::default();
        let mut near = Metered::new(near, asked.clone());
        let half = vec![0; HTTP2_IDLE_BYTES_MAX as usize / 2];
        let mut scrap = half.clone();
        let asking = asked.ask();
        for _ in 0..4 {
            far.write_all(&half).await.unwrap();
            near.read_exact(&mut scrap).await.unwrap();
        }
        drop(asking);
        far.write_all(&half).await.unwrap();
        near.read_exact(&mut scrap).await.unwrap();
        assert!(!asked.floods());
        drop(asked.ask());
        far.write_all(&half).await.unwrap();
        near.read_exact(&mut scrap).await.unwrap();
        far.write_all(&half).await.unwrap();
        far.write_all(&half).await.unwrap();
        assert!(near.read_exact(&mut scrap).await.is_ok() && near.read_exact(&mut scrap).await.is_err());
        assert!(asked.floods());
    }
}
