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
/// The same for ffmpeg, which sends at 1.05 times the pace until it has made up for the second of its own start (its log says
/// so). Pauses are shortened for that, and a recording with other pauses than the source's cannot be laid beside it.
const CAUGHT_UP: Duration = Duration::from_secs(32);

async fn every_tier_keeps_sibilants(server: &Server, speaker: Running, settled: Duration) {
    server.on_stage("talk", "guest", true, Duration::from_secs(15)).await;
    tokio::time::sleep(settled).await;
    let whep = server.file("whep.wav");
    let listener = python("aiortc_whep.py").args(["--url", &server.audience("/c/talk"), "--seconds", "16"]);
    let listener = listener.args(["--output", &whep]).spawn();
    let address = |path: &str| server.audience(&format!("/c/talk/{path}"));
    let streams = [
        "live.ogg?rendition=opus-96",
        "live.ogg?rendition=opus-48",
        "live.ogg?rendition=opus-24",
        "live.aac",
        "live.aac?rendition=aac-48",
        "live.mp4",
        "hls/index.m3u8",
    ];
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
    every_tier_keeps_sibilants(&server, speaker, SETTLED).await;
}

#[tokio::test]
async fn a_voice_from_ffmpeg_keeps_its_sibilants_on_every_tier() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let token = server.token("talk", "speaker", "guest").await;
    let speaker = ffmpeg9_whip(&url, &token, &Voice::Real.file().await, 75).spawn();
    every_tier_keeps_sibilants(&server, speaker, CAUGHT_UP).await;
}
