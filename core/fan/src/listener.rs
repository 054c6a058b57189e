//! One listener: a cursor into a reel, and the rest of what the network took only in part.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::time::Instant;

use bytes::{Buf, Bytes};

use crate::container::Framing;
use crate::phases::Phase;
use crate::reel::{Found, Reel};
use crate::seats::{Key, Seats};
use crate::shard::{Channel, Tally};
use crate::vigil::Vigil;

/// Pieces of one write: a burst of ten seconds has 52 parts; what a reader missed for longer takes two writes.
const SLICES: usize = 64;

/// What the network did with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It took so many bytes, at least one.
    Bytes(usize),
    /// It took a part of a record that holds the first so many bytes, and has no more room. They must be offered again
    /// before anything else, for the record cannot be another one any more.
    Begun(usize),
    /// It took nothing and has no room at the moment. What it has begun before stays begun.
    Full,
    /// The connection is gone.
    Broken,
}

/// Where a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All that there was is sent.
    Sent,
    /// The network has no room: deliver again as soon as it has.
    Blocked,
    /// The response is over and wholly sent.
    Ended,
    /// The connection is gone.
    Broken,
}

/// One listener, with what the shell holds for it.
#[derive(Debug)]
pub(crate) struct Listener<T> {
    pub(crate) held: T,
    pub(crate) channel: Key,
    /// The channel to go on with at the next part.
    pub(crate) turn_to: Option<Key>,
    pub(crate) phase: Phase,
    pub(crate) vigil: Vigil,
    framing: Framing,
    /// Nothing but the rest is left to send.
    ending: bool,
    burst_samples: u64,
    /// The part to send next.
    next: u64,
    /// What is left of something that must be sent whole; no piece of it is empty.
    rest: VecDeque<Bytes>,
}

/// What a listener joins with.
#[derive(Debug)]
pub struct Joining<T> {
    /// What the shell holds for it.
    pub held: T,
    /// Where it listens.
    pub channel: Key,
    /// How the end of its response is told.
    pub framing: Framing,
    /// How much of what was already said it gets, at most, now and whenever it is moved forward.
    pub burst_samples: u64,
    /// What goes over the line before the first part.
    pub head: Bytes,
}

impl<T> Listener<T> {
    pub(crate) fn new(joining: Joining<T>, reel: &Reel, phase: Phase, now: Instant) -> Self {
        let Joining { held, channel, framing, burst_samples, head } = joining;
        Self {
            held,
            channel,
            turn_to: None,
            phase,
            vigil: Vigil::new(now),
            framing,
            ending: false,
            burst_samples,
            next: reel.beginning(burst_samples),
            rest: Some(head).filter(|head| !head.is_empty()).into_iter().collect(),
        }
    }

    /// Writes until nothing is due or the network is full.
    pub(crate) fn deliver(
        &mut self,
        channels: &Seats<Channel>,
        now: Instant,
        tally: &mut Tally,
        mut write: impl FnMut(&mut T, &[IoSlice<'_>]) -> Taken,
    ) -> Outcome {
        loop {
            if self.rest.is_empty() {
                if self.ending {
                    return Outcome::Ended;
                }
                if let Some(to) = self.turn_to.take() {
                    self.channel = to;
                }
            }
            let reel = &channels.find(self.channel).expect("a channel with listeners stays open").reel;
            if self.rest.is_empty() {
                match reel.find(self.next) {
                    Found::Part => {}
                    Found::NotYet => return Outcome::Sent,
                    Found::Gone => {
                        tally.skips += 1;
                        self.next = reel.beginning(self.burst_samples);
                        continue;
                    }
                    Found::Ended => {
                        let close = reel.close(self.next, self.framing);
                        self.rest.extend(Some(close).filter(|close| !close.is_empty()));
                        self.ending = true;
                        continue;
                    }
                }
            }
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut used = 0;
            let parts = reel.from(self.next, self.framing);
            // Up to a boundary where it turns to another reel, or the end.
            let parts = parts.take(if self.ending || self.turn_to.is_some() { 0 } else { SLICES });
            for (slice, bytes) in slices.iter_mut().zip(self.rest.iter().map(Bytes::as_ref).chain(parts)) {
                *slice = IoSlice::new(bytes);
                used += 1;
            }
            match write(&mut self.held, &slices[..used]) {
                Taken::Bytes(taken) => {
                    self.vigil.wrote(now);
                    self.advance(reel, taken, tally);
                }
                Taken::Begun(bytes) => {
                    self.vigil.wrote(now);
                    self.vigil.blocked(now);
                    self.keep(reel, bytes, tally);
                    return Outcome::Blocked;
                }
                Taken::Full => {
                    self.vigil.blocked(now);
                    return Outcome::Blocked;
                }
                Taken::Broken => return Outcome::Broken,
            }
        }
    }

    /// Goes on by so many bytes of what was offered.
    fn advance(&mut self, reel: &Reel, mut taken: usize, tally: &mut Tally) {
        while let Some(first) = self.rest.front_mut() {
            if taken < first.len() {
                return first.advance(taken);
            }
            taken -= first.len();
            self.rest.pop_front();
        }
        // An empty queue would keep the room that it had.
        self.rest = VecDeque::new();
        while taken > 0 {
            let Some(part) = reel.from(self.next, self.framing).next() else { return };
            if taken < part.len() {
                self.rest.push_back(reel.rest(self.next, self.framing, taken));
            }
            taken = taken.saturating_sub(part.len());
            self.pass(reel, tally);
        }
    }

    /// Keeps so many bytes of what was offered, whatever becomes of the reel and the cursor.
    fn keep(&mut self, reel: &Reel, bytes: usize, tally: &mut Tally) {
        let mut kept: usize = self.rest.iter().map(Bytes::len).sum();
        while kept < bytes && reel.from(self.next, self.framing).next().is_some() {
            let part = reel.rest(self.next, self.framing, 0);
            kept += part.len();
            self.rest.push_back(part);
            self.pass(reel, tally);
        }
    }

    /// Leaves the next part behind.
    fn pass(&mut self, reel: &Reel, tally: &mut Tally) {
        tally.bytes += reel.sound_bytes(self.next);
        self.next += 1;
    }
}
