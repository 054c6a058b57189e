//! The codecs behind the mixer's two traits: Opus both ways, AAC-LC where the `aac` feature is on.
//!
//! Everything is mono at 48 kHz. Our own Opus is CELT alone, never SILK or hybrid: hybrid mode takes 3 to 5 dB from
//! sibilants, which listeners hear as a lisp. Whatever Opus packet a speaker sends is decoded, in every mode.
//!
//! Of the two pure Rust Opus crates that were tried, `opus-rs` 0.1.40 encodes the same voice 1.4 times as fast as
//! `opus-pure` 0.2.2 (450 against 330 times real time at 48 kbit/s), decodes as fast, keeps sibilants within 0.31 dB at
//! 48 kbit/s and 0.09 dB at 96 (0.79 and 0.05), and neither panicked on 400,000 hostile packets with overflow checks
//! on. Deliberately absent: resampling, containers, timestamps, `unsafe`.

#[cfg(feature = "aac")]
mod aac;
mod opus;
#[cfg(test)]
mod probe;

use hustings_mix::Encoder;
use hustings_vocab::{Codec, Rendition};

#[cfg(feature = "aac")]
pub use aac::{AAC_CONFIG, AacDecoder, AacEncoder};
pub use opus::{OPUS_FRAME_SAMPLES_MAX, OpusDecoder, OpusEncoder, opus_packet_samples};

/// The library refused to set up a codec. It names the codec and the library's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {codec} codec cannot be set up: {reason}")]
pub struct SetupError {
    /// Which codec.
    pub codec: &'static str,
    /// What its library says.
    pub reason: String,
}

/// Whether this build can encode a rendition.
#[must_use]
pub const fn available(rendition: Rendition) -> bool {
    match rendition.codec() {
        Codec::Opus => true,
        Codec::Aac => cfg!(feature = "aac"),
    }
}

/// A fresh encoder of a rendition; `None` if this build has none (see [`available`]).
#[must_use]
pub fn encoder(rendition: Rendition) -> Option<Box<dyn Encoder>> {
    match rendition.codec() {
        Codec::Opus => Some(Box::new(OpusEncoder::new(rendition.bitrate()).ok()?)),
        #[cfg(feature = "aac")]
        Codec::Aac => Some(Box::new(AacEncoder::new(rendition.bitrate()).ok()?)),
        #[cfg(not(feature = "aac"))]
        Codec::Aac => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Noise, roundtrip};
    use hustings_mix::Decoder;

    fn decoder(codec: Codec) -> Option<Box<dyn Decoder>> {
        match codec {
            Codec::Opus => Some(Box::new(OpusDecoder::new().unwrap())),
            #[cfg(feature = "aac")]
            Codec::Aac => Some(Box::new(AacDecoder::new().unwrap())),
            #[cfg(not(feature = "aac"))]
            Codec::Aac => None,
        }
    }

    /// Who is brought to another bitrate at a part hears no seam: what comes out is no further from what was said than the
    /// lower of the two is anyway.
    #[test]
    fn a_listener_moves_between_bitrates_of_a_codec_at_any_part_inaudibly() {
        for codec in [Codec::Opus, Codec::Aac] {
            let Some(_) = decoder(codec) else { continue };
            let size = codec.frame_samples() as usize;
            let source = Noise::new(23).voice(size * 240);
            let same: Vec<_> = Rendition::ALL.into_iter().filter(|r| r.codec() == codec).collect();
            let alone: Vec<_> = same
                .iter()
                .map(|r| roundtrip(&mut *encoder(*r).unwrap(), &mut *decoder(codec).unwrap(), &source))
                .collect();
            for (a, b) in (0..same.len()).flat_map(|a| (0..same.len()).map(move |b| (a, b))).filter(|(a, b)| a != b) {
                let mut listener = decoder(codec).unwrap();
                let mut heard = Vec::new();
                for n in 0..240 {
                    let of = if n / 9 % 2 == 0 { a } else { b };
                    let mut out = [0.0; 5760];
                    let samples = listener.decode(&alone[of].1[n], &mut out).unwrap();
                    heard.extend_from_slice(&out[..samples]);
                }
                let error = |x: &[f32], frame: usize| {
                    let lag = encoder(same[a]).unwrap().delay_samples();
                    let pairs = x[lag + frame * size..].iter().zip(&source[frame * size..]).take(size);
                    (pairs.map(|(x, s)| (x - s).powi(2)).sum::<f32>() / size as f32).sqrt()
                };
                let worst = |x: &[f32]| (20..230).map(|frame| error(x, frame)).fold(0.0, f32::max);
                let anyway = worst(&alone[a].0).max(worst(&alone[b].0));
                let db = 20.0 * (worst(&heard) / anyway).log10();
                assert!(db < 0.5, "{} and {}: a seam is {db:.1} dB above what they lose anyway", same[a], same[b]);
            }
        }
    }

    #[test]
    fn every_available_rendition_has_an_encoder_of_its_codecs_frame() {
        for r in Rendition::ALL {
            let made = encoder(r);
            assert_eq!(made.is_some(), available(r), "{r}");
            if let Some(e) = made {
                assert_eq!(e.frame_samples() as u64, r.codec().frame_samples(), "{r}");
            }
        }
    }
}
