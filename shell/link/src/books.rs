//! The books of the stage's process: what each edge says it counts, and the sums.
//!
//! Pure. An edge says absolute counts, so a message that is lost is made good by the next. What a process counted of itself
//! stays in the sums when it ends; its listeners do not. What pages behind a cache report is heard here, whichever process it
//! came to: a page that reports to one process after the other is one page. Bounded by the edges and the conversations that
//! are open.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::time::Instant;

use hustings_census::{Census, Heartbeat, Sampled};
use hustings_vocab::{Slug, limits};

use crate::edge::{Counters, EdgeNumber};
use crate::hall::{Counts, Tier};
use crate::sources::source_of;

/// Everything that edges have said.
#[derive(Debug, Default)]
pub struct Books {
    edges: BTreeMap<EdgeNumber, Page>,
    /// What is left of processes that have ended; the peak is that of the sums.
    before: HashMap<Slug, Counts>,
    /// Counters of processes that have ended.
    ended: Counters,
    /// By how many edges each player is counted that names itself.
    players: HashMap<Slug, HashMap<u64, u16>>,
    /// Of conversations in which a page has reported, and what was said of them last.
    censuses: HashMap<Slug, (Census, Sampled)>,
    changed: HashSet<Slug>,
}

/// One process.
#[derive(Debug, Default)]
struct Page {
    process: u64,
    here: bool,
    room: u64,
    counts: HashMap<Slug, Counts>,
    counters: Counters,
    /// Of its listeners, those who name themselves.
    named: HashMap<Slug, HashSet<u64>>,
}

impl Books {
    /// A process has come, or come back.
    pub fn arrive(&mut self, edge: EdgeNumber, process: u64) {
        self.forget_named(edge);
        let page = self.edges.entry(edge).or_default();
        let old = if page.process == process { Page::default() } else { std::mem::take(page) };
        (page.process, page.here) = (process, true);
        for (slug, counts) in old.counts {
            let before = self.before.entry(slug.clone()).or_insert(Counts::NONE);
            *before = before.and(counts.of_the_past());
            self.changed.insert(slug);
        }
        for (name, count) in old.counters {
            if self.ended.len() < limits::LINK_COUNTERS_MAX || self.ended.contains_key(&name) {
                *self.ended.entry(name).or_default() += count;
            }
        }
    }

    /// The link to a process has ended: its listeners are not counted, for nobody knows whether they still listen.
    pub fn leave(&mut self, edge: EdgeNumber) {
        self.forget_named(edge);
        let Some(page) = self.edges.get_mut(&edge) else { return };
        (page.here, page.room) = (false, 0);
        for (slug, counts) in &mut page.counts {
            *counts = counts.of_the_past();
            self.changed.insert(slug.clone());
        }
    }

    /// What an edge counts of one conversation.
    pub fn counts(&mut self, edge: EdgeNumber, slug: Slug, counts: Counts) {
        if let Some(page) = self.edges.get_mut(&edge) {
            page.counts.insert(slug.clone(), counts);
            self.changed.insert(slug);
        }
    }

    /// Of an edge's listeners, those who name themselves: who is here now, and who is not any more.
    pub fn named(&mut self, edge: EdgeNumber, slug: &Slug, news: &[(u64, bool)]) {
        let Some(page) = self.edges.get_mut(&edge) else { return };
        let named = page.named.entry(slug.clone()).or_default();
        let players = self.players.entry(slug.clone()).or_default();
        for (name, here) in news {
            if *here && named.len() < limits::HLS_LISTENERS_MAX && named.insert(*name) {
                *players.entry(*name).or_default() += 1;
            } else if !*here && named.remove(name) {
                let_go(players, *name);
            }
        }
        self.changed.insert(slug.clone());
    }

    /// A page reports itself, to whichever edge.
    pub fn here(&mut self, slug: Slug, heartbeat: Heartbeat, site: IpAddr, now: Instant) {
        let (census, _) = self.censuses.entry(slug).or_insert_with(|| (Census::new(now), Sampled::NONE));
        census.hear(heartbeat, source_of(site), now);
    }

