//! A crowd: many listeners of one stream, as cheap as the kernel lets them be.
//!
//! Each takes the bytes and throws them away, and remembers when it last got some. A large crowd has several threads, each
//! with a descriptor table of its own, for a table's size is limited, and source addresses of its own, for ports are. It
//! says how much of a core it took itself and for how long it did not look, so that a figure that is the client's own is
//! seen. Deliberately absent: decoding (`hustings listen` does), HTTP beyond the head of an answer.
//! Over TLS nothing is opened behind the first sound: what comes is counted as it is on the wire.

mod answer;
mod arrivals;
mod listener;
mod met;
mod table;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

pub use arrivals::Arrivals;
pub use met::Met;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use table::Table;

use crate::kernel;

/// Descriptors of a table that are not a listener's: streams, epoll, and what libraries open for a moment.
const OTHER_DESCRIPTORS: u64 = 32;
/// Tables at most: each has a loopback network of its own (127.0.1.0 to 127.0.64.0).
pub const TABLES_MAX: usize = 64;

/// How listeners read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Everything, at once.
    Well,
    /// Nothing after the first sound.
    Stop,
    /// One byte a second after the first sound.
    Byte,
}

/// Who comes, and how.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The audience's listener.
    pub addr: SocketAddr,
    /// The target of the request.
    pub path: String,
    /// How many come.
    pub listeners: usize,
    /// Descriptor tables that they are spread over, 1 to [`TABLES_MAX`].
    pub tables: usize,
    /// When they come.
    pub arrivals: Arrivals,
    /// Of every draw.
    pub seed: u64,
    /// How they read.
    pub reading: Reading,
    /// Bytes of body with which the first sound is certainly there.
    pub sound_bytes: usize,
    /// How long those who have come wait for their first sound before gaps are watched without them.
    pub patience: Duration,
    /// How long gaps are watched; then everybody goes.
    pub hold: Duration,
    /// They speak TLS.
    pub tls: bool,
    /// Who is not let in, or loses the connection, comes back at any moment within this.
    pub reconnect: Option<Duration>,
    /// Milliseconds: for each distribution it is counted how many exceed them.
    pub bounds_ms: Vec<f64>,
}

/// Opens when every table has settled: gaps are watched in all of them at the same time.
#[derive(Debug)]
struct Gate(Vec<AtomicBool>);

impl Gate {
    fn settle(&self, table: usize) {
        self.0[table].store(true, Relaxed);
    }

    fn is_open(&self) -> bool {
        self.0.iter().all(|table| table.load(Relaxed))
    }
}

/// Nobody waits for a table that has failed.
struct Settles<'a>(&'a Gate, usize);

impl Drop for Settles<'_> {
    fn drop(&mut self) {
        self.0.settle(self.1);
    }
}

impl Crowd {
    /// Comes, listens and goes; `steady` is called once when everybody has come and gaps are about to be watched.
    ///
    /// # Errors
    /// When a table cannot hold its listeners, and what the system says.
    pub fn listen(&self, steady: impl FnOnce()) -> io::Result<Met> {
        if !(1..=TABLES_MAX).contains(&self.tables) {
            return Err(io::Error::other(format!("there can be 1 to {TABLES_MAX} tables")));
        }
        let needed = self.share(0) as u64 + OTHER_DESCRIPTORS;
        let limit = raise_descriptors();
        if limit.is_some_and(|limit| limit < needed) {
            let room = limit.unwrap_or_default().saturating_sub(OTHER_DESCRIPTORS).max(1);
            return Err(io::Error::other(format!(
                "one descriptor table holds {room} listeners: {} of them need --tables {}",
                self.listeners,
                (self.listeners as u64).div_ceil(room),
            )));
        }
        let gate = Gate((0..self.tables).map(|_| AtomicBool::new(false)).collect());
        let tables = std::thread::scope(|scope| {
            let gate = &gate;
            let attend = |number| {
                let _settles = Settles(gate, number);
                kernel::own_table()?;
                Table::new(self, number)?.attend(gate)
            };
            let threads: Vec<_> = (0..self.tables).map(|number| scope.spawn(move || attend(number))).collect();
            while !gate.is_open() {
                std::thread::sleep(Duration::from_millis(5));
            }
            steady();
            let joined =
                threads.into_iter().map(|thread| thread.join().map_err(|_| io::Error::other("a table panicked")));
            joined.map(Result::flatten).collect::<io::Result<Vec<_>>>()
        })?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Met::of(&tables, &self.bounds_ms, cores))
    }

    /// How many of all a table has.
    fn share(&self, table: usize) -> usize {
        self.listeners / self.tables + usize::from(table < self.listeners % self.tables)
    }

    /// How those of one table come.
    fn arrivals(&self, table: usize) -> Arrivals {
        match self.arrivals {
            Arrivals::Even(per_second) => {
                let part = self.share(table) as f64 / self.listeners.max(1) as f64;
                Arrivals::Even((per_second * part).max(f64::MIN_POSITIVE))
            }
            storm @ Arrivals::Storm(_) => storm,
        }
    }
}

/// Raises the soft limit of descriptors to the hard one; gives it, if there is one.
fn raise_descriptors() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    getrlimit(Resource::Nofile).current
}

#[cfg(test)]
mod tests;
