//! What WHIP and WHEP have in common over HTTP: bodies with limits, CORS, and the resource that stands for a session.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use hustings_vocab::{Slug, limits};

use crate::gate::SessionKey;
use crate::problem::Problem;
use crate::registry::{Opened, Registry, Resource};
use crate::sdp::{SdpError, parse_sdpfrag};

/// The type of fragments (RFC 8840, section 9).
const SDPFRAG: &str = "application/trickle-ice-sdpfrag";
/// Browsers may remember the answer to a preflight for a day.
const PREFLIGHT_SECONDS: u64 = 86_400;
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");

/// A plane whose sessions have HTTP resources.
pub(crate) trait Resources: Sync {
    /// Its sessions.
    fn registry(&self) -> &Registry;

    /// STUN and TURN servers to name to clients.
    fn ice_servers(&self) -> &[String];

    /// Restarts ICE with the peer's new credentials. Gives the new `ETag` and the fragment that answers it, or `None` if the
    /// session has ended.
    fn restart(
        &self,
        id: &str,
        key: SessionKey,
        theirs: (String, String),
    ) -> impl Future<Output = Option<Result<(String, String), SdpError>>> + Send;
}

/// What the path of a request names: a conversation, and for a resource its session.
pub(crate) struct Address {
    pub slug: Slug,
    pub session: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let none = || Problem::not_found("there is no conversation of that name");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| none())?;
        let find = |name| params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
        let slug = find("slug").parse().map_err(|_| none())?;
        Ok(Self { slug, session: find("session").to_owned() })
    }
}

/// The body of a request of the right type and size. A larger one is refused and never kept.
pub(crate) async fn body(request: Request, kind: &str) -> Result<Bytes, Problem> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(kind) {
        let detail = format!("send this with \"Content-Type: {kind}\"");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let too_large = || Problem::from(SdpError::TooLarge(limits::SDP_BYTES_MAX));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limits::SDP_BYTES_MAX as u64) {
        drain(request.into_body()).await;
        return Err(too_large());
    }
    let reading = to_bytes(request.into_body(), limits::SDP_BYTES_MAX);
    match tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), reading).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

/// Throws away a body that is refused, up to a bound: who is still sending when the connection closes sees a reset in
/// place of the reason.
async fn drain(body: Body) {
    let mut left = limits::REFUSED_BODY_BYTES_MAX;
    let mut chunks = body.into_data_stream();
    let draining = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    // Who takes longer is closed on.
    let _ = tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), draining).await;
}

/// 201, for a session that was opened under `base` (RFC 9725, section 4.2).
pub(crate) fn created(plane: &impl Resources, base: &str, opened: Opened) -> Response {
    let mut response = (StatusCode::CREATED, opened.answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/sdp"));
    insert(headers, header::LOCATION, &format!("{base}/{}", opened.id));
    insert(headers, header::ETAG, &opened.etag);
    headers.insert(ACCEPT_PATCH, HeaderValue::from_static(SDPFRAG));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    links(plane, headers);
    response
}

/// `Link` headers for ICE servers (RFC 9725, section 4.6).
fn links(plane: &impl Resources, headers: &mut HeaderMap) {
    for server in plane.ice_servers() {
        if let Ok(value) = HeaderValue::from_str(&format!("<{server}>; rel=\"ice-server\"")) {
            headers.append(header::LINK, value);
        }
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The session behind a resource of this conversation.
pub(crate) fn find(plane: &impl Resources, address: &Address) -> Result<Resource, Problem> {
    let found = plane.registry().find(&address.session).filter(|resource| resource.slug == address.slug);
    found.ok_or_else(|| Problem::not_found("there is no such session, or it has ended; send a new offer"))
}

/// `PATCH`: candidates that trickle in, or an ICE restart (RFC 9725, section 4.3).
pub(crate) async fn patch(plane: &impl Resources, address: &Address, request: Request) -> Result<Response, Problem> {
    let resource = find(plane, address)?;
    let condition = request.headers().get(header::IF_MATCH).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let frag = parse_sdpfrag(&body(request, SDPFRAG).await?)?;
    let Some(condition) = condition else {
        let detail = "send \"If-Match\" with the session's ETag, or with * to restart ICE";
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail));
    };
    let any = matches!(condition.trim(), "*" | "\"*\"");
    if !any && !condition.split(',').any(|tag| tag.trim() == resource.etag) {
        let detail = "this is for an ICE session that has been replaced; use the ETag of the last answer";
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail));
    }
    let theirs = match frag.credentials {
        Some(theirs) if theirs != resource.theirs => theirs,
        // Where the peer is, its own checks tell us.
        _ => return Ok(StatusCode::NO_CONTENT.into_response()),
    };
    let gone = || Problem::not_found("the session has ended; send a new offer");
    let (etag, fragment) = plane.restart(&address.session, resource.key, theirs).await.ok_or_else(gone)??;
    let mut response = (StatusCode::OK, fragment).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(SDPFRAG));
    insert(response.headers_mut(), header::ETAG, &etag);
    Ok(response)
}

/// `OPTIONS` of an endpoint or a resource.
pub(crate) fn options(plane: &impl Resources, endpoint: bool) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let methods = if endpoint { "POST, OPTIONS" } else { "PATCH, DELETE, OPTIONS" };
    headers.insert(header::ALLOW, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    let allowed = HeaderValue::from_static("Authorization, Content-Type, If-Match");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS.into());
    if endpoint {
        headers.insert(ACCEPT_POST, HeaderValue::from_static("application/sdp"));
        links(plane, headers);
    } else {
        headers.insert(ACCEPT_PATCH, HeaderValue::from_static(SDPFRAG));
    }
    response
}

/// 405 for everything else.
pub(crate) fn not_allowed(method: &Method, endpoint: bool) -> Problem {
    let allow = if endpoint { "POST, OPTIONS" } else { "PATCH, DELETE, OPTIONS" };
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} means nothing here; this takes {allow}"))
        .with(header::ALLOW, HeaderValue::from_static(allow))
}

/// Pages of any origin may speak to us, and read what they need of the answer.
pub(crate) async fn cors(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = HeaderValue::from_static("Location, Link, ETag, Accept-Patch, Retry-After");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}
