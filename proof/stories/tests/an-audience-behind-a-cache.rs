//! Varnish and nginx stand in front of the audience's listener: fifty players cost the server no more than one, and are
//! counted all the same, among them a page in Chromium.

use std::time::Duration;

use hustings_stories::{Cache, Outcome, Program, Server, Voice, measure, node, until};
use serde_json::Value;

const VIEWERS: u64 = 50;
const SECONDS: f64 = 24.0;
/// Parts and segments a second of a rendition: ten parts in 1.92 s.
const PARTS: f64 = 10.0 / 1.92;
const SEGMENTS: f64 = 1.0 / 1.92;

/// What the server saw so far of what kind.
async fn seen(server: &Server, kind: &str) -> f64 {
    server.metric(&format!("hustings_hls_requests_total{{kind=\"{kind}\"}}")).await.expect("it counts requests")
}

fn viewers(cache: &Cache, kind: &str) -> Program {
    let addr = format!("127.0.0.1:{}", cache.port);
    let viewers = measure().args(["viewers", &addr, "/c/talk/hls/opus-48.m3u8", kind, "--heartbeat"]);
    viewers.args(["--viewers", &VIEWERS.to_string(), "--per-second", "50", "--seconds", &SECONDS.to_string()])
}

/// Lets fifty watch, and gives their report, the requests for playlists and for `media` that the server saw in a second of
/// it, and what `/audience` said when all had reported.
async fn watch(server: &Server, cache: &Cache, kind: &str, media: &str) -> (Value, f64, f64, Value) {
    let mut running = viewers(cache, kind).spawn();
    running.line("steady", Duration::from_secs(20)).await;
    let (playlists, parts, from) =
        (seen(server, "playlist").await, seen(server, media).await, std::time::Instant::now());
    let said = until("all are counted", Duration::from_secs(30), async || {
        server.count("talk").await.filter(|s| s["sampled"]["pages"] == VIEWERS)
    })
    .await;
    until("ten seconds have passed", Duration::from_secs(20), async || {
        (from.elapsed() > Duration::from_secs(10)).then_some(())
    })
    .await;
    let passed = from.elapsed().as_secs_f64();
    let playlists = (seen(server, "playlist").await - playlists) / passed;
    let parts = (seen(server, media).await - parts) / passed;
    let report: Outcome = running.end(Duration::from_secs(60)).await;
    (report.json(), playlists, parts, said)
}

fn all_heard(report: &Value) {
    assert_eq!(report["heard"], VIEWERS, "{report}");
    assert_eq!(report["errors"], serde_json::json!({}), "{report}");
    // What a busy machine delays is not lost.
    assert!(report["media_s"].as_f64().is_some_and(|s| s > SECONDS - 5.0), "{report}");
}

#[tokio::test]
async fn varnish_asks_once_for_each_part_and_the_page_is_counted() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let cache = Cache::varnish(&server).await;
    let (report, playlists, parts, said) = watch(&server, &cache, "--low-latency", "part").await;
    all_heard(&report);
    assert!(playlists + parts <= 2.2 * PARTS, "{playlists} playlists and {parts} parts a second");
    assert_eq!((&said["listening"], &said["seen"]), (&VIEWERS.into(), &0.into()), "{said}");
    assert_eq!(said["unseen"], Value::Null, "{said}");

    let (report, playlists, segments, _) = watch(&server, &cache, "--segments", "segment").await;
    all_heard(&report);
    assert!(playlists + segments <= 2.4 * SEGMENTS, "{playlists} playlists and {segments} segments a second");

    // A page in a browser, whose addresses lead through the cache, and a player that is seen.
    until("they are forgotten", Duration::from_secs(25), async || server.listening("talk").await.filter(|n| *n == 0))
        .await;
    let ports = [server.ports.audience, cache.port].map(|p| p.to_string());
    let page = node("behind.mjs").args(["--url", &url, "--audience", &ports[0], "--cache", &ports[1], "--ready", "1"]);
    let mut page = page.args(["--seconds", "18"]).spawn();
    page.line("sounds", Duration::from_secs(40)).await;
    let said = until("the page reports itself", Duration::from_secs(25), async || {
        server.count("talk").await.filter(|s| s["listening"] == 1)
    })
    .await;
    assert_eq!((&said["seen"], &said["sampled"]["pages"]), (&0.into(), &1.into()), "{said}");
    let outcome = page.end(Duration::from_secs(60)).await.json();
    assert!(outcome["reports"].as_u64().is_some_and(|n| (1..=3).contains(&n)), "{outcome}");
    assert_eq!(outcome["tier"], "hls", "{outcome}");
}

