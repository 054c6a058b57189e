//! A host's evening without a pointer: signing in, planning, inviting, the stage, a listener brought up and muted, the end.
//! The focus is always somewhere, and always to be seen.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};

#[tokio::test]
async fn everything_that_a_host_does_is_done_by_keyboard() {
    let server = Server::start().await;
    let made =
        server.command(&["account", "create", "hanna", "--name", "Hanna", "--role", "host", "--json"]).await.ok();
    let made: serde_json::Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let link = made["link"].as_str().expect("a link that signs her in").to_owned();
    let microphone = Voice::Tenor.file().await;
    let host = node("keyboard.mjs").args(["--link", &link, "--microphone", &microphone]);
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    let mut host = host.args(["--pictures", &pictures]).spawn();
    host.line("\"live\"", Duration::from_secs(200)).await;
    host.line("\"muted\"", Duration::from_secs(60)).await;
    let said = host.end(Duration::from_secs(60)).await.json();
    for nothing in ["lost", "unseen", "errors"] {
        assert_eq!(said[nothing], serde_json::json!([]), "{nothing}: {said}");
    }
    assert!(said["steps"].as_u64().is_some_and(|steps| steps > 40), "{said}");
}
