//! Waiting with a bound: for a condition, never for luck.

use std::future::Future;
use std::time::{Duration, Instant};

/// Asks every 50 ms until there is an answer.
///
/// # Panics
/// With `what` when there is none after `bound`: a promise was broken.
pub async fn until<T>(what: &str, bound: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < bound, "{what}: not within {bound:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for one thing, at most so long.
///
/// # Panics
/// With `what` when it takes longer.
pub async fn within<T>(what: &str, bound: Duration, thing: impl Future<Output = T>) -> T {
    match tokio::time::timeout(bound, thing).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("{what}: not within {bound:?}"),
    }
}
