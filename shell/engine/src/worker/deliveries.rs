//! Deliveries: whoever is due gets what there is.

use std::os::fd::AsFd;

use hustings_fan::{Key, Outcome};
use rustix::event::epoll::EventFlags;

use super::{Held, Worker, is_over};
use crate::stats::stats;

impl Worker {
    /// Something happened on the connection of a listener.
    pub(super) fn listening(&mut self, key: Key, flags: EventFlags) {
        if is_over(flags) {
            self.shard.leave(key);
            return;
        }
        if flags.contains(EventFlags::IN)
            && let Some(held) = self.shard.held_mut(key)
            && held.line.attend().is_err()
        {
            self.shard.leave(key);
            return;
        }
        if flags.contains(EventFlags::OUT) && self.shard.is_blocked(key) {
            self.deliver(key);
        }
    }

    pub(super) fn deliver_due(&mut self) {
        let mut due = std::mem::take(&mut self.keys);
        self.shard.due(self.now, &mut due);
        due.drain(..).for_each(|key| self.deliver(key));
        self.keys = due;
    }

    pub(super) fn deliver(&mut self, key: Key) {
        let outcome = self.shard.deliver(key, self.now, |held, slices| held.line.write(slices));
        match outcome {
            Outcome::Sent | Outcome::Blocked => {}
            Outcome::Broken => drop(self.shard.leave(key)),
            Outcome::Ended => {
                if let Some(Held { line, addr, slot, last, .. }) = self.shard.leave(key) {
                    self.part_with(line, addr, slot, last);
                }
            }
        }
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
