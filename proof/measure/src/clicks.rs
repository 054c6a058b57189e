//! Coded clicks: a signal whose every second says which second it is, so that a delay can be read from a recording.
//!
//! Each second has an upward chirp at its beginning and a downward chirp whose distance from it is the second's number
//! modulo 16. Chirps of 50 ms from 1 to 5 kHz survive codecs, levelling, room noise and resampling; the correlation of one
//! that is 200 Hz wide or wider is sharp to a fraction of a millisecond, and these are 4 kHz wide. Distances are 50 ms
//! apart, so that a jitter buffer that stretches time between the two chirps does not change the number.

use std::f64::consts::TAU;

use serde::Serialize;

use crate::RATE;
use crate::align::peak;
use crate::fourier::Hay;

/// Seconds after which codes repeat.
pub const CODES: u64 = 16;
/// A chirp has 50 ms.
const CHIRP: usize = RATE / 20;
/// The downward chirp of code 0 begins 100 ms after the upward one; each code adds 50 ms.
const FIRST: usize = RATE / 10;
const STEP: usize = RATE / 20;
/// Likeness from which a chirp is a chirp; speech and noise reach 0.25.
const LIKE: f32 = 0.5;

const _: () = assert!(FIRST + (CODES as usize - 1) * STEP + CHIRP < RATE, "both chirps fit a second");

/// One second found in a recording.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Click {
    /// Where the second begins in the recording, in seconds.
    pub at: f64,
    /// Its number modulo [`CODES`].
    pub code: u64,
    /// Likeness of the weaker of its two chirps.
    pub likeness: f32,
}

/// `seconds` of coded clicks; a loop of a multiple of 16 seconds is seamless.
#[must_use]
pub fn make(seconds: usize) -> Vec<f32> {
    let (up, down) = (chirp(1_000.0, 5_000.0), chirp(5_000.0, 1_000.0));
    let mut out = vec![0.0; seconds * RATE];
    for s in 0..seconds {
        let second = &mut out[s * RATE..(s + 1) * RATE];
        second[..CHIRP].copy_from_slice(&up);
        let at = FIRST + (s as u64 % CODES) as usize * STEP;
        second[at..at + CHIRP].copy_from_slice(&down);
    }
    out
}

/// Every second that can be read in a recording, in order.
#[must_use]
pub fn find(recording: &[f32]) -> Vec<Click> {
    if recording.len() < RATE {
        return Vec::new();
    }
    let hay = Hay::new(recording, CHIRP);
    let (ups, downs) = (hay.likeness(&chirp(1_000.0, 5_000.0)), hay.likeness(&chirp(5_000.0, 1_000.0)));
    let mut out = Vec::new();
    let mut at = 0;
    while at < ups.len() {
        if ups[at] < LIKE {
            at += 1;
            continue;
        }
        // The highest peak within the next chirp's length is the chirp; its neighbours are its own side lobes.
        let (o, up) = peak(&ups[at..(at + CHIRP).min(ups.len())]);
        let begin = at + o;
        let from = begin + FIRST - STEP / 2;
        let to = (from + CODES as usize * STEP).min(downs.len());
        if from < to {
            let (d, down) = peak(&downs[from..to]);
            if down >= LIKE {
                let code = (d / STEP) as u64;
                out.push(Click { at: begin as f64 / RATE as f64, code, likeness: up.min(down) });
            }
        }
        at = begin + CHIRP;
    }
    out
}

/// The delay of each click in seconds, 0 to 16, if the recording's first sample was made `later` seconds after second 0
/// of the signal was played.
#[must_use]
pub fn delays(clicks: &[Click], later: f64) -> Vec<f64> {
    clicks.iter().map(|c| (c.at + later - c.code as f64).rem_euclid(CODES as f64)).collect()
}

fn chirp(from_hz: f64, to_hz: f64) -> Vec<f32> {
    let length = CHIRP as f64 / RATE as f64;
    (0..CHIRP)
        .map(|i| {
            let t = i as f64 / RATE as f64;
            let window = (std::f64::consts::PI * i as f64 / CHIRP as f64).sin();
            (0.5 * window * (TAU * (from_hz * t + (to_hz - from_hz) * t * t / (2.0 * length))).sin()) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::{Noise, voice};

    #[test]
    fn every_second_is_read_with_its_place_to_a_tenth_of_a_millisecond() {
        let signal = make(70);
        let mut noise = Noise(3);
        let recording: Vec<f32> = signal[24_000 * 5..].iter().map(|s| s * 0.1 + noise.white() * 0.002).collect();
        let found = find(&recording);
        assert_eq!(found.iter().map(|c| c.code).collect::<Vec<_>>(), (3..70).map(|s| s % CODES).collect::<Vec<_>>());
        for (i, c) in found.iter().enumerate() {
            assert!((c.at - 0.5 - i as f64).abs() < 1e-4, "{c:?}");
        }
        let late = delays(&found, 2.5 + 0.75);
        assert!(late.iter().all(|d| (d - 0.75).abs() < 1e-3), "{late:?}");
    }

    #[test]
    fn a_voice_holds_no_clicks() {
        assert_eq!(find(&voice(8, RATE * 10)), []);
        assert_eq!(find(&[]), []);
    }
}
