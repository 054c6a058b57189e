//! Sound from files: any common format to mono at 48 kHz, and to Opus packets once for many speakers.

mod resample;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use hustings_codec::{OPUS_FRAME_SAMPLES_MAX, OpusDecoder, OpusEncoder};
use hustings_mix::{Decoder as _, Encoder as _};
use hustings_vocab::{SAMPLE_RATE, TICK_SAMPLES, limits};
use symphonia::core::audio::SampleBuffer;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::ClientError;
use crate::media::{Demux, Ogg};

/// Seconds that a file may have: two hours, 1.4 GB of memory at 48 kHz.
const SECONDS_MAX: usize = 2 * 3600;

/// Decodes a file to mono at 48 kHz. It blocks: call it outside of the runtime's threads if the file is long.
///
/// # Errors
/// [`ClientError::File`] or [`ClientError::Sound`].
pub fn decode_file(path: &Path) -> Result<Arc<[f32]>, ClientError> {
    decode_within(path, SECONDS_MAX)
}

/// The same of a file that may not be longer than so many seconds, which is seen while it is decoded.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_within(path: &Path, seconds_max: usize) -> Result<Arc<[f32]>, ClientError> {
    let wrong = |reason: String| ClientError::Sound { path: path.to_owned(), reason };
    let (sound, rate) = match ogg_opus(path, seconds_max)? {
        Some(sound) => (sound.map_err(wrong)?, SAMPLE_RATE),
        None => symphonia(path, seconds_max)?.map_err(wrong)?,
    };
    if sound.is_empty() {
        return Err(wrong("it holds no sound".to_owned()));
    }
    Ok(if rate == SAMPLE_RATE { sound.into() } else { resample::to_48k(&sound, rate).into() })
}

/// Encodes sound to CELT packets of 20 ms, the last one padded with silence: once, for any number of speakers.
///
/// # Errors
/// [`ClientError::Codec`].
pub fn encode(sound: &[f32], bitrate: u32) -> Result<Arc<[Bytes]>, ClientError> {
    let mut encoder = OpusEncoder::new(bitrate)?;
    let mut padded = [0.0; TICK_SAMPLES];
    Ok(sound
        .chunks(TICK_SAMPLES)
        .map(|frame| {
            padded[..frame.len()].copy_from_slice(frame);
            padded[frame.len()..].fill(0.0);
            let mut packet = Vec::with_capacity(300);
            encoder.encode(&padded, &mut packet);
            packet.into()
        })
        .collect())
}

type Outcome<T> = Result<T, String>;

/// The sound of an Ogg Opus file, which symphonia does not decode; `None` if it is another format.
fn ogg_opus(path: &Path, seconds_max: usize) -> Result<Option<Outcome<Vec<f32>>>, ClientError> {
    let bytes = std::fs::read(path).map_err(|source| ClientError::File { path: path.to_owned(), source })?;
    let begins = &bytes[..bytes.len().min(64)];
    if !begins.starts_with(b"OggS") || !begins.windows(8).any(|w| w == b"OpusHead") {
        return Ok(None);
    }
    let (mut ogg, mut decoder, mut sound) = (Ogg::default(), OpusDecoder::new()?, Vec::new());
    ogg.push(&bytes);
    let mut end = None;
    loop {
        match ogg.next() {
            Ok(Some(chunk)) => {
                let mut out = [0.0; OPUS_FRAME_SAMPLES_MAX];
                for frame in &chunk.frames {
                    match decoder.decode(frame, &mut out) {
                        Ok(n) => sound.extend_from_slice(&out[..n]),
                        Err(_) => return Ok(Some(Err("a packet of it does not decode".to_owned()))),
                    }
                }
                if sound.len() > seconds_max * SAMPLE_RATE as usize {
                    return Ok(Some(Err(too_long(seconds_max))));
                }
                end = Some(chunk.start + chunk.samples);
            }
            Ok(None) => break,
            Err(reason) => return Ok(Some(Err(reason))),
        }
    }
    let skip = ogg.head().map_or(0, |h| h.pre_skip).min(sound.len());
    // A granule position less than what was decoded says where the sound ends.
    if let Some(end) = end.and_then(|e| usize::try_from(e).ok()) {
        sound.truncate(end.max(skip));
    }
    sound.drain(..skip);
    Ok(Some(Ok(sound)))
}

fn symphonia(path: &Path, seconds_max: usize) -> Result<Outcome<(Vec<f32>, u32)>, ClientError> {
    let file = File::open(path).map_err(|source| ClientError::File { path: path.to_owned(), source })?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let options = FormatOptions { enable_gapless: true, ..FormatOptions::default() };
    let probed = symphonia::default::get_probe().format(&hint, stream, &options, &MetadataOptions::default());
    Ok(match probed {
        Ok(probed) => decode(probed.format, seconds_max),
        Err(e) => Err(e.to_string()),
    })
}

