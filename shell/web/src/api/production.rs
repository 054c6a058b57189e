//! What a producer does, and who runs a conversation may do as well: clips, the sound of the lobby, words to those on stage; and
//! the cover, which is for those who run it.
//!
//! A file is the body of its request, as it is. What it is, is found out from the file and not from what it is called.

mod bodies;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_link::production::{BringError, LobbyChoice, StoredClip};
use hustings_link::token::TokenError;
use hustings_vocab::{SeatId, limits, text};

pub(crate) use bodies::{After, ClipView, CoverView, CueSeat, CueView, PreparedView, SetLobbySound, Titled};

use super::{Shared, fresh};
use crate::body;
use crate::problem::{Document, Problem};
use crate::upload::upload;
use crate::who::{Who, known};

impl From<BringError> for Problem {
    fn from(error: BringError) -> Self {
        match error {
            BringError::Desk(error) => error.into(),
            BringError::NoSuch => Self::not_found(error.to_string()),
            BringError::Refused(why) => Self::unprocessable(why),
            BringError::TooLarge(_) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            BringError::BrokeOff => Self::new(StatusCode::REQUEST_TIMEOUT, error.to_string()),
            BringError::Busy(seconds) => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).after(seconds),
        }
    }
}

/// The clips, and what the lobby sounds of (producer)
#[utoipa::path(get, path = "/api/v1/conversations/{slug}/clips", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "All of them, in the order in which they came", body = PreparedView),
    (status = 403, description = "Neither a producer nor who runs it", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn clips(State(web): Shared, Path(slug): Path<String>) -> Result<Response, Problem> {
    let prepared = web.production.prepared(known(&slug)?).await?;
    Ok(fresh(StatusCode::OK, &PreparedView::from(prepared)))
}

/// Bring a clip (producer)
///
/// The body is the file: WAV, FLAC, MP3, Ogg or M4A, at most 60 MB and five minutes. It is converted and its loudness is set once.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/clips", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name"), ("title" = String, Query, description = "What it is called, 1 to 80 characters")), request_body(content = String, content_type = "application/octet-stream", description = "The file"), responses(
    (status = 201, description = "It is there", body = ClipView),
    (status = 400, description = "No title", body = Document, content_type = "application/problem+json"),
    (status = 403, description = "Neither a producer nor who runs it", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 408, description = "The file did not come", body = Document, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = Document, content_type = "application/problem+json"),
    (status = 413, description = "The file is too long", body = Document, content_type = "application/problem+json"),
    (status = 422, description = "It is no sound, or one that cannot be kept", body = Document, content_type = "application/problem+json"),
    (status = 503, description = "Too many at once; Retry-After says for how long", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn bring(
    State(web): Shared,
    Path(slug): Path<String>,
    titled: Result<Query<Titled>, axum::extract::rejection::QueryRejection>,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let Query(titled) = titled.map_err(|e| Problem::bad_request(format!("say what it is called (?title=): {e}")))?;
    let title = title(&titled.title)?;
    let clip = web.production.bring(slug, title, upload(body, limits::CLIP_UPLOAD_BYTES_MAX)).await?;
    Ok(fresh(StatusCode::CREATED, &ClipView::from(clip)))
}

/// Call a clip something else (producer)
#[utoipa::path(patch, path = "/api/v1/conversations/{slug}/clips/{id}", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name"), ("id" = String, Path, description = "A clip")), request_body = Titled, responses(
    (status = 204, description = "Done"),
    (status = 403, description = "Neither a producer nor who runs it", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 422, description = "The title cannot be shown", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn rename(
    State(web): Shared,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (slug, id) = (known(&slug)?, clip_id(id)?);
    let asked: Titled = body::json(&headers, body).await?;
    web.production.rename(slug, id, title(&asked.title)?).await?;
    Ok(done())
}

macro_rules! bare {
    ($(#[$doc:meta])* $name:ident, $method:ident, $path:literal $(, $id:ident: $what:literal)? => |$web:ident, $slug:ident| $act:expr) => {
        $(#[$doc])*
        #[utoipa::path($method, path = $path, tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name") $(, ("id" = String, Path, description = $what))?), responses(
            (status = 204, description = "Done"),
                    (status = 403, description = "Not with this role", body = Document, content_type = "application/problem+json"),
            (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
            (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
        ))]
        pub(crate) async fn $name(
            State($web): Shared,
            Path(path): Path<Vec<(String, String)>>,
        ) -> Result<Response, Problem> {
            let part = |name: &str| path.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
            let $slug = known(part("slug"))?;
            $(let $id = clip_id(part("id").to_owned())?;)?
            $act.await?;
            Ok(done())
        }
    };
}

bare!(
    /// Throw a clip away (producer)
    ///
    /// One that is played is played to its end.
    discard, delete, "/api/v1/conversations/{slug}/clips/{id}", id: "A clip" => |web, slug| web.production.discard(slug, id)
);
bare!(
    /// Play a clip (producer)
    ///
    /// To the audience and to everybody on stage, in place of the one that is played. It is on the roster while it is played.
    play, post, "/api/v1/conversations/{slug}/clips/{id}/play", id: "A clip" => |web, slug| web.production.play(slug, Some(id))
);
bare!(
    /// Stop the clip that is played (producer)
    ///
    /// It fades out. Where none is played, nothing happens.
    stop, post, "/api/v1/conversations/{slug}/clips/stop" => |web, slug| web.production.play(slug, None)
);
bare!(
    /// Take the cover away (host)
    remove_cover, delete, "/api/v1/conversations/{slug}/cover" => |web, slug| web.production.remove_cover(slug)
);

/// Say what the lobby sounds of (producer)
#[utoipa::path(put, path = "/api/v1/conversations/{slug}/lobby-sound", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = SetLobbySound, responses(
    (status = 204, description = "Done"),
    (status = 403, description = "Neither a producer nor who runs it", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 422, description = "Neither off, default nor a clip", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn set_lobby_sound(
    State(web): Shared,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: SetLobbySound = body::json(&headers, body).await?;
    let choice = LobbyChoice::named(&asked.sound)
        .ok_or_else(|| Problem::unprocessable("a lobby sounds of \"off\", \"default\" or the id of a clip"))?;
    web.production.set_lobby(slug, choice).await?;
    Ok(done())
}

/// Tell somebody on stage something (producer)
///
/// Only their page shows it. Without a text it says that they are next, in their language.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/stage/seats/{seat}/cue", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name"), ("seat" = String, Path, description = "Whom")), request_body = CueSeat, responses(
    (status = 204, description = "Told"),
    (status = 403, description = "Neither a producer nor who runs it", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 409, description = "They are not on stage", body = Document, content_type = "application/problem+json"),
    (status = 422, description = "The text cannot be shown", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn cue(
    State(web): Shared,
    Path((slug, seat)): Path<(String, String)>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let seat: SeatId = seat.parse().map_err(|e| Problem::not_found(format!("there is no such seat: {e}")))?;
    let asked: CueSeat = body::json(&headers, body).await?;
    let said = if asked.text.trim().is_empty() {
        String::new()
    } else {
        text::line("a word to somebody on stage", &asked.text, limits::CUE_CHARS_MAX)?
    };
    web.production.cue(slug, seat, said, who.commander().name).await?;
    Ok(done())
}

/// Wait for a word to oneself
///
/// Answers when there is one, or with 204 after 20 seconds; then ask again.
#[utoipa::path(get, path = "/api/v1/conversations/{slug}/stage/cue", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name"), ("after" = Option<u64>, Query, description = "The number of the last word that was read")), responses(
    (status = 200, description = "A word", body = CueView),
    (status = 204, description = "None came"),
    (status = 400, description = "No number", body = Document, content_type = "application/problem+json"),
    (status = 403, description = "Not on this stage", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 503, description = "Too many wait; Retry-After says for how long", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn next_cue(
    State(web): Shared,
    Path(slug): Path<String>,
    after: Result<Query<After>, axum::extract::rejection::QueryRejection>,
    who: Who,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let Query(after) = after.map_err(|e| Problem::bad_request(format!("after is the number of a word: {e}")))?;
    let seat = who.commander().seat.ok_or(TokenError::Missing)?;
    let found = web.production.next_cue(slug, seat, after.after.unwrap_or(0)).await?;
    Ok(found.map_or_else(done, |cue| fresh(StatusCode::OK, &CueView::from(cue))))
}

/// Give it a cover (host)
///
/// The body is the file: PNG, JPEG or WebP, at most 12 MB and 50 million pixels. It is made anew in two sizes, without its
/// metadata.
#[utoipa::path(put, path = "/api/v1/conversations/{slug}/cover", tag = "production", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body(content = String, content_type = "application/octet-stream", description = "The file"), responses(
    (status = 200, description = "It is there", body = CoverView),
    (status = 403, description = "Not a host of this conversation", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 408, description = "The file did not come", body = Document, content_type = "application/problem+json"),
    (status = 413, description = "The file is too long", body = Document, content_type = "application/problem+json"),
    (status = 422, description = "It is no picture, or one that cannot be kept", body = Document, content_type = "application/problem+json"),
    (status = 503, description = "Too many at once; Retry-After says for how long", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn set_cover(State(web): Shared, Path(slug): Path<String>, body: Body) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let cover = web.production.set_cover(slug, upload(body, limits::COVER_UPLOAD_BYTES_MAX)).await?;
    Ok(fresh(StatusCode::OK, &CoverView { cover }))
}

fn title(text: &str) -> Result<String, Problem> {
    Ok(text::line("a title", text, limits::CLIP_TITLE_CHARS_MAX)?)
}

/// What cannot be the name of a clip is the name of none.
fn clip_id(id: String) -> Result<String, Problem> {
    if StoredClip::is_id(&id) { Ok(id) } else { Err(BringError::NoSuch.into()) }
}

fn done() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
