//! A network takes tickets and uses none: it is challenged, and others come in beside it. The operator's own rehearsal, from the
//! very same network, shows its pass and is not challenged; nobody but an operator is given one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::net::Ipv4Addr;

use hustings_stories::Server;
use hustings_stories::elsewhere::{BALANCER, ask_from, post};
use serde_json::Value;

/// Tickets of one network that may be unused (`UNUSED_MANY`).
const UNUSED: usize = 100;
const HOARDERS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
const OTHERS: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 9);

async fn server() -> Server {
    let settings = [
        ("HUSTINGS_PUBLIC_PROXIES", BALANCER),
        ("HUSTINGS_GATE_LISTENERS", "1000"),
        ("HUSTINGS_GATE_JOINS_PER_SECOND", "50"),
    ];
    let mut server = Server::configured(settings.map(|(key, value)| (key, value.to_owned())).to_vec());
    server.resume().await;
    server.live("talk").await;
    server
}

/// A pass, by the session of an account of this role: the status, and what was given.
async fn pass(server: &Server, role: &str) -> (u16, Value) {
    let made = server.command(&["account", "create", role, "--role", role, "--json"]).await.ok();
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let secret = made["link"].as_str().unwrap().split_once("#link=").unwrap().1.to_owned();
    let link = server.url("/api/v1/sign-in/link");
    let signed = server.http().post(link).json(&serde_json::json!({ "secret": secret })).send().await.unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let asked = server.http().post(server.url("/api/v1/rehearsals")).header("cookie", cookie).send().await.unwrap();
    (asked.status().as_u16(), asked.json().await.unwrap())
}

#[tokio::test]
async fn who_hoards_is_challenged_and_keeps_nobody_out() {
    let server = server().await;
    let public = server.ports.public;
    let ask = post("/c/talk/tickets", "{}");
    let mut given = 0;
    loop {
        match ask_from(HOARDERS, public, &ask).await {
            200 | 202 => given += 1,
            428 => break,
            other => panic!("{other} after {given}"),
        }
        assert!(given <= UNUSED, "{given} were given to those who use none");
    }
    assert_eq!(ask_from(OTHERS, public, &ask).await, 200, "others come in at once");
    assert_eq!(ask_from(HOARDERS, public, &ask).await, 428);

    let (status, given) = pass(&server, "operator").await;
    assert_eq!(status, 201, "{given}");
    let shown = serde_json::json!({ "rehearsal": given["rehearsal"] }).to_string();
    let met = ask_from(HOARDERS, public, &post("/c/talk/tickets", &shown)).await;
    assert!(matches!(met, 200 | 202), "a rehearsal of the operator's is not challenged: {met}");
    // Another signature, of which the first letter is another.
    let shown_pass = given["rehearsal"].as_str().unwrap();
    let (head, tail) = shown_pass.split_at(shown_pass.len() / 2);
    let other = if tail.starts_with('A') { 'B' } else { 'A' };
    let forged = serde_json::json!({ "rehearsal": format!("{head}{other}{}", &tail[1..]) }).to_string();
    assert_eq!(ask_from(HOARDERS, public, &post("/c/talk/tickets", &forged)).await, 428);
    assert_eq!(pass(&server, "host").await.0, 403, "nobody else's is one");
}
