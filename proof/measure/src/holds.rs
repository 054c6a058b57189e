//! Whether a recording holds a voice: how well seconds of the source are found anywhere in it.
//!
//! Each second is looked for on its own, so that a loop, a late start, drift and another voice above it do not hide it.

use serde::Serialize;

use crate::align::{SECONDS_TRIED, loudest_seconds, peak};
use crate::fourier::{Hay, band};
use crate::{Error, RATE};

const KEEP: usize = 8;
/// How many of the seconds that are found best make the score.
const SECONDS: usize = 3;
/// A voice that is one of three of equal level scores 0.58; one that is not there, 0.15 to 0.35.
pub const HELD: f32 = 0.45;

/// Whether a recording holds a voice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holds {
    /// Mean likeness of the three seconds of the source that are found best, 0 to 1.
    pub score: f32,
    /// Whether that is at least [`HELD`].
    pub holds: bool,
}

/// Looks for `source` in `recording`.
///
/// # Errors
/// [`Error::TooLittle`] if either has less than a second.
pub fn holds(recording: &[f32], source: &[f32]) -> Result<Holds, Error> {
    if source.len() < RATE || recording.len() < RATE {
        return Err(Error::TooLittle("source and recording must each be at least one second long".to_owned()));
    }
    let second = RATE / KEEP;
    let (source, recording) = (band(source, 200.0, 2_000.0, KEEP), band(recording, 200.0, 2_000.0, KEEP));
    let hay = Hay::new(&recording, second);
    let mut found: Vec<f32> = loudest_seconds(&source, second, SECONDS_TRIED)
        .into_iter()
        .map(|at| peak(&hay.likeness(&source[at..at + second])).1)
        .collect();
    if found.is_empty() {
        return Err(Error::TooLittle("the source is silent".to_owned()));
    }
    found.sort_by(|a, b| b.total_cmp(a));
    found.truncate(SECONDS);
    let score = found.iter().sum::<f32>() / found.len() as f32;
    Ok(Holds { score, holds: score >= HELD })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::voice;

    #[test]
    fn a_mix_holds_the_voices_in_it_and_no_other() {
        let voices: Vec<Vec<f32>> = (1..=4).map(|s| voice(s, RATE * 10)).collect();
        let mix: Vec<f32> = (0..RATE * 9).map(|i| voices[0][i + 999] + voices[1][i] * 0.8 + voices[2][i]).collect();
        for v in &voices[..3] {
            assert!(holds(&mix, v).unwrap().holds, "{:?}", holds(&mix, v));
        }
        assert!(!holds(&mix, &voices[3]).unwrap().holds, "{:?}", holds(&mix, &voices[3]));
    }

    #[test]
    fn silence_holds_nothing() {
        assert_eq!(holds(&vec![0.0; RATE * 2], &voice(1, RATE * 2)).unwrap().score, 0.0);
        assert!(holds(&voice(1, RATE * 2), &vec![0.0; RATE * 2]).is_err());
    }
}
