//! A histogram of delays, in steps of 50 µs up to 200 ms.

use serde::Serialize;

const STEP_US: u64 = 50;
const STEPS: usize = 4000;

/// How late packets were, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Late {
    /// The median.
    pub p50: f64,
    /// Of a hundred, all but one.
    pub p99: f64,
    /// Of a thousand, all but one.
    pub p999: f64,
    /// The largest, at most 200.
    pub max: f64,
}

/// Delays that were noted.
#[derive(Debug)]
pub(super) struct Lateness {
    steps: Vec<u64>,
    all: u64,
}

impl Default for Lateness {
    fn default() -> Self {
        Self { steps: vec![0; STEPS], all: 0 }
    }
}

impl Lateness {
    pub(super) fn note(&mut self, us: u64) {
        self.steps[((us / STEP_US) as usize).min(STEPS - 1)] += 1;
        self.all += 1;
    }

    /// The tail; `None` without any.
    pub(super) fn late(&self) -> Option<Late> {
        let at = |part: f64| {
            let (wanted, mut seen) = ((self.all as f64 * part).ceil().max(1.0) as u64, 0);
            let step = self.steps.iter().position(|n| {
                seen += n;
                seen >= wanted
            });
            step.map(|step| (step as u64 * STEP_US) as f64 / 1000.0)
        };
        Some(Late { p50: at(0.5)?, p99: at(0.99)?, p999: at(0.999)?, max: at(1.0)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_where_it_was_noted() {
        let mut lateness = Lateness::default();
        assert!(lateness.late().is_none());
        (0..990).for_each(|_| lateness.note(1000));
        (0..9).for_each(|_| lateness.note(7010));
        lateness.note(900_000);
        let late = lateness.late().unwrap();
        assert_eq!((late.p50, late.p99, late.p999, late.max), (1.0, 1.0, 7.0, 199.95));
    }
}
