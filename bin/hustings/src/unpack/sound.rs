//! A clip: any common format to what the mixer plays, 16 bits at 48 kHz in one channel, once.
//!
//! Its loudness is brought near that of the voices here and not while it is played: music must not be levelled as speech is.
//! It is raised little, so that a quiet room is not made a loud one, and its peaks stay below full scale.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use hustings_client::{ClientError, decode_within};
use hustings_vocab::{SAMPLE_RATE, limits};

use super::Unpacked;
use crate::failure::Failure;

/// RMS of what sounds in a clip: that of levelled speech.
const TARGET_DB: f32 = -20.0;
/// The most that a clip is raised.
const RAISED_DB_MAX: f32 = 6.0;
/// Peaks, so that a clip and a voice together leave the limiter little to do.
const PEAK_MAX: f32 = 0.708;
/// Length of the blocks that loudness is taken over: 400 ms, as in ITU-R BS.1770.
const BLOCK: usize = SAMPLE_RATE as usize * 2 / 5;
/// Blocks below this are pauses.
const GATE_POWER: f32 = 1e-6;

pub(super) fn unpack(from: &Path, to: &Path) -> Result<Unpacked, Failure> {
    let sound = match decode_within(from, limits::CLIP_SECONDS_MAX as usize) {
        Ok(sound) => sound,
        Err(ClientError::Sound { reason, .. }) => {
            let kinds = "clips are WAV, FLAC, MP3, Ogg or M4A";
            return Ok(Unpacked::Refused(format!("the file cannot be used: {reason}; {kinds}")));
        }
        Err(error) => return Err(error.into()),
    };
    let gain = gain(&sound);
    let mut file = BufWriter::new(File::create(to)?);
    for sample in sound.iter() {
        let level = (sample * gain).clamp(-1.0, 1.0) * f32::from(i16::MAX);
        file.write_all(&(level.round() as i16).to_le_bytes())?;
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Unpacked::Sound { length_ms: sound.len() as u64 * 1000 / u64::from(SAMPLE_RATE) })
}

/// What brings a clip to its place.
fn gain(sound: &[f32]) -> f32 {
    let powers = sound.chunks(BLOCK).map(|block| block.iter().map(|s| s * s).sum::<f32>() / block.len() as f32);
    let (sum, blocks) = powers.filter(|p| *p > GATE_POWER).fold((0.0, 0.0), |(sum, n), p| (sum + p, n + 1.0));
    let peak = sound.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    if blocks == 0.0 || peak == 0.0 {
        return 1.0;
    }
    let db = (TARGET_DB - 10.0 * (sum / blocks).log10()).min(RAISED_DB_MAX);
    10.0_f32.powf(db / 20.0).min(PEAK_MAX / peak)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| amplitude * (n as f32 * 0.05).sin()).collect()
    }

    #[test]
    fn a_loud_clip_is_lowered_a_quiet_one_raised_a_little() {
        let loud = tone(0.9, 96_000);
        let lowered = gain(&loud) * 0.9 / 2.0_f32.sqrt();
        assert!((lowered - 0.1).abs() < 0.005, "{lowered}");
        assert!((gain(&tone(0.01, 96_000)) - 2.0).abs() < 0.01, "6 dB");
        assert_eq!(gain(&[0.0; 1000]), 1.0);
        // A click in a quiet room does not clip.
        let mut click = tone(0.02, 96_000);
        click[5] = 1.0;
        assert!(gain(&click) <= PEAK_MAX);
    }

    #[test]
    fn a_recorded_voice_becomes_a_clip_and_a_text_is_refused() {
        let to = std::env::temp_dir().join(format!("hustings-clip-{}.pcm", std::process::id()));
        let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("voices/first.ogg");
        let Unpacked::Sound { length_ms } = unpack(&voice, &to).unwrap() else { panic!("it is sound") };
        assert_eq!(std::fs::metadata(&to).unwrap().len() / 96, length_ms);
        std::fs::remove_file(&to).unwrap();
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("voices/README.md");
        assert!(matches!(unpack(&text, &to).unwrap(), Unpacked::Refused(why) if why.contains("WAV")));
    }
}
