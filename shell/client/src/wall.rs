//! The one place that reads the wall clock: reports name moments in milliseconds since 1970, so that those of several
//! programs on one machine can be compared.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A pairing of the two clocks, taken once, so that moments of one client never jump against each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wall {
    at: Instant,
    unix_ms: f64,
}

impl Wall {
    pub(crate) fn now() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { at: Instant::now(), unix_ms: unix.as_secs_f64() * 1000.0 }
    }

    /// Milliseconds since 1970 at `t`.
    pub(crate) fn ms(&self, t: Instant) -> f64 {
        match t.checked_duration_since(self.at) {
            Some(later) => self.unix_ms + later.as_secs_f64() * 1000.0,
            None => self.unix_ms - self.at.duration_since(t).as_secs_f64() * 1000.0,
        }
    }
}

/// Milliseconds to a tenth, as reports show them.
pub(crate) fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
