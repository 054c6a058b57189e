//! SIGKILL while live, and a start within the second: what was open comes back by itself.

use std::time::Duration;

use hustings_stories::{Running, Server, Sound, Voice, node};

async fn killed_and_back(server: &mut Server, mut player: Running, first: Running) {
    player.line("event", Duration::from_secs(30)).await;
    let token = server.token("talk", "speaker", "guest").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.stop("KILL", Duration::from_secs(5)).await;
    drop(first);
    server.resume().await;
    server.reaches("talk", "held", Duration::from_secs(5)).await;
    // The token was made before: it is still good.
    let url = server.url("/c/talk");
    let file = Voice::Alto.file().await;
    let speak = hustings_stories::hustings().args(["speak", &url, &file, "--token", &token, "--loop"]).spawn();
    server.on_stage("talk", "guest", true, Duration::from_secs(10)).await;
    let outcome = player.end(Duration::from_secs(90)).await.json();
    drop(speak);
    let heard = Sound::wav(&server.file("heard.wav")).last(10.0);
    let (found, score) = heard.holds(Voice::Alto).await;
    assert!(found, "who speaks after the restart is heard without a reload: {score}; {outcome}");
}

#[tokio::test]
async fn the_page_hears_again_without_a_reload() {
    let mut server = Server::start().await;
    let url = server.live("talk").await;
    let first = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let output = server.file("heard.wav");
    let player = node("listener.mjs").args(["--url", &url, "--seconds", "30", "--ready", "1", "--output", &output]);
    let player = player.spawn();
    killed_and_back(&mut server, player, first).await;
}

#[tokio::test]
async fn hls_js_hears_again_without_a_reload() {
    let mut server = Server::start().await;
    server.live("talk").await;
    let first = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let output = server.file("heard.wav");
    let url = server.audience("/c/talk/hls/index.m3u8");
    let player = node("hlsjs.mjs").args(["--url", &url, "--seconds", "30", "--ready", "1", "--output", &output]);
    let player = player.spawn();
    killed_and_back(&mut server, player, first).await;
}
