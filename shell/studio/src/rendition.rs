//! One rendition while it is hot: the encoder, its exact place on the media timeline, and the packager.
//!
//! A codec delays sound by `D` samples between the encoder's input and the decoder's output. So the packet labelled `t` is
//! made from the program sound at `t + D`, and decodes to the program sound at `t`, in every codec: renditions are aligned
//! to the sample with no edit list and no pre-skip.

use std::time::{Duration, Instant};

use hustings_mix::Encoder;
use hustings_pack::{Packager, Part};
use hustings_vocab::{MediaTime, Rendition};

use crate::ring::PcmRing;

/// Frames encoded and thrown away before the first one that is published, so that an encoder's state has settled: 80 ms
/// of Opus, the convergence that RFC 7845, section 4.6, names.
const PREROLL_FRAMES: u64 = 4;

/// A rendition that is being encoded.
pub(crate) struct Hot {
    rendition: Rendition,
    encoder: Box<dyn Encoder>,
    packager: Packager,
    frame_samples: u64,
    /// The codec's delay `D`.
    lead_samples: u64,
    /// Index of the next frame to be labelled, counted from media time 0; below `first` it is pre-roll.
    next: u64,
    first: u64,
    input: Vec<f32>,
    packet: Vec<u8>,
    /// Time spent in the encoder.
    pub(crate) spent: Duration,
}

/// What came out of a rendition.
pub(crate) enum Made {
    /// A packet of one frame that starts at this media time.
    Frame(MediaTime, Vec<u8>),
    /// A finished part.
    Part(Part),
}

impl Hot {
    /// A rendition that begins with the first frame that the ring holds whole, so that a joining player finds as much
    /// behind it as there is. The packager begins with the next part, the playlist with the next segment.
    #[must_use]
    pub(crate) fn begin(rendition: Rendition, encoder: Box<dyn Encoder>, ring: &PcmRing, discontinuity: bool) -> Self {
        let frame_samples = encoder.frame_samples() as u64;

        let first = ring.start().0.div_ceil(frame_samples);
        Self {
            rendition,
            packager: Packager::new(rendition, discontinuity),
            frame_samples,
            lead_samples: encoder.delay_samples() as u64,
            next: first.saturating_sub(PREROLL_FRAMES),
            first,
            input: vec![0.0; frame_samples as usize],
            packet: Vec::with_capacity(1500),
            encoder,
            spent: Duration::ZERO,
        }
    }

    /// Where in the ring this rendition begins to read.
    #[must_use]
    pub(crate) const fn reads_from(&self) -> MediaTime {
        MediaTime(self.next * self.frame_samples + self.lead_samples)
    }

    /// Encodes all that the ring holds and this rendition has not seen.
    pub(crate) fn catch_up(&mut self, ring: &PcmRing, mut made: impl FnMut(Made)) {
        loop {
            let from = (self.next * self.frame_samples + self.lead_samples) as i64;
            if !ring.read(from, &mut self.input) {
                return;
            }
            self.packet.clear();
            let before = Instant::now();
            self.encoder.encode(&self.input, &mut self.packet);
            self.spent += before.elapsed();
            let t = MediaTime(self.next * self.frame_samples);
            self.next += 1;
            if self.next > self.first {
                let part = self.packager.push(t, &self.packet);
                made(Made::Frame(t, self.packet.clone()));
                if let Some(part) = part {
                    made(Made::Part(part));
                }
            }
        }
    }

    /// Publishes what is pending, for the end.
    pub(crate) fn finish(&mut self) -> Option<Part> {
        self.packager.finish()
    }

    /// Which rendition.
    #[must_use]
    pub(crate) const fn rendition(&self) -> Rendition {
        self.rendition
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_codec::{AacDecoder, OpusDecoder};
    use hustings_mix::Decoder;
    use hustings_vocab::{Codec, TICK_SAMPLES};

    /// A click at media time `at` in otherwise silent sound that begins at 0.
    fn ring_with_click(at: usize) -> PcmRing {
        let mut ring = PcmRing::silent_until(MediaTime::ZERO);
        for tick in 0..300 {
            let mut pcm = [0.0; TICK_SAMPLES];
            for n in 0..24 {
                // A short burst of a smooth pulse; its middle is the click.
                let place = (at + n).wrapping_sub(12 + tick * TICK_SAMPLES);
                if place < TICK_SAMPLES {
                    pcm[place] = 0.5 * (std::f32::consts::PI * (n as f32 + 0.5) / 24.0).sin();
                }
            }
            ring.push(&pcm);
        }
        ring
    }

    #[test]
    fn every_rendition_decodes_to_the_program_at_the_media_time_that_it_is_labelled_with() {
        const CLICK: usize = 123_456;
        let ring = ring_with_click(CLICK);
        for rendition in Rendition::ALL {
            let Some(encoder) = hustings_codec::encoder(rendition) else { continue };
            let mut hot = Hot::begin(rendition, encoder, &ring, false);
            let mut decoder: Box<dyn Decoder> = match rendition.codec() {
                Codec::Opus => Box::new(OpusDecoder::new().unwrap()),
                Codec::Aac => Box::new(AacDecoder::new().unwrap()),
            };
            let mut heard = Vec::new();
            let mut begins = None;
            let mut parts = Vec::new();
            hot.catch_up(&ring, |made| match made {
                Made::Frame(t, packet) => {
                    begins.get_or_insert(t.0);
                    let mut pcm = vec![0.0; 5760];
                    let samples = decoder.decode(&packet, &mut pcm).unwrap();
                    heard.extend_from_slice(&pcm[..samples]);
                }
                Made::Part(part) => parts.push(part),
            });
            let loudest = (0..heard.len()).max_by(|a, b| heard[*a].abs().total_cmp(&heard[*b].abs())).unwrap();
            let off = (begins.unwrap() as usize + loudest) as i64 - CLICK as i64;
            assert!(off.abs() <= 24, "{rendition}: the click is {off} samples away");
            assert!(parts.len() >= 20 && parts.windows(2).all(|w| w[1].number == w[0].number + 1));
        }
    }
}
