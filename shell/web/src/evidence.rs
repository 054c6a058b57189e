//! `/status`, `/api/v1/status` and `/evidence/…`: what is told of the evening.
//!
//! Nothing here is made for who asks: the page is made once a second at most and given to everybody, and the log is files
//! that never change, but for its checkpoint and the ends that are not full yet.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_link::evidence::{BadProbe, Evidence};
use hustings_vocab::limits;

use crate::problem::Problem;
use crate::{missing, security};

/// The status page keeps its own style: it is served where nothing else is, too.
const STYLE: &str = include_str!("evidence/status.css");
/// What everybody may keep for a moment, so that a crowd asks a cache and not us.
const SECOND: &str = "public, max-age=1";
/// What never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

type Kept = State<Arc<dyn Evidence>>;

/// The routes. They have no fallback and can be merged into others.
pub fn evidence_router(evidence: Arc<dyn Evidence>) -> Router {
    let public = Router::new()
        .route("/status", get(page))
        .route("/status.css", get(style))
        .route("/api/v1/status", get(json))
        .route("/evidence/probes", post(probe))
        .route("/evidence/{*path}", get(file))
        .route("/c/{slug}/receipt", post(receipt))
        .method_not_allowed_fallback(missing::method);
    public.with_state(evidence).layer(security::cors()).layer(axum::middleware::map_response(security::headers))
}

/// `?lang=de`, or what the browser asks for first.
async fn page(State(evidence): Kept, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let chosen = query.as_deref().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")));
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let told = evidence.status();
    let is_german = chosen.or(preferred).is_some_and(|tag| tag.trim_start().to_ascii_lowercase().starts_with("de"));
    let mut response = answer("text/html; charset=utf-8", SECOND, if is_german { told.html_de } else { told.html });
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// What works, who came, and what is found of the evening so far
#[utoipa::path(get, path = "/api/v1/status", tag = "conversations", responses(
    (status = 200, description = "The same as the page `/status`; kept for a second", body = BTreeMap<String, Value>),
))]
pub(crate) async fn json(State(evidence): Kept) -> Response {
    answer("application/json", SECOND, evidence.status().json)
}

async fn style() -> Response {
    answer("text/css; charset=utf-8", "public, max-age=3600", STYLE)
}

async fn file(State(evidence): Kept, Path(path): Path<String>) -> Response {
    let changes = matches!(path.as_str(), "checkpoint" | "key");
    let asked = path.clone();
    // A file of the log may have 16 MB and comes from a disk.
    let found = tokio::task::spawn_blocking(move || evidence.file(&asked)).await.ok().flatten();
    let Some(bytes) = found else {
        return Problem::not_found(
            "there is no such file in the evidence log; /evidence/checkpoint says how long it is",
        )
        .into_response();
    };
    let is_text = changes || path.starts_with("checkpoints/");
    let kind = if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    answer(kind, if changes { SECOND } else { FOR_GOOD }, bytes)
}

/// A probe that another instance has made and signed.
async fn probe(State(evidence): Kept, body: Body) -> Response {
    let read = axum::body::to_bytes(body, limits::evidence::NOTE_BYTES_MAX);
    let limit = Duration::from_secs(limits::BODY_SECONDS_MAX);
    let Ok(Ok(note)) = tokio::time::timeout(limit, read).await else {
        return Problem::bad_request("a probe is a signed note, and shorter than this").into_response();
    };
    match evidence.probe(&note) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why @ BadProbe::Unknown) => Problem::forbidden(why.to_string()).into_response(),
        Err(why) => Problem::unprocessable(why.to_string()).into_response(),
    }
}

/// A receipt, which its listener keeps: the log commits to it when the minute is over.
async fn receipt(State(evidence): Kept, Path(slug): Path<String>) -> Response {
    match evidence.receipt(&slug) {
        Some(receipt) => answer("application/json", "no-store", receipt),
        None => Problem::not_found("no receipts are given: the conversation is not open, or this minute has given all")
            .into_response(),
    }
}

fn answer(kind: &'static str, cache: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], body).into_response()
}
