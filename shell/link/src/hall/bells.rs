//! Bells: who is told that a shelf has come further, without being waited for.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Told when a shelf has come further, by whoever publishes: it must not wait for anything.
pub trait Bell: std::fmt::Debug + Send + Sync {
    /// There is something new, or the end.
    fn ring(&self);
}

/// The bells of a shelf: one for each shard that reads it, however many listen there.
#[derive(Debug, Default)]
pub(super) struct Bells(Mutex<Vec<Weak<dyn Bell>>>);

impl Bells {
    /// Rings this one, too, as long as somebody holds it.
    pub(super) fn hang(&self, bell: &Arc<dyn Bell>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(bell));
    }

    pub(super) fn ring(&self) {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| bell.upgrade().inspect(|bell| bell.ring()).is_some());
    }
}
