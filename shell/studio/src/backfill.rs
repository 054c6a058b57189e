//! Back-filling a cold rendition beside the tick.
//!
//! Eight seconds of sound take some 30 ms to encode: too long for a tick, too short for anybody to notice elsewhere. So a
//! rendition begins on a thread of its own, with a copy of the ring, and joins the tick when it has caught up.

use std::sync::mpsc::Sender;

use hustings_vocab::Slug;

use crate::priority;
use crate::rendition::{Hot, Made};
use crate::ring::PcmRing;
use crate::worker::Inbox;

/// A rendition that has caught up, and what it made on the way.
pub(crate) struct Backfilled {
    pub(crate) hot: Hot,
    pub(crate) made: Vec<Made>,
}

/// Encodes `ring` with `hot` on a thread of its own and posts the result to the worker.
pub(crate) fn start(slug: Slug, mut hot: Hot, ring: PcmRing, inbox: Sender<Inbox>) {
    let work = move || {
        priority::after_the_ticks();
        let mut made = Vec::new();
        hot.catch_up(&ring, |m| made.push(m));
        // A worker that has stopped needs no rendition.
        let _ = inbox.send(Inbox::Backfilled(slug, Box::new(Backfilled { hot, made })));
    };
    if let Err(error) = std::thread::Builder::new().name("backfill".into()).spawn(work) {
        tracing::error!(%error, "a rendition cannot be back-filled: no thread");
    }
}
