//! The rate at which pages are asked to report.

use hustings_vocab::limits;

/// One page in so many is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// A power of two, 1 to [`limits::HERE_ONE_IN_MAX`].
    pub one_in: u32,
}

impl Sampling {
    /// Everybody.
    pub const ALL: Self = Self { one_in: 1 };

    /// Whether the page that drew this number is asked: its upper half is so small that one in so many is. Nested: who is
    /// asked at a rate is asked at every denser one.
    #[must_use]
    pub const fn asks(self, id: u64) -> bool {
        (id >> 32) * (self.one_in as u64) < 1 << 32
    }

    /// So many times sparser, at most to the sparsest.
    #[must_use]
    pub fn sparser(self, times: u32) -> Self {
        let times = times.clamp(1, limits::HERE_ONE_IN_MAX).next_power_of_two();
        Self { one_in: self.one_in.saturating_mul(times).min(limits::HERE_ONE_IN_MAX) }
    }

    /// Twice as dense.
    #[must_use]
    pub const fn denser(self) -> Self {
        Self { one_in: if self.one_in > 1 { self.one_in / 2 } else { 1 } }
    }

    /// Reports that one source address may have among those that are counted. Of an address that many people share, a
    /// sparser rate asks fewer.
    #[must_use]
    pub const fn per_source_max(self) -> u32 {
        let share = limits::HERE_IDS_PER_SOURCE_MAX / self.one_in;
        if share > limits::HERE_IDS_PER_SOURCE_MIN { share } else { limits::HERE_IDS_PER_SOURCE_MIN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_so_many_is_asked_and_the_sparser_choice_lies_within_the_denser() {
        let numbers = || (0..4096u64).map(|n| n << 52);
        let mut rate = Sampling::ALL;
        loop {
            assert_eq!(numbers().filter(|n| rate.asks(*n)).count() as u32, 4096 / rate.one_in);
            let next = rate.sparser(2);
            assert!(numbers().all(|n| rate.asks(n) || !next.asks(n)), "{next:?} is within {rate:?}");
            if next == rate {
                break;
            }
            assert_eq!(next.denser(), rate);
            rate = next;
        }
        assert_eq!(rate.one_in, limits::HERE_ONE_IN_MAX);
        assert_eq!(Sampling::ALL.sparser(5).one_in, 8);
        assert_eq!(Sampling::ALL.denser(), Sampling::ALL);
    }
}