    /// What an edge counts of itself.
    pub fn counters(&mut self, edge: EdgeNumber, counters: Counters, room: u64) {
        if let Some(page) = self.edges.get_mut(&edge) {
            (page.counters, page.room) = (counters, room);
        }
    }

    /// The sums of conversations that have changed since this was last asked.
    pub fn changed(&mut self, now: Instant) -> Vec<(Slug, Counts)> {
        for (slug, (census, last)) in &mut self.censuses {
            let sampled = census.sampled(now);
            if sampled != *last {
                *last = sampled;
                self.changed.insert(slug.clone());
            }
        }
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|slug| (slug.clone(), self.sum(slug))).collect()
    }

    /// The sums of every counter.
    #[must_use]
    pub fn sums(&self) -> Counters {
        let mut sums = self.ended.clone();
        for (name, count) in self.edges.values().flat_map(|page| &page.counters) {
            *sums.entry(name.clone()).or_default() += count;
        }
        sums
    }

    /// How many connections all edges but this one have room for.
    #[must_use]
    pub fn room_elsewhere(&self, edge: EdgeNumber) -> u64 {
        let others = self.edges.iter().filter(|(number, page)| **number != edge && page.here);
        others.fold(0, |sum, (_, page)| sum.saturating_add(page.room))
    }

    /// Forgets conversations that are not open any more.
    pub fn keep(&mut self, open: impl Fn(&Slug) -> bool) {
        self.edges.values_mut().for_each(|page| page.counts.retain(|slug, _| open(slug)));
        self.edges.values_mut().for_each(|page| page.named.retain(|slug, _| open(slug)));
        self.players.retain(|slug, _| open(slug));
        self.before.retain(|slug, _| open(slug));
        self.censuses.retain(|slug, _| open(slug));
        self.changed.retain(|slug| open(slug));
    }

    fn forget_named(&mut self, edge: EdgeNumber) {
        let Some(page) = self.edges.get_mut(&edge) else { return };
        for (slug, names) in std::mem::take(&mut page.named) {
            let Some(players) = self.players.get_mut(&slug) else { continue };
            names.into_iter().for_each(|name| let_go(players, name));
            self.changed.insert(slug);
        }
    }

    fn sum(&mut self, slug: Slug) -> Counts {
        let now = self.edges.values().filter_map(|page| page.counts.get(&slug)).copied();
        let mut now = now.fold(Counts::NONE, Counts::and);
        let players = self.players.get(&slug).into_iter().flat_map(HashMap::values);
        let again: u64 = players.map(|edges| u64::from(*edges) - 1).sum();
        let hls = &mut now.seen[Tier::Hls as usize];
        *hls = hls.saturating_sub(again);
        now.sampled = self.censuses.get(&slug).map_or(Sampled::NONE, |(_, sampled)| *sampled);
        let before = self.before.entry(slug).or_insert(Counts::NONE);
        before.peak = before.peak.max(now.peak).max(now.listening());
        now.and(*before)
    }
}

