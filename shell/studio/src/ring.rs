//! The PCM ring: the last seconds of program sound by media time, from which every rendition is encoded, hot or cold.

use std::collections::VecDeque;

use hustings_vocab::{MediaTime, SAMPLE_RATE, TICK_SAMPLES, limits};

/// Samples kept.
const SAMPLES_MAX: usize = (limits::PCM_RING_SECONDS * SAMPLE_RATE as u64) as usize;

/// A bounded piece of the program sound.
#[derive(Debug)]
pub(crate) struct PcmRing {
    samples: VecDeque<f32>,
    end: MediaTime,
}

impl PcmRing {
    /// A ring that is full of silence up to `now`: so that whatever is asked for first finds a whole window, and a
    /// conversation's first second is like every other.
    #[must_use]
    pub(crate) fn silent_until(now: MediaTime) -> Self {
        let held = (now.0 as usize).min(SAMPLES_MAX);
        Self { samples: VecDeque::from(vec![0.0; held]), end: now }
    }

    /// A ring that begins now, because what was before is lost: a segment that was published is never made again.
    #[must_use]
    pub(crate) const fn from_now(now: MediaTime) -> Self {
        Self { samples: VecDeque::new(), end: now }
    }

    /// Media time after the last sample.
    #[must_use]
    #[cfg(test)]
    pub(crate) const fn end(&self) -> MediaTime {
        self.end
    }

    /// Media time of the first sample held.
    #[must_use]
    pub(crate) fn start(&self) -> MediaTime {
        MediaTime(self.end.0 - self.samples.len() as u64)
    }

    /// Appends one tick. The oldest samples leave a full ring.
    pub(crate) fn push(&mut self, tick: &[f32; TICK_SAMPLES]) {
        let excess = (self.samples.len() + TICK_SAMPLES).saturating_sub(SAMPLES_MAX);
        self.samples.drain(..excess);
        self.samples.extend(tick);
        self.end = self.end + TICK_SAMPLES as u64;
    }

    /// Copies the samples from `from` into `out`; `false` if the last of them is still to come. What lies before the
    /// ring's start is silence.
    #[must_use]
    pub(crate) fn read(&self, from: i64, out: &mut [f32]) -> bool {
        if from + out.len() as i64 > self.end.0 as i64 {
            return false;
        }
        let start = self.start().0 as i64;
        let missing = (start - from).clamp(0, out.len() as i64) as usize;
        out[..missing].fill(0.0);
        let at = (from + missing as i64 - start).max(0) as usize;
        for (sample, held) in out[missing..].iter_mut().zip(self.samples.range(at..)) {
            *sample = *held;
        }
        true
    }

    /// A copy of everything from `from` on, as a ring of its own.
    #[must_use]
    pub(crate) fn copy_from(&self, from: MediaTime) -> Self {
        let skip = ((from - self.start()) as usize).min(self.samples.len());
        Self { samples: self.samples.range(skip..).copied().collect(), end: self.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_remembers_by_media_time_and_forgets_the_oldest() {
        let mut ring = PcmRing::silent_until(MediaTime(96_000));
        assert_eq!(ring.start(), MediaTime(0));
        for n in 0..1000 {
            ring.push(&[n as f32; TICK_SAMPLES]);
        }
        let end = 96_000 + 960_000;
        assert_eq!((ring.start(), ring.end()), (MediaTime(end - SAMPLES_MAX as u64), MediaTime(end)));
        let mut out = [0.0; 4];
        assert!(ring.read(end as i64 - 962, &mut out));
        assert_eq!(out, [998.0, 998.0, 999.0, 999.0]);
        assert!(!ring.read(end as i64 - 3, &mut out));
        assert!(ring.read(0, &mut out));
        assert_eq!(out, [0.0; 4]);
    }
}
