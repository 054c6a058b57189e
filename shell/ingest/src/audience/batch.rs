//! A batch: datagrams that leave one socket with one system call.
//!
//! They are written next to each other into one buffer, which stays in the processor's cache. What the socket does not
//! take is waited for a moment and then dropped and counted, as the network would do.

use std::io::IoSlice;
use std::net::UdpSocket;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};

/// Datagrams in one call: the kernel takes 1,024 at most, and from 512 on more gain nothing.
const DATAGRAMS_MAX: usize = 512;
/// Bytes of all of them: 512 of the largest rendition's 260.
const BYTES_MAX: usize = 160 * 1024;
/// How long a full socket is waited for: as long as its listeners' slot lasts.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub datagrams: u64,
    pub bytes: u64,
    /// Datagrams that the socket did not take.
    pub unsent: u64,
}

impl std::ops::AddAssign for Sent {
    fn add_assign(&mut self, other: Self) {
        self.datagrams += other.datagrams;
        self.bytes += other.bytes;
        self.unsent += other.unsent;
    }
}

/// Datagrams that wait to be sent from one socket.
struct Batch {
    bytes: Box<[u8]>,
    used: usize,
    /// Where each ends, and where it goes.
    datagrams: Vec<(usize, SocketAddrAny)>,
}

impl Batch {
    fn new() -> Self {
        Self { bytes: vec![0; BYTES_MAX].into(), used: 0, datagrams: Vec::with_capacity(DATAGRAMS_MAX) }
    }

    /// Whether there is room for one more of this length.
    fn fits(&self, len: usize) -> bool {
        self.datagrams.len() < DATAGRAMS_MAX && self.used + len <= BYTES_MAX
    }

    /// Lets a datagram be written; it is added if its length is given back.
    fn add(&mut self, to: &SocketAddrAny, write: impl FnOnce(&mut [u8]) -> Option<usize>) {
        if let Some(len) = write(&mut self.bytes[self.used..]) {
            self.used += len;
            self.datagrams.push((self.used, to.clone()));
        }
    }

    /// Sends everything.
    fn flush(&mut self, socket: &UdpSocket) -> Sent {
        if self.datagrams.is_empty() {
            return Sent::default();
        }
        let mut from = 0;
        let slices: Vec<_> = self
            .datagrams
            .iter()
            .map(|(end, _)| IoSlice::new(&self.bytes[std::mem::replace(&mut from, *end)..*end]))
            .collect();
        let mut controls: Vec<_> = slices.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut headers: Vec<_> = self
            .datagrams
            .iter()
            .zip(&slices)
            .zip(&mut controls)
            .map(|(((_, to), slice), control)| MMsgHdr::new_with_addr(to, std::slice::from_ref(slice), control))
            .collect();
        let sent = send(socket, &mut headers);
        drop(headers);
        self.datagrams.clear();
        self.used = 0;
        sent
    }
}

/// The sockets of a shard, each with its batch.
pub(crate) struct Outlets {
    pub sockets: Vec<UdpSocket>,
    batches: Vec<Batch>,
    sent: Sent,
}

impl Outlets {
    pub(crate) fn new(sockets: Vec<UdpSocket>) -> Self {
        let batches = sockets.iter().map(|_| Batch::new()).collect();
        Self { sockets, batches, sent: Sent::default() }
    }

    /// Lets a datagram of at most `len` bytes be written, to leave with the next batch of a socket.
    pub(crate) fn add(
        &mut self,
        socket: usize,
        to: &SocketAddrAny,
        len: usize,
        write: impl FnOnce(&mut [u8]) -> Option<usize>,
    ) {
        let batch = &mut self.batches[socket];
        if !batch.fits(len) {
            self.sent += batch.flush(&self.sockets[socket]);
        }
        batch.add(to, write);
    }

    /// Adds a datagram that is written already.
    pub(crate) fn copy(&mut self, socket: usize, to: &SocketAddrAny, datagram: &[u8]) {
        self.add(socket, to, datagram.len(), |room| {
            room.get_mut(..datagram.len())?.copy_from_slice(datagram);
            Some(datagram.len())
        });
    }

    /// Sends everything; gives what was sent since this was last called.
    pub(crate) fn flush(&mut self) -> Sent {
        for (batch, socket) in self.batches.iter_mut().zip(&self.sockets) {
            self.sent += batch.flush(socket);
        }
        std::mem::take(&mut self.sent)
    }
}

/// Sends as much as can be. A datagram that cannot be sent (no route, a filter) does not keep the others back.
fn send(socket: &UdpSocket, mut headers: &mut [MMsgHdr<'_>]) -> Sent {
    let mut sent = Sent::default();
    let mut waited = false;
    while !headers.is_empty() {
        let done = match sendmmsg(socket, headers, SendFlags::DONTWAIT) {
            Ok(done) => {
                sent.datagrams += done as u64;
                sent.bytes += headers[..done].iter().map(|h| h.bytes_sent() as u64).sum::<u64>();
                done
            }
            Err(Errno::INTR) => 0,
            Err(Errno::AGAIN | Errno::NOBUFS) if !waited => {
                waited = true;
                // Whatever it says, there is one more try.
                let _ = poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&PATIENCE));
                0
            }
            Err(Errno::AGAIN | Errno::NOBUFS) => {
                sent.unsent += headers.len() as u64;
                return sent;
            }
            Err(error) => {
                tracing::debug!(%error, "a datagram to a listener");
                sent.unsent += 1;
                1
            }
        };
        headers = &mut headers[done..];
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_datagram_arrives_as_it_was_written() {
        let (from, to) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        to.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
        let addr = SocketAddrAny::from(to.local_addr().unwrap());
        let mut batch = Batch::new();
        for round in 0..2_u8 {
            for n in 0..50_u8 {
                assert!(batch.fits(usize::from(n)));
                batch.add(&addr, |out| {
                    out[..usize::from(n)].fill(n + round);
                    (n != 7).then_some(usize::from(n))
                });
            }
            let sent = batch.flush(&from);
            assert_eq!(sent, Sent { datagrams: 49, bytes: (0..50).sum::<u64>() - 7, unsent: 0 });
            for n in (0..50_u8).filter(|n| *n != 7) {
                let mut buffer = [0; 100];
                let len = to.recv(&mut buffer).unwrap();
                assert_eq!(&buffer[..len], vec![n + round; usize::from(n)]);
            }
        }
        assert_eq!(batch.flush(&from), Sent::default());
    }

    #[test]
    fn one_that_cannot_be_sent_keeps_no_other_back() {
        let (from, to) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let good = SocketAddrAny::from(to.local_addr().unwrap());
        // A socket that is bound to loopback has no way to the rest of the world.
        let bad = SocketAddrAny::from("192.0.2.1:9".parse::<std::net::SocketAddr>().unwrap());
        let mut batch = Batch::new();
        for addr in [&good, &bad, &good] {
            batch.add(addr, |_| Some(5));
        }
        assert_eq!(batch.flush(&from), Sent { datagrams: 2, bytes: 10, unsent: 1 });
    }
}
