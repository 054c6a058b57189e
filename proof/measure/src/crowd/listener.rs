//! One listener of a crowd: where its connection stands, and what it will remember of the evening.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::sockopt::{set_socket_recv_buffer_size, set_tcp_nodelay};
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};

use rustls::ClientConnection;

use super::answer::Answer;
use crate::kernel;

/// Source addresses of one table: of its own loopback network, and many, so that ports which wait for a connection's
/// last packets (TIME_WAIT) are never the limit.
const SOURCES: usize = 8;
/// Receive buffer of those who do not read as they should, so that it is full in seconds.
const SMALL_BYTES: usize = 4096;

/// Where a connection stands.
#[derive(Debug)]
pub(super) enum Line {
    /// There is none.
    Away,
    /// `connect` was called.
    Connecting(OwnedFd),
    /// The request was sent.
    Asked(OwnedFd, Answer),
    /// The same over TLS, from the handshake on.
    Sealed(OwnedFd, Box<ClientConnection>, Answer),
    /// The first sound is there.
    Hearing(OwnedFd),
}

/// One listener.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) line: Line,
    /// The first call of `connect`.
    pub(super) asked: Instant,
    /// The last call of `connect`.
    pub(super) called: Instant,
    /// The last delivery.
    pub(super) last: Instant,
    /// The largest gap while gaps are watched.
    pub(super) gap: Duration,
    /// It has heard something, on this connection or an earlier one.
    pub(super) heard: bool,
    /// It lost its connection then, and has heard nothing since.
    pub(super) lost: Option<Instant>,
    /// It has lost a connection while gaps were watched: its gaps are not those of one who stayed.
    pub(super) left: bool,
}

impl Listener {
    pub(super) fn new(now: Instant) -> Self {
        let line = Line::Away;
        Self { line, asked: now, called: now, last: now, gap: Duration::ZERO, heard: false, lost: None, left: false }
    }
}

/// Calls `connect` and does not wait.
pub(super) fn call(addr: SocketAddr, table: usize, n: usize, small: bool) -> Result<OwnedFd, Errno> {
    let family = if addr.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    if small {
        set_socket_recv_buffer_size(&socket, SMALL_BYTES)?;
    }
    set_tcp_nodelay(&socket, true)?;
    if let IpAddr::V4(to) = addr.ip()
        && to.is_loopback()
    {
        kernel::bind_address_alone(socket.as_fd());
        let [third, fourth] = [(table + 1) as u8, (n % SOURCES + 1) as u8];
        bind(&socket, &SocketAddr::from((Ipv4Addr::new(127, 0, third, fourth), 0)))?;
    }
    match connect(&socket, &addr) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(error) => Err(error),
    }
}
