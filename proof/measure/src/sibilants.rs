//! The lisp, in signed dB: on frames in which more than 30 % of the source's energy lies between 4 and 12 kHz, the
//! recording's energy in three bands against the source's.

use serde::Serialize;

use crate::align::{Alignment, Block};
use crate::fourier::{Complex, Direction, hann, transform};
use crate::{Error, RATE};

/// 21 ms, with a hop of half of it.
const FRAME: usize = 1024;
/// A frame counts if it is not 45 dB below the loudest: quieter ones are room noise.
const QUIET: f64 = 3.2e-5;
/// The bands, in Hz.
pub const BANDS: [(f64, f64); 3] = [(4_000.0, 8_000.0), (8_000.0, 12_000.0), (12_000.0, 16_000.0)];
/// The band by which the two are brought to one level.
const LEVEL: (f64, f64) = (300.0, 3_000.0);

/// What became of sibilants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sibilants {
    /// Sibilant frames that were compared.
    pub frames: usize,
    /// The recording's delay against the source in milliseconds, from their first samples.
    pub lag_ms: f64,
    /// The recording's level against the source's, 300 to 3,000 Hz.
    pub gain_db: f64,
    /// Gain or loss in each band once that level is taken out.
    pub bands: Vec<BandChange>,
}

/// Gain or loss in one band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandChange {
    /// Lower edge.
    pub from_hz: u32,
    /// Upper edge.
    pub to_hz: u32,
    /// Signed dB; negative is a loss.
    pub db: f64,
}

impl Sibilants {
    /// Whether 4–8 and 8–12 kHz are within `db` of the source.
    #[must_use]
    pub fn within(&self, db: f64) -> bool {
        self.bands.iter().filter(|b| b.to_hz <= 12_000).all(|b| b.db.abs() <= db)
    }
}

/// Compares an aligned recording with its source.
///
/// # Errors
/// [`Error::TooLittle`] with fewer than ten sibilant frames.
pub fn compare(source: &[f32], recording: &[f32], alignment: &Alignment) -> Result<Sibilants, Error> {
    let window = hann(FRAME);
    let loudest = frames(alignment).map(|f| energy(&source[f.0..f.0 + FRAME])).fold(0.0, f64::max);
    let level = |b: &Block| {
        let mut sum = [0.0; 2];
        for (s, r) in frames_of(b) {
            let [a, b] = spectra(&source[s..s + FRAME], &recording[r..r + FRAME], &window);
            sum[0] += power(&a, LEVEL);
            sum[1] += power(&b, LEVEL);
        }
        sum
    };
    let levels: Vec<[f64; 2]> = alignment.blocks.iter().map(level).collect();
    let total = levels.iter().fold([0.0; 2], |t, l| [t[0] + l[0], t[1] + l[1]]);
    if total[0] <= 0.0 || total[1] <= 0.0 {
        return Err(Error::TooLittle("there is no voice between 300 and 3,000 Hz to compare levels by".to_owned()));
    }
    let overall = total[1] / total[0];
    let mean = total[0] / levels.len() as f64;
    let (mut before, mut after, mut count) = ([0.0; 3], [0.0; 3], 0);
    for (block, l) in alignment.blocks.iter().zip(&levels) {
        // A second with hardly any voice says little of its own about the level.
        let gain = if l[0] > 0.1 * mean && l[1] > 0.0 { l[1] / l[0] } else { overall };
        for (s, r) in frames_of(block) {
            let x = &source[s..s + FRAME];
            if energy(x) < QUIET * loudest {
                continue;
            }
            let [a, b] = spectra(x, &recording[r..r + FRAME], &window);
            if power(&a, (4_000.0, 12_000.0)) < 0.3 * power(&a, (50.0, 24_000.0)) {
                continue;
            }
            count += 1;
            for (i, edges) in BANDS.iter().enumerate() {
                before[i] += power(&a, *edges);
                after[i] += power(&b, *edges) / gain;
            }
        }
    }
    if count < 10 {
        return Err(Error::TooLittle(format!("only {count} sibilant frames; at least 10 are needed")));
    }
    let bands = BANDS.iter().enumerate().map(|(i, (lo, hi))| BandChange {
        from_hz: *lo as u32,
        to_hz: *hi as u32,
        db: decibels(after[i] / before[i].max(1e-12)),
    });
    Ok(Sibilants {
        frames: count,
        lag_ms: alignment.lag as f64 * 1000.0 / RATE as f64,
        gain_db: decibels(overall),
        bands: bands.collect(),
    })
}

