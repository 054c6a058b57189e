//! One TCP connection that knows when it is over.
//!
//! A socket tells of a peer that closes, not of one that vanished, stands still or says nothing. The rules are in
//! [`Vigil`], which is told the time; [`Line`] applies them when it reads and writes, and sets a timer only while it
//! could otherwise sleep too long. A breach is an error of the next write or read, which ends whatever is served there.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::Duration;

use hustings_vocab::limits;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::ServeOptions;
use crate::stats::{count, stats};
use crate::tcp_facts::{TcpFacts, tcp_facts};

/// A connection that takes nothing of what waits for it.
const STALLED: Duration = Duration::from_secs(limits::STALLED_LISTENER_SECONDS);
/// Nothing sent, nothing received. The longest silence that is served on purpose is the 15 s between two heartbeats of
/// the events, and the 20 s between two pings of HTTP/2.
const IDLE: Duration = Duration::from_secs(90);
/// Between two looks at what the kernel knows: one system call in two seconds, beside ten writes.
const LOOK: Duration = Duration::from_secs(2);
/// While something is wrong.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Stalled,
    Silent,
    Idle,
}

impl Over {
    fn counter(self) -> &'static AtomicU64 {
        match self {
            Self::Stalled => &stats().stalled,
            Self::Silent => &stats().silent,
            Self::Idle => &stats().idle,
        }
    }
}

/// The rules by which a connection is over. Pure: time and facts are arguments.
#[derive(Debug)]
struct Vigil {
    /// When a byte last went either way.
    active: Instant,
    /// Since when the kernel takes no more.
    blocked: Option<Instant>,
    /// How far the peer had acknowledged, while something was not, and since when it has been so.
    waiting: Option<(u64, Instant)>,
    look_at: Instant,
}

impl Vigil {
    fn new(now: Instant) -> Self {
        Self { active: now, blocked: None, waiting: None, look_at: now + LOOK }
    }

    fn moved(&mut self, now: Instant) {
        self.active = now;
    }

    fn wrote(&mut self, now: Instant) {
        self.active = now;
        self.blocked = None;
    }

    /// The kernel took nothing; says whether this is news.
    fn blocked(&mut self, now: Instant) -> bool {
        let news = self.blocked.is_none();
        self.blocked.get_or_insert(now);
        if news {
            self.look_at = self.look_at.min(now + LOOK_AGAIN);
        }
        news
    }

    /// Judges. `facts` is `None` where the dead are not looked for.
    fn look(&mut self, now: Instant, facts: Option<TcpFacts>) -> Result<(), Over> {
        if self.blocked.is_some_and(|since| now.duration_since(since) >= STALLED) {
            return Err(Over::Stalled);
        }
        if self.blocked.is_none() && now.duration_since(self.active) >= IDLE {
            return Err(Over::Idle);
        }
        self.waiting = facts.filter(|f| f.unacked > 0).map(|f| match self.waiting {
            Some((acked, since)) if acked == f.bytes_acked => (acked, since),
            _ => (f.bytes_acked, now),
        });
        if self.waiting.is_some_and(|(_, since)| now.duration_since(since) >= ServeOptions::SILENT_MAX) {
            return Err(Over::Silent);
        }
        let uneasy = self.blocked.is_some() || self.waiting.is_some();
        self.look_at = now + if uneasy { LOOK_AGAIN } else { LOOK };
        Ok(())
    }

    /// When a look is due although nothing happens.
    fn wake_at(&self) -> Instant {
        if self.blocked.is_some() { self.look_at } else { self.active + IDLE }
    }
}

/// One accepted connection.
pub(crate) struct Line {
    socket: TcpStream,
    vigil: Vigil,
    find_silent: bool,
    timer: Pin<Box<Sleep>>,
}

impl Line {
    /// Sets the socket up and begins to watch it. An option that the system does not know is no reason to refuse.
    pub(crate) fn new(socket: TcpStream, options: &ServeOptions) -> Self {
        let raw = SockRef::from(&socket);
        let keepalive = TcpKeepalive::new().with_time(LOOK * 5).with_interval(LOOK * 2).with_retries(3);
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
        let timer = Box::pin(tokio::time::sleep_until(vigil.wake_at()));
        Self { socket, vigil, find_silent: options.find_silent, timer }
    }

    /// Looks if a look is due.
    fn look(&mut self, now: Instant) -> io::Result<()> {
        if now < self.vigil.look_at {
            return Ok(());
        }
        let facts = if self.find_silent { tcp_facts(self.socket.as_fd()).ok() } else { None };
        self.vigil.look(now, facts).map_err(|over| {
            count(over.counter());
            tracing::debug!(?over, "a connection is closed");
            io::Error::new(io::ErrorKind::TimedOut, format!("{over:?}"))
        })
    }

    /// Sees to it that the task is woken for the next look.
    fn rest(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while self.timer.as_mut().poll(cx).is_ready() {
            self.look(Instant::now())?;
            self.timer.as_mut().reset(self.vigil.wake_at());
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
                    self.timer.as_mut().reset(self.vigil.wake_at());
                }
                self.look(now)?;
                self.rest(cx)?;
            }
        }
        outcome
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn facts(unacked: u32, bytes_acked: u64) -> Option<TcpFacts> {
        Some(TcpFacts { unacked, bytes_acked })
    }

    #[test]
    fn a_peer_that_acknowledges_is_fine_however_much_is_on_its_way() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        for second in 1..100 {
            vigil.wrote(start + s(second));
            assert_eq!(vigil.look(start + s(second), facts(5, second)), Ok(()));
        }
    }

    #[test]
    fn a_peer_that_acknowledges_nothing_for_six_seconds_is_dead() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        for second in 0..6 {
            vigil.wrote(start + s(second));
            assert_eq!(vigil.look(start + s(second), facts(3, 42)), Ok(()));
            assert!(vigil.look_at <= start + s(second + 1));
        }
        assert_eq!(vigil.look(start + s(6), facts(9, 42)), Err(Over::Silent));
    }

    #[test]
    fn a_peer_that_lives_but_takes_nothing_has_thirty_seconds() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        assert!(vigil.blocked(start));
        assert_eq!(vigil.wake_at(), start + LOOK_AGAIN);
        for second in 1..30 {
            assert!(!vigil.blocked(start + s(second)));
            assert_eq!(vigil.look(start + s(second), facts(0, 42)), Ok(()));
        }
        assert_eq!(vigil.look(start + s(30), facts(0, 42)), Err(Over::Stalled));
    }

    #[test]
    fn one_byte_taken_starts_the_thirty_seconds_anew() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        vigil.blocked(start);
        vigil.wrote(start + s(29));
        vigil.blocked(start + s(29));
        assert_eq!(vigil.look(start + s(58), facts(0, 43)), Ok(()));
        assert_eq!(vigil.look(start + s(59), facts(0, 43)), Err(Over::Stalled));
    }

    #[test]
    fn a_connection_on_which_nothing_moves_is_idle() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        vigil.moved(start + s(80));
        assert_eq!(vigil.look(start + s(169), None), Ok(()));
        assert_eq!(vigil.wake_at(), start + s(170));
        assert_eq!(vigil.look(start + s(170), None), Err(Over::Idle));
    }
}
