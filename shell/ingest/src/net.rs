//! The sockets of a plane: which addresses they are bound to, and which candidates name them.
//!
//! A wildcard address is bound as one socket for each local address, so that an answer leaves from the address that was
//! asked; ICE demands that. With addresses to advertise (a public address in front of a NAT) the wildcard is bound as
//! it is, because the local addresses are then nobody's business. Deliberately absent: looking for addresses that appear
//! later; restart for those.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
        for bound in bind_udp(udp, advertise)? {
            let index = net.udp.len();
            net.behind.extend(bound.names.iter().map(|name| (*name, index)));
            net.udp.push(Udp { socket: UdpSocket::from_std(bound.socket)?, local: bound.names[0] });
            net.candidates.extend(bound.candidates);
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

/// A UDP socket and what names it.
pub(crate) struct BoundUdp {
    /// It does not block.
    pub socket: std::net::UdpSocket,
    /// Addresses by which it is reached, at least one.
    pub names: Vec<SocketAddr>,
    /// The same for an answer.
    pub candidates: Vec<Candidate>,
}

/// Binds UDP sockets for these addresses: one each, or one for each local address of a wildcard.
pub(crate) fn bind_udp(addrs: &[SocketAddr], advertise: &[IpAddr]) -> io::Result<Vec<BoundUdp>> {
    let mut all = Vec::new();
    for (socket, ips) in places(addrs, advertise)?.bind_all(udp_port)? {
        let port = socket.local_addr()?.port();
        let names: Vec<_> = ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        let candidates = names.iter().map(|name| Candidate::builder().udp().host(*name).build());
        let candidates = candidates.collect::<Result<_, _>>().map_err(io::Error::other)?;
        all.push(BoundUdp { socket, names, candidates });
    }
    Ok(all)
}

/// One address to bind, and the addresses that name it to others.
struct Place {
    bind: SocketAddr,
    names: Vec<IpAddr>,
    /// Places of one wildcard share a port; this is the wildcard's number.
    family: usize,
    /// One of several that a wildcard stands for, so that the others will do without it.
    one_of_many: bool,
}

struct Places(Vec<Place>);

impl Places {
    /// Binds every place; those that come of one wildcard with port 0 get the same port.
    fn bind_all<S>(self, bind: impl Fn(SocketAddr) -> io::Result<(S, u16)>) -> io::Result<Vec<(S, Vec<IpAddr>)>> {
        let mut ports: HashMap<usize, u16> = HashMap::new();
        let mut bound = Vec::new();
        for Place { bind: mut addr, names, family, one_of_many } in self.0 {
            if let Some(port) = ports.get(&family) {
                addr.set_port(*port);
            }
            match bind(addr) {
                Ok((socket, port)) => {
                    ports.insert(family, port);
                    bound.push((socket, names));
                }
                // An IPv6 address that the kernel is still checking for duplicates, for one.
                Err(error) if one_of_many && error.kind() == io::ErrorKind::AddrNotAvailable => {
                    tracing::warn!(%addr, "a local address cannot be bound yet and is left out");
                }
                Err(error) => return Err(io::Error::new(error.kind(), format!("{addr}: {error}"))),
            }
        }
        Ok(bound)
    }
}

fn places(addrs: &[SocketAddr], advertise: &[IpAddr]) -> io::Result<Places> {
    let mut places: Vec<Place> = Vec::new();
    for (family, addr) in addrs.iter().enumerate().flat_map(|(family, addr)| both(*addr).map(move |a| (family, a))) {
        let same = |ip: &IpAddr| ip.is_ipv4() == addr.is_ipv4();
        let names: Vec<_> = advertise.iter().copied().filter(same).collect();
        let one_of_many = names.is_empty() && addr.ip().is_unspecified();
        let found = if !names.is_empty() {
            vec![(addr.ip(), names)]
        } else if one_of_many {
            local_addresses()?.into_iter().filter(same).map(|ip| (ip, vec![ip])).collect()
        } else {
            vec![(addr.ip(), vec![addr.ip()])]
        };
        for (ip, names) in found {
            let bind = SocketAddr::new(ip, addr.port());
            let known = addr.port() != 0 && places.iter().any(|place| place.bind == bind);
            if !known {
                places.push(Place { bind, names, family, one_of_many });
            }
        }
    }
    Ok(Places(places))
}

/// `[::]` means IPv4 too, as it does for TCP listeners.
fn both(addr: SocketAddr) -> impl Iterator<Item = SocketAddr> {
    let wildcard = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), addr.port());
    let also = (addr.is_ipv6() && addr.ip().is_unspecified()).then_some(wildcard);
    also.into_iter().chain([addr])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(udp: &[&str], advertise: &[&str]) -> Vec<(SocketAddr, Vec<IpAddr>)> {
        let udp: Vec<_> = udp.iter().map(|a| a.parse().unwrap()).collect();
        let advertise: Vec<_> = advertise.iter().map(|a| a.parse().unwrap()).collect();
        places(&udp, &advertise).unwrap().0.into_iter().map(|p| (p.bind, p.names)).collect()
    }

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|t| t.parse().unwrap()).collect()
    }

    #[test]
    fn an_address_is_bound_and_named_as_it_is() {
        let expected = vec![("127.0.0.1:7".parse().unwrap(), ips(&["127.0.0.1"]))];
        assert_eq!(bound(&["127.0.0.1:7", "127.0.0.1:7"], &[]), expected);
    }

    #[test]
    fn behind_a_nat_the_advertised_addresses_are_named_each_in_its_family() {
        let public = ["203.0.113.5", "2001:db8::5", "203.0.113.6"];
        let v4 = ("0.0.0.0:7".parse().unwrap(), ips(&["203.0.113.5", "203.0.113.6"]));
        assert_eq!(bound(&["0.0.0.0:7"], &public), std::slice::from_ref(&v4));
        assert_eq!(bound(&["[::]:7"], &public), [v4, ("[::]:7".parse().unwrap(), ips(&["2001:db8::5"]))]);
    }

    #[test]
    fn a_wildcard_is_every_local_address_and_no_wildcard() {
        let places = bound(&["[::]:7", "0.0.0.0:7"], &[]);
        assert!(!places.is_empty());
        for (bind, names) in &places {
            assert!(!bind.ip().is_unspecified() && *names == [bind.ip()], "{bind}");
            assert_eq!(places.iter().filter(|(other, _)| other == bind).count(), 1);
        }
        assert!(places.iter().any(|(bind, _)| bind.is_ipv4()));
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_in_the_error() {
        let (first, _) = Net::bind(&["127.0.0.1:0".parse().unwrap()], &[], &[]).unwrap();
        let taken = first.udp[0].local;
        let error = Net::bind(&[taken], &[], &[]).err().expect("it is taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert!(error.to_string().contains(&taken.to_string()), "{error}");
    }
}
