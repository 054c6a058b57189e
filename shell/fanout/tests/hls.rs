//! LL-HLS over HTTP: what blocks, what is refused, what is shared, who is counted.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::time::Duration;

use common::{House, Source, bounded, until};
use hustings_pack::headers;
use hustings_vocab::Rendition;

/// Each of these holds for the general service, and for the engine in front of it.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod general {
            $(#[tokio::test] async fn $story() { super::$story(super::House::open().await).await; })*
        }
        mod engine {
            $(#[tokio::test] async fn $story() { super::$story(super::House::with_engine().await).await; })*
        }
    };
}

on_both! {
    the_playlists_lead_to_every_byte,
    a_blocking_reload_and_the_hinted_part_come_when_the_part_does,
    the_far_future_and_the_past_get_the_answers_of_the_rfc,
    a_request_that_waits_in_vain_is_told_to_come_back,
    a_playlist_is_sent_small_and_only_when_it_is_new,
    a_session_is_one_listener_and_so_is_a_connection_that_fetches_sound,
}

/// A conversation in its fifth segment: parts 0 to 44 are there.
fn fifth_segment(house: &House) -> Source {
    let mut source = Source::at(Rendition::Opus96, 0);
    house.play(&mut source, 45);
    source
}

async fn the_playlists_lead_to_every_byte(house: House) {
    let mut source = fifth_segment(&house);
    let multivariant = house.text("hls/index.m3u8").await;
    assert!(multivariant.contains("opus-96.m3u8") && multivariant.contains("aac-96.m3u8"), "{multivariant}");
    let media = house.text("hls/opus-96.m3u8").await;
    assert!(media.contains("opus-96/3.m4s") && media.contains("URI=\"opus-96/4.5.m4s\""), "{media}");
    let init = house.get("hls/opus-96/init.mp4").await.bytes().await.unwrap();
    assert_eq!(init, headers(Rendition::Opus96, "An evening").cmaf);
    let parts: Vec<_> = {
        let window = house.hall().shelf(Rendition::Opus96).look(Clone::clone);
        window.segment(3).unwrap().iter().map(|p| p.cmaf.clone()).collect()
    };
    let response = house.get("hls/opus-96/3.m4s").await;
    assert_eq!(response.headers()["content-type"], "audio/mp4");
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert!(response.content_length().is_some());
    assert_eq!(response.bytes().await.unwrap(), parts.concat());
    assert_eq!(house.get("hls/opus-96/3.7.m4s").await.bytes().await.unwrap(), parts[7]);
    house.play(&mut source, 1);
    house.close();
    assert!(house.text("hls/opus-96.m3u8").await.ends_with("#EXT-X-ENDLIST\n"));
}

async fn a_blocking_reload_and_the_hinted_part_come_when_the_part_does(house: House) {
    let mut source = fifth_segment(&house);
    let reload = tokio::spawn(house.http.get(house.url("hls/opus-96.m3u8?_HLS_msn=4&_HLS_part=5")).send());
    let hinted = tokio::spawn(house.http.get(house.url("hls/opus-96/4.5.m4s")).send());
    let other = house.text("hls/opus-96.m3u8").await;
    assert!(!other.contains("EXT-X-PART:DURATION=0.20000,URI=\"opus-96/4.5.m4s\""));
    assert!(!reload.is_finished() && !hinted.is_finished());
    let part = house.play(&mut source, 1).remove(0);
    let reload = bounded(reload).await.unwrap().unwrap();
    assert_eq!(reload.headers()["cache-control"], "public, max-age=12");
    let text = bounded(reload.text()).await.unwrap();
    assert!(text.contains("URI=\"opus-96/4.5.m4s\",INDEPENDENT") && text.contains("\"opus-96/4.6.m4s\""), "{text}");
    assert_eq!(bounded(hinted).await.unwrap().unwrap().bytes().await.unwrap(), part.cmaf);
}

