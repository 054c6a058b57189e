//! One question for all who ask it at the same moment.
//!
//! A crowd that opens the same page asks the records the same thing at once, and would keep the connections that the host's acts
//! need. Here at most one asks, and its answer is everybody's who came before it began: nobody is told anything older than their
//! own question. Deliberately absent: a time for which an answer is kept.

use std::future::Future;
use std::time::Instant;

use tokio::sync::Mutex;

/// The last answer, and when its question was asked.
#[derive(Debug)]
pub(crate) struct Together<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Together<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Together<T> {
    /// The answer of a question that is asked from now on: by `ask`, or by somebody who began after this was called.
    pub(crate) async fn ask<E>(&self, ask: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let came = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((began, answer)) = last.as_ref()
            && *began >= came
        {
            return Ok(answer.clone());
        }
        let began = Instant::now();
        let answer = ask.await?;
        *last = Some((began, answer.clone()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_hundred_at_once_ask_twice_and_nobody_is_told_what_is_older_than_their_question() {
        let (together, asked) = (Arc::new(Together::default()), Arc::new(AtomicU32::new(0)));
        let ask = |together: Arc<Together<u32>>, asked: Arc<AtomicU32>| async move {
            let before = asked.load(SeqCst);
            let question = async {
                let n = asked.fetch_add(1, SeqCst) + 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
                Ok::<_, ()>(n)
            };
            assert!(together.ask(question).await.unwrap() > before);
        };
        let first = tokio::spawn(ask(Arc::clone(&together), Arc::clone(&asked)));
        tokio::time::sleep(Duration::from_millis(1)).await;
        let others: Vec<_> = (0..99).map(|_| tokio::spawn(ask(Arc::clone(&together), Arc::clone(&asked)))).collect();
        for one in others.into_iter().chain([first]) {
            one.await.unwrap();
        }
        assert_eq!(asked.load(SeqCst), 2, "the first, and one for all who came while it was asked");
        ask(Arc::clone(&together), Arc::clone(&asked)).await;
        assert_eq!(asked.load(SeqCst), 3);
    }

    #[tokio::test]
    async fn who_fails_fails_alone() {
        let together = Together::default();
        assert_eq!(together.ask(async { Err::<u32, _>("no") }).await, Err("no"));
        assert_eq!(together.ask(async { Ok::<_, &str>(7) }).await, Ok(7));
    }
}
