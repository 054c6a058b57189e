//! Clips, words and covers, asked as pages ask them.

use bytes::Bytes;
use hustings_link::production::{BringError, Brought, Cue, LobbyChoice, Prepared, Production, StoredClip, Upload};
use hustings_vocab::plan::Cover;
use hustings_vocab::{SeatId, Slug};

use super::*;

const ID: &str = "0123456789abcdef";

/// Has one clip, takes whatever comes, and hands on the last word.
#[derive(Default)]
pub(super) struct MemoryProduction(std::sync::Mutex<Option<(SeatId, Cue)>>);

fn clip(title: String, length_ms: u64) -> StoredClip {
    StoredClip { id: ID.into(), title, length_ms, added_ms: 1 }
}

async fn whole(mut upload: Upload) -> Result<u64, BringError> {
    let mut bytes = 0;
    while let Some(piece) = upload.recv().await {
        bytes += piece?.len() as u64;
    }
    if bytes == 0 { Err(BringError::Refused("there is nothing in the file".into())) } else { Ok(bytes) }
}

fn has(id: &str) -> Result<(), BringError> {
    if id == ID { Ok(()) } else { Err(BringError::NoSuch) }
}

impl Production for MemoryProduction {
    fn prepared(&self, _: Slug) -> Brought<'_, Prepared> {
        Box::pin(async { Ok(Prepared { clips: vec![clip("Jingle".into(), 4000)], lobby: LobbyChoice::Default }) })
    }

    fn bring(&self, _: Slug, title: String, upload: Upload) -> Brought<'_, StoredClip> {
        Box::pin(async { Ok(clip(title, whole(upload).await?)) })
    }

    fn rename(&self, _: Slug, id: String, _: String) -> Brought<'_, ()> {
        Box::pin(async move { has(&id) })
    }

    fn discard(&self, _: Slug, id: String) -> Brought<'_, ()> {
        Box::pin(async move { has(&id) })
    }

    fn play(&self, _: Slug, id: Option<String>) -> Brought<'_, ()> {
        Box::pin(async move { id.map_or(Ok(()), |id| has(&id)) })
    }

    fn set_lobby(&self, _: Slug, _: LobbyChoice) -> Brought<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn cue(&self, _: Slug, to: SeatId, text: String, by: String) -> Brought<'_, ()> {
        *self.0.lock().unwrap() = Some((to, Cue { number: 7, text, by }));
        Box::pin(async { Ok(()) })
    }

    fn next_cue(&self, _: Slug, to: SeatId, after: u64) -> Brought<'_, Option<Cue>> {
        let found = self.0.lock().unwrap().clone();
        Box::pin(async move { Ok(found.filter(|(seat, cue)| *seat == to && cue.number > after).map(|(_, cue)| cue)) })
    }

    fn set_cover(&self, _: Slug, upload: Upload) -> Brought<'_, Cover> {
        Box::pin(async {
            whole(upload).await?;
            Ok(Cover { tag: ID.into(), width: 1280, height: 720 })
        })
    }

    fn remove_cover(&self, _: Slug) -> Brought<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn cover(&self, _: Slug, _: Cover, small: bool) -> Brought<'_, Bytes> {
        Box::pin(async move { Ok(Bytes::from_static(if small { b"small" } else { b"large" })) })
    }
}

const CLIPS: &str = "/api/v1/conversations/evening/clips";

