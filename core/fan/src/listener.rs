//! One listener: a cursor into a reel, and the rest of what the network took only in part.

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
    /// It has no room at the moment.
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
    /// What is left of something that must be sent whole.
    rest: Bytes,
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
            rest: head,
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
                        self.rest = reel.close(self.next, self.framing);
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
            let rest = Some(self.rest.as_ref()).filter(|rest| !rest.is_empty());
            for (slice, bytes) in slices.iter_mut().zip(rest.into_iter().chain(parts)) {
                *slice = IoSlice::new(bytes);
                used += 1;
            }
            match write(&mut self.held, &slices[..used]) {
                Taken::Bytes(taken) => {
                    self.vigil.wrote(now);
                    self.advance(reel, taken, tally);
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
        let rest = taken.min(self.rest.len());
        self.rest.advance(rest);
        taken -= rest;
        if self.rest.is_empty() {
            // An empty slice would keep all that it was cut from.
            self.rest = Bytes::new();
        }
        while taken > 0 {
            let Some(part) = reel.from(self.next, self.framing).next() else { return };
            if taken < part.len() {
                self.rest = reel.rest(self.next, self.framing, taken);
            }
            tally.bytes += reel.sound_bytes(self.next);
            taken = taken.saturating_sub(part.len());
            self.next += 1;
        }
    }
}
