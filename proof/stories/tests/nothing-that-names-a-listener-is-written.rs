//! Many people come from addresses that nobody else has, listen, ask, try passwords and send nonsense; somebody speaks. When the
//! server has stopped, its folder and what it said are searched for every one of those addresses, as text and as bytes, and for
//! a key of the sessions: none of them was written anywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hustings_stories::elsewhere::{BALANCER, ask_from, post, say_from};
use hustings_stories::{Server, Voice, until};

/// A network for documentation (RFC 5737): whatever has these bytes has them from here.
const THEIRS: [u8; 3] = [203, 0, 113];
const PEOPLE: u8 = 80;
/// The object identifier of keys on elliptic curves, which every such key begins with (RFC 5480): DTLS has one here, and without TLS
/// nothing else has.
const CURVE_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        // Sockets hold nothing.
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

#[tokio::test]
async fn nothing_that_names_a_listener_is_written() {
    let mut server = Server::start_behind(BALANCER).await;
    server.live("talk").await;
    let speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let (public, audience) = (server.ports.public, server.ports.audience);
    let mut lines = Vec::new();
    for who in 1..=PEOPLE {
        let here = Ipv4Addr::new(THEIRS[0], THEIRS[1], THEIRS[2], who);
        lines.push(say_from(here, audience, "GET /c/talk/live.mp4 HTTP/1.1\r\nHost: x\r\n\r\n").await);
        let asks = [
            post("/c/talk/tickets", "{}"),
            post("/c/talk/receipt", ""),
            post("/api/v1/sign-in/password", r#"{"handle":"operator","password":"a guess of theirs"}"#),
            post("/api/v1/conversations/talk/seats", r#"{"name":"Eve"}"#),
            post("/api/v1/conversations/talk/invitations/accept", r#"{"secret":"wrong","name":"Eve"}"#),
            "GET /status HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "what is this\r\n\r\n".to_owned(),
        ];
        assert!(ask_from(here, public, &asks[usize::from(who) % asks.len()]).await >= 200, "they are answered");
    }
    let all = u64::from(PEOPLE);
    until("they listen", Duration::from_secs(20), async || server.listening("talk").await.filter(|n| *n == all)).await;
    drop(lines);
    drop(speaker);
    let data = server.data();
    let outcome = server.stop("TERM", Duration::from_secs(20)).await;
    let text = format!("{}.{}.{}.", THEIRS[0], THEIRS[1], THEIRS[2]);
    for said in [&outcome.stdout, &outcome.stderr] {
        assert!(!said.contains(&text), "{said}");
    }
    let mut all = Vec::new();
    files(Path::new(&data), &mut all);
    assert!(all.iter().any(|path| path.ends_with("evidence/checkpoint")), "an evening was written down: {all:?}");
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        let has = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
        assert!(!has(text.as_bytes()) && !has(&THEIRS), "an address is in {}", path.display());
        assert!(!has(CURVE_KEY), "a key of a session is in {}", path.display());
    }
}
