//! What comes in over the audience tiers, taken apart: containers to coded frames on the media timeline, frames to sound.

mod adts;
pub(crate) mod heard;
pub(crate) mod mp4;
pub(crate) mod ogg;
pub(crate) mod wav;

use bytes::Bytes;
use hustings_vocab::Codec;

pub(crate) use adts::Adts;
pub(crate) use heard::Output;
pub(crate) use mp4::Mp4;
pub(crate) use ogg::Ogg;

/// A run of coded frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// How they are coded.
    pub(crate) codec: Codec,
    /// Media time of the first sample at 48 kHz.
    pub(crate) start: u64,
    /// Samples in all of them.
    pub(crate) samples: u64,
    /// The frames.
    pub(crate) frames: Vec<Bytes>,
}

/// What is wrong with a container.
pub(crate) type Malformed = String;

/// A parser of a container that arrives in pieces of any size.
pub(crate) trait Demux: Send {
    /// Takes the next bytes.
    fn push(&mut self, bytes: &[u8]);

    /// The next chunk that is complete; `None` until more bytes come.
    ///
    /// # Errors
    /// [`Malformed`] if what came is not this container. It is then of no further use.
    fn next(&mut self) -> Result<Option<Chunk>, Malformed>;

    /// Whether the container says that it ended, or has no way to say so.
    fn ended(&self) -> bool {
        true
    }
}
