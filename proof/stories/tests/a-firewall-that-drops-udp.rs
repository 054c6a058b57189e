//! A guest whose office lets no UDP through is on stage within five seconds all the same, by ICE-TCP.

use std::time::Duration;

use hustings_stories::{Filter, Server, Sound, Voice, node};

#[tokio::test]
async fn a_chromium_speaker_is_on_within_five_seconds_by_tcp() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let _firewall = Filter::dead_udp(server.ports.stage_udp);
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--within", "5", "--events", "1"]);
    let speaker = speaker.args(["--microphone", &Voice::Tenor.file().await, "--seconds", "15"]).spawn();
    server.on_stage("talk", "guest", true, Duration::from_secs(15)).await;
    let heard = Sound::read(&server.audience("/c/talk/live.ogg?burst=1"), 10.0, Duration::from_secs(30)).await;
    let (found, score) = heard.last(5.0).holds(Voice::Tenor).await;
    assert!(found, "the speaker in what a listener heard: {score}");
    let outcome = speaker.end(Duration::from_secs(40)).await.json();
    assert_eq!(outcome["transport"], "tcp", "{outcome}");
}
