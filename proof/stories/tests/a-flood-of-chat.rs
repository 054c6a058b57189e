//! Sixty people write two hundred lines a second: the sound has no gap, the page says what part it shows, sums are true.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hustings_stories::{Server, Voice, hustings, node, until};
use serde_json::{Value, json};

const PEOPLE: usize = 60;
/// Each writes so often: two hundred lines a second in all, of which the server takes what one address may send.
const EVERY: Duration = Duration::from_millis(300);
const LINES_EACH: usize = 30;

#[tokio::test]
async fn the_sound_goes_on_and_the_sums_are_true() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "speaker", &Voice::Alto.file().await).await;
    let host = server.token("talk", "host", "Carla").await;
    let mut tokens = Vec::new();
    for n in 0..PEOPLE {
        let asked = json!({ "role": "listener", "seat": format!("p{n}"), "name": format!("Person {n}") });
        let answer = post(&server, "tokens", &host, &asked).await;
        let issued: Value = answer.json().await.expect("a token is issued");
        tokens.push(issued["token"].as_str().expect("it is text").to_owned());
    }
    let listener = hustings().args(["listen", &url, "--tier", "stream", "--seconds", "16", "--json"]).spawn();
    let mut page = node("flood.mjs").args(["--url", &url, "--seconds", "25"]).spawn();
    page.line("looking", Duration::from_secs(20)).await;
    let told = Arc::new(AtomicU64::new(0));
    let reader = tokio::spawn(read(server.audience("/c/talk/events"), told.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;

    let taken = Arc::new(AtomicU64::new(0));
    let refused = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = tokens
        .into_iter()
        .map(|token| {
            let (taken, refused) = (taken.clone(), refused.clone());
            let (http, url) = (server.http().clone(), server.url("/api/v1/conversations/talk/chat"));
            tokio::spawn(async move {
                let mut tick = tokio::time::interval(EVERY);
                for n in 0..LINES_EACH {
                    tick.tick().await;
                    let line = json!({ "text": format!("line {n}") }).to_string();
                    let request = http.post(&url).bearer_auth(&token).header("content-type", "application/json");
                    let status = request.body(line).send().await.expect("the server answers").status().as_u16();
                    assert!(matches!(status, 202 | 429), "{status}");
                    let counter = if status == 202 { &taken } else { &refused };
                    counter.fetch_add(1, Relaxed);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("a writer does not fail");
    }
    let all = taken.load(Relaxed);
    assert!(all > 200 && refused.load(Relaxed) > 200, "{all} taken, {} refused", refused.load(Relaxed));
    until("every line was told of", Duration::from_secs(5), async || (told.load(Relaxed) == all).then_some(())).await;
    reader.abort();

    let said = page.end(Duration::from_secs(40)).await.ok();
    let said = said.stdout.lines().last().unwrap_or_default().to_owned();
    let said: Value = serde_json::from_str(&said).expect("the page says what it saw");
    assert!(said["said"].as_str().is_some_and(|text| text.contains("20 of ")), "{said}");
    let heard = listener.end(Duration::from_secs(40)).await.ok();
    let heard: Value = serde_json::from_str(heard.stdout.trim()).expect("a listener reports");
    assert_eq!(heard["gaps"], 0, "{heard}");
}

async fn post(server: &Server, what: &str, token: &str, body: &Value) -> reqwest::Response {
    let url = server.url(&format!("/api/v1/conversations/talk/{what}"));
    let request = server.http().post(url).bearer_auth(token).header("content-type", "application/json");
    request.body(body.to_string()).send().await.expect("the server answers")
}

/// Adds up what the events say of lines.
async fn read(url: String, told: Arc<AtomicU64>) {
    let mut answer = reqwest::get(url).await.expect("events are there");
    let mut text = String::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((event, rest)) = text.split_once("\n\n") {
            if event.contains("event: chat") {
                let data = event.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or_default();
                let chat: Value = serde_json::from_str(data).expect("an event is JSON");
                assert!(chat["lines"].as_array().is_some_and(|lines| lines.len() <= 20), "{chat}");
                told.fetch_add(chat["offered"].as_u64().unwrap_or_default(), Relaxed);
            }
            text = rest.to_owned();
        }
    }
}
