//! The gate of one machine: budgets, the events whose audience it lets in, and what it has decided.
//!
//! Call it so. [`Gate::open`] before anybody asks of a conversation; [`Gate::replay`] with each line of its file, if there is
//! one. Then [`Gate::ask`], [`Gate::come`] and [`Gate::claim`] as people do, and [`Gate::tick`] some times a second. Whatever
//! was called, [`Gate::records`] gives what must be written down **before** the answer is sent. A refusal is a value.
//!
//! Budgets are of the machine: joins a second, standing listeners by what their tiers cost, and the line. Queues and seats
//! are of each conversation. Nobody who is in is ever put out: when there is too much, fewer come in, then bitrates fall.

mod calling;
mod pressed;

use std::collections::BTreeMap;
use std::time::Instant;

use hustings_vocab::{Slug, limits};

use crate::bucket::Bucket;
use crate::event::Event;
use crate::limits::{Limits, Seen};
use crate::line::{Cap, Governor, LineSeen, Rung};
use crate::load::Load;
use crate::lottery::Hash;
use crate::queue::Queue;
use crate::record::Record;
use crate::seats::{Bye, Seated};
use crate::shed::{Pressure, Shedding};
use crate::{BadStatement, Class, Holder, Keys, Place, Ticket, Tier};

/// What the gate says.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Come in, at the tier that was asked for.
    Admit(Entry),
    /// Come in, at a cheaper tier.
    StepDown(Entry),
    /// Not yet.
    Wait(Waiting),
    /// No.
    Refuse(Refusal),
}

/// A seat.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The ticket.
    pub ticket: Ticket,
    /// The ticket as text.
    pub text: String,
    /// At most so many bits.
    pub rung: Rung,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The place as text.
    pub text: String,
    /// The number that it was given, from 0 on: says when it was asked for and nothing of its rank.
    pub number: u64,
    /// Its rank, from 0 on; none before the draw.
    pub rank: Option<u64>,
    /// Draw a time between nothing and this many seconds, and ask then.
    pub poll_seconds: u64,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such conversation, or its doors are closed.
    #[error("the doors of this conversation are not open")]
    Closed,
    /// The queue is as long as it may be.
    #[error("the queue is full: come again later")]
    Full,
    /// What was shown is no ticket or place of this conversation.
    #[error(transparent)]
    Bad(#[from] BadStatement),
    /// A ticket is one seat, and this one has somebody in it.
    #[error("this ticket is somebody else's seat: a ticket lets in one. Ask for a ticket of your own")]
    Taken,
}

/// The gate of one machine.
#[derive(Debug, Clone)]
pub struct Gate {
    limits: Limits,
    keys: Keys,
    joins: Bucket,
    load: Load,
    governor: Option<Governor>,
    shedding: Shedding,
    seen: Seen,
    events: BTreeMap<Slug, Event>,
    /// Whose turn it is first, among conversations in which somebody waits.
    turn: usize,
    records: Vec<(Slug, Record)>,
}

impl Gate {
    /// With nobody in.
    #[must_use]
    pub fn new(limits: Limits, keys: Keys, now: Instant) -> Self {
        Self {
            governor: limits.line.map(Governor::new),
            limits,
            keys,
            joins: Bucket::new(now),
            load: Load::default(),
            shedding: Shedding::default(),
            seen: Seen::default(),
            events: BTreeMap::new(),
            turn: 0,
            records: Vec::new(),
        }
    }

    /// A new day's keys.
    pub fn rekey(&mut self, keys: Keys) {
        self.keys = keys;
    }

    /// The keys that sign now.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The fraction of its joins that the machine takes now.
    #[must_use]
    pub const fn load(&self) -> f64 {
        self.load.factor()
    }

    /// A conversation whose audience may come. With a `seed` the order of those who come before its start is drawn by it at
    /// [`Gate::start`]; without one they come in as they came.
    pub fn open(&mut self, slug: Slug, seed: Option<Hash>, now: Instant) {
        self.events.entry(slug).or_insert_with(|| Event::new(seed, now));
    }

