//! The server is killed by SIGKILL while listeners write, ask and vote. Whatever was answered with 202 is there when it is back: lines,
//! questions and votes alike, for the answer is given when it is on the disk.
//!
//! `HUSTINGS_KILLS` says how often (`make killed`).
#![allow(clippy::print_stdout, reason = "how much was said is told")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hustings_stories::{Postgres, Server, until};
use serde_json::{Value, json};

const KILLS: u64 = 4;
/// Fewer than are shown in a second, so that every line is one of those.
const PEOPLE: usize = 5;

/// What somebody was told is taken.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    questions: Vec<String>,
    votes: Vec<u64>,
    waits: Vec<Duration>,
}

/// Takes part until the server is gone.
async fn take_part(http: reqwest::Client, url: String, token: String, mark: String, asked: Option<u64>) -> Taken {
    let mut taken = Taken::default();
    let post = async |path: &str, body: Value| {
        let began = Instant::now();
        let answer = http.post(format!("{url}/{path}")).bearer_auth(&token).json(&body).send().await.ok()?;
        let status = answer.status().as_u16();
        answer.bytes().await.ok()?;
        Some((status == 202, began.elapsed()))
    };
    for n in 0.. {
        let text = format!("{mark} says {n}");
        match post("chat", json!({ "text": text })).await {
            Some((true, wait)) => {
                taken.lines.push(text);
                taken.waits.push(wait);
            }
            Some(_) => {}
            None => break,
        }
        if n == 0 {
            let text = format!("{mark} asks");
            match post("questions", json!({ "text": text })).await {
                Some((true, _)) => taken.questions.push(text),
                Some(_) => {}
                None => break,
            }
            if let Some(id) = asked {
                match post(&format!("questions/{id}/vote"), json!({})).await {
                    Some((true, _)) => taken.votes.push(id),
                    Some(_) => {}
                    None => break,
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    taken
}

async fn killed_while_people_talk(records: Option<String>) {
    let kills = std::env::var("HUSTINGS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut server = Server::on_records(records);
    server.resume().await;
    server.live("talk").await;
    let host = server.token("talk", "host", "host").await;
    let api = server.url("/api/v1/conversations/talk");
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
    let floor = async || {
        let answer = http.get(format!("{api}/floor")).bearer_auth(&host).send().await.ok()?;
        if answer.status() == 200 { answer.json::<Value>().await.ok() } else { None }
    };
    let (mut lines, mut questions, mut votes, mut waits) = (0, 0, 0, Vec::new());
    let mut asked: Option<u64> = None;
    for kill in 0..kills {
        until("the floor is there", Duration::from_secs(10), async || floor().await.map(drop)).await;
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let mark = format!("k{kill}p{n}");
            let token = server.token("talk", "listener", &mark).await;
            people.push(tokio::spawn(take_part(http.clone(), api.clone(), token, mark, asked)));
        }
        tokio::time::sleep(Duration::from_millis(500 + 137 * (kill % 8))).await;
        drop(server.stop("KILL", Duration::from_secs(5)).await);
        let mut taken = Taken::default();
        for one in people {
            let one = one.await.expect("they end with the server");
            taken.lines.extend(one.lines);
            taken.questions.extend(one.questions);
            taken.votes.extend(one.votes);
            waits.extend(one.waits);
        }
        server.resume().await;
        let now = until("the floor is there", Duration::from_secs(10), async || floor().await).await;
        let texts = |key: &str| -> BTreeSet<String> {
            let all = now[key].as_array().into_iter().flatten();
            all.filter_map(|one| one["text"].as_str().map(str::to_owned)).collect()
        };
        let (there, asked_there) = (texts("lines"), texts("questions"));
        let lost: Vec<_> = taken.lines.iter().filter(|line| !there.contains(*line)).collect();
        assert!(lost.is_empty(), "kill {kill}: {lost:?} of {} lines", taken.lines.len());
        let lost: Vec<_> = taken.questions.iter().filter(|text| !asked_there.contains(*text)).collect();
        assert!(lost.is_empty(), "kill {kill}: {lost:?} of {} questions", taken.questions.len());
        let of = |id: u64| now["questions"].as_array().and_then(|all| all.iter().find(|one| one["id"] == id));
        if let Some(id) = asked {
            let counted = of(id).and_then(|one| one["votes"].as_u64()).unwrap_or_default();
            assert!(counted >= taken.votes.len() as u64, "kill {kill}: {counted} of {} votes", taken.votes.len());
        }
        (lines, questions, votes) =
            (lines + taken.lines.len(), questions + taken.questions.len(), votes + taken.votes.len());
        let newest = now["questions"].as_array().and_then(|all| all.iter().find_map(|one| one["id"].as_u64()));
        if let Some(id) = newest {
            let accept = http.post(format!("{api}/questions/{id}/state")).bearer_auth(&host);
            let accepted = accept.json(&json!({ "state": "accepted" })).send().await.expect("an answer");
            asked = (accepted.status() == 202).then_some(id);
        }
    }
    assert!(lines > 0 && questions > 0 && votes > 0, "{lines} lines, {questions} questions, {votes} votes");
    waits.sort_unstable();
    let of = |percent: usize| waits.get(waits.len() * percent / 100).map_or(0, Duration::as_millis);
    println!(
        "{kills} kills: {lines} lines, {questions} questions, {votes} votes acknowledged and there; p50 {} ms, p99 {} ms",
        of(50),
        of(99)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_sqlite() {
    killed_while_people_talk(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_postgresql() {
    if let Some(postgres) = Postgres::start().await {
        killed_while_people_talk(Some(postgres.url())).await;
    }
}
