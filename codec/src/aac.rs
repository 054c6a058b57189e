//! MPEG-4 AAC-LC by the Fraunhofer FDK library: an encoder for the rendition, a decoder for clients and tests.
//!
//! Frames are raw (no ADTS): the packager writes the header where a container needs one.

use fdk_aac::dec::{Decoder as FdkDecoder, Transport as DecTransport};
use fdk_aac::enc::{AudioObjectType, BitRate, ChannelMode, Encoder as FdkEncoder, EncoderParams, Transport};
use hustings_mix::{BadPacket, Decoder, Encoder};
use hustings_vocab::SAMPLE_RATE;

use crate::SetupError;

/// `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1) of every frame we make: AAC-LC, 48 kHz, mono, 1,024 samples.
pub const AAC_CONFIG: [u8; 2] = [0x11, 0x88];
/// Samples in one frame.
const FRAME_SAMPLES: usize = 1024;
/// Decoded sound lags by the encoder's look-ahead and the window's overlap, two frames in this configuration.
const DELAY_SAMPLES: usize = 2048;
/// Bytes of one frame: 6,144 bits for each channel (ISO/IEC 14496-3, 4.5.3.2).
const FRAME_BYTES_MAX: usize = 768;
/// Channels the FDK decoder may write before it mixes down; its buffer must hold them all.
const CHANNELS_MAX: usize = 8;

/// Encodes mono frames of 1,024 samples at a constant rate with a bit reservoir.
#[derive(Debug)]
pub struct AacEncoder {
    inner: FdkEncoder,
    frame: Box<[i16; FRAME_SAMPLES]>,
    last: Vec<u8>,
}

impl AacEncoder {
    /// An encoder of `bitrate` bit/s.
    ///
    /// # Errors
    /// [`SetupError`] if the library refuses the bitrate or has no memory.
    pub fn new(bitrate: u32) -> Result<Self, SetupError> {
        let inner = FdkEncoder::new(EncoderParams {
            bit_rate: BitRate::Cbr(bitrate),
            sample_rate: SAMPLE_RATE,
            transport: Transport::Raw,
            channels: ChannelMode::Mono,
            audio_object_type: AudioObjectType::Mpeg4LowComplexity,
        })
        .map_err(|e| setup(&e.to_string()))?;
        Ok(Self { inner, frame: Box::new([0; FRAME_SAMPLES]), last: Vec::new() })
    }
}

impl Encoder for AacEncoder {
    fn frame_samples(&self) -> usize {
        FRAME_SAMPLES
    }

    fn delay_samples(&self) -> usize {
        DELAY_SAMPLES
    }

    fn encode(&mut self, frame: &[f32], out: &mut Vec<u8>) {
        debug_assert_eq!(frame.len(), FRAME_SAMPLES, "one frame is 1,024 samples");
        for (to, from) in self.frame.iter_mut().zip(frame) {
            // A cast of NaN is 0.
            *to = (from.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        }
        let mut packet = [0; FRAME_BYTES_MAX];
        if let Ok(made) = self.inner.encode(&self.frame[..], &mut packet)
            && made.output_size > 0
        {
            self.last.clear();
            self.last.extend_from_slice(&packet[..made.output_size]);
        }
        // Every call with a whole frame yields one. Should the library ever refuse, the last frame again keeps time.
        out.extend_from_slice(&self.last);
    }
}

/// Decodes raw AAC frames to mono.
///
/// The library holds sound back for its own concealment and peak limiter (1,744 samples). That much is cut from the
/// front, so that what comes out is what a decoder that trims nothing would give: the first two packets yield 0 and 304
/// samples, every later one 1,024.
#[derive(Debug)]
pub struct AacDecoder {
    inner: FdkDecoder,
    pcm: Vec<i16>,
    /// Samples that came out so far, as long as they are not more than the library holds back.
    cut: usize,
}

impl AacDecoder {
    /// A decoder for streams with [`AAC_CONFIG`].
    ///
    /// # Errors
    /// [`SetupError`] if the library refuses the configuration or has no memory.
    pub fn new() -> Result<Self, SetupError> {
        Self::with_config(&AAC_CONFIG)
    }

