//! A host gets a link, signs in once with it, adds a passkey, and comes back by the passkey alone: no name, no password. The link
//! is worth nothing afterwards, and signing in leads to no other site.

use std::time::Duration;

use hustings_stories::{Server, node};
use serde_json::Value;

#[tokio::test]
async fn a_link_once_then_a_passkey() {
    let server = Server::start().await;
    let made =
        server.command(&["account", "create", "ann", "--name", "Ann Lee", "--role", "host", "--json"]).await.ok();
    let made: Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let link = made["link"].as_str().expect("it prints a link").to_owned();
    // Passkeys are bound to a name.
    let url = server.url("").replace("127.0.0.1", "localhost");
    let shots = std::env::var("STORIES_SHOTS").unwrap_or_default();
    let client = node("passkey.mjs").args(["--url", &url, "--link", &link, "--shots", &shots]);
    let told = client.run(Duration::from_secs(70)).await.json();
    assert_eq!(told["name"], "Ann Lee");
    assert_eq!(told["cookies"], "", "a script sees the session");
    assert_eq!(told["errors"], serde_json::json!([]));
    assert!(told["next"].as_str().is_some_and(|at| at.starts_with(&url)), "{}", told["next"]);

    let secret = link.rsplit_once('=').expect("a link has a secret").1;
    let again = server.http().post(server.url("/api/v1/sign-in/link")).json(&serde_json::json!({ "secret": secret }));
    assert_eq!(again.send().await.expect("an answer").status(), 401, "a link holds once");
}
