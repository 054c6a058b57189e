//! The floor: a loop that does nothing but send the same bytes to every connection on a cadence, by plain `write`.
//!
//! What it takes of the processor is what a delivery costs without any server around it. It speaks just enough HTTP/1.0
//! for the same crowd to listen. Deliberately absent: sound, slow readers, joins while it sends.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use serde::Serialize;

use crate::crowd::own_cpu;

/// Between two rounds of deliveries.
const STEP: Duration = Duration::from_millis(10);

/// What the loop took.
#[derive(Debug, Clone, Serialize)]
pub struct Bare {
    /// Connections that it sent to.
    pub listeners: usize,
    /// Deliveries.
    pub deliveries: u64,
    /// Deliveries that the kernel did not take whole.
    pub short: u64,
    /// Seconds of processor time, user and system.
    pub cpu_seconds: f64,
    /// Microseconds of processor time for a listener and a second.
    pub us_per_listener_second: f64,
}

/// Waits for `listeners` connections, then sends each of them `bytes` once in a `cadence`, for so long or until the first
/// of them goes.
///
/// # Errors
/// What the system says.
pub fn serve(addr: SocketAddr, listeners: usize, cadence: Duration, bytes: usize, hold: Duration) -> io::Result<Bare> {
    let listener = TcpListener::bind(addr)?;
    let mut open = Vec::with_capacity(listeners);
    while open.len() < listeners {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        rustix::io::read(&socket, &mut [0u8; 4096][..])?;
        rustix::io::write(&socket, b"HTTP/1.0 200 OK\r\ncontent-type: audio/mp4\r\n\r\n")?;
        socket.set_nonblocking(true)?;
        open.push(OwnedFd::from(socket));
    }
    let payload = vec![0x55; bytes];
    let steps = (cadence.as_nanos() / STEP.as_nanos()).max(1) as usize;
    let (begun, cpu) = (Instant::now(), own_cpu());
    let (mut deliveries, mut short, mut step) = (0, 0, 0);
    'send: while begun.elapsed() < hold {
        std::thread::sleep((begun + STEP * step as u32).saturating_duration_since(Instant::now()));
        for socket in open.iter().skip(step % steps).step_by(steps) {
            deliveries += 1;
            match rustix::io::write(socket, &payload) {
                Ok(taken) if taken == bytes => {}
                Ok(_) | Err(Errno::AGAIN) => short += 1,
                // The crowd goes.
                Err(_) => break 'send,
            }
        }
        step += 1;
    }
    let cpu_seconds = own_cpu() - cpu;
    let us_per_listener_second = cpu_seconds * 1e6 / begun.elapsed().as_secs_f64() / listeners as f64;
    Ok(Bare { listeners, deliveries, short, cpu_seconds, us_per_listener_second })
}
