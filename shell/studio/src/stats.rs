//! What the studio says of itself: lateness of ticks, time in encoders, what was dropped.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hustings_mix::VoiceStats;
use hustings_vocab::Rendition;

/// Upper bounds of the lateness histogram in microseconds; the last bucket is without bound.
pub const LATENESS_BOUNDS_US: [u64; 10] = [100, 250, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000];

/// What happened to packets on the way from speakers.
pub const FATES: [&str; 6] = ["received", "lost", "late", "duplicate", "undecodable", "out_of_line"];

/// Counters, shared by all workers.
#[derive(Debug, Default)]
pub struct Stats {
    packets: [AtomicU64; FATES.len()],
    concealed_samples: AtomicU64,
    left_out_samples: AtomicU64,
    lateness: [AtomicU64; LATENESS_BOUNDS_US.len() + 1],
    lateness_sum_us: AtomicU64,
    lateness_max_us: AtomicU64,
    encode_ns: [AtomicU64; Rendition::ALL.len()],
    busy_ns: AtomicU64,
    dropped: AtomicU64,
    skipped_ticks: AtomicU64,
    conversations: AtomicU64,
    speakers: AtomicU64,
}

/// A reading of [`Stats`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatsNow {
    /// Packets of speakers, by fate in the order of [`FATES`].
    pub packets: [u64; FATES.len()],
    /// Samples made up in place of lost ones.
    pub concealed_samples: u64,
    /// Samples left out of pauses, because a sender was ahead of its clock.
    pub left_out_samples: u64,
    /// Ticks whose lateness lay at or below each bound of [`LATENESS_BOUNDS_US`], not cumulative; the last is the rest.
    pub lateness: [u64; LATENESS_BOUNDS_US.len() + 1],
    /// Sum of all lateness in microseconds.
    pub lateness_sum_us: u64,
    /// The latest tick in microseconds.
    pub lateness_max_us: u64,
    /// Nanoseconds in the encoder of each rendition.
    pub encode_ns: [u64; Rendition::ALL.len()],
    /// Nanoseconds in ticks altogether.
    pub busy_ns: u64,
    /// Messages to the audience plane that did not fit its queue.
    pub dropped: u64,
    /// Ticks that were skipped because the machine had stood still.
    pub skipped_ticks: u64,
    /// Open conversations.
    pub conversations: u64,
    /// Sessions on stage.
    pub speakers: u64,
}

impl Stats {
    pub(crate) fn tick(&self, late: Duration, busy: Duration) {
        let late_us = late.as_micros() as u64;
        let bucket = LATENESS_BOUNDS_US.iter().position(|b| late_us <= *b).unwrap_or(LATENESS_BOUNDS_US.len());
        self.lateness[bucket].fetch_add(1, Relaxed);
        self.lateness_sum_us.fetch_add(late_us, Relaxed);
        self.lateness_max_us.fetch_max(late_us, Relaxed);
        self.busy_ns.fetch_add(busy.as_nanos() as u64, Relaxed);
    }

    /// Adds what a voice went through since it was `before`.
    pub(crate) fn voice(&self, before: &VoiceStats, now: &VoiceStats) {
        let fates = |s: &VoiceStats| [s.received, s.lost, s.late, s.duplicates, s.undecodable, s.out_of_line];
        for ((counter, now), before) in self.packets.iter().zip(fates(now)).zip(fates(before)) {
            counter.fetch_add(now - before, Relaxed);
        }
        self.concealed_samples.fetch_add(now.concealed_samples - before.concealed_samples, Relaxed);
        self.left_out_samples.fetch_add(now.left_out_samples - before.left_out_samples, Relaxed);
    }

    pub(crate) fn encoded(&self, rendition: Rendition, spent: Duration) {
        self.encode_ns[rendition.index()].fetch_add(spent.as_nanos() as u64, Relaxed);
    }

    pub(crate) fn drop_one(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    pub(crate) fn skip_ticks(&self, ticks: u64) {
        self.skipped_ticks.fetch_add(ticks, Relaxed);
    }

    pub(crate) fn opened(&self) {
        self.conversations.fetch_add(1, Relaxed);
    }

    pub(crate) fn closed(&self) {
        self.conversations.fetch_sub(1, Relaxed);
    }

    pub(crate) fn speaker_came(&self) {
        self.speakers.fetch_add(1, Relaxed);
    }

    pub(crate) fn speaker_went(&self) {
        self.speakers.fetch_sub(1, Relaxed);
    }

    /// Reads every counter.
    #[must_use]
    pub fn now(&self) -> StatsNow {
        let read = |a: &AtomicU64| a.load(Relaxed);
        StatsNow {
            packets: std::array::from_fn(|n| read(&self.packets[n])),
            concealed_samples: read(&self.concealed_samples),
            left_out_samples: read(&self.left_out_samples),
            lateness: std::array::from_fn(|n| read(&self.lateness[n])),
            lateness_sum_us: read(&self.lateness_sum_us),
            lateness_max_us: read(&self.lateness_max_us),
            encode_ns: std::array::from_fn(|n| read(&self.encode_ns[n])),
            busy_ns: read(&self.busy_ns),
            dropped: read(&self.dropped),
            skipped_ticks: read(&self.skipped_ticks),
            conversations: read(&self.conversations),
            speakers: read(&self.speakers),
        }
    }
}
