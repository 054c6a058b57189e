//! LL-HLS (RFC 8216bis) from the same shelves: playlists with blocking reload, parts and segments.
//!
//! What is asked for, when it can be answered and what is answered is decided in `hustings_hls`; here it is waited for and
//! sent. All addresses are the same for everybody, so that any cache may stand in front, and each answer says how long
//! it stays true.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};
use hustings_hls::{Asked, Decision, Document, Fields, Keep, Method, Player, Refusal, Reply, Resource, WAIT_MAX};
use hustings_link::hall::{Hall, Shelf, Tier};
use hustings_link::peer::Peer;
use hustings_pack::Part;
use hustings_pack::request::{Directives, Media};
use hustings_vocab::Rendition;
use tokio::time::timeout_at;

use crate::entry::{self, How};
use crate::problem::Problem;
use crate::room::Room;
use crate::stats::stats;
use crate::warm;

/// What is said of a folder that is none, or is none any more.
const NO_FOLDER: &str = "there is no such folder; ask for hls/index.m3u8 with your ticket";
/// What a refusal that is the same for everybody is kept for.
const REFUSED: Keep = Keep::For(1);

/// `GET /c/{slug}/hls/index.m3u8` and `/c/{slug}/hls/{rendition}.m3u8`
pub(crate) async fn playlist(
    State(room): State<Arc<Room>>,
    Path((slug, name)): Path<(String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    answer(&room, &slug, &name, &head).await
}

/// `GET /c/{slug}/hls/{rendition}/init.mp4`, `…/{msn}.m4s` and `…/{msn}.{part}.m4s`
pub(crate) async fn media(
    State(room): State<Arc<Room>>,
    Path((slug, rendition, file)): Path<(String, String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    answer(&room, &slug, &format!("{rendition}/{file}"), &head).await
}

/// The same in the folder of the invited, `~FOLDER/`.
pub(crate) async fn sealed(
    State(room): State<Arc<Room>>,
    Path((slug, folder, rendition, file)): Path<(String, String, String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    answer(&room, &slug, &format!("{folder}/{rendition}/{file}"), &head).await
}

async fn answer(room: &Room, slug: &str, file: &str, head: &Parts) -> Result<Response, Problem> {
    let query = head.uri.query().unwrap_or_default();
    let (folder, file) = hustings_hls::keyed(file);
    let resource = Resource::read(file, query, &room.config.offered)?;
    stats().add_hls_request(resource.kind());
    let hall = room.hall(slug).await?;
    if !hall.entrance.may_fetch(&hall.slug, folder) {
        if folder.is_some() {
            return Err(Problem::not_found(NO_FOLDER));
        }
        let seat = entry::enter(room, &hall, How::Looks, &head.uri, &head.headers)?;
        seat.into_iter().for_each(|seat| hall.attendance.touch_seat(seat));
        let folder = hall.entrance.folder(&hall.slug).filter(|_| resource == Resource::Multivariant);
        let folder = folder.ok_or_else(|| Problem::not_found(NO_FOLDER))?;
        return Err(Problem::elsewhere(format!("/c/{}/hls/~{folder}/index.m3u8", hall.slug)));
    }
    let fields = fields(head);
    let (player, trace) = (fields.player(), head.extensions.get::<Peer>().map(|peer| &peer.trace));
    let asked = fields.asked(if head.method == http::Method::HEAD { Method::Head } else { Method::Get });
    let reply = match resource {
        Resource::Multivariant => {
            // A cache stands for many, who are let in by their page.
            if folder.is_none()
                && player != Player::Hidden
                && let Some(seat) = entry::enter(room, &hall, How::Looks, &head.uri, &head.headers)?
            {
                hall.attendance.touch_seat(seat);
            }
            let cap = hall.entrance.cap();
            let which = room.multivariants.at_most(cap.of_newcomers().kbit());
            let document =
                room.multivariants.get(which).ok_or_else(|| Problem::not_found("this build makes no sound"))?;
            document.reply(&asked)
        }
        Resource::Init(rendition) => {
            hall.shelf(rendition).touch();
            Document::init(rendition).reply(&asked)
        }
        Resource::Playlist(rendition, directives) => {
            room.halls.roll.playlist(&hall, player, trace, Instant::now());
            reload(room, &hall, rendition, directives, &asked).await?
        }
        Resource::Media(rendition, media) => {
            room.halls.roll.media(&hall, player, trace, Instant::now());
            let document = Document::media(rendition, hall.epoch_ms, &parts(&hall, rendition, media).await?);
            document.reply(&asked)
        }
    };
    if head.method != http::Method::HEAD {
        stats().add_sent(Tier::Hls, reply.length());
    }
    Ok(respond(reply))
}

async fn reload(
    room: &Room,
    hall: &Arc<Hall>,
    rendition: Rendition,
    directives: Directives,
    asked: &Asked,
) -> Result<Reply, Problem> {
    let shelf = hall.shelf(rendition);
    shelf.touch();
    warm::flowing(hall, shelf).await.map_err(|problem| problem.kept(REFUSED))?;
    wait(shelf, |shelf| shelf.look(|w| hustings_hls::decide_playlist(w, directives))).await?;
    let document = hall.playlist(rendition, directives.extent, &room.config.offered).ok_or_else(Refusal::nothing)?;
    Ok(document.reply_kept(asked, shelf.look(|w| hustings_hls::keep_of(w, directives.until))))
}

async fn parts(hall: &Hall, rendition: Rendition, media: Media) -> Result<Vec<Arc<Part>>, Problem> {
    let shelf = hall.shelf(rendition);
    shelf.touch();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let elapsed_s = hall.elapsed_s(now);
    wait(shelf, |shelf| shelf.look(|w| hustings_hls::decide_media(w, media, elapsed_s))).await
}

/// Looks at the shelf after each part until there is a decision.
///
/// # Errors
/// The refusal, or 503 after [`WAIT_MAX`].
async fn wait<T>(shelf: &Shelf, look: impl Fn(&Shelf) -> Decision<T>) -> Result<T, Problem> {
    let mut progress = shelf.progress();
    let deadline = (Instant::now() + WAIT_MAX).into();
    loop {
        progress.borrow_and_update();
        match look(shelf) {
            Decision::Now(found) => return Ok(found),
            Decision::Refuse(refusal) => return Err(refusal.into()),
            Decision::Wait { .. } => {}
        }
        if !matches!(timeout_at(deadline, progress.changed()).await, Ok(Ok(()))) {
            stats().add_unavailable();
            return Err(Refusal::late().into());
        }
    }
}

fn fields(head: &Parts) -> Fields<'_> {
    let mut fields = Fields::default();
    head.headers.iter().for_each(|(name, value)| fields.field(name.as_str(), value.as_bytes()));
    fields
}

/// A reply as this shell sends it.
fn respond(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).expect("a reply has a status of HTTP");
    let mut response = (status, Body::new(Bundle(reply.body.into()))).into_response();
    for (name, value) in reply.fields {
        let value = HeaderValue::from_str(&value).expect("what we say of a document is ASCII");
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status).expect("a refusal has a status of HTTP");
        let problem = Self::new(status, refusal.detail).kept(refusal.keep);
        match refusal.retry_after {
            Some(seconds) => problem.retry_after(Duration::from_secs(seconds)),
            None => problem,
        }
    }
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