/// Ten times the decimal logarithm, to a hundredth, never below −120.
pub(crate) fn decibels(ratio: f64) -> f64 {
    (10.0 * ratio.max(1e-12).log10() * 100.0).round() / 100.0
}

fn frames(alignment: &Alignment) -> impl Iterator<Item = (usize, usize)> {
    alignment.blocks.iter().flat_map(frames_of)
}

fn frames_of(b: &Block) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (s, r, last) = (b.source, b.recording, b.len.saturating_sub(FRAME));
    (0..=last).step_by(FRAME / 2).map(move |o| (s + o, r + o))
}

fn energy(x: &[f32]) -> f64 {
    x.iter().map(|s| f64::from(*s).powi(2)).sum()
}

/// Both spectra by one transform: real signals share it as its even and odd halves.
fn spectra(x: &[f32], y: &[f32], window: &[f32]) -> [Vec<f64>; 2] {
    let mut z: Vec<Complex> =
        x.iter().zip(y).zip(window).map(|((x, y), w)| Complex { re: f64::from(x * w), im: f64::from(y * w) }).collect();
    transform(&mut z, Direction::Forward);
    let n = z.len();
    let half = |sign: f64| {
        (0..n / 2)
            .map(|k| {
                let (p, q) = (z[k], z[(n - k) % n]);
                let (re, im) = (p.re + sign * q.re, p.im - sign * q.im);
                (re * re + im * im) / 4.0
            })
            .collect()
    };
    [half(1.0), half(-1.0)]
}

fn power(spectrum: &[f64], (from, to): (f64, f64)) -> f64 {
    let bin = RATE as f64 / FRAME as f64;
    spectrum[(from / bin).ceil() as usize..((to / bin) as usize).min(spectrum.len())].iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::align;
    use crate::fourier::band;
    use crate::voice::voice;

    fn change(recording: &[f32]) -> Sibilants {
        let source = voice(1, RATE * 6);
        compare(&source, recording, &align(&source, recording).unwrap()).unwrap()
    }

    #[test]
    fn a_faithful_recording_at_another_level_changes_nothing() {
        let recording: Vec<f32> = voice(1, RATE * 6).iter().map(|s| s * 0.25).collect();
        let s = change(&recording);
        assert!(s.within(0.01), "{s:?}");
        assert!((s.gain_db + 12.04).abs() < 0.1, "{s:?}");
    }

    #[test]
    fn levelling_over_seconds_is_not_taken_for_a_lisp() {
        let recording: Vec<f32> =
            voice(1, RATE * 6).iter().enumerate().map(|(i, s)| s * (0.2 + i as f32 / 600_000.0)).collect();
        assert!(change(&recording).within(0.4), "{:?}", change(&recording));
    }

    #[test]
    fn a_lisp_of_four_decibels_is_seen_with_its_sign_and_band() {
        let source = voice(1, RATE * 6);
        let hurt = band(&source, 4_000.0, 8_000.0, 1);
        let recording: Vec<f32> = source.iter().zip(hurt).map(|(s, b)| s - b * 0.369).collect();
        let s = change(&recording);
        assert!((s.bands[0].db + 4.0).abs() < 0.3, "{s:?}");
        assert!(s.bands[1].db.abs() < 0.3, "{s:?}");
        assert!(!s.within(1.0));
    }

    #[test]
    fn a_voice_cut_at_eight_kilohertz_does_not_pass() {
        let s = change(&band(&voice(1, RATE * 6), 0.0, 8_000.0, 1));
        assert!(s.bands[1].db < -20.0, "{s:?}");
    }
}
