//! Readers that take nothing: one that lives has thirty seconds. One that vanished is a story of its own, for that
//! needs a firewall.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::routing::get;
use common::{GET, Server};
use hustings_link::peer::Peer;
use hustings_tls::{ServeOptions, stats};
use hustings_vocab::limits::STALLED_LISTENER_SECONDS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// A stream at twenty times the pace of the sound, so that buffers are full at once.
fn quick() -> Body {
    Body::from_stream(futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Some((Ok::<_, std::io::Error>([7u8; 2400].as_slice()), ()))
    }))
}

#[tokio::test]
async fn who_takes_nothing_for_thirty_seconds_is_closed_and_who_takes_a_little_is_not() {
    let (told, mut peers) = mpsc::unbounded_channel();
    let app = Router::new().route(
        "/",
        get(|Extension(peer): Extension<Peer>| async move {
            told.send(peer).unwrap();
            quick()
        }),
    );
    let server = Server::start(app, ServeOptions::audience("test"));
    let mut gone = server.connect().await;
    gone.write_all(GET.as_bytes()).await.unwrap();
    let mut stalled: Peer = peers.recv().await.unwrap();
    let mut slow = server.connect().await;
    slow.write_all(GET.as_bytes()).await.unwrap();
    let reading = peers.recv().await.unwrap();

    let began = tokio::time::Instant::now();
    let before = stats().stalled();
    // 200 kB a second against 240 kB that come: always behind, never still.
    let reader = tokio::spawn(async move {
        let mut scrap = vec![0; 20_000];
        while slow.read(&mut scrap).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let bound = Duration::from_secs(STALLED_LISTENER_SECONDS + 30);
    tokio::time::timeout(bound, stalled.closed()).await.expect("closed");
    assert!(began.elapsed() >= Duration::from_secs(STALLED_LISTENER_SECONDS), "{:?}", began.elapsed());
    assert_eq!(stats().stalled(), before + 1);
    assert!(!reading.is_closed(), "who takes a little goes on");
    reader.abort();
}
