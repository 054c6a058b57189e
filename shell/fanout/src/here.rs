//! Pages that play through a cache say that they are here: what rate they are asked at, and their reports.
//!
//! `GET` is for everybody the same within two seconds, so that the cache answers it; it tells a page whether its way to
//! here leads through one. A page whose way does not is seen on its connections and must not report. `POST` is a form of
//! some bytes. No cookie, no name; of the address only that it is the same as another's, while the report counts.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use hustings_census::{BadHeartbeat, EVERY, Heard, Heartbeat, TOLD_FOR};
use hustings_hls::{Fields, Player};
use hustings_link::peer::Peer;
use hustings_vocab::{limits, network};
use serde::Serialize;

use crate::cache;
use crate::entry;
use crate::problem::Problem;
use crate::room::Room;
use crate::stats::stats;

#[derive(Serialize)]
struct Asked {
    /// Whoever asks this way is seen, and does not report.
    seen: bool,
    /// One page in so many reports: those whose number, a fraction of 2^64, is below one in so many.
    one_in: u32,
    /// Seconds between two reports.
    every_s: u64,
}

/// `GET /c/{slug}/here`
pub(crate) async fn asked(
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    entry::read(&room, &hall, &uri, &headers)?;
    let mut fields = Fields::default();
    headers.iter().for_each(|(name, value)| fields.field(name.as_str(), value.as_bytes()));
    let (seen, one_in) = (fields.player() != Player::Hidden, hall.attendance.whole().sampled.stated);
    let document = Asked { seen, one_in, every_s: EVERY.as_secs() };
    Ok(([(header::CACHE_CONTROL, cache::public(TOLD_FOR.as_secs()))], axum::Json(document)).into_response())
}

/// `POST /c/{slug}/here`
pub(crate) async fn report(
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    request: http::Request<Body>,
) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    let (head, body) = request.into_parts();
    entry::read(&room, &hall, &head.uri, &head.headers)?;
    let peer = head.extensions.get::<Peer>().map_or(IpAddr::from([0; 4]), |peer| peer.addr.ip());
    let told = head.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
    let from = network::site(network::client(peer, told, &room.config.caches));
    let read = axum::body::to_bytes(body, limits::HERE_BODY_BYTES_MAX);
    let heartbeat = match tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), read).await {
        Ok(Ok(body)) => Heartbeat::parse(&body).map_err(|e| Problem::bad_request(e.to_string()))?,
        Ok(Err(_)) => return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, BadHeartbeat::Long.to_string())),
        Err(_) => return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the report did not come to its end")),
    };
    let heard = hall.hear(heartbeat, from);
    stats().add_report(heard);
    match heard {
        Heard::Counted | Heard::NotAsked => {
            let fields = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            Ok((StatusCode::NO_CONTENT, fields).into_response())
        }
        Heard::TooMany => Err(Problem::unavailable("this address has reported for as many pages as it may", EVERY)
            .with_status(StatusCode::TOO_MANY_REQUESTS)),
    }
}
