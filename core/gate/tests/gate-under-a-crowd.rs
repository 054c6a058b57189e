//! The gate under random arrivals, capacities and faults, under a virtual clock. Each seed is an evening.
//!
//! People come early and late, poll when they are told to or too often, show tickets of others, leave, lose their line and
//! come back; the process is killed and replays its file, whose last line may be torn. Whatever happens: the start is not
//! late, nobody who is in is put out, no ticket seats two, the order of the queue is kept, and no more are in than fit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hustings_gate::{
    Bye, Class, Decision, Entry, Gate, Holder, Keys, Limits, Place, RECORD_BYTES, Record, Refusal, Seen, Tier, Wanted,
};
use hustings_vocab::{Slug, limits};

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

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Away,
    Waiting {
        place: String,
        ask_ms: u64,
    },
    /// With a ticket, not yet listening.
    Coming {
        entry: Entry,
    },
    Listening {
        entry: Entry,
    },
    /// Lost its line; comes back then.
    Lost {
        entry: Entry,
        back_ms: u64,
    },
    Gone,
}

struct Person {
    holder: Holder,
    comes_ms: u64,
    leaves_ms: u64,
    impatient: bool,
    state: State,
}

const NOW_S: u64 = 1_800_000_000;
const STEP_MS: u64 = 250;

struct Evening {
    chance: Chance,
    seed: u64,
    slug: Slug,
    gate: Gate,
    limits: Limits,
    file: Vec<u8>,
    start: Instant,
    now: Instant,
    ms: u64,
    people: Vec<Person>,
    /// Who sits where.
    seats: BTreeMap<(Class, u64), Holder>,
    capacity: u64,
    starts_ms: u64,
    drawn: bool,
    last_below: u64,
    killed: bool,
}

