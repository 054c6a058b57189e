//! A shard: the listeners that one thread serves.
//!
//! Where there are few, each part is delivered as soon as it is there: that keeps everybody's delay short and costs
//! nothing. Where there are many, deliveries cost, not bytes: each listener is served on the cadence of its container, at
//! a phase of its own, with all that came since.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::listener::{Listener, SLICES};
use crate::phases::Phases;
use crate::reel::Reel;
use crate::seats::{Key, Seats};
use crate::vigil::{Facts, Over};
use crate::{Joining, Outcome, Taken};

/// Every listener is passed twice a second to see who wants a look, an eighth of them at a time.
const ROUND: Duration = Duration::from_millis(62);
const ROUNDS: usize = 8;

/// Where listeners listen: a reel, and who is there.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) reel: Reel,
    listeners: usize,
    /// It has parts since anybody was last served.
    fresh: bool,
}

/// What a shard has done since it was last asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes of sound in the parts that the network took, at least in part.
    pub bytes: u64,
    /// Bytes of events, likewise.
    pub event_bytes: u64,
    /// How often somebody was moved forward.
    pub skips: u64,
    /// How often a reader of events had missed some and was told how things stand.
    pub caught_up: u64,
}

/// The listeners of one thread. `T` is what the shell holds for each.
#[derive(Debug)]
pub struct Shard<T> {
    listeners: Seats<Listener<T>>,
    channels: Seats<Channel>,
    phases: Phases,
    /// Fewer than this are served at once.
    crowd: usize,
    round: usize,
    round_at: Instant,
    tally: Tally,
}

impl<T> Shard<T> {
    /// An empty shard, which serves on the cadence when it has `crowd` listeners or more.
    #[must_use]
    pub fn new(now: Instant, crowd: usize) -> Self {
        Self {
            listeners: Seats::default(),
            channels: Seats::default(),
            phases: Phases::new(now),
            crowd,
            round: 0,
            round_at: now,
            tally: Tally::default(),
        }
    }

    /// From now on it serves on the cadence when it has `crowd` listeners or more.
    pub fn serve_at_once(&mut self, crowd: usize) {
        self.crowd = crowd;
    }

    /// Opens a channel; parts are pushed by [`Shard::publish`].
    pub fn open(&mut self, reel: Reel) -> Key {
        self.channels.insert(Channel { reel, listeners: 0, fresh: false })
    }

    /// Changes the reel of a channel, and remembers if there is something to deliver then; says so, too.
    pub fn publish(&mut self, channel: Key, change: impl FnOnce(&mut Reel)) -> bool {
        let Some(channel) = self.channels.find_mut(channel) else { return false };
        let before = channel.reel.edge();
        change(&mut channel.reel);
        let fresh = channel.reel.edge() != before;
        channel.fresh |= fresh;
        fresh
    }

    /// How many listen to a channel.
    #[must_use]
    pub fn listening(&self, channel: Key) -> usize {
        self.channels.find(channel).map_or(0, |c| c.listeners)
    }

    /// Closes a channel to which nobody listens; one that has listeners stays.
    pub fn shut(&mut self, channel: Key) {
        if self.listening(channel) == 0 {
            self.channels.remove(channel);
        }
    }

