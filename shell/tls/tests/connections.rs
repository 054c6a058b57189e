//! How connections live and end: bad requests, refused bodies, the peer in each request, the drain.

mod common;

use std::time::Duration;

use axum::body::Body;
use axum::extract::Extension;
use axum::routing::{get, post};
use axum::{Router, http::StatusCode};
use common::{GET, Server, ask, bounded};
use hustings_link::peer::Peer;
use hustings_tls::{ServeOptions, bind_unix, serve_unix};
use hustings_vocab::limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{Notify, mpsc};

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

#[tokio::test]
async fn a_request_line_of_1_mb_is_answered_and_hurts_nobody() {
    let server = Server::start(hello(), ServeOptions::new("test"));
    let request = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20));
    let answer = ask(server.connect().await, &request).await;
    assert!(answer.starts_with("HTTP/1.1 431 ") || answer.starts_with("HTTP/1.1 414 "), "{answer:?}");
    assert!(ask(server.connect().await, GET).await.ends_with("hello"));
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_cost_its_sender_the_answer() {
    let app = Router::new().route("/", post(|| async { (StatusCode::PAYLOAD_TOO_LARGE, "too large") }));
    let server = Server::start(app, ServeOptions::new("test"));
    let body = "v=0\r\n".repeat(200_000);
    let head = format!("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = ask(server.connect().await, &format!("{head}{body}")).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("too large"), "{answer:?}");
}

#[tokio::test]
async fn what_is_no_http_is_told_so() {
    let server = Server::start(hello(), ServeOptions::new("test"));
    let answer = ask(server.connect().await, "\x16\x03\x01 this is a TLS client, perhaps\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer:?}");
}

#[tokio::test]
async fn every_request_names_its_connection_and_learns_of_its_end() {
    let (told, mut peers) = mpsc::unbounded_channel();
    let app = Router::new().route("/", get(|Extension(peer): Extension<Peer>| async move { drop(told.send(peer)) }));
    let server = Server::start(app, ServeOptions::audience("test"));
    let mut first = server.connect().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        seen.push(bounded(peers.recv()).await.unwrap());
        assert!(first.read(&mut [0; 1024]).await.unwrap() > 0);
    }
    ask(server.connect().await, GET).await;
    let other = bounded(peers.recv()).await.unwrap();
    assert_eq!(seen[0].id, seen[1].id);
    assert_ne!(seen[0].id, other.id);
    assert_eq!(seen[0].addr, first.local_addr().unwrap());
    assert!(!seen[0].operator && !seen[0].is_closed());
    drop(first);
    bounded(seen[0].closed()).await;
}

#[tokio::test]
async fn who_comes_by_the_socket_file_is_the_operator() {
    let folder = common::Folder::new("unix");
    let listener = bind_unix(&folder.join("control")).await.unwrap();
    let app =
        Router::new().route("/", get(|Extension(peer): Extension<Peer>| async move { peer.operator.to_string() }));
    tokio::spawn(serve_unix(listener, app, ServeOptions::new("control"), std::future::pending()));
    let answer = ask(UnixStream::connect(folder.join("control")).await.unwrap(), GET).await;
    assert!(answer.ends_with("true"), "{answer:?}");
}

#[tokio::test]
async fn a_drain_answers_what_was_asked_and_closes_what_is_idle() {
    let (asked, go) = (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
    let (asked_, go_) = (asked.clone(), go.clone());
    let slow = || async move {
        asked_.notify_one();
        go_.notified().await;
        "at last"
    };
    let mut server = Server::start(Router::new().route("/", get(slow)), ServeOptions::new("test"));
    let mut idle = server.connect().await;
    let waiting = tokio::spawn(ask(server.connect().await, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    asked.notified().await;
    server.stop();
    assert_eq!(bounded(idle.read(&mut [0; 1])).await.unwrap(), 0, "an idle connection is closed");
    assert!(!server.done.is_finished());
    go.notify_one();
    assert!(bounded(waiting).await.unwrap().ends_with("at last"));
    bounded(server.done).await.unwrap();
}

#[tokio::test]
async fn a_drain_has_an_end_although_a_response_has_none() {
    let endless = || async {
        Body::from_stream(futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Some((Ok::<_, std::io::Error>("sound"), ()))
        }))
    };
    let options = ServeOptions { drain: Duration::from_millis(300), ..ServeOptions::new("test") };
    let mut server = Server::start(Router::new().route("/", get(endless)), options);
    let mut listener = server.connect().await;
    listener.write_all(GET.as_bytes()).await.unwrap();
    assert!(bounded(listener.read(&mut [0; 1024])).await.unwrap() > 0);
    server.stop();
    bounded(server.done).await.unwrap();
    bounded(listener.read_to_end(&mut Vec::new())).await.unwrap();
}

#[tokio::test]
async fn a_full_listener_says_so_and_has_room_again_when_somebody_leaves() {
    let options = ServeOptions { connections_max: 1, ..ServeOptions::new("test") };
    let server = Server::start(hello(), options);
    let mut first = server.connect().await;
    first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(bounded(first.read(&mut [0; 1024])).await.unwrap() > 0);
    let mut second = server.connect().await;
    let mut answer = String::new();
    bounded(second.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("Retry-After: 5"), "{answer:?}");
    drop(first);
    bounded(async { while !ask(server.connect().await, GET).await.ends_with("hello") {} }).await;
}

#[tokio::test]
async fn who_says_nothing_is_reset_for_who_comes() {
    let server = Server::start(hello(), ServeOptions { connections_max: 1, ..ServeOptions::new("test") });
    let mut silent = server.connect().await;
    tokio::time::sleep(Duration::from_millis(limits::PENDING_GRACE_MS + 100)).await;
    assert!(ask(server.connect().await, GET).await.ends_with("hello"));
    let ended = bounded(silent.read(&mut [0])).await;
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}
