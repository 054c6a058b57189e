//! What a WebRTC plane has done, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::gate::Refusal;

/// Counts since the start. Every field only grows.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub datagrams_in: AtomicU64,
    pub bytes_in: AtomicU64,
    pub datagrams_out: AtomicU64,
    pub bytes_out: AtomicU64,
    /// Datagrams that a full socket did not take.
    pub unsent: AtomicU64,
    /// Packets that the mixer's queue did not take.
    pub late_for_mixer: AtomicU64,
    /// Sessions that ended because their own state broke.
    pub broken: AtomicU64,
    pub opened: AtomicU64,
    /// Packets that left more than a frame after their slot.
    pub late: AtomicU64,
    /// Packets that listeners said were lost (NACK), and those of them that were sent again.
    pub nacked: AtomicU64,
    pub resent: AtomicU64,
    /// Receiver reports, and the sum of their fractions lost in 256ths.
    pub reports: AtomicU64,
    pub reported_lost: AtomicU64,
    dropped: [AtomicU64; Refusal::ALL.len()],
}

impl Counters {
    pub(crate) fn refuse(&self, refusal: Refusal) {
        self.dropped[refusal as usize].fetch_add(1, Relaxed);
    }

    /// A receiver report came.
    pub(crate) fn reported(&self, fraction_lost: u8) {
        self.reports.fetch_add(1, Relaxed);
        self.reported_lost.fetch_add(u64::from(fraction_lost), Relaxed);
    }

    pub(crate) fn snapshot(&self, sessions: usize, connections: usize) -> Stats {
        Stats {
            sessions,
            connections,
            opened: self.opened.load(Relaxed),
            broken: self.broken.load(Relaxed),
            datagrams_in: self.datagrams_in.load(Relaxed),
            bytes_in: self.bytes_in.load(Relaxed),
            datagrams_out: self.datagrams_out.load(Relaxed),
            bytes_out: self.bytes_out.load(Relaxed),
            unsent: self.unsent.load(Relaxed),
            late: self.late.load(Relaxed),
            nacked: self.nacked.load(Relaxed),
            resent: self.resent.load(Relaxed),
            reports: self.reports.load(Relaxed),
            reported_lost: self.reported_lost.load(Relaxed),
            late_for_mixer: self.late_for_mixer.load(Relaxed),
            dropped: Refusal::ALL.map(|r| (r.name(), self.dropped[r as usize].load(Relaxed))),
        }
    }
}

/// A reading of the counters of one WebRTC plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Sessions now.
    pub sessions: usize,
    /// ICE-TCP connections now.
    pub connections: usize,
    /// Sessions ever opened.
    pub opened: u64,
    /// Sessions that ended because their own state broke: a failed handshake, a wrong certificate.
    pub broken: u64,
    /// Datagrams that came in, whatever became of them.
    pub datagrams_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Datagrams that were sent.
    pub datagrams_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// Datagrams that a full socket did not take.
    pub unsent: u64,
    /// Packets that left more than a frame after their slot.
    pub late: u64,
    /// Packets that listeners said were lost (NACK).
    pub nacked: u64,
    /// Those of them that were sent again.
    pub resent: u64,
    /// Receiver reports of listeners.
    pub reports: u64,
    /// The sum of their fractions lost, in 256ths.
    pub reported_lost: u64,
    /// Packets that the mixer's queue did not take.
    pub late_for_mixer: u64,
    /// Datagrams that were dropped, by reason.
    pub dropped: [(&'static str, u64); Refusal::ALL.len()],
}

impl Stats {
    /// How many datagrams were dropped for one reason.
    #[must_use]
    pub fn dropped_for(&self, refusal: Refusal) -> u64 {
        self.dropped[refusal as usize].1
    }
}