fn decode(mut format: Box<dyn FormatReader>, seconds_max: usize) -> Outcome<(Vec<f32>, u32)> {
    let track = format.default_track().ok_or("it has no track of sound")?;
    let id = track.id;
    let mut decoder =
        symphonia::default::get_codecs().make(&track.codec_params, &Default::default()).map_err(|e| e.to_string())?;
    let (mut sound, mut rate) = (Vec::new(), None);
    let mut buffer: Option<SampleBuffer<f32>> = None;
    loop {
        let packet = match format.next_packet() {
            Ok(packet) => packet,
            Err(SymphoniaError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(e.to_string()),
        };
        if packet.track_id() != id {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            // One bad packet is a click, not the end of the file.
            Err(SymphoniaError::DecodeError(_)) => continue,
            Err(e) => return Err(e.to_string()),
        };
        let (spec, frames) = (*decoded.spec(), decoded.capacity() as u64);
        let channels = spec.channels.count().max(1);
        if *rate.get_or_insert(spec.rate) != spec.rate {
            return Err("its sample rate changes within".to_owned());
        }
        if !(limits::CLIP_RATE_MIN..=limits::CLIP_RATE_MAX).contains(&spec.rate) {
            let (least, most) = (limits::CLIP_RATE_MIN, limits::CLIP_RATE_MAX);
            return Err(format!("it has {} samples a second, and {least} to {most} are read", spec.rate));
        }
        let samples = match &mut buffer {
            Some(b) if b.capacity() >= frames as usize * channels => b,
            slot => slot.insert(SampleBuffer::new(frames, spec)),
        };
        samples.copy_interleaved_ref(decoded);
        sound.extend(samples.samples().chunks_exact(channels).map(|f| f.iter().sum::<f32>() / channels as f32));
        if sound.len() > seconds_max * spec.rate as usize {
            return Err(too_long(seconds_max));
        }
    }
    Ok((sound, rate.ok_or("it holds no sound")?))
}

fn too_long(seconds_max: usize) -> String {
    format!("it is longer than {} minutes", seconds_max / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voices_of_the_demo_decode_to_sound() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bin/hustings/voices/first.ogg");
        let sound = decode_file(&path).unwrap();
        assert!((40..50).contains(&(sound.len() / SAMPLE_RATE as usize)), "{}", sound.len());
        assert!(sound.iter().any(|s| s.abs() > 0.1) && sound.iter().all(|s| s.abs() < 1.1));
    }

    #[test]
    fn what_is_no_sound_is_refused_in_one_line() {
        let own = Path::new(file!()).file_name().map(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sound.rs"));
        let e = decode_file(&own.unwrap()).unwrap_err().to_string();
        assert!(e.contains("WAV, FLAC") && !e.contains('\n'), "{e}");
        assert!(decode_file(Path::new("/nonexistent.wav")).is_err());
    }

    /// AAC as our encoder makes it, decoded by a library that is not the encoder's.
    #[cfg(feature = "aac")]
    #[test]
    fn another_decoder_hears_aac_as_late_as_the_encoder_says() {
        let mut encoder = hustings_codec::AacEncoder::new(96_000).unwrap();
        let mut packager = hustings_pack::Packager::new(hustings_vocab::Rendition::Aac96, false);
        let chirp = |i: usize| (i as f32 * i as f32 * 1e-5).sin() * 0.5;
        let source: Vec<f32> =
            (0..1024 * 72).map(|i| if i % 20_000 < 4_000 { chirp(i % 20_000) } else { 0.0 }).collect();
        let mut file = Vec::new();
        for (i, frame) in source.chunks_exact(1024).enumerate() {
            let mut packet = Vec::new();
            encoder.encode(frame, &mut packet);
            let part = packager.push(hustings_vocab::MediaTime(i as u64 * 1024), &packet);
            file.extend(part.map_or(Vec::new(), |p| p.raw.to_vec()));
        }
        let path = std::env::temp_dir().join(format!("hustings-lag-{}.aac", std::process::id()));
        std::fs::write(&path, file).unwrap();
        let heard = decode_file(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let like = |lag: usize| source[..60_000].iter().zip(&heard[lag..]).map(|(a, b)| a * b).sum::<f32>();
        let lag = (0..4096).max_by(|a, b| like(*a).total_cmp(&like(*b))).unwrap();
        assert_eq!(lag, encoder.delay_samples());
    }

    #[test]
    fn packets_are_made_once_for_many() {
        let packets = encode(&[0.1; 1000], 96_000).unwrap();
        assert_eq!(packets.len(), 2);
        assert!(packets.iter().all(|p| p[0] >> 3 == 31));
    }
}