    /// Whether it was opened and is not closed.
    #[must_use]
    pub fn is_open(&self, slug: &Slug) -> bool {
        self.events.contains_key(slug)
    }

    /// Takes up a line of a conversation's file, in order, before anybody asks.
    pub fn replay(&mut self, slug: &Slug, record: &Record, now: Instant) {
        if let Some(event) = self.events.get_mut(slug) {
            event.replay(record, now);
        }
    }

    /// The conversation has ended: nobody of its queue is called any more, its seats are room for others, and nobody new comes.
    /// What was drawn can be asked for until it is closed.
    pub fn end(&mut self, slug: &Slug, now: Instant) {
        if let Some(event) = self.events.get_mut(slug) {
            event.end(now);
        }
    }

    /// Whether it was opened and has ended.
    #[must_use]
    pub fn is_over(&self, slug: &Slug) -> bool {
        self.events.get(slug).is_some_and(|event| !event.is_open())
    }

    /// The conversation is forgotten.
    pub fn close(&mut self, slug: &Slug) {
        self.events.remove(slug);
    }

    /// Its start: the order of those who wait is drawn. First the root of their places is written down, then the seed.
    /// Again, or without a seed, it does nothing.
    pub fn start(&mut self, slug: &Slug) {
        if let Some(event) = self.events.get_mut(slug) {
            let records = event.draw();
            self.records.extend(records.into_iter().map(|record| (slug.clone(), record)));
        }
    }

    /// Somebody who waits for a conversation looks at its queue.
    pub fn look(&mut self, slug: &Slug) {
        if let Some(event) = self.events.get_mut(slug) {
            event.queue.look();
        }
    }

    /// The queue of a conversation.
    #[must_use]
    pub fn queue(&self, slug: &Slug) -> Option<&Queue> {
        self.events.get(slug).map(|event| &event.queue)
    }

    /// One conversation.
    #[must_use]
    pub fn event(&self, slug: &Slug) -> Option<&Event> {
        self.events.get(slug)
    }

    /// What must be written down before any answer is sent, in order.
    pub fn records(&mut self) -> Vec<(Slug, Record)> {
        std::mem::take(&mut self.records)
    }

    /// Somebody new asks to listen.
    pub fn ask(&mut self, slug: &Slug, tier: Tier, holder: Holder, now_s: u64, now: Instant) -> Decision {
        let Some(event) = self.events.get(slug).filter(|event| event.is_open()) else {
            return Decision::Refuse(Refusal::Closed);
        };
        let (nobody_waits, serial) = (event.queue.waiting() == 0, event.next_direct());
        if nobody_waits
            && serial < limits::SEATS_MAX
            && let Some(given) = self.fits(tier, now)
        {
            self.joins.take(1);
            return self.seat(slug, (Class::Direct, serial), tier, given, holder, now_s, now);
        }
        let keys = &self.keys;
        let Some(event) = self.events.get_mut(slug) else { return Decision::Refuse(Refusal::Closed) };
        self.records.extend(event.commit().map(|record| (slug.clone(), record)));
        let Some((text, record)) = event.give_place(slug, keys, now_s) else { return Decision::Refuse(Refusal::Full) };
        let number = event.queue.given() - 1;
        let rank = event.queue.rank(number);
        let poll_seconds = event.queue.poll_seconds_of(number, self.limits.polls_per_second);
        self.records.push((slug.clone(), record));
        Decision::Wait(Waiting { text, number, rank, poll_seconds })
    }

