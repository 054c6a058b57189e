//! The second that is being counted, and how this process fares meanwhile.

use std::time::{Duration, Instant};

use hustings_rehearsal::{Second, Tier, TierSecond};
use rustix::time::{ClockId, clock_gettime};

use super::listener::Standing;

/// Counts of the present second, and how many stand where.
#[derive(Debug)]
pub(super) struct Tally {
    now: Second,
    begins: Instant,
    asking: [u64; 3],
    waiting: [u64; 3],
    hearing: [u64; 3],
    cpu: f64,
}

impl Tally {
    /// Second 0 begins at `begins`.
    pub(super) fn new(begins: Instant) -> Self {
        Self { now: Second::default(), begins, asking: [0; 3], waiting: [0; 3], hearing: [0; 3], cpu: cpu_seconds() }
    }

    pub(super) fn of(&mut self, tier: Tier) -> &mut TierSecond {
        self.now.of_mut(tier)
    }

    pub(super) fn own_error(&mut self) {
        self.now.own.errors += 1;
    }

    /// Nobody looked for so long.
    pub(super) fn late(&mut self, by: Duration) {
        self.now.own.late_ms = self.now.own.late_ms.max(by.as_secs_f64() * 1000.0);
    }

    /// Somebody stands elsewhere now.
    pub(super) fn moved(&mut self, tier: Tier, from: Standing, to: Standing) {
        let n = tier as usize;
        let counts = [
            (Standing::Asking, &mut self.asking[n]),
            (Standing::Waiting, &mut self.waiting[n]),
            (Standing::Hearing, &mut self.hearing[n]),
        ];
        for (standing, count) in counts {
            *count += u64::from(to == standing);
            *count -= u64::from(from == standing);
        }
    }

    /// How many hear.
    pub(super) fn hearing(&self) -> u64 {
        self.hearing.iter().sum()
    }

    /// Gives the second that is over at `now`, if one is.
    pub(super) fn over(&mut self, now: Instant) -> Option<Second> {
        let second = now.saturating_duration_since(self.begins).as_secs() as u32;
        (second > self.now.second).then(|| self.take(second))
    }

    /// Gives what was counted of the present second.
    pub(super) fn rest(&mut self) -> Second {
        self.take(self.now.second + 1)
    }

    fn take(&mut self, next: u32) -> Second {
        let cpu = cpu_seconds();
        for tier in Tier::ALL {
            let n = tier as usize;
            let (asking, waiting, hearing) = (self.asking[n], self.waiting[n], self.hearing[n]);
            let counted = self.now.of_mut(tier);
            (counted.asking, counted.waiting, counted.hearing) = (asking, waiting, hearing);
        }
        // Where this process was stopped for longer, one second tells of several; it then says how late it was, too.
        self.now.own.cpu_seconds = cpu - self.cpu;
        self.now.own.busiest = (cpu - self.cpu) / f64::from(next - self.now.second);
        self.cpu = cpu;
        std::mem::replace(&mut self.now, Second { second: next, ..Second::default() })
    }
}

/// Processor time of this process, user and system.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