    /// A decoder for streams with another `AudioSpecificConfig`; the sound must be at 48 kHz.
    ///
    /// # Errors
    /// [`SetupError`] if the library does not take the configuration.
    pub fn with_config(config: &[u8]) -> Result<Self, SetupError> {
        let mut inner = FdkDecoder::new(DecTransport::Raw);
        inner.config_raw(config).map_err(|e| setup(e.message()))?;
        inner.set_max_output_channels(1).map_err(|e| setup(e.message()))?;
        Ok(Self { inner, pcm: vec![0; FRAME_SAMPLES * CHANNELS_MAX], cut: 0 })
    }
}

impl Decoder for AacDecoder {
    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, BadPacket> {
        let taken = self.inner.fill(packet).map_err(|_| BadPacket)?;
        if taken != packet.len() || packet.is_empty() {
            return Err(BadPacket);
        }
        self.inner.decode_frame(&mut self.pcm).map_err(|_| BadPacket)?;
        let samples = self.inner.decoded_frame_size().min(self.pcm.len());
        let held_back = self.inner.stream_info().outputDelay as usize;
        let cut = held_back.saturating_sub(self.cut).min(samples);
        self.cut += cut;
        let out = out.get_mut(..samples - cut).ok_or(BadPacket)?;
        for (to, from) in out.iter_mut().zip(&self.pcm[cut..]) {
            *to = f32::from(*from) / 32_768.0;
        }
        Ok(out.len())
    }

    fn conceal(&mut self, out: &mut [f32]) {
        // Only clients decode AAC, over reliable transports: a hole is shown as silence, never painted over.
        out.fill(0.0);
    }
}

fn setup(reason: &str) -> SetupError {
    SetupError { codec: "AAC", reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Noise, assert_sibilants_within, lag_of, roundtrip};

    #[test]
    fn decoded_sound_lags_by_exactly_the_delay_that_is_stated() {
        for bitrate in [48_000, 96_000] {
            let (mut e, mut d) = (AacEncoder::new(bitrate).unwrap(), AacDecoder::new().unwrap());
            let source = Noise::new(7).chirps(1024 * 94);
            let (heard, packets) = roundtrip(&mut e, &mut d, &source);
            assert!(packets.iter().all(|p| !p.is_empty()), "one frame out for each frame in");
            assert_eq!(packets.len(), 94);
            assert_eq!(lag_of(&heard, &source, 4096), e.delay_samples());
            assert_eq!(e.inner.info().unwrap().nDelay as usize, e.delay_samples(), "and the library says so");
        }
    }

    #[test]
    fn the_stated_configuration_is_the_encoders_own() {
        for bitrate in [48_000, 96_000] {
            let info = AacEncoder::new(bitrate).unwrap().inner.info().unwrap();
            assert_eq!(info.confBuf[..info.confSize as usize], AAC_CONFIG);
            assert_eq!(info.frameLength as usize, FRAME_SAMPLES);
        }
    }

    #[test]
    fn sibilants_stay_within_half_a_decibel() {
        // At 48 kbit/s the library gives 8 to 12 kHz half a decibel less: half of what nobody may lose.
        for (bitrate, within) in [(48_000, 0.6), (96_000, 0.5)] {
            let (mut e, mut d) = (AacEncoder::new(bitrate).unwrap(), AacDecoder::new().unwrap());
            let source = Noise::new(11).voice(1024 * 188);
            let (heard, _) = roundtrip(&mut e, &mut d, &source);
            assert_sibilants_within(&source, &heard[e.delay_samples()..], within);
        }
    }

    #[test]
    fn hostile_frames_are_refused_or_decoded_but_never_end_the_decoder() {
        let mut noise = Noise::new(5);
        let mut d = AacDecoder::new().unwrap();
        let mut out = [0.0; 5760];
        for _ in 0..20_000 {
            let packet = noise.bytes(700);
            let _ = d.decode(&packet, &mut out);
        }
        let mut e = AacEncoder::new(96_000).unwrap();
        let voice = noise.voice(1024 * 20);
        let (heard, _) = roundtrip(&mut e, &mut d, &voice);
        assert!(heard.iter().map(|s| s * s).sum::<f32>() > 1.0, "it still decodes");
    }
}
