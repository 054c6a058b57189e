//! Milliseconds of many, in buckets of 4 %: small, and those of several processes add up exactly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Buckets of a doubling: 2^(1/16) is 4.4 %.
const BUCKETS: f64 = 16.0;
/// Milliseconds of the first bucket and of everything below it.
const LOWEST_MS: f64 = 0.1;
/// A bucket for everything above some four months.
const LAST: u16 = 16 * 37;

/// How many took how long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread(BTreeMap<u16, u64>);

/// What of a [`Spread`] is told, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// How many there are.
    pub count: u64,
    /// Half of them took at most so long.
    pub p50: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// All of them.
    pub max: f64,
}

impl Spread {
    /// One of them, in milliseconds.
    pub fn add(&mut self, ms: f64) {
        self.add_many(ms, 1);
    }

    /// So many that took equally long.
    pub fn add_many(&mut self, ms: f64, count: u64) {
        let bucket = (ms.max(LOWEST_MS) / LOWEST_MS).log2() * BUCKETS;
        *self.0.entry((bucket as u16).min(LAST)).or_default() += count;
    }

    /// Those of another, too.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Milliseconds that a share of all do not exceed, to 4 %; `None` of nobody.
    #[must_use]
    pub fn at(&self, share: f64) -> Option<f64> {
        let rank = ((self.count() as f64 * share).ceil() as u64).max(1);
        let mut below = 0;
        let found = self.0.iter().find(|(_, count)| {
            below += **count;
            below >= rank
        });
        found.map(|(bucket, _)| {
            // The middle of the bucket, to a tenth.
            let ms = LOWEST_MS * ((f64::from(*bucket) + 0.5) / BUCKETS).exp2();
            (ms * 10.0).round() / 10.0
        })
    }

    /// What is told of it; `None` of nobody.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let (p50, p95, p99, max) = (self.at(0.5)?, self.at(0.95)?, self.at(0.99)?, self.at(1.0)?);
        Some(Percentiles { count: self.count(), p50, p95, p99, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_true_to_the_width_of_a_bucket_however_they_are_put_together() {
        let (mut even, mut odd) = (Spread::default(), Spread::default());
        (1..=1000).for_each(|n| if n % 2 == 0 { even.add(f64::from(n)) } else { odd.add(f64::from(n)) });
        even.merge(&odd);
        let told = even.percentiles().unwrap();
        assert_eq!(told.count, 1000);
        for (share, got) in [(500.0, told.p50), (950.0, told.p95), (990.0, told.p99), (1000.0, told.max)] {
            assert!((got / share - 1.0).abs() < 0.045, "{got} for {share}");
        }
        assert_eq!(Spread::default().percentiles(), None);
        let mut odd = Spread::default();
        [-1.0, 0.0, f64::NAN, 1e300].into_iter().for_each(|ms| odd.add(ms));
        assert_eq!(odd.count(), 4);
        assert!(odd.at(1.0).unwrap() > 1e10);
    }
}
