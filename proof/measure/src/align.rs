//! Where in a recording the source is, and how loud: in blocks of one second, so that a jitter buffer that stretched
//! time, a clock that drifts and automatic levelling do not count as damage.

use crate::fourier::{Hay, band};
use crate::{Error, RATE};

/// Sound below 2 kHz, kept at 12 kHz, is enough to align by and a quarter of the work.
const KEEP: usize = 4;
const ALIGN_FROM_HZ: f64 = 200.0;
const ALIGN_TO_HZ: f64 = 2_000.0;
/// How far a block may lie from where the last one was: a jitter buffer moves by less within a second.
const WANDER: usize = RATE / 10;
/// Likeness below which a block is taken to be where its neighbours are.
const SURE: f32 = 0.5;

/// Seconds of the source that are looked for: a recording of ten seconds of a file of a minute must hold one of them.
pub(crate) const SECONDS_TRIED: usize = 64;

/// One second of the source and where the recording has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// First sample in the source.
    pub source: usize,
    /// First sample in the recording.
    pub recording: usize,
    /// Samples.
    pub len: usize,
    /// Likeness, up to 1.
    pub likeness: f32,
}

/// A source laid over a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Samples by which the recording's first sound lags the source's.
    pub lag: i64,
    /// The seconds that both have.
    pub blocks: Vec<Block>,
}

/// The source as it was played: once, or again and again for as long as the recording and one more.
#[must_use]
pub fn as_played(source: &[f32], recording_len: usize, played: Played) -> Vec<f32> {
    match played {
        Played::Once => source.to_vec(),
        Played::Looped => source.iter().copied().cycle().take(recording_len + source.len()).collect(),
    }
}

/// How the source was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// From the beginning to the end.
    Once,
    /// From the beginning again after each end.
    Looped,
}

/// Lays `source` over `recording`.
///
/// # Errors
/// [`Error::TooLittle`] if they have less than a second in common, or if the source cannot be recognised at all.
pub fn align(source: &[f32], recording: &[f32]) -> Result<Alignment, Error> {
    if source.len() < RATE || recording.len() < RATE {
        return Err(Error::TooLittle("source and recording must each be at least one second long".to_owned()));
    }
    let small_source = band(source, ALIGN_FROM_HZ, ALIGN_TO_HZ, KEEP);
    let small = band(recording, ALIGN_FROM_HZ, ALIGN_TO_HZ, KEEP);
    let coarse = coarse_lag(&small_source, &small)? * KEEP as i64;
    let (fine_source, fine) =
        (band(source, ALIGN_FROM_HZ, ALIGN_TO_HZ, 1), band(recording, ALIGN_FROM_HZ, ALIGN_TO_HZ, 1));
    let mut lag = coarse;
    let mut blocks = Vec::new();
    let mut first = None;
    let begin = (-coarse).max(0) as usize;
    for at in (begin..source.len().saturating_sub(RATE)).step_by(RATE) {
        let centre = at as i64 + lag;
        let from = (centre - WANDER as i64).max(0) as usize;
        let to = ((centre + (RATE + WANDER) as i64).max(0) as usize).min(fine.len());
        if to < from + RATE {
            continue;
        }
        let needle = &fine_source[at..at + RATE];
        let (offset, likeness) = peak(&Hay::new(&fine[from..to], RATE).likeness(needle));
        if likeness >= SURE {
            lag = (from + offset) as i64 - at as i64;
            first.get_or_insert(lag);
        }
        let there = at as i64 + lag;
        if there >= 0 && there as usize + RATE <= recording.len() {
            blocks.push(Block { source: at, recording: there as usize, len: RATE, likeness });
        }
    }
    if blocks.is_empty() {
        return Err(Error::TooLittle("source and recording have less than a second in common".to_owned()));
    }
    Ok(Alignment { lag: first.unwrap_or(coarse), blocks })
}

