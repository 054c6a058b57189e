//! Words to those on stage: the newest to each seat, kept in memory for a while, and those who wait for one.
//!
//! A word is for one pair of eyes, so it is no event of the conversation. Pages wait with a request that is answered when there
//! is one. Absent: what was said before, and a record of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hustings_link::production::{BringError, Cue};
use hustings_vocab::{SeatId, Slug, limits};
use tokio::sync::{Semaphore, watch};

/// Words of one conversation, by seat.
type Words = BTreeMap<SeatId, Cue>;
/// How long a word is news: who opens the page later was told otherwise.
const NEWS_MS: u64 = 60_000;

/// The words of every open conversation.
pub(crate) struct Cues {
    rooms: Mutex<HashMap<Slug, watch::Sender<Words>>>,
    waits: Semaphore,
}

impl Default for Cues {
    fn default() -> Self {
        Self { rooms: Mutex::default(), waits: Semaphore::new(limits::CUE_WAITS_MAX) }
    }
}

impl Cues {
    /// Tells a seat something. Those who are on stage are `here`; what others were told is forgotten.
    pub(crate) fn tell(&self, slug: &Slug, to: SeatId, here: &[SeatId], text: String, by: String, now_ms: u64) {
        self.of(slug).send_modify(|words| {
            words.retain(|seat, cue| here.contains(seat) && cue.number + NEWS_MS > now_ms);
            let number = words.get(&to).map_or(now_ms, |cue| now_ms.max(cue.number + 1));
            words.insert(to, Cue { number, text, by });
        });
    }

    /// The newest word to a seat after that number, if there is one within `patience`.
    pub(crate) async fn next(
        &self,
        slug: &Slug,
        to: &SeatId,
        after: u64,
        now_ms: u64,
        patience: Duration,
    ) -> Result<Option<Cue>, BringError> {
        let _waits = self.waits.try_acquire().map_err(|_| BringError::Busy(limits::CUE_WAIT_SECONDS))?;
        let after = after.max(now_ms.saturating_sub(NEWS_MS));
        let news = |words: &Words| words.get(to).filter(|cue| cue.number > after).cloned();
        let mut words = self.of(slug).subscribe();
        let heard = tokio::time::timeout(patience, words.wait_for(|words| news(words).is_some())).await;
        Ok(heard.ok().and_then(Result::ok).and_then(|words| news(&words)))
    }

    fn of(&self, slug: &Slug) -> watch::Sender<Words> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(slug) {
            return room.clone();
        }
        if rooms.len() >= limits::CONVERSATIONS_OPEN_MAX {
            rooms.retain(|_, room| room.receiver_count() > 0);
        }
        rooms.entry(slug.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_word_is_told_once_to_whom_it_is_for() {
        let (cues, slug) = (Cues::default(), "evening".parse().unwrap());
        let (ada, bo): (SeatId, SeatId) = ("ada".parse().unwrap(), "bo".parse().unwrap());
        let soon = Duration::from_millis(20);
        let waiting = cues.next(&slug, &ada, 0, 1_000_000, Duration::from_secs(5));
        let tell = async {
            tokio::task::yield_now().await;
            cues.tell(&slug, ada.clone(), &[ada.clone(), bo.clone()], "You are next".into(), "Pat".into(), 1_000_000);
        };
        let (heard, ()) = tokio::join!(waiting, tell);
        let heard = heard.unwrap().unwrap();
        assert_eq!((heard.text.as_str(), heard.by.as_str()), ("You are next", "Pat"));
        assert_eq!(cues.next(&slug, &ada, heard.number, 1_000_000, soon).await.unwrap(), None, "it was heard");
        assert_eq!(cues.next(&slug, &bo, 0, 1_000_000, soon).await.unwrap(), None, "it is not for him");
        assert_eq!(cues.next(&slug, &ada, 0, 1_061_000, soon).await.unwrap(), None, "it is old");
        cues.tell(&slug, ada.clone(), std::slice::from_ref(&ada), "Now".into(), "Pat".into(), 1_000_000);
        let next = cues.next(&slug, &ada, heard.number, 1_000_000, soon).await.unwrap().unwrap();
        assert_eq!((next.text.as_str(), next.number), ("Now", heard.number + 1), "two within a millisecond are two");
    }
}
