//! Who stays: of those who come to listen, how many are still here half a minute later.
//!
//! A line of those who came in the last [`DWELL`], each with a mark that is gone when they go. Nobody is followed beyond that, and
//! nothing says who it was.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Who hears for so long has come to listen.
pub const DWELL: Duration = Duration::from_secs(30);
/// Those who are waited for: the connections of a machine that all came at once. Who comes beyond that is not counted.
const WAITED_FOR_MAX: usize = 1 << 18;

/// Those who came in the last [`DWELL`] in this process.
#[derive(Debug, Default)]
pub(super) struct Dwell(Mutex<Line>);

#[derive(Debug, Default)]
struct Line {
    came: VecDeque<(Instant, Weak<()>)>,
    passed: u64,
    stayed: u64,
}

impl Dwell {
    /// Somebody comes; they are here as long as what is returned.
    pub(super) fn come(&self, now: Instant) -> Arc<()> {
        let here = Arc::new(());
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.pass(now);
        if line.came.len() < WAITED_FOR_MAX {
            line.came.push_back((now, Arc::downgrade(&here)));
        }
        here
    }

    /// Of how many the half minute is over so far, and how many of them had stayed.
    pub(super) fn stayed(&self, now: Instant) -> (u64, u64) {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.pass(now);
        (line.passed, line.stayed)
    }
}

impl Line {
    fn pass(&mut self, now: Instant) {
        while let Some((came, here)) = self.came.front()
            && now.saturating_duration_since(*came) >= DWELL
        {
            self.passed += 1;
            self.stayed += u64::from(here.strong_count() > 0);
            self.came.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_still_here_after_half_a_minute_has_stayed() {
        let (dwell, began) = (Dwell::default(), Instant::now());
        let stays = dwell.come(began);
        drop(dwell.come(began));
        let late = dwell.come(began + Duration::from_secs(10));
        assert_eq!(dwell.stayed(began + Duration::from_secs(29)), (0, 0));
        assert_eq!(dwell.stayed(began + DWELL), (2, 1));
        drop(stays);
        assert_eq!(dwell.stayed(began + Duration::from_secs(40)), (3, 2));
        drop(late);
        assert_eq!(dwell.stayed(began + Duration::from_secs(90)), (3, 2));
        assert!(dwell.0.lock().unwrap().came.is_empty());
    }
}
