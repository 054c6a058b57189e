//! Whether the pages' own work has its turn: what answers them is asked once a second to do nothing, and has done it by the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::runtime::Handle;

/// The work of pages and API in this process, as somebody beside it sees it.
pub(super) struct Turns {
    runtime: Handle,
    done: Arc<AtomicBool>,
}

impl Turns {
    pub(super) fn of(runtime: Handle) -> Self {
        Self { runtime, done: Arc::new(AtomicBool::new(true)) }
    }

    /// Whether what was asked the last time is done. Asks again.
    pub(super) fn look(&self) -> bool {
        let had = self.done.swap(false, Relaxed);
        if had {
            let done = self.done.clone();
            self.runtime.spawn(async move { done.store(true, Relaxed) });
        }
        had
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_is_held_up_has_no_turn_until_it_goes_on() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let turns = Turns::of(runtime.handle().clone());
        assert!(turns.look());
        let until = |wanted: bool| {
            (0..1000).any(|_| {
                std::thread::sleep(Duration::from_millis(5));
                turns.look() == wanted
            })
        };
        assert!(until(true), "it runs");
        let (hold, held) = std::sync::mpsc::channel::<()>();
        runtime.spawn(async move {
            let _ = held.recv();
        });
        assert!(until(false), "somebody holds it up");
        assert!(!turns.look());
        drop(hold);
        assert!(until(true), "it goes on");
    }
}
