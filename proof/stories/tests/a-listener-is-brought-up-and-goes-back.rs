//! A listener raises a hand, is brought up, speaks, is muted, is thanked and goes back: by our own pages, with real sound.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, node};

#[tokio::test]
async fn a_listener_raises_a_hand_speaks_and_is_back_in_the_audience() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _anna = server.speaker("talk", "anna", &Voice::Alto.file().await).await;
    let host = server.token("talk", "host", "hanna").await;
    let heard = async || Sound::read(&server.audience("/c/talk/live.ogg?burst=0"), 5.0, Duration::from_secs(20)).await;
    let tenor = Voice::Tenor.file().await;
    let page = node("hand.mjs").args(["--url", &url, "--host", &host, "--microphone", &tenor, "--seconds", "9"]);
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    let mut page = page.args(["--pictures", &pictures]).spawn();

    page.line("\"on\"", Duration::from_secs(60)).await;
    let (found, score) = heard().await.holds(Voice::Tenor).await;
    assert!(found, "the audience hears the guest: {score}");
    page.line("\"muted\"", Duration::from_secs(30)).await;
    // The mute holds on the server: what was sent before it is a second old at most.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (found, score) = heard().await.holds(Voice::Tenor).await;
    assert!(!found, "a muted guest is not heard: {score}");
    let said = page.end(Duration::from_secs(60)).await.json();
    for (step, bound) in [("raised_ms", 3000), ("invited_ms", 4000), ("back_ms", 4000)] {
        assert!(said[step].as_u64().is_some_and(|ms| ms <= bound), "{step}: {said}");
    }
    let roster = server.snapshot("talk").await.unwrap()["roster"].to_string();
    assert!(!roster.contains("Tenor"), "{roster}");
}
