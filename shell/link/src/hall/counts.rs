//! The counts of one conversation at one moment: who is seen, and what the reports of those say whom a cache hides.
//!
//! Plain numbers, so that what several processes counted can be put together ([`Counts::and`]). Deliberately absent: players
//! behind a cache that do not report. Nothing that reaches this server tells how many they are.

use hustings_census::Sampled;

use super::Tier;

/// Who receives sound, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Seen on a connection, by [`Tier`] in the order of [`Tier::ALL`].
    pub seen: [u64; Tier::ALL.len()],
    /// Pages that play through a cache, which are all of [`Tier::Hls`]. What one process says of itself has none: the
    /// stage reckons them of what all of them hear ([`crate::books`]).
    pub sampled: Sampled,
    /// A cache has asked for sound lately: players that do not report may be behind it.
    pub behind_cache: bool,
    /// Refusals since the lobby opened.
    pub refused: u64,
    /// The most that were ever counted at once.
    pub peak: u64,
    /// Listeners who came since the lobby opened; who comes back is counted again.
    pub arrived: u64,
}

impl Counts {
    /// Nobody.
    pub const NONE: Self = Self {
        seen: [0; Tier::ALL.len()],
        sampled: Sampled::NONE,
        behind_cache: false,
        refused: 0,
        peak: 0,
        arrived: 0,
    };

    /// Listeners of one tier, seen and estimated.
    #[must_use]
    pub fn of(&self, tier: Tier) -> u64 {
        self.seen[tier as usize].saturating_add(if tier == Tier::Hls { self.sampled.pages } else { 0 })
    }

    /// Listeners who are seen.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen.iter().fold(0, |sum, tier| sum.saturating_add(*tier))
    }

    /// Listeners, seen and estimated.
    #[must_use]
    pub fn listening(&self) -> u64 {
        self.seen().saturating_add(self.sampled.pages)
    }

    /// The interval in which their number lies in 95 of 100 cases; both ends are [`Counts::listening`] where nothing is
    /// estimated.
    #[must_use]
    pub fn interval(&self) -> (u64, u64) {
        (self.seen().saturating_add(self.sampled.low), self.seen().saturating_add(self.sampled.high))
    }

    /// What is left of them when nobody is known to listen: what was refused, the peak, and who came.
    #[must_use]
    pub const fn of_the_past(self) -> Self {
        Self { refused: self.refused, peak: self.peak, arrived: self.arrived, ..Self::NONE }
    }

    /// What two processes counted, together. The peak is at least the larger one's: who puts counts together keeps a peak
    /// of its own.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            seen: std::array::from_fn(|t| self.seen[t].saturating_add(other.seen[t])),
            sampled: self.sampled.and(other.sampled),
            behind_cache: self.behind_cache || other.behind_cache,
            refused: self.refused.saturating_add(other.refused),
            peak: self.peak.max(other.peak),
            arrived: self.arrived.saturating_add(other.arrived),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_processes_counted_adds_up() {
        let one = Counts { seen: [1, 2, 3], refused: 1, peak: 400, ..Counts::NONE };
        let both = one.and(Counts { peak: 7, ..one });
        assert_eq!((both.seen, both.refused, both.peak, both.listening()), ([2, 4, 6], 2, 400, 12));
        assert_eq!(one.and(Counts::NONE), one);
        let hidden = Counts { sampled: Sampled::of(100, 4), behind_cache: true, ..Counts::NONE };
        let both = both.and(hidden);
        assert_eq!((both.listening(), both.of(Tier::Hls), both.of(Tier::Whep), both.seen()), (412, 406, 2, 12));
        assert!(both.behind_cache && both.interval().0 < 412 && 412 < both.interval().1);
        assert_eq!(one.of_the_past().and(Counts::NONE), Counts { refused: 1, peak: 400, ..Counts::NONE });
    }
}