#[tokio::test]
async fn a_page_that_comes_directly_is_seen_and_does_not_report() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let port = server.ports.audience.to_string();
    let page = node("behind.mjs").args(["--url", &url, "--audience", &port, "--cache", &port, "--ready", "1"]);
    let mut page = page.args(["--seconds", "18"]).spawn();
    page.line("sounds", Duration::from_secs(40)).await;
    let said = until("the page is seen", Duration::from_secs(5), async || {
        server.count("talk").await.filter(|s| s["listening"] == 1)
    })
    .await;
    assert_eq!((&said["seen"], &said["unseen"]), (&1.into(), &0.into()), "{said}");
    let outcome = page.end(Duration::from_secs(60)).await.json();
    assert_eq!((&outcome["reports"], &outcome["tier"]), (&0.into(), &"hls".into()), "{outcome}");
}

#[tokio::test]
async fn nginx_asks_once_for_each_part_and_segment() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let cache = Cache::nginx(&server).await;
    let (report, playlists, segments, said) = watch(&server, &cache, "--segments", "segment").await;
    all_heard(&report);
    assert!(playlists + segments <= 2.4 * SEGMENTS, "{playlists} playlists and {segments} segments a second");
    assert_eq!((&said["listening"], &said["seen"]), (&VIEWERS.into(), &0.into()), "{said}");
    let (report, playlists, parts, _) = watch(&server, &cache, "--low-latency", "part").await;
    all_heard(&report);
    assert!(playlists + parts <= 2.2 * PARTS, "{playlists} playlists and {parts} parts a second");
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_once_and_a_stream_goes_through() {
    let mut server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    for cache in [Cache::varnish(&server).await, Cache::nginx(&server).await] {
        let mut stream = server.http().get(cache.url("/c/talk/live.ogg")).send().await.expect("the stream");
        assert_eq!(stream.headers()["content-type"], "audio/ogg; codecs=opus");
        let begin = stream.chunk().await.expect("it goes through").expect("it has no end");
        assert!(begin.starts_with(b"OggS"));
        let playlist =
            server.http().get(cache.url("/c/talk/hls/opus-48.m3u8?tracker=7")).send().await.expect("a playlist");
        assert_eq!(playlist.status(), 200);
        let text = playlist.text().await.expect("text");
        assert!(text.starts_with("#EXTM3U"), "players without compression get none: {text}");
        // Browsers ask first for players of other sites that name their session: that is answered by the cache.
        let asks = server.http().request(reqwest::Method::OPTIONS, cache.url("/c/talk/hls/opus-48/1.1.m4s")).send();
        let asks = asks.await.expect("an answer");
        assert_eq!(
            (asks.status().as_u16(), &asks.headers()["access-control-allow-origin"]),
            (204, &"*".parse().unwrap())
        );
        let report = server.http().post(cache.url("/c/talk/here")).body("nonsense").send().await.expect("an answer");
        assert_eq!(report.status(), 400);
        server.stop("KILL", Duration::from_secs(5)).await;
        until("the cache says so", Duration::from_secs(20), async || {
            let answer = server.http().get(cache.url("/c/talk/hls/opus-48/999999.m4s")).send().await.ok()?;
            answer.status().is_server_error().then_some(())
        })
        .await;
        server.resume().await;
        until("the cache has found it again", Duration::from_secs(30), async || {
            let answer = server.http().get(cache.url("/c/talk/hls/opus-48.m3u8")).send().await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
    }
}