    /// How many listeners there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listeners.len()
    }

    /// Whether there is no listener.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Takes a listener in. It is due at once: [`Shard::deliver`] sends its head and its burst.
    ///
    /// # Panics
    /// If its channel is not open.
    pub fn join(&mut self, joining: Joining<T>, now: Instant) -> Key {
        let channel = self.channels.find_mut(joining.channel).expect("the channel is open");
        channel.listeners += 1;
        let cadence = channel.reel.cadence();
        // The key is known once the record is there, and the record knows its phase.
        let phase = self.phases.choose(cadence);
        let key = self.listeners.insert(Listener::new(joining, &channel.reel, phase, now));
        self.phases.enter(key, phase);
        key
    }

    /// Lets a listener go.
    pub fn leave(&mut self, key: Key) -> Option<T> {
        let listener = self.listeners.remove(key)?;
        self.phases.leave(key, listener.phase);
        if let Some(channel) = self.channels.find_mut(listener.channel) {
            channel.listeners -= 1;
        }
        if let Some(channel) = listener.turn_to.and_then(|to| self.channels.find_mut(to)) {
            channel.listeners -= 1;
        }
        Some(listener.held)
    }

    /// Lets a listener go on with another rendition of the same event, codec and container from the next part on: the
    /// headers that it has serve both, and the number of a part means the same moment in both.
    pub fn turn(&mut self, key: Key, to: Key) {
        let Some(listener) = self.listeners.find_mut(key) else { return };
        let Some(channel) = self.channels.find_mut(to) else { return };
        channel.listeners += 1;
        if let Some(before) = listener.turn_to.replace(to).and_then(|before| self.channels.find_mut(before)) {
            before.listeners -= 1;
        }
    }

    /// Adds everybody.
    pub fn all(&self, found: &mut Vec<Key>) {
        found.extend(self.listeners.iter().map(|(key, _)| key));
    }

    /// Adds all who are to be served now. Who waits for room on the network is not among them.
    pub fn due(&mut self, now: Instant, due: &mut Vec<Key>) {
        let first = due.len();
        if self.is_crowd() {
            self.phases.turn(now, due);
        } else if self.channels.iter().any(|(_, channel)| channel.fresh) {
            let fresh = |channel| self.channels.find(channel).is_some_and(|c| c.fresh);
            let all = self.listeners.iter().filter(|(_, l)| fresh(l.channel) || l.turn_to.is_some_and(fresh));
            due.extend(all.map(|(key, _)| key));
        }
        self.channels.iter_mut().for_each(|(_, channel)| channel.fresh = false);
        let mut at = first;
        while at < due.len() {
            if self.is_blocked(due[at]) {
                due.swap_remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Whether a listener waits for room on the network.
    #[must_use]
    pub fn is_blocked(&self, key: Key) -> bool {
        self.listeners.find(key).is_some_and(|l| l.vigil.is_blocked())
    }

    /// Whether a listener that leaves now has not read what it was sent.
    #[must_use]
    pub fn is_unread(&self, key: Key, now: Instant) -> bool {
        self.listeners.find(key).is_some_and(|l| l.vigil.is_unread(now))
    }

    /// Sends a listener all that there is for it, as far as the network takes it. `write` gets pieces that are to be
    /// sent one after the other. A listener that is gone is [`Outcome::Broken`].
    pub fn deliver(
        &mut self,
        key: Key,
        now: Instant,
        mut write: impl FnMut(&mut T, &[IoSlice<'_>]) -> Taken,
    ) -> Outcome {
        loop {
            if let Some(outcome) = self.prepare(key) {
                return outcome;
            }
            let Some(listener) = self.listeners.find_mut(key) else { return Outcome::Broken };
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut used = 0;
            // The record is written to while its rest is read: two fields of it, which a borrow of the whole forbids.
            let rest = std::mem::take(&mut listener.rest);
            for (slice, bytes) in slices.iter_mut().zip(listener.pieces(&rest, &self.channels)) {
                *slice = IoSlice::new(bytes);
                used += 1;
            }
            let taken = write(&mut listener.held, &slices[..used]);
            listener.rest = rest;
            if let Some(outcome) = listener.took(&self.channels, now, &mut self.tally, taken) {
                return outcome;
            }
        }
    }

    /// Makes ready what a listener is sent next: `None`, if there is something, which is then [`Shard::slice`] or sent by
    /// [`Shard::deliver`].
    pub fn prepare(&mut self, key: Key) -> Option<Outcome> {
        let Some(listener) = self.listeners.find_mut(key) else { return Some(Outcome::Broken) };
        let (before, turning) = (listener.channel, listener.turn_to.is_some());
        let outcome = listener.prepare(&self.channels, &mut self.tally);
        if turning
            && listener.turn_to.is_none()
            && let Some(channel) = self.channels.find_mut(before)
        {
            channel.listeners -= 1;
        }
        outcome
    }

    /// What was made ready for a listener, if it lies in one slice; then the network's answer to it goes to
    /// [`Shard::took`].
    #[must_use]
    pub fn slice(&self, key: Key) -> Option<(&T, &[u8])> {
        let listener = self.listeners.find(key)?;
        let mut pieces = listener.pieces(&listener.rest, &self.channels);
        let first = pieces.next()?;
        pieces.next().is_none().then_some((&listener.held, first))
    }

    /// What the network did with the slice of a listener; `None`, if more may be sent.
    pub fn took(&mut self, key: Key, now: Instant, taken: Taken) -> Option<Outcome> {
        let Some(listener) = self.listeners.find_mut(key) else { return Some(Outcome::Broken) };
        let outcome = listener.took(&self.channels, now, &mut self.tally, taken);
        outcome.or_else(|| self.prepare(key))
    }

    /// Where a listener stands that is [`Outcome::Behind`]: its channel.
    #[must_use]
    pub fn channel(&self, key: Key) -> Option<Key> {
        self.listeners.find(key).map(|l| l.channel)
    }

    /// Lets a listener that is [`Outcome::Behind`] go on with piece `next`, after `head`, which stands for all that it has
    /// missed.
    pub fn catch_up(&mut self, key: Key, head: Bytes, next: u64) {
        if let Some(listener) = self.listeners.find_mut(key) {
            self.tally.caught_up += 1;
            listener.catch_up(head, next);
        }
    }

    /// The reel of a channel.
    #[must_use]
    pub fn reel(&self, channel: Key) -> Option<&Reel> {
        self.channels.find(channel).map(|c| &c.reel)
    }

    /// What the shell holds for a listener.
    #[must_use]
    pub fn held(&self, key: Key) -> Option<&T> {
        self.listeners.find(key).map(|l| &l.held)
    }

    /// What the shell holds for a listener, to be changed.
    pub fn held_mut(&mut self, key: Key) -> Option<&mut T> {
        self.listeners.find_mut(key).map(|l| &mut l.held)
    }

    /// Adds those whom [`Shard::looked`] is to be told about.
    pub fn to_look_at(&mut self, now: Instant, found: &mut Vec<Key>) {
        while self.round_at <= now {
            let seats = self.listeners.seats();
            let place = |round| seats * round / ROUNDS;
            let some = self.listeners.range(place(self.round)..place(self.round + 1));
            // Who would want it a moment after it was passed is not left for the next time.
            found.extend(some.filter(|(_, l)| l.vigil.wants_a_look(now + ROUND)).map(|(key, _)| key));
            self.round = (self.round + 1) % ROUNDS;
            // After a standstill one round makes up for all that were missed.
            self.round_at = if now - self.round_at > ROUND * 8 { now + ROUND } else { self.round_at + ROUND };
        }
    }

    /// Judges a connection. `facts` is `None` where the dead are not looked for.
    ///
    /// # Errors
    /// [`Over`]: the listener is to be closed.
    pub fn looked(&mut self, key: Key, now: Instant, facts: Option<Facts>) -> Result<(), Over> {
        self.listeners.find_mut(key).map_or(Ok(()), |l| l.vigil.look(now, facts))
    }

    /// When there may be something to do although nothing happens; `None` while nobody listens.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        match self.is_crowd() {
            _ if self.is_empty() => None,
            false => Some(self.round_at),
            true => Some(self.round_at.min(self.phases.next_at())),
        }
    }

    fn is_crowd(&self) -> bool {
        self.listeners.len() >= self.crowd
    }

    /// What was done since this was last asked.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Beginning, Framing};

    #[test]
    fn who_turns_to_what_is_behind_hears_on_until_it_is_there() {
        let now = Instant::now();
        let mut shard = Shard::new(now, 1);
        let (from, to) = (shard.open(Reel::events(9)), shard.open(Reel::events(9)));
        let joining = Joining {
            held: Vec::new(),
            channel: from,
            framing: Framing::UntilClose,
            begins: Beginning::Piece(0),
            head: Bytes::new(),
        };
        let key = shard.join(joining, now);
        let mut tell = |channel, mark: u64, text: &str| {
            assert!(shard.publish(channel, |reel| reel.push_event(mark, text.as_bytes())));
            let outcome = shard.deliver(key, now, |heard: &mut Vec<u8>, slices| {
                slices.iter().for_each(|slice| heard.extend_from_slice(slice));
                Taken::Bytes(slices.iter().map(|slice| slice.len()).sum())
            });
            assert_eq!(outcome, Outcome::Sent);
            if mark == 1 {
                shard.turn(key, to);
            }
            String::from_utf8(shard.held(key).unwrap().clone()).unwrap()
        };
        tell(from, 1, "a1 ");
        assert_eq!(tell(from, 2, "a2 "), "a1 a2 ", "the other has nothing yet");
        tell(to, 1, "b1 ");
        assert_eq!(tell(to, 2, "b2 "), "a1 a2 ", "nothing is heard twice");
        assert_eq!(tell(to, 3, "b3 "), "a1 a2 b3 ");
    }

    #[test]
    fn a_reader_of_events_that_missed_some_is_told_how_things_stand() {
        let now = Instant::now();
        let mut shard = Shard::new(now, 1);
        let channel = shard.open(Reel::events(2));
        assert!(!shard.publish(channel, |_| ()), "nothing is nothing new");
        let (framing, head) = (Framing::UntilClose, Bytes::from("head "));
        let joining = Joining { held: Vec::new(), channel, framing, begins: Beginning::Piece(0), head };
        let key = shard.join(joining, now);
        let tell = |shard: &mut Shard<Vec<u8>>, mark| {
            assert!(shard.publish(channel, |reel| reel.push_event(mark, format!("{mark} ").as_bytes())));
        };
        let hear = |shard: &mut Shard<Vec<u8>>| {
            shard.deliver(key, now, |heard, slices| {
                slices.iter().for_each(|slice| heard.extend_from_slice(slice));
                Taken::Bytes(slices.iter().map(|slice| slice.len()).sum())
            })
        };
        tell(&mut shard, 1);
        assert_eq!(hear(&mut shard), Outcome::Sent);
        (2..=5).for_each(|mark| tell(&mut shard, mark));
        assert_eq!(hear(&mut shard), Outcome::Behind);
        let next = shard.channel(key).and_then(|channel| shard.reel(channel)).map(|reel| reel.after(5));
        shard.catch_up(key, Bytes::from("all up to 5 "), next.unwrap());
        assert_eq!(hear(&mut shard), Outcome::Sent);
        tell(&mut shard, 6);
        hear(&mut shard);
        assert_eq!(shard.held(key).unwrap(), b"head 1 all up to 5 6 ");
        assert_eq!(shard.take_tally(), Tally { event_bytes: 4, caught_up: 1, ..Tally::default() });
        shard.publish(channel, Reel::end);
        assert_eq!(hear(&mut shard), Outcome::Ended);
    }
}
