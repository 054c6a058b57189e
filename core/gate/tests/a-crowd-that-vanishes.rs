//! A crowd of many times what may come in, all of whom vanish at one moment, and a trickle beside it that stays: under a virtual
//! clock, with people who look at the queue when they are told to. Who comes afterwards does not wait for places that are empty;
//! and if the crowd had only lost its line, it comes back to a queue that still spreads it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use hustings_gate::{Decision, Gate, Holder, Keys, Limits, Seen, Tier, Wanted, asks_within};
use hustings_vocab::Slug;

const NOW_S: u64 = 1_800_000_000;
const JOINS: u64 = 120;
const TICK_MS: u64 = 250;

/// Who comes, and what they do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// Asks, with a place if they have one.
    Ask,
    /// Looks at the queue.
    Look,
}

#[derive(Debug, Clone)]
struct Person {
    of_the_crowd: bool,
    place: Option<(String, u64)>,
    seated: bool,
}

struct Evening {
    gate: Gate,
    slug: Slug,
    start: Instant,
    people: Vec<Person>,
    next: BinaryHeap<Reverse<(u64, usize, Next)>>,
    chance: u64,
    /// Whether looks are seen: no cache answers them.
    seen: bool,
    /// The crowd's line is cut within these.
    away: std::ops::Range<u64>,
    /// By second: of the trickle those who came in, and all who asked at the gate.
    trickle: Vec<u64>,
    asked: Vec<u64>,
}

impl Evening {
    /// Half of what may come in as a trickle for so many seconds; twenty times it as a crowd, from the tenth on for twenty.
    fn new(lasts: u64, seen: bool, away: std::ops::Range<u64>) -> Self {
        let wanted = Wanted { listeners: Some(1_000_000), joins_per_second: Some(JOINS as f64), line_bits: None };
        let start = Instant::now();
        let mut gate = Gate::new(Limits::of(&wanted, None), Keys::of(&[7; 32], NOW_S), start);
        let slug: Slug = "talk".parse().unwrap();
        gate.open(slug.clone(), None, start);
        let (mut people, mut next) = (Vec::new(), BinaryHeap::new());
        let mut come = |ms: u64, of_the_crowd: bool| {
            next.push(Reverse((ms, people.len(), Next::Ask)));
            people.push(Person { of_the_crowd, place: None, seated: false });
        };
        (0..lasts * JOINS / 2).for_each(|n| come(n * 1000 / (JOINS / 2), false));
        (0..20 * 20 * JOINS).for_each(|n| come(10_000 + n * 1000 / (20 * JOINS), true));
        let seconds = lasts as usize + 1;
        let (trickle, asked) = (vec![0; seconds], vec![0; seconds]);
        Self { gate, slug, start, people, next, chance: 1, seen, away, trickle, asked }
    }

    fn share(&mut self) -> f64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn run(&mut self, lasts: u64) {
        for tick in 0..lasts * 1000 / TICK_MS {
            let until = (tick + 1) * TICK_MS;
            while let Some(Reverse((ms, who, what))) = self.next.pop() {
                if ms >= until {
                    self.next.push(Reverse((ms, who, what)));
                    break;
                }
                self.turn(ms, who, what);
            }
            let now = self.start + Duration::from_millis(until);
            self.gate.tick(&Seen::default(), now);
            self.gate.records();
        }
    }

    fn turn(&mut self, ms: u64, who: usize, what: Next) {
        let now = self.start + Duration::from_millis(ms);
        if self.people[who].of_the_crowd && self.away.contains(&(ms / 1000)) {
            // They try again when their line is back, as they would have.
            let back = self.away.end.saturating_mul(1000).saturating_add((self.share() * 30_000.0) as u64);
            return self.next.push(Reverse((back, who, what)));
        }
        let wait = match what {
            Next::Ask => self.ask(ms, who, now),
            Next::Look => self.look(who),
        };
        match wait {
            Some(0) => self.turn(ms, who, Next::Ask),
            Some(seconds) => {
                let later = ms + (self.share() * seconds as f64 * 1000.0) as u64;
                self.next.push(Reverse((later, who, Next::Look)));
            }
            None => {}
        }
    }

    fn ask(&mut self, ms: u64, who: usize, now: Instant) -> Option<u64> {
        let holder = Holder::of(&format!("secret {who}"));
        let second = (ms / 1000) as usize;
        self.asked[second] += 1;
        let decision = match self.people[who].place.clone() {
            Some((place, _)) => self.gate.come(&self.slug, &place, Tier::Stream, holder, NOW_S, now),
            None => self.gate.ask(&self.slug, Tier::Stream, holder, NOW_S, now),
        };
        let person = &mut self.people[who];
        match decision {
            Decision::Admit(_) | Decision::StepDown(_) => {
                assert!(!person.seated, "nobody is let in twice");
                person.seated = true;
                self.trickle[second] += u64::from(!person.of_the_crowd);
                None
            }
            Decision::Wait(waiting) => {
                person.place = Some((waiting.text, waiting.number));
                Some(waiting.poll_seconds)
            }
            Decision::Refuse(why) => panic!("{why}"),
        }
    }

    /// What pages do: nothing if they may ask now.
    fn look(&mut self, who: usize) -> Option<u64> {
        if self.seen {
            self.gate.look(&self.slug);
        }
        let queue = self.gate.queue(&self.slug).unwrap();
        let number = self.people[who].place.as_ref().unwrap().1;
        let ahead = (number + 1).saturating_sub(queue.below());
        let poll = queue.poll_seconds(self.gate.limits().polls_per_second);
        Some(if ahead == 0 { 0 } else { asks_within(poll, ahead, queue.pace()) })
    }

    /// Seconds from the end of the crowd until as many of the trickle come in as come.
    fn recovered(&self, since: usize) -> usize {
        let usual = JOINS / 2;
        let later = &self.trickle[since..];
        later.windows(3).position(|three| three.iter().sum::<u64>() + 3 >= 3 * usual).unwrap_or(usize::MAX)
    }
}

#[test]
fn who_comes_after_a_crowd_that_vanished_does_not_wait_for_it() {
    let mut evening = Evening::new(90, true, 30..u64::MAX);
    evening.run(90);
    let after = evening.recovered(30);
    assert!(after <= 3, "recovered after {after} s: {:?}", &evening.trickle[25..90]);
    let all: u64 = evening.trickle.iter().sum();
    assert_eq!(all, 90 * JOINS / 2, "all of the trickle came in");
}

/// Where a cache answers, whoever waits is not seen, and it takes a little longer.
#[test]
fn behind_a_cache_it_is_seen_by_those_who_do_not_come() {
    let mut evening = Evening::new(60, false, 30..u64::MAX);
    evening.run(60);
    let after = evening.recovered(30);
    assert!(after <= 15, "recovered after {after} s: {:?}", &evening.trickle[25..60]);
}

/// Nineteen of twenty lose their line for ten seconds, as when a carrier fails, and are called meanwhile: what they ask when they
/// are back stays what was measured, and as many come in as may.
#[test]
fn a_crowd_that_had_only_lost_its_line_is_spread_when_it_is_back() {
    let mut evening = Evening::new(180, true, 30..40);
    evening.run(180);
    let most = evening.asked[40..].iter().max().unwrap();
    let polls = evening.gate.limits().polls_per_second;
    assert!((*most as f64) < polls, "{most} asked within a second: {:?}", &evening.asked[30..120]);
    let inside = evening.people.iter().filter(|person| person.seated).count() as u64;
    assert!(inside >= 170 * JOINS * 9 / 10, "{inside} came in");
}
