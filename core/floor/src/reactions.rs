//! Reactions: counted, told once a second as sums, and asked for more sparsely the more there are.
//!
//! A reaction is one addition here; what it costs is its way here. So pages are told to send one in several, drawn by chance,
//! and to say how many it stands for. The sum of what they stand for is an unbiased estimate at every rate, also of those who
//! have not heard of a newer one. A rate that was never told is refused, so that nobody stands for more than was asked.

use hustings_vocab::floor::{Reacted, Reaction, Reactions};
use hustings_vocab::limits;

use crate::refusal::Refusal;

/// Seconds for which a rate that was told before still holds: what a page hears late, with room.
const TOLD_SECONDS: u8 = 60;

#[derive(Debug)]
pub(crate) struct Counts {
    sums: [u64; Reaction::ALL.len()],
    /// Requests in this second.
    taken: u64,
    one_in: u32,
    /// The sparsest rate of the last minute, and how long it still holds.
    sparsest: (u32, u8),
    /// It is at least as sparse as this, however few come.
    least: u32,
}

impl Default for Counts {
    fn default() -> Self {
        Self { sums: [0; Reaction::ALL.len()], taken: 0, one_in: 1, sparsest: (1, 0), least: 1 }
    }
}

impl Counts {
    pub(crate) const fn one_in(&self) -> u32 {
        self.one_in
    }

    /// From the next second on it is at least as sparse as one in so many, a power of two.
    pub(crate) fn at_least(&mut self, one_in: u32) {
        self.least = one_in.clamp(1, limits::REACTIONS_ONE_IN_MAX).next_power_of_two();
    }

    /// Whether somebody may stand for so many.
    pub(crate) fn may_stand_for(&self, one_in: u32) -> Result<(), Refusal> {
        if one_in.is_power_of_two() && one_in <= self.one_in.max(self.sparsest.0) {
            return Ok(());
        }
        Err(Refusal::Range("one_in is a rate that the reactions event has told; leave it out if you send all of them"))
    }

    pub(crate) fn count(&mut self, kind: Reaction, one_in: u32) {
        self.sums[kind as usize] += u64::from(one_in);
        self.taken += 1;
    }

    /// The sums of the last second, if there is something to tell.
    pub(crate) fn tell(&mut self) -> Option<Reactions> {
        let before = self.one_in;
        if self.taken > limits::REACTIONS_PER_SECOND_MAX {
            self.one_in = (before * 2).min(limits::REACTIONS_ONE_IN_MAX);
        } else if self.taken < limits::REACTIONS_PER_SECOND_MAX / 4 {
            self.one_in = (before / 2).max(1);
        }
        self.one_in = self.one_in.max(self.least);
        self.sparsest = match self.sparsest {
            (rate, _) if self.one_in >= rate => (self.one_in, TOLD_SECONDS),
            (_, 0) => (self.one_in, 0),
            (rate, left) => (rate, left - 1),
        };
        self.taken = 0;
        let sums = std::mem::take(&mut self.sums);
        let counts = Reaction::ALL.into_iter().zip(sums).filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(kind, count)| Reacted { kind, count }).collect();
        (!counts.is_empty() || self.one_in != before).then_some(Reactions { counts, one_in: self.one_in })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_follows_the_crowd_and_falls_back() {
        let mut counts = Counts::default();
        let mut seconds = 0;
        // 100,000 people press every second, and their pages send what they are asked to.
        while counts.one_in() < 64 {
            for _ in 0..100_000 / counts.one_in() {
                counts.may_stand_for(counts.one_in()).unwrap();
                counts.count(Reaction::Applause, counts.one_in());
            }
            let told = counts.tell().unwrap();
            assert!(told.counts[0].count > 99_900);
            seconds += 1;
            assert!(seconds < 10, "one in {}", counts.one_in());
        }
        assert!(counts.may_stand_for(128).is_err());
        assert!(counts.may_stand_for(3).is_err());
        assert!(counts.may_stand_for(0).is_err());
        for _ in 0..10 {
            counts.tell();
        }
        assert_eq!(counts.one_in(), 1);
        counts.may_stand_for(64).unwrap();
        for _ in 0..70 {
            assert_eq!(counts.tell(), None);
        }
        assert!(counts.may_stand_for(2).is_err());
    }
}
