//! A client moves to another network: the session stays, and sound is back within 3 s.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, StatusCode};
use hustings_link::stage::ReturnFrame;
use hustings_vocab::MediaTime;

use crate::support::{Client, House, LOOPBACK, Reply, house, packet_of, request, send};

async fn patch(house: &House, client: &Client, frag: String) -> Reply {
    let kind = Some("application/trickle-ice-sdpfrag");
    let mut patch = request(Method::PATCH, &client.location, Some("ada/speaker/talk"), kind, frag);
    patch.headers_mut().insert("if-match", "*".parse().unwrap());
    send(&house.router, patch).await
}

#[tokio::test]
async fn after_an_ice_restart_the_same_session_goes_on_from_another_address() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, mut seat) = Client::speaker(&mut house, "ada").await;
    client.until("heard", |_| seat.from_line.len() >= 10).await;
    let before = seat.packets();
    client.moves().await;
    let frag = client.restart();
    let moved = Instant::now();
    let reply = patch(&house, &client, frag).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/trickle-ice-sdpfrag");
    assert_ne!(reply.header("etag"), client.etag);
    client.restarted(&reply);
    let mut after = Vec::new();
    client
        .until("heard again", |_| {
            after.extend(seat.packets());
            after.len() >= 25
        })
        .await;
    assert!(moved.elapsed() < Duration::from_secs(3), "{:?}", moved.elapsed());
    assert!(after[0].seq > before[0].seq, "one session, one sequence");
    let heard = client.heard.len();
    for number in 1..=10 {
        let frame = ReturnFrame { t: MediaTime(number * 960), packet: Bytes::from(packet_of(number)) };
        seat.to_line.send(frame).await.unwrap();
    }
    client.until("hearing the mix at the new address", |c| c.heard.len() > heard + 5).await;
    assert_eq!(house.webrtc.stats().sessions, 1);
}

#[tokio::test]
async fn a_restart_that_is_not_followed_up_leaves_the_old_path_working() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, mut seat) = Client::speaker(&mut house, "ada").await;
    client.until("heard", |_| seat.from_line.len() >= 10).await;
    let reply = patch(&house, &client, "a=ice-ufrag:other\r\na=ice-pwd:0123456789012345678901\r\n".into()).await;
    assert_eq!(reply.status, StatusCode::OK);
    seat.packets();
    client.until("still heard", |_| seat.from_line.len() >= 25).await;
}
