//! Pages behind a cache: told to report, counted once, and bounded; the others are seen and told to be silent.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use common::{House, Source, bounded};
use hustings_vocab::{Rendition, limits};
use serde_json::Value;

/// A conversation in its fifth segment.
async fn fifth_segment() -> House {
    let house = House::open().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 45);
    house
}

/// Asks as a cache does, for whoever it is.
async fn through_cache(house: &House, path: &str, session: &str) -> reqwest::Response {
    let request = house.http.get(house.url(path)).header("Via", "1.1 varnish").header("X-Playback-Session-Id", session);
    bounded(request.send()).await.unwrap()
}

async fn report(house: &House, body: String) -> reqwest::Response {
    bounded(house.http.post(house.url("here")).body(body).send()).await.unwrap()
}

async fn json(response: reqwest::Response) -> Value {
    serde_json::from_slice(&bounded(response.bytes()).await.unwrap()).unwrap()
}

async fn audience(house: &House) -> Value {
    json(house.get("audience").await).await
}

#[tokio::test]
async fn a_player_is_counted_by_its_connection_or_by_its_report_and_never_by_both() {
    let house = fifth_segment().await;
    // Directly: it is seen, and told so.
    let direct = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |path: &str| bounded(direct.get(house.url(path)).send()).await.unwrap();
    assert!(!bounded(ask("hls/opus-96/3.m4s").await.bytes()).await.unwrap().is_empty());
    let asked = json(ask("here").await).await;
    assert_eq!(asked["seen"], true);
    assert_eq!(audience(&house).await["listening"], 1);
    assert_eq!(audience(&house).await["unseen"], 0);
    // Through a cache: whoever it was that asked first is not seen, and told so.
    for (path, session) in [("hls/opus-96.m3u8", "A"), ("hls/opus-96/3.m4s", "B"), ("hls/opus-96/4.1.m4s", "C")] {
        assert_eq!(through_cache(&house, path, session).await.status(), 200);
    }
    let said = audience(&house).await;
    assert_eq!((&said["listening"], &said["unseen"]), (&1.into(), &Value::Null), "{said}");
    let asked = through_cache(&house, "here", "A").await;
    assert_eq!(asked.headers()["cache-control"], "public, max-age=2");
    assert_eq!(json(asked).await, serde_json::json!({ "seen": false, "one_in": 1, "every_s": 15 }));
    for id in ["00000000000000aa", "ffffffff000000bb", "00000000000000aa"] {
        let taken = report(&house, format!("id={id}")).await;
        assert_eq!((taken.status().as_u16(), &taken.headers()["cache-control"]), (204, &"no-store".parse().unwrap()));
    }
    let said = audience(&house).await;
    assert_eq!(
        (&said["listening"], &said["seen"], &said["by_tier"]["hls"]),
        (&3.into(), &1.into(), &3.into()),
        "{said}"
    );
    assert_eq!(said["interval"], serde_json::json!({ "low": 3, "high": 3, "percent": 95 }));
    assert_eq!(
        (&said["sampled"]["pages"], &said["sampled"]["addresses"], &said["peak"]),
        (&2.into(), &1.into(), &3.into())
    );
    assert!(
        said["sampled"]["oldest_s"].as_f64().unwrap() < 20.0
            && said["definition"].as_str().unwrap().contains("through a cache")
    );
    // What a page says last.
    assert_eq!(report(&house, "id=00000000000000aa&leaving=1".into()).await.status(), 204);
    assert_eq!(audience(&house).await["listening"], 2);
}

#[tokio::test]
async fn what_is_no_report_is_told_why() {
    let house = fifth_segment().await;
    for (body, status) in [
        (String::new(), 400),
        ("{}".into(), 400),
        ("id=12".into(), 400),
        ("id=00000000000000aa&id=00000000000000aa".into(), 400),
        ("x".repeat(100_000), 413),
    ] {
        let refused = report(&house, body).await;
        assert_eq!(refused.status(), status);
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
    }
    let elsewhere = house.url("here").replace(common::NAME, "nowhere");
    assert_eq!(bounded(house.http.post(&elsewhere).body("id=00000000000000aa").send()).await.unwrap().status(), 404);
    assert_eq!(bounded(house.http.put(house.url("here")).send()).await.unwrap().status(), 405);
    assert_eq!(audience(&house).await["listening"], 0);
}

#[tokio::test]
async fn a_flood_from_one_address_adds_so_many_and_no_more() {
    let house = fifth_segment().await;
    let most = u64::from(limits::HERE_IDS_PER_SOURCE_MAX);
    let mut refused = None;
    for n in 0..most + 40 {
        let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let answer = report(&house, format!("id={id:016x}")).await;
        if answer.status() != 204 {
            refused.get_or_insert((n, answer));
        }
    }
    let (n, answer) = refused.unwrap();
    assert_eq!((n, answer.status().as_u16(), &answer.headers()["retry-after"]), (most, 429, &"15".parse().unwrap()));
    assert_eq!(audience(&house).await["listening"], most);
    // A cache on this machine says for whom it asks: that is another address.
    let other = house.http.post(house.url("here")).header("X-Forwarded-For", "198.51.100.9, 203.0.113.7");
    assert_eq!(bounded(other.body("id=00000000000000aa").send()).await.unwrap().status(), 204);
    let said = audience(&house).await;
    assert_eq!((&said["listening"], &said["sampled"]["addresses"]), (&(most + 1).into(), &2.into()));
    assert_eq!(said["sampled"]["left_out"], 40);
}
