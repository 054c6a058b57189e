//! How many listen, with the definition beside the figure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use hustings_link::hall::Tier;
use serde::Serialize;

use crate::cache;
use crate::problem::Problem;
use crate::room::Room;

const DEFINITION: &str = "Connections that receive the program sound from this server now: each WebRTC session and each \
    endless stream until it closes or is found dead (stream 10 s, WebRTC 30 s), each HLS player until its connections \
    close or it has asked for nothing for three target durations. A player that several people hear counts once; who \
    listens through a cache that hides its players is not counted.";

#[derive(Serialize)]
struct Audience {
    listening: u64,
    by_tier: BTreeMap<&'static str, u64>,
    waiting: u64,
    refused: u64,
    peak: u64,
    as_of: String,
    age_s: f64,
    definition: &'static str,
}

/// `GET /c/{slug}/audience`
pub(crate) async fn audience(State(room): State<Arc<Room>>, Path(slug): Path<String>) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
    // Where nobody sums up, what is counted here is true now.
    let as_of_ms = room.halls.as_of_ms().unwrap_or(now_ms);
    let counts = hall.attendance.whole();
    let document = Audience {
        listening: counts.listening(),
        by_tier: Tier::ALL.into_iter().map(|tier| (tier.name(), counts.of(tier))).collect(),
        waiting: 0,
        refused: counts.refused,
        peak: counts.peak,
        as_of: hustings_pack::iso8601(as_of_ms),
        age_s: now_ms.saturating_sub(as_of_ms) as f64 / 1000.0,
        definition: DEFINITION,
    };
    Ok(([(header::CACHE_CONTROL, cache::public(1))], axum::Json(document)).into_response())
}