/// One edge fewer counts a player.
fn let_go(players: &mut HashMap<u64, u16>, name: u64) {
    if let Some(edges) = players.get_mut(&name) {
        *edges -= 1;
        if *edges == 0 {
            players.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug() -> Slug {
        "talk".parse().unwrap()
    }

    fn counts(stream: u64, refused: u64) -> Counts {
        Counts { seen: [0, stream, 0], refused, peak: stream, ..Counts::NONE }
    }

    fn two_edges() -> Books {
        let mut books = Books::default();
        books.arrive(1, 10);
        books.arrive(2, 20);
        books.counts(1, slug(), counts(100, 3));
        books.counts(2, slug(), counts(50, 4));
        books
    }

    #[test]
    fn counts_are_summed_over_edges_and_the_peak_is_of_the_sum() {
        let mut books = two_edges();
        assert_eq!(books.changed(Instant::now()), [(slug(), counts(150, 7))]);
        assert!(books.changed(Instant::now()).is_empty());
        books.counts(1, slug(), Counts { peak: 100, ..counts(0, 3) });
        assert_eq!(books.changed(Instant::now()), [(slug(), Counts { peak: 150, ..counts(50, 7) })]);
    }

    #[test]
    fn a_dead_edge_has_no_listeners_but_what_it_refused_and_counted_stays() {
        let mut books = two_edges();
        books.counters(1, Counters::from([("accepted".into(), 7)]), 5);
        books.counters(2, Counters::from([("accepted".into(), 1)]), 6);
        assert_eq!((books.room_elsewhere(1), books.room_elsewhere(2), books.room_elsewhere(0)), (6, 5, 11));
        books.leave(1);
        assert_eq!(books.changed(Instant::now()), [(slug(), Counts { peak: 100, ..counts(50, 7) })]);
        assert_eq!(books.room_elsewhere(2), 0);
        books.arrive(1, 11);
        books.counters(1, Counters::from([("accepted".into(), 2)]), 5);
        assert_eq!(books.changed(Instant::now())[0].1.refused, 7);
        assert_eq!(books.sums(), Counters::from([("accepted".into(), 10)]));
    }

    #[test]
    fn an_edge_that_comes_back_is_not_counted_twice() {
        let mut books = two_edges();
        books.counters(1, Counters::from([("accepted".into(), 7)]), 5);
        books.leave(1);
        books.arrive(1, 10);
        books.counts(1, slug(), counts(100, 3));
        books.counters(1, Counters::from([("accepted".into(), 8)]), 5);
        assert_eq!(books.changed(Instant::now())[0].1, counts(150, 7));
        assert_eq!(books.sums()["accepted"], 8);
    }

    #[test]
    fn a_player_that_two_edges_see_is_one() {
        let mut books = two_edges();
        let hls = |hls| Counts { seen: [0, 0, hls], ..Counts::NONE };
        books.counts(1, slug(), hls(3));
        books.counts(2, slug(), hls(2));
        books.named(1, &slug(), &[(7, true), (8, true), (7, true)]);
        books.named(2, &slug(), &[(7, true), (9, false)]);
        assert_eq!(books.changed(Instant::now())[0].1.seen, [0, 0, 4], "7 is on both, and one has no name");
        books.named(1, &slug(), &[(7, false)]);
        books.counts(1, slug(), hls(2));
        assert_eq!(books.changed(Instant::now())[0].1.seen, [0, 0, 4]);
        books.named(1, &slug(), &[(7, true)]);
        books.leave(2);
        assert_eq!(books.changed(Instant::now())[0].1.seen, [0, 0, 2]);
        books.leave(1);
        assert!(books.players.values().all(HashMap::is_empty));
    }

    #[test]
    fn what_is_not_open_any_more_is_forgotten() {
        let mut books = two_edges();
        books.changed(Instant::now());
        books.keep(|_| false);
        assert!(books.changed(Instant::now()).is_empty() && books.before.is_empty());
    }

    #[test]
    fn a_page_that_reports_to_one_edge_after_the_other_is_one_page() {
        let mut books = two_edges();
        let now = Instant::now();
        books.changed(now);
        let site = "203.0.113.7".parse().unwrap();
        for id in [1, 2, 1, 1] {
            books.here(slug(), Heartbeat { id, leaving: false }, site, now);
        }
        let said = books.changed(now)[0].1;
        assert_eq!((said.sampled.pages, said.listening(), said.peak), (2, 152, 152));
        assert_eq!((said.interval(), said.of(crate::hall::Tier::Hls)), ((152, 152), 2));
        books.here(slug(), Heartbeat { id: 2, leaving: true }, site, now);
        assert_eq!(books.changed(now)[0].1.listening(), 151);
        let later = now + hustings_census::LIFETIME + std::time::Duration::from_secs(1);
        assert_eq!(books.changed(later)[0].1.listening(), 150, "silence is a goodbye");
        books.keep(|_| false);
        assert!(books.censuses.is_empty());
    }
}
