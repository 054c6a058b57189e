//! How many different ones: HyperLogLog (Flajolet and others, 2007) with 2,048 registers, standard error 2.3 %, and
//! linear counting where few are present.

/// Registers.
pub(crate) const REGISTERS: usize = 2048;
const INDEX_BITS: u32 = REGISTERS.trailing_zeros();

/// A count of different numbers that were hashed evenly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Distinct(pub(crate) Box<[u8; REGISTERS]>);

impl Distinct {
    pub(crate) fn new() -> Self {
        Self(Box::new([0; REGISTERS]))
    }

    pub(crate) fn add(&mut self, hash: u64) {
        let index = (hash >> (64 - INDEX_BITS)) as usize;
        let rank = (hash << INDEX_BITS).leading_zeros().min(63 - INDEX_BITS) as u8 + 1;
        self.0[index] = self.0[index].max(rank);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, others) in self.0.iter_mut().zip(other.0.iter()) {
            *own = (*own).max(*others);
        }
    }

    pub(crate) fn count(&self) -> u64 {
        let m = REGISTERS as f64;
        let sum: f64 = self.0.iter().map(|r| (-f64::from(*r)).exp2()).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let zeros = self.0.iter().filter(|r| **r == 0).count();
        let count = if raw <= 2.5 * m && zeros > 0 { m * (m / zeros as f64).ln() } else { raw };
        count.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventKey;

    #[test]
    fn the_count_is_within_four_standard_errors_and_merging_is_counting_once() {
        let key = EventKey::new([1; 16]);
        let hash = |n: u32| key.hash(0, &n.to_le_bytes());
        for many in [0u32, 1, 5, 20, 100, 1000, 10_000, 200_000] {
            let (mut all, mut half, mut rest) = (Distinct::new(), Distinct::new(), Distinct::new());
            for n in 0..many {
                all.add(hash(n));
                all.add(hash(n));
                if n < many * 2 / 3 {
                    half.add(hash(n));
                }
                if n >= many / 3 {
                    rest.add(hash(n));
                }
            }
            let off = all.count().abs_diff(u64::from(many));
            assert!(off as f64 <= 0.092 * f64::from(many), "{many}: {}", all.count());
            half.merge(&rest);
            assert_eq!(half, all);
        }
    }
}
