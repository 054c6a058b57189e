//! The quiet default for a lobby: a very soft chord that swells and falls, made of nothing but sines, so that who waits hears
//! that the line is up.
//!
//! It is a function of nothing, and its end meets its beginning: every partial makes a whole number of turns in it.

use core::f64::consts::TAU;

use hustings_vocab::SAMPLE_RATE;

/// Length of the loop in seconds.
pub const PAD_SECONDS: u32 = 16;
/// A low fifth, its octave and a tenth, in Hz; each with a share of the sum and how often it swells in one loop.
const PARTIALS: [(f64, f64, f64); 5] =
    [(110.0, 0.30, 1.0), (165.0, 0.26, 2.0), (220.0, 0.20, 3.0), (275.0, 0.14, 2.0), (330.0, 0.10, 1.0)];
/// RMS of the loop: −38.3 dBFS. K-weighting lowers these pitches by 1.9 dB, so a listener measures −40 LUFS.
const RMS: f64 = 0.0122;
/// RMS of the sum of the partials: the root of half of the sum of the squares of their shares, 0.227, times that of a swell,
/// 0.461.
const SUM_RMS: f64 = 0.229;

/// One turn of the loop at 48 kHz.
#[must_use]
pub fn pad() -> Vec<f32> {
    let length = f64::from(PAD_SECONDS * SAMPLE_RATE);
    (0..PAD_SECONDS * SAMPLE_RATE)
        .map(|n| {
            let turn = f64::from(n) / length;
            let of = |(at, (pitch, share, swells)): (usize, &(f64, f64, f64))| {
                let swell = 0.625 - 0.375 * (TAU * (swells * turn + at as f64 / 5.0)).cos();
                share * swell * (TAU * (pitch * f64::from(PAD_SECONDS) * turn).fract()).sin()
            };
            (RMS / SUM_RMS * PARTIALS.iter().enumerate().map(of).sum::<f64>()) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_soft_the_same_each_time_and_has_no_seam() {
        let once = pad();
        assert_eq!(once, pad());
        let power = once.iter().map(|s| f64::from(s * s)).sum::<f64>() / once.len() as f64;
        let level = 10.0 * power.log10();
        assert!((-39.5..-37.5).contains(&level), "{level} dBFS");
        let steepest = once.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!((once[0] - once[once.len() - 1]).abs() <= steepest);
    }
}