    /// Somebody with a place asks whether it is their turn.
    pub fn come(&mut self, slug: &Slug, text: &str, tier: Tier, holder: Holder, now_s: u64, now: Instant) -> Decision {
        let Some(event) = self.events.get_mut(slug).filter(|event| event.is_open()) else {
            return Decision::Refuse(Refusal::Closed);
        };
        let place = match self.keys.place(slug, text, now_s) {
            Ok(place) if place.number < event.queue.given() => place,
            Ok(_) => return Decision::Refuse(BadStatement::Forged.into()),
            Err(bad) => return Decision::Refuse(bad.into()),
        };
        let seat = (Class::Place, place.number);
        let rank = event.queue.rank(place.number);
        let called = event.queue.is_called(place.number);
        match event.seats.look(seat.0, seat.1, holder) {
            Seated::Taken => return Decision::Refuse(Refusal::Taken),
            Seated::Again => return self.seat(slug, seat, tier, tier, holder, now_s, now),
            // Room was held for them: they come before whoever has not been called.
            Seated::First if called => {
                let held = event.queue.come(place.number);
                // Where of those who are called few come, more are called than there is room for.
                if held.is_some_and(|held| held >= 1.0 || self.room(Tier::Stream) > 0) {
                    // The room that was held is a stream's.
                    let costs = &self.limits.costs;
                    let as_dear = costs[tier.index()] <= costs[Tier::Stream.index()];
                    let given = if as_dear { tier } else { self.fits_one(tier).unwrap_or(Tier::Stream) };
                    let given = given.max(self.offered(tier));
                    return self.seat(slug, seat, tier, given, holder, now_s, now);
                }
                if let (Some(event), true) = (self.events.get_mut(slug), held.is_some()) {
                    event.queue.put_back(place.number);
                }
            }
            Seated::First | Seated::Late => {}
        }
        if called && let Some(given) = self.fits(tier, now) {
            self.joins.take(1);
            return self.seat(slug, seat, tier, given, holder, now_s, now);
        }
        let queue = self.events.get(slug).map(|event| &event.queue);
        let polls = self.limits.polls_per_second;
        let poll_seconds = queue.map_or(limits::QUEUE_SECONDS_MAX, |queue| queue.poll_seconds_of(place.number, polls));
        Decision::Wait(Waiting { text: self.renew(text, &place, now_s), number: place.number, rank, poll_seconds })
    }

    /// Somebody shows a ticket, and says by a secret of theirs who they are: the first to do so has its seat. Whose seat it is
    /// already gets a ticket for it that says so, and for as long as it is theirs ahead of everybody.
    pub fn claim(&mut self, slug: &Slug, text: &str, holder: Holder, now_s: u64, now: Instant) -> Decision {
        let ticket = match self.keys.ticket(slug, text, now_s) {
            Ok(ticket) => ticket,
            Err(bad) => return Decision::Refuse(bad.into()),
        };
        let Some(event) = self.events.get(slug).filter(|event| event.is_open()) else {
            return Decision::Refuse(Refusal::Closed);
        };
        let seat = (ticket.class, ticket.serial);
        if ticket.holder.is_some_and(|owner| owner != holder) {
            return Decision::Refuse(Refusal::Taken);
        }
        match event.seats.look(seat.0, seat.1, holder) {
            Seated::Taken => Decision::Refuse(Refusal::Taken),
            Seated::Again => self.seat(slug, seat, ticket.tier, ticket.tier, holder, now_s, now),
            Seated::First | Seated::Late => match self.fits(ticket.tier, now) {
                Some(given) => {
                    self.joins.take(1);
                    self.seat(slug, seat, ticket.tier, given, holder, now_s, now)
                }
                // It stays nobody else's; they wait like everybody.
                None => self.ask(slug, ticket.tier, holder, now_s, now),
            },
        }
    }

    /// A ticket that belongs to the first who uses it, to be handed out as an address. It holds for `seconds`.
    pub fn link(&mut self, slug: &Slug, tier: Tier, seconds: u64, now_s: u64) -> Option<String> {
        let event = self.events.get_mut(slug)?;
        let serial = event.next_link();
        self.records.push((slug.clone(), Record::Linked(serial)));
        let expires_s = now_s + seconds.min(limits::TICKET_SECONDS_MAX);
        let ticket = Ticket { event: slug.clone(), class: Class::Link, serial, tier, expires_s, holder: None };
        Some(self.keys.seal_ticket(&ticket))
    }

