//! A conversation is announced, moved by the clock of its zone, and called off with a reason; a calendar program reads each
//! of it from the conversation's file and from the feed.

use std::time::Duration;

use hustings_stories::{Server, python};
use serde_json::{Value, json};

async fn calendar(url: &str) -> Vec<Value> {
    let read = python("calendar_read.py").arg(url).run(Duration::from_secs(20)).await.json();
    read.as_array().expect("a list").clone()
}

#[tokio::test]
async fn calendars_follow_what_the_host_says() {
    let server = Server::start().await;
    let title = "Bridges; who pays, and \\why?";
    let create = ["conversation", "create", "talk", "--title", title, "--starts", "2027-03-01T19:00:00Z"];
    server.command(&create).await.done();
    let host = server.token("talk", "host", "host").await;
    let api = server.url("/api/v1/conversations/talk");
    let (file, feed) = (server.url("/c/talk/calendar.ics"), server.url("/calendar.ics"));
    let first = calendar(&file).await.remove(0);
    assert_eq!((&first["summary"], &first["sequence"]), (&json!(title), &json!(0)));
    assert_eq!((&first["status"], &first["starts"]), (&json!("CONFIRMED"), &json!("2027-03-01T19:00:00+00:00")));
    assert_eq!(first["uid"], "talk@127.0.0.1");

    // Beyond the night on which clocks go forward: eight in the evening is another moment there.
    let description = "Who pays?\n\n".to_owned() + &"Zeilen mit Umlauten: äöü, und ein Strichpunkt; ".repeat(5);
    let body =
        json!({"starts_at": "2027-03-29T20:00", "zone": "Europe/Berlin", "length_min": 90, "description": description});
    let request = server.http().patch(&api).bearer_auth(&host).header("if-match", "\"1\"").json(&body);
    let moved: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(moved["moved_from_ms"], 1_803_927_600_000_u64, "{moved}");
    let second = calendar(&file).await.remove(0);
    assert_eq!((&second["uid"], &second["sequence"]), (&first["uid"], &json!(1)));
    assert_eq!(second["starts"], "2027-03-29T18:00:00+00:00");
    assert_eq!(second["ends"], "2027-03-29T19:30:00+00:00");
    assert_eq!(second["description"], description.trim());
    assert!(second["stamped"].as_str() >= first["stamped"].as_str());
    assert_eq!(calendar(&feed).await, [second]);

    let late = server.http().post(format!("{api}/cancel")).bearer_auth(&host).header("if-match", "\"1\"");
    let late = late.json(&json!({"reason": "Too late"})).send().await.expect("an answer");
    assert_eq!(late.status().as_u16(), 412, "a stale tab calls nothing off");
    let off = server.http().post(format!("{api}/cancel")).bearer_auth(&host).header("if-match", "\"2\"");
    let off = off.json(&json!({"reason": "The hall is flooded."})).send().await.expect("an answer");
    assert_eq!(off.status().as_u16(), 200);
    let third = calendar(&file).await.remove(0);
    assert_eq!((&third["status"], &third["sequence"], &third["uid"]), (&json!("CANCELLED"), &json!(2), &first["uid"]));
    assert!(third["description"].as_str().is_some_and(|d| d.starts_with("The hall is flooded.")), "{third}");
    assert_eq!(calendar(&feed).await, [third]);

    // Unlisted, it is in no feed; for the invited, it is nobody else's.
    let hidden = ["conversation", "create", "hidden", "--starts", "2027-05-01T19:00:00Z"];
    server.command(&hidden).await.done();
    let host = server.token("hidden", "host", "host").await;
    let api = server.url("/api/v1/conversations/hidden");
    let seal = server.http().patch(&api).bearer_auth(&host).header("if-match", "\"1\"");
    seal.json(&json!({"visibility": "invited"})).send().await.expect("an answer").error_for_status().expect("sealed");
    assert_eq!(calendar(&feed).await.len(), 1);
    let asked = server.http().get(server.url("/c/hidden/calendar.ics"));
    assert_eq!(asked.send().await.expect("an answer").status().as_u16(), 404);
    let asked = server.http().get(server.url("/c/hidden/calendar.ics")).bearer_auth(&host);
    assert_eq!(asked.send().await.expect("an answer").status().as_u16(), 200);
}