impl Evening {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let capacity = 5 + chance.below(60);
        let limits = Limits::of(
            &Wanted {
                listeners: Some(capacity),
                joins_per_second: Some(1.0 + chance.below(40) as f64),
                line_bits: None,
            },
            None,
        );
        let (start, starts_ms) = (Instant::now(), 20_000 + chance.below(20_000));
        let people = (0..20 + chance.below(200))
            .map(|n| {
                let comes_ms = if chance.one_in(3) { starts_ms + chance.below(2000) } else { chance.below(80_000) };
                let leaves_ms = comes_ms + 5_000 + chance.below(120_000);
                let holder = Holder::of(&format!("secret of {n} in {seed}"));
                Person { holder, comes_ms, leaves_ms, impatient: chance.one_in(5), state: State::Away }
            })
            .collect();
        let slug: Slug = "talk".parse().unwrap();
        let mut gate = Gate::new(limits, Keys::of(&[7; 32], NOW_S), start);
        gate.open(slug.clone(), Some([seed as u8; 32]), start);
        Self {
            chance,
            seed,
            slug,
            gate,
            limits,
            file: Vec::new(),
            start,
            now: start,
            ms: 0,
            people,
            seats: BTreeMap::new(),
            capacity,
            starts_ms,
            drawn: false,
            last_below: 0,
            killed: false,
        }
    }

    fn now_s(&self) -> u64 {
        NOW_S + self.ms / 1000
    }

    /// What was decided is on disk before anybody is told.
    fn write_down(&mut self) {
        for (_, record) in self.gate.records() {
            if matches!(record, Record::Closed { .. }) {
                // From here on it is called by rank.
                self.last_below = 0;
            }
            if let Record::Called(below) = record {
                assert!(below > self.last_below, "seed {}: the queue went back", self.seed);
                self.last_below = below;
            }
            self.file.extend(record.to_bytes());
        }
    }

    /// SIGKILL, perhaps in the midst of a line that nobody was told of, and a start from the file.
    fn kill(&mut self) {
        let keys = Keys::of(&[7; 32], self.now_s());
        self.gate = Gate::new(self.limits, keys, self.now);
        self.gate.open(self.slug.clone(), Some([self.seed as u8; 32]), self.now);
        let torn = self.chance.below(RECORD_BYTES as u64) as usize;
        let mut file = self.file.clone();
        file.extend(vec![0x55; torn]);
        for line in file.chunks_exact(RECORD_BYTES) {
            let record = Record::of_bytes(line.try_into().unwrap()).unwrap();
            self.gate.replay(&self.slug, &record, self.now);
        }
        if self.drawn {
            self.gate.start(&self.slug);
        }
        for person in &self.people {
            if let State::Listening { entry } = &person.state {
                self.gate.arrive(&self.slug, entry.ticket.class, entry.ticket.serial);
            }
        }
        self.killed = true;
    }

    fn entered(&mut self, n: usize, entry: Entry) -> State {
        let holder = self.people[n].holder;
        assert_eq!(entry.ticket.holder, Some(holder));
        let seat = (entry.ticket.class, entry.ticket.serial);
        let sits = *self.seats.entry(seat).or_insert(holder);
        assert_eq!(sits, holder, "seed {}: seat {seat:?} has two", self.seed);
        State::Coming { entry }
    }

    fn waits(&mut self, n: usize, text: String, poll_seconds: u64) -> State {
        assert!((limits::QUEUE_SECONDS_MIN..=limits::QUEUE_SECONDS_MAX).contains(&poll_seconds));
        let wait = if self.people[n].impatient { STEP_MS } else { self.chance.below(poll_seconds * 1000) };
        State::Waiting { place: text, ask_ms: self.ms + wait }
    }

    fn number(&self, place: &str) -> u64 {
        let keys = Keys::of(&[7; 32], self.now_s());
        let place: Place = keys.place(&self.slug, place, self.now_s()).unwrap();
        place.number
    }

    fn step_of(&mut self, n: usize) {
        let (slug, now, now_s) = (self.slug.clone(), self.now, self.now_s());
        let holder = self.people[n].holder;
        let state = std::mem::replace(&mut self.people[n].state, State::Gone);
        let next = match state {
            State::Away if self.ms >= self.people[n].comes_ms => {
                let waiting = self.gate.queue(&slug).unwrap().waiting();
                let decision = self.gate.ask(&slug, Tier::Stream, holder, now_s, now);
                self.write_down();
                match decision {
                    Decision::Admit(entry) => {
                        assert_eq!(waiting, 0, "seed {}: somebody went past the queue", self.seed);
                        self.entered(n, entry)
                    }
                    Decision::Wait(wait) => {
                        assert_eq!(wait.rank.is_some(), self.drawn, "seed {}: a rank before the draw", self.seed);
                        self.waits(n, wait.text, wait.poll_seconds)
                    }
                    other => panic!("seed {}: {other:?}", self.seed),
                }
            }
            State::Waiting { place, ask_ms } if self.ms >= ask_ms => {
                let number = self.number(&place);
                let decision = self.gate.come(&slug, &place, Tier::Stream, holder, now_s, now);
                self.write_down();
                match decision {
                    Decision::Admit(entry) => {
                        assert!(self.gate.queue(&slug).unwrap().is_called(number), "seed {}: out of turn", self.seed);
                        self.entered(n, entry)
                    }
                    Decision::Wait(wait) => self.waits(n, wait.text, wait.poll_seconds),
                    other => panic!("seed {}: {other:?}", self.seed),
                }
            }
            State::Coming { entry } if self.chance.one_in(4) => {
                if self.chance.one_in(10) {
                    // The answer was lost: the same secret asks again and has the same seat.
                    self.claim_again(n, &entry);
                }
                self.gate.arrive(&slug, entry.ticket.class, entry.ticket.serial);
                State::Listening { entry }
            }
            State::Listening { entry } if self.ms >= self.people[n].leaves_ms => {
                self.gate.leave(&slug, entry.ticket.class, entry.ticket.serial, now);
                if n.is_multiple_of(2) {
                    let bye = if n.is_multiple_of(4) { Bye::ForGood } else { Bye::Closed };
                    self.gate.bye(&slug, &entry.text, holder, bye, now_s, now);
                }
                State::Gone
            }
            State::Listening { entry } if self.chance.one_in(200) => {
                self.gate.leave(&slug, entry.ticket.class, entry.ticket.serial, now);
                State::Lost { entry, back_ms: self.ms + self.chance.below(30_000) }
            }
            State::Lost { entry, back_ms } if self.ms >= back_ms => {
                // Ahead of whoever waits, from wherever.
                self.claim_again(n, &entry);
                self.gate.arrive(&slug, entry.ticket.class, entry.ticket.serial);
                State::Listening { entry }
            }
            state => state,
        };
        self.people[n].state = next;
    }

    fn claim_again(&mut self, n: usize, entry: &Entry) {
        let (now_s, now) = (self.now_s(), self.now);
        match self.gate.claim(&self.slug, &entry.text, self.people[n].holder, now_s, now) {
            Decision::Admit(again) => {
                assert_eq!((again.ticket.class, again.ticket.serial), (entry.ticket.class, entry.ticket.serial));
            }
            other => panic!("seed {}: a seat was not kept: {other:?}", self.seed),
        }
        self.write_down();
    }

    /// Somebody shows a ticket of somebody else.
    fn steal(&mut self) {
        let n = self.chance.below(self.people.len() as u64) as usize;
        let text = match &self.people[n].state {
            State::Coming { entry } | State::Listening { entry } | State::Lost { entry, .. } => entry.text.clone(),
            _ => return,
        };
        let thief = Holder::of(&format!("thief {}", self.chance.draw()));
        let (now_s, now) = (self.now_s(), self.now);
        let decision = self.gate.claim(&self.slug, &text, thief, now_s, now);
        assert_eq!(decision, Decision::Refuse(Refusal::Taken), "seed {}", self.seed);
    }

    fn step(&mut self) {
        self.now = self.start + Duration::from_millis(self.ms);
        if !self.drawn && self.ms >= self.starts_ms {
            self.gate.start(&self.slug);
            self.write_down();
            self.drawn = true;
        }
        let listening = self.people.iter().filter(|p| matches!(p.state, State::Listening { .. })).count() as u64;
        // A machine that is loaded for a while.
        let busy = self.seed.is_multiple_of(3) && (30_000..33_000).contains(&self.ms);
        let delay = Duration::from_millis(if busy { 60 } else { 1 });
        self.gate.tick(&Seen { listening: [0, listening, 0], delay, ..Seen::default() }, self.now);
        self.write_down();
        assert!(self.gate.walk_ins(self.now).is_some());
        for n in 0..self.people.len() {
            self.step_of(n);
        }
        self.steal();
        let in_seats = self.gate.event(&self.slug).unwrap().seats.taken().iter().sum::<u64>();
        let held = self.gate.queue(&self.slug).unwrap().held();
        // After a restart, who was in is in, whatever else was promised.
        assert!(self.killed || in_seats + held <= self.capacity, "seed {}: {in_seats} + {held}", self.seed);
        let listening = self.people.iter().filter(|p| matches!(p.state, State::Listening { .. })).count() as u64;
        let sat = self.gate.event(&self.slug).unwrap().seats.sat().iter().sum::<u64>();
        assert_eq!(sat, listening, "seed {}: somebody was put out", self.seed);
        if self.chance.one_in(300) {
            self.kill();
        }
        self.ms += STEP_MS;
    }
}

