//! Opus (RFC 6716): a decoder of anything, an encoder of CELT frames of 20 ms.
//!
//! The encoder uses the restricted-low-delay application, which has no SILK at all, so that no bitrate and no signal
//! can bring hybrid mode back. It also saves 4 ms: decoded sound lags by 120 samples instead of 312.

use hustings_mix::{BadPacket, Decoder, Encoder};
use hustings_vocab::{SAMPLE_RATE, TICK_SAMPLES};

use crate::SetupError;

/// Samples in the longest packet, 120 ms (RFC 6716, section 3.2.5).
pub const OPUS_FRAME_SAMPLES_MAX: usize = 5760;
/// A decoded sample's largest magnitude. Coded sound overshoots full scale by a dB or two; a forged SILK packet by 40 dB
/// and more, which no limiter after it should have to meet.
const DECODED_PEAK_MAX: f32 = 2.0;
/// Bytes of one encoded frame (RFC 6716, section 3.2.1) with its TOC.
const PACKET_BYTES_MAX: usize = 1276;
/// Decoded sound lags by the overlap of the CELT window: 2.5 ms.
const DELAY_SAMPLES: usize = 120;

/// Samples at 48 kHz that a packet holds, from its first two bytes; `None` if it is not a packet.
#[must_use]
pub fn opus_packet_samples(packet: &[u8]) -> Option<usize> {
    let toc = *packet.first()?;
    let config = usize::from(toc >> 3);
    let frame = match config {
        0..=11 => [480, 960, 1920, 2880][config & 3],
        12..=15 => [480, 960][config & 1],
        _ => [120, 240, 480, 960][config & 3],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(*packet.get(1)? & 0x3f),
    };
    let samples = frame * frames;
    (frames > 0 && samples <= OPUS_FRAME_SAMPLES_MAX).then_some(samples)
}

/// Decodes any Opus packet, mono or stereo and of every mode and length, to mono.
pub struct OpusDecoder(opus_rs::OpusDecoder);

impl OpusDecoder {
    /// A decoder that has heard nothing.
    ///
    /// # Errors
    /// [`SetupError`] if the library refuses 48 kHz mono, which no known version does.
    pub fn new() -> Result<Self, SetupError> {
        opus_rs::OpusDecoder::new(SAMPLE_RATE as i32, 1).map(Self).map_err(setup)
    }
}

impl Decoder for OpusDecoder {
    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, BadPacket> {
        let samples = opus_packet_samples(packet).ok_or(BadPacket)?;
        let out = out.get_mut(..samples).ok_or(BadPacket)?;
        let decoded = self.0.decode(packet, samples, out).map_err(|_| BadPacket)?;
        tame(out);
        Ok(decoded.min(samples))
    }

    fn conceal(&mut self, out: &mut [f32]) {
        let samples = out.len();
        if self.0.decode(&[], samples, out).is_err() {
            out.fill(0.0);
        }
        tame(out);
    }
}

/// Encodes mono frames of 20 ms with CELT over the full band, at a variable rate around its target.
pub struct OpusEncoder {
    inner: opus_rs::OpusEncoder,
    frame: Box<[f32; TICK_SAMPLES]>,
    packet: Box<[u8; PACKET_BYTES_MAX]>,
}

impl OpusEncoder {
    /// An encoder of about `bitrate` bit/s. Between 24,000 and 96,000 sibilants stay within half a dB.
    ///
    /// # Errors
    /// [`SetupError`] if the library refuses 48 kHz mono, which no known version does.
    pub fn new(bitrate: u32) -> Result<Self, SetupError> {
        let low_delay = opus_rs::Application::RestrictedLowDelay;
        let mut inner = opus_rs::OpusEncoder::new(SAMPLE_RATE as i32, 1, low_delay).map_err(setup)?;
        inner.bitrate_bps = bitrate.min(510_000) as i32;
        Ok(Self { inner, frame: Box::new([0.0; TICK_SAMPLES]), packet: Box::new([0; PACKET_BYTES_MAX]) })
    }
}

impl Encoder for OpusEncoder {
    fn frame_samples(&self) -> usize {
        TICK_SAMPLES
    }

    fn delay_samples(&self) -> usize {
        DELAY_SAMPLES
    }

    fn encode(&mut self, frame: &[f32], out: &mut Vec<u8>) {
        debug_assert_eq!(frame.len(), TICK_SAMPLES, "one frame is 20 ms");
        for (to, from) in self.frame.iter_mut().zip(frame) {
            *to = if from.is_nan() { 0.0 } else { from.clamp(-1.0, 1.0) };
        }
        match self.inner.encode(&self.frame[..], TICK_SAMPLES, &mut self.packet[..]) {
            Ok(bytes) => out.extend_from_slice(&self.packet[..bytes]),
            // The arguments above are always valid. A packet of the TOC alone (CELT, full band, 20 ms, mono) is one lost
            // frame to every decoder, so that time goes on.
            Err(_) => out.push(31 << 3),
        }
    }
}

fn tame(samples: &mut [f32]) {
    for s in samples {
        *s = if s.is_nan() { 0.0 } else { s.clamp(-DECODED_PEAK_MAX, DECODED_PEAK_MAX) };
    }
}

