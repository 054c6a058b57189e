//! Questions of an edge about conversations that have no hall: scheduled, over, or never were. The stage's process answers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hustings_link::desk::DeskError;
use hustings_vocab::{Phase, Slug, limits};
use tokio::sync::broadcast;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is being asked at the moment. Who asks what somebody else asks waits for the same answer.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<HashMap<Slug, broadcast::Sender<Option<Phase>>>>);

impl Questions {
    /// Asks, by means of `send`, and waits.
    pub(super) async fn ask(&self, slug: &Slug, send: impl FnOnce() -> bool) -> Result<Phase, DeskError> {
        let none = || DeskError::Store("the stage does not answer".into());
        let mut answer = {
            let mut asked = self.asked();
            match asked.get(slug) {
                Some(waiting) => waiting.subscribe(),
                None if asked.len() >= limits::CONVERSATIONS_LISTED_MAX || !send() => return Err(none()),
                None => asked.entry(slug.clone()).or_insert_with(|| broadcast::channel(1).0).subscribe(),
            }
        };
        match tokio::time::timeout(PATIENCE, answer.recv()).await {
            Ok(Ok(found)) => found.ok_or_else(|| DeskError::Unknown(slug.clone())),
            _ => {
                self.asked().remove(slug);
                Err(none())
            }
        }
    }

    pub(super) fn answered(&self, slug: &Slug, found: Option<Phase>) {
        if let Some(waiting) = self.asked().remove(slug) {
            // Who asked may have gone.
            let _ = waiting.send(found);
        }
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<Slug, broadcast::Sender<Option<Phase>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_who_ask_the_same_get_one_answer() {
        let (questions, slug) = (Questions::default(), "talk".parse::<Slug>().unwrap());
        let answer = async {
            questions.answered(&slug, Some(Phase::Ended));
        };
        let (first, second, ()) =
            tokio::join!(questions.ask(&slug, || true), questions.ask(&slug, || panic!("it is asked once")), answer);
        assert_eq!((first, second), (Ok(Phase::Ended), Ok(Phase::Ended)));
        let (unknown, ()) = tokio::join!(questions.ask(&slug, || true), async { questions.answered(&slug, None) });
        assert_eq!(unknown, Err(DeskError::Unknown(slug.clone())));
        assert!(matches!(questions.ask(&slug, || false).await, Err(DeskError::Store(_))));
        assert!(questions.asked().is_empty());
    }
}
