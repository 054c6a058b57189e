//! A producer listens in, brings a recorded voice, cues a guest and plays it: the audience hears the clip while it is played and
//! never anything of a producer's own line, and the guest reads what only they are to read.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, hustings, node};

#[tokio::test]
async fn the_clip_is_heard_the_guest_is_cued_and_the_producer_is_not_heard() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let (guest, producer) =
        (server.token("talk", "speaker", "guest").await, server.token("talk", "producer", "pat").await);
    let heard = async || Sound::read(&server.audience("/c/talk/live.ogg?burst=0"), 6.0, Duration::from_secs(20)).await;

    // Another producer, with an open microphone.
    let crew = server.token("talk", "producer", "crew").await;
    let alto = Voice::Alto.file().await;
    let mut crew = hustings().args(["speak", &url, &alto, "--token", &crew, "--loop"]).spawn();

    let (clip, tenor, output) = (Voice::Real.file().await, Voice::Tenor.file().await, server.file("producer.wav"));
    let page = node("producer.mjs").args(["--url", &url, "--producer", &producer, "--guest", &guest, "--clip", &clip]);
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    let page = page.args(["--microphone", &tenor, "--output", &output, "--pictures", &pictures, "--seconds", "9"]);
    let mut page = page.spawn();

    page.line("\"on\"", Duration::from_secs(60)).await;
    let before = heard().await;
    for (voice, expected) in [(Voice::Tenor, true), (Voice::Real, false), (Voice::Alto, false)] {
        let (found, score) = before.holds(voice).await;
        assert_eq!(found, expected, "before the clip {voice:?} scores {score}");
    }
    let roster = server.snapshot("talk").await.unwrap()["roster"].to_string();
    assert!(roster.contains("guest") && !roster.contains("pat") && !roster.contains("crew"), "{roster}");

    page.line("\"playing\"", Duration::from_secs(90)).await;
    let playing = server.snapshot("talk").await.unwrap()["roster"]["playing"].clone();
    assert_eq!(playing["title"], "A word from our archive", "{playing}");
    let during = heard().await;
    for (voice, expected) in [(Voice::Real, true), (Voice::Alto, false)] {
        let (found, score) = during.holds(voice).await;
        assert_eq!(found, expected, "while the clip is played {voice:?} scores {score}");
    }

    page.line("\"stopped\"", Duration::from_secs(60)).await;
    // What was sent before the stop is a second old at most.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (found, score) = heard().await.holds(Voice::Real).await;
    assert!(!found, "after the stop the clip scores {score}");
    assert!(server.snapshot("talk").await.unwrap()["roster"]["playing"].is_null());
    assert!(crew.is_running(), "the other producer was let in, and listens");

    let said = page.end(Duration::from_secs(60)).await.json();
    assert_eq!((&said["cue"], &said["lane"]), (&"Two minutes left".into(), &true.into()), "{said}");
    assert!(said["cued_ms"].as_u64().is_some_and(|ms| ms <= 3000), "{said}");
    assert_eq!((&said["violations"], &said["errors"]), (&serde_json::json!([]), &serde_json::json!([])), "{said}");
    let listened = Sound::wav(&output);
    for (voice, expected) in [(Voice::Tenor, true), (Voice::Real, true), (Voice::Alto, false)] {
        let (found, score) = listened.holds(voice).await;
        assert_eq!(found, expected, "on the producer's line {voice:?} scores {score}");
    }
}
