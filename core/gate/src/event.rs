//! One conversation at the gate: its seats, its queue, and what a file of it brings back.

use std::time::Instant;

use hustings_vocab::{Slug, limits};

use crate::lottery::{Hash, Leaf, place_id};
use crate::queue::Queue;
use crate::record::Record;
use crate::seats::Seats;
use crate::{Class, Keys, Place};

/// One conversation at the gate.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its seats.
    pub seats: Seats,
    /// Its queue.
    pub queue: Queue,
    /// By which the order of those who come before the start will be drawn.
    seed: Option<Hash>,
    committed: bool,
    direct: u64,
    links: u64,
    over: bool,
}

impl Event {
    pub(crate) fn new(seed: Option<Hash>, now: Instant) -> Self {
        Self {
            seats: Seats::new(now),
            queue: Queue::new(seed.is_some(), now),
            seed,
            committed: false,
            direct: 0,
            links: 0,
            over: false,
        }
    }

    /// The conversation has ended: nobody is awaited any more, and its seats are room for others. What was drawn stays.
    pub(crate) fn end(&mut self, now: Instant) {
        if !self.over {
            self.over = true;
            self.seats = Seats::new(now);
            self.queue.end();
        }
    }

    /// How many wait or are called and still to come; nobody, once it has ended.
    #[must_use]
    pub fn awaited(&self) -> u64 {
        if self.over { 0 } else { self.queue.waiting() + self.queue.held() }
    }

    /// Whether somebody waits who may be called.
    pub(crate) const fn may_call(&self) -> bool {
        !self.over && self.queue.may_call()
    }

    /// Whether it takes anybody: it has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.over
    }

    /// The serial of the next who comes in because there is room.
    pub(crate) fn next_direct(&self) -> u64 {
        self.direct
    }

    /// The serial of the next ticket that is an address.
    pub(crate) fn next_link(&mut self) -> u64 {
        self.links += 1;
        self.links - 1
    }

    pub(crate) fn seated(&mut self, class: Class, serial: u64) {
        match class {
            Class::Direct => self.direct = self.direct.max(serial + 1),
            Class::Link => self.links = self.links.max(serial + 1),
            Class::Place => {}
        }
    }

    /// What is published of the seed before the draw, if there is to be or was one.
    #[must_use]
    pub fn commitment(&self) -> Option<Hash> {
        self.seed.as_ref().map(crate::lottery::commitment)
    }

    /// The seed, once the order is drawn.
    #[must_use]
    pub fn revealed(&self) -> Option<Hash> {
        self.seed.filter(|_| self.queue.lottery().is_some())
    }

    /// The next place and the line that says so; none, if there are too many.
    pub(crate) fn give_place(&mut self, slug: &Slug, keys: &Keys, now_s: u64) -> Option<(String, Record)> {
        let number = self.queue.given();
        if number >= limits::PLACES_MAX {
            return None;
        }
        let place =
            Place { event: slug.clone(), number, given_s: now_s, expires_s: now_s + limits::TICKET_SECONDS_MAX };
        let text = keys.seal_place(&place);
        let leaf = Leaf { number, given_s: now_s, id: place_id(&text) };
        self.queue.push(&leaf);
        Some((text, Record::Placed(leaf)))
    }

    /// The line that says by which seed the order will be drawn, once.
    pub(crate) fn commit(&mut self) -> Option<Record> {
        let seed = self.seed.filter(|_| !self.committed && self.queue.is_to_be_drawn())?;
        self.committed = true;
        Some(Record::Committed(crate::lottery::commitment(&seed)))
    }

    /// Draws the order, if it is to be drawn.
    pub(crate) fn draw(&mut self) -> Vec<Record> {
        let Some(seed) = self.seed.filter(|_| self.queue.is_to_be_drawn()) else { return Vec::new() };
        let (count, root) = (self.queue.given(), self.queue.root());
        self.queue.draw(&seed, count, root);
        vec![Record::Closed { count, root }, Record::Revealed(seed)]
    }

    pub(crate) fn replay(&mut self, record: &Record, now: Instant) {
        match record {
            Record::Committed(_) => self.committed = true,
            Record::Placed(leaf) => self.queue.push(leaf),
            // If it was killed between the two, the draw is made all the same: of these places, with the seed that was meant.
            Record::Closed { count, root } => {
                if let Some(seed) = self.seed {
                    self.queue.draw(&seed, *count, *root);
                }
            }
            Record::Revealed(seed) => {
                self.seed = Some(*seed);
                if self.queue.is_to_be_drawn() {
                    self.queue.draw(seed, self.queue.given(), self.queue.root());
                }
            }
            Record::Called(below) => self.queue.restore_below(*below),
            Record::Linked(serial) => self.links = self.links.max(serial + 1),
            Record::Seated { class, serial, holder, tier } => {
                self.seated(*class, *serial);
                if *class == Class::Place {
                    self.queue.restore_came();
                }
                self.seats.restore(*class, *serial, *holder, *tier, now);
            }
        }
    }
}
