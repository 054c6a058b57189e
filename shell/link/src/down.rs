//! Messages from the stage plane to the audience plane. They are small and own their bytes, so that they can travel
//! over a channel, a Unix socket or NATS.

use std::sync::Arc;

use bytes::Bytes;
use hustings_pack::Part;
use hustings_vocab::event::Event;
use hustings_vocab::{MediaTime, Rendition, Slug};

/// One message from the stage plane.
#[derive(Debug, Clone)]
pub enum Down {
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
