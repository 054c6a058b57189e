//! Five packets of a hundred are lost on the way to the server: at most one second of a hundred has a glitch.

use std::time::Duration;

use hustings_stories::{Filter, Server, Sound, Voice, node};

#[tokio::test]
async fn five_percent_loss_leaves_at_most_one_percent_of_glitch_seconds() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--seconds", "75"]);
    let _speaker = speaker.args(["--microphone", &Voice::Real.file().await]).spawn();
    server.on_stage("talk", "guest", true, Duration::from_secs(15)).await;
    let _loss = Filter::lose_udp(server.ports.stage_udp, 5);
    let heard = Sound::read(&server.audience("/c/talk/live.ogg?burst=1"), 60.0, Duration::from_secs(80)).await;
    let gaps = heard.last(52.0).gaps(Voice::Real).await;
    assert!(gaps.glitch_seconds_percent <= 1.0, "{gaps:?}");
}
