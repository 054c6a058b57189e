//! The pace: how fast a stream is played, so that it neither runs dry nor falls behind.
//!
//! A PI controller on the distance from the position that is due. Its integral learns the drift of the sender's clock;
//! its proportional part follows a delay target that moved. Both stay far below what can be heard: at most 0.5 % while
//! somebody speaks (9 cents; the ear needs about 10 to notice at all), 2 % while it is quiet, and never a jump.

use hustings_vocab::TICK_SAMPLES;

/// Time in which half an error is worked off: gentle enough that a tick that comes 5 ms late changes nothing to hear.
const SETTLE_SECONDS: f64 = 4.0;
const PROPORTIONAL: f64 = 1.0 / (SETTLE_SECONDS * 48_000.0);
/// Integral gain per tick, for critical damping: a quarter of the proportional time constant.
const INTEGRAL: f64 = PROPORTIONAL / (4.0 * SETTLE_SECONDS) * 0.02;
/// Drift that can be learned. Quartz differs by less than 200 ppm; sound cards on USB have been seen at 1,000.
const DRIFT_MAX: f64 = 0.003;
/// Samples within which a distance teaches something about the drift: 10 ms. A larger one was made by the network.
const DRIFT_SHOWS_WITHIN: f64 = 480.0;
const SPEECH_MAX: f64 = 0.005;
const QUIET_MAX: f64 = 0.02;
/// Change of the ratio from tick to tick: 0.5 % a second.
const SLEW_PER_TICK: f64 = 1e-4;

/// What is being played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loudness {
    /// Sound in which a change of pitch could be heard.
    Speech,
    /// Silence, or a room's noise.
    Quiet,
}

/// The pace of one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    drift: f64,
    ratio: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { drift: 0.0, ratio: 1.0 }
    }
}

impl Pace {
    /// The ratio for the next tick (source samples per output sample), from how many samples the source is behind, and by
    /// how many of them the target moves with each tick, which is no drift.
    pub(crate) fn steer(&mut self, behind: f64, moving: f64, loudness: Loudness) -> f64 {
        let limit = if loudness == Loudness::Quiet { QUIET_MAX } else { SPEECH_MAX };
        let wish = self.drift + PROPORTIONAL * behind + moving / TICK_SAMPLES as f64;
        if behind.abs() < DRIFT_SHOWS_WITHIN {
            self.drift = (self.drift + INTEGRAL * behind).clamp(-DRIFT_MAX, DRIFT_MAX);
        }
        let goal = 1.0 + wish.clamp(-limit, limit);
        self.ratio += (goal - self.ratio).clamp(-SLEW_PER_TICK, SLEW_PER_TICK);
        self.ratio
    }

    /// Follows only what is known of the sender's clock, where there is nothing to steer by.
    pub(crate) fn coast(&mut self) -> f64 {
        self.ratio += (1.0 + self.drift - self.ratio).clamp(-SLEW_PER_TICK, SLEW_PER_TICK);
        self.ratio
    }

    /// The ratio's distance from 1 in parts per million.
    #[must_use]
    pub(crate) fn ppm(&self) -> f64 {
        (self.ratio - 1.0) * 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the loop against a clock that is fast by `ppm`; gives the samples it is behind after each tick.
    fn run(pace: &mut Pace, ppm: f64, mut behind: f64, ticks: usize) -> Vec<f64> {
        (0..ticks)
            .map(|_| {
                let ratio = pace.steer(behind, 0.0, Loudness::Speech);
                behind += 960.0 * (1.0 + ppm / 1e6 - ratio);
                behind
            })
            .collect()
    }

    #[test]
    fn a_fast_clock_is_learned_within_two_milliseconds_of_delay() {
        for ppm in [-1000.0, -200.0, 200.0, 1000.0] {
            let mut pace = Pace::default();
            let behind = run(&mut pace, ppm, 0.0, 6000);
            let worst = behind.iter().fold(0.0f64, |w, b| w.max(b.abs()));
            assert!(worst < ppm.abs() / 200.0 * 60.0, "{ppm}: {worst}");
            assert!(behind[5999].abs() < 1.0);
            assert!((pace.ppm() - ppm).abs() < 1.0);
        }
    }

    #[test]
    fn a_large_distance_is_worked_off_without_ever_exceeding_half_a_percent() {
        let mut pace = Pace::default();
        let mut behind = 4800.0;
        for _ in 0..3000 {
            let ratio = pace.steer(behind, 0.0, Loudness::Speech);
            assert!((ratio - 1.0).abs() <= SPEECH_MAX + 1e-9);
            behind += 960.0 * (1.0 - ratio);
        }
        assert!(behind.abs() < 48.0, "{behind}");
    }
}