async fn the_far_future_and_the_past_get_the_answers_of_the_rfc(house: House) {
    let mut source = fifth_segment(&house);
    house.play(&mut source, 200);
    for (path, status) in [
        ("hls/opus-96.m3u8?_HLS_msn=1000000", 400),
        ("hls/opus-96.m3u8?_HLS_part=1", 400),
        ("hls/opus-96.m3u8?_HLS_msn=-1", 400),
        ("hls/opus-96.m3u8?_HLS_msn=99999999999999999999999", 400),
        ("hls/opus-96/0.0.m4s", 404),
        ("hls/opus-96/0.m4s", 404),
        ("hls/opus-96/99999999.m4s", 404),
        ("hls/opus-96/24.11.m4s", 404),
        ("hls/opus-96/nothing", 404),
        ("hls/opus-12/1.m4s", 404),
        ("hls/nothing.m3u8", 404),
    ] {
        let response = house.get(path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        assert_eq!(response.headers()["cache-control"], "public, max-age=2", "{path}");
    }
}

async fn a_request_that_waits_in_vain_is_told_to_come_back(house: House) {
    fifth_segment(&house);
    let response = house.get("hls/opus-96/4.5.m4s").await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
}

async fn a_playlist_is_sent_small_and_only_when_it_is_new(house: House) {
    let mut source = fifth_segment(&house);
    let plain = house.text("hls/opus-96.m3u8").await;
    let request = house.http.get(house.url("hls/opus-96.m3u8")).header("Accept-Encoding", "gzip");
    let small = bounded(request.send()).await.unwrap();
    assert_eq!(small.headers()["content-encoding"], "gzip");
    assert_eq!(small.headers()["vary"].to_str().unwrap().to_ascii_lowercase().matches("accept-encoding").count(), 1);
    let tag = small.headers()["etag"].clone();
    assert!(small.bytes().await.unwrap().len() * 2 < plain.len());
    let again = async |tag: &reqwest::header::HeaderValue| {
        let request = house.http.get(house.url("hls/opus-96.m3u8")).header("If-None-Match", tag);
        bounded(request.send()).await.unwrap().status().as_u16()
    };
    assert_eq!(again(&tag).await, 304);
    house.play(&mut source, 1);
    assert_eq!(again(&tag).await, 200);
    house.play(&mut source, 60);
    assert!(house.text("hls/opus-96.m3u8?_HLS_skip=YES").await.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS="));
}

async fn a_session_is_one_listener_and_so_is_a_connection_that_fetches_sound(house: House) {
    let mut source = fifth_segment(&house);
    // Playlists of every rendition and sound, over connections of their own, by one session.
    let mut connections = Vec::new();
    for path in ["hls/opus-96.m3u8", "hls/opus-96/3.m4s", "hls/opus-96/4.0.m4s"] {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(house.url(path)).header("X-Playback-Session-Id", "A");
        assert!(bounded(request.send()).await.unwrap().bytes().await.is_ok());
        connections.push(client);
    }
    assert_eq!(house.count("hls").await, 1);
    // A bare connection: its playlist alone makes no listener.
    let bare = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |path: &str| bounded(bare.get(house.url(path)).send()).await.unwrap().bytes().await.unwrap();
    ask("hls/opus-96.m3u8").await;
    assert_eq!(house.count("hls").await, 1);
    ask("hls/opus-96/4.1.m4s").await;
    ask("hls/opus-96/4.2.m4s").await;
    assert_eq!(house.count("hls").await, 2);
    house.play(&mut source, 1);
    drop(bare);
    until("the connection's goodbye is seen", async || house.count("hls").await == 1).await;
    drop(connections);
    let left = tokio::time::timeout(Duration::from_secs(4), async {
        until("the session's goodbye is seen", async || house.count("hls").await == 0).await;
    });
    left.await.expect("before three target durations are over");
}
