//! Two processes serve one audience: whichever is asked says how many listen to both, WebRTC sessions are found wherever a
//! request for them arrives, and everything ends as it does with one.

use std::time::Duration;

use hustings_stories::{Server, Voice, hustings, until};
use serde_json::Value;

/// A listener's offer, without what does not matter here.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

/// A client with connections of its own.
fn stranger() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a plain client can be made")
}

/// What `/audience` says to each of several connections, which the processes take in turn.
async fn everywhere(server: &Server) -> Vec<Value> {
    let mut said = Vec::new();
    for _ in 0..6 {
        let url = server.audience("/c/talk/audience");
        said.push(stranger().get(url).send().await.expect("an answer").json().await.expect("a document"));
    }
    said
}

#[tokio::test]
async fn every_process_says_how_many_listen_to_all() {
    let server = Server::start_with_edges(2).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let listen = |tier: &str, listeners: &str| {
        let listen = hustings().args(["listen", &server.url("/c/talk"), "--tier", tier, "--listeners", listeners]);
        listen.args(["--seconds", "60", "--json"]).spawn()
    };
    let _listeners = [listen("stream", "20"), listen("whep", "5"), listen("hls", "5")];
    until("all are counted everywhere", Duration::from_secs(20), async || {
        let said = everywhere(&server).await;
        let whole = |said: &Value| {
            let tiers = &said["by_tier"];
            said["listening"] == 30 && tiers["stream"] == 20 && tiers["whep"] == 5 && tiers["hls"] == 5
        };
        said.iter().all(whole).then_some(())
    })
    .await;
    for said in everywhere(&server).await {
        assert_eq!(said["peak"], 30, "{said}");
        assert!(said["age_s"].as_f64().is_some_and(|age| age < 5.0), "{said}");
    }
    assert_eq!(server.metric("hustings_listeners{tier=\"stream\"}").await, Some(20.0));
    until("the events say so, too", Duration::from_secs(3), async || {
        server.snapshot("talk").await.filter(|snapshot| snapshot["count"]["listening"] == 30)
    })
    .await;
    let accepted = server.metric("hustings_audience_connections_total{fate=\"accepted\"}").await.unwrap();
    assert!(accepted >= 30.0, "{accepted}");
    assert_eq!(server.metric("hustings_edges").await, Some(2.0));
}

#[tokio::test]
async fn a_session_is_found_wherever_a_request_for_it_arrives() {
    let server = Server::start_with_edges(2).await;
    server.live("talk").await;
    for at in [server.audience(""), server.url("")] {
        for _ in 0..6 {
            let offer =
                stranger().post(format!("{at}/c/talk/whep")).header("Content-Type", "application/sdp").body(OFFER);
            let answer = offer.send().await.expect("an answer");
            assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap_or_default());
            let location = answer.headers()["location"].to_str().expect("a path").to_owned();
            let etag = answer.headers()["etag"].clone();
            assert!(answer.text().await.expect("an answer").contains("a=candidate:"));
            let session = format!("{at}{location}");
            let fragment = stranger().patch(&session).header("Content-Type", "application/trickle-ice-sdpfrag");
            let fragment = fragment
                .header("If-Match", etag)
                .body("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n")
                .send()
                .await;
            assert_eq!(fragment.expect("an answer").status(), 204, "{location}");
            assert_eq!(stranger().delete(&session).send().await.expect("an answer").status(), 200, "{location}");
            assert_eq!(stranger().delete(&session).send().await.expect("an answer").status(), 404, "{location}");
        }
    }
    let nobody = stranger().delete(server.audience("/c/talk/whep/77.abc")).send().await.expect("an answer");
    assert_eq!(nobody.status(), 404);
}

#[tokio::test]
async fn what_is_not_open_is_told_apart_by_every_process() {
    let server = Server::start_with_edges(2).await;
    server.command(&["conversation", "create", "later", "--starts", "+2h"]).await.done();
    for _ in 0..4 {
        let status = async |slug: &str| {
            let url = server.audience(&format!("/c/{slug}/live.ogg"));
            stranger().get(url).send().await.expect("an answer").status().as_u16()
        };
        assert_eq!((status("later").await, status("never").await), (409, 404));
    }
}
