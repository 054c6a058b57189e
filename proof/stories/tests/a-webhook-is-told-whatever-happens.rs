//! A host's program is told what happens in the conversation that the host runs. It checks who sends by the library of Standard
//! Webhooks, refuses the first message and gets it again under the same name; the server is killed while a message waits, and
//! the next one sends it. A server that was not told otherwise reaches nobody's private network.

use std::net::TcpListener;
use std::time::Duration;

use hustings_stories::{Running, Server, Voice, python, until};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

async fn receiver(port: u16, refuse: u32, secrets: &str) -> Running {
    let args = [port.to_string(), refuse.to_string(), secrets.to_owned()];
    let mut receiver = python("webhook_receiver.py").args(args).spawn();
    receiver.line("listening", PATIENCE).await;
    receiver
}

/// The next request that tells of this.
async fn told(receiver: &mut Running, what: &str) -> Value {
    let line = receiver.line(&format!("\"{what}\""), PATIENCE).await;
    serde_json::from_str(&line).expect("it prints JSON")
}

#[tokio::test]
async fn it_is_signed_repeated_and_outlives_the_server() {
    let mut server = Server::on_records(None).with("HUSTINGS_WEBHOOKS_ALLOW_PRIVATE", "true");
    server.resume().await;
    let (host, other) = (server.somebody("hon", "host").await, server.somebody("mem", "member").await);
    let key = server.api_key(&host, &["conversations:write", "webhooks", "stage"]).await;
    let foreign = server.api_key(&other, &["webhooks"]).await;
    let ask = async |method: reqwest::Method, path: &str, key: &str, body: Value| -> (u16, Value) {
        let url = server.url(&format!("/api/v1{path}"));
        let request = server.http().request(method.clone(), url).bearer_auth(key);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    };
    use reqwest::Method;

    let (port, secrets) = (free_port(), server.file("secrets"));
    let url = format!("http://127.0.0.1:{port}/told");
    let events =
        ["conversation.opened", "conversation.started", "conversation.ended", "speaker.joined", "speaker.left"];
    let new = json!({ "url": url, "events": events });
    let (status, made) = ask(Method::POST, "/webhooks", &key, new.clone()).await;
    assert_eq!(status, 201, "{made}");
    let (_, unrelated) = ask(Method::POST, "/webhooks", &foreign, new).await;
    let path = format!("/webhooks/{}", made["webhook"]["id"].as_str().expect("a name"));
    std::fs::write(&secrets, made["secret"].as_str().expect("a secret")).expect("the folder can be written");

    let mut program = receiver(port, 1, &secrets).await;
    let room = json!({ "slug": "talk", "title": "A talk" });
    assert_eq!(ask(Method::POST, "/conversations", &key, room).await.0, 201);
    let refused = told(&mut program, "conversation.opened").await;
    assert_eq!(refused["status"], 500);
    let again = told(&mut program, "conversation.opened").await;
    assert_eq!((&again["status"], &again["id"]), (&json!(204), &refused["id"]), "the same message");
    assert_eq!(again["message"]["data"], json!({ "conversation": "talk", "phase": "lobby" }));

    let speaker = server.speaker("talk", "ann", &Voice::Tenor.file().await).await;
    let joined = told(&mut program, "speaker.joined").await;
    assert_eq!(joined["message"]["data"]["seat"], "ann");
    assert_eq!(ask(Method::POST, "/conversations/talk/start", &key, Value::Null).await.0, 200);
    assert!(told(&mut program, "conversation.started").await["message"].is_object(), "it is signed by the secret");

    // Nobody listens when the next message comes, and then the server dies without a word.
    drop((program, speaker));
    assert_eq!(ask(Method::POST, "/conversations/talk/end", &key, Value::Null).await.0, 200);
    let waits = async |server: &Server| {
        let url = server.url(&format!("/api/v1{path}/deliveries"));
        let answer = server.http().get(url).bearer_auth(&key).send().await.ok()?;
        let all: Value = answer.json().await.ok()?;
        let one = all["deliveries"].as_array()?.iter().find(|d| d["event"] == "conversation.ended")?.clone();
        (one["state"] == "waiting" && one["tries"] != 0).then_some(one)
    };
    let waiting = until("a message waits for its second try", PATIENCE, async || waits(&server).await).await;
    assert!(waiting["answer"].as_str().is_some_and(|why| why.contains("refused")), "{waiting}");
    let mut program = receiver(port, 0, &secrets).await;
    server.stop("KILL", PATIENCE).await;
    server.resume().await;
    let ended = told(&mut program, "conversation.ended").await;
    assert_eq!(ended["id"], waiting["id"]);

    // What was delivered can be asked for again; what is somebody else's is not there.
    let again = format!("{path}/deliveries/{}", ended["id"].as_str().expect("a name"));
    let post = async |path: &str, key: &str| {
        let request = server.http().post(server.url(&format!("/api/v1{path}"))).bearer_auth(key);
        request.send().await.expect("an answer").status().as_u16()
    };
    until("it was written down as delivered", PATIENCE, async || waits(&server).await.is_none().then_some(())).await;
    assert_eq!(post(&again, &foreign).await, 404);
    assert_eq!(post(&again, &key).await, 200);
    assert_eq!(told(&mut program, "conversation.ended").await["id"], waiting["id"]);
    assert_eq!(post(&format!("{path}/test"), &key).await, 201);
    assert_eq!(told(&mut program, "webhook.test").await["status"], 204);
    assert_eq!(unrelated["webhook"]["waiting"], 0);
    let log = server.http().get(server.url("/api/v1/me")).bearer_auth("hk_nobody").send().await.expect("an answer");
    assert_eq!(log.status(), 401);
}

