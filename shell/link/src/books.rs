//! The books of the stage's process: what each edge says it counts, and the sums.
//!
//! Pure. An edge says absolute figures, so a message that is lost is made good by the next. What a process counted stays
//! in the sums of counters when it ends; its listeners do not. Bounded by the edges and the conversations that are open.

use std::collections::{BTreeMap, HashMap, HashSet};

use hustings_vocab::Slug;

use crate::edge::{Counters, EdgeNumber};
use crate::hall::Figures;

/// Everything that edges have said.
#[derive(Debug, Default)]
pub struct Books {
    edges: BTreeMap<EdgeNumber, Page>,
    /// Refused by processes that have ended, and the most there ever were at once.
    before: HashMap<Slug, (u64, u64)>,
    /// Counters of processes that have ended.
    ended: Counters,
    changed: HashSet<Slug>,
}

/// One process.
#[derive(Debug, Default)]
struct Page {
    process: u64,
    here: bool,
    room: u64,
    figures: HashMap<Slug, Figures>,
    counters: Counters,
}

impl Books {
    /// A process has come, or come back.
    pub fn arrive(&mut self, edge: EdgeNumber, process: u64) {
        let page = self.edges.entry(edge).or_default();
        if page.process != process {
            let old = std::mem::take(page);
            for (slug, figures) in old.figures {
                self.before.entry(slug.clone()).or_default().0 += figures.refused;
                self.changed.insert(slug);
            }
            for (name, count) in old.counters {
                *self.ended.entry(name).or_default() += count;
            }
        }
        let page = self.edges.entry(edge).or_default();
        (page.process, page.here) = (process, true);
    }

    /// The link to a process has ended: its listeners are not counted, for nobody knows whether they still listen.
    pub fn leave(&mut self, edge: EdgeNumber) {
        let Some(page) = self.edges.get_mut(&edge) else { return };
        (page.here, page.room) = (false, 0);
        for (slug, figures) in &mut page.figures {
            figures.tiers = Default::default();
            self.changed.insert(slug.clone());
        }
    }

    /// What an edge counts of one conversation.
    pub fn figures(&mut self, edge: EdgeNumber, slug: Slug, figures: Figures) {
        if let Some(page) = self.edges.get_mut(&edge) {
            page.figures.insert(slug.clone(), figures);
            self.changed.insert(slug);
        }
    }

    /// What an edge counts of itself.
    pub fn counters(&mut self, edge: EdgeNumber, counters: Counters, room: u64) {
        if let Some(page) = self.edges.get_mut(&edge) {
            (page.counters, page.room) = (counters, room);
        }
    }

    /// The sums of conversations that have changed since this was last asked.
    pub fn changed(&mut self) -> Vec<(Slug, Figures)> {
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
        self.edges.iter().filter(|(number, page)| **number != edge && page.here).map(|(_, page)| page.room).sum()
    }

    /// Forgets conversations that are not open any more.
    pub fn keep(&mut self, open: impl Fn(&Slug) -> bool) {
        self.edges.values_mut().for_each(|page| page.figures.retain(|slug, _| open(slug)));
        self.before.retain(|slug, _| open(slug));
        self.changed.retain(|slug| open(slug));
    }

    fn sum(&mut self, slug: Slug) -> Figures {
        let mut sum = Figures::default();
        for figures in self.edges.values().filter_map(|page| page.figures.get(&slug)) {
            sum.tiers.iter_mut().zip(figures.tiers).for_each(|(sum, tier)| *sum += tier);
            sum.refused += figures.refused;
            sum.peak = sum.peak.max(figures.peak);
        }
        let (refused, peak) = self.before.entry(slug).or_default();
        *peak = sum.listening().max(sum.peak).max(*peak);
        Figures { refused: sum.refused + *refused, peak: *peak, ..sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::Tier;

    fn slug() -> Slug {
        "talk".parse().unwrap()
    }

    fn figures(stream: u64, refused: u64) -> Figures {
        let mut tiers = [0; Tier::ALL.len()];
        tiers[Tier::Stream as usize] = stream;
        Figures { tiers, peak: stream, refused }
    }

    fn two_edges() -> Books {
        let mut books = Books::default();
        books.arrive(1, 10);
        books.arrive(2, 20);
        books.figures(1, slug(), figures(100, 3));
        books.figures(2, slug(), figures(50, 4));
        books
    }

    #[test]
    fn figures_are_summed_over_edges_and_the_peak_is_of_the_sum() {
        let mut books = two_edges();
        assert_eq!(books.changed(), [(slug(), Figures { peak: 150, ..figures(150, 7) })]);
        assert!(books.changed().is_empty());
        books.figures(1, slug(), Figures { peak: 100, ..figures(0, 3) });
        assert_eq!(books.changed(), [(slug(), Figures { peak: 150, ..figures(50, 7) })]);
    }

    #[test]
    fn a_dead_edge_has_no_listeners_but_what_it_refused_and_counted_stays() {
        let mut books = two_edges();
        books.counters(1, Counters::from([("accepted".into(), 7)]), 5);
        books.counters(2, Counters::from([("accepted".into(), 1)]), 6);
        assert_eq!((books.room_elsewhere(1), books.room_elsewhere(2), books.room_elsewhere(0)), (6, 5, 11));
        books.leave(1);
        assert_eq!(books.changed(), [(slug(), Figures { peak: 100, ..figures(50, 7) })]);
        assert_eq!(books.room_elsewhere(2), 0);
        books.arrive(1, 11);
        books.counters(1, Counters::from([("accepted".into(), 2)]), 5);
        assert_eq!(books.changed()[0].1.refused, 7);
        assert_eq!(books.sums(), Counters::from([("accepted".into(), 10)]));
    }

    #[test]
    fn an_edge_that_comes_back_is_not_counted_twice() {
        let mut books = two_edges();
        books.counters(1, Counters::from([("accepted".into(), 7)]), 5);
        books.leave(1);
        books.arrive(1, 10);
        books.figures(1, slug(), figures(100, 3));
        books.counters(1, Counters::from([("accepted".into(), 8)]), 5);
        assert_eq!(books.changed()[0].1, Figures { peak: 150, ..figures(150, 7) });
        assert_eq!(books.sums()["accepted"], 8);
    }
}
