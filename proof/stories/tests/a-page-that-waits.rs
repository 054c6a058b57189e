//! A browser comes to a full house: it is told its place and that the page may be closed, has the same place when it comes
//! back, holds no connection meanwhile, and is let in and hears when somebody leaves.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn its_place_is_kept_and_it_comes_in_when_somebody_leaves() {
    let server = Server::start_with_a_gate(1, 50).await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let secret = "the-first-who-came-0001";
    let answer = server.http().post(format!("{url}/tickets")).json(&json!({ "secret": secret })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let inside: Value = answer.json().await.unwrap();
    let goodbye = json!({ "ticket": inside["ticket"], "secret": secret }).to_string();
    let people = node("waiting.mjs").args(["--url", &url, "--goodbye", &goodbye]);
    let people = match std::env::var("STORIES_PICTURES") {
        Ok(folder) => people.args(["--shots", &folder]),
        Err(_) => people,
    };
    let outcome = people.run(Duration::from_secs(110)).await.ok();
    let seen: Value = serde_json::from_str(outcome.stdout.trim()).expect("it says what it saw");
    assert_eq!(seen["place"], "Place 1");
    assert_eq!(seen["again"], "Place 1");
    assert_eq!(seen["german"], "Platz 2");
    assert!(seen["keeps"].as_str().is_some_and(|said| said.starts_with("You may close this page")), "{seen}");
    assert_eq!((&seen["connections"], &seen["playing"]), (&json!(0), &json!("playing")), "{seen}");
}
