//! Anybody's WHEP client is a listener with a delay of a phone call: Chromium, aiortc, and libwebrtc itself.

use std::time::Duration;

use hustings_stories::{Program, Server, Sound, Voice, node, python};

async fn hears(listener: Program) {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let output = server.file("heard.wav");
    let url = url.replace(&server.ports.public.to_string(), &server.ports.audience.to_string());
    let listener = listener.args(["--url", &url, "--seconds", "8", "--output", &output]);
    let outcome = listener.run(Duration::from_secs(40)).await.json();
    let (found, score) = Sound::wav(&output).last(6.0).holds(Voice::Tenor).await;
    assert!(found, "the speaker in what was heard: {score}; {outcome}");
}

#[tokio::test]
async fn aiortc_listens() {
    hears(python("aiortc_whep.py")).await;
}

#[tokio::test]
async fn libwebrtc_listens() {
    hears(python("wrtc_whep.py")).await;
}

#[tokio::test]
async fn chromium_listens() {
    hears(node("whep.mjs")).await;
}
