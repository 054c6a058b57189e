//! A server behind HAProxy, which says by the PROXY protocol for whom it connects: listeners hear through it, limits see who
//! asks and not who passes on, and a connection of the balancer's that does not say it is ended.

use std::net::IpAddr;
use std::time::Duration;

use hustings_stories::{Cache, Server, Sound, Voice, within};
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

const BALANCER: &str = "127.0.0.9";
/// Wrong links of one source in a minute; the next has to wait (`GUESSES_PER_MINUTE_MAX`).
const GUESSES: usize = 20;

#[tokio::test]
async fn a_listener_hears_through_it() {
    let server = Server::start_behind(BALANCER).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let balancer = Cache::haproxy(server.ports.audience, BALANCER).await;
    let url = balancer.url("/c/talk/live.ogg?burst=1");
    let heard = Sound::read(&url, 6.0, Duration::from_secs(25)).await;
    let gaps = heard.last(4.0).gaps(Voice::Tenor).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
}

#[tokio::test]
async fn limits_see_who_asks() {
    let server = Server::start_behind(BALANCER).await;
    server.live("talk").await;
    let balancer = Cache::haproxy(server.ports.public, BALANCER).await;
    let url = balancer.url("/api/v1/conversations/talk/invitations/accept");
    let ask = async |from: [u8; 4]| {
        let client = reqwest::Client::builder().no_proxy().local_address(IpAddr::from(from)).build();
        let client = client.expect("a plain client can be made");
        let asked = client.post(&url).json(&serde_json::json!({"secret": "wrong", "name": "Eve"})).send().await;
        asked.expect("it answers").status()
    };
    for _ in 0..GUESSES {
        assert_eq!(ask([127, 0, 0, 21]).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask([127, 0, 0, 21]).await, StatusCode::TOO_MANY_REQUESTS, "who guesses waits");
    assert_eq!(ask([127, 0, 0, 22]).await, StatusCode::NOT_FOUND, "who comes by the same balancer does not");
}

#[tokio::test]
async fn a_balancer_that_says_nothing_is_not_believed() {
    let server = Server::start_behind(BALANCER).await;
    server.live("talk").await;
    for port in [server.ports.public, server.ports.audience] {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((BALANCER.parse::<IpAddr>().expect("an address"), 0).into()).expect("all of 127/8 is this machine");
        let mut line = socket.connect(([127, 0, 0, 1], port).into()).await.expect("somebody listens");
        line.write_all(b"GET /c/talk/audience HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it can be said");
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = within("the connection ends", Duration::from_secs(10), line.read_to_end(&mut answer)).await;
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    let direct = server.http().get(server.audience("/c/talk/audience")).send().await.expect("it answers");
    assert_eq!(direct.status(), StatusCode::OK, "who is no balancer needs no header");
}
