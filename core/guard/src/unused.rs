//! Tickets and places that were given and are not used: how many each network holds, and whose room is given on early.
//!
//! Whoever wants to listen takes a seat within moments of getting it; whoever takes tickets to keep others out does not. So it is
//! not counted how many a network asks for, which a stadium does too, but how many of them nobody has come with. Such a network is
//! not refused anything: its next ones are to be challenged ([`Unused::is_crowded`]), and its room is given on after
//! [`SOON`] instead of a minute ([`Unused::sweep`]). A ticket holds as long as it ever did. What is known is forgotten after
//! [`KNOWN`].

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use hustings_vocab::limits;

use crate::Source;

/// A ticket that nobody of a crowded network has come with for so long has its room given on.
const SOON: Duration = Duration::from_secs(limits::UNUSED_SOON_SECONDS);
/// For how long an unused ticket counts: as long as room is kept for it at most.
const KNOWN: Duration = Duration::from_secs(limits::SEAT_FRESH_SECONDS);

/// Which tickets are not used, at most [`limits::UNUSED_KNOWN_MAX`] of them; the oldest are forgotten for the newest. `K` names a
/// ticket.
#[derive(Debug)]
pub struct Unused<K> {
    all: BTreeMap<K, (Source, Instant)>,
    by_network: BTreeMap<Source, u32>,
    /// In the order in which they were given: those that are young, and those that are not. Of what was used since, names remain.
    young: VecDeque<(Instant, K)>,
    old: VecDeque<(Instant, K)>,
}

impl<K: Clone + Ord> Unused<K> {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { all: BTreeMap::new(), by_network: BTreeMap::new(), young: VecDeque::new(), old: VecDeque::new() }
    }

    /// A ticket was given to somebody there. Again it is the same ticket.
    pub fn give(&mut self, ticket: K, to: Source, now: Instant) {
        if self.all.contains_key(&ticket) {
            return;
        }
        while self.young.len() + self.old.len() >= limits::UNUSED_KNOWN_MAX {
            let oldest = self.old.pop_front().or_else(|| self.young.pop_front());
            oldest.into_iter().for_each(|(given, ticket)| self.forget(&ticket, given));
        }
        self.young.push_back((now, ticket.clone()));
        self.all.insert(ticket, (to, now));
        *self.by_network.entry(to).or_default() += 1;
    }

    /// Somebody came with it, or will not.
    pub fn used(&mut self, ticket: &K) {
        if let Some((of, _)) = self.all.remove(ticket) {
            self.count_down(of);
        }
    }

    /// Whether so much is unused that whoever else comes from there should show that they mean it: a hundred while there is
    /// `plenty`, and a few while there is not enough for everybody.
    #[must_use]
    pub fn is_crowded(&self, network: Source, plenty: bool) -> bool {
        let most = if plenty { limits::UNUSED_MANY } else { limits::UNUSED_FEW };
        self.by_network.get(&network).is_some_and(|unused| *unused >= most)
    }

    /// Forgets what is old. Gives tickets whose room should be given on, each once.
    pub fn sweep(&mut self, now: Instant) -> Vec<K> {
        let mut early = Vec::new();
        let passed = |given: Instant, most: Duration| now.saturating_duration_since(given) >= most;
        while let Some((given, ticket)) = self.young.pop_front_if(|(given, _)| passed(*given, SOON)) {
            let Some((of, _)) = self.all.get(&ticket).filter(|(_, at)| *at == given) else { continue };
            if self.is_crowded(*of, false) {
                early.push(ticket.clone());
            }
            self.old.push_back((given, ticket));
        }
        while let Some((given, ticket)) = self.old.pop_front_if(|(given, _)| passed(*given, KNOWN)) {
            self.forget(&ticket, given);
        }
        early
    }

    fn forget(&mut self, ticket: &K, given: Instant) {
        if self.all.get(ticket).is_some_and(|(_, at)| *at == given) {
            self.used(ticket);
        }
    }

    fn count_down(&mut self, network: Source) {
        let Some(unused) = self.by_network.get_mut(&network) else { return };
        *unused -= 1;
        if *unused == 0 {
            self.by_network.remove(&network);
        }
    }
}

impl<K: Clone + Ord> Default for Unused<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOARDERS: Source = Source::new(1);
    const STADIUM: Source = Source::new(2);

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn who_takes_tickets_and_stays_away_is_crowded_and_who_comes_is_not() {
        let (mut unused, now) = (Unused::new(), Instant::now());
        for n in 0..u64::from(limits::UNUSED_MANY) {
            assert!(!unused.is_crowded(HOARDERS, true));
            assert_eq!(unused.is_crowded(HOARDERS, false), n >= u64::from(limits::UNUSED_FEW));
            unused.give(n, HOARDERS, now);
            unused.give(n, HOARDERS, now);
        }
        assert!(unused.is_crowded(HOARDERS, true));
        // Thousands behind one address, each of whom comes: three hundred a second, within half a second.
        let mut rate = VecDeque::new();
        for n in 1_000_000..1_003_000_u64 {
            let now = now + Duration::from_micros((n - 1_000_000) * 3333);
            unused.give(n, STADIUM, now);
            rate.push_back(n);
            if rate.len() > 90 {
                rate.pop_front().iter().for_each(|n| unused.used(n));
            }
            assert!(!unused.is_crowded(STADIUM, true), "after {n}");
            unused.sweep(now);
        }
    }

    #[test]
    fn the_room_of_the_crowded_is_given_on_soon_and_all_is_forgotten_in_a_minute() {
        let (mut unused, now) = (Unused::new(), Instant::now());
        (0..20).for_each(|n| unused.give(n, HOARDERS, now));
        (100..103).for_each(|n| unused.give(n, STADIUM, now));
        unused.used(&7);
        assert!(unused.sweep(now + s(9)).is_empty());
        let early = unused.sweep(now + SOON);
        assert_eq!(early.len(), 19, "none of the others', and none that was used");
        assert!(early.iter().all(|n| *n < 20 && *n != 7));
        assert!(unused.sweep(now + SOON).is_empty(), "each once");
        assert!(unused.is_crowded(HOARDERS, false), "that is no reason to forget it");
        assert!(unused.sweep(now + KNOWN).is_empty());
        assert!(!unused.is_crowded(HOARDERS, false));
        assert!(unused.all.is_empty() && unused.by_network.is_empty() && unused.old.is_empty());
    }

    #[test]
    fn a_ticket_that_was_used_and_given_again_is_young_again() {
        let (mut unused, now) = (Unused::new(), Instant::now());
        (0..20).for_each(|n| unused.give(n, HOARDERS, now));
        unused.used(&3);
        unused.give(3, HOARDERS, now + s(8));
        assert!(!unused.sweep(now + SOON).contains(&3));
        assert_eq!(unused.sweep(now + s(8) + SOON), [3]);
    }

    #[test]
    fn what_is_known_is_bounded() {
        let (mut unused, now) = (Unused::new(), Instant::now());
        for n in 0..limits::UNUSED_KNOWN_MAX as u64 * 2 {
            unused.give(n, Source::new(n % 7), now);
        }
        assert_eq!(unused.all.len(), limits::UNUSED_KNOWN_MAX);
        assert!(unused.young.len() + unused.old.len() <= limits::UNUSED_KNOWN_MAX);
        assert_eq!(unused.by_network.values().sum::<u32>() as usize, limits::UNUSED_KNOWN_MAX);
    }
}
