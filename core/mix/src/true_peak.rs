//! True peaks: how far the sound goes between its samples, by oversampling (ITU-R BS.1770-4, annex 2).
//!
//! The standard's own 48 taps and fourfold grid lose up to half a decibel near 20 kHz. These rows are flat to 20 kHz, and
//! near the ceiling the grid is eightfold, which loses 0.1 dB there and nothing to speak of below.

use std::sync::LazyLock;

use hustings_vocab::TICK_SAMPLES;

use crate::mixer::Frame;
use crate::resample::bessel_i0;

/// Taps of each phase.
pub(crate) const TAPS: usize = 16;
/// Samples by which the answer lags.
pub(crate) const DELAY_SAMPLES: usize = TAPS / 2;
/// Positions between two samples.
const BETWEEN: usize = 7;
/// The part of a 20 kHz peak that is seen by four positions a sample at the worst: cos(π/4 · 20/48).
const SEEN_BY_FOUR: f32 = 0.946;
const KAISER_BETA: f64 = 5.0;

static KERNEL: LazyLock<[[f32; TAPS]; BETWEEN]> = LazyLock::new(|| core::array::from_fn(row));

/// For each window of [`TAPS`] samples of `line` the greatest magnitude in its middle: at the two samples there and on the
/// way between them. The first window's goes to `peaks[0]`. Gives the greatest of all.
///
/// Four positions are looked at. Where what they show comes so near to `ceiling` that a peak between them could exceed
/// it, the four in between are looked at too.
pub(crate) fn true_peaks(line: &[f32], ceiling: f32, peaks: &mut Frame) -> f32 {
    let middle = line[DELAY_SAMPLES - 1..].windows(2);
    for (peak, pair) in peaks.iter_mut().zip(middle) {
        *peak = pair[0].abs().max(pair[1].abs());
    }
    let kernel: &[[f32; TAPS]; BETWEEN] = &KERNEL;
    let greatest = raise(line, kernel.iter().skip(1).step_by(2), peaks);
    if greatest <= ceiling * SEEN_BY_FOUR { greatest } else { raise(line, kernel.iter().step_by(2), peaks) }
}

/// Raises `peaks` to what lies at the positions of `rows`. Tap by tap over the whole tick rather than window by window:
/// that is what vectorises.
fn raise<'a>(line: &[f32], rows: impl Iterator<Item = &'a [f32; TAPS]>, peaks: &mut Frame) -> f32 {
    let mut between = [0.0f32; TICK_SAMPLES];
    for taps in rows {
        between.fill(0.0);
        for (first, tap) in taps.iter().enumerate() {
            for (sum, x) in between.iter_mut().zip(&line[first..]) {
                *sum += x * tap;
            }
        }
        for (peak, x) in peaks.iter_mut().zip(&between) {
            *peak = peak.max(x.abs());
        }
    }
    peaks.iter().copied().fold(0.0, f32::max)
}

/// The most by which a true peak can exceed the samples around it: the largest sum of a row's magnitudes.
pub(crate) fn overshoot_max() -> f32 {
    static MAX: LazyLock<f32> =
        LazyLock::new(|| KERNEL.iter().map(|row| row.iter().map(|t| t.abs()).sum::<f32>()).fold(1.0, f32::max));
    *MAX
}

fn row(phase: usize) -> [f32; TAPS] {
    let offset = (phase + 1) as f64 / (BETWEEN + 1) as f64;
    let half = TAPS as f64 / 2.0;
    let taps: [f64; TAPS] = core::array::from_fn(|tap| {
        let x = tap as f64 - (half - 1.0) - offset;
        let sinc = (core::f64::consts::PI * x).sin() / (core::f64::consts::PI * x);
        sinc * bessel_i0(KAISER_BETA * (1.0 - (x / half).powi(2)).max(0.0).sqrt())
    });
    let sum: f64 = taps.iter().sum();
    taps.map(|tap| (tap / sum) as f32)
}
