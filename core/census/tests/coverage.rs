//! The true number lies within the stated interval as often as the interval says, over many audiences.
//!
//! Each seed is an evening of its own: pages come, report at their own moments by the rate that a cache told them up to two
//! seconds ago, and go, with a goodbye or without. The census hears what it would hear.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::time::{Duration, Instant};

use hustings_census::{Census, EVERY, Heartbeat, Sampled, Sampling, TOLD_FOR};
use hustings_vocab::limits;

/// Chance from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }
}

fn seeds(few: u64) -> u64 {
    std::env::var("HUSTINGS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

#[test]
fn the_interval_holds_the_true_number_in_95_of_100_samples() {
    for (pages, one_in) in [(10, 2), (100, 4), (1000, 8), (5000, 4), (20_000, 16), (100_000, 128)] {
        let asked = Sampling { one_in };
        let samples = 400;
        let (mut inside, mut sum) = (0, 0);
        for seed in 0..samples {
            let mut chance = Chance(seed << 20 | pages);
            let reports = (0..pages).filter(|_| asked.asks(chance.draw())).count() as u64;
            let said = Sampled::of(reports, one_in);
            inside += u64::from((said.low..=said.high).contains(&pages));
            sum += said.pages;
        }
        // Of 400 samples 380 are expected inside; three standard deviations are 13.
        assert!(inside >= 366, "{pages} pages, one in {one_in}: {inside} of {samples}");
        let mean = sum as f64 / samples as f64;
        let error = 3.0 * (pages as f64 * f64::from(one_in - 1) / samples as f64).sqrt();
        assert!((mean - pages as f64).abs() < error, "{pages} pages, one in {one_in}: {mean} on average");
    }
}

struct Page {
    id: u64,
    /// Its own moment within a period, in milliseconds.
    phase: u64,
    from: u64,
    until: u64,
    polite: bool,
}

/// What an evening says every five seconds: the truth, and the census.
fn evening(seed: u64, pages: &[Page], seconds: u64) -> Vec<(u64, Sampled)> {
    let start = Instant::now();
    let mut census = Census::new(start);
    let mut told = (0, Sampling::ALL);
    let mut said = Vec::new();
    let every = EVERY.as_millis() as u64;
    // By their moments, a hundred to a second.
    let mut due: Vec<Vec<(&Page, bool)>> = (0..seconds * 100).map(|_| Vec::new()).collect();
    for page in pages {
        let mut at = page.from + page.phase;
        while at < page.until.min(seconds * 1000) {
            due[(at / 10) as usize].push((page, false));
            at += every;
        }
        if page.polite && page.until < seconds * 1000 {
            due[(page.until / 10) as usize].push((page, true));
        }
    }
    let mut busiest = 0;
    for (step, due) in due.iter().enumerate() {
        let ms = step as u64 * 10;
        let now = start + Duration::from_millis(ms);
        if ms >= told.0 + TOLD_FOR.as_millis() as u64 || ms == 0 {
            told = (ms, census.sampling(now));
        }
        for (page, leaving) in due {
            if told.1.asks(page.id) {
                census.hear(Heartbeat { id: page.id, leaving: *leaving }, page.id.rotate_left(32), now);
                busiest += 1;
            }
        }
        if ms.is_multiple_of(1000) {
            let sample = census.sampled(now);
            if ms.is_multiple_of(5000) && ms > 0 {
                said.push((pages.iter().filter(|p| (p.from..p.until).contains(&ms)).count() as u64, sample));
            }
            if step > 4000 {
                assert!(busiest <= 2 * limits::HERE_REPORTS_PER_SECOND_MAX, "{seed}: {busiest} reports in a second");
            }
            busiest = 0;
        }
    }
    said
}

fn inside((truth, said): &(u64, Sampled)) -> bool {
    (said.low..=said.high).contains(truth)
}

#[test]
fn an_audience_that_stays_is_within_the_interval() {
    let (mut looks, mut hits) = (0, 0);
    for seed in 0..seeds(30) {
        let mut chance = Chance(seed);
        let size = [50, 900, 1600, 5000, 20_000, 60_000][seed as usize % 6];
        let pages: Vec<_> = (0..size)
            .map(|_| {
                let (id, phase) = (chance.draw(), chance.below(EVERY.as_millis() as u64));
                Page { id, phase, from: chance.below(5000), until: u64::MAX, polite: false }
            })
            .collect();
        // Everybody has come and reported after 21 s, at the latest rate.
        for look in evening(seed, &pages, 90).iter().filter(|l| l.0 == size).skip(5) {
            looks += 1;
            hits += u64::from(inside(look));
            assert!(look.1.one_in > 1 || look.1.pages == size, "seed {seed}: {look:?}");
        }
    }
    // Looks of one evening are not independent of each other, so the bound is loose where the evenings are few.
    assert!(hits * 100 >= looks * 88, "{hits} of {looks} looks");
}

#[test]
fn who_comes_and_goes_shifts_the_figure_by_little() {
    let (mut truth, mut found) = (0, 0);
    for seed in 0..seeds(30).min(200) {
        let mut chance = Chance(seed ^ 0xabcd);
        // Three minutes each on average, so that it is full after five.
        let pages: Vec<_> = (0..8000)
            .map(|_| {
                let (id, phase) = (chance.draw(), chance.below(EVERY.as_millis() as u64));
                let (from, stay) = (chance.below(400_000), 30_000 + chance.below(300_000));
                Page { id, phase, from, until: from + stay, polite: chance.below(2) == 0 }
            })
            .collect();
        for (true_number, said) in evening(seed, &pages, 400).iter().skip(60) {
            truth += true_number;
            found += said.pages;
        }
    }
    let ratio = found as f64 / truth as f64;
    assert!((0.97..1.03).contains(&ratio), "{ratio}");
}
