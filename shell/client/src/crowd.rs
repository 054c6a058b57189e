//! A crowd of real clients in one process, cheap enough that the server is measured and not they.
//!
//! Each listener of the stream is a record with a socket in one thread's epoll: it connects, asks, follows redirects, takes
//! the sound out of its container and plays it, so that what is missing or late is heard; where there are tickets it asks for one and waits as a page does. LL-HLS and WebRTC listeners are
//! the clients of [`crate::listen()`]. What they meet is counted by seconds ([`Second`]). Large crowds are several
//! processes, whose seconds add up. Deliberately absent: decoding (it costs more than receiving and finds nothing that
//! media time does not show), and when anybody comes: that is a plan of `core/rehearsal`.

mod answer;
mod ears;
mod entry;
mod line;
mod listener;
mod skim;
mod table;
mod tally;
mod task;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;

use hustings_rehearsal::{Event, Second};
use hustings_vocab::Rendition;
use serde::{Deserialize, Serialize};

pub(crate) use ears::Ears;

use crate::{ClientError, Trust};

/// Listeners of one process: it has a descriptor for each, and 20,000 is what systems allow that were not tuned.
pub const PROCESS_LISTENERS_MAX: usize = 19_000;
/// Processes of one machine: each has a loopback network of its own (127.0.1.0 to 127.0.64.0).
pub const PROCESSES_MAX: usize = 64;

/// What a process of a crowd has to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The conversation's address.
    pub page: String,
    /// Where its sound is, as its page names it.
    pub stream: String,
    /// Where tickets are asked for, if the server gives any.
    pub tickets: Option<String>,
    /// What the server has given this rehearsal, so that it is not challenged.
    pub pass: Option<String>,
    /// Which of the processes this is.
    pub number: usize,
    /// Of every draw.
    pub seed: u64,
    /// When second 0 begins, in milliseconds since 1970.
    pub begins_ms: u64,
    /// The moment of media time 0, if the server says it; without it no delay is told.
    pub epoch_ms: Option<u64>,
    /// Rendition to ask for.
    pub rendition: Option<Rendition>,
    /// PEM file of certificates to trust beside the public ones.
    pub trust: Option<PathBuf>,
    /// For how long each listens, from its first sound on, in milliseconds; without it until the plan says so.
    pub stay_ms: Option<u64>,
}

impl Job {
    fn trust(&self) -> Trust {
        self.trust.clone().map_or(Trust::Public, Trust::Also)
    }
}

/// Plays listeners as they are told to come and go, until `stop`; `out` takes each second when it is over, and the one that
/// `stop` cut short. It takes the calling thread, and the runtime for listeners of LL-HLS and WebRTC.
///
/// # Errors
/// [`ClientError`] when nobody could listen at all.
pub fn play(
    job: &Job,
    runtime: &tokio::runtime::Handle,
    events: &Receiver<Vec<Event>>,
    stop: &AtomicBool,
    out: impl FnMut(Second),
) -> Result<(), ClientError> {
    table::Table::new(job, runtime)?.attend(events, stop, out)
}

/// The address of a host and port in a URL, the first that the system knows.
fn resolve(url: &reqwest::Url) -> Result<SocketAddr, ClientError> {
    let unreachable = |reason: String| ClientError::Unreachable { url: url.to_string(), reason };
    let mut found = url.socket_addrs(|| None).map_err(|error| unreachable(error.to_string()))?;
    if found.is_empty() { Err(unreachable("its name has no address".to_owned())) } else { Ok(found.swap_remove(0)) }
}

#[cfg(test)]
mod tests;
