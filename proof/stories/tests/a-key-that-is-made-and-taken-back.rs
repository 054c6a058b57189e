//! A host makes an API key on the page of their account. A program asks by it within its scope and not beyond, and no more when
//! it is taken back, or while its owner is suspended. The log names both acts and not the secret.

use std::time::Duration;

use hustings_stories::{Server, node};
use serde_json::{Value, json};

#[tokio::test]
async fn a_program_asks_by_it_within_its_scope_until_then() {
    let server = Server::start().await;
    let made = server.command(&["account", "create", "hon", "--role", "host", "--json"]).await.ok();
    let made: Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let secret = made["link"].as_str().and_then(|link| link.rsplit_once('=')).expect("a link has a secret").1;
    let link = server.url(&format!("/account#link={secret}"));
    let page = node("keys.mjs").args(["--url", &server.url(""), "--link", &link]);
    let told = page.run(Duration::from_secs(100)).await.json();
    let statuses = ["before", "within", "beyond", "after"].map(|key| told[key].as_u64().unwrap_or_default());
    assert_eq!(statuses, [401, 200, 403, 401], "{told}");
    assert!(told["hook"].as_str().is_some_and(|said| said.contains("loopback")), "{told}");
    assert_eq!((&told["violations"], &told["errors"]), (&json!([]), &json!([])), "{told}");

    let somebody = server.somebody("mem", "member").await;
    let key = server.api_key(&somebody, &["conversations:read"]).await;
    let asks = async || {
        let request = server.http().get(server.url("/api/v1/me")).bearer_auth(&key);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(asks().await, 200);
    server.command(&["account", "suspend", "mem", "--reason", "A story"]).await.done();
    assert_eq!(asks().await, 401, "its owner is suspended");
    server.command(&["account", "reinstate", "mem", "--reason", "A story"]).await.done();
    assert_eq!(asks().await, 200);

    let operator = server.somebody("ops", "operator").await;
    let log = server.http().get(server.url("/api/v1/audit")).header("cookie", &operator.cookie);
    let log = log.send().await.expect("an answer").text().await.expect("a text");
    assert!(log.contains("account.key_made") && log.contains("account.key_revoked"), "{log}");
    assert!(!log.contains("hk_"), "no secret is in the log");
}
