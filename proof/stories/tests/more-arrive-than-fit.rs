//! More arrive than fit, at ten times what may come in: who is inside hears on without a gap, who waits holds no connection,
//! players without tickets are told when to come again and where a human finds a place, and whoever waits comes in, in order,
//! as others leave.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_stories::{Server, Voice, until};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

const ROOM: usize = 40;
const CROWD: usize = 400;
const SOON: Duration = Duration::from_secs(10);

/// Hears until it is told to stop; gives its longest gap.
fn listen(url: String, stop: Arc<AtomicBool>) -> JoinHandle<Duration> {
    tokio::spawn(async move {
        let mut answer = reqwest::get(&url).await.expect("it is let in");
        assert_eq!(answer.status(), StatusCode::OK);
        let (mut gap, mut last) = (Duration::ZERO, Instant::now());
        while !stop.load(Relaxed) {
            let chunk =
                tokio::time::timeout(SOON, answer.chunk()).await.expect("sound comes").expect("nobody is put out");
            assert!(chunk.is_some(), "nobody inside is put out");
            gap = gap.max(last.elapsed());
            last = Instant::now();
        }
        gap
    })
}

/// Descriptors of the processes that serve the audience.
fn descriptors(server: &Server) -> usize {
    let of = |pid: &u32| std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    server.edges().iter().map(of).sum()
}

async fn ask(http: &reqwest::Client, url: &str, body: &Value) -> (StatusCode, Value) {
    let answer = http.post(url).json(body).send().await.expect("the server answers");
    (answer.status(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn those_inside_are_undisturbed_and_the_others_wait_in_order() {
    let server = Server::start_with_a_gate(ROOM, 200).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let (http, tickets) = (server.http().clone(), server.url("/c/talk/tickets"));
    let stop = Arc::<AtomicBool>::default();
    let mut inside = Vec::new();
    while inside.len() < ROOM {
        let secret = format!("somebody-inside-{:04}", inside.len());
        let (status, told) = ask(&http, &tickets, &json!({ "secret": secret })).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let listener = listen(told["address"].as_str().unwrap().to_owned(), stop.clone());
        inside.push((listener, told["ticket"].clone(), secret));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let full = Some(ROOM as u64);
    until("all hear", SOON, async || server.listening("talk").await.filter(|n| Some(*n) == full)).await;

    // A player that knows no tickets.
    until("the door is shut", SOON, async || {
        let answer = http.get(server.audience("/c/talk/live.ogg")).send().await.ok()?;
        (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(answer)
    })
    .await;
    let refused = http.get(server.audience("/c/talk/live.ogg")).send().await.unwrap();
    assert!(refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse::<u64>().unwrap() > 0);
    let page = server.url("/c/talk");
    assert!(refused.headers()[header::LINK].to_str().unwrap().contains(&page));
    assert_eq!(refused.json::<Value>().await.unwrap()["page"], page);
    for other in ["/c/talk/events", "/c/talk/hls/index.m3u8"] {
        let answer = http.get(server.audience(other)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{other}");
    }

    // The crowd comes: everybody has a place, one after the other, and holds nothing.
    let before = descriptors(&server);
    let mut waiting = HashMap::new();
    for n in 0..CROWD {
        let secret = format!("somebody-outside-{n:04}");
        let (status, told) = ask(&http, &tickets, &json!({ "secret": secret })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{told}");
        assert_eq!(told["number"], n + 1);
        assert!(told["poll_s"].as_u64().unwrap() >= 4);
        waiting.insert(n, (secret, told["place"].clone()));
    }
    let queue: Value = http.get(server.url("/c/talk/queue.json")).send().await.unwrap().json().await.unwrap();
    assert_eq!((&queue["waiting"], &queue["admitting_below"]), (&json!(CROWD), &json!(0)));
    until("who waits holds no connection", SOON, async || (descriptors(&server) <= before + 2).then_some(())).await;
    assert_eq!(server.listening("talk").await, full, "nobody inside was put out");
    let all = json!(CROWD);
    until("the count says who waits", SOON, async || {
        server.count("talk").await.filter(|count| count["waiting"] == all)
    })
    .await;

    // Ten leave for good: the first ten come in, and nobody before them.
    let leaving = AtomicU64::new(0);
    for (listener, ticket, secret) in inside.drain(..10) {
        listener.abort();
        let _ = listener.await;
        let bye = json!({ "ticket": ticket, "secret": secret });
        // The connection's end is seen within a second; then the room is free.
        until("they are gone", SOON, async || {
            http.post(server.url("/c/talk/tickets/goodbye")).json(&bye).send().await.ok()?;
            let queue: Value = http.get(server.url("/c/talk/queue.json")).send().await.ok()?.json().await.ok()?;
            (queue["admitting_below"].as_u64()? > leaving.load(Relaxed)).then_some(())
        })
        .await;
        leaving.fetch_add(1, Relaxed);
    }
    until("ten are called", SOON, async || {
        let queue: Value = http.get(server.url("/c/talk/queue.json")).send().await.ok()?.json().await.ok()?;
        (queue["admitting_below"] == 10).then_some(())
    })
    .await;
    let mut came = Vec::new();
    for n in [0, 5, 9, 10, 200] {
        let (secret, place) = &waiting[&n];
        let (status, told) = ask(&http, &tickets, &json!({ "secret": secret, "place": place })).await;
        assert_eq!(status, if n < 10 { StatusCode::OK } else { StatusCode::ACCEPTED }, "place {n}: {told}");
        if status == StatusCode::OK {
            came.push(listen(told["address"].as_str().unwrap().to_owned(), stop.clone()));
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.store(true, Relaxed);
    for listener in inside.into_iter().map(|(listener, ..)| listener).chain(came) {
        let gap = listener.await.expect("it heard to the end");
        assert!(gap < Duration::from_secs(2), "a gap of {gap:?}");
    }
}
