//! Somebody abuses the stage; a listener without an account reports them; a moderator without a seat removes them by two presses,
//! and what listeners receive is silent within a second. The case is judged from its pinned minute, appealed, and decided by
//! somebody else.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, hustings, node};
use serde_json::{Value, json};

async fn account(server: &Server, handle: &str, role: &str) -> (String, String) {
    let made = server.command(&["account", "create", handle, "--role", role, "--json"]).await.ok();
    let made: Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made["account"]["id"]), text(&made["link"]))
}

#[tokio::test]
async fn the_sound_is_gone_and_the_case_is_judged_from_its_minute() {
    let server = Server::start().await;
    let (_, mia) = account(&server, "mia", "moderator").await;
    let (_, noor) = account(&server, "noor", "moderator").await;
    let (id, bo) = account(&server, "bo", "member").await;
    let url = server.live("talk").await;
    let seat = format!("a-{id}");
    let token = server.token("talk", "speaker", &seat).await;
    let voice = Voice::Tenor.file().await;
    let _abuser = hustings().args(["speak", &url, &voice, "--token", &token, "--loop"]).spawn();
    server.on_stage("talk", &seat, true, Duration::from_secs(10)).await;

    let heard = server.file("heard.wav");
    let whep = server.audience("/c/talk");
    let received = node("whep.mjs").args(["--url", &whep, "--seconds", "60", "--output", &heard]).spawn();
    let track = server.file("track.ogg");
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    let mut people = node("removal.mjs")
        .args(["--url", &url, "--name", &seat, "--mia", &mia, "--bo", &bo, "--noor", &noor, "--track", &track])
        .args(["--pictures", &pictures])
        .spawn();
    people.line("reported", Duration::from_secs(60)).await;
    let removed = people.line("removed", Duration::from_secs(30)).await;
    let removed: Value = serde_json::from_str(&removed).expect("a line of JSON");
    server.on_stage("talk", &seat, false, Duration::from_secs(2)).await;

    let received = received.end(Duration::from_secs(100)).await.json();
    let number = |value: &Value| value.as_f64().expect("a number");
    let pressed_s = (number(&removed["pressed_ms"]) - number(&received["recorded_at_ms"])) / 1000.0;
    let sound = Sound::wav(&heard);
    assert!(pressed_s > 3.0 && sound.seconds() > pressed_s + 3.0, "{pressed_s} s of {} s", sound.seconds());
    assert!(sound.between(0.0, pressed_s).holds(Voice::Tenor).await.0, "the listener heard the abuser");
    let after = sound.between(pressed_s + 1.0, sound.seconds());
    assert!(after.loud_seconds() < 0.05, "{} s of sound, a second after the press", after.loud_seconds());

    let told = people.end(Duration::from_secs(120)).await.json();
    assert_eq!(told["errors"], json!([]), "{told}");
    assert!(told["told"].as_str().is_some_and(|said| said.contains("five minutes") && said.contains("encrypted")));
    // The track begins a minute before the report, most of which was before anybody spoke.
    let (found, score) = Sound::read(&track, 80.0, Duration::from_secs(20)).await.holds(Voice::Tenor).await;
    assert!(found, "the pinned minute holds the voice: {score}");
    assert!((69.0..72.0).contains(&number(&told["seconds"])), "{}", told["seconds"]);
    for said in ["statement", "by_link"] {
        assert!(told[said].as_str().is_some_and(|text| text.contains("You shouted at others")), "{told}");
    }
    assert_eq!(told["own"]["status"], 409, "whoever ruled does not decide the appeal: {told}");

    let sealed: Vec<_> = std::fs::read_dir(format!("{}/cases", server.data())).expect("a folder").flatten().collect();
    assert!(sealed.iter().any(|file| file.file_name().to_string_lossy().ends_with(&format!("{seat}.sealed"))));
    for file in sealed {
        let bytes = std::fs::read(file.path()).expect("a file");
        assert!(!bytes.windows(4).any(|four| four == b"OggS"), "{:?} is sealed", file.path());
    }
}
