//! The server is killed by SIGKILL while people make accounts, suspend and reinstate them, and plan, edit and call off
//! conversations: at random moments, some of them while it starts. What was acknowledged is there when it is back, what was
//! not is there whole or not at all, and the log of acts has one row for each and no hole.
//!
//! `HUSTINGS_KILLS` says how often (`make killed`), `HUSTINGS_SEED` where the moments come from, and `HUSTINGS_KILLS_REPORT`
//! names a file for the figures, which no story judges.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a story that cannot go on fails; how many kills there were is told"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hustings_stories::{Postgres, Server};
use reqwest::{Client, Method};
use serde_json::{Value, json};

const WRITERS: u64 = 4;
const KILLS: u32 = 10;
/// The longest that people write before the server is killed.
const WRITE_MS: u64 = 400;

/// Numbers from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// What a record may be now: one state when its last act was acknowledged, two when it was not; `Null` is no record.
type Known = BTreeMap<String, Vec<Value>>;

/// What one writer has asked for since the server began.
#[derive(Default)]
struct Written {
    known: Known,
    /// Rows of the log that acknowledged acts have written, and that the one without an answer may have.
    rows: u64,
    perhaps: u64,
}

/// Asks over the control socket; `None` when the server is gone before its answer is whole.
async fn ask(
    client: &Client,
    method: Method,
    path: &str,
    tag: Option<&str>,
    body: Option<&Value>,
) -> Option<(u16, Value)> {
    let mut request = client.request(method, format!("http://localhost/api/v1{path}"));
    if let Some(tag) = tag {
        request = request.header("if-match", tag);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let text = answer.bytes().await.ok()?;
    Some((status, serde_json::from_slice(&text).unwrap_or_default()))
}

fn control(server: &Server) -> Client {
    let socket = format!("{}/control.sock", server.data());
    Client::builder().unix_socket(socket).timeout(Duration::from_secs(10)).build().expect("a plain client can be made")
}

/// One act on a record: what is asked, what the record is afterwards, and how many rows of the log it writes.
struct Act {
    method: Method,
    path: String,
    tag: Option<String>,
    body: Value,
    then: Value,
    rows: u64,
}

fn act(method: Method, path: String, body: Value, then: Value, rows: u64) -> Act {
    Act { method, path, tag: None, body, then, rows }
}

/// Writes until the server is gone.
async fn write(client: Client, prefix: String, mut known: Known, mut chance: Chance) -> Written {
    let mut written = Written::default();
    loop {
        let fresh = known.len() < 3 || chance.below(3) == 0;
        let name = if fresh {
            format!("{prefix}-{}", known.len())
        } else {
            let keys: Vec<_> = known.keys().collect();
            keys[chance.below(keys.len() as u64) as usize].clone()
        };
        let now = known.get(&name).map_or(Value::Null, |states| states[0].clone());
        let act =
            if prefix.starts_with('p') { person(&name, &now, &mut chance) } else { talk(&name, &now, &mut chance) };
        let Some(act) = act else { continue };
        let answer = ask(&client, act.method, &act.path, act.tag.as_deref(), Some(&act.body)).await;
        match answer {
            Some((200..300, _)) => {
                written.rows += act.rows;
                known.insert(name.clone(), vec![act.then.clone()]);
                written.known.insert(name, vec![act.then]);
            }
            Some((status, body)) => panic!("{name}, which is {now}: {status} {body}"),
            None => {
                written.perhaps = act.rows;
                written.known.insert(name, vec![now, act.then]);
                return written;
            }
        }
    }
}

/// An act on an account.
fn person(name: &str, now: &Value, chance: &mut Chance) -> Option<Act> {
    let number = chance.below(1_000_000);
    let (path, reason) = (format!("/accounts/{name}"), format!("reason {number}"));
    let because = json!({ "reason": reason });
    Some(if now.is_null() {
        // The account, and the link that signs its owner in: the link may be missing when the account is there.
        act(Method::POST, "/accounts".into(), json!({ "handle": name }), json!({ "role": "member", "why": null }), 2)
    } else if !now["why"].is_null() {
        let then = json!({ "role": now["role"], "why": null });
        act(Method::POST, format!("{path}/reinstate"), because, then, 1)
    } else if chance.below(2) == 0 {
        let then = json!({ "role": now["role"], "why": reason });
        act(Method::POST, format!("{path}/suspend"), because, then, 1)
    } else {
        let role = ["member", "host", "moderator"][chance.below(3) as usize];
        act(Method::POST, format!("{path}/role"), json!({ "role": role }), json!({ "role": role, "why": null }), 1)
    })
}

/// An act on a planned conversation; `None` when it was called off, which is its last.
fn talk(name: &str, now: &Value, chance: &mut Chance) -> Option<Act> {
    let title = format!("title {}", chance.below(1_000_000));
    let path = format!("/conversations/{name}");
    if now.is_null() {
        let starts = 4_000_000_000_000_u64;
        let body = json!({ "slug": name, "title": title, "starts_ms": starts });
        return Some(act(
            Method::POST,
            "/conversations".into(),
            body,
            json!({ "title": title, "phase": "scheduled", "version": 1 }),
            0,
        ));
    }
    if now["phase"] == "cancelled" {
        return None;
    }
    let version = now["version"].as_u64().expect("a version is a number");
    let next = version + 1;
    let mut asked = if chance.below(4) == 0 {
        let then = json!({ "title": now["title"], "phase": "cancelled", "version": next });
        act(Method::POST, format!("{path}/cancel"), json!({ "reason": "ill" }), then, 0)
    } else {
        let then = json!({ "title": title, "phase": "scheduled", "version": next });
        act(Method::PATCH, path, json!({ "title": title }), then, 0)
    };
    asked.tag = Some(format!("\"{version}\""));
    Some(asked)
}

/// What the server says of a record, in the form in which it is known here.
async fn read(client: &Client, name: &str) -> Value {
    let path = if name.starts_with('p') { format!("/accounts/{name}") } else { format!("/conversations/{name}") };
    let (status, found) = ask(client, Method::GET, &path, None, None).await.expect("the server answers");
    match status {
        404 => Value::Null,
        200 if name.starts_with('p') => json!({ "role": found["role"], "why": found["suspended"]["reason"] }),
        200 => json!({ "title": found["title"], "phase": found["phase"], "version": found["version"] }),
        _ => panic!("{name}: {status} {found}"),
    }
}

async fn killed_again_and_again(kind: &str, records: Option<String>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let kills = number("HUSTINGS_KILLS").map_or(KILLS, |n| u32::try_from(n).expect("a number of kills"));
    let seed = number("HUSTINGS_SEED").unwrap_or(20_260_824);
    println!("{kind}: {kills} kills from seed {seed}");
    let mut chance = Chance(seed);
    let mut server = Server::on_records(records);
    let (mut known, mut starts_ms, mut in_start) = (Known::new(), Vec::new(), 0_u32);
    let (mut rows, mut perhaps) = (0, 0);
    for kill in 0..=kills {
        // Some die before they are ready.
        while kill > 0 && chance.below(5) == 0 {
            server.launch();
            tokio::time::sleep(Duration::from_millis(chance.below(250))).await;
            drop(server.stop("KILL", Duration::from_secs(5)).await);
            in_start += 1;
        }
        let began = Instant::now();
        server.launch();
        server.said_ready(Duration::from_secs(20)).await;
        starts_ms.push(began.elapsed().as_millis());
        let client = control(&server);
        // The log: one row for each act that was acknowledged, and no hole; what had no answer may have a row or none.
        let (_, log) = ask(&client, Method::GET, "/audit/verified", None, None).await.expect("the server answers");
        assert_eq!(log["whole"], true, "after {kill} kills from seed {seed}: {log}");
        let acts = log["acts"].as_u64().expect("a number");
        let possible = rows..=rows + perhaps;
        assert!(possible.contains(&acts), "{acts} acts and not {possible:?}, after {kill} kills from seed {seed}");
        (rows, perhaps) = (acts, 0);
        for (name, states) in known.iter_mut().filter(|(_, states)| states.len() > 1 || kill == kills) {
            let found = read(&client, name).await;
            assert!(
                states.contains(&found),
                "{name} is {found} and none of {states:?}, after {kill} kills from {seed}"
            );
            *states = vec![found];
        }
        if kill == kills {
            break;
        }
        let writers: Vec<_> = (0..WRITERS)
            .map(|n| {
                let prefix = format!("{}{n}", if n % 4 == 3 { 't' } else { 'p' });
                let own = known.iter().filter(|(name, _)| name.starts_with(&prefix));
                let own: Known = own.map(|(name, states)| (name.clone(), states.clone())).collect();
                tokio::spawn(write(client.clone(), prefix, own, Chance(chance.below(u64::MAX))))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(chance.below(WRITE_MS))).await;
        drop(server.stop("KILL", Duration::from_secs(5)).await);
        for writer in writers {
            let written = writer.await.expect("a writer ends with the server");
            rows += written.rows;
            perhaps += written.perhaps;
            for (name, mut states) in written.known {
                // Marked as uncertain, so that it is looked at: what was acknowledged has one state, twice.
                if states.len() == 1 {
                    states.push(states[0].clone());
                }
                known.insert(name, states);
            }
        }
    }
    starts_ms.sort_unstable();
    let report = json!({
        "records": kind, "kills": kills, "in_start": in_start, "acts": rows, "known": known.len(), "seed": seed,
        "start_ms": { "median": starts_ms[starts_ms.len() / 2], "max": starts_ms.last() },
    });
    println!("{report}");
    if let Ok(file) = std::env::var("HUSTINGS_KILLS_REPORT") {
        std::fs::write(format!("{file}.{kind}"), report.to_string()).expect("the report can be written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_in_sqlite() {
    killed_again_and_again("SQLite", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_in_postgresql() {
    if let Some(postgres) = Postgres::start().await {
        killed_again_and_again("PostgreSQL", Some(postgres.url())).await;
    }
}
