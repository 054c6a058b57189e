//! What the records must know: the newest state of each conversation, until somebody writes it down.
//!
//! A state that was not fetched is replaced by a newer one of the same conversation, so a database that stands still costs
//! one entry for each open conversation and never makes a tick wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hustings_vocab::Slug;
use hustings_vocab::event::State;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

type Newest = Arc<Mutex<BTreeMap<Slug, State>>>;

/// Where rooms leave their states.
#[derive(Debug, Clone)]
pub struct Notices {
    newest: Newest,
    bell: mpsc::Sender<()>,
}

/// Where they are fetched.
#[derive(Debug)]
pub struct Noticed {
    newest: Newest,
    bell: mpsc::Receiver<()>,
}

/// Both ends.
#[must_use]
pub fn notices() -> (Notices, Noticed) {
    let newest = Newest::default();
    let (ring, bell) = mpsc::channel(1);
    (Notices { newest: newest.clone(), bell: ring }, Noticed { newest, bell })
}

impl Notices {
    /// Leaves a state, in place of an older one of the same conversation.
    pub(crate) fn post(&self, slug: &Slug, state: State) {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).insert(slug.clone(), state);
        // A bell that rings already is enough; the records stop before the studio only when the process does.
        if let Err(TrySendError::Closed(())) = self.bell.try_send(()) {
            tracing::debug!(%slug, "nobody writes down states any more");
        }
    }
}

impl Noticed {
    /// The newest state of some conversation; `None` when the studio has stopped and all is fetched.
    pub async fn next(&mut self) -> Option<(Slug, State)> {
        loop {
            if let Some(found) = self.newest.lock().unwrap_or_else(PoisonError::into_inner).pop_first() {
                return Some(found);
            }
            if self.bell.recv().await.is_none() {
                return self.newest.lock().unwrap_or_else(PoisonError::into_inner).pop_first();
            }
        }
    }

    /// Gives back a state that could not be written down, unless there is a newer one or the studio has stopped: then there
    /// is no time left to try again.
    pub fn give_back(&self, slug: Slug, state: State) {
        if self.bell.is_closed() {
            return;
        }
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).entry(slug).or_insert(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_vocab::Phase;

    fn state(phase: Phase) -> State {
        State { phase, live_since: None }
    }

    #[tokio::test]
    async fn only_the_newest_state_of_each_is_kept_until_the_studio_stops() {
        let (post, mut fetch) = notices();
        let (one, two): (Slug, Slug) = ("one".parse().unwrap(), "two".parse().unwrap());
        for _ in 0..10_000 {
            post.post(&one, state(Phase::Lobby));
            post.post(&two, state(Phase::Lobby));
        }
        post.post(&one, state(Phase::Live));
        assert_eq!(fetch.next().await, Some((one.clone(), state(Phase::Live))));
        fetch.give_back(one.clone(), state(Phase::Live));
        drop(post);
        assert_eq!(fetch.next().await, Some((one, state(Phase::Live))));
        assert_eq!(fetch.next().await, Some((two, state(Phase::Lobby))));
        assert_eq!(fetch.next().await, None);
    }
}
