//! Letters by a mail server that we did not write: one that is away at first, while ours is killed. An account is made, its owner
//! asks for a link, is suspended; a guest is invited, told of a move and that it was called off. Who is nobody gets none.
#![allow(clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::net::TcpListener;
use std::time::Duration;

use hustings_stories::{Running, Server, python};
use reqwest::Method;
use serde_json::{Value, json};

async fn letter(mailbox: &mut Running, to: &str) -> (String, String) {
    let line = mailbox.line("\"to\"", Duration::from_secs(30)).await;
    let letter: Value = serde_json::from_str(&line).expect("a line of JSON");
    assert_eq!(letter["to"], json!([to]), "{letter}");
    assert_eq!(letter["from"], "Talk <talk@example.org>");
    let fields: Vec<_> = letter["fields"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(fields.contains(&"Auto-Submitted") && !fields.contains(&"Bcc"), "{fields:?}");
    let text = |key: &str| letter[key].as_str().expect("a text").to_owned();
    (text("subject"), text("text"))
}

/// What follows a mark in a text, up to the end of its line.
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {text}")).1.lines().next().unwrap_or_default()
}

#[tokio::test]
async fn to_whom_they_are_for_and_once() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut server = Server::configured(vec![
        ("HUSTINGS_MAIL_URL", format!("smtp://127.0.0.1:{port}")),
        ("HUSTINGS_MAIL_FROM", "Talk <talk@example.org>".to_owned()),
    ]);
    server.resume().await;
    server.command(&["account", "create", "ann", "--email", "ann@example.org", "--role", "host"]).await.done();
    // The first try is over when the log says so; then the letter waits in the records.
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.stop("KILL", Duration::from_secs(5)).await;
    server.resume().await;
    let mut mailbox = python("mailbox.py").arg(port.to_string()).spawn();
    mailbox.line("ready", Duration::from_secs(10)).await;

    let ask = async |method: Method, path: &str, cookie: Option<&str>, tag: Option<&str>, body: Value| {
        let request = server.http().request(method, server.url(path)).header("origin", server.url("")).json(&body);
        let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
        request.send().await.expect("an answer")
    };
    let (subject, text) = letter(&mut mailbox, "ann@example.org").await;
    assert_eq!(subject, "Your account");
    let by_link = async |text: &str| {
        let secret = after(text, "/account#link=").to_owned();
        let answer = ask(Method::POST, "/api/v1/sign-in/link", None, None, json!({ "secret": secret })).await;
        assert_eq!(answer.status(), 200, "the link signs in");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
        cookie.split(';').next().unwrap_or_default().to_owned()
    };
    by_link(&text).await;

    // Nobody learns whose address it is, and a second letter does not follow at once.
    for email in ["nobody@example.org", "ann@example.org", "ann@example.org"] {
        let asked = ask(Method::POST, "/api/v1/sign-in/mail", None, None, json!({ "email": email })).await;
        assert_eq!((asked.status().as_u16(), asked.text().await.expect("a body")), (202, String::new()));
    }
    let (subject, text) = letter(&mut mailbox, "ann@example.org").await;
    assert_eq!(subject, "Your link to sign in");
    let cookie = by_link(&text).await;
    let cookie = Some(cookie.as_str());

    let planned = json!({ "slug": "later", "title": "Über später", "starts_ms": 4_000_000_000_000_u64 });
    assert_eq!(ask(Method::POST, "/api/v1/conversations", cookie, None, planned).await.status(), 201);
    let guest = json!({ "role": "speaker", "email": "guest@example.org" });
    assert_eq!(ask(Method::POST, "/api/v1/conversations/later/invitations", cookie, None, guest).await.status(), 201);
    let (subject, text) = letter(&mut mailbox, "guest@example.org").await;
    assert_eq!(subject, "You are invited to speak: Über später");
    let secret = after(&text, "/c/later#i=");
    let accept = json!({ "secret": secret, "name": "Guest" });
    let accepted = ask(Method::POST, "/api/v1/conversations/later/invitations/accept", None, None, accept).await;
    assert_eq!(accepted.status(), 200, "the link of the letter is the guest's");

    let moved = json!({ "starts_ms": 4_000_003_600_000_u64 });
    assert_eq!(ask(Method::PATCH, "/api/v1/conversations/later", cookie, Some("\"1\""), moved).await.status(), 200);
    let mut told = Vec::new();
    for _ in 0..2 {
        let line = mailbox.line("\"to\"", Duration::from_secs(30)).await;
        let one: Value = serde_json::from_str(&line).expect("a line of JSON");
        assert_eq!(one["subject"], "Moved: Über später");
        told.push(one["to"][0].as_str().expect("an address").to_owned());
    }
    told.sort();
    assert_eq!(told, ["ann@example.org", "guest@example.org"]);

    // Who was invited to one of a series that is called off is told once, not once for each of it.
    let weekly = json!({
        "slug": "weekly", "title": "Weekly", "starts_at": "2096-10-05T20:00", "zone": "Europe/Berlin",
        "repeats": { "every": "week", "count": 4 },
    });
    let made = ask(Method::POST, "/api/v1/conversations", cookie, None, weekly).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.expect("JSON");
    let first = format!("/api/v1/conversations/{}", made["slug"].as_str().expect("a name"));
    let guest = json!({ "role": "speaker", "email": "guest@example.org" });
    assert_eq!(ask(Method::POST, &format!("{first}/invitations"), cookie, None, guest).await.status(), 201);
    assert_eq!(letter(&mut mailbox, "guest@example.org").await.0, "You are invited to speak: Weekly");
    let off = json!({ "reason": "The hall is flooded.", "scope": "following" });
    assert_eq!(ask(Method::POST, &format!("{first}/cancel"), cookie, None, off).await.status(), 200);
    let mut told = Vec::new();
    for _ in 0..2 {
        let line = mailbox.line("\"to\"", Duration::from_secs(30)).await;
        let one: Value = serde_json::from_str(&line).expect("a line of JSON");
        assert_eq!(one["subject"], "Called off: Weekly", "{one}");
        assert!(one["text"].as_str().is_some_and(|text| text.contains("flooded")), "{one}");
        told.push(one["to"][0].as_str().expect("an address").to_owned());
    }
    told.sort();
    assert_eq!(told, ["ann@example.org", "guest@example.org"]);

    server.command(&["account", "suspend", "ann", "--reason", "Threats\u{202e}"]).await;
    server.command(&["account", "suspend", "ann", "--reason", "Threats"]).await;
    let (subject, text) = letter(&mut mailbox, "ann@example.org").await;
    assert_eq!(subject, "Your account is suspended");
    assert!(text.contains("Threats"), "{text}");
    // Who is suspended is not told of conversations, and gets no link.
    let asked = ask(Method::POST, "/api/v1/sign-in/mail", None, None, json!({ "email": "ann@example.org" })).await;
    assert_eq!(asked.status(), 202);
    server.command(&["conversation", "cancel", "later"]).await.done();
}
