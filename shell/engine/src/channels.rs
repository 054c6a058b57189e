//! The channels of a shard: for each rendition and container that somebody listens to, the shelf that it is filled from.

use std::collections::HashMap;
use std::sync::Arc;

use hustings_fan::{Container, Key, Reel, Shard};
use hustings_link::hall::{Bell, Interest, Shelf};

use crate::bell::{Belfry, ChannelBell};

/// One channel.
#[derive(Debug)]
struct Channel {
    key: Key,
    /// Keeps the rendition hot.
    interest: Interest,
    bell: Arc<ChannelBell>,
    /// Visitors who wait for it to become warm.
    waiting: usize,
}

/// Every channel of a shard.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    /// By the address of the shelf, which stays where it is as long as the channel has an interest in it.
    all: HashMap<(usize, Container), Channel>,
    by_key: HashMap<Key, (usize, Container)>,
}

impl Channels {
    /// The channel of a rendition in a container, opened and filled if nobody listened to it.
    pub(crate) fn open<T>(
        &mut self,
        shard: &mut Shard<T>,
        belfry: &Arc<Belfry>,
        shelf: &Arc<Shelf>,
        container: Container,
    ) -> Key {
        let name = (Arc::as_ptr(shelf).addr(), container);
        if let Some(channel) = self.all.get(&name) {
            return channel.key;
        }
        let key = shard.open(Reel::new(shelf.rendition(), container, Shelf::parts_max()));
        let bell = Arc::new(ChannelBell::new(belfry.clone(), key));
        let hung: Arc<dyn Bell> = bell.clone();
        shelf.hang(&hung);
        self.all.insert(name, Channel { key, interest: shelf.interest(), bell, waiting: 0 });
        self.by_key.insert(key, name);
        self.fill(shard, key);
        key
    }

    /// Takes over what is new on the shelf of a channel.
    pub(crate) fn fill<T>(&self, shard: &mut Shard<T>, key: Key) {
        let Some(channel) = self.find(key) else { return };
        channel.bell.heard();
        let shelf = channel.interest.shelf();
        shard.publish(key, |reel| {
            let next = reel.next().unwrap_or(0);
            // Pointers are copied while the writer waits; framing takes its time afterwards.
            let (parts, ended) = shelf.look(|w| {
                let new = w.parts().iter().rev().take_while(|p| p.number >= next);
                (new.cloned().collect::<Vec<_>>(), w.ended())
            });
            parts.into_iter().rev().for_each(|part| reel.push(part));
            if ended {
                reel.end();
            }
        });
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

    fn find(&self, key: Key) -> Option<&Channel> {
        self.all.get(self.by_key.get(&key)?)
    }
}
