//! Listeners hear the program sound by WHEP, are counted while they do, and go.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http::{Method, StatusCode};
use hustings_ingest::{Listeners, ListenersConfig, WhepState, whep_router};
use hustings_link::down::{Down, OpusFrame};
use hustings_link::hall::{Halls, Tier};
use hustings_link::up::Up;
use hustings_vocab::{MediaTime, Rendition, Slug};
use str0m::media::Direction;
use tokio::sync::mpsc;

use crate::support::{Client, LOOPBACK, packet_of, post_offer, request, send, value};

struct Theatre {
    halls: Arc<Halls>,
    listeners: Listeners,
    router: Router,
    up: mpsc::Receiver<Up>,
    slug: Slug,
}

fn theatre(sessions_max: usize) -> Theatre {
    let (to_stage, up) = mpsc::channel(1000);
    let halls = Arc::new(Halls::new(to_stage));
    let slug: Slug = "talk".parse().unwrap();
    let opened = Down::Opened { slug: slug.clone(), title: "Talk".into(), epoch_ms: 0, discontinuities: 0 };
    halls.apply(opened);
    let udp = vec![LOOPBACK.parse().unwrap()];
    let config = ListenersConfig { udp, sessions_max, shards: 2, ..ListenersConfig::default() };
    let listeners = Listeners::start(config).unwrap();
    let router = whep_router(WhepState { listeners: listeners.clone(), halls: halls.clone() });
    Theatre { halls, listeners, router, up, slug }
}

impl Theatre {
    fn listening(&self) -> u64 {
        self.halls.find(&self.slug).unwrap().attendance.of(Tier::Whep)
    }

    async fn listener(&self, query: &str) -> Client {
        let (mut client, offer) = Client::udp(Direction::RecvOnly, false).await;
        let reply = post_offer(&self.router, &format!("/c/talk/whep{query}"), None, offer).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        client.answered(&reply);
        client
    }

    /// Plays frames of a rendition, 50 a second, from now on.
    fn plays(&self, rendition: Rendition) -> tokio::task::JoinHandle<()> {
        let (halls, slug) = (self.halls.clone(), self.slug.clone());
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            for number in 0.. {
                tick.tick().await;
                let frame = OpusFrame { t: MediaTime(number * 960), packet: Bytes::from(packet_of(number)) };
                halls.apply(Down::Frame { slug: slug.clone(), rendition, frame });
            }
        })
    }
}

