//! What the fan-out has done since the process started, for `/metrics`.
//!
//! Counters only, relaxed, one set for the process: they are read once in many seconds and never decide anything.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hustings_census::Heard;
use hustings_hls::Kind;
use hustings_link::hall::Tier;

/// What became of the reports of pages behind a cache, as it is told.
const HEARD: [(&str, Heard); 3] =
    [("counted", Heard::Counted), ("not_asked", Heard::NotAsked), ("left_out", Heard::TooMany)];

/// Counters of this process's fan-out.
#[derive(Debug)]
pub struct Stats {
    asked: [AtomicU64; Kind::ALL.len()],
    reports: [AtomicU64; HEARD.len()],
    sent: [AtomicU64; Tier::ALL.len()],
    events: AtomicU64,
    skips: AtomicU64,
    cold: AtomicU64,
    unavailable: AtomicU64,
}

static STATS: Stats = Stats {
    asked: [const { AtomicU64::new(0) }; Kind::ALL.len()],
    reports: [const { AtomicU64::new(0) }; HEARD.len()],
    sent: [const { AtomicU64::new(0) }; Tier::ALL.len()],
    events: AtomicU64::new(0),
    skips: AtomicU64::new(0),
    cold: AtomicU64::new(0),
    unavailable: AtomicU64::new(0),
};

/// The counters of this process.
#[must_use]
pub fn stats() -> &'static Stats {
    &STATS
}

impl Stats {
    /// Bytes of sound and playlists handed to connections of a tier, without HTTP and TLS framing. WebRTC is not
    /// counted here.
    #[must_use]
    pub fn bytes_sent(&self, tier: Tier) -> u64 {
        self.sent[tier as usize].load(Relaxed)
    }

    /// Bytes of server-sent events.
    #[must_use]
    pub fn event_bytes_sent(&self) -> u64 {
        self.events.load(Relaxed)
    }

    /// How often a stream listener fell behind the window and was moved forward.
    #[must_use]
    pub fn skips(&self) -> u64 {
        self.skips.load(Relaxed)
    }

    /// How often somebody asked for a rendition that did not flow and waited for its back-fill.
    #[must_use]
    pub fn cold_starts(&self) -> u64 {
        self.cold.load(Relaxed)
    }

    /// How often sound that was asked for did not come in time (answered with 503).
    #[must_use]
    pub fn unavailable(&self) -> u64 {
        self.unavailable.load(Relaxed)
    }

    /// Requests for HLS by what they ask for.
    #[must_use]
    pub fn hls_requests(&self, kind: Kind) -> u64 {
        self.asked[kind as usize].load(Relaxed)
    }

    /// Reports of pages behind a cache by what became of them: `counted`, `not_asked`, `left_out`.
    #[must_use]
    pub fn reports(&self) -> [(&'static str, u64); 3] {
        std::array::from_fn(|at| (HEARD[at].0, self.reports[at].load(Relaxed)))
    }

    pub(crate) fn add_hls_request(&self, kind: Kind) {
        self.asked[kind as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn add_report(&self, heard: Heard) {
        if let Some(at) = HEARD.iter().position(|(_, h)| *h == heard) {
            self.reports[at].fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn add_sent(&self, tier: Tier, bytes: usize) {
        self.sent[tier as usize].fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn add_event_bytes(&self, bytes: usize) {
        self.events.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn add_skip(&self) {
        self.skips.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_cold(&self) {
        self.cold.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_unavailable(&self) {
        self.unavailable.fetch_add(1, Relaxed);
    }
}
