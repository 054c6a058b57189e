//! A connection's line: what is said and heard on it, in clear or sealed by TLS.
//!
//! Everything that reads and writes in this shell does it here, so that what lies between the words and the socket is
//! nobody else's business. A sealed line keeps keys and no bytes: records are sealed into a scratch of the thread, and
//! one that the network took in part is sealed again when there is room, which gives the same bytes (see
//! [`hustings_seal`]). So who writes keeps to this: what [`Taken::Begun`] names is offered again before anything else.

use std::cell::RefCell;
use std::io::IoSlice;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use hustings_fan::Taken;
use hustings_link::peer::Secrecy;
use hustings_seal::{Alert, Attended, Offer, Passage, ReadError, Session};
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{RecvFlags, Shutdown};
use rustls::ServerConfig;

use crate::handshake::{Advance, Handshake};

thread_local! {
    /// Where records are sealed and opened: one at a time.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One connection. It does not block.
#[derive(Debug)]
pub(crate) struct Line {
    socket: OwnedFd,
    /// None in clear.
    secret: Option<Box<Secret>>,
}

/// How far the secrecy of a line is.
#[derive(Debug)]
enum Secret {
    /// Nothing was said yet. Who says nothing costs no more than this.
    Fresh(Arc<ServerConfig>),
    Shaking(Box<Handshake>),
    /// The client speaks TLS, and none that is spoken here. It has said this.
    Foreign(Vec<u8>),
    Sealed(Session),
}

/// The client speaks another TLS than this: [`Line::into_parts`] gives what it said to somebody who may know it.
pub(crate) const FOREIGN: Errno = Errno::PROTONOSUPPORT;

impl Line {
    /// A connection that was just accepted, over TLS if there is a configuration.
    pub(crate) fn new(socket: OwnedFd, tls: Option<&Arc<ServerConfig>>) -> Self {
        Self { socket, secret: tls.map(|config| Box::new(Secret::Fresh(config.clone()))) }
    }

    /// Whether its handshake is still to be done, which costs more than anything else that is done on a line.
    pub(crate) fn is_shaking(&self) -> bool {
        matches!(self.secret.as_deref(), Some(Secret::Fresh(_) | Secret::Shaking(_)))
    }

    /// Whether what it says is sealed: then somebody must [`Line::attend`] to it.
    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self.secret.as_deref(), Some(Secret::Sealed(_)))
    }

    /// Whether it holds something to be read of which the system tells nobody.
    pub(crate) fn holds_text(&self) -> bool {
        matches!(self.secret.as_deref(), Some(Secret::Sealed(session)) if session.holds_text())
    }

    /// Whether the handshake can go on only when there is room to write.
    pub(crate) fn wants_room(&self) -> bool {
        matches!(self.secret.as_deref(), Some(Secret::Shaking(handshake)) if handshake.wants_room())
    }

    /// Looks at what came first, before anything was read. Zero bytes is the end, which is told as [`Errno::CONNRESET`].
    ///
    /// # Errors
    /// What the system says; [`Errno::AGAIN`] if there is nothing.
    pub(crate) fn peek(&self, into: &mut [u8]) -> Result<usize, Errno> {
        match rustix::net::recv(&self.socket, into, RecvFlags::PEEK)? {
            (_, 0) => Err(Errno::CONNRESET),
            (_, read) => Ok(read),
        }
    }

    /// Takes bytes away that were looked at.
    pub(crate) fn skip(&self, seen: &mut [u8]) -> bool {
        rustix::net::recv(&self.socket, &mut *seen, RecvFlags::empty()).is_ok_and(|(_, read)| read == seen.len())
    }

    /// Appends what came, as far as `into` has room without growing. Zero is the end.
    ///
    /// # Errors
    /// What the system says; [`Errno::AGAIN`] if there is nothing, [`FOREIGN`] once, and [`Errno::PROTO`] for what is no
    /// TLS, of which the peer was told.
    pub(crate) fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, Errno> {
        let Some(secret) = self.secret.as_deref_mut() else { return receive(&self.socket, into) };
        SCRATCH.with_borrow_mut(|scratch| {
            if let Secret::Fresh(config) = secret {
                *secret = Secret::Shaking(Box::new(Handshake::new(config.clone())?));
            }
            if let Secret::Shaking(handshake) = secret {
                match handshake.advance(&self.socket, scratch)? {
                    Advance::Foreign(said) => {
                        *secret = Secret::Foreign(said);
                        return Err(FOREIGN);
                    }
                    Advance::Done(session) => *secret = Secret::Sealed(session),
                }
            }
            let Secret::Sealed(session) = secret else { return Err(Errno::PROTO) };
            let read = session.read(into, scratch, |more| receive(&self.socket, more));
            read.map_err(|error| give_up(&self.socket, session, scratch, &error))
        })
    }

    /// The kind of program that a handshake has shown: once.
    pub(crate) fn take_kind(&mut self) -> Option<u64> {
        match self.secret.as_deref_mut() {
            Some(Secret::Shaking(handshake)) => handshake.take_kind(),
            _ => None,
        }
    }

    /// Takes note of what the peer says while it listens: it may change its keys, or end.
    ///
    /// # Errors
    /// The connection is over.
    pub(crate) fn attend(&mut self) -> Result<(), Errno> {
        let Some(Secret::Sealed(session)) = self.secret.as_deref_mut() else { return Ok(()) };
        SCRATCH.with_borrow_mut(|scratch| match session.attend(scratch, |more| receive(&self.socket, more)) {
            Ok(Attended::Kept) | Err(ReadError::Source(Errno::AGAIN)) => Ok(()),
            Ok(Attended::Ended) => Err(Errno::CONNRESET),
            Err(error) => Err(give_up(&self.socket, session, scratch, &error)),
        })
    }

    /// Whether a read of so many bytes, where there was room for more, has taken all that there was: what comes later is
    /// told anew (epoll(7)). A sealed line may hold more than the system knows of.
    pub(crate) fn is_drained(&self, read: usize, room: usize) -> bool {
        self.bare().is_some() && read < room
    }

    /// Says pieces one after the other, as far as the network takes them.
    pub(crate) fn write(&mut self, slices: &[IoSlice<'_>]) -> Taken {
        match self.secret.as_deref_mut() {
            None => match send(|| rustix::io::writev(&self.socket, slices)) {
                Ok(0) => Taken::Full,
                Ok(taken) => Taken::Bytes(taken),
                Err(_) => Taken::Broken,
            },
            Some(Secret::Sealed(session)) => {
                SCRATCH.with_borrow_mut(|scratch| seal(&self.socket, session, slices, scratch))
            }
            Some(_) => Taken::Broken,
        }
    }

    /// The socket, if what is said goes over it as it is.
    pub(crate) fn bare(&self) -> Option<BorrowedFd<'_>> {
        self.secret.is_none().then(|| self.socket.as_fd())
    }

    /// Says that nothing more will be said.
    pub(crate) fn finish(&mut self) {
        if let Some(Secret::Sealed(session)) = self.secret.as_deref_mut() {
            session.end(Alert::CLOSE_NOTIFY);
            SCRATCH.with_borrow_mut(|scratch| seal(&self.socket, session, &[], scratch));
        }
        let _ = rustix::net::shutdown(&self.socket, Shutdown::Write);
    }

    /// The socket and what is known of its secrecy, for somebody else to serve; and what was read of it already, if that
    /// is not what [`Line::read`] gave.
    pub(crate) fn into_parts(self) -> (TcpStream, Secrecy, Option<Vec<u8>>) {
        let (secrecy, read) = match self.secret.map(|secret| *secret) {
            None => (Secrecy::Clear, None),
            Some(Secret::Sealed(session)) => (Secrecy::Sealed(Box::new(session)), None),
            Some(Secret::Foreign(said)) => (Secrecy::Foreign, Some(said)),
            Some(Secret::Fresh(_) | Secret::Shaking(_)) => (Secrecy::Foreign, Some(Vec::new())),
        };
        (self.socket.into(), secrecy, read)
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Writes text, and what the two ends owe each other, a record at a time: the first that holds text is the last.
fn seal(socket: &OwnedFd, session: &mut Session, text: &[IoSlice<'_>], scratch: &mut Vec<u8>) -> Taken {
    loop {
        let (from, bytes) = match session.offer(text, scratch) {
            Ok(Offer::Nothing) => return Taken::Full,
            Ok(Offer::Own { from }) => (from, 0),
            Ok(Offer::Text { from, bytes }) => (from, bytes),
            Err(fault) => {
                tracing::debug!(%fault, "a sealed connection cannot go on");
                return Taken::Broken;
            }
        };
        let Ok(taken) = send(|| rustix::io::write(socket, &scratch[from..])) else { return Taken::Broken };
        match session.took(taken) {
            Passage::Whole if bytes == 0 => {}
            Passage::Whole => return Taken::Bytes(bytes),
            Passage::Part if bytes > 0 && taken > 0 => return Taken::Begun(bytes),
            Passage::Part | Passage::None => return Taken::Full,
        }
    }
}

/// Tells the peer what it did wrong, if it did.
fn give_up(socket: &OwnedFd, session: &mut Session, scratch: &mut Vec<u8>, error: &ReadError<Errno>) -> Errno {
    match error {
        ReadError::Source(error) => *error,
        ReadError::Fault(fault) => {
            tracing::debug!(%fault, "a sealed connection ends");
            if let Some(alert) = fault.alert() {
                session.end(alert);
                seal(socket, session, &[], scratch);
            }
            Errno::PROTO
        }
    }
}

/// Appends what the socket has, as far as there is room. Zero is the end.
pub(crate) fn receive(socket: &OwnedFd, into: &mut Vec<u8>) -> Result<usize, Errno> {
    loop {
        match rustix::io::read(socket, spare_capacity(into)) {
            Err(Errno::INTR) => {}
            done => return done,
        }
    }
}

/// Zero if there is no room.
pub(crate) fn send(mut write: impl FnMut() -> Result<usize, Errno>) -> Result<usize, Errno> {
    loop {
        match write() {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(0),
            done => return done,
        }
    }
}