#[tokio::test]
async fn a_listener_hears_and_is_counted_from_the_handshake_to_the_goodbye() {
    let mut theatre = theatre(10);
    let playing = theatre.plays(Rendition::Opus96);
    let mut client = theatre.listener("?rendition=opus-96").await;
    assert_eq!(theatre.listening(), 0, "not by asking alone");
    assert_eq!(theatre.up.recv().await, Some(Up::Want(theatre.slug.clone(), Rendition::Opus96)));
    client.until("hearing", |c| c.heard.len() >= 25).await;
    assert_eq!(theatre.listening(), 1);
    for (time, packet) in &client.heard {
        assert_eq!(*packet, packet_of(time / 960), "RTP time is media time");
    }
    let reply = send(&theatre.router, request(Method::DELETE, &client.location, None, None, "")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(theatre.listening(), 0, "at once");
    client.until("closed by the server", |c| c.closed).await;
    playing.abort();
}

#[tokio::test]
async fn a_listener_who_hangs_up_is_not_counted_any_more() {
    let theatre = theatre(10);
    let playing = theatre.plays(Rendition::Opus48);
    let mut client = theatre.listener("").await;
    client.until("hearing", |c| c.heard.len() >= 5).await;
    assert_eq!((theatre.listening(), theatre.listeners.stats().sessions), (1, 1));
    client.rtc.close().unwrap();
    client.until("forgotten", |_| theatre.listeners.stats().sessions == 0 && theatre.listening() == 0).await;
    playing.abort();
}

#[tokio::test]
async fn packets_that_a_listener_misses_are_sent_again() {
    let theatre = theatre(10);
    let playing = theatre.plays(Rendition::Opus48);
    let (mut client, offer) = Client::udp(Direction::RecvOnly, false).await;
    let offer = offer.replace("a=rtpmap:111", "a=rtcp-fb:111 nack\r\na=rtpmap:111");
    let reply = post_offer(&theatre.router, "/c/talk/whep", None, offer).await;
    assert!(reply.body.contains("a=rtcp-fb:111 nack"), "{}", reply.body);
    client.answered(&reply);
    // Without a stream for retransmissions str0m asks for none, unless it is told to.
    let ssrc: u32 = value(&reply.body, "a=ssrc:").split(' ').next().unwrap().parse().unwrap();
    let mid = client.mid.unwrap();
    client.rtc.direct_api().expect_stream_rx(ssrc.into(), None, mid, None).suppress_nack(false);
    client.misses_every = Some(7);
    client.until("hearing", |c| c.heard.len() >= 100).await;
    let numbers: Vec<_> = client.heard.iter().map(|(time, _)| time / 960).collect();
    let gaps = numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    let stats = theatre.listeners.stats();
    assert!(stats.resent > 5 && stats.nacked >= stats.resent, "{stats:?}");
    assert_eq!(gaps, 0, "{numbers:?}");
    playing.abort();
}

#[tokio::test]
async fn a_listener_moves_to_another_network() {
    let theatre = theatre(10);
    let playing = theatre.plays(Rendition::Opus48);
    let mut client = theatre.listener("").await;
    client.until("hearing", |c| c.heard.len() >= 5).await;
    client.moves().await;
    let fragment = client.restart();
    let request = request(Method::PATCH, &client.location, None, Some("application/trickle-ice-sdpfrag"), fragment);
    let (mut parts, body) = request.into_parts();
    parts.headers.insert("if-match", "*".parse().unwrap());
    let reply = send(&theatre.router, http::Request::from_parts(parts, body)).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    client.restarted(&reply);
    let before = client.heard.len();
    client.until("hearing again", |c| c.heard.len() >= before + 25).await;
    assert_eq!((theatre.listening(), theatre.listeners.stats().sessions), (1, 1));
    playing.abort();
}

#[tokio::test]
async fn a_listener_changes_rendition_without_a_break() {
    let theatre = theatre(10);
    let (loud, small) = (theatre.plays(Rendition::Opus96), theatre.plays(Rendition::Opus48));
    let mut client = theatre.listener("?rendition=opus-96").await;
    client.until("hearing", |c| c.heard.len() >= 10).await;
    for (rendition, status) in [("opus-48", 204), ("opus-96", 204), ("opus-24", 204), ("opus-48", 204), ("aac-96", 400)]
    {
        let address = format!("{}?rendition={rendition}", client.location);
        let reply = send(&theatre.router, request(Method::PATCH, &address, None, None, "")).await;
        assert_eq!(reply.status.as_u16(), status, "{rendition}: {reply:?}");
        let enough = client.heard.len() + 20;
        client.until("hearing on", |c| c.heard.len() >= enough).await;
    }
    let numbers: Vec<_> = client.heard.iter().map(|(time, _)| time / 960).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    // Both play the same, so what tells them apart is which one the stage is still asked for.
    loud.abort();
    let enough = client.heard.len() + 20;
    client.until("hearing the other", |c| c.heard.len() >= enough).await;
    small.abort();
}

#[tokio::test]
async fn when_the_conversation_ends_so_do_the_sessions() {
    let theatre = theatre(10);
    let mut client = theatre.listener("").await;
    client.until("connected", |c| c.connected).await;
    theatre.halls.apply(Down::Closed { slug: theatre.slug.clone() });
    client.until("closed by the server", |c| c.closed).await;
    assert_eq!((theatre.listening(), theatre.listeners.stats().sessions), (0, 0));
    let (_, offer) = Client::udp(Direction::RecvOnly, false).await;
    let reply = post_offer(&theatre.router, "/c/talk/whep", None, offer).await;
    assert_eq!(reply.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_cannot_be_heard_is_refused() {
    let theatre = theatre(1);
    let (_, offer) = Client::udp(Direction::RecvOnly, false).await;
    for (path, status) in [
        ("/c/none/whep", 404),
        ("/c/talk/whep?rendition=aac-96", 400),
        ("/c/talk/whep?rendition=x", 400),
        ("/c/talk/whep?rendition=x&rendition=y", 400),
        ("/c/%ff/whep", 404),
    ] {
        let reply = post_offer(&theatre.router, path, None, offer.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{path}");
        assert!(!reply.detail().is_empty());
    }
    let (_, sends) = Client::udp(Direction::SendOnly, false).await;
    assert_eq!(post_offer(&theatre.router, "/c/talk/whep", None, sends).await.status.as_u16(), 422);
    let _seated = theatre.listener("").await;
    let reply = post_offer(&theatre.router, "/c/talk/whep", None, offer).await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "5"));
    assert_eq!(theatre.halls.find(&theatre.slug).unwrap().attendance.refused(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_listeners_hear_the_same() {
    let theatre = theatre(400);
    let playing = theatre.plays(Rendition::Opus48);
    let mut clients = Vec::new();
    for _ in 0..300 {
        let mut client = theatre.listener("").await;
        client.patience = Duration::from_millis(20);
        clients.push(tokio::spawn(async move {
            client.until("hearing a second", |c| c.heard.len() >= 50).await;
            client
        }));
    }
    let mut heard = Vec::new();
    for client in clients {
        heard.push(client.await.unwrap());
    }
    assert!(theatre.listening() <= 300 && theatre.listeners.stats().sessions <= 300);
    for client in &heard {
        assert!(client.heard.iter().all(|(time, packet)| *packet == packet_of(time / 960)));
    }
    for client in heard {
        let reply = send(&theatre.router, request(Method::DELETE, &client.location, None, None, "")).await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    assert_eq!((theatre.listening(), theatre.listeners.stats().sessions), (0, 0));
    playing.abort();
}