#[tokio::test]
async fn a_producer_brings_plays_and_throws_away() {
    let asker = Asker::new();
    let token = "producer@evening";
    let brought = asker.post(&format!("{CLIPS}?title=%20Jingle%20"), token, "RIFF").await.json();
    assert_eq!((&brought["title"], &brought["lane"]), (&"Jingle".into(), &format!("clip-{ID}").into()));
    let there = asker.method("GET", CLIPS, token, "").await.json();
    assert_eq!((&there["clips"][0]["length_ms"], &there["lobby_sound"]), (&4000.into(), &"default".into()));
    for (method, path, body) in [
        ("POST", format!("{CLIPS}/{ID}/play"), ""),
        ("POST", format!("{CLIPS}/stop"), ""),
        ("PATCH", format!("{CLIPS}/{ID}"), "{\"title\":\"x\"}"),
        ("PUT", "/api/v1/conversations/evening/lobby-sound".to_owned(), "{\"sound\":\"off\"}"),
        ("DELETE", format!("{CLIPS}/{ID}"), ""),
    ] {
        let answer = asker.method(method, &path, token, body).await;
        assert_eq!(answer.status, 204, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_words() {
    let asker = Asker::new();
    let token = "producer@evening";
    assert!(asker.post(CLIPS, token, "RIFF").await.problem(400).contains("title"));
    let hidden = format!("{CLIPS}?title=a%E2%80%AEb");
    assert!(asker.post(&hidden, token, "RIFF").await.problem(422).contains("U+202E"));
    assert!(asker.post(&format!("{CLIPS}?title=x"), token, "").await.problem(422).contains("nothing"));
    asker.post(&format!("{CLIPS}/..%2F..%2Fetc/play"), token, "").await.problem(404);
    asker.post(&format!("{CLIPS}/{}/play", ID.replace('0', "1")), token, "").await.problem(404);
    let sound = asker.method("PUT", "/api/v1/conversations/evening/lobby-sound", token, "{\"sound\":\"loud\"}").await;
    assert!(sound.problem(422).contains("default"));
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(141));
    let cue = asker.post("/api/v1/conversations/evening/stage/seats/ada/cue", token, &long).await;
    assert!(cue.problem(422).contains("140"));
}

#[tokio::test]
async fn a_word_is_read_by_whom_it_is_for() {
    let asker = Asker::new();
    let to = |seat: &str| format!("/api/v1/conversations/evening/stage/seats/{seat}/cue");
    let waiting = "/api/v1/conversations/evening/stage/cue";
    // Every spoken token is of the seat called "seat".
    assert_eq!(asker.post(&to("another"), "producer@evening", "{\"text\":\"not you\"}").await.status, 204);
    assert_eq!(asker.method("GET", waiting, "speaker@evening", "").await.status, 204);
    assert_eq!(asker.post(&to("seat"), "producer@evening", "{}").await.status, 204);
    let word = asker.method("GET", &format!("{waiting}?after=6"), "speaker@evening", "").await.json();
    assert_eq!((&word["text"], &word["number"]), (&"".into(), &7.into()));
    assert_eq!(asker.method("GET", &format!("{waiting}?after=7"), "speaker@evening", "").await.status, 204);
    asker.method("GET", &format!("{waiting}?after=x"), "speaker@evening", "").await.problem(400);
}

#[tokio::test]
async fn a_cover_is_there_once_it_was_brought() {
    let asker = Asker::new();
    asker.get("/c/evening/cover.jpg").await.problem(404);
    let brought = asker.method("PUT", "/api/v1/conversations/evening/cover", "host@evening", "PNG").await;
    assert_eq!(brought.json()["cover"]["width"], 1280);
    asker.method("PUT", "/api/v1/conversations/evening/cover", "producer@evening", "PNG").await.problem(403);
    asker
        .desk
        .at("evening".parse().unwrap(), |c| {
            c.plan.cover = Some(Cover { tag: ID.into(), width: 1280, height: 720 });
            Ok(())
        })
        .unwrap();
    let small = asker.get(&format!("/c/evening/cover.jpg?size=small&v={ID}")).await;
    assert_eq!((small.text.as_str(), small.header("content-type")), ("small", "image/jpeg"));
    assert!(small.header("cache-control").contains("immutable"));
    let large = asker.get("/c/evening/cover.jpg").await;
    assert_eq!((large.text.as_str(), large.header("cache-control")), ("large", "no-cache"));
    let again = asker.ask(Method::GET, "/c/evening/cover.jpg", &[("if-none-match", large.header("etag"))]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let page = asker.get("/c/evening").await;
    assert!(
        page.text.contains(&format!("/c/evening/cover.jpg?v={ID}\"><meta property=\"og:image:width\"")),
        "{}",
        page.text
    );
}
