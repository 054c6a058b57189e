//! How long work waits in this process: the signal by which the gate knows that a machine is full.
//!
//! A thread sleeps for a moment and sees how much later it was woken. What is late for it was late for every other thread
//! that became ready then. Fifty looks a second cost a thousandth of a core.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Counts µs of delay.
pub(crate) const DELAY_US: &str = "pulse.delay_us";
/// Counts looks.
pub(crate) const LOOKS: &str = "pulse.looks";

/// Between two looks: the tick of the mixer.
const EVERY: Duration = Duration::from_millis(20);
/// What a sleep is late by on an idle machine, which is no delay.
const USUAL: Duration = Duration::from_micros(200);

static BEGUN: Once = Once::new();
static SUM_US: AtomicU64 = AtomicU64::new(0);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Begins to look, once in a process and for its life.
pub(crate) fn begin() {
    BEGUN.call_once(|| {
        let looking = std::thread::Builder::new().name("pulse".into()).spawn(|| {
            loop {
                let begun = Instant::now();
                std::thread::sleep(EVERY);
                let late = begun.elapsed().saturating_sub(EVERY + USUAL);
                SUM_US.fetch_add(u64::try_from(late.as_micros()).unwrap_or(u64::MAX), Relaxed);
                COUNT.fetch_add(1, Relaxed);
            }
        });
        if let Err(error) = looking {
            tracing::error!(%error, "nobody looks how long work waits");
        }
    });
}

/// What was counted so far.
pub(crate) fn counted() -> [(&'static str, u64); 2] {
    [(DELAY_US, SUM_US.load(Relaxed)), (LOOKS, COUNT.load(Relaxed))]
}
