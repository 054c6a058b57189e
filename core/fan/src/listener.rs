//! One listener: a cursor into a reel, and the rest of what the network took only in part.

use std::time::Instant;

use bytes::{Buf, Bytes};

use crate::container::Framing;
use crate::phases::Phase;
use crate::reel::{Found, Reel};
use crate::seats::{Key, Seats};
use crate::shard::{Channel, Tally};
use crate::vigil::Vigil;

/// Pieces of one write: a burst of ten seconds has 52 parts; what a reader missed for longer takes two writes.
pub(crate) const SLICES: usize = 64;

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
    /// What comes next has left the reel, and nothing stands for it: see [`crate::Shard::catch_up`].
    Behind,
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
    pub(crate) rest: Bytes,
}

/// Where a listener begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// With so much of what was already said, at most, now and whenever it is moved forward.
    Burst(u64),
    /// With this piece.
    Piece(u64),
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
    /// Where it begins.
    pub begins: Beginning,
    /// What goes over the line before the first part.
    pub head: Bytes,
}

impl<T> Listener<T> {
    pub(crate) fn new(joining: Joining<T>, reel: &Reel, phase: Phase, now: Instant) -> Self {
        let Joining { held, channel, framing, begins, head } = joining;
        let (burst_samples, next) = match begins {
            Beginning::Burst(samples) => (samples, reel.beginning(samples)),
            Beginning::Piece(number) => (0, number),
        };
        Self {
            held,
            channel,
            turn_to: None,
            phase,
            vigil: Vigil::new(now),
            framing,
            ending: false,
            burst_samples,
            next,
            rest: head,
        }
    }

    /// Makes ready what is to be sent next; where nothing is, says how the delivery ended.
    pub(crate) fn prepare(&mut self, channels: &Seats<Channel>, tally: &mut Tally) -> Option<Outcome> {
        while self.rest.is_empty() {
            if self.ending {
                return Some(Outcome::Ended);
            }
            if let Some(to) = self.turn_to.take() {
                self.channel = to;
            }
            let reel = self.reel(channels);
            match reel.find(self.next) {
                Found::Piece => return None,
                Found::NotYet => return Some(Outcome::Sent),
                Found::Gone if !reel.may_skip() => return Some(Outcome::Behind),
                Found::Gone => {
                    tally.skips += 1;
                    self.next = reel.beginning(self.burst_samples);
                }
                Found::Ended => {
                    self.rest = reel.close(self.next, self.framing);
                    self.ending = true;
                }
            }
        }
        None
    }

    /// What [`Listener::prepare`] made ready, to be sent piece after piece; `rest` is what it holds.
    pub(crate) fn pieces<'a>(
        &self,
        rest: &'a [u8],
        channels: &'a Seats<Channel>,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, T> {
        let rest = Some(rest).filter(|rest| !rest.is_empty());
        // Up to a boundary where it turns to another reel, or the end.
        let alone = rest.is_some() && (self.ending || self.turn_to.is_some());
        let pieces = self.reel(channels).from(self.next, self.framing);
        rest.into_iter().chain(pieces.take(if alone { 0 } else { SLICES }))
    }

    /// What the network did with it.
    pub(crate) fn took(
        &mut self,
        channels: &Seats<Channel>,
        now: Instant,
        tally: &mut Tally,
        taken: Taken,
    ) -> Option<Outcome> {
        match taken {
            Taken::Bytes(taken) => {
                self.vigil.wrote(now);
                self.advance(self.reel(channels), taken, tally);
                None
            }
            Taken::Full => {
                self.vigil.blocked(now);
                Some(Outcome::Blocked)
            }
            Taken::Broken => Some(Outcome::Broken),
        }
    }

    /// Goes on with piece `next` after `head`, which stands for all that was missed.
    pub(crate) fn catch_up(&mut self, head: Bytes, next: u64) {
        self.rest = head;
        self.next = next;
    }

    #[expect(clippy::expect_used, reason = "the shard counts who is in a channel")]
    fn reel<'a>(&self, channels: &'a Seats<Channel>) -> &'a Reel {
        &channels.find(self.channel).expect("a channel with listeners stays open").reel
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
            let (length, body) = reel.lengths(self.next, self.framing);
            if length == 0 {
                return;
            }
            if taken < length {
                self.rest = reel.rest(self.next, self.framing, taken);
            }
            if reel.may_skip() {
                tally.bytes += body as u64;
            } else {
                tally.event_bytes += body as u64;
            }
            taken = taken.saturating_sub(length);
            self.next += 1;
        }
    }
}
