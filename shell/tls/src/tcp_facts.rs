//! What the kernel knows of a connection (`TCP_INFO`, Linux).
//!
//! The only `unsafe` of the shells. `TCP_USER_TIMEOUT` alone cannot tell a peer that vanished from one that lives but
//! takes nothing (it counts both), and the two have different patience; no safe crate reads this option.
#![expect(unsafe_code, reason = "getsockopt(TCP_INFO) has no safe wrapper")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use hustings_fan::Facts;

/// Reads the facts of a TCP socket.
///
/// # Errors
/// What the system says; not a TCP socket, for instance.
pub fn tcp_facts(socket: BorrowedFd<'_>) -> io::Result<Facts> {
    // SAFETY: the structure is plain integers, for which all zeros are a value. An older kernel fills less of it.
    let mut facts: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    // SAFETY: the descriptor is open for as long as it is borrowed; the kernel writes at most `length` bytes to `facts`.
    let result = unsafe {
        let out = (&raw mut facts).cast();
        libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, out, &raw mut length)
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Facts { unacked: facts.tcpi_unacked, bytes_acked: facts.tcpi_bytes_acked })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn what_a_living_peer_was_sent_is_acknowledged() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        server.write_all(&[7; 100]).unwrap();
        client.read_exact(&mut [0; 100]).unwrap();
        client.write_all(b"got it").unwrap();
        server.read_exact(&mut [0; 6]).unwrap();
        let facts = tcp_facts(server.as_fd()).unwrap();
        assert_eq!(facts.unacked, 0);
        assert!(facts.bytes_acked >= 100, "{facts:?}");
    }
}
