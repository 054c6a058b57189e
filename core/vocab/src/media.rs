//! Media time: the one axis on which sound, events and pages agree.
//!
//! It counts samples at 48 kHz from the opening of the lobby and follows wall-clock time over restarts, so that a
//! listener's position survives the server. Deliberately absent: any way to read a clock.

use core::ops::{Add, Sub};
use core::time::Duration;

use serde::{Deserialize, Serialize};

/// Samples a second, everywhere.
pub const SAMPLE_RATE: u32 = 48_000;
/// One tick of the mixer: 20 ms, which is also one Opus frame.
pub const TICK_SAMPLES: usize = 960;
/// One HLS segment: 1.92 s, which is 96 Opus or 90 AAC frames.
pub const SEGMENT_SAMPLES: u64 = 92_160;

/// A position on a conversation's media timeline, in samples at 48 kHz.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaTime(pub u64);

impl MediaTime {
    /// The moment at which the lobby opened.
    pub const ZERO: Self = Self(0);

    /// The position that lies `elapsed` after the lobby opened, rounded down to a whole tick.
    #[must_use]
    pub fn at_tick(elapsed: Duration) -> Self {
        let samples = elapsed.as_micros() as u64 * 48 / 1000;
        Self(samples / TICK_SAMPLES as u64 * TICK_SAMPLES as u64)
    }

    /// The position of a moment by the wall clock, where media time 0 was at `epoch_ms`; both in milliseconds since 1970.
    #[must_use]
    pub const fn at_wall(epoch_ms: u64, now_ms: u64) -> Self {
        Self(now_ms.saturating_sub(epoch_ms) * SAMPLE_RATE as u64 / 1000)
    }

    /// Seconds since the lobby opened.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / f64::from(SAMPLE_RATE)
    }

    /// The time since `earlier`, zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0) * 62_500 / 3)
    }

    /// The number of the HLS segment (media sequence number) that holds this sample.
    #[must_use]
    pub const fn segment(self) -> u64 {
        self.0 / SEGMENT_SAMPLES
    }
}

impl Add<u64> for MediaTime {
    type Output = Self;
    fn add(self, samples: u64) -> Self {
        Self(self.0 + samples)
    }
}

impl Sub for MediaTime {
    type Output = u64;
    /// Samples between two positions; zero if `earlier` is later.
    fn sub(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_48000_samples_and_fifty_ticks() {
        assert_eq!(MediaTime::at_tick(Duration::from_secs(1)), MediaTime(48_000));
        assert_eq!(MediaTime::at_tick(Duration::from_millis(39)), MediaTime(960));
        assert_eq!(MediaTime(48_000).since(MediaTime::ZERO), Duration::from_secs(1));
        assert_eq!(MediaTime(SEGMENT_SAMPLES).segment(), 1);
    }
}
