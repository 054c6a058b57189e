//! One node of a simulated event: its gate, its people, its processor and its line.
//!
//! The processor is a queue of work: each tick brings the deliveries of one cohort and the joins, each at its measured cost, and takes away what the node's processor does in that time. What is left over is the delay that the gate
//! hears of, and that listeners do. Polls are counted and cost the audience nothing: they are answered beside it.

use std::time::{Duration, Instant};

use hustings_gate::{Decision, Gate, Holder, Keys, Limits, Line, Rung, Seen, Tier, TierModel};
use hustings_vocab::Slug;

use super::{Met, TICK};
use crate::Chance;

/// Cohorts of listeners: each is served in one tick of the cadence of 500 ms.
const COHORTS: usize = 10;
/// Between two ticks of the gate: a quarter of a second.
const GATE_TICKS: usize = 5;
const TICKS_PER_SECOND: usize = 20;
/// From being let in to the request at the node, and from there to the player: one round trip each, drawn between these.
const ROUND_TRIP_MS: (f64, f64) = (20.0, 250.0);
/// A listener holds a second of sound and is served every half second: work that waits longer than the rest is heard.
const HEARD: Duration = Duration::from_millis(500);
/// After the last arrival, if nobody waits.
const CALM: Duration = Duration::from_secs(5);
/// The virtual wall clock begins here, in seconds since 1970: any day will do.
const EPOCH_S: u64 = 1_700_000_000;

/// Somebody who comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newcomer {
    pub(super) at: Duration,
    /// They heard by a node that died then.
    pub(super) cut_off: Option<Duration>,
}

/// What somebody does next.
#[derive(Debug, Clone, Copy)]
enum Next {
    Poll,
    Arrive(hustings_gate::Class, u64),
    Leave(hustings_gate::Class, u64),
}

#[derive(Debug, Default, Clone)]
struct Person {
    /// The place and its number, while they wait.
    place: Option<(Box<str>, u64)>,
    let_in: Duration,
    hears: bool,
    gone: bool,
    rung: Option<Rung>,
    cohort: u8,
}

pub(super) struct Node {
    gate: Gate,
    slug: Slug,
    cost: TierModel,
    line: Option<Line>,
    /// µs of processor that the audience gets in a second.
    rate_us: f64,
    leave: f64,
    start: Instant,
    chance: Chance,
    /// What happens in each tick.
    wheel: Vec<Vec<(u32, Next)>>,
    tick: usize,
    people: Vec<Person>,
    cohorts: [u64; COHORTS],
    arrived: usize,
    by_rung: [u64; 3],
    waiting: u64,
    /// Were let in and are on their way.
    coming: u64,
    backlog_us: f64,
    ticks_glitched: u64,
    /// µs of work in this second so far, and in the one before.
    busy: (f64, f64),
}

impl Node {
    pub(super) fn new(limits: &Limits, cost: &TierModel, leave: f64, start: Instant, chance: Chance) -> Self {
        let keys = Keys::of(&[7; 32], EPOCH_S);
        // What was just carried at the knee is what there is.
        let standing = cost.listeners_at_knee as f64 * cost.cpu_us_per_listener_second;
        let inside = cost.standing_us((2.0 * cost.joins_per_second_at_knee) as u64);
        let joining = cost.joins_per_second_at_knee * cost.cpu_us_per_join + inside;
        let rate_us = standing.max(joining).max(1.0);
        let slug: Slug = "simulated".parse().expect("a name of letters is a name");
        let mut gate = Gate::new(*limits, keys, start);
        gate.open(slug.clone(), None, start);
        Self {
            gate,
            slug,
            cost: cost.clone(),
            line: limits.line,
            rate_us,
            leave,
            start,
            chance,
            wheel: Vec::new(),
            tick: 0,
            people: Vec::new(),
            cohorts: [0; COHORTS],
            arrived: 0,
            by_rung: [0; 3],
            waiting: 0,
            coming: 0,
            backlog_us: 0.0,
            ticks_glitched: 0,
            busy: (0.0, 0.0),
        }
    }

