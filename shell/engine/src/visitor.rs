//! A connection that is not listening: before its request, while its rendition is cold, between requests for HLS, after its
//! response.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_fan::Key;
use hustings_hls::Asked;
use hustings_link::hall::Hall;
use hustings_link::peer::{Connection, Slot};
use hustings_vocab::limits;

use crate::head::Wish;
use crate::hls::{Ready, Ticket, Wanted};
use crate::line::Line;

/// A request's head that takes longer is given up; a phone at the edge of a cell needs three seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between an answer and the next request, for caches that keep connections; a player asks every two seconds or more often.
const IDLE: Duration = Duration::from_secs(30);
/// A reader who takes nothing of its answer.
const STALLED: Duration = Duration::from_secs(limits::STALLED_LISTENER_SECONDS);
/// A peer may take this long to see that the response was the last.
const LINGER: Duration = Duration::from_secs(1);

/// One connection.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) line: Line,
    pub(crate) addr: SocketAddr,
    pub(crate) slot: Slot,
    /// Since it came, was answered last, began to ask, or took some of its answer.
    pub(crate) since: Instant,
    /// A balancer's, which has not said yet where it comes from.
    pub(crate) unnamed: bool,
    /// It was answered before.
    pub(crate) answered: bool,
    /// Who listens by it, as the roll was told.
    pub(crate) listens: Option<Box<Listens>>,
    pub(crate) doing: Doing,
}

/// An HLS listener's connection. A connection of a cache may be that of another listener with each request.
#[derive(Debug)]
pub(crate) struct Listens {
    pub(crate) connection: Connection,
    /// Which conversation and session, as a hash.
    pub(crate) who: u64,
    /// When the roll was told last.
    pub(crate) told: Instant,
}

/// What it is about.
#[derive(Debug)]
pub(crate) enum Doing {
    /// Its request comes; this much of it is here.
    Asking(Vec<u8>),
    /// What it wants to hear is not there yet.
    Waiting(Box<Waiting>),
    /// What it asked for by HLS is not there yet.
    Held(Box<Holding>),
    /// It takes its answer slowly.
    Taking(Box<Taking>),
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

/// A request that is held.
#[derive(Debug)]
pub(crate) struct Holding {
    /// Under which it waits at its board.
    pub(crate) ticket: Ticket,
    pub(crate) board: Key,
    pub(crate) wanted: Wanted,
    pub(crate) asked: Asked,
    pub(crate) framing: Framed,
    /// When its sound has to flow, if it does not yet.
    pub(crate) warming_since: Option<Instant>,
    /// When it is told that it waited in vain.
    pub(crate) deadline: Instant,
    pub(crate) unread: Unread,
}

const _: () = assert!(size_of::<Visitor>() + size_of::<Holding>() <= 512, "who waits costs little");

/// The rest of an answer.
#[derive(Debug)]
pub(crate) struct Taking {
    pub(crate) ready: Arc<Ready>,
    /// Bytes that were taken.
    pub(crate) taken: usize,
    pub(crate) last: bool,
    pub(crate) unread: Unread,
}

/// What a client has said while its request is not yet answered.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// Read of the line; at most [`limits::REQUEST_HEAD_BYTES_MAX`] twice.
    pub(crate) read: Vec<u8>,
    /// There may be more.
    pub(crate) more: bool,
}

/// How an answer is put on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Framed {
    /// By HTTP/1.0.
    pub(crate) old: bool,
    /// The connection ends with it.
    pub(crate) last: bool,
    /// All of it, not only what would be said of it.
    pub(crate) with_body: bool,
}

impl Visitor {
    pub(crate) const fn new(line: Line, addr: SocketAddr, slot: Slot, since: Instant, doing: Doing) -> Self {
        Self { line, addr, slot, since, unnamed: false, answered: false, listens: None, doing }
    }

    /// Whether it was answered, or has said nothing, and has been silent for so long.
    pub(crate) fn is_idle(&self, now: Instant, silent: Duration) -> bool {
        matches!(&self.doing, Doing::Asking(read) if read.is_empty()) && now.duration_since(self.since) >= silent
    }

    /// Whether a part of its request is here.
    pub(crate) fn has_begun_to_ask(&self) -> bool {
        matches!(&self.doing, Doing::Asking(read) if !read.is_empty())
    }

    /// Whether it has been here for too long.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        let patience = match &self.doing {
            Doing::Asking(read) if self.answered && read.is_empty() => IDLE,
            Doing::Asking(_) => PATIENCE,
            Doing::Taking(_) => STALLED,
            Doing::Leaving => LINGER,
            // They have limits of their own.
            Doing::Waiting(_) | Doing::Held(_) => return false,
        };
        now.duration_since(self.since) >= patience
    }
}
