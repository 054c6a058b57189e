//! An operator suspends the host of a live conversation on the page for it: the host's sessions end, their seat is empty within a
//! second and the conversation is held, their token opens nothing. Reinstated, they come back. Both acts stand in the log.

use std::time::{Duration, Instant};

use hustings_stories::{Server, Voice, hustings, node};
use serde_json::{Value, json};

async fn account(server: &Server, handle: &str, role: &str) -> (String, String) {
    let made = server.command(&["account", "create", handle, "--role", role, "--json"]).await.ok();
    let made: Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made["account"]["id"]), text(&made["link"]))
}

#[tokio::test]
async fn its_sessions_end_its_seat_is_empty_and_the_log_says_why() {
    let server = Server::start().await;
    let (_, operator) = account(&server, "ann", "operator").await;
    let (id, link) = account(&server, "bo", "host").await;
    server.live("talk").await;

    let secret = link.rsplit_once('=').expect("a link has a secret").1;
    let signed_in = server.http().post(server.url("/api/v1/sign-in/link")).json(&json!({ "secret": secret }));
    let signed_in = signed_in.send().await.expect("an answer");
    let cookie =
        signed_in.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().expect("it").to_owned();
    let sessions = async || {
        let ask = server.http().get(server.url("/api/v1/me/sessions")).header("cookie", &cookie);
        ask.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(sessions().await, 200);
    let planned = json!({ "slug": "later", "title": "Later", "starts_ms": 4_000_000_000_000_u64 });
    let planned = server.http().post(server.url("/api/v1/conversations")).header("cookie", &cookie).json(&planned);
    assert_eq!(planned.header("origin", server.url("")).send().await.expect("an answer").status(), 201);
    let says_so = async || {
        let answer = server.http().get(server.url("/c/later")).send().await.expect("an answer");
        answer.text().await.expect("a page").contains("The host's account is suspended.")
    };
    assert!(!says_so().await);

    let seat = format!("a-{id}");
    let token = server.token("talk", "host", &seat).await;
    let (url, voice) = (server.url("/c/talk"), Voice::Tenor.file().await);
    let speak = || hustings().args(["speak", &url, &voice, "--token", &token, "--loop"]).spawn();
    let _line = speak();
    server.on_stage("talk", &seat, true, Duration::from_secs(10)).await;
    server.reaches("talk", "live", Duration::from_secs(5)).await;

    let shots = std::env::var("STORIES_SHOTS").unwrap_or_default();
    let mut page = node("operator.mjs").args(["--link", &operator, "--handle", "bo", "--shots", &shots]).spawn();
    page.line("suspended", Duration::from_secs(60)).await;
    let began = Instant::now();
    assert_eq!(sessions().await, 401, "its sessions have ended");
    server.on_stage("talk", &seat, false, Duration::from_secs(1)).await;
    server.reaches("talk", "held", Duration::from_secs(1)).await;
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(says_so().await, "the page of what they planned says so");
    let again = server.http().post(server.url("/api/v1/conversations/talk/start")).bearer_auth(&token);
    assert_eq!(again.send().await.expect("an answer").status(), 401, "its token opens nothing");

    let told = page.end(Duration::from_secs(60)).await.json();
    assert_eq!(told["errors"], json!([]));
    let log = told["log"].to_string();
    assert!(log.contains("Threats against a guest") && log.contains("It was somebody else"), "{log}");
    assert!(told["whole"].as_str().is_some_and(|said| said.contains("whole")), "{}", told["whole"]);
    assert_eq!(sessions().await, 401, "what ended stays ended");

    let _line = speak();
    server.on_stage("talk", &seat, true, Duration::from_secs(10)).await;
    assert!(!says_so().await);
    let list = server.command(&["account", "list"]).await.ok().stdout;
    assert!(list.lines().any(|line| line.starts_with("bo\thost\t") && line.ends_with("active")), "{list}");
}
