//! A guest walks out of the office: the path that their sound took is gone, another is there. The page notices, restarts ICE,
//! and the same seat is audible again within three seconds.

use std::time::Duration;

use hustings_stories::{Filter, Server, Sound, Voice, node};
use serde_json::Value;

#[tokio::test]
async fn the_same_seat_is_audible_within_three_seconds() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--via", "page", "--events", "1"]);
    let mut speaker = speaker.args(["--microphone", &Voice::Tenor.file().await, "--seconds", "32"]).spawn();
    let on = speaker.line("\"on\"", Duration::from_secs(20)).await;
    let on: Value = serde_json::from_str(&on).expect("a line of JSON");
    let port = on["port"].as_u64().and_then(|p| u16::try_from(p).ok()).expect("a port");

    let address = server.audience("/c/talk/live.ogg?burst=1");
    let listener = tokio::spawn(async move { Sound::read(&address, 24.0, Duration::from_secs(40)).await });
    tokio::time::sleep(Duration::from_secs(10)).await;
    let _gone = Filter::dead_path(server.ports.stage_udp, port);
    let heard = listener.await.expect("the listener is never sent away");

    let roster = server.snapshot("talk").await.expect("a snapshot")["roster"]["speakers"].take();
    assert_eq!(roster.as_array().map(Vec::len), Some(1), "one seat throughout: {roster}");
    let outcome = speaker.end(Duration::from_secs(40)).await.json();
    assert_ne!(outcome["port"], on["port"], "the path is another");
    let before = heard.between(0.0, 9.0);
    assert!(before.longest_silence() < 1.0, "a voice that hardly pauses: {}", before.longest_silence());
    assert!(heard.longest_silence() <= 3.0, "silent for {:.1} s", heard.longest_silence());
    assert!(heard.last(8.0).holds(Voice::Tenor).await.0, "the voice is back");
}
