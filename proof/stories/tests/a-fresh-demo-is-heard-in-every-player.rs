//! `hustings demo`: two commands after a clone, anyone hears it, in a browser and in any player.

use std::time::Duration;

use hustings_stories::{Folder, Ports, Program, Running, Sound, hustings, node, snapshot, until};

const BOUND: Duration = Duration::from_secs(30);

/// Starts the demo; gives it and the address that it prints.
async fn demo() -> (Running, String) {
    let listen = format!("127.0.0.1:{}", Ports::row());
    let mut demo = hustings().args(["demo", "--listen", &listen]).spawn();
    // The address to open is alone on the last line.
    let address = demo.line("/c/demo\n", Duration::from_secs(10)).await;
    until("both voices are on stage", Duration::from_secs(10), async || {
        let snapshot = snapshot(&format!("{address}/events")).await?;
        let speakers = snapshot["roster"]["speakers"].as_array()?;
        (speakers.iter().filter(|s| s["connected"] == true).count() == 2).then_some(())
    })
    .await;
    // Players that start in the past, as live.ogg does by six seconds, begin before the voices.
    (demo, address)
}

fn is_heard(what: &str, sound: &Sound) {
    assert!(sound.seconds() > 5.0, "{what}: {:.1} s", sound.seconds());
    assert!(sound.loud_seconds() > 3.0, "{what}: {:.1} s of {:.1} s are loud", sound.loud_seconds(), sound.seconds());
}

#[tokio::test]
async fn ffmpeg_hears_it_on_every_address() {
    let (_demo, address) = demo().await;
    for path in ["live.ogg", "live.aac", "live.mp4", "hls/index.m3u8"] {
        is_heard(path, &Sound::read(&format!("{address}/{path}"), 14.0, BOUND).await.last(6.0));
    }
}

#[tokio::test]
async fn mpv_hears_it() {
    let (_demo, address) = demo().await;
    let folder = Folder::fresh();
    for path in ["live.ogg", "hls/index.m3u8"] {
        let heard = folder.file("heard.wav");
        let mpv = Program::new("mpv").args(["--no-config", "--no-video", "--length=14", "--ao=pcm"]);
        mpv.arg(format!("--ao-pcm-file={heard}")).arg(format!("{address}/{path}")).run(BOUND).await.done();
        is_heard(path, &Sound::read(&heard, 14.0, BOUND).await.last(6.0));
    }
}

#[tokio::test]
async fn a_person_with_a_browser_hears_it_by_one_press() {
    let (_demo, address) = demo().await;
    let folder = Folder::fresh();
    let heard = folder.file("heard.wav");
    let listener = node("listener.mjs").args(["--url", &address, "--seconds", "6", "--output", &heard]);
    let outcome = listener.run(Duration::from_secs(60)).await.json();
    is_heard("the page", &Sound::wav(&heard));
    assert_eq!(outcome["errors"].as_array().map(Vec::len), Some(0), "{outcome}");
}
