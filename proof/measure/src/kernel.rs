//! Three things of Linux that no crate wraps safely: batches of sends through io_uring, a descriptor table of one's own,
//! and a source address whose port is chosen by `connect`.
//!
//! The only `unsafe` of the proofs. Each is as narrow as its use, so that the reason why it is sound stands beside it.
//! Deliberately absent: every other operation of io_uring, registered buffers, zero-copy (loopback copies anyway).
#![expect(unsafe_code, reason = "io_uring's submission queue, unshare(2) and one socket option have no safe wrapper")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use io_uring::{IoUring, opcode, types};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// Sends submitted with one system call: enough that the call itself costs nothing, few enough for the caches.
const BATCH: u32 = 256;

/// Sends in batches: one thread submits, and completions come with the same call (Linux 6.1).
pub(crate) struct Ring(IoUring);

impl Ring {
    /// # Errors
    /// What the system says where io_uring is forbidden, or lacks a mode.
    pub(crate) fn new() -> io::Result<Self> {
        IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(BATCH).map(Self)
    }

    /// Sends the same bytes to every socket, without waiting for room in any, and tells what became of each.
    ///
    /// # Errors
    /// What the system says of the whole batch; what it says of one send goes to `done`.
    pub(crate) fn send<'a>(
        &mut self,
        sockets: impl Iterator<Item = BorrowedFd<'a>>,
        payload: &'static [u8],
        mut done: impl FnMut(io::Result<usize>),
    ) -> io::Result<()> {
        let mut sockets = sockets.peekable();
        while sockets.peek().is_some() {
            let mut waiting = 0;
            let mut queue = self.0.submission();
            for socket in sockets.by_ref().take(BATCH as usize) {
                let fd = types::Fd(socket.as_raw_fd());
                let send = opcode::Send::new(fd, payload.as_ptr(), payload.len() as u32);
                let send = send.flags(libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL).build();
                // SAFETY: the payload lives for ever, and the socket is open as long as it is borrowed, which outlasts this
                // call: a send that may not wait is over when the call below returns. The queue has room for a batch,
                // for it was emptied by the one before.
                unsafe { queue.push(&send) }.map_err(|_| io::Error::other("the submission queue is full"))?;
                waiting += 1;
            }
            drop(queue);
            while waiting > 0 {
                self.0.submit_and_wait(waiting)?;
                for entry in self.0.completion() {
                    waiting -= 1;
                    let result = entry.result();
                    done(usize::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result)));
                }
            }
        }
        Ok(())
    }
}

/// Gives the calling thread a descriptor table of its own, so that it may open as many as a process.
///
/// # Errors
/// What the system says.
pub(crate) fn own_table() -> io::Result<()> {
    // SAFETY: descriptors of one table mean nothing in another. This is called first thing on a fresh thread that is given
    // none and gives none away; what it was copied with (the standard streams and the like) stays what it is in both.
    unsafe { unshare_unsafe(UnshareFlags::FILES) }.map_err(io::Error::from)
}

/// Lets `bind` fix the source address alone: `connect` then chooses a port that is free towards its destination, of which
/// there are 28,000 for each address. An older kernel refuses, and the port is chosen by `bind`.
pub(crate) fn bind_address_alone(socket: BorrowedFd<'_>) {
    let on: libc::c_int = 1;
    // SAFETY: the descriptor is open for as long as it is borrowed; the kernel reads an integer that lives until then.
    unsafe {
        let (value, length) = ((&raw const on).cast(), size_of::<libc::c_int>() as libc::socklen_t);
        libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, value, length);
    }
}
