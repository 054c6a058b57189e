//! What the gate decided, counted for the records of the evening.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hustings_gate::Decision;
use hustings_gate::challenge::Met;
use hustings_link::gatekeeper::Asked;

/// The names of what is counted, in order.
const NAMES: [&str; 8] = [
    "gate.tickets",
    "gate.admitted",
    "gate.stepped_down",
    "gate.waiting",
    "gate.refused",
    "gate.challenged",
    "challenges.passed",
    "challenges.failed",
];

/// Kinds of what is counted.
pub(super) const KINDS: usize = NAMES.len();

/// Counters.
#[derive(Debug, Default)]
pub(super) struct Tally([AtomicU64; NAMES.len()]);

impl Tally {
    /// Somebody asked, and this was decided. Who asks again with a place, and waits on, is not counted anew.
    pub(super) fn count(&self, asked: &Asked, decision: &Decision) {
        let is_new = asked.place.is_none() && asked.ticket.is_none();
        if is_new {
            self.0[0].fetch_add(1, Relaxed);
        }
        let at = match decision {
            Decision::Admit(_) => 1,
            Decision::StepDown(_) => 2,
            Decision::Wait(_) if is_new => 3,
            Decision::Wait(_) => return,
            Decision::Refuse(_) => 4,
        };
        self.0[at].fetch_add(1, Relaxed);
    }

    /// Somebody met this at the door.
    pub(super) fn challenge(&self, met: &Met) {
        let at = match met {
            Met::Nothing => return,
            Met::Challenge(_) => 5,
            Met::Passed => 6,
            Met::Failed(_) => 7,
        };
        self.0[at].fetch_add(1, Relaxed);
        if at == 5 {
            self.0[0].fetch_add(1, Relaxed);
        }
    }

    /// By the last part of their names.
    pub(super) fn decided(&self) -> [(&'static str, u64); KINDS] {
        self.counted().map(|(name, count)| (name.split_once('.').map_or(name, |(_, kind)| kind), count))
    }

    pub(super) fn counted(&self) -> [(&'static str, u64); NAMES.len()] {
        std::array::from_fn(|n| (NAMES[n], self.0[n].load(Relaxed)))
    }
}
