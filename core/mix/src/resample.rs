//! A fractional resampler for ratios close to 1, which takes the drift of a sender's clock away.
//!
//! A windowed sinc in [`PHASES`] phases, linear between them. 32 taps under a Kaiser window of 80 dB have their
//! transition between 20.1 and 27.9 kHz: what Opus carries (to 20 kHz) passes flat, and its images are gone. Between
//! phases the linear step errs by (ω/512)²/8, −110 dB at 20 kHz. At ratio 1 and phase 0 the kernel is the identity, so
//! a sender without drift passes bit by bit and there is no bypass to switch.
//!
//! Absent: ratios far from 1. Nothing here lowers the cut-off for them, so beyond a few percent it would alias.

use std::sync::LazyLock;

use hustings_vocab::TICK_SAMPLES;

const TAPS: usize = 32;
const PHASES: usize = 512;
/// Shape of the Kaiser window for 80 dB: 0.1102 (A − 8.7).
const KAISER_BETA: f64 = 0.1102 * (80.0 - 8.7);
/// Input samples that one tick may take: at ratios up to 1.05.
const INPUT_MAX: usize = TICK_SAMPLES + TICK_SAMPLES / 20;

/// Positions are fixed-point numbers with 32 bits after the point: 9 say the phase, the rest how far it is to the next.
const BETWEEN_BITS: u32 = 32 - PHASES.ilog2();
const BETWEEN_MASK: u64 = (1 << BETWEEN_BITS) - 1;

/// One row for each phase and one more, so that the last phase has a neighbour.
static KERNEL: LazyLock<Box<[[f32; TAPS]; PHASES + 1]>> = LazyLock::new(|| Box::new(core::array::from_fn(row)));

/// The resampler of one stream.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// The last [`TAPS`] samples of input, then room for one tick's.
    window: Vec<f32>,
    /// Position of the next output between two input samples, in units of 2⁻³².
    phase: u64,
}

impl Default for Resampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Resampler {
    /// Samples by which output lags input.
    pub const DELAY_SAMPLES: usize = TAPS / 2 + 1;

    /// A resampler that has heard silence.
    #[must_use]
    pub fn new() -> Self {
        Self { window: vec![0.0; TAPS + INPUT_MAX], phase: 0 }
    }

    /// Input samples that the next [`Resampler::run`] at `ratio` (input samples per output sample) takes.
    #[must_use]
    pub fn needs(&self, ratio: f64) -> usize {
        ((self.phase + fixed(ratio) * TICK_SAMPLES as u64) >> 32) as usize
    }

    /// One tick. `input` is a function that fills exactly [`Resampler::needs`] samples.
    ///
    /// # Panics
    /// If `ratio` is not within 5 % of 1.
    pub fn run(&mut self, ratio: f64, input: impl FnOnce(&mut [f32]), out: &mut [f32; TICK_SAMPLES]) {
        assert!((0.95..=1.05).contains(&ratio), "the ratio is clamped where it is made");
        let (step, needs) = (fixed(ratio), self.needs(ratio));
        input(&mut self.window[TAPS..TAPS + needs]);
        let kernel: &[[f32; TAPS]; PHASES + 1] = &KERNEL;
        let mut at = self.phase;
        for sample in out {
            let window =
                self.window[(at >> 32) as usize..].first_chunk().expect("one tick's input follows the last taps");
            let phase = (at >> BETWEEN_BITS) as usize % PHASES;
            let between = (at & BETWEEN_MASK) as f32 * (1.0 / (BETWEEN_MASK + 1) as f32);
            *sample = convolve(window, &kernel[phase], &kernel[phase + 1], between);
            at += step;
        }
        self.phase = at & u64::from(u32::MAX);
        self.window.copy_within(needs..needs + TAPS, 0);
    }
}

/// A ratio as a fixed-point step.
fn fixed(ratio: f64) -> u64 {
    (ratio * (1u64 << 32) as f64) as u64
}

/// The sums over the taps of two neighbouring phases, and the value between them. In lanes, which the compiler turns
/// into vector instructions.
#[inline]
fn convolve(window: &[f32; TAPS], low: &[f32; TAPS], high: &[f32; TAPS], between: f32) -> f32 {
    let (low, high) = (dot(window, low), dot(window, high));
    low + (high - low) * between
}

/// The kernel at one phase: sinc times Kaiser, scaled so that a constant stays what it is.
fn row(phase: usize) -> [f32; TAPS] {
    let offset = phase as f64 / PHASES as f64;
    let half = TAPS as f64 / 2.0;
    let taps: [f64; TAPS] = core::array::from_fn(|tap| {
        let x = tap as f64 - (half - 1.0) - offset;
        sinc(x) * bessel_i0(KAISER_BETA * (1.0 - (x / half).powi(2)).max(0.0).sqrt())
    });
    let sum: f64 = taps.iter().sum();
    taps.map(|tap| (tap / sum) as f32)
}

fn sinc(x: f64) -> f64 {
    let nearest = x.round();
    if x == nearest {
        return if x == 0.0 { 1.0 } else { 0.0 };
    }
    (core::f64::consts::PI * x).sin() / (core::f64::consts::PI * x)
}

/// A sum of products in four lanes, in the order that vector instructions take.
#[inline]
pub(crate) fn dot<const N: usize>(a: &[f32; N], b: &[f32; N]) -> f32 {
    let mut lanes = [0.0f32; 4];
    for (a, b) in a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// The modified Bessel function of order zero, by its power series, which has converged after 40 terms for our shapes.
pub(crate) fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    (1..40).fold(1.0, |sum, k| {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum + term
    })
}
