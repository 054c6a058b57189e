//! The floor: a loop that does nothing but send the same bytes to every connection on a cadence, by plain `write` or in
//! batches through io_uring.
//!
//! What it takes of the processor is what a delivery costs without any server around it. It speaks just enough HTTP/1.0
//! for the same crowd to listen. Deliberately absent: sound, slow readers, joins while it sends.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde::Serialize;

use crate::cpu;
use crate::kernel::Ring;

/// Between two rounds of deliveries.
const STEP: Duration = Duration::from_millis(10);
/// The next of the crowd comes within this, and asks within this, or there is no crowd.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// How the loop sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// One `write` for each delivery.
    Write,
    /// Batches through io_uring.
    Ring,
}

/// What is sent to whom.
#[derive(Debug, Clone)]
pub struct Bare {
    /// Where to listen.
    pub addr: SocketAddr,
    /// It begins when so many have come.
    pub listeners: usize,
    /// Between two deliveries to one of them.
    pub cadence: Duration,
    /// Bytes of a delivery.
    pub bytes: usize,
    /// For so long, or until the first of the crowd goes.
    pub hold: Duration,
    /// How they are sent.
    pub way: Way,
}

/// What the loop took.
#[derive(Debug, Clone, Serialize)]
pub struct Took {
    /// How it sent.
    pub way: Way,
    /// Connections that it sent to.
    pub listeners: usize,
    /// Deliveries.
    pub deliveries: u64,
    /// Deliveries that the kernel did not take whole.
    pub short: u64,
    /// Seconds during which it sent.
    pub seconds: f64,
    /// Seconds of processor time, user and system.
    pub cpu_seconds: f64,
    /// Microseconds of processor time for a delivery.
    pub us_per_delivery: f64,
    /// Microseconds of processor time for a listener and a second.
    pub us_per_listener_second: f64,
    /// The longest that a round began after its time.
    pub late_ms: f64,
}

/// What became of the deliveries of a round.
#[derive(Debug, Default)]
struct Round {
    deliveries: u64,
    short: u64,
    gone: bool,
}

impl Round {
    fn note(&mut self, sent: Result<usize, Errno>, bytes: usize) {
        self.deliveries += 1;
        match sent {
            Ok(taken) if taken == bytes => {}
            Ok(_) | Err(Errno::AGAIN) => self.short += 1,
            Err(_) => self.gone = true,
        }
    }
}

impl Bare {
    /// Waits for the crowd, then sends.
    ///
    /// # Errors
    /// What the system says; that there is no io_uring, or no crowd.
    pub fn serve(&self) -> io::Result<Took> {
        let mut ring = match self.way {
            Way::Write => None,
            Way::Ring => Some(Ring::new().map_err(|error| {
                io::Error::other(format!("io_uring is not to be had here ({error}): measure with --way write"))
            })?),
        };
        let open = self.gather()?;
        // For ever: the kernel reads it as long as it likes.
        let payload: &'static [u8] = vec![0x55; self.bytes].leak();
        let steps = (self.cadence.as_nanos() / STEP.as_nanos()).max(1) as usize;
        let (begun, cpu) = (Instant::now(), cpu::process());
        let mut round = Round::default();
        let (mut step, mut late) = (0, Duration::ZERO);
        while begun.elapsed() < self.hold && !round.gone {
            let due = begun + STEP * step as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            late = late.max(due.elapsed());
            let sockets = open.iter().skip(step % steps).step_by(steps).map(AsFd::as_fd);
            send(ring.as_mut(), sockets, payload, &mut round)?;
            step += 1;
        }
        let (cpu_seconds, seconds) = (cpu::process() - cpu, begun.elapsed().as_secs_f64());
        Ok(Took {
            way: self.way,
            listeners: open.len(),
            deliveries: round.deliveries,
            short: round.short,
            seconds,
            cpu_seconds,
            us_per_delivery: cpu_seconds * 1e6 / round.deliveries.max(1) as f64,
            us_per_listener_second: cpu_seconds * 1e6 / seconds / open.len().max(1) as f64,
            late_ms: late.as_secs_f64() * 1000.0,
        })
    }

    /// Lets everybody in.
    fn gather(&self) -> io::Result<Vec<OwnedFd>> {
        let listener = TcpListener::bind(self.addr)?;
        let mut open = Vec::with_capacity(self.listeners);
        while open.len() < self.listeners {
            readable(listener.as_fd(), "comes")?;
            let (socket, _) = listener.accept()?;
            socket.set_nodelay(true)?;
            socket.set_nonblocking(true)?;
            readable(socket.as_fd(), "asks")?;
            rustix::io::read(&socket, &mut [0u8; 4096][..])?;
            rustix::io::write(&socket, b"HTTP/1.0 200 OK\r\ncontent-type: audio/mp4\r\n\r\n")?;
            open.push(OwnedFd::from(socket));
        }
        Ok(open)
    }
}

fn send<'a>(
    ring: Option<&mut Ring>,
    mut sockets: impl Iterator<Item = BorrowedFd<'a>>,
    payload: &'static [u8],
    round: &mut Round,
) -> io::Result<()> {
    let Some(ring) = ring else {
        sockets.by_ref().for_each(|socket| round.note(rustix::io::write(socket, payload), payload.len()));
        return Ok(());
    };
    ring.send(sockets, payload, |sent| {
        round.note(sent.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO)), payload.len());
    })
}

fn readable(socket: BorrowedFd<'_>, what: &str) -> io::Result<()> {
    let mut wanted = [PollFd::from_borrowed_fd(socket, PollFlags::IN)];
    match poll(&mut wanted, Some(&PATIENCE)) {
        Ok(0) => Err(io::Error::other(format!("nobody {what} for {} s: where is the crowd?", PATIENCE.tv_sec))),
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
