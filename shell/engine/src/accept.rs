//! Taking connections from the listening socket, and what is said when there is no room.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use hustings_link::peer::Slot;
use hustings_vocab::limits;
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;
use rustix::net::{SocketFlags, acceptfrom_with};
use socket2::{SockRef, TcpKeepalive};

use crate::stats::{count, stats};

/// Connections taken before listeners are served again, and before others that share the listener take theirs: 16 cost a
/// quarter of a millisecond with their bursts, and a small crowd that comes at once is spread over all processes.
const BATCH: usize = 16;
/// A connection that takes nothing of what waits for it; the kernel's own limit stands behind ours, for it would close a
/// stalled reader without saying why.
const STALLED: Duration = Duration::from_secs(limits::STALLED_LISTENER_SECONDS * 3 / 2);
/// Between a peer's last word and the first probe that asks whether it is there; twice between probes.
const PROBE: Duration = Duration::from_secs(2);

/// Sets the listening socket up such that every connection inherits what a listener's needs. An option that the system
/// does not know is no reason to refuse.
pub(crate) fn prepare(listener: &std::net::TcpListener) {
    let raw = SockRef::from(listener);
    let keepalive = TcpKeepalive::new().with_time(PROBE * 5).with_interval(PROBE * 2).with_retries(3);
    let set = [
        raw.set_tcp_nodelay(true),
        raw.set_tcp_keepalive(&keepalive),
        raw.set_tcp_user_timeout(Some(STALLED)),
        raw.set_tcp_notsent_lowat(limits::STREAM_UNSENT_BYTES_MAX),
    ];
    if let Some(error) = set.into_iter().find_map(Result::err) {
        tracing::debug!(%error, "a socket option could not be set");
    }
}

/// How a round of accepting ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Nobody waits, or the rest waits for the next round.
    All,
    /// Somebody has shut the listener down: nobody will come.
    Closed,
    /// The system has no descriptors or memory for more: try again in a moment.
    OutOfRoom,
}

/// A descriptor in reserve, with which a connection can be answered for which there is none.
#[derive(Debug)]
pub(crate) struct Reserve {
    spare: Option<OwnedFd>,
    /// The last attempt failed, and that was said.
    failing: bool,
}

impl Reserve {
    pub(crate) fn new() -> Self {
        Self { spare: eventfd(0, EventfdFlags::CLOEXEC).ok(), failing: false }
    }

    /// Tells the first who waits that there is no room, and takes the descriptor back.
    fn turn_away(&mut self, listener: BorrowedFd<'_>, refusal: &[u8]) -> Result<(), Errno> {
        self.spare = None;
        let told = acceptfrom_with(listener, flags()).map(|(socket, _)| turn_away(&socket, refusal));
        self.spare = Self::new().spare;
        told
    }
}

/// Tells a client that it is not let in. The kernel takes these bytes at once or not at all. Over TLS nothing is said: a
/// handshake costs more than there is.
pub(crate) fn turn_away(socket: &impl AsFd, refusal: &[u8]) {
    count(&stats().refused);
    if !refusal.is_empty() {
        let _ = rustix::io::write(socket, refusal);
    }
}

/// Where those who come are put.
pub(crate) trait Guests {
    /// A place for one more, if there is any.
    fn room(&mut self) -> Option<Slot>;

    /// Puts one there.
    fn take(&mut self, socket: OwnedFd, addr: SocketAddr, slot: Slot);
}

/// Takes some of those who wait. Who finds no room is told the `refusal`.
pub(crate) fn accept(
    listener: BorrowedFd<'_>,
    reserve: &mut Reserve,
    refusal: &[u8],
    guests: &mut impl Guests,
) -> Accepted {
    for _ in 0..BATCH {
        match acceptfrom_with(listener, flags()) {
            Ok((socket, addr)) => {
                reserve.failing = false;
                let Some(addr) = addr.and_then(|addr| SocketAddr::try_from(addr).ok()) else { continue };
                let Some(slot) = guests.room() else {
                    turn_away(&socket, refusal);
                    continue;
                };
                count(&stats().accepted);
                guests.take(socket, addr, slot);
            }
            Err(Errno::AGAIN) => break,
            Err(Errno::INVAL) => return Accepted::Closed,
            // The peer was gone before it was let in.
            Err(Errno::CONNABORTED | Errno::INTR) => {}
            Err(error) => {
                count(&stats().accept_errors);
                if !std::mem::replace(&mut reserve.failing, true) {
                    let error = io::Error::from(error);
                    tracing::error!(%error, "connections cannot be accepted; those that are open go on");
                }
                // As long as they can be told, they are told at once, and nobody waits in the backlog for nothing.
                match reserve.turn_away(listener, refusal) {
                    Ok(()) | Err(Errno::CONNABORTED | Errno::INTR) => {}
                    Err(Errno::AGAIN) => break,
                    Err(_) => return Accepted::OutOfRoom,
                }
            }
        }
    }
    Accepted::All
}

const fn flags() -> SocketFlags {
    SocketFlags::NONBLOCK.union(SocketFlags::CLOEXEC)
}
