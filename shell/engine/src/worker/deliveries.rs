//! Deliveries: whoever is due gets what there is.

use std::os::fd::AsFd;

use hustings_fan::{Key, Outcome};
use rustix::event::epoll::EventFlags;

use super::{Held, Worker, is_over};
use crate::ring::{self, Ring};
use crate::stats::stats;

impl Worker {
    /// Something happened on the connection of a listener.
    pub(super) fn listening(&mut self, key: Key, flags: EventFlags) {
        if is_over(flags) {
            self.lose(key);
            return;
        }
        if flags.contains(EventFlags::IN)
            && let Some(held) = self.shard.held_mut(key)
            && held.line.attend().is_err()
        {
            self.lose(key);
            return;
        }
        if flags.contains(EventFlags::OUT) && self.shard.is_blocked(key) {
            self.deliver(key);
        }
    }

    pub(super) fn deliver_due(&mut self) {
        let mut due = std::mem::take(&mut self.keys);
        self.shard.due(self.now, &mut due);
        match self.ring.take() {
            Some(mut ring) => {
                due.chunks(ring::BATCH).for_each(|batch| self.deliver_together(&mut ring, batch));
                self.ring = Some(ring).filter(Ring::is_open);
            }
            None => due.iter().for_each(|key| self.deliver(*key)),
        }
        due.clear();
        self.keys = due;
    }

    /// Delivers to those with one system call whose bytes lie in one piece, which is nearly everybody.
    fn deliver_together(&mut self, ring: &mut Ring, batch: &[Key]) {
        let (mut together, mut alone) = (Vec::with_capacity(batch.len()), Vec::new());
        for key in batch {
            match self.shard.prepare(*key) {
                Some(outcome) => self.settle(*key, outcome),
                None => together.push(*key),
            }
        }
        let mut sends = Vec::with_capacity(together.len());
        together.retain(|key| {
            let send = self.shard.slice(*key).and_then(|(held, bytes)| Some((held.line.bare()?, bytes)));
            match send {
                Some(send) => sends.push(send),
                None => alone.push(*key),
            }
            send.is_some()
        });
        let mut taken = Vec::with_capacity(sends.len());
        ring.send(&sends, &mut taken);
        for (key, taken) in together.into_iter().zip(taken) {
            match taken.and_then(|taken| self.shard.took(key, self.now, taken)) {
                Some(outcome) => self.settle(key, outcome),
                None => alone.push(key),
            }
        }
        alone.into_iter().for_each(|key| self.deliver(key));
    }

    pub(super) fn deliver(&mut self, key: Key) {
        let outcome = self.shard.deliver(key, self.now, |held, slices| held.line.write(slices));
        self.settle(key, outcome);
    }

    /// Does what a delivery ended with.
    fn settle(&mut self, key: Key, outcome: Outcome) {
        match outcome {
            Outcome::Sent | Outcome::Blocked => {}
            Outcome::Broken => self.lose(key),
            Outcome::Behind => self.catch_up(key),
            Outcome::Ended => {
                if let Some(Held { line, addr, slot, last, .. }) = self.shard.leave(key) {
                    self.part_with(line, addr, slot, last);
                }
            }
        }
    }

    /// A listener has gone by itself.
    fn lose(&mut self, key: Key) {
        if self.shard.is_unread(key, self.now) {
            stats().add_unread();
        }
        self.shard.leave(key);
    }

    /// Looks for listeners who are gone and did not say so.
    pub(super) fn look(&mut self) {
        let mut found = std::mem::take(&mut self.keys);
        self.shard.to_look_at(self.now, &mut found);
        for key in found.drain(..) {
            let facts = self.shard.held(key).and_then(|held| (self.house.config.facts)(held.line.as_fd()).ok());
            if let Err(over) = self.shard.looked(key, self.now, facts) {
                stats().add_over(over);
                tracing::debug!(?over, "a listener is closed");
                self.shard.leave(key);
            }
        }
        self.keys = found;
    }
}
