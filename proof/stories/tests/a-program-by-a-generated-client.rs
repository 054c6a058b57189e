//! Programs that know Hustings by its generated clients alone, in TypeScript and in Python: each makes a conversation, plans
//! another, lists, invites, goes live, writes into the chat and ends it, as a host's API key lets it.

use std::time::Duration;

use hustings_stories::{Program, Server, node, python, root};
use serde_json::json;

const SCOPES: [&str; 5] = ["conversations:read", "conversations:write", "invitations", "stage", "floor"];

async fn by(server: &Server, program: Program, slug: &str) {
    let host = server.somebody(&format!("h-{slug}"), "host").await;
    let key = server.api_key(&host, &SCOPES).await;
    let program = program.args([&server.url(""), &key, slug]);
    let did = program.run(Duration::from_secs(30)).await.json();
    assert_eq!(did["phases"], json!(["lobby", "live", "ended"]), "{did}");
    assert_eq!(did["listed"], json!(true), "{did}");
    assert_eq!(did["planned"], json!("scheduled"), "{did}");
    assert!(did["link"].as_str().is_some_and(|link| link.contains("#i=")), "{did}");
    assert_eq!(did["chat"], json!("Good evening"), "{did}");
    assert!(did["refused"].as_str().is_some_and(|why| why.contains("no key may do this")), "{did}");
}

#[tokio::test]
async fn in_typescript() {
    let server = Server::start().await;
    by(&server, node("generated.mjs"), "type").await;
}

#[tokio::test]
async fn in_python() {
    let server = Server::start().await;
    let client = root().join("clients/python");
    let program = python("generated.py").env("PYTHONPATH", &client.to_string_lossy());
    by(&server, program, "snake").await;
}
