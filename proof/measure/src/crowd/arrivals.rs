//! When listeners come, and the chance behind it: the same seed gives the same evening.

use std::time::Duration;

/// How a crowd comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// So many a second, evenly.
    Even(f64),
    /// All within so long, each at any moment alike: a Poisson process of which the number is known.
    Storm(Duration),
}

impl Arrivals {
    /// The moments at which `listeners` come, in order, after the beginning.
    pub(crate) fn moments(self, listeners: usize, chance: &mut Chance) -> Vec<Duration> {
        match self {
            Self::Even(per_second) => (0..listeners).map(|n| Duration::from_secs_f64(n as f64 / per_second)).collect(),
            Self::Storm(within) => {
                let mut moments: Vec<_> = (0..listeners).map(|_| chance.below(within)).collect();
                moments.sort_unstable();
                moments
            }
        }
    }
}

/// Draws with a seed (SplitMix64: Steele, Lea and Flood 2014).
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A moment before this one, each alike.
    pub(crate) fn below(&mut self, bound: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bound.mul_f64(((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_over_in_time_and_spread_over_it() {
        let storm = Arrivals::Storm(Duration::from_secs(3));
        let moments = storm.moments(9000, &mut Chance::new(1));
        assert!(moments.is_sorted() && moments.len() == 9000);
        for second in 0..3 {
            let here = moments.iter().filter(|m| m.as_secs() == second).count();
            assert!((2700..3300).contains(&here), "{here} in second {second}");
        }
        assert_eq!(moments, storm.moments(9000, &mut Chance::new(1)));
        assert_ne!(moments, storm.moments(9000, &mut Chance::new(2)));
    }

    #[test]
    fn an_even_crowd_keeps_its_distance() {
        let moments = Arrivals::Even(100.0).moments(3, &mut Chance::new(0));
        assert_eq!(moments, [0, 10, 20].map(Duration::from_millis));
    }
}
