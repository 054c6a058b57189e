//! Phases: at which moment of its cadence each listener is served, so that the work is even over time.
//!
//! A wheel of one second turns in steps of 10 ms. A listener has one seat of it for each delivery in a second, and a
//! newcomer takes the phase that fewest have.

use std::time::{Duration, Instant};

use crate::seats::Key;

/// One step: at 20,000 listeners twice a second 400 deliveries, which take 2 ms.
const STEP: Duration = Duration::from_millis(10);
/// Steps of one turn.
const STEPS: usize = 100;

/// The wheel.
#[derive(Debug)]
pub(crate) struct Phases {
    steps: Vec<Vec<Key>>,
    /// The step that comes next, of all since `start`.
    next: u64,
    start: Instant,
}

/// A listener's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phase {
    step: u16,
    cadence: u16,
}

impl Phase {
    fn steps(self) -> impl Iterator<Item = usize> {
        (usize::from(self.step)..STEPS).step_by(usize::from(self.cadence))
    }
}

impl Phases {
    pub(crate) fn new(now: Instant) -> Self {
        Self { steps: vec![Vec::new(); STEPS], next: 0, start: now }
    }

    /// The phase that fewest have.
    pub(crate) fn choose(&self, cadence: Duration) -> Phase {
        let cadence = (cadence.as_millis() / STEP.as_millis()) as usize;
        let step = (0..cadence).min_by_key(|step| self.steps[*step].len()).unwrap_or(0);
        Phase { step: step as u16, cadence: cadence as u16 }
    }

    pub(crate) fn enter(&mut self, key: Key, phase: Phase) {
        for step in phase.steps() {
            self.steps[step].push(key);
        }
    }

    pub(crate) fn leave(&mut self, key: Key, phase: Phase) {
        for step in phase.steps() {
            let keys = &mut self.steps[step];
            if let Some(at) = keys.iter().position(|k| *k == key) {
                keys.swap_remove(at);
            }
        }
    }

    /// Adds everybody whose moment has come since it was last asked. After a standstill of more than a turn everybody is
    /// served once.
    pub(crate) fn turn(&mut self, now: Instant, due: &mut Vec<Key>) {
        let past = (now.saturating_duration_since(self.start).as_nanos() / STEP.as_nanos()) as u64;
        self.next = self.next.max((past + 1).saturating_sub(STEPS as u64));
        while self.next <= past {
            due.extend(&self.steps[(self.next % STEPS as u64) as usize]);
            self.next += 1;
        }
    }

    /// When the next step is.
    pub(crate) fn next_at(&self) -> Instant {
        self.start + Duration::from_nanos(STEP.as_nanos() as u64 * self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seats::Seats;

    #[test]
    fn everybody_is_served_once_in_a_cadence_and_the_work_is_even() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut phases = Phases::new(start);
        let mut seats = Seats::default();
        let mut enter = |phases: &mut Phases, ms| {
            let (key, phase) = (seats.insert(()), phases.choose(Duration::from_millis(ms)));
            phases.enter(key, phase);
            (key, phase)
        };
        let quick: Vec<_> = (0..100).map(|_| enter(&mut phases, 500)).collect();
        let slow: Vec<_> = (0..100).map(|_| enter(&mut phases, 1000)).collect();
        let mut served = Vec::new();
        for ms in (0..2000).step_by(10) {
            let mut due = Vec::new();
            assert_eq!(phases.next_at(), at(ms));
            phases.turn(at(ms), &mut due);
            phases.turn(at(ms + 3), &mut due);
            assert_eq!(due.len(), 3, "at {ms}");
            served.extend(due);
        }
        for (listeners, times) in [(&quick, 4), (&slow, 2)] {
            assert!(listeners.iter().all(|(key, _)| served.iter().filter(|k| *k == key).count() == times));
        }
        for (key, phase) in quick {
            phases.leave(key, phase);
        }
        let mut due = Vec::new();
        phases.turn(at(60_000), &mut due);
        assert_eq!(due.len(), slow.len(), "after a standstill once");
    }
}
