//! No lisp: on sibilant frames the bands 4–8 and 8–12 kHz stay within 1 dB of the source, from every kind of speaker to
//! every tier and rendition.

use std::time::Duration;

use hustings_stories::{Running, Server, Sound, Voice, ffmpeg9_whip, node, python};

/// The voice lasts 13 s; a recording of 16 holds all of it after a listener's first second.
const SECONDS: f64 = 16.0;
const BOUND: Duration = Duration::from_secs(45);
/// How long a voice has spoken before it is compared: its level is settled, a browser has raised its bitrate, and the 6 s
/// that `live.ogg` begins with lie within it.
const SETTLED: Duration = Duration::from_secs(14);

async fn every_tier_keeps_sibilants(server: &Server, speaker: Running) {
    server.on_stage("talk", "guest", true, Duration::from_secs(15)).await;
    tokio::time::sleep(SETTLED).await;
    let whep = server.file("whep.wav");
    let listener = python("aiortc_whep.py").args(["--url", &server.audience("/c/talk"), "--seconds", "16"]);
    let listener = listener.args(["--output", &whep]).spawn();
    let address = |path: &str| server.audience(&format!("/c/talk/{path}"));
    let streams =
        ["live.ogg?rendition=opus-96", "live.ogg?rendition=opus-48", "live.aac", "live.mp4", "hls/index.m3u8"];
    let listen = streams.map(|path| {
        let url = address(path);
        tokio::spawn(async move { (path, Sound::read(&url, SECONDS, BOUND).await) })
    });
    let mut heard = Vec::new();
    for task in listen {
        heard.push(task.await.expect("the player hears it"));
    }
    listener.end(BOUND).await.done();
    heard.push(("whep", Sound::wav(&whep)));
    drop(speaker);

    let mut lisping = Vec::new();
    for (path, sound) in heard {
        let found = sound.sibilants(Voice::Real).await;
        if !found.within(1.0) {
            lisping.push(format!("{path}: {:?}", found.bands));
        }
    }
    assert!(lisping.is_empty(), "{}", lisping.join("\n"));
}

#[tokio::test]
async fn a_voice_from_chromium_keeps_its_sibilants_on_every_tier() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--seconds", "75"]);
    let speaker = speaker.args(["--microphone", &Voice::Real.file().await]).spawn();
    every_tier_keeps_sibilants(&server, speaker).await;
}

// Fails, and the server is the likely cause: after the half second that ffmpeg sends at once the mix runs 1 % fast and skips
// about 0.4 s twice in the first 20 s, which the comparison meets. Run it with `--run-ignored all`; mend the backlog first.
#[ignore = "a burst at the start makes the mix skip sound for 20 s: see core/mix, jitter and pace"]
#[tokio::test]
async fn a_voice_from_ffmpeg_keeps_its_sibilants_on_every_tier() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = ffmpeg9_whip(&url, &token, &Voice::Real.file().await, 75).spawn();
    every_tier_keeps_sibilants(&server, speaker).await;
}
