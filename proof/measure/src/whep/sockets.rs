//! A few UDP sockets that stand for thousands of listeners: each is bound to every loopback address, and a listener is one
//! address on one of them. The kernel says to which address a datagram came and when, and takes the address to send from.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

use nix::cmsg_space;
use nix::libc;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmsg, setsockopt, sockopt,
};

/// Datagrams that are read with one call.
const BATCH: usize = 256;
/// Bytes of one: nothing that we are sent is larger.
const BYTES: usize = 1500;
/// Bytes that may wait in each socket: 20 ms of 10,000 listeners with what the kernel adds to each packet, twice over.
const BUFFER: usize = 64 << 20;

/// What came.
pub(super) struct Arrived<'a> {
    /// For whom.
    pub index: usize,
    /// When, in microseconds of the wall clock.
    pub at_us: u64,
    pub bytes: &'a mut [u8],
}

pub(super) struct Sockets {
    all: Vec<UdpSocket>,
    network: u8,
    buffers: Vec<u8>,
}

impl Sockets {
    pub(super) fn bind(count: usize, network: u8) -> io::Result<Self> {
        let all = (0..count.max(1)).map(|_| {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            socket.set_nonblocking(true)?;
            setsockopt(&socket, sockopt::Ipv4PacketInfo, &true)?;
            setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
            // Needs root; without it the buffer is what it is, and what does not fit shows as lost.
            let _ = setsockopt(&socket, sockopt::RcvBufForce, &BUFFER);
            Ok(socket)
        });
        Ok(Self { all: all.collect::<io::Result<_>>()?, network, buffers: vec![0; BATCH * BYTES] })
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The address of a listener.
    fn address(&self, index: usize) -> Ipv4Addr {
        let n = index / self.all.len() + 1;
        Ipv4Addr::new(127, self.network, (n >> 8) as u8, n as u8)
    }

    /// Who listens at an address of a socket.
    fn index(&self, socket: usize, addr: Ipv4Addr) -> Option<usize> {
        let [_, network, high, low] = addr.octets();
        let n = usize::from(high) << 8 | usize::from(low);
        (network == self.network && n > 0).then(|| (n - 1) * self.all.len() + socket)
    }

    /// Takes in everything that has come to one socket.
    pub(super) fn receive(&mut self, socket: usize, mut take: impl FnMut(Arrived<'_>)) -> io::Result<()> {
        let mut buffers = std::mem::take(&mut self.buffers);
        loop {
            let control = cmsg_space!(libc::in_pktinfo, libc::timespec);
            let mut headers = MultiHeaders::<SockaddrIn>::preallocate(BATCH, Some(control));
            let mut slices: Vec<_> = buffers.chunks_exact_mut(BYTES).map(|b| [IoSliceMut::new(b)]).collect();
            let fd = self.all[socket].as_raw_fd();
            let results = match recvmmsg(fd, &mut headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None) {
                Ok(results) => results,
                Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => break,
                Err(error) => return Err(error.into()),
            };
            let mut came = Vec::with_capacity(BATCH);
            for message in results {
                let (mut to, mut at_us) = (None, 0);
                for control in message.cmsgs()? {
                    match control {
                        ControlMessageOwned::Ipv4PacketInfo(info) => {
                            to = Some(Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr)));
                        }
                        ControlMessageOwned::ScmTimestampns(at) => {
                            at_us = at.tv_sec() as u64 * 1_000_000 + at.tv_nsec() as u64 / 1000;
                        }
                        _ => {}
                    }
                }
                came.push((to, at_us, message.bytes));
            }
            let full = came.len() == BATCH;
            for ((to, at_us, len), buffer) in came.into_iter().zip(buffers.chunks_exact_mut(BYTES)) {
                if let Some(index) = to.and_then(|to| self.index(socket, to)) {
                    take(Arrived { index, at_us, bytes: &mut buffer[..len.min(BYTES)] });
                }
            }
            if !full {
                break;
            }
        }
        self.buffers = buffers;
        Ok(())
    }

    /// Sends from a listener's address.
    pub(super) fn send(&self, index: usize, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        let SocketAddr::V4(to) = to else { return Err(io::Error::other("only IPv4 is measured")) };
        let info = libc::in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: libc::in_addr { s_addr: u32::from(self.address(index)).to_be() },
            ipi_addr: libc::in_addr { s_addr: 0 },
        };
        let fd = self.all[index % self.all.len()].as_raw_fd();
        let (slices, controls) = ([IoSlice::new(datagram)], [ControlMessage::Ipv4PacketInfo(&info)]);
        sendmsg(fd, &slices, &controls, MsgFlags::MSG_DONTWAIT, Some(&SockaddrIn::from(to)))?;
        Ok(())
    }

    /// Where a listener is reached, for a sender of ours.
    pub(super) fn place(&self, index: usize) -> io::Result<SocketAddr> {
        let port = self.all[index % self.all.len()].local_addr()?.port();
        Ok((self.address(index), port).into())
    }
}
