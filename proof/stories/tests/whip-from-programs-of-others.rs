//! Anybody's WHIP client is a speaker: ffmpeg 9 and aiortc here, Chromium in the other stories.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, ffmpeg9_whip, python};

const BOUND: Duration = Duration::from_secs(30);

async fn is_heard(server: &Server) {
    server.on_stage("talk", "guest", true, Duration::from_secs(10)).await;
    let heard = Sound::read(&server.audience("/c/talk/live.ogg?burst=1"), 12.0, BOUND).await;
    let (found, score) = heard.last(6.0).holds(Voice::Tenor).await;
    assert!(found, "the speaker in what a listener heard: {score}");
}

#[tokio::test]
async fn ffmpeg_9_speaks() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = ffmpeg9_whip(&url, &token, &Voice::Tenor.file().await, 15).spawn();
    is_heard(&server).await;
    speaker.end(BOUND).await.done();
    server.on_stage("talk", "guest", false, Duration::from_secs(10)).await;
}

#[tokio::test]
async fn aiortc_speaks_and_hears_the_other() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _other = server.speaker("talk", "other", &Voice::Alto.file().await).await;
    let token = server.token("talk", "speaker", "guest").await;
    let output = server.file("return.wav");
    let speaker =
        python("aiortc_whip.py").args(["--url", &url, "--token", &token, "--file", &Voice::Tenor.file().await]);
    let speaker = speaker.args(["--seconds", "15", "--output", &output]).spawn();
    is_heard(&server).await;
    speaker.end(BOUND).await.done();
    let heard = Sound::wav(&output).last(8.0);
    assert!(heard.holds(Voice::Alto).await.0, "the return holds the other");
    assert!(!heard.holds(Voice::Tenor).await.0, "the return does not hold the speaker");
}
