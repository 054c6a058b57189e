//! One endless response: how it begins, goes on, falls behind and ends.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::time::Duration;

use common::{Ear, House, Source, bounded, slug, until};
use hustings_fanout::{FanoutConfig, stats};
use hustings_link::desk::{Answer, Conversation, Desk, DeskError, NewConversation, NewToken};
use hustings_link::hall::{Flow, Tier};
use hustings_link::stage::{Commander, StageCommand};
use hustings_link::up::Up;
use hustings_pack::{headers, trailer};
use hustings_vocab::plan::Plan;
use hustings_vocab::{Phase, Rendition, Role, SeatId, Slug};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const TITLE: &str = "An evening";

/// Each of these holds for the general service, and for the engine in front of it, in clear and over TLS.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod general {
            $(#[tokio::test] async fn $story() { super::$story(super::House::open().await).await; })*
        }
        mod engine {
            $(#[tokio::test] async fn $story() { super::$story(super::House::with_engine().await).await; })*
        }
        mod sealed {
            $(#[tokio::test] async fn $story() { super::$story(super::House::with_sealed_engine().await).await; })*
        }
        mod engine_without_io_uring {
            $(#[tokio::test] async fn $story() {
                super::$story(super::House::with_engine_without_io_uring().await).await;
            })*
        }
    };
}

on_both! {
    live_mp4_begins_four_parts_behind_goes_on_and_ends,
    live_ogg_sends_six_seconds_and_ends_with_the_page_that_says_so,
    live_aac_is_frames_from_the_first_byte,
    a_cold_rendition_is_wished_for_and_its_back_fill_makes_nobody_late,
    what_lies_on_the_shelf_from_an_earlier_audience_is_not_played,
    when_the_stage_sends_nothing_the_listener_is_told_when_to_try_again,
    who_is_left_behind_by_the_window_goes_on_where_a_newcomer_would_begin,
    players_of_internet_radio_learn_the_name,
    head_says_what_get_would_and_counts_nobody,
    a_browser_of_any_site_may_ask,
}

fn skips() -> u64 {
    stats().skips() + hustings_engine::stats().skips()
}

async fn live_mp4_begins_four_parts_behind_goes_on_and_ends(house: House) {
    let mut source = Source::at(Rendition::Opus96, 7);
    let before = house.play(&mut source, 20);
    let response = house.get("live.mp4").await;
    assert_eq!(response.headers()["content-type"], "audio/mp4");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert!(!response.headers().contains_key("icy-name"));
    assert_eq!(house.count("stream").await, 1);
    let mut ear = Ear::new(response);
    let head = headers(Rendition::Opus96, TITLE).cmaf;
    assert_eq!(ear.hear(head.len()).await, head);
    for part in before[16..].iter().chain(&house.play(&mut source, 3)) {
        assert_eq!(ear.hear(part.cmaf.len()).await, part.cmaf, "part {}", part.number);
    }
    house.close();
    assert_eq!(ear.rest().await, b"");
    until("the listener is counted out", async || house.count("stream").await == 0).await;
    assert_eq!(house.status("live.mp4").await, 410);
}

async fn live_ogg_sends_six_seconds_and_ends_with_the_page_that_says_so(house: House) {
    let mut source = Source::at(Rendition::Opus48, 0);
    let before = house.play(&mut source, 40);
    let mut ear = Ear::new(house.get("live.ogg?rendition=opus-48").await);
    let head = headers(Rendition::Opus48, TITLE).raw;
    assert_eq!(ear.hear(head.len()).await, head);
    // 31 parts of 192 ms are 5.95 s.
    for part in &before[9..] {
        assert_eq!(ear.hear(part.raw.len()).await, part.raw, "part {}", part.number);
    }
    house.close();
    assert_eq!(ear.rest().await, trailer(Rendition::Opus48, 40));
}

async fn live_aac_is_frames_from_the_first_byte(house: House) {
    let before = house.play(&mut Source::at(Rendition::Aac96, 3), 20);
    let response = house.get("live.aac?burst=0.5").await;
    assert_eq!(response.headers()["content-type"], "audio/aac");
    let mut ear = Ear::new(response);
    assert_eq!(ear.hear(2).await, before[18].raw[..2]);
}

async fn a_cold_rendition_is_wished_for_and_its_back_fill_makes_nobody_late(mut house: House) {
    let request = tokio::spawn(house.http.get(house.url("live.mp4?rendition=aac-96")).send());
    assert_eq!(bounded(house.wishes.recv()).await, Some(Up::Want(slug(), Rendition::Aac96)));
    let mut source = Source::at(Rendition::Aac96, 5);
    let filled = house.play(&mut source, 40);
    let mut ear = Ear::new(bounded(request).await.unwrap().unwrap());
    let head = headers(Rendition::Aac96, TITLE).cmaf;
    assert_eq!(ear.hear(head.len()).await, head);
    assert_eq!(ear.hear(filled[36].cmaf.len()).await, filled[36].cmaf);
}

async fn what_lies_on_the_shelf_from_an_earlier_audience_is_not_played(house: House) {
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let shelf = house.hall().shelf(Rendition::Opus96).clone();
    until("the shelf is stale", async || shelf.flow().unwrap().last.elapsed() > Flow::PAUSE).await;
    let request = tokio::spawn(house.http.get(house.url("live.mp4")).send());
    until("the listener waits", async || shelf.is_hot()).await;
    let fresh = house.play(&mut Source::at(Rendition::Opus96, 50), 30);
    let mut ear = Ear::new(bounded(request).await.unwrap().unwrap());
    ear.hear(headers(Rendition::Opus96, TITLE).cmaf.len()).await;
    assert_eq!(ear.hear(fresh[26].cmaf.len()).await, fresh[26].cmaf);
}

