//! Packets of a speaker's own session that are no good: the same ones again, and ones that do not decode. Nobody's session
//! ends, and nobody hears it.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, python};

#[tokio::test]
async fn packets_that_are_sent_again_are_heard_once() {
    let server = Server::start().await;
    server.live("talk").await;
    let mut speaker = server.speaker("talk", "guest", &Voice::Real.file().await).await;
    let url = server.audience("/c/talk/live.ogg?burst=1");
    let listener = tokio::spawn(async move { Sound::read(&url, 16.0, Duration::from_secs(40)).await });
    let port = server.ports.stage_udp.to_string();
    let intruder = python("replay.py").args(["--port", &port, "--seconds", "10", "--copies", "5"]);
    let outcome = intruder.run(Duration::from_secs(20)).await.json();
    assert!(outcome["replayed"].as_u64() > Some(2_000), "{outcome}");

    let heard = listener.await.expect("the listener hears");
    let gaps = heard.last(12.0).gaps(Voice::Real).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    assert!(speaker.is_running());
    // SRTP refuses a packet that it has seen (RFC 3711, section 3.3.2), so no copy reaches the mixer. The speaker's own
    // redundancy does.
    let received = server.metric("hustings_line_packets_total{fate=\"received\"}").await.expect("a metric");
    assert!(received < 1_500.0, "{received} packets in less than 30 s");
}

#[tokio::test]
async fn packets_that_do_not_decode_are_counted_and_harm_nobody() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let token = server.token("talk", "speaker", "broken").await;
    // Code 3 without a frame (RFC 6716, section 3.2.5).
    let broken = python("aiortc_whip.py").args(["--url", &url, "--token", &token, "--payload", "ff00"]);
    let broken = broken.args(["--file", &Voice::Alto.file().await, "--seconds", "12"]).spawn();
    server.on_stage("talk", "broken", true, Duration::from_secs(15)).await;
    let heard = Sound::read(&server.audience("/c/talk/live.ogg?burst=1"), 8.0, Duration::from_secs(20)).await;
    assert!(heard.last(5.0).holds(Voice::Tenor).await.0, "the other speaker is heard");
    let undecodable = server.metric("hustings_line_packets_total{fate=\"undecodable\"}").await;
    assert!(undecodable > Some(100.0), "{undecodable:?}");
    let outcome = broken.end(Duration::from_secs(30)).await.json();
    assert_eq!(outcome["deleted"], 200, "its session lasted to its own end: {outcome}");
}
