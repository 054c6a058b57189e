//! How many listen, with definition, age and error beside the figure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Uri, header};
use hustings_census::EVERY;
use hustings_link::hall::Tier;
use serde::Serialize;

use crate::cache;
use crate::entry;
use crate::problem::Problem;
use crate::room::Room;

const DEFINITION: &str = "Connections that receive the program sound from this server now: each WebRTC session and each \
    endless stream until it closes or is found dead (stream 10 s, WebRTC 30 s), each HLS player until its connections \
    close or it has asked for nothing for three target durations. A player that several people hear counts once. Pages \
    that play HLS through a cache report themselves, all of them or one in `sampled.one_in` by their own random number; \
    `sampled.pages` is what their reports of the last 20 s stand for, and the true number lies within `interval` in 95 of \
    100 cases, if the reports are honest: an address can add a few of them, so compare `sampled.addresses`. Other players \
    behind a cache are not in any figure: `unseen` is 0 while no cache asks for sound, and null, which is unknown, while \
    one does; only that cache's own log can tell.";

/// Of a hundred cases, in which the true number lies within the interval.
const PERCENT: u8 = 95;

#[derive(Serialize)]
struct Audience {
    listening: u64,
    by_tier: BTreeMap<&'static str, u64>,
    waiting: u64,
    refused: u64,
    peak: u64,
    as_of: String,
    age_s: f64,
    interval: Interval,
    seen: u64,
    sampled: Sample,
    /// Players behind a cache that do not report: 0 if there is no cache, else unknown.
    unseen: Option<u64>,
    definition: &'static str,
}

#[derive(Serialize)]
struct Interval {
    low: u64,
    high: u64,
    percent: u8,
}

#[derive(Serialize)]
struct Sample {
    pages: u64,
    one_in: u32,
    reports: u64,
    addresses: u64,
    left_out: u64,
    every_s: u64,
    /// Age of the oldest report.
    oldest_s: f64,
}

/// `GET /c/{slug}/audience`
pub(crate) async fn audience(
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    entry::read(&room, &hall, &uri, &headers)?;
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
    // Where nobody sums up, what is counted here is true now.
    let as_of_ms = room.halls.as_of_ms().unwrap_or(now_ms);
    let counts = hall.attendance.whole();
    let ((low, high), sampled) = (counts.interval(), counts.sampled);
    let document = Audience {
        listening: counts.listening(),
        by_tier: Tier::ALL.into_iter().map(|tier| (tier.name(), counts.of(tier))).collect(),
        waiting: hall.entrance.waiting(&hall.slug),
        refused: counts.refused,
        peak: counts.peak,
        as_of: hustings_pack::iso8601(as_of_ms),
        age_s: now_ms.saturating_sub(as_of_ms) as f64 / 1000.0,
        interval: Interval { low, high, percent: PERCENT },
        seen: counts.seen(),
        sampled: Sample {
            pages: sampled.pages,
            one_in: sampled.one_in,
            reports: sampled.reports,
            addresses: sampled.sources,
            left_out: sampled.left_out,
            every_s: EVERY.as_secs(),
            oldest_s: sampled.oldest.as_millis() as f64 / 1000.0,
        },
        unseen: (!counts.behind_cache).then_some(0),
        definition: DEFINITION,
    };
    Ok(([(header::CACHE_CONTROL, cache::public(1))], axum::Json(document)).into_response())
}