async fn when_the_stage_sends_nothing_the_listener_is_told_when_to_try_again(house: House) {
    let response = house.get("live.ogg").await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(house.hall().attendance.refused(), 1);
    assert_eq!(house.count("stream").await, 0);
}

async fn who_is_left_behind_by_the_window_goes_on_where_a_newcomer_would_begin(house: House) {
    let mut source = Source::at(Rendition::Opus96, 0).with_frames_of(1200);
    house.play(&mut source, 10);
    let skips = skips();
    let mut slow = house.connect_slowly().await;
    slow.write_all(b"GET /c/evening/live.mp4?burst=0 HTTP/1.0\r\n\r\n").await.unwrap();
    until("the listener is in", async || house.hall().attendance.of(Tier::Stream) == 1).await;
    // Who has not begun cannot be left behind.
    let mut heard = vec![0];
    bounded(slow.read_exact(&mut heard)).await.unwrap();
    // Until the buffers of both kernels are full and the window has gone by, and once more.
    for _ in 0..100 {
        house.play(&mut source, 40);
        tokio::task::yield_now().await;
    }
    let last = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let mut piece = [0; 65536];
            // All may have been read before it is counted.
            if let Ok(read) = tokio::time::timeout(Duration::from_millis(50), slow.read(&mut piece)).await {
                let read = read.unwrap();
                assert!(read > 0, "the response goes on");
                heard.extend_from_slice(&piece[..read]);
            }
            if self::skips() > skips {
                break house.play(&mut source, 1).remove(0);
            }
        }
    });
    let last = last.await.expect("the listener is moved forward");
    bounded(async {
        while !heard.windows(last.cmaf.len()).rev().take(200_000).any(|w| w == last.cmaf) {
            let mut piece = [0; 65536];
            let read = slow.read(&mut piece).await.unwrap();
            heard.extend_from_slice(&piece[..read]);
        }
    })
    .await;
}

async fn players_of_internet_radio_learn_the_name(house: House) {
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let response = bounded(house.http.get(house.url("live.ogg")).header("Icy-MetaData", "1").send()).await.unwrap();
    assert_eq!(response.headers()["icy-name"], TITLE);
    assert_eq!(response.headers()["icy-br"], "96");
    assert_eq!(response.headers()["icy-pub"], "0");
    let list = house.text("live.m3u").await;
    assert!(list.starts_with("#EXTM3U\n") && list.contains(&format!("://{}/c/evening/live.ogg\n", house.addr)));
}

async fn head_says_what_get_would_and_counts_nobody(house: House) {
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let response = bounded(house.http.head(house.url("live.ogg")).send()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "audio/ogg; codecs=opus");
    assert_eq!(house.hall().attendance.peak(), 0);
}

async fn a_browser_of_any_site_may_ask(house: House) {
    let request = house.http.request(reqwest::Method::OPTIONS, house.url("live.mp4"));
    let request = request.header("Origin", "https://other.example").header("Access-Control-Request-Method", "GET");
    let response = bounded(request.header("Access-Control-Request-Headers", "cmcd-session").send()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["access-control-allow-headers"], "*");
    assert_eq!(response.headers()["access-control-max-age"], "7200");
}

/// A desk with one conversation in one phase.
struct OneCard(&'static str, Phase);

impl Desk for OneCard {
    fn find(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move {
            if slug.as_str() != self.0 {
                return Err(DeskError::Unknown(slug));
            }
            let title = String::new();
            Ok(Conversation {
                slug,
                title,
                phase: self.1,
                starts_ms: None,
                epoch_ms: None,
                live_since: None,
                opening: None,
                listening: 0,
                plan: Plan::default(),
                stranded: false,
            })
        })
    }

    fn list(&self) -> Answer<'_, Vec<Conversation>> {
        unreachable!("the audience does not list")
    }

    fn create(&self, _: NewConversation) -> Answer<'_, Conversation> {
        unreachable!("the audience does not create")
    }

    fn cancel(&self, _: Slug) -> Answer<'_, Conversation> {
        unreachable!("the audience does not cancel")
    }

    fn command(&self, _: Slug, _: Commander, _: StageCommand) -> Answer<'_, Conversation> {
        unreachable!("the audience does not command")
    }

    fn role_of(&self, _: &Slug, _: &SeatId, role: Role) -> Option<Role> {
        Some(role)
    }

    fn draw_seat(&self) -> SeatId {
        unreachable!("nobody takes a seat here")
    }

    fn issue(&self, _: Slug, _: NewToken) -> Answer<'_, String> {
        unreachable!("the audience does not issue")
    }
}

#[tokio::test]
async fn a_conversation_without_a_hall_has_not_begun_or_is_over_or_never_was() {
    for (phase, status) in [(Phase::Scheduled, 409), (Phase::Ended, 410), (Phase::Cancelled, 410)] {
        let desk = std::sync::Arc::new(OneCard("later", phase));
        let house = House::with(FanoutConfig { desk: Some(desk), ..FanoutConfig::default() }).await;
        for path in ["live.ogg", "hls/index.m3u8", "events", "audience"] {
            let url = format!("http://{}/c/later/{path}", house.addr);
            let response = bounded(house.http.get(url).send()).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{path} {phase:?}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let other = format!("http://{}/c/NEVER/{path}", house.addr);
            assert_eq!(bounded(house.http.get(other).send()).await.unwrap().status(), 404);
        }
    }
}
