//! A host is late: posts why, moves the start, and opens with those inside. Who is in the lobby, who waits for a seat, `queue.json`
//! and the status page each show all three within five seconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hustings_stories::{Server, Voice, node, until};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// What the issue promises.
const SOON_MS: u64 = 5_000;

#[tokio::test]
async fn the_lobby_the_queue_and_the_status_page_show_it_within_five_seconds() {
    let server = Server::start_with_a_gate(1, 50).await;
    let starts_ms = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64 + 600_000;
    server.command(&["conversation", "create", "talk"]).await.done();
    let host = server.token("talk", "host", "host").await;
    let api = server.url("/api/v1/conversations/talk");
    let plan = server.http().patch(&api).bearer_auth(&host).header("if-match", "\"1\"");
    let plan = plan.json(&json!({ "starts_ms": starts_ms })).send().await.expect("an answer");
    assert_eq!(plan.status(), StatusCode::OK, "{:?}", plan.text().await);
    until("the status page names it", Duration::from_secs(5), async || {
        let page = server.http().get(server.url("/status")).send().await.ok()?.text().await.ok()?;
        page.contains("It starts at").then_some(())
    })
    .await;

    // Somebody on stage: without anybody it would begin and be held at once.
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let people = node("lobby.mjs").args(["--url", &server.url("/c/talk"), "--token", &host]);
    let people = people.args(["--starts", &starts_ms.to_string()]);
    let outcome = people.run(Duration::from_secs(60)).await.ok();
    let seen: Value = serde_json::from_str(outcome.stdout.trim()).expect("it says what it saw");
    for act in ["delayed", "moved", "begun"] {
        for place in ["lobby", "waiting", "queue", "status"] {
            let after = seen[act][place].as_u64().unwrap_or_else(|| panic!("{act}, {place}: {seen}"));
            assert!(after <= SOON_MS, "{act} was shown in {place} after {after} ms: {seen}");
        }
    }
}