fn seeds(few: u64) -> u64 {
    std::env::var("HUSTINGS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

#[test]
fn an_evening_at_the_gate() {
    for seed in 0..seeds(40) {
        let mut evening = Evening::new(seed);
        while evening.ms < 180_000 {
            evening.step();
        }
        let queue = evening.gate.queue(&evening.slug).unwrap();
        assert!(evening.drawn && queue.lottery().is_some(), "seed {seed}: it did not start");
        let room = evening.gate.room(Tier::Stream);
        assert!(queue.waiting() == 0 || room <= 2, "seed {seed}: {} wait beside {room} seats", queue.waiting());
    }
}

/// An evening that is over keeps nobody of the next one out: neither its seats nor those who still wait.
#[test]
fn what_has_ended_takes_no_room() {
    let wanted = Wanted { listeners: Some(5), joins_per_second: Some(100.0), line_bits: None };
    let start = Instant::now();
    let mut gate = Gate::new(Limits::of(&wanted, None), Keys::of(&[7; 32], 1_000), start);
    let [first, second]: [Slug; 2] = ["first", "second"].map(|slug| slug.parse().unwrap());
    let ask = |gate: &mut Gate, slug: &Slug, n: u64, now: Instant| {
        gate.ask(slug, Tier::Stream, Holder::of(&format!("{slug} {n}")), 1_000, now)
    };
    gate.open(first.clone(), None, start);
    let late = start + Duration::from_secs(2);
    let seats = (0..200).filter(|n| matches!(ask(&mut gate, &first, *n, late), Decision::Admit(_))).count();
    assert_eq!((seats, gate.room(Tier::Stream)), (5, 0));

    gate.end(&first, late);
    gate.open(second.clone(), None, late);
    assert_eq!(ask(&mut gate, &first, 500, late), Decision::Refuse(Refusal::Closed));
    let mut seats = 0;
    for quarter in 1..=8 {
        let now = late + Duration::from_millis(250) * quarter;
        gate.tick(&Seen::default(), now);
        seats += usize::from(matches!(ask(&mut gate, &second, quarter.into(), now), Decision::Admit(_)));
    }
    assert_eq!(seats, 5, "as many as fit");
    assert_eq!(gate.event(&first).map(hustings_gate::Event::awaited), Some(0));
    assert!(gate.queue(&first).is_some_and(|queue| queue.waiting() > 0), "what was drawn stays");
}
