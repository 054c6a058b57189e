//! The census: who reported lately, how many that means, and how many shall report from now on.
//!
//! Only numbers that are asked for at [`Census::depth`], the sparsest rate of late, are kept, and each stands for so many
//! pages. A sparser rate takes hold at once: whoever it asks has reported already, and the others are let go. A denser one
//! takes hold once those whom it asks anew have had the time to report. So the estimate is never a mixture of rates.
//!
//! What liars can do: an address adds at most [`Sampling::per_source_max`] reports, so one address claims 256 pages in a
//! small audience and 1 % of a large one; who commands more addresses claims more, in the end
//! [`limits::HERE_IDS_MAX`] times [`limits::HERE_ONE_IN_MAX`]. The number of addresses is told beside the figure. A source
//! is a number that the shell makes of an address and can make of no other; it is kept as long as the report.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hustings_vocab::limits;

use crate::pace::Pace;
use crate::{EVERY, Heartbeat, LIFETIME, Sampled, Sampling, TOLD_FOR};

/// A denser rate has been heard by everybody, and everybody whom it asks has reported, with three seconds for the network.
const SETTLED: Duration = Duration::from_secs(EVERY.as_secs() + TOLD_FOR.as_secs() + 3);
/// A rate twice as dense may bring this part of the reports that are asked for at most; else the rate would swing.
const ROOM: f64 = 0.6;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It counts, or its goodbye was taken.
    Counted,
    /// Its number is not asked for at the moment. Nothing is wrong with it: rates change.
    NotAsked,
    /// Its source has reported as often as it may.
    TooMany,
}

/// The reports of one conversation.
#[derive(Debug)]
pub struct Census {
    live: HashMap<u64, Report>,
    sources: HashMap<u64, u32>,
    stated: Sampling,
    depth: Sampling,
    /// Since when `stated` is.
    changed: Instant,
    pace: Pace,
    left_out: u64,
}

#[derive(Debug)]
struct Report {
    last: Instant,
    source: u64,
    /// It said goodbye. It keeps its place, so that goodbyes do not make room for other numbers of its source.
    left: bool,
}

