//! How a shard learns that there is something new: one write to an eventfd, however many listen.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire};
use std::sync::{Arc, Mutex, PoisonError};

use hustings_fan::Key;
use hustings_link::hall::Bell;
use rustix::event::{EventfdFlags, eventfd};

/// What rings at one shard.
#[derive(Debug)]
pub(crate) struct Belfry {
    /// Edge-triggered: it is written and never read, for it takes 500 years to fill.
    event: OwnedFd,
    /// Channels with news; each is in it once, so it is as long as there are channels.
    news: Mutex<Vec<Key>>,
}

impl Belfry {
    pub(crate) fn new() -> std::io::Result<Arc<Self>> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Arc::new(Self { event, news: Mutex::default() }))
    }

    pub(crate) fn event(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }

    /// Wakes the shard.
    pub(crate) fn wake(&self) {
        // What cannot be written is full, and the shard awake.
        let _ = rustix::io::write(&self.event, &1u64.to_ne_bytes());
    }

    /// The channels with news since this was last asked.
    pub(crate) fn news(&self) -> Vec<Key> {
        std::mem::take(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bell of one channel.
#[derive(Debug)]
pub(crate) struct ChannelBell {
    belfry: Arc<Belfry>,
    channel: Key,
    rung: AtomicBool,
}

impl ChannelBell {
    pub(crate) fn new(belfry: Arc<Belfry>, channel: Key) -> Self {
        Self { belfry, channel, rung: AtomicBool::new(false) }
    }

    /// From now on a ring is news again. Call it before looking at the shelf.
    pub(crate) fn heard(&self) {
        self.rung.swap(false, AcqRel);
    }
}

impl Bell for ChannelBell {
    fn ring(&self) {
        if self.rung.load(Acquire) || self.rung.swap(true, AcqRel) {
            return;
        }
        self.belfry.news.lock().unwrap_or_else(PoisonError::into_inner).push(self.channel);
        self.belfry.wake();
    }
}
