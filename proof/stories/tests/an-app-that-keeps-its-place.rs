//! A listener pauses and catches up, sees on the lock screen who speaks, loses the line and reads a sentence; a reader's language is
//! a file of the operator's.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};
use serde_json::json;

#[tokio::test]
async fn a_pause_keeps_the_place_and_no_line_is_a_sentence() {
    let mut server = Server::start().await;
    let languages = std::path::Path::new(&server.data()).join("languages");
    std::fs::create_dir_all(&languages).unwrap();
    std::fs::write(languages.join("fr.json"), r#"{"page.listen": "Écouter <b>ici</b>", "page.bell": "Ding"}"#).unwrap();
    server.stop("TERM", Duration::from_secs(20)).await;
    server.resume().await;
    let url = server.live("talk").await.replace("127.0.0.1", "localhost");
    let _anna = server.speaker("talk", "anna", &Voice::Alto.file().await).await;
    let said = node("app.mjs").args(["--url", &url]).run(Duration::from_secs(130)).await.json();
    let ms = |name: &str| said[name].as_u64().unwrap_or_default();
    // It goes on where it stood: behind by what it missed and by what it was behind before.
    assert!(ms("behind_ms") > ms("paused_ms") && ms("behind_ms") < ms("paused_ms") + 4000, "{said}");
    assert_eq!(said["caught_up"], true, "{said}");
    assert!(ms("live_ms") < 3500, "{said}");
    assert_eq!(said["metadata"]["artist"], "anna", "{said}");
    assert!(said["metadata"]["album"].as_str().is_some_and(|album| album.starts_with("live")), "{said}");
    assert_eq!(said["offline"], "You are offline", "{said}");
    let kept = said["kept"].as_array().unwrap();
    let shell = ["/offline", "/assets/", "/icons/", "/app.webmanifest"];
    assert!(kept.iter().all(|path| shell.iter().any(|of| path.as_str().unwrap().starts_with(of))), "{said}");
    assert!(!kept.is_empty(), "{said}");
    assert_eq!(said["back"], "A story", "{said}");
    // Text is text: no markup comes of it, and what the file does not say is said in English.
    assert_eq!((&said["listen"], &said["tongue"]), (&json!("Écouter <b>ici</b>"), &json!(["fr", 0, 0])), "{said}");
    assert_eq!(said["errors"], json!([]));
}