    /// The whole event of this node, until `end` or until nobody waits any more after the `ramp`. If it dies at the end, gives
    /// who is left, and whether they heard.
    pub(super) fn run(
        mut self,
        coming: &[Newcomer],
        (ramp, end): (Duration, Duration),
        dies: bool,
        met: &mut Met,
    ) -> Vec<bool> {
        self.people = vec![Person::default(); coming.len()];
        let (mut next, mut tick) = (0, 0_usize);
        loop {
            let at = TICK * u32::try_from(tick).unwrap_or(u32::MAX);
            let calm = !dies && next == coming.len() && self.waiting + self.coming == 0 && at > ramp + CALM;
            if at >= end || calm {
                break;
            }
            self.tick = tick;
            let now = self.start + at;
            let second = tick / TICKS_PER_SECOND;
            // A cohort's part of what all of them cost.
            let hearing = self.hearing();
            let part = self.cohorts[tick % COHORTS] as f64 / hearing.max(1) as f64;
            let mut work = part * self.cost.standing_us(hearing) / (TICKS_PER_SECOND / COHORTS) as f64;
            while next < coming.len() && coming[next].at < at + TICK {
                met.second(second).offered += 1;
                self.ask(next, at, now, met);
                next += 1;
            }
            let due = self.wheel.get_mut(tick).map(std::mem::take).unwrap_or_default();
            for (who, what) in due {
                match what {
                    Next::Poll => {
                        met.second(second).polls += 1;
                        self.poll(who as usize, &coming[who as usize], at, now, met);
                    }
                    Next::Arrive(class, serial) => {
                        work += self.cost.join_us(self.busy.1);
                        self.arrive(who as usize, &coming[who as usize], (class, serial), at, met);
                    }
                    Next::Leave(class, serial) => self.leave(who as usize, (class, serial), now),
                }
            }
            self.work(work, second, met);
            if tick.is_multiple_of(GATE_TICKS) {
                self.tell_gate(now);
            }
            if tick % TICKS_PER_SECOND == TICKS_PER_SECOND - 1 {
                self.busy = (0.0, self.busy.0);
                self.count(second, met);
            }
            drop(self.gate.records());
            tick += 1;
        }
        if dies {
            let left = self.people.iter().take(next).filter(|p| !p.gone);
            return left.map(|p| p.hears).collect();
        }
        met.still_waiting += self.waiting;
        Vec::new()
    }

    fn holder(who: usize) -> Holder {
        Holder::of_number(who as u64 + 1).unwrap_or_else(|| Holder::of("somebody"))
    }

    fn ask(&mut self, who: usize, at: Duration, now: Instant, met: &mut Met) {
        let decision = self.gate.ask(&self.slug, Tier::Stream, Self::holder(who), EPOCH_S + at.as_secs(), now);
        match decision {
            Decision::Admit(entry) | Decision::StepDown(entry) => {
                met.at_once += 1;
                met.waited.add(0.0);
                self.let_in(who, &entry, at, met);
            }
            Decision::Wait(waiting) => {
                self.people[who].place = Some((waiting.text.into_boxed_str(), waiting.number));
                self.waiting += 1;
                self.later(who, at, waiting.poll_seconds);
            }
            Decision::Refuse(_) => {
                met.refused += 1;
                self.people[who].gone = true;
            }
        }
    }

    /// A page looks at "now admitting below", and comes when it is called.
    fn poll(&mut self, who: usize, newcomer: &Newcomer, at: Duration, now: Instant, met: &mut Met) {
        let Some((text, number)) = self.people[who].place.clone() else { return };
        let Some(queue) = self.gate.queue(&self.slug) else { return };
        if !queue.is_called(number) {
            let seconds = queue.poll_seconds_of(number, self.gate.limits().polls_per_second);
            return self.later(who, at, seconds);
        }
        let now_s = EPOCH_S + at.as_secs();
        match self.gate.come(&self.slug, &text, Tier::Stream, Self::holder(who), now_s, now) {
            Decision::Admit(entry) | Decision::StepDown(entry) => {
                let waited = at.saturating_sub(newcomer.at).as_secs_f64() * 1000.0;
                met.after_waiting += 1;
                met.waited.add(waited);
                met.queue.add(waited);
                self.waiting -= 1;
                self.let_in(who, &entry, at, met);
            }
            Decision::Wait(waiting) => self.later(who, at, waiting.poll_seconds),
            Decision::Refuse(_) => {
                met.refused += 1;
                self.waiting -= 1;
                (self.people[who].place, self.people[who].gone) = (None, true);
            }
        }
    }

    /// Asks again at any moment until then: full jitter.
    fn later(&mut self, who: usize, at: Duration, seconds: u64) {
        let wait = Duration::from_secs(seconds).mul_f64(self.chance.share()).max(TICK);
        self.at(at + wait, who, Next::Poll);
    }

    fn let_in(&mut self, who: usize, entry: &hustings_gate::Entry, at: Duration, met: &mut Met) {
        met.second(at.as_secs() as usize).admitted += 1;
        let person = &mut self.people[who];
        (person.place, person.let_in, person.rung) = (None, at, Some(entry.rung));
        self.coming += 1;
        let trip = self.trip();
        self.at(at + trip, who, Next::Arrive(entry.ticket.class, entry.ticket.serial));
    }

