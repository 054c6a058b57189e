//! What was missing: 20 ms frames in which the recording has far less, or far more, than the source, while the source
//! is not silent.
//!
//! The recording must hold nothing but the source: another voice above it is a burst. Good concealment passes, since it
//! sounds like what it replaces; muting, repeating into silence and bursts do not.

use serde::Serialize;

use crate::RATE;
use crate::align::Alignment;

/// 20 ms.
const FRAME: usize = RATE / 50;
/// A frame of the source is active when it is at most 35 dB below the loudest.
const ACTIVE: f64 = 3.2e-4;
/// A frame is a glitch when it deviates by 15 dB, once the second's own level is taken out.
const DEVIATION: f64 = 31.6;
/// Exact zeros in a row that no acoustic signal has: 3 ms.
const ZEROS: usize = RATE * 3 / 1000;
/// The alignment is held to be exact to two of these, 10 ms, for them.
const SLACK: isize = RATE as isize / 200;

/// What was missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gaps {
    /// Seconds that were compared.
    pub seconds: usize,
    /// Seconds with at least one glitch.
    pub glitch_seconds: usize,
    /// The same in percent.
    pub glitch_seconds_percent: f64,
    /// Active frames of 20 ms that were compared.
    pub frames: usize,
    /// Those that deviate by more than 15 dB.
    pub glitch_frames: usize,
    /// Other frames in which the recording is exactly zero for 3 ms or more while the source is active.
    pub dropouts: usize,
    /// Where each glitch is, in seconds of the recording; at most 100.
    pub at: Vec<f64>,
}

/// Compares an aligned recording with its source.
#[must_use]
pub fn find(source: &[f32], recording: &[f32], alignment: &Alignment) -> Gaps {
    let loudest = source.chunks_exact(FRAME).map(energy).fold(0.0, f64::max);
    let mut out = Gaps {
        seconds: alignment.blocks.len(),
        glitch_seconds: 0,
        glitch_seconds_percent: 0.0,
        frames: 0,
        glitch_frames: 0,
        dropouts: 0,
        at: Vec::new(),
    };
    let overall = ratio(source, recording, alignment.blocks.iter().map(|b| (b.source, b.recording, b.len)));
    for b in &alignment.blocks {
        // The median of the frames' own ratios: a gap must not pull down the level that it is judged by.
        let mut own: Vec<f64> = pairs(b.source, b.recording, b.len)
            .filter(|(s, _)| energy(&source[*s..s + FRAME]) > ACTIVE * loudest)
            .map(|(s, r)| energy(&recording[r..r + FRAME]) / energy(&source[s..s + FRAME]))
            .collect();
        own.sort_by(f64::total_cmp);
        let median = own.get(own.len() / 2).copied().unwrap_or(0.0);
        let gain = if own.len() >= 10 && median > overall / DEVIATION { median } else { overall };
        let before = out.glitch_frames + out.dropouts;
        for (s, r) in pairs(b.source, b.recording, b.len) {
            let heard = &recording[r..r + FRAME];
            let (want, have) = (energy(&source[s..s + FRAME]) * gain, energy(heard));
            if want <= ACTIVE * loudest * gain {
                continue;
            }
            out.frames += 1;
            let [least, most] = around(source, s).map(|e| e * gain);
            if have * DEVIATION < least || have > most * DEVIATION {
                out.glitch_frames += 1;
                if out.at.len() < 100 {
                    out.at.push((r as f64 / RATE as f64 * 1000.0).round() / 1000.0);
                }
            } else {
                let (at, len) = longest_zeros(heard);
                let shifted =
                    [-2 * SLACK, -SLACK, 0, SLACK, 2 * SLACK].map(|shift| (s + at).saturating_add_signed(shift));
                let there =
                    shifted.iter().filter_map(|at| source.get(*at..at + len)).map(energy).fold(f64::MAX, f64::min);
                let there = there * FRAME as f64 / len.max(1) as f64;
                out.dropouts += usize::from(len >= ZEROS && there > ACTIVE * loudest);
            }
        }
        out.glitch_seconds += usize::from(out.glitch_frames + out.dropouts > before);
    }
    out.glitch_seconds_percent = out.glitch_seconds as f64 * 100.0 / out.seconds.max(1) as f64;
    out
}

fn pairs(source: usize, recording: usize, len: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..len / FRAME).map(move |i| (source + i * FRAME, recording + i * FRAME))
}

fn ratio(source: &[f32], recording: &[f32], blocks: impl Iterator<Item = (usize, usize, usize)>) -> f64 {
    let (mut s, mut r) = (0.0, 0.0);
    for (at, there, len) in blocks {
        s += energy(&source[at..at + len]);
        r += energy(&recording[there..there + len]);
    }
    if s > 0.0 { r / s } else { 1.0 }
}

fn energy(x: &[f32]) -> f64 {
    x.iter().map(|s| f64::from(*s).powi(2)).sum()
}

/// The least and the most energy in this frame of the source and those beside it: alignment is not better than that.
fn around(source: &[f32], at: usize) -> [f64; 2] {
    let frames = [at.saturating_sub(FRAME), at, at + FRAME].into_iter().filter_map(|s| source.get(s..s + FRAME));
    frames.map(energy).fold([f64::MAX, 0.0], |[least, most], e| [least.min(e), most.max(e)])
}

/// Where the longest run of exact zeros begins, and its length.
fn longest_zeros(x: &[f32]) -> (usize, usize) {
    let (mut longest, mut run) = ((0, 0), 0);
    for (i, s) in x.iter().enumerate() {
        run = if *s == 0.0 { run + 1 } else { 0 };
        if run > longest.1 {
            longest = (i + 1 - run, run);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::align;
    use crate::voice::voice;

    fn gaps(hurt: impl FnOnce(&mut Vec<f32>)) -> Gaps {
        let source = voice(5, RATE * 8);
        let mut recording: Vec<f32> = source.iter().map(|s| s * 0.5).collect();
        hurt(&mut recording);
        find(&source, &recording, &align(&source, &recording).unwrap())
    }

    #[test]
    fn a_faithful_recording_has_no_glitch() {
        let g = gaps(|_| {});
        assert_eq!((g.glitch_frames, g.dropouts, g.glitch_seconds), (0, 0, 0));
        assert!(g.seconds >= 6 && g.frames > 200, "{g:?}");
    }

    #[test]
    fn a_muted_stretch_is_a_glitch_in_its_second_alone() {
        let loud =
            |r: &[f32]| (3 * RATE..4 * RATE).step_by(960).max_by_key(|i| (energy(&r[*i..i + 2880]) * 1e6) as u64);
        let g = gaps(|r| {
            let at = loud(r).unwrap();
            r[at..at + 2880].fill(0.0);
        });
        assert!(g.glitch_frames >= 1, "{g:?}");
        assert!((1..=2).contains(&g.glitch_seconds), "{g:?}");
        assert!(g.at.iter().all(|t| (2.9..4.1).contains(t)), "{g:?}");
    }

    #[test]
    fn a_burst_of_noise_is_a_glitch() {
        let g = gaps(|r| {
            let mut n = crate::voice::Noise(1);
            r[5 * RATE..5 * RATE + 4800].fill_with(|| n.white());
        });
        assert!(g.glitch_frames >= 1, "{g:?}");
    }
}
