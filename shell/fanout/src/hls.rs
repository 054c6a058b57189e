//! LL-HLS (RFC 8216bis) from the same shelves: playlists with blocking reload, parts and segments.
//!
//! What is asked for and when it can be answered is decided in `hustings_pack::request`; here it is waited for and
//! sent. All addresses are the same for everybody, so that any cache may stand in front, and each answer says how long
//! it stays true.

mod playlists;
mod register;
mod roll;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use hustings_link::hall::{Hall, Shelf, Tier};
use hustings_pack::request::{Answer, Directives, Media, Reload, Until};
use hustings_pack::{Part, request};
use hustings_vocab::Rendition;
use tokio::time::{Instant, timeout_at};

pub(crate) use playlists::Playlists;
pub(crate) use roll::Roll;

use crate::problem::Problem;
use crate::room::Room;
use crate::stats::{Asked, stats};
use crate::{cache, warm};

/// How long a request is held for what will come: three target durations.
const WAIT_MAX: Duration = Duration::from_secs(3 * cache::TARGET_SECONDS);
/// What a refusal that is the same for everybody is kept for.
const REFUSED: Duration = Duration::from_secs(cache::REFUSED_SECONDS);
/// Equal for every conversation and every run of one version of this program.
const INIT_SECONDS: u64 = 3600;

/// `GET /c/{slug}/hls/index.m3u8` and `/c/{slug}/hls/{rendition}.m3u8`
pub(crate) async fn playlist(
    State(room): State<Arc<Room>>,
    Path((slug, name)): Path<(String, String)>,
    head: http::request::Parts,
) -> Result<Response, Problem> {
    if name == "index.m3u8" {
        stats().add_hls_request(Asked::Multivariant);
        room.hall(&slug).await?;
        return Ok(room.playlists.multivariant().answer(&head.headers, cache::public(cache::FOUND_SECONDS)));
    }
    let rendition = name.strip_suffix(".m3u8").and_then(|r| r.parse().ok()).ok_or_else(nothing)?;
    stats().add_hls_request(Asked::Playlist);
    room.offers(rendition)?;
    let asked = Directives::parse(head.uri.query().unwrap_or_default())
        .map_err(|e| Problem::bad_request(e.to_string()).kept_for(missing()))?;
    let hall = room.hall(&slug).await?;
    let shelf = hall.shelf(rendition);
    room.roll.playlist(&hall, &head);
    shelf.touch();
    warm::flowing(&hall, shelf).await.map_err(|p| p.kept_for(REFUSED))?;
    let until = |shelf: &Shelf| shelf.look(|w| request::reload(w, asked.until));
    let waited = wait(shelf, |shelf| match until(shelf) {
        Reload::Now => Some(Ok(())),
        Reload::Wait { .. } => None,
        Reload::TooFar => Some(Err(too_far())),
    });
    waited.await??;
    let document = room.playlists.of(&hall, rendition, asked.extent).ok_or_else(nothing)?;
    let edge = shelf.look(|w| w.parts().back().filter(|_| !w.ended()).map(|p| p.start + u64::from(p.samples)));
    let keep = match edge {
        Some(edge) if asked.until == Until::Any => cache::plain(edge),
        _ => cache::public(cache::FOUND_SECONDS),
    };
    stats().add_sent(Tier::Hls, document.len());
    Ok(document.answer(&head.headers, keep))
}

/// `GET /c/{slug}/hls/{rendition}/init.mp4`, `…/{msn}.m4s` and `…/{msn}.{part}.m4s`
pub(crate) async fn media(
    State(room): State<Arc<Room>>,
    Path((slug, rendition, file)): Path<(String, String, String)>,
    head: http::request::Parts,
) -> Result<Response, Problem> {
    let rendition: Rendition = rendition.parse().map_err(|_| nothing())?;
    room.offers(rendition)?;
    let hall = room.hall(&slug).await?;
    let shelf = hall.shelf(rendition);
    if file == "init.mp4" {
        stats().add_hls_request(Asked::Init);
        shelf.touch();
        return Ok(init(&hall, rendition));
    }
    let asked = Media::parse(&file).map_err(|e| Problem::not_found(e.to_string()).kept_for(missing()))?;
    stats().add_hls_request(if matches!(asked, Media::Segment(_)) { Asked::Segment } else { Asked::Part });
    room.roll.media(&hall, &head);
    shelf.touch();
    let waited = wait(shelf, |shelf| match shelf.look(|w| request::media(w, asked)) {
        Answer::Ready(parts) => Some(Ok(parts)),
        Answer::Wait { .. } => None,
        Answer::Gone => Some(Err(Problem::not_found("this has left the window of what can still be asked for"))),
        Answer::NotFound => Some(Err(nothing())),
    });
    let parts = waited.await?.map_err(|p| p.kept_for(missing()))?;
    let body = Bundle(parts.iter().map(|p| p.cmaf.clone()).collect());
    stats().add_sent(Tier::Hls, parts.iter().map(|p: &Arc<Part>| p.cmaf.len()).sum());
    Ok(sound(Body::new(body), cache::immutable(cache::FOUND_SECONDS)))
}

/// Looks at the shelf after each part until `look` finds an answer.
///
/// # Errors
/// 503 after [`WAIT_MAX`].
async fn wait<T>(shelf: &Shelf, look: impl Fn(&Shelf) -> Option<T>) -> Result<T, Problem> {
    let mut progress = shelf.progress();
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        progress.borrow_and_update();
        if let Some(answer) = look(shelf) {
            return Ok(answer);
        }
        if !matches!(timeout_at(deadline, progress.changed()).await, Ok(Ok(()))) {
            stats().add_unavailable();
            let detail = "what was asked for did not come in time; ask again";
            return Err(Problem::unavailable(detail, Duration::from_secs(1)).kept_for(REFUSED));
        }
    }
}

fn init(hall: &Hall, rendition: Rendition) -> Response {
    let bytes = hustings_pack::headers(rendition, &hall.title).cmaf;
    sound(bytes.into(), cache::immutable(INIT_SECONDS))
}

fn sound(body: Body, keep: HeaderValue) -> Response {
    let fields = [(header::CONTENT_TYPE, HeaderValue::from_static("audio/mp4")), (header::CACHE_CONTROL, keep)];
    (fields, body).into_response()
}

fn nothing() -> Problem {
    Problem::not_found("nothing has this address; begin with index.m3u8").kept_for(missing())
}

fn too_far() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "_HLS_msn and _HLS_part are further ahead than the next segments")
        .kept_for(missing())
}

const fn missing() -> Duration {
    Duration::from_secs(cache::MISSING_SECONDS)
}

/// Several shared pieces as one body of known length.
struct Bundle(VecDeque<Bytes>);

impl http_body::Body for Bundle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|b| b.len() as u64).sum())
    }
}
