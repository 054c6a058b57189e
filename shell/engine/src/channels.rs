//! The channels of a shard: for each rendition and container that somebody listens to, and for the events of each
//! conversation that somebody follows, the shelf that it is filled from.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_fan::{Container, Key, Reel, Shard};
use hustings_link::hall::{Bell, Hall, Interest, Shelf};
use hustings_vocab::limits;

use crate::bell::{Belfry, ChannelBell};

/// Silence of events that is broken by a comment: proxies close connections that are silent for a minute, phones' networks
/// earlier.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A comment of server-sent events (WHATWG HTML, section 9.2.6).
const COMMENT: &[u8] = b":\n\n";
/// Events of a shelf, and comments between them.
const EVENTS_MAX: usize = limits::EVENTS_KEPT_MAX + 100;

/// One channel.
#[derive(Debug)]
struct Channel {
    key: Key,
    source: Source,
    bell: Arc<ChannelBell>,
    /// Visitors who wait for it to become warm.
    waiting: usize,
    /// When something was published.
    fresh_at: Instant,
}

/// Where a channel is filled from.
#[derive(Debug)]
enum Source {
    /// Keeps the rendition hot.
    Sound(Interest),
    Events(Arc<Hall>),
}

/// The address of what a channel is filled from, which stays where it is as long as the channel holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Sound(usize, Container),
    Events(usize),
}

/// Every channel of a shard.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    all: HashMap<Name, Channel>,
    by_key: HashMap<Key, Name>,
}

impl Channels {
    /// The channel of a rendition in a container, opened and filled if nobody listened to it.
    pub(crate) fn open<T>(
        &mut self,
        shard: &mut Shard<T>,
        belfry: &Arc<Belfry>,
        shelf: &Arc<Shelf>,
        container: Container,
        now: Instant,
    ) -> Key {
        let name = Name::Sound(Arc::as_ptr(shelf).addr(), container);
        if let Some(channel) = self.all.get(&name) {
            return channel.key;
        }
        let reel = Reel::new(shelf.rendition(), container, Shelf::parts_max());
        self.begin(shard, belfry, name, reel, Source::Sound(shelf.interest()), now)
    }

    /// The channel of a conversation's events, opened if nobody followed them, and filled.
    pub(crate) fn follow<T>(
        &mut self,
        shard: &mut Shard<T>,
        belfry: &Arc<Belfry>,
        hall: &Arc<Hall>,
        now: Instant,
    ) -> Key {
        let name = Name::Events(Arc::as_ptr(hall).addr());
        match self.all.get(&name).map(|channel| channel.key) {
            Some(key) => {
                self.fill(shard, key, now);
                key
            }
            None => self.begin(shard, belfry, name, Reel::events(EVENTS_MAX), Source::Events(hall.clone()), now),
        }
    }

    fn begin<T>(
        &mut self,
        shard: &mut Shard<T>,
        belfry: &Arc<Belfry>,
        name: Name,
        reel: Reel,
        source: Source,
        now: Instant,
    ) -> Key {
        let key = shard.open(reel);
        let bell = Arc::new(ChannelBell::new(belfry.clone(), key));
        let hung: Arc<dyn Bell> = bell.clone();
        match &source {
            Source::Sound(interest) => interest.shelf().hang(&hung),
            Source::Events(hall) => hall.events.hang(&hung),
        }
        self.all.insert(name, Channel { key, source, bell, waiting: 0, fresh_at: now });
        self.by_key.insert(key, name);
        self.fill(shard, key, now);
        key
    }

    /// Takes over what is new on the shelf of a channel.
    pub(crate) fn fill<T>(&mut self, shard: &mut Shard<T>, key: Key, now: Instant) {
        let Some(channel) = self.by_key.get(&key).and_then(|name| self.all.get_mut(name)) else { return };
        channel.bell.heard();
        let fresh = match &channel.source {
            Source::Sound(interest) => shard.publish(key, |reel| fill_with_sound(reel, interest.shelf())),
            Source::Events(hall) => shard.publish(key, |reel| fill_with_events(reel, hall)),
        };
        if fresh {
            channel.fresh_at = now;
        }
    }

    /// Breaks the silence of events.
    pub(crate) fn hearten<T>(&mut self, shard: &mut Shard<T>, now: Instant) {
        for channel in self.all.values_mut() {
            if matches!(channel.source, Source::Events(_)) && now.duration_since(channel.fresh_at) >= HEARTBEAT {
                channel.fresh_at = now;
                shard.publish(channel.key, |reel| reel.push_event(reel.mark().unwrap_or(0), COMMENT));
            }
        }
    }

    /// The conversation whose events are in a channel.
    pub(crate) fn followed(&self, key: Key) -> Option<&Arc<Hall>> {
        match &self.all.get(self.by_key.get(&key)?)?.source {
            Source::Events(hall) => Some(hall),
            Source::Sound(_) => None,
        }
    }

    /// A visitor waits for a channel, or waits no more.
    pub(crate) fn wait(&mut self, key: Key, change: isize) {
        let channel = self.by_key.get(&key).and_then(|name| self.all.get_mut(name));
        if let Some(channel) = channel {
            channel.waiting = channel.waiting.saturating_add_signed(change);
        }
    }

    /// Closes what nobody listens to.
    pub(crate) fn shut_unused<T>(&mut self, shard: &mut Shard<T>) {
        self.all.retain(|_, channel| {
            let used = channel.waiting > 0 || shard.listening(channel.key) > 0;
            if !used {
                shard.shut(channel.key);
                self.by_key.remove(&channel.key);
            }
            used
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

fn fill_with_sound(reel: &mut Reel, shelf: &Shelf) {
    let next = reel.next().unwrap_or(0);
    // Pointers are copied while the writer waits; framing takes its time afterwards.
    let (parts, ended) = shelf.look(|w| {
        let new = w.parts().iter().rev().take_while(|p| p.number >= next);
        (new.cloned().collect::<Vec<_>>(), w.ended())
    });
    parts.into_iter().rev().for_each(|part| reel.push(&part));
    if ended {
        reel.end();
    }
}

fn fill_with_events(reel: &mut Reel, hall: &Hall) {
    let (events, ended) = hall.events.kept_after(reel.mark().unwrap_or(0));
    events.iter().for_each(|event| reel.push_event(event.number, &event.bytes));
    if ended {
        reel.end();
    }
}
