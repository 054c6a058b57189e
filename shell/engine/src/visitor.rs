//! A connection that is not listening: before its request, while its rendition is cold, after its response.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_fan::Key;
use hustings_link::hall::Hall;
use hustings_link::peer::Slot;

use crate::head::Wish;
use crate::line::Line;

/// A request's head that takes longer is given up; a phone at the edge of a cell needs three seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// A peer may take this long to see that the response was the last.
const LINGER: Duration = Duration::from_secs(1);

/// One connection.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) line: Line,
    pub(crate) addr: SocketAddr,
    pub(crate) slot: Slot,
    pub(crate) since: Instant,
    pub(crate) doing: Doing,
}

/// What it is about.
#[derive(Debug)]
pub(crate) enum Doing {
    /// Its request comes; this much of it is here.
    Asking(Vec<u8>),
    /// What it wants to hear is not there yet.
    Waiting(Box<Waiting>),
    /// Its response was the last.
    Leaving,
}

/// A listener to be.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) hall: Arc<Hall>,
    pub(crate) channel: Key,
    pub(crate) wish: Wish,
}

impl Visitor {
    /// Whether it has been here for too long.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        let patience = match self.doing {
            Doing::Asking(_) => PATIENCE,
            Doing::Leaving => LINGER,
            // It has a limit of its own.
            Doing::Waiting(_) => return false,
        };
        now.duration_since(self.since) >= patience
    }
}
