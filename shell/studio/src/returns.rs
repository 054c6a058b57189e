//! What each speaker hears: one encoder for all who are silent, one for each who speaks.
//!
//! Changing between them is inaudible because an encoder that begins first hears the ticks before
//! ([`hustings_mix::Mixer::primer`]).

use bytes::Bytes;
use hustings_codec::OpusEncoder;
use hustings_mix::{Encoder, Frame, Hears, Mixer};
use hustings_vocab::MediaTime;

use crate::line::Line;

/// Bitrate of what speakers hear. CELT at 64 kbit/s is transparent for speech; it is for ears on stage only.
const RETURN_BITRATE: u32 = 64_000;

/// An encoder and its buffer.
pub(crate) struct Encode {
    encoder: OpusEncoder,
    packet: Vec<u8>,
}

impl Encode {
    /// An encoder that has heard what was heard until now.
    fn primed(mixer: &Mixer) -> Option<Self> {
        let encoder = OpusEncoder::new(RETURN_BITRATE).ok()?;
        let mut primed = Self { encoder, packet: Vec::with_capacity(400) };
        mixer.primer().for_each(|frame| drop(primed.frame(frame)));
        Some(primed)
    }

    fn frame(&mut self, frame: &Frame) -> Bytes {
        self.packet.clear();
        self.encoder.encode(frame, &mut self.packet);
        Bytes::copy_from_slice(&self.packet)
    }
}

/// The encoder of those who are silent; `None` on ticks on which nobody is.
#[derive(Default)]
pub(crate) struct Returns {
    shared: Option<Encode>,
}

impl Returns {
    /// Sends everybody on stage this tick of the others.
    pub(crate) fn send(&mut self, t: MediaTime, mixer: &Mixer, lines: &mut [Line]) {
        let mut shared = None;
        for line in lines {
            let packet = match mixer.hears(line.session) {
                Hears::Shared(frame) => {
                    line.own = None;
                    shared.get_or_insert_with(|| self.shared(mixer, frame)).clone()
                }
                Hears::Own(frame) => {
                    if line.own.is_none() {
                        line.own = Encode::primed(mixer);
                    }
                    line.own.as_mut().map(|own| own.frame(frame))
                }
            };
            if let Some(packet) = packet {
                line.hear(t, packet);
            }
        }
        if shared.is_none() {
            // An encoder that misses a tick would have a gap in its memory.
            self.shared = None;
        }
    }

    fn shared(&mut self, mixer: &Mixer, frame: &Frame) -> Option<Bytes> {
        if self.shared.is_none() {
            self.shared = Encode::primed(mixer);
        }
        self.shared.as_mut().map(|shared| shared.frame(frame))
    }
}
