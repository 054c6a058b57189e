//! People sign in at their organisation, which a provider that we did not write stands for (OpenID Connect). An account is nobody's
//! by its mail address alone, whoever has none gets one where that is configured, and what does not hold signs nobody in: tokens that
//! are wrong in every way, a sign-in that is replayed or ends in another browser, a provider in a private network.

use std::net::TcpListener;
use std::time::Duration;

use hustings_stories::{Server, node};
use serde_json::{Value, json};

const UNTRUSTED: &str = "could not be trusted";
const STALE: &str = "begun in another browser";

fn said(of: &Value) -> &str {
    of["said"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn linked_made_refused_and_suspended() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut server =
        Server::configured(vec![("HUSTINGS_OIDC_SECRET_ACME", "a secret of at least thirty-two bytes".to_owned())]);
    let file = server.file("hustings.toml");
    let mut config = std::fs::read_to_string(&file).expect("it has a configuration");
    config.push_str(&format!(
        "\n[[signin.oidc]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"http://localhost:{port}\"\nclient_id = \"talk\"\n\
         domains = [\"acme.example\"]\ncreates = \"host\"\nallow_private = true\n\
         [[signin.oidc]]\nid = \"inner\"\nissuer = \"https://localhost:{port}\"\nclient_id = \"talk\"\n"
    ));
    std::fs::write(&file, config).expect("the folder can be written");
    let provider = format!("http://localhost:{port}");
    let back = server.url("/api/v1/sign-in/oidc/callback");
    let mut running = node("oidc_provider.mjs").args(["--port", &port.to_string(), "--back", &back]).spawn();
    running.line("ready", Duration::from_secs(20)).await;
    server.resume().await;

    let made = server.command(&["account", "create", "ann", "--email", "ann@acme.example", "--role", "host", "--json"]);
    let made: Value = serde_json::from_str(&made.await.ok().stdout).expect("it prints JSON");
    // Where the provider sends people back to: an origin is not another by the same machine.
    let link = made["link"].as_str().expect("it prints a link").replace("localhost", "127.0.0.1");
    let url = server.url("");
    let shots = std::env::var("STORIES_SHOTS").unwrap_or_default();
    let phase = async |name: &str| {
        let client = node("oidc.mjs").args(["--url", &url, "--provider", &provider, "--phase", name]);
        client.args(["--link", &link, "--shots", &shots]).run(Duration::from_secs(160)).await.json()
    };

    let people = phase("people").await;
    assert!(said(&people["before"]).contains("link the two"), "an address alone is no account: {people}");
    assert!(people["linked"].as_str().is_some_and(|linked| linked.starts_with("Linked.")), "{people}");
    assert_eq!((&people["after"]["handle"], &people["after"]["at"]), (&json!("ann"), &json!(server.url("/plan?x=1"))));
    assert_eq!(people["cookies"], "", "a script sees a cookie");
    assert_eq!((&people["bo"]["handle"], &people["bo"]["role"]), (&json!("bo"), &json!("host")), "{people}");
    assert_eq!(people["bo"]["at"], json!(server.url("/account")), "signing in leads to no other site");
    assert_eq!(people["again"]["handle"], "bo");
    assert!(said(&people["unverified"]).contains("has not confirmed"), "{people}");

    let attacks = phase("attacks").await;
    for wrong in ["nonce", "audience", "issuer", "expired", "future", "unsigned", "stranger", "secret"] {
        assert!(said(&attacks[wrong]).contains(UNTRUSTED), "{wrong}: {}", attacks[wrong]);
        assert_eq!(attacks[wrong]["handle"], Value::Null, "{wrong}");
    }
    assert_eq!(attacks["rolled"]["handle"], "bo", "a key that was rolled is looked for: {attacks}");
    assert!(said(&attacks["replayed"]).contains(STALE), "{attacks}");
    assert!(said(&attacks["victim"]).contains(STALE), "{attacks}");

    // Nobody makes this server ask its neighbours unless its operator says so.
    let ask = async |provider: &str| {
        let body = json!({ "provider": provider });
        server.http().post(server.url("/api/v1/sign-in/oidc")).json(&body).send().await.expect("an answer").status()
    };
    assert_eq!(ask("inner").await, 503);
    assert_eq!(ask("nobody").await, 404);
    let elsewhere = server.http().post(server.url("/api/v1/sign-in/oidc")).header("origin", "https://evil.example");
    let elsewhere = elsewhere.json(&json!({ "provider": "acme" })).send().await.expect("an answer");
    assert_eq!(elsewhere.status(), 403, "no other site sends anybody away");

    server.command(&["account", "suspend", "ann", "--reason", "A story"]).await.done();
    let suspended = phase("suspended").await;
    assert!(said(&suspended["suspended"]).contains("suspended"), "{suspended}");
}
