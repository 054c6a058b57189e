//! The sockets of one session: UDP towards each address family that the answer names, and perhaps one TCP connection
//! with frames of RFC 4571.

use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use str0m::net::{Protocol, TcpType, Transmit};
use str0m::{Candidate, Rtc};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::{TcpStream, UdpSocket};

/// How long a TCP connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// The sockets of one session.
#[derive(Debug, Default)]
pub(super) struct Net {
    udp: Vec<(SocketAddr, UdpSocket)>,
    tcp: Option<Tcp>,
    last: Option<Protocol>,
}

#[derive(Debug)]
struct Tcp {
    local: SocketAddr,
    remote: SocketAddr,
    stream: Option<TcpStream>,
    inbound: BytesMut,
    /// What the connection has not taken yet of the frame before.
    outbound: BytesMut,
}

/// Frames that may wait for a slow connection, in bytes: half a second of sound. When full, the newest is dropped.
const OUTBOUND_BYTES_MAX: usize = 16 * 1024;

impl Net {
    /// Opens a UDP socket for each own address from which candidates are reached, and tells the agent.
    pub(super) async fn open_udp(&mut self, candidates: &[Candidate], rtc: &mut Rtc) -> std::io::Result<()> {
        for candidate in candidates.iter().filter(|c| c.proto() == Protocol::Udp) {
            // No route to this candidate is no error while there are others.
            let Ok(ip) = own_address(candidate.addr()).await else { continue };
            if self.udp.iter().any(|(local, _)| local.ip() == ip) {
                continue;
            }
            let socket = UdpSocket::bind((ip, 0)).await?;
            let local = socket.local_addr()?;
            if let Ok(candidate) = Candidate::host(local, "udp") {
                rtc.add_local_candidate(candidate);
                self.udp.push((local, socket));
            }
        }
        Ok(())
    }

    /// Connects to the first TCP candidate that accepts, and tells the agent.
    pub(super) async fn open_tcp(&mut self, candidates: &[Candidate], rtc: &mut Rtc) {
        for candidate in candidates.iter().filter(|c| c.proto() == Protocol::Tcp) {
            let connected = tokio::time::timeout(CONNECT, TcpStream::connect(candidate.addr())).await;
            let Ok(Ok(stream)) = connected else { continue };
            let _ = stream.set_nodelay(true);
            let (Ok(local), Ok(remote)) = (stream.local_addr(), stream.peer_addr()) else { continue };
            if let Ok(own) = Candidate::builder().tcp().host(local).tcptype(TcpType::Active).build() {
                rtc.add_local_candidate(own);
                let (inbound, outbound) = (BytesMut::new(), BytesMut::new());
                self.tcp = Some(Tcp { local, remote, stream: Some(stream), inbound, outbound });
                return;
            }
        }
    }

    /// Whether what came last came over TCP.
    pub(super) fn last_was_tcp(&self) -> bool {
        self.last == Some(Protocol::Tcp)
    }

    /// Sends without waiting: what the socket does not take now is lost, as on any network.
    pub(super) fn send(&mut self, t: &Transmit) {
        if t.proto == Protocol::Udp {
            if let Some((_, socket)) = self.udp.iter().find(|(local, _)| *local == t.source) {
                let _ = socket.try_send_to(&t.contents, t.destination);
            }
        } else if let Some(tcp) = &mut self.tcp
            && tcp.remote == t.destination
        {
            tcp.send(&t.contents);
        }
    }

    /// The next datagram in `buffer`: protocol, source, destination and length. Never returns if there is no socket.
    pub(super) async fn receive(&mut self, buffer: &mut [u8]) -> (Protocol, SocketAddr, SocketAddr, usize) {
        let received = poll_fn(|cx| {
            for (local, socket) in &self.udp {
                let mut into = ReadBuf::new(buffer);
                // An error is an ICMP message about an earlier datagram: the agent finds out by itself.
                while let Poll::Ready(read) = socket.poll_recv_from(cx, &mut into) {
                    if let Ok(from) = read {
                        return Poll::Ready((Protocol::Udp, from, *local, into.filled().len()));
                    }
                }
            }
            match &mut self.tcp {
                Some(tcp) => tcp.poll(cx, buffer).map(|len| (Protocol::Tcp, tcp.remote, tcp.local, len)),
                None => Poll::Pending,
            }
        })
        .await;
        self.last = Some(received.0);
        received
    }
}

impl Tcp {
    fn send(&mut self, contents: &[u8]) {
        let Ok(len) = u16::try_from(contents.len()) else { return };
        if self.outbound.len() + contents.len() < OUTBOUND_BYTES_MAX {
            self.outbound.extend_from_slice(&len.to_be_bytes());
            self.outbound.extend_from_slice(contents);
        }
        self.flush();
    }

    fn flush(&mut self) {
        let Some(stream) = &self.stream else { return };
        while !self.outbound.is_empty() {
            match stream.try_write(&self.outbound) {
                Ok(n) => self.outbound.advance(n),
                Err(_) => return,
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
        loop {
            if let Some(head) = self.inbound.get(..2) {
                let len = usize::from(u16::from_be_bytes([head[0], head[1]]));
                if self.inbound.len() >= 2 + len {
                    let frame = self.inbound.split_to(2 + len);
                    if len > buffer.len() {
                        continue;
                    }
                    buffer[..len].copy_from_slice(&frame[2..]);
                    return Poll::Ready(len);
                }
            }
            let Some(stream) = &mut self.stream else { return Poll::Pending };
            let mut piece = [0; 4096];
            let mut into = ReadBuf::new(&mut piece);
            match Pin::new(stream).poll_read(cx, &mut into) {
                Poll::Ready(Ok(())) if !into.filled().is_empty() => self.inbound.extend_from_slice(into.filled()),
                // Closed by the other side: the agent finds out by its checks.
                Poll::Ready(_) => self.stream = None,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// The address from which the system would send to `remote`: on loopback, loopback.
async fn own_address(remote: SocketAddr) -> std::io::Result<IpAddr> {
    let any: IpAddr = if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let probe = UdpSocket::bind((any, 0)).await?;
    probe.connect(remote).await?;
    Ok(probe.local_addr()?.ip())
}