/// What becomes of announcements, and what is reported: the operator's program is told of every conversation.
#[tokio::test]
async fn the_site_is_told_of_what_is_called_off_and_reported() {
    let mut server = Server::on_records(None).with("HUSTINGS_WEBHOOKS_ALLOW_PRIVATE", "true");
    server.resume().await;
    let (operator, host) = (server.somebody("ops", "operator").await, server.somebody("hon", "host").await);
    let site = server.api_key(&operator, &["webhooks"]).await;
    let key = server.api_key(&host, &["conversations:write", "webhooks"]).await;
    let post = async |path: &str, key: &str, body: Value| -> (u16, Value) {
        let request = server.http().post(server.url(&format!("/api/v1{path}"))).json(&body);
        let request = if key.is_empty() { request } else { request.bearer_auth(key) };
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    };
    let (port, secrets) = (free_port(), server.file("secrets"));
    let events = ["conversation.cancelled", "report.made", "case.opened"];
    let new = json!({ "url": format!("http://127.0.0.1:{port}/told"), "events": events });
    assert_eq!(post("/webhooks/site", &key, new.clone()).await.0, 403, "a host's program is told of the host's own");
    let (status, made) = post("/webhooks/site", &site, new).await;
    assert_eq!(status, 201, "{made}");
    std::fs::write(&secrets, made["secret"].as_str().expect("a secret")).expect("the folder can be written");
    let mut program = receiver(port, 0, &secrets).await;

    let planned = json!({ "slug": "later", "title": "Later", "starts_ms": 4_000_000_000_000_u64 });
    assert_eq!(post("/conversations", &key, planned).await.0, 201);
    assert_eq!(post("/conversations/later/cancel", &key, json!({ "reason": "The hall is flooded." })).await.0, 200);
    let cancelled = told(&mut program, "conversation.cancelled").await;
    assert_eq!(cancelled["message"]["data"]["conversation"], "later");

    assert_eq!(post("/conversations", &key, json!({ "slug": "talk", "title": "A talk" })).await.0, 201);
    for _ in 0..2 {
        let report = json!({ "category": "hate", "text": "Threats against a guest" });
        assert_eq!(post("/conversations/talk/reports", "", report).await.0, 202);
    }
    // Of two reports of one moment there is one case. What somebody wrote of somebody goes to nobody's program.
    let mut seen = Vec::new();
    for _ in 0..3 {
        let line = program.line("\"status\"", PATIENCE).await;
        assert!(!line.contains("Threats"), "{line}");
        let one: Value = serde_json::from_str(&line).expect("it prints JSON");
        assert_eq!(one["message"]["data"]["conversation"], "talk", "{one}");
        seen.push(one["message"]["type"].as_str().expect("a kind").to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["case.opened", "report.made", "report.made"]);
}

#[tokio::test]
async fn a_private_network_is_not_reached() {
    let server = Server::start().await;
    let host = server.somebody("hon", "host").await;
    let key = server.api_key(&host, &["webhooks"]).await;
    for url in [
        "http://talk.example/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://user:password@talk.example/",
    ] {
        let new = json!({ "url": url, "events": ["conversation.started"] });
        let request = server.http().post(server.url("/api/v1/webhooks")).bearer_auth(&key).json(&new);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 422, "{url}");
    }
}
