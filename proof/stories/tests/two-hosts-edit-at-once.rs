//! Two hosts have the same conversation open. The second to save is told what it is now, keeps their own words, and nothing of
//! the first is lost; of two requests at the same moment one is refused.

use std::time::Duration;

use hustings_stories::{Server, node};
use serde_json::{Value, json};

#[tokio::test]
async fn nothing_is_overwritten_silently() {
    let server = Server::start().await;
    server.command(&["conversation", "create", "talk", "--title", "A talk", "--starts", "+2h"]).await.done();
    let (first, second) = (server.token("talk", "host", "a").await, server.token("talk", "host", "b").await);
    let url = server.url("/c/talk");
    let hosts = node("hosts.mjs").args(["--url", &url, "--first", &first, "--second", &second]);
    let outcome = hosts.run(Duration::from_secs(70)).await.json();
    assert_eq!((&outcome["saved"], &outcome["stale"]), (&json!("saved"), &json!("stale")), "{outcome}");
    assert!(outcome["told"].as_str().is_some_and(|t| t.contains("What the first wants")), "{outcome}");
    assert_eq!(outcome["kept"], "What the second wants");
    assert_eq!(outcome["theirs"], "What the first wants");
    assert_eq!(outcome["wide"], false, "a phone's page does not scroll sideways");

    let api = server.url("/api/v1/conversations/talk");
    let read = server.http().get(&api).send().await.expect("an answer");
    let tag = read.headers()["etag"].to_str().expect("text").to_owned();
    let edit = async |token: &str, title: &str| {
        let request = server.http().patch(&api).bearer_auth(token).header("if-match", &tag);
        let answer = request.json(&json!({ "title": title })).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (one, other) = tokio::join!(edit(&first, "One"), edit(&second, "Other"));
    let (won, lost) = if one.0 == 200 { (one, other) } else { (other, one) };
    assert_eq!((won.0, lost.0), (200, 412), "{won:?} {lost:?}");
    assert_eq!(lost.1["current"]["title"], won.1["title"]);
}
