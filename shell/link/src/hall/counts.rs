//! The counts of one conversation at one moment. Plain numbers, so that what several processes counted can be put together
//! ([`Counts::and`]).

use super::Tier;

/// Who receives sound, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Seen on a connection, by [`Tier`] in the order of [`Tier::ALL`].
    pub seen: [u64; Tier::ALL.len()],
    /// Refusals since the lobby opened.
    pub refused: u64,
    /// The most that were ever counted at once.
    pub peak: u64,
}

impl Counts {
    /// Nobody.
    pub const NONE: Self = Self { seen: [0; Tier::ALL.len()], refused: 0, peak: 0 };

    /// Listeners of one tier.
    #[must_use]
    pub const fn of(&self, tier: Tier) -> u64 {
        self.seen[tier as usize]
    }

    /// Listeners.
    #[must_use]
    pub fn listening(&self) -> u64 {
        self.seen.iter().sum()
    }

    /// What is left of them when nobody is known to listen: what was refused, and the peak.
    #[must_use]
    pub const fn of_the_past(self) -> Self {
        Self { refused: self.refused, peak: self.peak, ..Self::NONE }
    }

    /// What two processes counted, together. The peak is at least the larger one's: who puts counts together keeps a peak
    /// of its own.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            seen: std::array::from_fn(|t| self.seen[t].saturating_add(other.seen[t])),
            refused: self.refused.saturating_add(other.refused),
            peak: self.peak.max(other.peak),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_processes_counted_adds_up() {
        let one = Counts { seen: [1, 2, 3], refused: 1, peak: 400 };
        let both = one.and(Counts { peak: 7, ..one });
        assert_eq!((both.seen, both.refused, both.peak, both.listening()), ([2, 4, 6], 2, 400, 12));
        assert_eq!(one.and(Counts::NONE), one);
        assert_eq!(one.of_the_past().and(Counts::NONE), Counts { refused: 1, peak: 400, ..Counts::NONE });
    }
}
