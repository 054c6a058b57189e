//! True peaks: how far the sound goes between its samples, by fourfold oversampling (ITU-R BS.1770-4, annex 2).
//!
//! The standard's own 48 taps lose up to half a decibel near 20 kHz; these 64 are flat to 20 kHz, so that what remains
//! is the grid's own error (a peak between the four positions).

use std::sync::LazyLock;

use crate::resample::bessel_i0;

/// Taps of each phase.
pub(crate) const TAPS: usize = 16;
/// Samples by which the answer lags.
pub(crate) const DELAY_SAMPLES: usize = TAPS / 2;
/// Positions between two samples.
const BETWEEN: usize = 3;
const KAISER_BETA: f64 = 5.0;

static KERNEL: LazyLock<[[f32; TAPS]; BETWEEN]> = LazyLock::new(|| core::array::from_fn(row));

/// The greatest magnitude at the sample [`DELAY_SAMPLES`] before the last of `window` and on the way to the next one.
pub(crate) fn true_peak(window: &[f32; TAPS]) -> f32 {
    KERNEL.iter().fold(window[DELAY_SAMPLES - 1].abs().max(window[DELAY_SAMPLES].abs()), |peak, taps| {
        let mut lanes = [0.0f32; 8];
        for (x, tap) in window.chunks_exact(8).zip(taps.chunks_exact(8)) {
            for lane in 0..8 {
                lanes[lane] += x[lane] * tap[lane];
            }
        }
        peak.max(lanes.iter().sum::<f32>().abs())
    })
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