    /// A ticket for somebody on stage: they follow what they run, whoever waits, and take no seat of the audience.
    pub fn pass(&mut self, slug: &Slug, tier: Tier, holder: Holder, now_s: u64) -> Decision {
        let Some(event) = self.events.get_mut(slug) else { return Decision::Refuse(Refusal::Closed) };
        let serial = event.next_link();
        self.records.push((slug.clone(), Record::Linked(serial)));
        let (expires_s, holder) = (now_s + limits::TICKET_SECONDS_MAX, Some(holder));
        let ticket = Ticket { event: slug.clone(), class: Class::Link, serial, tier, expires_s, holder };
        Decision::Admit(Entry { text: self.keys.seal_ticket(&ticket), ticket, rung: Rung::Full })
    }

    /// A listener with a ticket has come, on one connection more.
    pub fn arrive(&mut self, slug: &Slug, class: Class, serial: u64) {
        if let Some(event) = self.events.get_mut(slug) {
            event.seats.arrive(class, serial);
        }
    }

    /// One of its connections has ended. Its seat is kept for ten minutes after the last.
    pub fn leave(&mut self, slug: &Slug, class: Class, serial: u64, now: Instant) {
        if let Some(event) = self.events.get_mut(slug) {
            event.seats.leave(class, serial, now);
        }
    }

    /// Somebody who holds a seat says goodbye: the room is for others, at once or unless they are back within seconds.
    pub fn bye(&mut self, slug: &Slug, text: &str, holder: Holder, bye: Bye, now_s: u64, now: Instant) {
        let Ok(ticket) = self.keys.ticket(slug, text, now_s) else { return };
        if let Some(event) = self.events.get_mut(slug)
            && event.seats.holder(ticket.class, ticket.serial) == Some(holder)
        {
            event.seats.vacate(ticket.class, ticket.serial, bye, now);
        }
    }

    /// Nobody has come with a fresh ticket, and its room is given on before its time: unless somebody sits there. The ticket holds as
    /// long as it ever did.
    pub fn give_on(&mut self, slug: &Slug, class: Class, serial: u64) {
        if let Some(event) = self.events.get_mut(slug) {
            event.seats.give_on(class, serial);
        }
    }

    /// Some times a second: judges what was seen, gives up room that nobody came for, and calls those who may come now. Gives
    /// the cap of bitrates if it has changed.
    pub fn tick(&mut self, seen: &Seen, now: Instant) -> Option<Cap> {
        self.seen = *seen;
        let before = self.cap();
        self.load.hear(seen.delay, now);
        for event in self.events.values_mut() {
            event.seats.sweep(now);
            event.queue.sweep(now);
        }
        let line = self.line_seen();
        if let Some(governor) = &mut self.governor {
            governor.hear(&line, now);
        }
        let pressure = Pressure {
            delay: seen.delay,
            slowed: self.load.factor() < 1.0,
            line: self.governor.as_ref().map(|governor| governor.pressure(&line)),
        };
        self.shedding.hear(&pressure, now);
        self.pass_over(now);
        self.call(now);
        Some(self.cap()).filter(|cap| *cap != before)
    }

    /// How many listeners without a ticket may be let in until this is asked again; none, if there is no limit. While
    /// somebody waits nobody comes in beside them. Ask right after [`Gate::tick`].
    pub fn walk_ins(&mut self, now: Instant) -> Option<u64> {
        if self.limits.are_none() {
            return None;
        }
        if self.events.values().any(|event| event.queue.waiting() > 0) {
            return Some(0);
        }
        let room = self.room(Tier::Stream);
        Some(self.joins_available(now).map_or(room, |joins| joins.min(room)))
    }

    /// How many more of a tier there is room for, by what stands and what is promised.
    #[must_use]
    pub fn room(&self, tier: Tier) -> u64 {
        if self.load.is_full() {
            return 0;
        }
        let cost = self.limits.costs[tier.index()];
        let by_cpu = self.limits.standing.map(|standing| ((standing - self.used()).max(0.0) / cost + 1e-9) as u64);
        let by_line = self.governor.as_ref().map(|governor| governor.room(&self.line_seen()));
        by_cpu.unwrap_or(u64::MAX).min(by_line.unwrap_or(u64::MAX))
    }

