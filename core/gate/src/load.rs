//! How fast people may come in, by how long work waits.
//!
//! The signal is queueing delay and not the load of a processor: a busy machine whose work waits for nothing is not
//! overloaded (DAGOR, SoCC 2018). Above [`HIGH`] the rate falls by as much as the delay is over it, at most by half; below
//! [`LOW`] it rises in small steps (Breakwater, OSDI 2020). Between the two it stays: that gap, and that a fall is judged only
//! after it has worked, is what keeps it from oscillating; that it never falls below [`FLOOR`] is what keeps it from
//! collapsing.

use std::time::{Duration, Instant};

/// Delay above which the rate falls: a tick of the mixer.
pub(crate) const HIGH: Duration = Duration::from_millis(20);
/// Delay below which it rises.
pub(crate) const LOW: Duration = Duration::from_millis(8);
/// The least fraction of the rate: some always come in, so that it is seen when the way is free again.
pub(crate) const FLOOR: f64 = 0.02;
/// Between two judgements: what was decided must have worked.
pub(crate) const SETTLE: Duration = Duration::from_millis(500);
/// By how much it rises at each.
const RISE: f64 = 0.12;
/// Judgements at the floor with the delay still high after which the standing audience is seen to be too large.
const STUCK: u32 = 4;

/// The fraction of the measured rate at which people may come in now.
#[derive(Debug, Clone)]
pub struct Load {
    factor: f64,
    judged: Option<Instant>,
    stuck: u32,
    delay: Duration,
}

impl Default for Load {
    fn default() -> Self {
        Self { factor: 1.0, judged: None, stuck: 0, delay: Duration::ZERO }
    }
}

impl Load {
    /// The average delay since it was last said.
    pub fn hear(&mut self, delay: Duration, now: Instant) {
        // The worst of a period counts.
        self.delay = self.delay.max(delay);
        if self.judged.is_some_and(|at| now.saturating_duration_since(at) < SETTLE) {
            return;
        }
        let delay = std::mem::take(&mut self.delay);
        self.judged = Some(now);
        if delay > HIGH {
            self.stuck = if self.factor <= FLOOR { self.stuck + 1 } else { 0 };
            let over = 1.0 - HIGH.as_secs_f64() / delay.as_secs_f64();
            self.factor = (self.factor * (1.0 - over).max(0.5)).max(FLOOR);
        } else if delay < LOW {
            self.stuck = 0;
            self.factor = (self.factor + RISE).min(1.0);
        }
    }

    /// The fraction of the measured rate, from a fiftieth to 1.
    #[must_use]
    pub const fn factor(&self) -> f64 {
        self.factor
    }

    /// Hardly anybody comes in, and still work waits: those who are in are as many as can be.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.stuck >= STUCK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn it_falls_fast_and_recovers_within_five_seconds() {
        let (mut load, start) = (Load::default(), Instant::now());
        for n in 0..40 {
            load.hear(ms(200), start + ms(250) * n);
        }
        assert!(load.factor() <= FLOOR && load.is_full());
        for n in 40..60 {
            load.hear(ms(1), start + ms(250) * n);
        }
        assert!(load.factor() > 0.99, "{}", load.factor());
        assert!(!load.is_full());
    }

    #[test]
    fn between_the_two_marks_nothing_moves() {
        let (mut load, start) = (Load::default(), Instant::now());
        load.hear(ms(40), start);
        let factor = load.factor();
        assert!((factor - 0.5).abs() < 1e-9);
        for n in 1..100 {
            load.hear(ms(14), start + ms(500) * n);
        }
        assert_eq!(load.factor().to_bits(), factor.to_bits());
    }

    /// A machine whose delay grows with how far the rate is over what it can do finds its place and stays there.
    #[test]
    fn it_settles_near_what_the_machine_can_do() {
        let start = Instant::now();
        for can in [0.1, 0.3, 0.5, 0.8] {
            let mut load = Load::default();
            let (mut low, mut high) = (1.0_f64, 0.0_f64);
            for n in 0..200 {
                let delay =
                    if load.factor() > can { 20.0 + 60.0 * (load.factor() - can) } else { 12.0 * load.factor() / can };
                load.hear(Duration::from_secs_f64(delay / 1000.0), start + ms(500) * n);
                if n > 60 {
                    (low, high) = (low.min(load.factor()), high.max(load.factor()));
                }
            }
            assert!(low > can * 0.5 && high < can + RISE + 0.01, "{can}: {low} to {high}");
        }
    }
}
