//! Readers of events: a snapshot, or what came since the last event that they know, and then what everybody gets.
//!
//! What is a reader's own is the greeting: how long to wait before coming back, spread between one and three seconds so
//! that a restart is not answered by everybody at once. Readers of events are not listeners and are not counted.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use hustings_fan::{Beginning, Framing, Joining, Key};
use hustings_link::hall::{EventFetch, Hall};

use super::{Counted, Held, Worker};
use crate::head::Following;
use crate::reply;
use crate::stats::{count, stats};
use crate::visitor::Visitor;

impl Worker {
    /// A reader has come, of whose request the scratch was read.
    pub(super) fn follow(&mut self, key: Key, following: &Following) {
        let Some(hall) = self.house.config.halls.find(&following.slug) else { return self.hand_over(key) };
        let shown = following.shown.as_deref().unwrap_or_default();
        if hall.entrance.look(&following.slug, shown, self.clock.second).is_err() {
            return self.hand_over(key);
        }
        let known = following.last_event_id.as_deref().and_then(|id| hall.events.resume(id));
        if known.is_some_and(|number| matches!(hall.events.after(number), EventFetch::Ended)) {
            // It is told not to come back.
            return self.hand_over(key);
        }
        let mut body = format!("retry: {}\n\n", hall.entrance.retry_ms()).into_bytes();
        let (channel, next) = match known {
            Some(number) => {
                let channel = self.channels.follow(&mut self.shard, &self.belfry, &hall, self.now);
                (channel, self.shard.reel(channel).map_or(0, |reel| reel.after(number)))
            }
            None => self.snapshot(&hall, &mut body),
        };
        let Some(Visitor { line, addr, slot, .. }) = self.remove(key) else { return };
        let mut head = reply::events(following.last, SystemTime::now()).into_bytes();
        head.extend_from_slice(&Framing::Chunked.frame(&body));
        let held =
            Held { line, addr, slot, last: following.last, _counted: Counted::Reader(Reader::new()), hears: None };
        let begins = Beginning::Piece(next);
        self.listen(Joining { held, channel, framing: Framing::Chunked, begins, head: head.into() });
    }

    /// Tells a reader that has missed some how things stand, and lets it go on.
    pub(super) fn catch_up(&mut self, key: Key) {
        let hall = self.shard.channel(key).and_then(|channel| self.channels.followed(channel)).cloned();
        let Some(hall) = hall else { return drop(self.shard.leave(key)) };
        let mut body = Vec::new();
        let (_, next) = self.snapshot(&hall, &mut body);
        self.shard.catch_up(key, Framing::Chunked.frame(&body), next);
        self.deliver(key);
    }

    /// Appends a snapshot, which stands for everything before it; says in which channel and with which piece it goes on.
    fn snapshot(&mut self, hall: &Arc<Hall>, body: &mut Vec<u8>) -> (Key, u64) {
        let snapshot = hall.events.snapshot();
        let bytes: Bytes = snapshot.bytes;
        body.extend_from_slice(&bytes);
        // Filled after the snapshot was taken, the channel holds all that the snapshot stands for.
        let channel = self.channels.follow(&mut self.shard, &self.belfry, hall, self.now);
        (channel, self.shard.reel(channel).map_or(0, |reel| reel.after(snapshot.number)))
    }
}

/// A reader of events, counted when it comes and when it goes.
#[derive(Debug)]
pub(super) struct Reader(());

impl Reader {
    fn new() -> Self {
        count(&stats().readers);
        Self(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        count(&stats().readers_gone);
    }
}