/// The lag, in small samples, of the loudest second of the source that is found best in the recording, trying several:
/// a recording may begin late or end early. A loop is found as well at several lags; then the one with the longest
/// stretch in common.
fn coarse_lag(source: &[f32], recording: &[f32]) -> Result<i64, Error> {
    let second = RATE / KEEP;
    let hay = Hay::new(recording, second);
    let mut found: Vec<(f32, i64)> = Vec::new();
    for at in loudest_seconds(source, second, SECONDS_TRIED) {
        let like = hay.likeness(&source[at..at + second]);
        let nearly = 0.9 * peak(&like).1;
        found.extend(like.iter().enumerate().filter(|(_, v)| **v >= nearly).map(|(l, v)| (*v, l as i64 - at as i64)));
    }
    let best = found.iter().map(|f| f.0).fold(0.0, f32::max);
    if best < 0.2 {
        return Err(Error::TooLittle(format!("the recording does not hold the source (likeness {best:.2})")));
    }
    let common = |lag: i64| (source.len() as i64).min(recording.len() as i64 - lag) - (-lag).max(0);
    let near = found.iter().filter(|f| f.0 >= 0.9 * best).map(|f| f.1);
    Ok(near.max_by_key(|lag| common(*lag)).unwrap_or(0))
}

/// Starts of up to `count` of the loudest stretches of `len` samples, spread over the whole.
#[must_use]
pub(crate) fn loudest_seconds(x: &[f32], len: usize, count: usize) -> Vec<usize> {
    let energy = |at: usize| x[at..at + len].iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
    let mut starts: Vec<(f64, usize)> =
        (0..=x.len().saturating_sub(len)).step_by(len / 2).map(|at| (energy(at), at)).collect();
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<usize> = Vec::new();
    for (e, at) in starts {
        if chosen.len() < count && e > 0.0 && chosen.iter().all(|c| c.abs_diff(at) >= len) {
            chosen.push(at);
        }
    }
    chosen
}

/// Place and height of the maximum.
#[must_use]
pub(crate) fn peak(x: &[f32]) -> (usize, f32) {
    x.iter().copied().enumerate().fold((0, 0.0), |best, (i, v)| if v > best.1 { (i, v) } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::voice;

    #[test]
    fn a_late_recording_is_found_to_the_sample() {
        let source = voice(1, RATE * 4);
        let mut recording = vec![0.0; 12_345];
        recording.extend(source.iter().map(|s| s * 0.3));
        let a = align(&source, &recording).unwrap();
        assert_eq!(a.lag, 12_345);
        assert!(a.blocks.iter().all(|b| b.recording == b.source + 12_345 && b.likeness > 0.99));
    }

    #[test]
    fn a_recording_that_begins_in_the_middle_of_a_loop_is_found() {
        let source = voice(2, RATE * 4);
        let played = as_played(&source, RATE * 6, Played::Looped);
        let a = align(&played, &played[RATE * 3 + 77..][..RATE * 6]).unwrap();
        let (is, should) = (a.lag.rem_euclid(RATE as i64 * 4), RATE as i64 - 77);
        assert!((is - should).abs() <= 1, "{is} samples, not {should}");
        assert!(a.blocks.len() >= 5, "{a:?}");
    }

    #[test]
    fn a_jump_of_the_jitter_buffer_is_followed() {
        let source = voice(3, RATE * 6);
        let mut recording = source[..RATE * 3].to_vec();
        recording.extend(std::iter::repeat_n(0.0, 960));
        recording.extend(&source[RATE * 3..]);
        let a = align(&source, &recording).unwrap();
        assert_eq!(a.blocks[0].recording, a.blocks[0].source);
        let last = a.blocks.last().unwrap();
        assert_eq!(last.recording, last.source + 960);
    }

    #[test]
    fn a_recording_of_something_else_is_not_aligned() {
        let mut noise = crate::voice::Noise(9);
        let other: Vec<f32> = (0..RATE * 4).map(|_| noise.white() * 0.1).collect();
        assert!(align(&voice(4, RATE * 4), &other).is_err());
    }
}
