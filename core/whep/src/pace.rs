//! Pace: at which moment of our clock a frame is due, whatever jitter it came with.
//!
//! Frames are due at the distance in which they sound, after the one that came with the least delay in the last seconds. So a
//! tick that was late does not push everybody's slot around, and a listener's packets leave evenly.

use std::time::{Duration, Instant};

use hustings_vocab::{MediaTime, SAMPLE_RATE};

/// Frames after which an earlier least delay counts no more: 4 s.
const WINDOW: u32 = 200;
/// A frame that comes later than this after its moment is no late frame: time was lost, and it is counted from there.
const LOST: Duration = Duration::from_millis(200);

/// The pace of one reel.
#[derive(Debug, Default)]
pub struct Pace {
    /// The moment of media time zero by the least delayed frame, now and among those of this window so far; signed, in
    /// nanoseconds after `start`.
    zero: i128,
    candidate: i128,
    start: Option<Instant>,
    frames: u32,
}

impl Pace {
    /// When a frame that came at `now` is due: at `now` or before it.
    pub fn due(&mut self, t: MediaTime, now: Instant) -> Instant {
        let nanos = i128::from(t.0) * 1_000_000_000 / i128::from(SAMPLE_RATE);
        let since = |start: Instant| now.saturating_duration_since(start).as_nanos() as i128;
        let Some(start) = self.start else {
            (self.start, self.zero, self.candidate, self.frames) = (Some(now), -nanos, -nanos, 0);
            return now;
        };
        let zero = since(start) - nanos;
        if zero - self.zero > LOST.as_nanos() as i128 {
            (self.zero, self.candidate, self.frames) = (zero, zero, 0);
        }
        self.candidate = self.candidate.min(zero);
        self.frames += 1;
        if self.frames == WINDOW {
            (self.zero, self.candidate, self.frames) = (self.candidate, zero, 0);
        }
        self.zero = self.zero.min(zero);
        let late = u64::try_from(zero - self.zero).unwrap_or(0);
        now.checked_sub(Duration::from_nanos(late)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(20);

    #[test]
    fn frames_that_come_late_are_due_when_they_would_have_come() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        for n in 0..1000_u32 {
            let jitter = Duration::from_micros(u64::from(n * 7919 % 5000));
            let due = pace.due(MediaTime(u64::from(n) * 960 + 77), start + FRAME * n + jitter);
            // The least of two hundred is not always the least of all.
            assert!((start + FRAME * n..start + FRAME * n + Duration::from_micros(100)).contains(&due), "{n}");
        }
    }

    #[test]
    fn a_clock_that_runs_slower_is_followed() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        let slower = FRAME + Duration::from_micros(2);
        let mut behind = Duration::ZERO;
        for n in 0..5000_u32 {
            let now = start + slower * n;
            behind = now - pace.due(MediaTime(u64::from(n) * 960), now);
            assert!(behind <= Duration::from_micros(2) * 2 * WINDOW, "{n}: {behind:?}");
        }
        assert!(behind > Duration::ZERO);
    }

    #[test]
    fn time_that_was_lost_is_not_made_up_for() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        pace.due(MediaTime(0), start);
        let later = start + Duration::from_secs(3);
        assert_eq!(pace.due(MediaTime(960), later), later);
        assert_eq!(pace.due(MediaTime(1920), later + FRAME), later + FRAME);
        let earlier = later + Duration::from_millis(25);
        assert_eq!(pace.due(MediaTime(2880), earlier), earlier, "what comes earlier is due at once");
    }
}
