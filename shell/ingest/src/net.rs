//! The sockets of a plane: which addresses they are bound to, and which candidates name them.
//!
//! A wildcard address is bound as one socket for each local address, so that an answer leaves from the address that was
//! asked; ICE demands that. With addresses to advertise (a public address in front of a NAT) the wildcard is bound as
//! it is, because the local addresses are then nobody's business. Deliberately absent: looking for addresses that appear
//! later; restart for those.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use str0m::Candidate;
use str0m::net::{TcpType, Transmit};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;

use crate::gate::{Source, Transport};

/// What each UDP socket may hold: 4 MiB are 20,000 packets of speech, a second of 400 speakers. The kernel gives less if
/// `net.core.rmem_max` says so.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 128;

/// One UDP socket.
pub(crate) struct Udp {
    pub socket: UdpSocket,
    /// The candidate that datagrams on it are taken to be for.
    pub local: SocketAddr,
}

/// The sockets, and how to send on them.
pub(crate) struct Net {
    pub udp: Vec<Udp>,
    pub candidates: Vec<Candidate>,
    /// The UDP socket behind each candidate.
    behind: HashMap<SocketAddr, usize>,
    /// Connections that sessions may send on.
    connections: Mutex<HashMap<Source, mpsc::Sender<Bytes>>>,
}

/// Listeners for ICE-TCP, each with the candidate that it stands for.
pub(crate) type Listeners = Vec<(TcpListener, SocketAddr)>;

/// What became of something to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// The socket or the queue is full, or the connection is gone.
    No,
}

impl Net {
    /// Binds everything. TCP candidates come after UDP ones, so that they are tried when UDP fails.
    pub(crate) fn bind(udp: &[SocketAddr], tcp: &[SocketAddr], advertise: &[IpAddr]) -> io::Result<(Self, Listeners)> {
        let mut net =
            Self { udp: Vec::new(), candidates: Vec::new(), behind: HashMap::new(), connections: Mutex::default() };
        for (socket, names) in places(udp, advertise)?.bind_all(udp_port)? {
            let socket = UdpSocket::from_std(socket)?;
            let port = socket.local_addr()?.port();
            let index = net.udp.len();
            let names: Vec<_> = names.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
            for name in &names {
                let candidate = Candidate::builder().udp().host(*name).build().map_err(io::Error::other)?;
                net.candidates.push(candidate);
                net.behind.insert(*name, index);
            }
            net.udp.push(Udp { socket, local: names[0] });
        }
        let mut listeners = Vec::new();
        for (socket, names) in places(tcp, advertise)?.bind_all(tcp_port)? {
            let listener = TcpListener::from_std(socket)?;
            let port = listener.local_addr()?.port();
            for ip in &names {
                let builder = Candidate::builder().tcp().host(SocketAddr::new(*ip, port)).tcptype(TcpType::Passive);
                net.candidates.push(builder.build().map_err(io::Error::other)?);
            }
            listeners.push((listener, SocketAddr::new(names[0], port)));
        }
        Ok((net, listeners))
    }

    /// Sends what a session gave, on the socket of its source. Never waits.
    pub(crate) fn send(&self, transmit: Transmit) -> Sent {
        let Transmit { proto, source, destination, contents } = transmit;
        let sent = if proto == str0m::net::Protocol::Udp {
            let Some(index) = self.behind.get(&source) else { return Sent::No };
            self.udp[*index].socket.try_send_to(&contents, destination).is_ok()
        } else {
            let pair = Source { transport: Transport::Tcp, local: source, remote: destination };
            let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
            let frame = || Bytes::from(Vec::from(contents));
            connections.get(&pair).is_some_and(|queue| queue.try_send(frame()).is_ok())
        };
        if sent { Sent::Yes } else { Sent::No }
    }

    /// Makes a connection known to [`Net::send`].
    pub(crate) fn connected(&self, pair: Source, queue: mpsc::Sender<Bytes>) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).insert(pair, queue);
    }

    /// Takes it back.
    pub(crate) fn disconnected(&self, pair: &Source) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).remove(pair);
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// One address to bind, and the addresses that name it to others.
struct Place {
    bind: SocketAddr,
    names: Vec<IpAddr>,
    /// Places of one wildcard share a port; this is the wildcard's number.
    family: usize,
}

struct Places(Vec<Place>);

impl Places {
    /// Binds every place; those that come of one wildcard with port 0 get the same port.
    fn bind_all<S>(self, bind: impl Fn(SocketAddr) -> io::Result<(S, u16)>) -> io::Result<Vec<(S, Vec<IpAddr>)>> {
        let mut ports: HashMap<usize, u16> = HashMap::new();
        let mut bound = Vec::new();
        for Place { bind: mut addr, names, family } in self.0 {
            if let Some(port) = ports.get(&family) {
                addr.set_port(*port);
            }
            let (socket, port) = bind(addr).map_err(|e| io::Error::new(e.kind(), format!("{addr}: {e}")))?;
            ports.insert(family, port);
            bound.push((socket, names));
        }
        Ok(bound)
    }
}

fn places(addrs: &[SocketAddr], advertise: &[IpAddr]) -> io::Result<Places> {
    let mut places = Vec::new();
    for (family, addr) in addrs.iter().enumerate() {
        let same = |ip: &IpAddr| ip.is_ipv4() == addr.is_ipv4();
        let names: Vec<_> = advertise.iter().copied().filter(same).collect();
        if !names.is_empty() {
            places.push(Place { bind: *addr, names, family });
        } else if addr.ip().is_unspecified() {
            for ip in local_addresses()?.into_iter().filter(same) {
                places.push(Place { bind: SocketAddr::new(ip, addr.port()), names: vec![ip], family });
            }
        } else {
            places.push(Place { bind: *addr, names: vec![addr.ip()], family });
        }
    }
    Ok(Places(places))
}

/// Every address of this machine that others can reach; the loopback ones only where there are no others.
fn local_addresses() -> io::Result<Vec<IpAddr>> {
    let all: Vec<IpAddr> = if_addrs::get_if_addrs()?.iter().map(if_addrs::Interface::ip).collect();
    let reachable = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_unspecified(),
    };
    let mut found: Vec<IpAddr> = all.into_iter().filter(reachable).collect();
    found.sort_unstable();
    found.dedup();
    for v4 in [true, false] {
        if found.iter().any(|ip| ip.is_ipv4() == v4 && !ip.is_loopback()) {
            found.retain(|ip| ip.is_ipv4() != v4 || !ip.is_loopback());
        }
    }
    Ok(found)
}

fn socket(addr: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), kind, Some(protocol))?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn udp_port(addr: SocketAddr) -> io::Result<(std::net::UdpSocket, u16)> {
    let socket = socket(addr, Type::DGRAM, Protocol::UDP)?;
    // A smaller buffer than asked for works too, only less well.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER_BYTES);
    socket.bind(&addr.into())?;
    let socket = std::net::UdpSocket::from(socket);
    let port = socket.local_addr()?.port();
    Ok((socket, port))
}

fn tcp_port(addr: SocketAddr) -> io::Result<(std::net::TcpListener, u16)> {
    let socket = socket(addr, Type::STREAM, Protocol::TCP)?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    let listener = std::net::TcpListener::from(socket);
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}