fn setup(reason: &'static str) -> SetupError {
    SetupError { codec: "Opus", reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Noise, assert_sibilants_within, lag_of, roundtrip};

    #[test]
    fn decoded_sound_lags_by_exactly_the_delay_that_is_stated() {
        for bitrate in [24_000, 48_000, 96_000] {
            let (mut e, mut d) = (OpusEncoder::new(bitrate).unwrap(), OpusDecoder::new().unwrap());
            let source = Noise::new(7).chirps(48_000 * 2);
            let (heard, _) = roundtrip(&mut e, &mut d, &source);
            assert_eq!(lag_of(&heard, &source, 4096), e.delay_samples());
        }
    }

    #[test]
    fn every_packet_is_full_band_celt_of_twenty_milliseconds_at_about_its_bitrate() {
        for bitrate in [24_000, 48_000, 64_000, 96_000] {
            let (mut e, mut d) = (OpusEncoder::new(bitrate).unwrap(), OpusDecoder::new().unwrap());
            let source = Noise::new(3).voice(48_000 * 4);
            let (_, packets) = roundtrip(&mut e, &mut d, &source);
            assert!(packets.iter().all(|p| p[0] >> 3 == 31 && p[0] & 7 == 0), "config 31, mono, one frame");
            assert!(packets.iter().all(|p| opus_packet_samples(p) == Some(960)));
            let mean = packets.iter().map(Vec::len).sum::<usize>() as f64 * 8.0 / 4.0;
            assert!((0.8..1.15).contains(&(mean / f64::from(bitrate))), "{mean} for {bitrate}");
        }
    }

    #[test]
    fn sibilants_stay_within_half_a_decibel() {
        for bitrate in [24_000, 48_000, 96_000] {
            let (mut e, mut d) = (OpusEncoder::new(bitrate).unwrap(), OpusDecoder::new().unwrap());
            let source = Noise::new(11).voice(48_000 * 4);
            let (heard, _) = roundtrip(&mut e, &mut d, &source);
            assert_sibilants_within(&source, &heard[e.delay_samples()..], 0.5);
        }
    }

    #[test]
    fn a_stereo_packet_is_heard_in_mono() {
        let mut stereo = opus_rs::OpusEncoder::new(48_000, 2, opus_rs::Application::Audio).unwrap();
        stereo.bitrate_bps = 128_000;
        let mut decoder = OpusDecoder::new().unwrap();
        let mut energy = 0.0;
        for frame in 0..20 {
            let pcm: Vec<f32> =
                (0..1920).map(|i| (((frame * 960 + i / 2) as f32) * 440.0 * 0.000_130_9).sin() * 0.5).collect();
            let mut packet = [0; 1500];
            let n = stereo.encode(&pcm, 960, &mut packet).unwrap();
            assert_eq!(packet[0] & 4, 4, "a stereo packet");
            let mut out = [0.0; OPUS_FRAME_SAMPLES_MAX];
            assert_eq!(decoder.decode(&packet[..n], &mut out), Ok(960));
            energy = out[..960].iter().map(|s| s * s).sum::<f32>() / 960.0;
        }
        assert!((energy - 0.125).abs() < 0.02, "a sine of 0.5 in both channels has a power of 0.125, not {energy}");
    }

    #[test]
    fn a_lost_packet_is_concealed_by_sound_like_what_came_before() {
        let (mut e, mut d) = (OpusEncoder::new(64_000).unwrap(), OpusDecoder::new().unwrap());
        let tone: Vec<f32> = (0..960 * 20).map(|i| ((i as f32) * 0.03).sin() * 0.4).collect();
        roundtrip(&mut e, &mut d, &tone);
        let mut out = [9.0; 960];
        d.conceal(&mut out);
        let power = out.iter().map(|s| s * s).sum::<f32>() / 960.0;
        assert!((0.02..0.12).contains(&power), "{power}");
        for _ in 0..100 {
            d.conceal(&mut out);
        }
        let power = out.iter().map(|s| s * s).sum::<f32>() / 960.0;
        assert!(power < 0.001, "a long loss fades by 20 dB, not to {power}");
        d.conceal(&mut out[..120]);
    }

    #[test]
    fn a_hundred_thousand_hostile_packets_neither_panic_nor_blast_nor_wedge_the_decoder() {
        let mut noise = Noise::new(0xBAD);
        let mut d = OpusDecoder::new().unwrap();
        let mut e = OpusEncoder::new(64_000).unwrap();
        let good = noise.voice(960 * 50);
        let mut out = [0.0; OPUS_FRAME_SAMPLES_MAX];
        let (mut accepted, mut refused) = (0u32, 0u32);
        for i in 0..100_000usize {
            let mut packet = Vec::new();
            match noise.below(3) {
                0 => packet = noise.bytes(200),
                1 => packet = noise.bytes(1400),
                _ => e.encode(&good[i % 50 * 960..][..960], &mut packet),
            }
            for _ in 0..noise.below(6) {
                if !packet.is_empty() {
                    let at = noise.below(packet.len());
                    packet[at] ^= 1 << noise.below(8);
                }
            }
            if noise.below(8) == 0 {
                d.conceal(&mut out[..[120, 240, 480, 960][i % 4]]);
            }
            match d.decode(&packet, &mut out) {
                Ok(n) => {
                    accepted += 1;
                    assert!(n <= out.len() && out[..n].iter().all(|s| s.abs() <= DECODED_PEAK_MAX), "packet {i}");
                }
                Err(BadPacket) => refused += 1,
            }
        }
        assert!(accepted > 10_000 && refused > 1_000, "{accepted} accepted, {refused} refused");
        let (heard, _) = roundtrip(&mut e, &mut d, &good);
        assert!(heard[960 * 25..].iter().map(|s| s * s).sum::<f32>() > 1.0, "it still decodes");
    }

    #[test]
    fn an_encoder_survives_samples_that_are_no_numbers() {
        let (mut e, mut d) = (OpusEncoder::new(48_000).unwrap(), OpusDecoder::new().unwrap());
        let mut frame = [f32::NAN; 960];
        frame[3] = f32::INFINITY;
        let (heard, _) = roundtrip(&mut e, &mut d, &frame.repeat(3));
        assert!(heard.iter().all(|s| s.is_finite()));
    }
}
