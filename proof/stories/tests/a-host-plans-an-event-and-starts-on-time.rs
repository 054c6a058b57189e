//! A host signs in, plans an event, opens its page and starts it when its time has come: by our own pages, with real sound.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, node};

#[tokio::test]
async fn it_is_live_within_a_second_of_its_announced_time() {
    let server = Server::start().await;
    let made =
        server.command(&["account", "create", "hanna", "--name", "Hanna", "--role", "host", "--json"]).await.ok();
    let made: serde_json::Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let link = made["link"].as_str().expect("a link that signs her in").to_owned();
    let microphone = Voice::Tenor.file().await;
    let host = node("plan.mjs").args(["--link", &link, "--microphone", &microphone]);
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    let mut host = host.args(["--pictures", &pictures]).spawn();
    let live = host.line("\"live\"", Duration::from_secs(200)).await;
    let live: serde_json::Value = serde_json::from_str(&live).unwrap();
    let slug = live["slug"].as_str().unwrap().to_owned();
    let program = server.audience(&format!("/c/{slug}/live.ogg?burst=0"));
    let heard = Sound::read(&program, 6.0, Duration::from_secs(30)).await;
    let (found, score) = heard.holds(Voice::Tenor).await;
    assert!(found, "the audience hears the host: {score}");
    let said = host.end(Duration::from_secs(60)).await.json();
    assert!(said["late_ms"].as_u64().is_some_and(|ms| ms <= 1000), "{said}");
    assert_eq!(said["errors"], serde_json::json!([]));
}
