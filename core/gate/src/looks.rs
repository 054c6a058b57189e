//! How many of those who wait look at the queue, of how many should: whether anybody is still there, before they are called.
//!
//! Nobody says by name that they look, and behind a cache hardly anybody is seen to. So silence is believed only of a queue
//! whose people were seen, and only while somebody new comes, for a line that is cut looks the same. Deliberately absent: what
//! follows from it, which is the queue's.

use std::time::Instant;

/// Seconds over which looks are counted, and over which it is learnt whether they are seen at all.
const SHORT: f64 = 1.0;
const LONG: f64 = 10.0;
/// Counted no more often than this, in seconds.
const EVERY: f64 = 0.2;
/// Looks that should have been seen before silence means anything.
const ENOUGH: f64 = 50.0;
/// It is known whether they are seen once so much of the long time has passed…
const KNOWN: f64 = 0.3;
/// … and they are, if so many were seen of those that should have been.
const SEEN: f64 = 0.5;
/// Silence: fewer than this share look.
const SILENT: f64 = 0.2;

/// The looks at one queue.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    /// Since they were last counted.
    counted: u64,
    newcomers: u64,
    /// Of the last second or so.
    seen: f64,
    due: f64,
    /// Of those that should have been the share that was, over the long time, and how much of that time is known.
    usual: f64,
    known: f64,
    somebody_comes: bool,
    at: Instant,
}

impl Looks {
    pub(crate) const fn new(now: Instant) -> Self {
        Self { counted: 0, newcomers: 0, seen: 0.0, due: 0.0, usual: 0.0, known: 0.0, somebody_comes: false, at: now }
    }

    /// Somebody looks.
    pub(crate) const fn look(&mut self) {
        self.counted += 1;
    }

    /// Somebody new comes, and waits.
    pub(crate) const fn newcomer(&mut self) {
        self.newcomers += 1;
    }

    /// Counts what there was, of so many a second that there should have been.
    pub(crate) fn count(&mut self, per_second: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        if passed < EVERY {
            return;
        }
        let (looked, due) = (self.counted as f64, per_second * passed);
        let (short, long) = ((-passed / SHORT).exp(), 1.0 - (-passed / LONG).exp());
        (self.seen, self.due) = (self.seen * short + looked, self.due * short + due);
        if due > 0.0 {
            self.usual += long * ((looked / due).min(1.0) - self.usual);
            self.known += long * (1.0 - self.known);
        }
        self.somebody_comes = self.newcomers > 0;
        (self.counted, self.newcomers, self.at) = (0, 0, now);
    }

    /// How many look in a second, if hardly any of those who should still do.
    pub(crate) fn silence(&self) -> Option<f64> {
        let are_seen = self.known >= KNOWN && self.usual >= SEEN * self.known;
        let silent = self.due >= ENOUGH && self.seen < SILENT * self.due;
        (are_seen && silent && self.somebody_comes).then_some(self.seen / SHORT)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Quarters of a second of so many looks, while a thousand a second should look.
    fn after(quarters: &[(u64, u64, u32)]) -> Option<f64> {
        let mut now = Instant::now();
        let mut looks = Looks::new(now);
        for (seen, newcomers, times) in quarters {
            for _ in 0..*times {
                now += Duration::from_millis(250);
                (0..*seen).for_each(|_| looks.look());
                (0..*newcomers).for_each(|_| looks.newcomer());
                looks.count(1000.0, now);
            }
        }
        looks.silence()
    }

    #[test]
    fn a_crowd_that_has_gone_is_missed_within_two_seconds() {
        assert_eq!(after(&[(250, 1, 40)]), None, "everybody is there");
        assert_eq!(after(&[(250, 1, 40), (5, 1, 2)]), None, "half a second says nothing");
        assert!(after(&[(250, 1, 40), (5, 1, 8)]).is_some_and(|left| left < 200.0));
    }

    #[test]
    fn who_was_never_seen_is_not_missed() {
        assert_eq!(after(&[(1, 1, 400)]), None, "a cache answers");
        assert_eq!(after(&[(250, 1, 40), (1, 1, 60)]), None, "and has come in between");
        assert_eq!(after(&[(250, 1, 4), (0, 1, 4)]), None, "nothing was learnt yet");
    }

    #[test]
    fn a_line_that_is_cut_is_no_crowd_that_has_gone() {
        assert_eq!(after(&[(250, 10, 40), (0, 0, 12)]), None);
    }
}
