//! A guest opens the link of an invitation on a phone, says a name, tests the microphone, speaks and is heard; after the host
//! has withdrawn the invitation nobody hears them any more, and the link says so.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, node};
use serde_json::{Value, json};

async fn post(server: &Server, token: &str, path: &str, body: &Value) -> Value {
    let request = server.http().post(server.url(&format!("/api/v1/conversations/talk{path}")));
    let answer = request.bearer_auth(token).json(body).send().await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn the_guest_is_heard_until_the_invitation_is_withdrawn() {
    let server = Server::start().await;
    server.command(&["conversation", "create", "talk", "--title", "A panel", "--starts", "+20m"]).await.done();
    let host = server.token("talk", "host", "host").await;
    let invitation = post(&server, &host, "/invitations", &json!({"role": "speaker", "label": "Ada's"})).await;
    let link = invitation["link"].as_str().expect("a link").to_owned();

    let back = server.file("back.wav");
    let guest = node("guest.mjs").args(["--url", &link, "--name", "Ada Obi", "--back", &back, "--seconds", "45"]);
    let mut guest = guest.args(["--microphone", &Voice::Tenor.file().await]).spawn();
    let tested = guest.line("\"tested\"", Duration::from_secs(60)).await;
    let (found, score) = Sound::wav(&back).holds(Voice::Tenor).await;
    assert!(found, "the guest hears their own voice back: {score}, {tested}");

    server.command(&["conversation", "start", "talk"]).await.done();
    guest.line("\"on\"", Duration::from_secs(90)).await;
    let snapshot = server.snapshot("talk").await.expect("a snapshot");
    assert_eq!(snapshot["roster"]["speakers"][0]["name"], "Ada Obi");
    let address = server.audience("/c/talk/live.ogg?burst=1");
    let heard = Sound::read(&address, 9.0, Duration::from_secs(20)).await;
    let (found, score) = heard.last(6.0).holds(Voice::Tenor).await;
    assert!(found, "the audience hears the guest: {score}");

    let path = format!("/invitations/{}/revoke", invitation["id"].as_str().expect("an id"));
    post(&server, &host, &path, &json!({})).await;
    let heard = Sound::read(&address, 6.0, Duration::from_secs(15)).await;
    assert!(heard.last(3.0).loud_seconds() < 0.1, "{:.1} s are loud", heard.last(3.0).loud_seconds());
    drop(guest);

    let again = node("guest.mjs").args(["--url", &link, "--refused", "1"]).run(Duration::from_secs(60)).await.json();
    assert!(again["said"].as_str().is_some_and(|said| said.contains("withdrawn")), "{again}");
}
