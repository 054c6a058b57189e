//! Those who hold a connection without having earned it: a handshake that is not over, a request that is not whole, silence
//! after an answer.
//!
//! [`Pending::enter`] when somebody comes, [`Pending::leave`] when they have asked or gone. Where more are inside than may be,
//! `enter` names who has to go: the oldest of the network that holds most, and never the newcomer. Every call costs a few steps
//! in trees of at most `max` entries.

use std::collections::{BTreeMap, BTreeSet};

use crate::Source;

/// A register of those who wait to be earned.
#[derive(Debug)]
pub struct Pending<K> {
    max: usize,
    next: u64,
    /// Everybody, with where they come from and when they came.
    all: BTreeMap<K, (Source, u64)>,
    /// Everybody in the order of coming, network by network.
    queues: BTreeMap<(Source, u64), K>,
    /// How many each network holds.
    counts: BTreeMap<Source, u32>,
    /// The same, by how many.
    ranks: BTreeSet<(u32, Source)>,
    /// Everybody in the order of coming.
    order: BTreeMap<u64, K>,
}

impl<K: Copy + Ord> Pending<K> {
    /// Room for `max`.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self {
            max,
            next: 0,
            all: BTreeMap::new(),
            queues: BTreeMap::new(),
            counts: BTreeMap::new(),
            ranks: BTreeSet::new(),
            order: BTreeMap::new(),
        }
    }

    /// How many are inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Nobody is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Somebody comes, or comes again. Says who has to go for it.
    pub fn enter(&mut self, who: K, source: Source) -> Option<K> {
        self.leave(who);
        let at = self.next;
        self.next += 1;
        self.all.insert(who, (source, at));
        self.queues.insert((source, at), who);
        self.order.insert(at, who);
        self.recount(source, 1);
        if self.all.len() <= self.max {
            return None;
        }
        self.yield_one()
    }

    /// Somebody has earned the connection, or is gone.
    pub fn leave(&mut self, who: K) {
        let Some((source, at)) = self.all.remove(&who) else { return };
        self.queues.remove(&(source, at));
        self.order.remove(&at);
        self.recount(source, -1);
    }

    /// Who would have to go to make room, if anybody is here: the oldest of the most crowded network.
    #[must_use]
    pub fn next_to_go(&self) -> Option<K> {
        let &(most, source) = self.ranks.last()?;
        if most == 1 {
            // No network is more crowded than another.
            return self.order.values().next().copied();
        }
        self.queues.range((source, 0)..).next().map(|(_, who)| *who)
    }

    /// The same, who has left with that.
    pub fn yield_one(&mut self) -> Option<K> {
        let oldest = self.next_to_go()?;
        self.leave(oldest);
        Some(oldest)
    }

    fn recount(&mut self, source: Source, change: i32) {
        let before = self.counts.get(&source).copied().unwrap_or(0);
        let after = before.saturating_add_signed(change);
        self.ranks.remove(&(before, source));
        if after == 0 {
            self.counts.remove(&source);
        } else {
            self.counts.insert(source, after);
            self.ranks.insert((after, source));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD: Source = Source::new(1);

    fn honest(n: u64) -> Source {
        Source::new(100 + n)
    }

    #[test]
    fn a_flood_makes_room_from_its_own() {
        let mut pending = Pending::new(10);
        for n in 0..5 {
            assert_eq!(pending.enter(n, honest(n)), None);
        }
        for n in 100..105 {
            assert_eq!(pending.enter(n, FLOOD), None);
        }
        for n in 105..1000 {
            assert_eq!(pending.enter(n, FLOOD), Some(n - 5), "the oldest of the flood goes");
        }
        for n in 0..5 {
            assert!(pending.all.contains_key(&n), "the others stay");
        }
        assert_eq!(pending.enter(5, honest(5)), Some(995), "who comes from elsewhere takes the place of a flooder");
    }

    #[test]
    fn who_asks_at_once_outlives_a_flood_of_their_own_network() {
        let mut pending = Pending::new(100);
        for n in 0..10_000u64 {
            pending.enter(n, FLOOD);
            if n % 50 == 7 {
                // An honest one sits in the same network, and asks after 20 others have come.
                let me = 1_000_000 + n;
                assert_ne!(pending.enter(me, FLOOD), Some(me));
                for other in 0..20 {
                    assert_ne!(pending.enter(2_000_000 + n * 100 + other, FLOOD), Some(me));
                }
                pending.leave(me);
            }
        }
        assert_eq!(pending.len(), 100);
    }

    #[test]
    fn a_flood_from_everywhere_loses_its_oldest() {
        let mut pending = Pending::new(3);
        for n in 0..3 {
            pending.enter(n, honest(n));
        }
        assert_eq!(pending.enter(3, honest(3)), Some(0));
        pending.leave(2);
        assert_eq!(pending.enter(4, honest(4)), None);
        assert_eq!(pending.enter(5, honest(5)), Some(1));
    }

    #[test]
    fn coming_again_is_coming_last() {
        let mut pending = Pending::new(2);
        pending.enter(1, FLOOD);
        pending.enter(2, FLOOD);
        assert_eq!(pending.enter(1, FLOOD), None);
        assert_eq!(pending.enter(3, FLOOD), Some(2));
        pending.leave(9);
        assert_eq!((pending.len(), pending.counts[&FLOOD]), (2, 2));
        assert_eq!((pending.yield_one(), pending.yield_one(), pending.yield_one()), (Some(1), Some(3), None));
        assert!(
            pending.is_empty() && pending.ranks.is_empty() && pending.counts.is_empty() && pending.order.is_empty()
        );
    }
}
