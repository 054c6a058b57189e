//! Messages from the stage plane to the audience plane. They are small and own their bytes, so that they can travel
//! over a channel, a Unix socket or NATS.

use std::sync::Arc;

use bytes::Bytes;
use hustings_pack::Part;
use hustings_vocab::event::Event;
use hustings_vocab::{MediaTime, Rendition, Slug};

use crate::hall::Counts;

/// One message from the stage plane.
#[derive(Debug, Clone)]
pub enum Down {
    /// These conversations are open and no others: the first message of a link.
    Open {
        /// Which.
        slugs: Vec<Slug>,
    },
    /// A conversation is open: its hall may be entered.
    Opened {
        /// Which.
        slug: Slug,
        /// Its title.
        title: String,
        /// Wall-clock time of media time 0 in milliseconds since 1970.
        epoch_ms: u64,
        /// How often its media was lost before, for `EXT-X-DISCONTINUITY-SEQUENCE`.
        discontinuities: u32,
    },
    /// Parts of a rendition follow that begin in the midst: for a shelf that holds none yet.
    Window {
        /// Which conversation.
        slug: Slug,
        /// Which rendition.
        rendition: Rendition,
        /// Discontinuities before the first of them.
        discontinuities: u32,
        /// There were parts before that did not lead up to them.
        began_anew: bool,
    },
    /// A part of a rendition, in order of numbers.
    Part {
        /// Which conversation.
        slug: Slug,
        /// Which rendition.
        rendition: Rendition,
        /// The part.
        part: Arc<Part>,
    },
    /// One Opus frame of 20 ms, for WebRTC listeners, ahead of the part that will hold it.
    Frame {
        /// Which conversation.
        slug: Slug,
        /// Which rendition; always an Opus one.
        rendition: Rendition,
        /// The frame.
        frame: OpusFrame,
    },
    /// Something happened.
    Event {
        /// Which conversation.
        slug: Slug,
        /// What, and when.
        event: Event,
    },
    /// How many listen, over all processes.
    Audience {
        /// Which conversation.
        slug: Slug,
        /// How many.
        counts: Counts,
    },
    /// All that was told of audiences is true as of this moment, in milliseconds since 1970.
    AsOf {
        /// When.
        ms: u64,
    },
    /// The conversation ended: readers get what is left and a proper end of stream.
    Closed {
        /// Which.
        slug: Slug,
    },
}

/// One Opus frame of the program sound.
#[derive(Debug, Clone)]
pub struct OpusFrame {
    /// Media time of its first sample.
    pub t: MediaTime,
    /// The packet.
    pub packet: Bytes,
}
