//! Taking part, asked over HTTP: who may, and what is answered to what cannot be taken.

use std::sync::Mutex;

use hustings_floor::{By, Change, Command};
use hustings_link::floor::{Done, Floor, FloorError};
use hustings_vocab::Slug;
use hustings_vocab::floor::FloorNow;

use super::*;

const ONE: &str = "/api/v1/conversations/evening";
const NOON: u64 = 1_800_000_000_000;

/// The floor of `evening`, at a moment that does not pass.
#[derive(Default)]
pub(super) struct MemoryFloor(Mutex<hustings_floor::Floor>);

impl Floor for MemoryFloor {
    fn act(&self, slug: &Slug, by: &By, command: Command) -> Result<Done, FloorError> {
        if slug.as_str() != "evening" {
            return Err(FloorError::NotOpen(slug.clone()));
        }
        let mut floor = self.0.lock().unwrap();
        let changes = floor.handle(by, command, NOON, 0)?;
        floor.tell(NOON);
        Ok(Done { id: changes.iter().find_map(Change::id), change: None })
    }

    fn now(&self, slug: &Slug, runs: bool) -> Result<(FloorNow, Vec<String>), FloorError> {
        if slug.as_str() != "evening" {
            return Err(FloorError::NotOpen(slug.clone()));
        }
        let floor = self.0.lock().unwrap();
        Ok((floor.now(runs, 200), floor.words().to_vec()))
    }
}

impl Asker {
    async fn taken(&self, what: &str, token: &str, json: &str) -> u64 {
        let answer = self.post(&format!("{ONE}/{what}"), token, json).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{what} {json}: {}", answer.text);
        answer.json()["id"].as_u64().unwrap_or_default()
    }

    async fn floor(&self, token: &str) -> Value {
        self.method("GET", &format!("{ONE}/floor"), token, "").await.json()
    }
}

#[tokio::test]
async fn a_listener_takes_part_and_the_host_looks_after_it() {
    let asker = Asker::new();
    let (listener, host) = ("listener@evening", "host@evening");
    asker.taken("reactions", listener, r#"{"kind":"applause"}"#).await;
    let line = asker.taken("chat", listener, r#"{"text":"Good evening"}"#).await;
    let question = asker.taken("questions", listener, r#"{"text":"Why?"}"#).await;
    assert_eq!(asker.floor("").await["questions"], serde_json::json!([]));
    assert_eq!(asker.floor(host).await["questions"][0]["state"], "new");
    asker.taken(&format!("questions/{question}/state"), host, r#"{"state":"accepted"}"#).await;
    asker.taken(&format!("questions/{question}/vote"), listener, "").await;
    asker.post(&format!("{ONE}/questions/{question}/vote"), listener, "").await.problem(409);
    let poll = asker.taken("polls", "cohost@evening", r#"{"question":"Tea?","answers":["Yes","No"]}"#).await;
    asker.taken(&format!("polls/{poll}/vote"), listener, r#"{"answer":1}"#).await;
    asker.taken(&format!("polls/{poll}/close"), host, "").await;
    asker.taken("pinned", host, r#"{"text":"Slides","link":"https://a.example/s"}"#).await;
    let now = asker.floor("").await;
    assert_eq!(now["lines"][0]["text"], "Good evening");
    assert_eq!(now["questions"][0]["votes"], 1);
    assert_eq!(now["poll"]["answers"][1]["votes"], 1);
    assert_eq!(now["poll"]["closed"], true);
    assert_eq!(now["note"]["link"], "https://a.example/s");
    assert_eq!(now["words"], Value::Null);
    asker.taken(&format!("chat/{line}/state"), host, r#"{"hidden":true,"mute":true}"#).await;
    assert_eq!(asker.floor("").await["lines"], serde_json::json!([]));
    asker.post(&format!("{ONE}/chat"), listener, r#"{"text":"more"}"#).await.problem(403);
    asker.taken("pinned", host, "{}").await;
    assert_eq!(asker.floor("").await["note"], Value::Null);
    asker.taken("floor", host, r#"{"slow_s":10,"words":["Bad"]}"#).await;
    assert_eq!(asker.floor(host).await["words"], serde_json::json!(["bad"]));
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_a_sentence() {
    let asker = Asker::new();
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(501));
    for (what, body, status, said) in [
        ("chat", r#"{"text":"see http://evil.example"}"#, 422, "links"),
        ("chat", r#"{"text":" "}"#, 422, "1 to 500"),
        ("chat", long.as_str(), 422, "501"),
        ("chat", r#"{"text":"a\u202eb"}"#, 422, "direction"),
        ("chat", r#"{"text":"a","to":"b"}"#, 422, "to"),
        ("reactions", r#"{"kind":"fireworks"}"#, 422, "fireworks"),
        ("reactions", r#"{"kind":"agree","one_in":4096}"#, 422, "one_in"),
        ("questions/7/vote", "", 404, "question"),
        ("questions/seven/vote", "", 404, "number"),
        ("polls/7/vote", r#"{"answer":0}"#, 404, "poll"),
    ] {
        let detail = asker.post(&format!("{ONE}/{what}"), "listener@evening", body).await.problem(status);
        assert!(detail.contains(said), "{what} {body}: {detail}");
    }
    for (what, body) in [
        ("pinned", r#"{"text":"x","link":"javascript:alert(1)"}"#),
        ("pinned", r#"{"text":"x","link":"http://a.example"}"#),
        ("polls", r#"{"question":"x","answers":["one"]}"#),
        ("polls", r#"{"question":"x","answers":["a","b"],"seconds":0}"#),
        ("floor", r#"{"slow_s":601}"#),
    ] {
        asker.post(&format!("{ONE}/{what}"), "host@evening", body).await.problem(422);
    }
    asker.get("/api/v1/conversations/later/floor").await.problem(409);
    asker.get("/api/v1/conversations/nowhere/floor").await.problem(404);
    let detail = asker.post(&format!("{ONE}/chat"), "", r#"{"text":"hi"}"#).await.problem(401);
    assert!(detail.contains("seat"), "{detail}");
}

#[tokio::test]
async fn who_is_too_quick_is_told_for_how_long() {
    let asker = Asker::new();
    for n in 0..4 {
        asker.taken("chat", "listener@evening", &format!(r#"{{"text":"line {n}"}}"#)).await;
    }
    let answer = asker.post(&format!("{ONE}/chat"), "listener@evening", r#"{"text":"line 4"}"#).await;
    assert!(answer.problem(429).contains("1 s"));
    assert_eq!(answer.header("retry-after"), "1");
}