impl Census {
    /// Nobody has reported; everybody is asked.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            live: HashMap::new(),
            sources: HashMap::new(),
            stated: Sampling::ALL,
            depth: Sampling::ALL,
            changed: now,
            pace: Pace::new(now),
            left_out: 0,
        }
    }

    /// Takes a report in.
    pub fn hear(&mut self, heartbeat: Heartbeat, source: u64, now: Instant) -> Heard {
        if !self.depth.asks(heartbeat.id) {
            return Heard::NotAsked;
        }
        if heartbeat.leaving {
            let found = self.live.get_mut(&heartbeat.id).map(|report| report.left = true);
            return found.map_or(Heard::NotAsked, |()| Heard::Counted);
        }
        let before = self.live.remove(&heartbeat.id);
        if let Some(before) = &before {
            self.let_go(before.source);
        }
        if self.sources.get(&source).copied().unwrap_or(0) >= self.depth.per_source_max() {
            self.left_out += 1;
            return Heard::TooMany;
        }
        if self.live.len() >= limits::HERE_IDS_MAX && !self.make_room(now) {
            self.left_out += 1;
            return Heard::TooMany;
        }
        if !self.depth.asks(heartbeat.id) {
            return Heard::NotAsked;
        }
        // Who repeats itself is heard and does not make others be asked more sparsely.
        if before.is_none_or(|b| now.saturating_duration_since(b.last) > EVERY / 2) {
            self.pace.add();
        }
        *self.sources.entry(source).or_default() += 1;
        self.live.insert(heartbeat.id, Report { last: now, source, left: false });
        Heard::Counted
    }

    /// The rate to state now.
    pub fn sampling(&mut self, now: Instant) -> Sampling {
        self.look(now);
        self.stated
    }

    /// The sparsest rate of late: of those whom it asks all have reported.
    #[must_use]
    pub const fn depth(&self) -> Sampling {
        self.depth
    }

    /// How many pages are here.
    pub fn sampled(&mut self, now: Instant) -> Sampled {
        self.look(now);
        let here = || self.live.values().filter(|r| !r.left);
        let oldest = here().map(|r| now.saturating_duration_since(r.last)).max().unwrap_or_default();
        // In whole seconds, so that nothing is new where nobody came or went.
        let oldest = Duration::from_secs(oldest.as_secs());
        Sampled {
            stated: self.stated.one_in,
            sources: self.sources.len() as u64,
            left_out: self.left_out,
            oldest,
            ..Sampled::of(here().count() as u64, self.depth.one_in)
        }
    }

    /// Forgets who has gone, and decides who is asked.
    fn look(&mut self, now: Instant) {
        let Some(rate) = self.pace.look(now) else { return };
        self.keep(|_, report| now.saturating_duration_since(report.last) < LIFETIME);
        if rate > limits::HERE_REPORTS_PER_SECOND_MAX {
            let times = rate.div_ceil(limits::HERE_REPORTS_PER_SECOND_MAX);
            return self.state(self.stated.sparser(times), now);
        }
        if now.saturating_duration_since(self.changed) < SETTLED {
            return;
        }
        self.depth = self.stated;
        let denser = self.stated.denser();
        let twice = 2.0 * self.live.len() as f64 / EVERY.as_secs_f64();
        if denser != self.stated && twice < ROOM * f64::from(limits::HERE_REPORTS_PER_SECOND_MAX) {
            self.state(denser, now);
        }
    }

    fn state(&mut self, rate: Sampling, now: Instant) {
        if rate == self.stated {
            return;
        }
        (self.stated, self.changed) = (rate, now);
        self.pace.forget();
        if rate.one_in > self.depth.one_in {
            self.depth = rate;
            self.keep(|id, _| rate.asks(id));
        }
    }

    /// Asks for half as many; says whether there is room then.
    fn make_room(&mut self, now: Instant) -> bool {
        let sparser = self.depth.sparser(2);
        self.state(sparser, now);
        self.live.len() < limits::HERE_IDS_MAX
    }

    fn keep(&mut self, holds: impl Fn(u64, &Report) -> bool) {
        let mut gone = Vec::new();
        self.live.retain(|id, report| {
            let kept = holds(*id, report);
            if !kept {
                gone.push(report.source);
            }
            kept
        });
        gone.into_iter().for_each(|source| self.let_go(source));
    }

    fn let_go(&mut self, source: u64) {
        if let Some(count) = self.sources.get_mut(&source) {
            *count -= 1;
            if *count == 0 {
                self.sources.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn here(id: u64) -> Heartbeat {
        Heartbeat { id, leaving: false }
    }

    /// Numbers that are spread evenly.
    const fn nth(n: u64) -> u64 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn second(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_page_counts_from_its_first_report_until_it_says_goodbye_or_is_silent() {
        let start = Instant::now();
        let mut census = Census::new(start);
        assert_eq!(census.hear(here(1), 7, start), Heard::Counted);
        assert_eq!(census.hear(here(1), 7, start + second(1)), Heard::Counted);
        assert_eq!(census.hear(here(2), 7, start + second(1)), Heard::Counted);
        assert_eq!(census.sampled(start + second(2)).pages, 2);
        assert_eq!(census.hear(Heartbeat { id: 2, leaving: true }, 8, start + second(2)), Heard::Counted);
        assert_eq!(census.sampled(start + second(3)).pages, 1);
        assert_eq!(census.hear(Heartbeat { id: 3, leaving: true }, 8, start + second(2)), Heard::NotAsked);
        let late = census.sampled(start + second(20));
        assert_eq!((late.pages, late.oldest), (1, second(19)));
        assert_eq!(census.sampled(start + second(22)), Sampled::NONE);
    }

    #[test]
    fn an_address_adds_so_many_and_no_more_whatever_it_sends() {
        let start = Instant::now();
        let mut census = Census::new(start);
        for n in 0..5000 {
            let heard = census.hear(here(nth(n)), 7, start);
            assert_eq!(heard == Heard::Counted, n < u64::from(limits::HERE_IDS_PER_SOURCE_MAX), "{n}");
            // Goodbyes make no room for others.
            census.hear(Heartbeat { id: nth(n), leaving: n % 2 == 0 }, 7, start);
        }
        assert_eq!(census.hear(here(1), 8, start), Heard::Counted, "others are counted all the same");
        let said = census.sampled(start);
        assert_eq!((said.pages, said.sources, said.low, said.high), (129, 2, 129, 129));
        assert!(said.left_out > 4000);
        assert_eq!(census.sampled(start + second(21)).pages, 0);
        assert!(census.sources.is_empty());
    }

    #[test]
    fn a_number_that_moves_to_another_address_is_one_page() {
        let start = Instant::now();
        let mut census = Census::new(start);
        for source in 0..1000 {
            assert_eq!(census.hear(here(1), source, start), Heard::Counted);
        }
        assert_eq!((census.sampled(start).pages, census.sampled(start).sources), (1, 1));
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_figure_stays_right() {
        let start = Instant::now();
        let mut census = Census::new(start);
        for n in 0..100_000 {
            census.hear(here(nth(n)), n, start);
            assert!(census.live.len() <= limits::HERE_IDS_MAX && census.sources.len() <= limits::HERE_IDS_MAX);
        }
        let said = census.sampled(start);
        assert!(said.low < 100_000 && 100_000 < said.high && said.one_in == 32, "{said:?}");
    }

    #[test]
    fn liars_with_many_addresses_reach_the_ceiling_and_no_more() {
        let start = Instant::now();
        let mut census = Census::new(start);
        for minute in 0..60 {
            for n in 0..20_000 {
                census.hear(here(n), n / 8, start + second(60 * minute));
            }
            let said = census.sampled(start + second(60 * minute + 2));
            assert!(said.pages <= (limits::HERE_IDS_MAX as u64) * u64::from(limits::HERE_ONE_IN_MAX), "{said:?}");
        }
    }
}
