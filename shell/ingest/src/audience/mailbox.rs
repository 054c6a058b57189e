//! How the rest of the process speaks to a shard: a list of messages and one eventfd, which rings for frames too.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, Mutex, PoisonError};

use hustings_link::hall::Bell;
use rustix::event::{EventfdFlags, eventfd};
use tokio::sync::oneshot;

use super::Audience;
use crate::gate::{Credentials, SessionKey};
use crate::sdp::{Offer, SdpError};

/// What a shard is told.
pub(crate) enum Message {
    /// A listener whose answer is on its way.
    Open { key: SessionKey, offer: Box<Offer>, ours: Credentials, ssrc: u32, audience: Audience },
    /// ICE restarts. Answers with the offer, whose credentials are the new ones.
    Restart {
        key: SessionKey,
        theirs: (String, String),
        ours: Credentials,
        done: oneshot::Sender<Result<Offer, SdpError>>,
    },
    /// A listener goes on in another rendition.
    Retune { key: SessionKey, audience: Audience },
    /// Ends a session; answers when its goodbye is sent.
    End { key: SessionKey, done: oneshot::Sender<()> },
}

/// A shard's mailbox. As long as there are sessions: each has one message at a time, from its own request.
#[derive(Debug)]
pub(crate) struct Mailbox {
    event: OwnedFd,
    messages: Mutex<Vec<Message>>,
    rung: AtomicBool,
    closed: AtomicBool,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message")
    }
}

impl Mailbox {
    pub(crate) fn new() -> std::io::Result<Arc<Self>> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let (rung, closed) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Arc::new(Self { event, messages: Mutex::default(), rung, closed }))
    }

    /// Leaves a message.
    pub(crate) fn send(&self, message: Message) {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        self.wake();
    }

    /// The shard ends.
    pub(crate) fn close(&self) {
        self.closed.store(true, Release);
        self.wake();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Acquire)
    }

    /// Wakes the shard, once until it has looked.
    fn wake(&self) {
        if self.rung.load(Acquire) || self.rung.swap(true, AcqRel) {
            return;
        }
        // What cannot be written is full, and the shard awake.
        let _ = rustix::io::write(&self.event, &1u64.to_ne_bytes());
    }

    /// What becomes readable when there is something.
    pub(crate) fn event(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }

    /// Whether it has rung since this was last asked, where `readable` is whether [`Mailbox::event`] was. Ask before looking
    /// at messages and frames.
    pub(crate) fn has_rung(&self, readable: bool) -> bool {
        if readable {
            // Whoever rings between these two lines is seen by what follows; who rings later is seen by the next wait.
            let _ = rustix::io::read(&self.event, &mut [0u8; 8][..]);
        }
        self.rung.load(Acquire) && self.rung.swap(false, AcqRel)
    }

    /// The messages since this was last asked.
    pub(crate) fn take(&self) -> Vec<Message> {
        std::mem::take(&mut self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Rings at a shard for the frames of one hall and rendition, as long as somebody there hears them.
#[derive(Debug)]
pub(crate) struct FrameBell(pub(crate) Arc<Mailbox>);

impl Bell for FrameBell {
    fn ring(&self) {
        self.0.wake();
    }
}