    fn trip(&mut self) -> Duration {
        let (least, most) = ROUND_TRIP_MS;
        Duration::from_secs_f64((least + (most - least) * self.chance.share()) / 1000.0)
    }

    fn at(&mut self, at: Duration, who: usize, what: Next) {
        // What comes of this tick's events is due in the next at the earliest.
        let tick = ((at.as_millis() / TICK.as_millis()) as usize).max(self.tick + 1);
        if self.wheel.len() <= tick {
            self.wheel.resize(tick + 1, Vec::new());
        }
        self.wheel[tick].push((who as u32, what));
    }

    fn arrive(
        &mut self,
        who: usize,
        newcomer: &Newcomer,
        seat: (hustings_gate::Class, u64),
        at: Duration,
        met: &mut Met,
    ) {
        self.gate.arrive(&self.slug, seat.0, seat.1);
        self.coming -= 1;
        // Phases are given in turn, so that cohorts are of one size.
        self.arrived += 1;
        let cohort = self.arrived % COHORTS;
        self.cohorts[cohort] += 1;
        let waits = Duration::from_secs_f64(self.backlog_us / self.rate_us);
        let back = self.trip() / 2;
        let person = &mut self.people[who];
        (person.hears, person.cohort) = (true, cohort as u8);
        self.by_rung[person.rung.unwrap_or(Rung::Full) as usize] += 1;
        let heard = at + waits + back;
        met.first_audio.add(heard.saturating_sub(person.let_in).as_secs_f64() * 1000.0);
        if let Some(cut_off) = newcomer.cut_off {
            met.again.add(heard.saturating_sub(cut_off).as_secs_f64() * 1000.0);
            met.heard_again += 1;
        }
        if self.leave > 0.0 {
            // As many leave in each minute: a time that forgets how long they were there.
            let stay = -(1.0 - self.chance.share()).ln() * 60.0 / self.leave;
            self.at(at + Duration::from_secs_f64(stay.min(86_400.0)), who, Next::Leave(seat.0, seat.1));
        }
    }

    fn leave(&mut self, who: usize, seat: (hustings_gate::Class, u64), now: Instant) {
        let person = &mut self.people[who];
        self.cohorts[usize::from(person.cohort)] -= 1;
        let rung = person.rung.unwrap_or(Rung::Full) as usize;
        self.by_rung[rung] = self.by_rung[rung].saturating_sub(1);
        (person.hears, person.gone) = (false, true);
        self.gate.leave(&self.slug, seat.0, seat.1, now);
    }

    /// The work of a tick comes, and as much is done as can be.
    fn work(&mut self, work: f64, second: usize, met: &mut Met) {
        let can = self.rate_us * TICK.as_secs_f64();
        let there = self.backlog_us + work;
        let done = there.min(can);
        self.backlog_us = there - done;
        self.busy.0 += done;
        met.second(second).cpu += done / 1e6;
        met.node_cpu_share_max = met.node_cpu_share_max.max(done / can);
        if self.backlog_us / self.rate_us > HEARD.as_secs_f64() {
            self.ticks_glitched += 1;
        }
    }

    fn hearing(&self) -> u64 {
        self.cohorts.iter().sum()
    }

    fn line_bits(&self) -> f64 {
        let Some(line) = &self.line else { return self.hearing() as f64 * self.cost.line_bits_per_listener };
        let all = self.gate.cap().all;
        let bits = |rung: Rung| self.by_rung[rung as usize] as f64 * line.bits_of(rung.min(all));
        [Rung::Low, Rung::Middle, Rung::Full].into_iter().map(bits).sum()
    }

    fn tell_gate(&mut self, now: Instant) {
        let mut listening = [0; Tier::ALL.len()];
        listening[Tier::Stream.index()] = self.hearing();
        let line_bits = self.line_bits();
        let full = self.line.is_some_and(|line| line_bits > line.share());
        let seen = Seen {
            listening,
            delay: Duration::from_secs_f64(self.backlog_us / self.rate_us),
            line_bits,
            // A line that is asked for more than it has queues.
            line_waits: if full { HEARD } else { Duration::ZERO },
        };
        self.gate.tick(&seen, now);
    }

    fn count(&mut self, second: usize, met: &mut Met) {
        let (hearing, line_bits, waiting) = (self.hearing(), self.line_bits(), self.waiting);
        let glitched = std::mem::take(&mut self.ticks_glitched) > 0;
        met.node_line_bits_max = met.node_line_bits_max.max(line_bits);
        let counted = met.second(second);
        counted.hearing += hearing;
        counted.waiting += waiting;
        counted.line_bits += line_bits;
        counted.glitches += if glitched { hearing } else { 0 };
    }
}
