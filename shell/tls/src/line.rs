//! One TCP connection that knows when it is over.
//!
//! A socket tells of a peer that closes, not of one that vanished, stands still or says nothing. The rules are in
//! [`Vigil`], which is told the time; [`Line`] applies them when it reads and writes, and sets a timer only while it could
//! otherwise sleep too long. A breach is an error of the next write or read, which ends whatever is served there.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_fan::{Over, Vigil};
use hustings_link::peer::Slot;
use hustings_vocab::limits;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::ServeOptions;
use crate::stats::{count, stats};
use crate::tcp_facts::tcp_facts;

/// A connection that takes nothing of what waits for it.
const STALLED: Duration = Duration::from_secs(limits::STALLED_LISTENER_SECONDS);
/// Between a peer's last word and the first probe that asks whether it is there; twice between probes.
const PROBE: Duration = Duration::from_secs(2);

fn counter(over: Over) -> &'static AtomicU64 {
    match over {
        Over::Stalled => &stats().stalled,
        Over::Silent => &stats().silent,
        Over::Idle => &stats().idle,
    }
}

/// One accepted connection.
pub(crate) struct Line {
    socket: TcpStream,
    /// Read by somebody else before, and to be read again.
    again: Bytes,
    /// Held as long as the connection.
    slot: Option<Slot>,
    vigil: Vigil,
    find_silent: bool,
    /// It is known by what it was ended for.
    counted: bool,
    timer: Pin<Box<Sleep>>,
}

impl Line {
    /// Sets the socket up and begins to watch it. An option that the system does not know is no reason to refuse.
    pub(crate) fn new(socket: TcpStream, options: &ServeOptions) -> Self {
        let raw = SockRef::from(&socket);
        let keepalive = TcpKeepalive::new().with_time(PROBE * 5).with_interval(PROBE * 2).with_retries(3);
        let set = [
            raw.set_tcp_nodelay(true),
            raw.set_tcp_keepalive(&keepalive),
            // The last resort, for what lies in the kernel when nothing here writes any more.
            // The kernel's own limit stands behind ours: it would close a stalled reader without saying why.
            raw.set_tcp_user_timeout(Some(STALLED + STALLED / 2)),
            options.unsent_bytes_max.map_or(Ok(()), |bytes| raw.set_tcp_notsent_lowat(bytes)),
        ];
        if let Some(error) = set.into_iter().find_map(Result::err) {
            tracing::debug!(%error, "a socket option could not be set");
        }
        let vigil = Vigil::new(Instant::now());
        let timer = Box::pin(tokio::time::sleep_until(vigil.wake_at().into()));
        let find_silent = options.find_silent;
        Self { socket, again: Bytes::new(), slot: None, vigil, find_silent, counted: false, timer }
    }

    /// A connection that somebody else accepted, and of which `read` was already read.
    pub(crate) fn after(mut self, read: Bytes, slot: Slot) -> Self {
        (self.again, self.slot) = (read, Some(slot));
        self
    }

    /// Looks if a look is due.
    fn look(&mut self, now: Instant) -> io::Result<()> {
        if !self.vigil.wants_a_look(now) {
            return Ok(());
        }
        let facts = if self.find_silent { tcp_facts(self.socket.as_fd()).ok() } else { None };
        self.vigil.look(now, facts).map_err(|over| {
            count(counter(over));
            self.counted = true;
            tracing::debug!(?over, "a connection is closed");
            io::Error::new(io::ErrorKind::TimedOut, format!("{over:?}"))
        })
    }

    /// Sees to it that the task is woken for the next look.
    fn rest(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while self.timer.as_mut().poll(cx).is_ready() {
            self.look(Instant::now())?;
            self.timer.as_mut().reset(self.vigil.wake_at().into());
        }
        Ok(())
    }

    /// What every write has in common, with its outcome.
    fn after_write(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let now = Instant::now();
        match &outcome {
            Poll::Ready(_) => {
                self.vigil.wrote(now);
                self.look(now)?;
            }
            Poll::Pending => {
                if self.vigil.blocked(now) {
                    self.timer.as_mut().reset(self.vigil.wake_at().into());
                }
                self.look(now)?;
                self.rest(cx)?;
            }
        }
        outcome
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.counted && self.vigil.is_unread(Instant::now()) {
            count(&stats().unread);
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.again.is_empty() {
            // What answers at once must be able to write at once, and the runtime has not yet heard that it may.
            ready!(self.socket.poll_write_ready(cx))?;
            let some = self.again.len().min(buf.remaining());
            buf.put_slice(&self.again.split_to(some));
            return Poll::Ready(Ok(()));
        }
        let outcome = Pin::new(&mut self.socket).poll_read(cx, buf);
        match outcome {
            Poll::Ready(_) => self.vigil.moved(Instant::now()),
            Poll::Pending => self.rest(cx)?,
        }
        outcome
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.after_write(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.after_write(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
