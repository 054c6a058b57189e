//! How many reports come in a second.

use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
/// Seconds that a judgement is made of, so that chance does not change the rate.
const KEPT: usize = 3;

/// Reports in each of the last seconds.
#[derive(Debug)]
pub(crate) struct Pace {
    began: Instant,
    now: u32,
    /// Newest first.
    last: [u32; KEPT],
    known: usize,
}

impl Pace {
    pub(crate) const fn new(now: Instant) -> Self {
        Self { began: now, now: 0, last: [0; KEPT], known: 0 }
    }

    pub(crate) const fn add(&mut self) {
        self.now += 1;
    }

    /// What came in a second, as far as that is known: much in the last one, or the mean of the last three. Whole
    /// seconds alone are looked at; a long time without a look counts as one.
    pub(crate) fn look(&mut self, now: Instant) -> Option<u32> {
        let passed = now.saturating_duration_since(self.began);
        if passed < SECOND {
            return None;
        }
        let rate = (f64::from(self.now) / passed.as_secs_f64()).round() as u32;
        self.last.rotate_right(1);
        self.last[0] = rate;
        self.known = (self.known + 1).min(KEPT);
        (self.began, self.now) = (now, 0);
        let mean = self.last[..self.known].iter().sum::<u32>().div_ceil(self.known as u32);
        // One second may be busy by chance; twice the mean of thirty or more is no chance.
        Some(if rate / 2 > mean || self.known < KEPT { rate } else { mean })
    }

    /// Another rate was stated: what came before says nothing any more.
    pub(crate) const fn forget(&mut self) {
        self.known = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_three_seconds_counts_and_a_storm_at_once() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut second = 0;
        let mut after = |reports: u32| {
            (0..reports).for_each(|_| pace.add());
            second += 1;
            pace.look(start + SECOND * second)
        };
        assert_eq!(after(90), Some(90));
        assert_eq!(after(110), Some(110));
        assert_eq!(after(100), Some(100));
        assert_eq!(after(120), Some(110));
        assert_eq!(after(2000), Some(2000));
        assert_eq!(pace.look(start + SECOND * 5), None);
    }
}
