//! `GET /c/{slug}/live.mp4 | live.ogg | live.aac`: one endless response, and `live.m3u` for players that want a list.
//!
//! The response is a [`Listening`] body: header bytes, a burst of what was just said, then parts as they come. How far
//! back the burst reaches is how far behind the listener stays, so it is short where our own player listens
//! (`live.mp4`) and long where a browser's `<audio>` would otherwise not start (`live.ogg`).

mod listening;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version, header};
use hustings_fan::{Asked, Container};
use hustings_link::entrance::SPREAD;
use hustings_link::hall::{Hall, Tier};
use hustings_vocab::Rendition;

use crate::entry::{self, How};
use crate::problem::Problem;
use crate::room::{self, Room};
use crate::warm;
use listening::Listening;

/// `GET /c/{slug}/live.mp4`
pub(crate) async fn mp4(state: State<Arc<Room>>, slug: Path<String>, request: Head) -> Result<Response, Problem> {
    listen(Container::Mp4, state, slug, request).await
}

/// `GET /c/{slug}/live.ogg`
pub(crate) async fn ogg(state: State<Arc<Room>>, slug: Path<String>, request: Head) -> Result<Response, Problem> {
    listen(Container::Ogg, state, slug, request).await
}

/// `GET /c/{slug}/live.aac`
pub(crate) async fn aac(state: State<Arc<Room>>, slug: Path<String>, request: Head) -> Result<Response, Problem> {
    listen(Container::Adts, state, slug, request).await
}

type Head = http::request::Parts;

async fn listen(
    container: Container,
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    request: Head,
) -> Result<Response, Problem> {
    let asked = Asked::parse(request.uri.query().unwrap_or_default(), container);
    let asked = asked.map_err(|e| Problem::bad_request(e.to_string()))?;
    room.offers(asked.rendition)?;
    let hall = room.hall(&slug).await?;
    let cap = hall.entrance.cap();
    let asked = Asked { rendition: asked.rendition.at_most(cap.of_newcomers().kbit()), ..asked };
    let shelf = hall.shelf(asked.rendition);
    if shelf.progress().borrow().ended {
        return Err(room::over());
    }
    let body = if request.method == Method::HEAD {
        Body::empty()
    } else {
        let seat = entry::enter(&room, &hall, How::Sits, &request.uri, &request.headers)?;
        let interest = shelf.interest();
        if let Err(problem) = warm::flowing(&hall, shelf).await {
            hall.attendance.refuse();
            return Err(problem);
        }
        let presence = hall.attendance.join(Tier::Stream).on(seat);
        Body::new(Listening::new(&hall, interest, presence, container, asked.burst_samples))
    };
    let mut response = (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(container.content_type())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
        ],
        body,
    )
        .into_response();
    let spread_s = hall.entrance.spread_s();
    if spread_s > 0 {
        response.headers_mut().insert(HeaderName::from_static(SPREAD), spread_s.into());
    }
    if request.version == Version::HTTP_10 || request.headers.contains_key("icy-metadata") {
        name_station(response.headers_mut(), &hall, asked.rendition);
    }
    Ok(response)
}

/// The headers by which internet radio players show what they play. Metadata within the sound (`icy-metaint`) is left
/// out: the title of a conversation does not change while it is heard.
fn name_station(headers: &mut HeaderMap, hall: &Hall, rendition: Rendition) {
    let mut put = |name, text: &str| {
        // Players read these as UTF-8. A title with a line break in it is the only one that is no header value.
        if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("icy-name", &hall.title);
    put("icy-description", "Live talk");
    put("icy-genre", "Talk");
    put("icy-br", &(rendition.bitrate() / 1000).to_string());
    put("icy-pub", "0");
}

/// `GET /c/{slug}/live.m3u`: where the streams are, for players that open a list.
pub(crate) async fn m3u(
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    entry::read(&room, &hall, &uri, &headers)?;
    // What lets in who opens the list lets in the player that it is for.
    let pass = uri
        .query()
        .filter(|_| hall.entrance.is_sealed(&hall.slug))
        .map_or_else(String::new, |query| format!("?{query}"));
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).or(uri.authority().map(Authority::as_str));
    let origin = match (&room.config.origin, host) {
        (Some(origin), _) => origin.clone(),
        (None, Some(host)) => format!("http://{host}"),
        (None, None) => return Err(Problem::bad_request("a list of addresses needs a Host header")),
    };
    let title: String = hall.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let playable = [Container::Ogg, Container::Adts].into_iter().filter(|c| room.offers(c.rendition()).is_ok());
    let list: String =
        playable.map(|c| format!("#EXTINF:-1,{title}\n{origin}/c/{}/{}{pass}\n", hall.slug, c.name())).collect();
    let fields = [(header::CONTENT_TYPE, "audio/x-mpegurl; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((fields, format!("#EXTM3U\n{list}")).into_response())
}
