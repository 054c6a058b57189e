//! Server-sent events: the snapshot, what follows, coming back, the end.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use common::{House, bounded, slug};
use hustings_link::down::Down;
use hustings_vocab::event::{Event, State, What};
use hustings_vocab::floor::{Chat, ChatLine, Note, Pinned, Reacted, Reaction, Reactions};
use hustings_vocab::{MediaTime, Phase};
use serde_json::Value;

/// One event, as a browser reads it.
#[derive(Debug)]
struct Told {
    event: String,
    id: String,
    data: Value,
}

/// Reads events from a response.
struct Reader {
    response: reqwest::Response,
    text: String,
}

impl Reader {
    async fn open(house: &House, last_event_id: Option<&str>) -> Self {
        let mut request = house.http.get(house.url("events"));
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let response = bounded(request.send()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next block of lines; `None` at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let more = bounded(self.response.chunk()).await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    async fn next(&mut self) -> Option<Told> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::to_owned);
            if let Some(event) = field("event: ") {
                let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                return Some(Told { event, id: field("id: ").unwrap(), data });
            }
        }
    }
}

fn enter(house: &House, t: u64, phase: Phase) {
    let what = What::State(State { phase, live_since: Some(MediaTime(0)) });
    house.say(Down::Event { slug: slug(), event: Event { t: MediaTime(t), what } });
}

#[tokio::test]
async fn a_reader_gets_the_snapshot_then_each_change_and_comes_back_without_a_gap() {
    follow(House::open().await).await;
}

#[tokio::test]
async fn so_does_a_reader_that_the_engine_serves() {
    follow(House::with_engine().await).await;
}

async fn follow(house: House) {
    let mut reader = Reader::open(&house, None).await;
    let greeting = reader.block().await.unwrap();
    let wait: u64 = greeting.strip_prefix("retry: ").unwrap().parse().unwrap();
    assert!((1000..3000).contains(&wait), "{wait}");
    let first = reader.next().await.unwrap();
    assert_eq!((first.event.as_str(), &first.data["title"]), ("snapshot", &Value::from("An evening")));
    enter(&house, 48_000, Phase::Live);
    let live = reader.next().await.unwrap();
    assert_eq!((live.event.as_str(), &live.data["phase"], &live.data["t"]), ("state", &"live".into(), &48_000.into()));
    assert_eq!(house.count("stream").await, 0, "who reads events is no listener");

    drop(reader);
    enter(&house, 96_000, Phase::Held(hustings_vocab::HeldReason::Break));
    let mut back = Reader::open(&house, Some(&live.id)).await;
    let missed = back.next().await.unwrap();
    assert_eq!((missed.event.as_str(), &missed.data["phase"]["held"]), ("state", &"break".into()));

    // An id of another run of the server is answered with a snapshot.
    let mut stranger = Reader::open(&house, Some("1.2")).await;
    assert_eq!(stranger.next().await.unwrap().event, "snapshot");

    enter(&house, 144_000, Phase::Ended);
    house.close();
    let last = back.next().await.unwrap();
    assert_eq!(last.data["phase"], "ended");
    assert!(back.next().await.is_none(), "the response ends with the conversation");
    let request = house.http.get(format!("{}?last_event_id={}", house.url("events"), last.id));
    assert_eq!(bounded(request.send()).await.unwrap().status(), 204, "there is nothing to come back for");
}

/// What a newcomer is told of taking part is what has come of all that was told before.
#[tokio::test]
async fn a_newcomer_is_told_what_taking_part_has_come_to() {
    let house = House::open().await;
    let mut reader = Reader::open(&house, None).await;
    assert_eq!(reader.next().await.unwrap().data["floor"]["one_in"], 1);
    let say = |t: u64, what| house.say(Down::Event { slug: slug(), event: Event { t: MediaTime(t), what } });
    let line = |id: u64| ChatLine { id, name: "A".into(), role: None, text: format!("line {id}") };
    for n in 1..=60 {
        say(n, What::Chat(Chat { lines: vec![line(n)], offered: 1, hidden: Vec::new() }));
    }
    say(61, What::Chat(Chat { lines: vec![line(61), line(30)], offered: 340, hidden: vec![60] }));
    let counts = vec![Reacted { kind: Reaction::Applause, count: 8 }];
    say(62, What::Reactions(Reactions { counts, one_in: 2 }));
    say(63, What::Pinned(Pinned { note: Some(Note { text: "East door".into(), link: None }) }));
    let told = loop {
        let told = reader.next().await.unwrap();
        if told.event == "pinned" {
            break told;
        }
    };
    assert_eq!((&told.data["note"]["text"], &told.data["t"]), (&"East door".into(), &63.into()));
    let mut newcomer = Reader::open(&house, None).await;
    let floor = newcomer.next().await.unwrap().data["floor"].take();
    let ids: Vec<_> = floor["lines"].as_array().unwrap().iter().map(|l| l["id"].as_u64().unwrap()).collect();
    assert_eq!((ids.len(), ids[0], ids[49], ids.is_sorted()), (50, 11, 61, true), "{ids:?}");
    assert!(!ids.contains(&60));
    assert_eq!((&floor["one_in"], &floor["note"]["text"]), (&2.into(), &"East door".into()));
}
