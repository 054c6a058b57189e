//! A connection's line: what is said and heard on it, in clear.
//!
//! Everything that reads and writes in this shell does it here, so that what lies between the words and the socket is
//! nobody else's business.

use std::io::IoSlice;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use hustings_fan::Taken;
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::Shutdown;

/// One connection.
#[derive(Debug)]
pub(crate) struct Line {
    socket: OwnedFd,
}

impl Line {
    /// A non-blocking socket without anything around its words.
    pub(crate) const fn plain(socket: OwnedFd) -> Self {
        Self { socket }
    }

    /// Appends what came, as far as `into` has room without growing. Zero is the end.
    ///
    /// # Errors
    /// What the system says; [`Errno::AGAIN`] if there is nothing.
    pub(crate) fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, Errno> {
        loop {
            match rustix::io::read(&self.socket, spare_capacity(into)) {
                Err(Errno::INTR) => {}
                done => return done,
            }
        }
    }

    /// Whether a read of so many bytes, where there was room for more, has taken all that there was: what comes later is
    /// told anew (epoll(7)).
    pub(crate) fn is_drained(&self, read: usize, room: usize) -> bool {
        self.bare().is_some() && read < room
    }

    /// Says pieces one after the other, as far as the network takes them.
    pub(crate) fn write(&mut self, slices: &[IoSlice<'_>]) -> Taken {
        loop {
            break match rustix::io::writev(&self.socket, slices) {
                Ok(0) | Err(Errno::AGAIN) => Taken::Full,
                Ok(taken) => Taken::Bytes(taken),
                Err(Errno::INTR) => continue,
                Err(_) => Taken::Broken,
            };
        }
    }

    /// The socket, if what is said goes over it as it is.
    pub(crate) fn bare(&self) -> Option<BorrowedFd<'_>> {
        Some(self.socket.as_fd())
    }

    /// Says that nothing more will be said.
    pub(crate) fn finish(&mut self) {
        let _ = rustix::net::shutdown(&self.socket, Shutdown::Write);
    }

    /// The socket, for somebody else to serve.
    pub(crate) fn into_socket(self) -> TcpStream {
        self.socket.into()
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
