//! Misuse of what this process speaks, counted where it is met: for the records of the evening and `/metrics`.
//!
//! One counter for each kind and process. It says how often and never who.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A kind of misuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misuse {
    /// A connection of HTTP/2 that was ended for what it did: streams reset too fast, frames without end or against the rules.
    Http2,
    /// A head of a request that was no HTTP, too large or too slow, or asked for what no player asks for.
    Heads,
    /// A body that was too large, too slow, broken off or not what it was called.
    Bodies,
    /// An upload that could not be opened within its bounds, or was not what it was called.
    Uploads,
    /// A request to the API that was refused for who asked, or how often: wrong passwords and links, forged tokens and tickets.
    Api,
}

impl Misuse {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Http2, Self::Heads, Self::Bodies, Self::Uploads, Self::Api];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http2 => "http2",
            Self::Heads => "heads",
            Self::Bodies => "bodies",
            Self::Uploads => "uploads",
            Self::Api => "api",
        }
    }

    /// The name of its counter.
    #[must_use]
    pub const fn counter(self) -> &'static str {
        match self {
            Self::Http2 => "abuse.http2",
            Self::Heads => "abuse.heads",
            Self::Bodies => "abuse.bodies",
            Self::Uploads => "abuse.uploads",
            Self::Api => "abuse.api",
        }
    }

    /// It was met once more.
    pub fn count(self) {
        COUNTS[self as usize].fetch_add(1, Relaxed);
    }

    /// How often it was met since this process began.
    #[must_use]
    pub fn counted(self) -> u64 {
        COUNTS[self as usize].load(Relaxed)
    }
}

static COUNTS: [AtomicU64; Misuse::ALL.len()] = [const { AtomicU64::new(0) }; Misuse::ALL.len()];
static ASKED: AtomicU64 = AtomicU64::new(0);

/// The name of the counter of [`asked`].
pub const ASKED_COUNTER: &str = "asked";

/// Somebody asks for a page or something of the API.
pub fn ask() {
    ASKED.fetch_add(1, Relaxed);
}

/// How many requests for pages and the API there were since this process began.
#[must_use]
pub fn asked() -> u64 {
    ASKED.load(Relaxed)
}
