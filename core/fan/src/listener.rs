//! One listener: a cursor into a reel, and the rest of what the network took only in part.

use std::collections::VecDeque;
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
    /// What is left of something that must be sent whole; no piece of it is empty.
    pub(crate) rest: VecDeque<Bytes>,
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
            rest: whole(head),
        }
    }

    /// Makes ready what is to be sent next; where nothing is, says how the delivery ended.
    pub(crate) fn prepare(&mut self, channels: &Seats<Channel>, tally: &mut Tally) -> Option<Outcome> {
        while self.rest.is_empty() {
            if self.ending {
                return Some(Outcome::Ended);
            }
            self.turn_if_it_goes_on_there(channels);
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
                    self.rest = whole(reel.close(self.next, self.framing));
                    self.ending = true;
                }
            }
        }
        None
    }

    /// Takes the other reel as soon as what comes next is there. A rendition that has just begun to be made is some parts
    /// behind at first, and who waited for it would hear nothing for a turn of the cadence.
    fn turn_if_it_goes_on_there(&mut self, channels: &Seats<Channel>) {
        let found = |key| channels.find(key).map_or(Found::Gone, |channel| channel.reel.find(self.next));
        let Some(to) = self.turn_to else { return };
        let stays = match found(to) {
            Found::Piece => false,
            Found::NotYet => matches!(found(self.channel), Found::Piece | Found::NotYet),
            Found::Gone | Found::Ended => found(self.channel) == Found::Piece,
        };
        if !stays {
            (self.channel, self.turn_to) = (to, None);
        }
    }

    /// What [`Listener::prepare`] made ready, to be sent piece after piece; `rest` is what it holds.
    pub(crate) fn pieces<'a>(
        &self,
        rest: &'a VecDeque<Bytes>,
        channels: &'a Seats<Channel>,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, T> {
        // Up to a boundary where it turns to another reel, or the end.
        let alone = !rest.is_empty() && (self.ending || self.turn_to.is_some());
        let pieces = self.reel(channels).from(self.next, self.framing);
        rest.iter().map(Bytes::as_ref).chain(pieces.take(if alone { 0 } else { SLICES }))
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
            Taken::Begun(bytes) => {
                self.vigil.wrote(now);
                self.vigil.blocked(now);
                self.keep(self.reel(channels), bytes, tally);
                Some(Outcome::Blocked)
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
        self.rest = whole(head);
        self.next = next;
    }

    #[expect(clippy::expect_used, reason = "the shard counts who is in a channel")]
    fn reel<'a>(&self, channels: &'a Seats<Channel>) -> &'a Reel {
        &channels.find(self.channel).expect("a channel with listeners stays open").reel
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
            let (length, _) = reel.lengths(self.next, self.framing);
            if length == 0 {
                return;
            }
            if taken < length {
                self.rest.push_back(reel.rest(self.next, self.framing, taken));
            }
            taken = taken.saturating_sub(length);
            self.pass(reel, tally);
        }
    }

    /// Keeps so many bytes of what was offered, whatever becomes of the reel and the cursor.
    fn keep(&mut self, reel: &Reel, bytes: usize, tally: &mut Tally) {
        let mut kept: usize = self.rest.iter().map(Bytes::len).sum();
        while kept < bytes && reel.lengths(self.next, self.framing).0 > 0 {
            let piece = reel.rest(self.next, self.framing, 0);
            kept += piece.len();
            self.rest.push_back(piece);
            self.pass(reel, tally);
        }
    }

    /// Leaves the next piece behind.
    fn pass(&mut self, reel: &Reel, tally: &mut Tally) {
        let (_, body) = reel.lengths(self.next, self.framing);
        if reel.may_skip() {
            tally.bytes += body as u64;
        } else {
            tally.event_bytes += body as u64;
        }
        self.next += 1;
    }
}

/// Bytes that must be sent whole.
fn whole(bytes: Bytes) -> VecDeque<Bytes> {
    Some(bytes).filter(|bytes| !bytes.is_empty()).into_iter().collect()
}
