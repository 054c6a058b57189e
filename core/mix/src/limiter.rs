//! A true-peak limiter with look-ahead: nothing leaves above −1 dBTP, and what stays below passes bit by bit.
//!
//! Each sample's true peak asks for a gain; the least gain asked for in the look-ahead, released slowly and averaged
//! over the look-ahead, is in force when the peak comes out. An average of values that are all low enough is low enough,
//! so the ceiling holds without clipping, and the gain has no corners.
//!
//! Absent: make-up gain, several bands, channels.

use hustings_vocab::TICK_SAMPLES;

use crate::true_peak::{DELAY_SAMPLES, TAPS, overshoot_max, true_peaks};

/// Look-ahead: 1.5 ms.
const AHEAD: usize = 72;
/// Values of which the least is taken: the look-ahead and both ends of the interval in which a true peak lies.
const LEAST_OF: usize = AHEAD + 2;
/// −1 dBTP: lossy encoders overshoot by about that (EBU R 128 s1).
const CEILING: f32 = 0.891_250_9;
/// What is over the ceiling is brought 0.15 dB below it, to cover peaks between the positions that are looked at and what
/// the moving gain adds.
const AIM: f32 = 0.875_991_9;
/// Part of the way back that the gain goes with each sample: a time constant of 100 ms.
const RELEASE: f64 = 1.0 / 4800.0;
/// Closer than this (0.0001 dB) is there.
const NEAR: f64 = 1e-5;
/// Samples are held within this, 60 dB over full scale: nothing honest is louder, and rounding in the running sum stays
/// far below what its gain would make audible.
const INPUT_MAX: f32 = 1000.0;

/// The limiter of one signal. Its clone goes on exactly as the original would.
#[derive(Debug, Clone)]
pub struct Limiter {
    /// Last samples: those that the true peak looks at, and before them those that have not left yet.
    past: [f32; Limiter::DELAY_SAMPLES],
    asked: [f32; LEAST_OF],
    released: [f64; AHEAD],
    /// Place in `asked` and `released` of the next value.
    at: usize,
    released_at: usize,
    least: f32,
    /// Values until `least` leaves `asked`.
    least_for: usize,
    /// In double precision, because the last of the release moves by less than single precision can add to 1.
    gain: f64,
    sum: f64,
    /// Consecutive values of 1 in `released`, up to all.
    ones: usize,
}

impl Default for Limiter {
    fn default() -> Self {
        Self {
            past: [0.0; Self::DELAY_SAMPLES],
            asked: [1.0; LEAST_OF],
            released: [1.0; AHEAD],
            at: 0,
            released_at: 0,
            least: 1.0,
            least_for: LEAST_OF,
            gain: 1.0,
            sum: AHEAD as f64,
            ones: AHEAD,
        }
    }
}

impl Limiter {
    /// Samples by which it delays: 1.7 ms.
    pub const DELAY_SAMPLES: usize = AHEAD + DELAY_SAMPLES + 1;

    /// Limits one tick in place.
    pub fn apply(&mut self, frame: &mut [f32; TICK_SAMPLES]) {
        let mut line = [0.0; Self::DELAY_SAMPLES + TICK_SAMPLES];
        line[..Self::DELAY_SAMPLES].copy_from_slice(&self.past);
        // A number that is none would stay in the sums for ever.
        for (to, from) in line[Self::DELAY_SAMPLES..].iter_mut().zip(frame.iter()) {
            *to = if from.is_nan() { 0.0 } else { from.clamp(-INPUT_MAX, INPUT_MAX) };
        }
        let recent = &line[Self::DELAY_SAMPLES - TAPS..];
        let loudest = recent.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        let mut peaks = [0.0; TICK_SAMPLES];
        let quiet = loudest * overshoot_max() <= CEILING || true_peaks(&recent[1..], CEILING, &mut peaks) <= CEILING;
        if quiet && self.is_idle() {
            frame.copy_from_slice(&line[..TICK_SAMPLES]);
        } else {
            for ((sample, delayed), peak) in frame.iter_mut().zip(&line).zip(&peaks) {
                *sample = delayed * self.step(*peak);
            }
        }
        self.past.copy_from_slice(&line[TICK_SAMPLES..]);
    }

    /// The gain towards which it is working; 1 when it does nothing.
    #[must_use]
    pub const fn gain(&self) -> f32 {
        self.gain as f32
    }

    const fn is_idle(&self) -> bool {
        self.least == 1.0 && self.ones == AHEAD
    }

    fn step(&mut self, peak: f32) -> f32 {
        let asked = if peak > CEILING { AIM / peak } else { 1.0 };
        self.take_least(asked);
        let least = f64::from(self.least);
        self.gain += if least < self.gain { least - self.gain } else { (least - self.gain) * RELEASE };
        if (least - self.gain).abs() < NEAR {
            self.gain = least;
        }
        self.average()
    }

    fn take_least(&mut self, asked: f32) {
        self.asked[self.at] = asked;
        self.at = if self.at + 1 == LEAST_OF { 0 } else { self.at + 1 };
        if asked <= self.least {
            (self.least, self.least_for) = (asked, LEAST_OF);
            return;
        }
        self.least_for -= 1;
        if self.least_for == 0 {
            self.least = self.asked.iter().copied().fold(1.0, f32::min);
            let oldest_first = (0..LEAST_OF).rev().find(|i| self.asked[(self.at + i) % LEAST_OF] == self.least);
            self.least_for = oldest_first.unwrap_or(LEAST_OF - 1) + 1;
        }
    }

    fn average(&mut self) -> f32 {
        let gone = core::mem::replace(&mut self.released[self.released_at], self.gain);
        self.released_at = if self.released_at + 1 == AHEAD { 0 } else { self.released_at + 1 };
        self.ones = if self.gain == 1.0 { (self.ones + 1).min(AHEAD) } else { 0 };
        // Rounding in the running sum ends whenever the gain is back at 1.
        self.sum = if self.ones == AHEAD { AHEAD as f64 } else { self.sum + self.gain - gone };
        (self.sum * (1.0 / AHEAD as f64)) as f32
    }
}
