//! Connections on which nothing was asked yet, and how one of them is ended for another.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hustings_guard::Pending;
use hustings_link::offences;
use hustings_link::sources::network_of;
use hustings_vocab::limits;
use tokio_util::sync::CancellationToken;

use crate::stats::{count, stats};

/// Who has just come is not sent away before this.
const GRACE: Duration = Duration::from_millis(limits::PENDING_GRACE_MS);

/// The register of one listener.
#[derive(Debug)]
pub(crate) struct Waiting {
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    pending: Pending<u64>,
    next: u64,
    /// How each of them is told to go.
    ends: BTreeMap<u64, (CancellationToken, Instant, IpAddr)>,
}

/// One connection's place in the register. Dropping it leaves.
#[derive(Debug)]
pub(crate) struct Wait {
    waiting: Arc<Waiting>,
    number: u64,
    earned: AtomicBool,
    end: CancellationToken,
}

impl Waiting {
    pub(crate) fn new() -> Arc<Self> {
        let pending = Pending::new(limits::PENDING_PER_SHARD_MAX);
        let inside = Mutex::new(Inside { pending, next: 0, ends: BTreeMap::new() });
        Arc::new(Self { inside })
    }

    /// Somebody comes.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Arc<Wait> {
        let end = CancellationToken::new();
        let mut inside = self.inside();
        let number = inside.next;
        inside.next += 1;
        inside.ends.insert(number, (end.clone(), Instant::now(), from));
        if let Some(gone) = inside.pending.enter(number, network_of(from)) {
            inside.end(gone);
        }
        drop(inside);
        Arc::new(Wait { waiting: self.clone(), number, earned: AtomicBool::new(false), end })
    }

    /// Ends one who has had the time and asked for nothing. False: there is nobody.
    pub(crate) fn make_room(&self) -> bool {
        let mut inside = self.inside();
        let gone = inside.pending.next_to_go();
        let Some(gone) =
            gone.filter(|gone| inside.ends.get(gone).is_some_and(|(_, since, _)| since.elapsed() >= GRACE))
        else {
            return false;
        };
        inside.pending.leave(gone);
        inside.end(gone);
        true
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn end(&mut self, number: u64) {
        count(&stats().yielded);
        if let Some((end, _, from)) = self.ends.remove(&number) {
            offences::offend(from);
            end.cancel();
        }
    }
}

impl Wait {
    /// Something was asked: nobody takes this connection's place any more.
    pub(crate) fn earn(&self) {
        if !self.earned.swap(true, Relaxed) {
            let mut inside = self.waiting.inside();
            inside.pending.leave(self.number);
            inside.ends.remove(&self.number);
        }
    }

    /// Returns when the place is wanted.
    pub(crate) async fn over(&self) {
        self.end.cancelled().await;
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.earn();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_asked_keeps_the_place() {
        let waiting = Waiting::new();
        let from = "203.0.113.7".parse().unwrap();
        let (first, second) = (waiting.enter(from), waiting.enter(from));
        first.earn();
        assert!(!waiting.make_room(), "who has just come may ask first");
        tokio::time::sleep(GRACE).await;
        assert!(waiting.make_room());
        second.over().await;
        assert!(!first.end.is_cancelled());
        assert!(!waiting.make_room(), "nobody is left who has not asked");
        drop((first, second));
        assert!(waiting.inside().ends.is_empty());
    }

    #[tokio::test]
    async fn a_flood_ends_its_own() {
        let waiting = Waiting::new();
        let honest = waiting.enter("198.51.100.1".parse().unwrap());
        let flood: Vec<_> =
            (0..limits::PENDING_PER_SHARD_MAX + 10).map(|_| waiting.enter("203.0.113.7".parse().unwrap())).collect();
        flood[0].over().await;
        assert!(flood[..11].iter().all(|one| one.end.is_cancelled()));
        assert!(!honest.end.is_cancelled());
    }
}
