//! Any site's player: hls.js in low-latency mode plays for a minute without a stall, at most two seconds behind.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, node};

#[tokio::test]
async fn hls_js_never_stalls_and_stays_within_two_seconds() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let output = server.file("heard.wav");
    let player = node("hlsjs.mjs").args(["--url", &server.audience("/c/talk/hls/index.m3u8"), "--seconds", "60"]);
    let outcome = player.args(["--output", &output]).run(Duration::from_secs(110)).await.json();
    assert_eq!(outcome["stalls"], 0, "{outcome}");
    assert_eq!(outcome["errors"].as_array().map(Vec::len), Some(0), "{outcome}");
    assert!(outcome["played_s"].as_f64().unwrap() > 58.5, "{outcome}");
    assert!(outcome["latency_s"]["max"].as_f64().unwrap() <= 2.0, "{outcome}");
    assert!(Sound::wav(&output).holds(Voice::Tenor).await.0, "the player's sound holds the speaker");
}
