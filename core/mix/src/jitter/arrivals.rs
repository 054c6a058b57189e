//! How regularly packets arrive, and so how long to wait for them.
//!
//! The *fastest* packet of the last seconds says where the sender's clock stands against ours; how much later the others
//! come is the jitter. The target covers all of it but one straggler: it grows with the packet that shows the need, and shrinks
//! by two milliseconds a second. Round-trip times say nothing about this and are not used.
//!
//! Units: samples at 48 kHz. "Transit" is arrival on our clock minus position on the sender's, so only differences of
//! transits mean anything.

use hustings_vocab::{SAMPLE_RATE, TICK_SAMPLES};

/// Length of one bucket of minima: half a second.
const BUCKET_SAMPLES: i64 = SAMPLE_RATE as i64 / 2;
/// Buckets of minima: the fastest packet of 4 s. Drift of 200 ppm moves it by 0.8 ms, which is all the error it makes.
const BUCKETS: usize = 8;
/// Width of one bin of the histogram: 2.5 ms, the shortest Opus packet.
const BIN_SAMPLES: i64 = 120;
/// Bins: 250 ms, more than the largest target.
const BINS: usize = 100;
/// What the histogram forgets with every packet: 2,000 packets, which are 40 s of 20 ms packets, are its memory.
const KEPT: f32 = 1.0 - 1.0 / 2000.0;
/// Weight of the packets that may come too late: one straggler does not make everybody wait, a second one within 28 s
/// does. On a line that loses 5 % these are the repairs: what redundancy brings is a packet late, what was lost twice comes
/// when it was asked for, and that is 1 packet of 400. A second in which each is to be whole has 50.
const LATE_WEIGHT: f32 = 1.5;
/// Least and greatest time to wait for stragglers: 10 ms covers a tick that comes late on a busy machine; with the tick
/// itself that makes 30 to 200 ms.
const WAIT_MIN: i64 = 480;
const WAIT_MAX: i64 = 180 * 48;
/// Samples by which the target shrinks on each tick: 2 ms a second, which the pace follows at 0.2 %.
const SHRINK_PER_TICK: f32 = 1.92;
/// What a tick consumes, and what it may need beyond when the sender's clock is fast.
const TICK_NEEDS: i64 = TICK_SAMPLES as i64 + 24;

/// The arrivals of one stream.
#[derive(Debug, Clone)]
pub struct Arrivals {
    minima: [i64; BUCKETS],
    bucket: usize,
    bucket_began: i64,
    fastest: i64,
    histogram: [f32; BINS],
    wait: f32,
}

impl Arrivals {
    pub(super) const fn new() -> Self {
        Self {
            minima: [i64::MAX; BUCKETS],
            bucket: 0,
            bucket_began: i64::MIN,
            fastest: i64::MAX,
            histogram: [0.0; BINS],
            wait: WAIT_MIN as f32,
        }
    }

    /// Counts a packet.
    pub(super) fn packet(&mut self, arrived: i64, pos: i64) {
        self.follow_fastest(arrived, arrived - pos);
        let behind = arrived - pos - self.fastest;
        for weight in &mut self.histogram {
            *weight *= KEPT;
        }
        self.histogram[((behind / BIN_SAMPLES) as usize).min(BINS - 1)] += 1.0;
        self.wait = self.wait.max(self.wanted() as f32);
    }

    /// Lets the target shrink; gives the samples by which it did.
    pub(super) fn tick(&mut self) -> f32 {
        let before = self.wait;
        self.wait = (self.wait - SHRINK_PER_TICK).max(self.wanted() as f32);
        before - self.wait
    }

    /// The sender's clock starts anew; what is known of the network stays.
    pub(super) const fn restart(&mut self) {
        self.minima = [i64::MAX; BUCKETS];
        self.bucket_began = i64::MIN;
        self.fastest = i64::MAX;
    }

    /// Transit of the fastest packet of the last seconds. Nonsense before the first packet.
    pub(super) const fn fastest(&self) -> i64 {
        self.fastest
    }

    /// The position that a tick at `now` should begin to play; `None` before the first packet.
    pub(crate) fn due(&self, now: i64) -> Option<i64> {
        (self.fastest != i64::MAX).then(|| now - self.fastest - self.target())
    }

    /// Samples from the arrival of the fastest packets to the tick that plays them.
    #[must_use]
    pub const fn target(&self) -> i64 {
        self.wait as i64 + TICK_NEEDS
    }

    fn follow_fastest(&mut self, arrived: i64, transit: i64) {
        if self.bucket_began == i64::MIN {
            self.bucket_began = arrived;
        }
        // One bucket at a time however long the pause was: after a pause of minutes the old minima are still the best
        // that is known.
        if arrived.saturating_sub(self.bucket_began) >= BUCKET_SAMPLES {
            self.bucket = (self.bucket + 1) % BUCKETS;
            self.minima[self.bucket] = i64::MAX;
            self.bucket_began = arrived;
        }
        self.minima[self.bucket] = self.minima[self.bucket].min(transit);
        self.fastest = self.minima.iter().copied().min().unwrap_or(transit);
    }

    /// Counted from the slow end.
    fn wanted(&self) -> i64 {
        let mut late = 0.0;
        let bin = self.histogram.iter().rposition(|weight| {
            late += weight;
            late > LATE_WEIGHT
        });
        let wait = (bin.unwrap_or(0) as i64 + 2) * BIN_SAMPLES;
        wait.clamp(WAIT_MIN, WAIT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(arrivals: &mut Arrivals, from: i64, packets: i64, late: impl Fn(i64) -> i64) {
        for i in from..from + packets {
            arrivals.packet(1000 + i * 960 + late(i), i * 960);
        }
    }

    #[test]
    fn without_jitter_the_target_is_30_ms() {
        let mut a = Arrivals::new();
        steady(&mut a, 0, 500, |_| 0);
        assert_eq!(a.target() / 48, 30);
        assert_eq!(a.due(1000), Some(-a.target()));
    }

    #[test]
    fn the_target_covers_the_jitter_at_once_and_shrinks_by_two_milliseconds_a_second() {
        let mut a = Arrivals::new();
        steady(&mut a, 0, 500, |_| 0);
        steady(&mut a, 500, 5, |_| 100 * 48);
        let grown = a.target();
        assert!((120..=130).contains(&(grown / 48)), "{}", grown / 48);
        steady(&mut a, 505, 4000, |_| 0);
        (0..500).for_each(|_| {
            a.tick();
        });
        assert!((19..=21).contains(&((grown - a.target()) / 48)));
    }

    #[test]
    fn a_single_straggler_does_not_make_everybody_wait() {
        let mut a = Arrivals::new();
        steady(&mut a, 0, 1000, |_| 0);
        steady(&mut a, 1000, 1, |_| 150 * 48);
        assert_eq!(a.target() / 48, 30);
    }

    #[test]
    fn the_target_is_bounded() {
        let mut a = Arrivals::new();
        steady(&mut a, 0, 500, |i| i % 2 * 96_000);
        assert_eq!(a.target() / 48, 200);
    }
}
