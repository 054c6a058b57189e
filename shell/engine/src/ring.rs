//! Many sends in one system call, by io_uring.
//!
//! The only `unsafe` of this shell: what is put into the ring are addresses, and the compiler cannot see how long the
//! kernel reads them. Every send is asked not to wait, so the kernel is done with it when it answers, and nothing is
//! returned to the caller before every answer is there. Deliberately absent: everything else that io_uring can do;
//! waiting stays with epoll, so that both ways of sending are one shell.
#![expect(unsafe_code, reason = "io_uring takes addresses")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use hustings_fan::Taken;
use io_uring::{IoUring, Probe, opcode, types};

/// Sends in one call: at 5 µs each a little more than a millisecond, and their records fit the cache.
pub(crate) const BATCH: usize = 256;

const DONTWAIT_NOSIGNAL: i32 = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;

/// A ring of one thread: only who opened it may use it.
pub(crate) struct Ring {
    /// `None` after it has failed.
    ring: Option<IoUring>,
}

/// One send: all of these bytes, as far as there is room.
pub(crate) type Send<'a> = (BorrowedFd<'a>, &'a [u8]);

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring").field("open", &self.is_open()).finish()
    }
}

impl Ring {
    /// A ring, if the system gives one.
    ///
    /// # Errors
    /// What the system says: `EPERM` where it is forbidden, `ENOSYS` where it is unknown, `EINVAL` before Linux 6.1.
    pub(crate) fn open() -> io::Result<Self> {
        let ring = IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(BATCH as u32)?;
        let mut probe = Probe::new();
        ring.submitter().register_probe(&mut probe)?;
        if !probe.is_supported(opcode::Send::CODE) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Self { ring: Some(ring) })
    }

    /// Whether it can be used.
    pub(crate) const fn is_open(&self) -> bool {
        self.ring.is_some()
    }

    /// Sends at most [`BATCH`] of them, and says for each what the network did; `None` where it must be asked again.
    pub(crate) fn send(&mut self, sends: &[Send<'_>], taken: &mut Vec<Option<Taken>>) {
        debug_assert!(sends.len() <= BATCH, "a batch fits the ring");
        taken.clear();
        taken.resize(sends.len(), Some(Taken::Broken));
        let Some(ring) = &mut self.ring else { return };
        if let Err(error) = Self::exchange(ring, sends, taken) {
            // Whose answer did not come is closed, for nobody knows how much of it was sent. Without a ring what was
            // put into it is never read.
            tracing::error!(%error, "io_uring has failed; deliveries go on without it");
            self.ring = None;
        }
    }

    fn exchange(ring: &mut IoUring, sends: &[Send<'_>], taken: &mut [Option<Taken>]) -> io::Result<()> {
        for (n, (socket, bytes)) in sends.iter().enumerate() {
            let length = bytes.len().min(u32::MAX as usize) as u32;
            let send = opcode::Send::new(types::Fd(socket.as_raw_fd()), bytes.as_ptr(), length);
            let send = send.flags(DONTWAIT_NOSIGNAL).build().user_data(n as u64);
            // SAFETY: socket and bytes are borrowed until this function returns, which it does when every answer has
            // come; if it fails before, the ring is closed by `send`, and the kernel has ended or dropped the rest.
            unsafe { ring.submission().push(&send) }.map_err(io::Error::other)?;
        }
        let mut left = sends.len();
        while left > 0 {
            match ring.submit_and_wait(left) {
                Ok(_) => {}
                Err(error)
                    if error.raw_os_error().is_some_and(|e| [libc::EINTR, libc::EAGAIN, libc::EBUSY].contains(&e)) => {}
                Err(error) => return Err(error),
            }
            for answer in ring.completion() {
                left -= 1;
                if let Some(taken) = taken.get_mut(answer.user_data() as usize) {
                    *taken = understand(answer.result());
                }
            }
        }
        Ok(())
    }
}

/// What the answer to a send means.
const fn understand(result: i32) -> Option<Taken> {
    const FULL: i32 = -libc::EAGAIN;
    const AGAIN: i32 = -libc::EINTR;
    match result {
        1.. => Some(Taken::Bytes(result as usize)),
        FULL => Some(Taken::Full),
        AGAIN => None,
        _ => Some(Taken::Broken),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn each_gets_its_own_bytes_and_who_has_no_room_is_told_so() {
        let Ok(mut ring) = Ring::open() else {
            eprintln!("io_uring is forbidden here: deliveries use epoll alone");
            return;
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pair = || {
            let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            ours.set_nonblocking(true).unwrap();
            (ours, listener.accept().unwrap().0)
        };
        let mut pairs: Vec<_> = (0..BATCH).map(|_| pair()).collect();
        let words: Vec<_> = (0..BATCH).map(|n| format!("word {n}")).collect();
        drop(std::mem::replace(&mut pairs[7].1, TcpStream::connect(listener.local_addr().unwrap()).unwrap()));
        let mut taken = Vec::new();
        let sends: Vec<_> = pairs.iter().zip(&words).map(|((ours, _), word)| (ours.as_fd(), word.as_bytes())).collect();
        ring.send(&sends, &mut taken);
        for (n, (word, (_, theirs))) in words.iter().zip(&mut pairs).enumerate().filter(|(n, _)| *n != 7) {
            assert_eq!(taken[n], Some(Taken::Bytes(word.len())));
            let mut heard = vec![0; word.len()];
            theirs.read_exact(&mut heard).unwrap();
            assert_eq!(heard, word.as_bytes());
        }
        let (full, _full) = pair();
        let much = vec![0; 1 << 22];
        for answer in [false, false, true] {
            ring.send(&[(full.as_fd(), &much)], &mut taken);
            if answer {
                assert_eq!(taken, [Some(Taken::Full)]);
            }
        }
        let gone = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        gone.shutdown(std::net::Shutdown::Write).unwrap();
        ring.send(&[(gone.as_fd(), b"x")], &mut taken);
        assert_eq!(taken, [Some(Taken::Broken)]);
        assert!(ring.is_open());
    }
}
