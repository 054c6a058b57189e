//! When somebody was first heard: it is seen in the levels on their way to the audience, and written down once for each
//! conversation, so that whether an evening opened on time is a fact and not a memory.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use hustings_store::Store;
use hustings_vocab::event::{Event, What};
use hustings_vocab::{SAMPLE_RATE, Slug, limits};
use tokio::sync::mpsc;

/// First words that wait to be written down: one for each conversation that can be open.
const WAITING_MAX: usize = limits::CONVERSATIONS_OPEN_MAX;

/// Who listens for the first word.
pub(crate) struct Openings {
    heard: Mutex<HashSet<Slug>>,
    tell: mpsc::Sender<(Slug, u64)>,
}

impl Openings {
    /// And where the first words come out.
    pub(crate) fn new() -> (Self, mpsc::Receiver<(Slug, u64)>) {
        let (tell, told) = mpsc::channel(WAITING_MAX);
        (Self { heard: Mutex::default(), tell }, told)
    }

    /// Something is told to the audience of a conversation whose media time began at `epoch_ms`.
    pub(crate) fn look(&self, slug: &Slug, event: &Event, epoch_ms: u64) {
        let What::Levels(levels) = &event.what else { return };
        // Only what is on air counts: before the start nobody has spoken.
        let Some(spoke_ms) = levels.voices.iter().map(|voice| voice.spoke_ms).filter(|ms| *ms > 0).max() else {
            return;
        };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.contains(slug) {
            return;
        }
        let ended_ms = epoch_ms + event.t.0 * 1000 / u64::from(SAMPLE_RATE);
        // What does not fit is said with the next levels, a little late.
        if self.tell.try_send((slug.clone(), ended_ms.saturating_sub(spoke_ms))).is_ok() {
            if heard.len() >= limits::LINK_OPEN_MAX {
                heard.clear();
            }
            heard.insert(slug.clone());
        }
    }
}

/// Writes them down, as long as there is somebody to listen.
pub(crate) async fn write_down(mut told: mpsc::Receiver<(Slug, u64)>, store: Store) {
    while let Some((slug, at_ms)) = told.recv().await {
        if let Err(error) = store.opened(&slug, at_ms).await {
            tracing::error!(%slug, %error, "when it opened was not written down");
        }
    }
}
