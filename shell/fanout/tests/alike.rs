//! The engine and the general service answer HLS alike, to the byte; and what is particular to the engine's answers:
//! connections that stay, requests at once, many who wait, and readers who are slow.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::time::Duration;

use common::{House, Source, bounded, until};
use hustings_link::hall::Tier;
use hustings_pack::headers;
use hustings_vocab::Rendition;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came over the line: the status line, the sorted header fields without the date, and the body.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    head: Vec<String>,
    body: Vec<u8>,
}

impl Said {
    fn status(&self) -> u16 {
        self.head[0].split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn get(path: &str, fields: &str) -> String {
    format!("GET /c/evening/hls/{path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

async fn connect(house: &House) -> TcpStream {
    TcpStream::connect(house.addr).await.unwrap()
}

/// Reads one response; only what would be said of it if `bare`.
async fn hear(socket: &mut TcpStream, bare: bool) -> Said {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(bounded(socket.read_u8()).await.expect("a head comes"));
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains("\r\ndate: "), "{head}");
    let mut lines: Vec<_> =
        head.trim_end().lines().filter(|line| !line.starts_with("date: ")).map(str::to_owned).collect();
    lines[1..].sort();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |l| l.parse().unwrap());
    let mut body = vec![0; if bare { 0 } else { length }];
    bounded(socket.read_exact(&mut body)).await.unwrap();
    Said { head: lines, body }
}

async fn exchange(house: &House, request: &str) -> Said {
    let mut socket = connect(house).await;
    socket.write_all(request.as_bytes()).await.unwrap();
    let bare = request.starts_with("HEAD") || request.contains("If-None-Match: W/");
    hear(&mut socket, bare).await
}

async fn assert_alike(general: &House, engine: &House, request: &str) -> Said {
    let (ours, theirs) = tokio::join!(exchange(engine, request), exchange(general, request));
    assert_eq!(ours, theirs, "{request}");
    ours
}

#[tokio::test]
async fn both_answer_alike_whatever_is_asked_of_a_conversation_that_has_ended() {
    let (general, engine) = (House::open().await, House::with_engine().await);
    for house in [&general, &engine] {
        house.play(&mut Source::at(Rendition::Opus96, 0), 203);
        house.play(&mut Source::at(Rendition::Aac96, 0), 203);
        house.close();
    }
    let tag = exchange(&general, &get("opus-96.m3u8", "")).await.field("etag").unwrap().to_owned();
    let sound = exchange(&general, &get("opus-96/19.3.m4s", "")).await.field("etag").unwrap().to_owned();
    let known = format!("If-None-Match: {tag}\r\n");
    let range = |range: &str| format!("Range: {range}\r\n");
    for (status, request) in [
        (200, get("index.m3u8", "")),
        (200, get("index.m3u8?_HLS_part=x", "Accept-Encoding: gzip\r\n")),
        (200, get("opus-96.m3u8", "")),
        (200, get("opus-96.m3u8?_HLS_msn=5&_HLS_part=3", "")),
        (200, get("opus-96.m3u8?_HLS_msn=1000000", "")),
        (200, get("aac-96.m3u8?_HLS_msn=5&_HLS_skip=YES", "Accept-Encoding: br, gzip\r\nUser-Agent: x\r\n")),
        (200, get("opus-96.m3u8", "Accept-Encoding: gzip;q=0\r\n")),
        (200, get("opus-96.m3u8", &range("bytes=0-1"))),
        (304, get("opus-96.m3u8", &known)),
        (304, get("opus-96.m3u8", &format!("{known}Accept-Encoding: gzip\r\n"))),
        (200, get("opus-96.m3u8", "If-None-Match: \"x\", \"0000000000000000\"\r\n")),
        (200, get("opus-96/init.mp4", "")),
        (200, get("aac-96/init.mp4", "")),
        (206, get("aac-96/init.mp4", &range("bytes=-10"))),
        (200, get("opus-96/19.3.m4s", "")),
        (200, get("opus-96/19.3.m4s?any=thing", "X-Playback-Session-Id: a\r\n")),
        (200, get("opus-96/18.m4s", "")),
        (200, get("opus-96/20.m4s", "")),
        (206, get("opus-96/18.m4s", &range("bytes=100-"))),
        (206, get("opus-96/18.m4s", &range("bytes=2000-9999"))),
        (206, get("opus-96/19.3.m4s", &format!("{}If-Range: {sound}\r\n", range("bytes=1-1")))),
        (200, get("opus-96/19.3.m4s", &format!("{}If-Range: \"x\"\r\n", range("bytes=1-1")))),
        (200, get("opus-96/19.3.m4s", &range("bytes=0-1,5-6"))),
        (416, get("opus-96/19.3.m4s", &range("bytes=999999-"))),
        (404, get("opus-96/0.0.m4s", "")),
        (404, get("opus-96/0.m4s", "")),
        (404, get("opus-96/99999999.m4s", "")),
        (404, get("opus-96/24.11.m4s", "")),
        (404, get("opus-96/nothing", "")),
        (404, get("opus-12/1.m4s", "")),
        (404, get("nothing.m3u8", "")),
        (404, get("opus-48.m3u8", "")),
        (404, get("", "")),
        (404, get("a/b/c", "")),
        (400, get("opus-96.m3u8?_HLS_part=1", "")),
        (400, get("opus-96.m3u8?_HLS_msn=-1", "")),
        (400, get("opus-96.m3u8?_HLS_msn=1&_HLS_msn=1", "")),
        (200, get("opus%2D96.m3u8", "")),
        (404, get("index.m3u8", "").replace("evening", "morning")),
        (200, get("opus-96.m3u8", "").replace("GET", "HEAD")),
        (200, get("opus-96/19.3.m4s", &range("bytes=0-1")).replace("GET", "HEAD")),
        (200, get("opus-96/19.3.m4s", "").replace("GET", "OPTIONS")),
        (405, get("opus-96/19.3.m4s", "").replace("GET", "DELETE")),
        (200, get("opus-96.m3u8", "Connection: close\r\n")),
        (200, get("opus-96/19.m4s", "").replace("HTTP/1.1", "HTTP/1.0")),
        (200, get("opus-96/19.m4s", "Connection: keep-alive\r\n").replace("HTTP/1.1", "HTTP/1.0")),
    ] {
        assert_eq!(assert_alike(&general, &engine, &request).await.status(), status, "{request}");
    }
    let known = get("opus-96/19.3.m4s", &format!("If-None-Match: W/{sound}\r\n"));
    assert_eq!(assert_alike(&general, &engine, &known).await.status(), 304);
}

#[tokio::test]
async fn both_answer_alike_while_it_goes_on() {
    let (general, engine) = (House::open().await, House::with_engine().await);
    for house in [&general, &engine] {
        house.play(&mut Source::at(Rendition::Opus96, 0), 45);
    }
    let (far, plain, late, cold) = (
        get("opus-96.m3u8?_HLS_msn=1000000", ""),
        get("opus-96.m3u8", "Accept-Encoding: gzip\r\n"),
        get("opus-96/4.5.m4s", ""),
        get("aac-96.m3u8", ""),
    );
    let (far, plain, late, cold) = tokio::join!(
        assert_alike(&general, &engine, &far),
        assert_alike(&general, &engine, &plain),
        assert_alike(&general, &engine, &late),
        assert_alike(&general, &engine, &cold),
    );
    assert_eq!((far.status(), plain.status(), late.status(), cold.status()), (400, 200, 503, 503));
    assert_eq!((late.field("retry-after"), cold.field("retry-after")), (Some("1"), Some("2")));
}

/// A conversation with the engine in front: parts 0 to 44 are there.
async fn fifth_segment() -> (House, Source) {
    let house = House::with_engine().await;
    let mut source = Source::at(Rendition::Opus96, 0);
    house.play(&mut source, 45);
    (house, source)
}

#[tokio::test]
async fn a_connection_stays_and_requests_at_once_are_answered_in_their_order() {
    let (house, _) = fifth_segment().await;
    let mut socket = connect(&house).await;
    let window = house.hall().shelf(Rendition::Opus96).look(Clone::clone);
    let part = |number: usize| window.parts()[number].cmaf.clone();
    let several = [get("opus-96/4.1.m4s", ""), get("opus-96/nothing", ""), get("opus-96/4.2.m4s", "")].concat();
    for _ in 0..3 {
        // The last comes in two pieces.
        let (first, second) = several.as_bytes().split_at(several.len() - 20);
        socket.write_all(first).await.unwrap();
        assert_eq!(hear(&mut socket, false).await.body, part(41));
        assert_eq!(hear(&mut socket, false).await.status(), 404);
        socket.write_all(second).await.unwrap();
        assert_eq!(hear(&mut socket, false).await.body, part(42));
    }
    // What is somebody else's is answered as well, and from then on all that follows.
    let others = "GET /c/evening/audience HTTP/1.1\r\nHost: x\r\n\r\n";
    socket.write_all([&several, others, &several].concat().as_bytes()).await.unwrap();
    let mut lengths = Vec::new();
    for _ in 0..7 {
        lengths.push(hear(&mut socket, false).await.head[0].clone());
    }
    let (good, bad) = ("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found");
    assert_eq!(lengths, [good, bad, good, good, good, bad, good]);
}

#[tokio::test]
async fn a_stream_may_follow_on_the_same_connection() {
    let (house, _) = fifth_segment().await;
    let mut socket = connect(&house).await;
    socket.write_all(get("opus-96/4.1.m4s", "").as_bytes()).await.unwrap();
    hear(&mut socket, false).await;
    assert_eq!(house.hall().attendance.of(Tier::Hls), 1);
    socket.write_all(b"GET /c/evening/live.mp4?burst=1 HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let head = headers(Rendition::Opus96, "An evening").cmaf;
    let mut heard = Vec::new();
    while !heard.ends_with(&head) {
        heard.push(bounded(socket.read_u8()).await.unwrap());
    }
    let counts = || [Tier::Stream, Tier::Hls].map(|tier| house.hall().attendance.of(tier));
    until("it is counted as what it is now", async || counts() == [1, 0]).await;
}

#[tokio::test]
async fn hundreds_who_wait_for_a_part_are_answered_when_it_comes_and_then_what_they_asked_after_it() {
    let (house, mut source) = fifth_segment().await;
    let held = hustings_engine::stats().held();
    let mut waiting = Vec::new();
    for n in 0..200 {
        let mut socket = connect(&house).await;
        let first =
            if n % 2 == 0 { get("opus-96.m3u8?_HLS_msn=4&_HLS_part=5", "") } else { get("opus-96/4.5.m4s", "") };
        socket.write_all((first + &get("opus-96/4.6.m4s", "")).as_bytes()).await.unwrap();
        waiting.push(socket);
    }
    // The playlists wait for the sound to flow first: see `Warmth`.
    until("they are held", async || hustings_engine::stats().held() - held >= 100).await;
    let bodies = house.play(&mut source, 1);
    let mut playlists = Vec::new();
    for (n, socket) in waiting.iter_mut().enumerate() {
        let said = hear(socket, false).await;
        assert_eq!(said.status(), 200);
        if n % 2 == 0 {
            playlists.push(said.body);
        } else {
            assert_eq!(said.body, bodies[0].cmaf);
        }
    }
    assert!(String::from_utf8_lossy(&playlists[0]).contains("opus-96/4.5.m4s\",INDEPENDENT"));
    assert!(playlists.iter().all(|playlist| *playlist == playlists[0]));
    let bodies = house.play(&mut source, 1);
    for socket in &mut waiting {
        assert_eq!(hear(socket, false).await.body, bodies[0].cmaf);
    }
}

#[tokio::test]
async fn who_waits_is_answered_when_the_conversation_ends() {
    let (house, _) = fifth_segment().await;
    let mut playlist = connect(&house).await;
    playlist.write_all(get("opus-96.m3u8?_HLS_msn=5", "").as_bytes()).await.unwrap();
    let mut part = connect(&house).await;
    let held = hustings_engine::stats().held();
    part.write_all(get("opus-96/4.5.m4s", "").as_bytes()).await.unwrap();
    until("it is held", async || hustings_engine::stats().held() > held).await;
    house.close();
    assert!(hear(&mut playlist, false).await.body.ends_with(b"#EXT-X-ENDLIST\n"));
    assert_eq!(hear(&mut part, false).await.status(), 404);
}

#[tokio::test]
async fn a_reader_who_is_slow_gets_every_byte_and_holds_nobody_up() {
    let house = House::with_engine().await;
    let mut source = Source::at(Rendition::Opus96, 0).with_frames_of(1200);
    let parts = house.play(&mut source, 60);
    let segment: Vec<u8> = parts[20..30].iter().flat_map(|part| part.cmaf.to_vec()).collect();
    let sent = hustings_engine::stats().hls_bytes_sent();
    let mut slow = connect(&house).await;
    let count = 100;
    let requests = get("opus-96/2.m4s", "").repeat(count);
    let (mut reader, mut writer) = slow.split();
    let asking = async {
        writer.write_all(requests.as_bytes()).await.unwrap();
    };
    let listening = async {
        // 11 MB are more than lies between us: the engine had to stop.
        let begun = async || hustings_engine::stats().hls_bytes_sent() - sent >= segment.len() as u64;
        until("an answer has begun", begun).await;
        let mut other = connect(&house).await;
        other.write_all(get("opus-96/2.m4s", "").as_bytes()).await.unwrap();
        assert_eq!(hear(&mut other, false).await.body, segment);
        let mut heard = Vec::new();
        let length = segment.len();
        while heard.len() < count * length {
            let before = heard.len();
            bounded(reader.read_buf(&mut heard)).await.unwrap();
            assert!(heard.len() > before, "the connection stays");
        }
        heard
    };
    let ((), mut heard) = tokio::join!(asking, listening);
    for n in 0..count {
        let end = heard.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        while heard.len() < end + segment.len() {
            bounded(reader.read_buf(&mut heard)).await.unwrap();
        }
        assert!(heard[end..].starts_with(&segment), "response {n}");
        heard.drain(..end + segment.len());
    }
    assert!(heard.is_empty());
}

#[tokio::test]
async fn another_conversation_of_the_same_name_is_not_answered_for_by_the_first() {
    let (house, _) = fifth_segment().await;
    let mut socket = connect(&house).await;
    let ask = get("opus-96/4.1.m4s", "");
    socket.write_all(ask.as_bytes()).await.unwrap();
    let first = hear(&mut socket, false).await;
    house.close();
    let title = "Another".to_owned();
    let slug = common::slug();
    house.say(hustings_link::down::Down::Opened { slug, title, epoch_ms: 1_800_000_000_000, discontinuities: 0 });
    house.play(&mut Source::at(Rendition::Opus96, 0).with_frames_of(100), 45);
    let second = async || {
        let mut socket = connect(&house).await;
        socket.write_all(ask.as_bytes()).await.unwrap();
        hear(&mut socket, false).await
    };
    until("the new one is heard", async || {
        let second = second().await;
        second.status() == 200 && second.body != first.body && second.field("etag") != first.field("etag")
    })
    .await;
}

#[tokio::test]
async fn a_drain_answers_those_who_wait_and_closes_connections_that_stay() {
    let (mut house, mut source) = fifth_segment().await;
    let mut idle = connect(&house).await;
    idle.write_all(get("opus-96/4.1.m4s", "").as_bytes()).await.unwrap();
    hear(&mut idle, false).await;
    let mut waiting = connect(&house).await;
    let held = hustings_engine::stats().held();
    waiting.write_all(get("opus-96/4.5.m4s", "").as_bytes()).await.unwrap();
    until("it is held", async || hustings_engine::stats().held() > held).await;
    let engine = house.engine.take().unwrap();
    let drained = tokio::task::spawn_blocking(move || engine.drain(Duration::from_secs(20)));
    assert_eq!(bounded(idle.read(&mut [0; 1])).await.unwrap(), 0);
    let part = house.play(&mut source, 1).remove(0);
    let said = hear(&mut waiting, false).await;
    assert_eq!((said.field("connection"), &said.body[..]), (Some("close"), &part.cmaf[..]));
    assert_eq!(bounded(waiting.read(&mut [0; 1])).await.unwrap(), 0);
    bounded(drained).await.unwrap();
}
