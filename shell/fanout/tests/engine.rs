//! What is particular to the engine in front: the same heads as the general service, and connections that live on, come
//! slowly, ask for more than one thing or are too many.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use common::{House, Source, bounded, until};
use hustings_link::hall::Tier;
use hustings_pack::headers;
use hustings_vocab::Rendition;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LISTEN: &str = "GET /c/evening/live.ogg?burst=0 HTTP/1.1\r\nHost: x\r\n\r\n";

async fn ask(house: &House, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(house.addr).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// Reads up to and with `end`.
async fn read_until(socket: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut heard = Vec::new();
    while !heard.ends_with(end) {
        heard.push(bounded(socket.read_u8()).await.expect("the response goes on"));
    }
    heard
}

/// The status line and the sorted headers, without the date.
async fn head(house: &House, request: &str) -> Vec<String> {
    let head = read_until(&mut ask(house, request).await, b"\r\n\r\n").await;
    let head = String::from_utf8(head).unwrap();
    let lines = head.trim_end().lines().filter(|line| !line.starts_with("date: "));
    assert!(head.contains("\r\ndate: "), "{head}");
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines[1..].sort();
    lines
}

#[tokio::test]
async fn a_stream_has_the_head_that_the_general_service_gives_it() {
    let (general, engine) = (House::open().await, House::with_engine().await);
    for house in [&general, &engine] {
        house.play(&mut Source::at(Rendition::Opus96, 0), 20);
        house.play(&mut Source::at(Rendition::Aac96, 0), 20);
    }
    for request in [
        LISTEN,
        "GET /c/evening/live.mp4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /c/evening/live.aac HTTP/1.1\r\nHost: x\r\nicy-metadata: 1\r\n\r\n",
        "GET /c/evening/live.ogg HTTP/1.0\r\n\r\n",
        "GET /c/evening/live.ogg?burst=x HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /c/evening/live.ogg HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /c/evening/events HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /c/evening/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /c/evening/audience HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        assert_eq!(head(&engine, request).await, head(&general, request).await, "{request}");
    }
    let cold = "GET /c/evening/live.ogg?rendition=opus-48 HTTP/1.1\r\nHost: x\r\n\r\n";
    let (ours, theirs) = tokio::join!(head(&engine, cold), head(&general, cold));
    assert_eq!(ours, theirs);
    assert!(ours[0].contains("503"), "{ours:?}");
}

#[tokio::test]
async fn a_connection_lives_on_after_the_end_and_may_ask_again() {
    let house = House::with_engine().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let mut socket = ask(&house, LISTEN).await;
    let header = headers(Rendition::Opus96, "An evening").raw;
    read_until(&mut socket, &header).await;
    house.close();
    read_until(&mut socket, b"\r\n0\r\n\r\n").await;
    until("the listener is counted out", async || house.hall().attendance.of(Tier::Stream) == 0).await;
    socket.write_all(LISTEN.as_bytes()).await.unwrap();
    let again = read_until(&mut socket, b"\r\n\r\n").await;
    assert!(again.starts_with(b"HTTP/1.1 410 "), "{}", String::from_utf8_lossy(&again));
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let house = House::with_engine().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let mut socket = TcpStream::connect(house.addr).await.unwrap();
    socket.set_nodelay(true).unwrap();
    for byte in LISTEN.bytes() {
        socket.write_u8(byte).await.unwrap();
        tokio::task::yield_now().await;
    }
    let head = read_until(&mut socket, b"\r\n\r\n").await;
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(house.hall().attendance.of(Tier::Stream), 1);
    drop(socket);
    until("the listener is counted out", async || house.hall().attendance.of(Tier::Stream) == 0).await;
}

#[tokio::test]
async fn who_asks_for_two_things_at_once_is_answered_twice() {
    let house = House::with_engine().await;
    let twice = "GET /c/evening/audience HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2);
    let mut socket = ask(&house, &twice).await;
    for _ in 0..2 {
        let head = String::from_utf8(read_until(&mut socket, b"\r\n\r\n").await).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        bounded(socket.read_exact(&mut vec![0; length.parse().unwrap()])).await.unwrap();
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_refused() {
    let house = House::with_engine().await;
    let mut socket = TcpStream::connect(house.addr).await.unwrap();
    // The server may close before it has read it all.
    let _ =
        socket.write_all(format!("GET /c/evening/live.ogg HTTP/1.1\r\nA: {}", "a".repeat(64 * 1024)).as_bytes()).await;
    let mut answer = Vec::new();
    let _ = bounded(socket.read_to_end(&mut answer)).await;
    assert!(answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn a_full_house_says_so_and_has_room_again_when_somebody_leaves() {
    let house = House::with_engine_for(1).await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let mut first = ask(&house, LISTEN).await;
    read_until(&mut first, b"\r\n\r\n").await;
    let mut answer = String::new();
    bounded(TcpStream::connect(house.addr).await.unwrap().read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("Retry-After: 5"), "{answer:?}");
    drop(first);
    until("there is room again", async || {
        let mut socket = TcpStream::connect(house.addr).await.unwrap();
        // A refusal does not wait for the question, and may close the connection under it.
        let _ = socket.write_all(LISTEN.as_bytes()).await;
        let mut answer = [0; 13];
        let _ = bounded(socket.read_exact(&mut answer)).await;
        answer == *b"HTTP/1.1 200 "
    })
    .await;
}

#[tokio::test]
async fn a_drain_lets_nobody_in_and_waits_for_those_who_listen() {
    let mut house = House::with_engine().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let mut socket = ask(&house, LISTEN).await;
    read_until(&mut socket, &headers(Rendition::Opus96, "An evening").raw).await;
    let idle = TcpStream::connect(house.addr).await.unwrap();
    let engine = house.engine.take().unwrap();
    engine.refuse();
    let drained = tokio::task::spawn_blocking(move || engine.drain(std::time::Duration::from_secs(20)));
    until("nobody is let in", async || TcpStream::connect(house.addr).await.is_err()).await;
    assert!(!drained.is_finished());
    house.close();
    read_until(&mut socket, b"\r\n0\r\n\r\n").await;
    bounded(drained).await.unwrap();
    drop(idle);
}