    /// What stands and what is promised, in units of the costs.
    fn used(&self) -> f64 {
        let mut used = 0.0;
        for tier in Tier::ALL {
            let n = tier.index();
            let taken: u64 = self.events.values().map(|event| event.seats.taken()[n]).sum();
            let sat: u64 = self.events.values().map(|event| event.seats.sat()[n]).sum();
            let listening = self.seen.listening[n];
            // Players of HLS come and go: nobody sits on their seats, though they are seen to listen.
            let all = if tier == Tier::Hls { taken.max(listening) } else { taken + listening.saturating_sub(sat) };
            used += all as f64 * self.limits.costs[n];
        }
        used + self.held() as f64 * self.limits.costs[Tier::Stream.index()]
    }

    /// Those who were called and have not come yet.
    fn held(&self) -> u64 {
        self.events.values().map(|event| event.queue.held()).sum()
    }

    fn line_seen(&self) -> LineSeen {
        let promised = |tier: Tier| {
            let n = tier.index();
            let taken: u64 = self.events.values().map(|event| event.seats.taken()[n]).sum();
            let sat: u64 = self.events.values().map(|event| event.seats.sat()[n]).sum();
            taken.saturating_sub(if tier == Tier::Hls { self.seen.listening[n] } else { sat })
        };
        let promised: u64 = Tier::ALL.into_iter().map(promised).sum();
        LineSeen {
            bits: self.seen.line_bits,
            waits: self.seen.line_waits,
            listeners: self.seen.listening.iter().sum(),
            coming: promised + self.held(),
        }
    }

    fn joins_available(&mut self, now: Instant) -> Option<u64> {
        let rate = self.limits.joins_per_second? * self.load.factor();
        Some(self.joins.available(rate, now))
    }

    /// Whether whoever asks comes in at once, and there is enough left for others who ask at the same moment.
    pub fn has_plenty(&mut self, slug: &Slug, now: Instant) -> bool {
        let nobody_waits = self.events.get(slug).is_none_or(|event| event.queue.waiting() == 0);
        let rate = self.limits.joins_per_second.map(|rate| rate * self.load.factor());
        nobody_waits && rate.is_none_or(|rate| self.joins.has_plenty(rate, now)) && self.room(Tier::Stream) > 0
    }

    /// The tier that somebody who asks for `tier` can have now.
    fn fits(&mut self, tier: Tier, now: Instant) -> Option<Tier> {
        if self.joins_available(now).is_some_and(|joins| joins == 0) {
            return None;
        }
        self.fits_one(tier)
    }

    fn fits_one(&self, tier: Tier) -> Option<Tier> {
        let tier = self.offered(tier);
        std::iter::once(tier).chain(tier.below()).find(|tier| self.room(*tier) > 0)
    }

    /// Gives a seat that is nobody's or this holder's.
    fn seat(
        &mut self,
        slug: &Slug,
        (class, serial): (Class, u64),
        asked: Tier,
        tier: Tier,
        holder: Holder,
        now_s: u64,
        now: Instant,
    ) -> Decision {
        let Some(event) = self.events.get_mut(slug) else { return Decision::Refuse(Refusal::Closed) };
        if event.seats.holder(class, serial).is_none() {
            self.records.push((slug.clone(), Record::Seated { class, serial, holder, tier }));
        }
        event.seated(class, serial);
        event.seats.give(class, serial, holder, tier, now);
        let expires_s = now_s + limits::TICKET_SECONDS_MAX;
        let ticket = Ticket { event: slug.clone(), class, serial, tier, expires_s, holder: Some(holder) };
        let entry = Entry { text: self.keys.seal_ticket(&ticket), ticket, rung: self.cap().newcomers };
        if tier == asked { Decision::Admit(entry) } else { Decision::StepDown(entry) }
    }

    /// A place holds for as long as somebody asks with it. It is said anew only when half of its time is over, for the lottery
    /// knows it by its first text.
    fn renew(&self, text: &str, place: &Place, now_s: u64) -> String {
        if place.expires_s > now_s + limits::TICKET_SECONDS_MAX / 2 {
            return text.to_owned();
        }
        self.keys.seal_place(&Place { expires_s: now_s + limits::TICKET_SECONDS_MAX, ..place.clone() })
    }
}
