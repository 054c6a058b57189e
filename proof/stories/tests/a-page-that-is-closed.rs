//! A page that hears is loaded again and has the same seat, although somebody waits for one; then it is closed, and who waits is
//! let in within seconds, and not after the ten minutes for which the seat of a lost line is kept.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};
use serde_json::Value;

#[tokio::test]
async fn a_seat_survives_a_reload_and_is_free_when_its_page_is_closed() {
    let server = Server::start_with_a_gate(1, 50).await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let outcome = node("leaving.mjs").args(["--url", &url]).run(Duration::from_secs(90)).await.ok();
    let seen: Value = serde_json::from_str(outcome.stdout.trim()).expect("it says what it saw");
    assert_eq!((&seen["first"], &seen["reloaded"]), (&"playing".into(), &"playing".into()), "{seen}");
    assert_eq!(seen["waits"], "Place 1", "{seen}");
    // Five seconds, a look every four, and the way.
    assert!(seen["free_ms"].as_u64().is_some_and(|ms| ms < 20_000), "{seen}");
}
