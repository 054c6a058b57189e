//! A budget by rate: so many a second, and what was not used of one second.

use std::time::{Duration, Instant};

/// A token bucket that holds what [`Bucket::HOLDS`] brings.
#[derive(Debug, Clone)]
pub struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// What it holds at most: a tenth of a second's, so that a crowd that was held back does not come all at once.
    pub const HOLDS: Duration = Duration::from_millis(100);

    /// A full one.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self { tokens: 1.0, filled: now }
    }

    /// How many there are, with `rate` a second.
    pub fn available(&mut self, rate: f64, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.filled);
        // What came since it was last looked at; and one, or a slow rate would never let anybody in.
        let holds = rate * Self::HOLDS.max(passed.min(Duration::from_secs(1))).as_secs_f64() + 1.0;
        self.tokens = (self.tokens + rate * passed.as_secs_f64()).min(holds);
        self.filled = now;
        self.tokens as u64
    }

    /// Whether more than half of what it holds is there: who may be kept back leaves the rest to others, and at a steady pace gets
    /// as many as they would otherwise.
    pub fn has_plenty(&mut self, rate: f64, now: Instant) -> bool {
        let half = rate * Self::HOLDS.as_secs_f64() / 2.0;
        self.available(rate, now) as f64 >= half.max(1.0)
    }

    /// Takes so many of those that there are.
    pub fn take(&mut self, tokens: u64) {
        self.tokens = (self.tokens - tokens as f64).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_its_rate_whatever_the_pace_of_asking() {
        for pace_ms in [1_u64, 7, 100, 250, 1000] {
            let start = Instant::now();
            let (mut bucket, mut taken, mut now) = (Bucket::new(start), 0, start);
            while now < start + Duration::from_secs(20) {
                now += Duration::from_millis(pace_ms);
                let some = bucket.available(50.0, now);
                bucket.take(some);
                taken += some;
            }
            assert!((990..=1010).contains(&taken), "{pace_ms}: {taken}");
        }
    }

    #[test]
    fn plenty_is_more_than_half_and_comes_as_fast() {
        let start = Instant::now();
        let (mut bucket, mut taken) = (Bucket::new(start), 0);
        for n in 1..=10_000 {
            let now = start + Duration::from_millis(n);
            while bucket.has_plenty(200.0, now) {
                bucket.take(1);
                taken += 1;
            }
            assert!(n < 100 || bucket.available(200.0, now) >= 9, "others find some");
        }
        assert!((1980..=2000).contains(&taken), "{taken}");
    }

    #[test]
    fn a_slow_rate_lets_one_in_after_the_other() {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        assert_eq!(bucket.available(0.5, start), 1);
        bucket.take(1);
        assert_eq!(bucket.available(0.5, start + Duration::from_millis(1900)), 0);
        assert_eq!(bucket.available(0.5, start + Duration::from_millis(2100)), 1);
    }
}
