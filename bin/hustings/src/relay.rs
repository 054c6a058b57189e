//! Requests that another process must answer: a WebRTC session lives in one edge, and the request that ends it may come to
//! any other, or to the pages' listener.
//!
//! The last part of a session's path begins with the number of its edge. Who is asked for another's session reads the
//! request whole, sends it over the link and waits, for a bounded time, for the response. Only WHEP is carried: its bodies
//! are small, and nothing of it is a stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use hustings_link::edge::{EdgeNumber, Letter, Reply};
use hustings_vocab::limits;
use tokio::sync::oneshot;
use tower::ServiceExt;

/// How long a response is waited for: a handshake is prepared within milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// What belongs to one connection and not to the message on it (RFC 9110, section 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::UPGRADE];

/// What the last part of the paths of an edge's sessions begins with.
pub(crate) fn prefix(edge: EdgeNumber) -> String {
    format!("{edge}.")
}

/// The edge that a session's path names.
pub(crate) fn edge_of(path: &str) -> Option<EdgeNumber> {
    path.rsplit('/').next()?.split_once('.')?.0.parse().ok()
}

/// Requests that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Reply>>>,
}

impl Relay {
    /// Carries a request to where `send` sends it, and its response back.
    pub(crate) async fn carry(&self, request: Request, send: impl FnOnce(u64, Letter) -> bool) -> Response {
        let letter = match write(request).await {
            Ok(letter) => letter,
            Err(refusal) => return refusal,
        };
        let id = self.next.fetch_add(1, Relaxed);
        let (tell, told) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.len() >= limits::RELAYED_MAX {
                return unavailable("too many requests wait for another process");
            }
            waiting.insert(id, tell);
        }
        let reply = if send(id, letter) { tokio::time::timeout(PATIENCE, told).await.ok() } else { None };
        self.waiting().remove(&id);
        match reply {
            Some(Ok(reply)) => read(reply),
            _ => unavailable("the process that would answer is not there at the moment"),
        }
    }

    /// A response has come.
    pub(crate) fn answered(&self, id: u64, reply: Reply) {
        if let Some(tell) = self.waiting().remove(&id) {
            // Who asked may have gone.
            let _ = tell.send(reply);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Reply>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a request that came over the link.
pub(crate) async fn answer(service: Router, letter: Letter) -> Reply {
    let refuse = |status: StatusCode| Reply { status: status.as_u16(), fields: Vec::new(), body: Bytes::new() };
    let Some(request) = open(letter) else { return refuse(StatusCode::BAD_REQUEST) };
    // A router has no error.
    let Ok(response) = service.oneshot(request).await;
    let (head, body) = response.into_parts();
    match to_bytes(body, limits::SDP_BYTES_MAX).await {
        Ok(body) => Reply { status: head.status.as_u16(), fields: fields(&head.headers), body },
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn write(request: Request) -> Result<Letter, Response> {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
    if path.len() > limits::RELAYED_FIELD_BYTES_MAX {
        return Err(problem(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    let reading = to_bytes(body, limits::SDP_BYTES_MAX);
    let body = match tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), reading).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long")),
        Err(_) => return Err(problem(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    };
    Ok(Letter { method: head.method.to_string(), path, fields: fields(&head.headers), body })
}

fn open(letter: Letter) -> Option<Request> {
    let mut request = Request::new(Body::from(letter.body));
    *request.method_mut() = Method::from_bytes(letter.method.as_bytes()).ok()?;
    *request.uri_mut() = letter.path.parse::<Uri>().ok()?;
    *request.headers_mut() = headers(letter.fields);
    Some(request)
}

fn read(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers(reply.fields);
    response
}

fn fields(headers: &HeaderMap) -> Vec<(String, Bytes)> {
    let whole = headers
        .iter()
        .filter(|(name, value)| !OF_THE_CONNECTION.contains(name) && value.len() <= limits::RELAYED_FIELD_BYTES_MAX);
    let field = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes()))
    };
    whole.map(field).take(limits::RELAYED_FIELDS_MAX).collect()
}

fn headers(fields: Vec<(String, Bytes)>) -> HeaderMap {
    let field = |(name, value): (String, Bytes)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::from_maybe_shared(value).ok()?))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in fields.into_iter().filter_map(field) {
        headers.append(name, value);
    }
    headers
}

fn unavailable(detail: &'static str) -> Response {
    ([(header::RETRY_AFTER, "1")], problem(StatusCode::SERVICE_UNAVAILABLE, detail)).into_response()
}

fn problem(status: StatusCode, detail: &'static str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let document =
        serde_json::json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    // Players of other sites read the reason too.
    let fields = [(header::CONTENT_TYPE, "application/problem+json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (status, fields, Json(document)).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::post;

    use super::*;

    #[test]
    fn a_session_names_its_edge() {
        assert_eq!(edge_of("/c/talk/whep/3.0a1b"), Some(3));
        assert_eq!(edge_of("/c/talk/whep/0a1b"), None);
        assert_eq!(edge_of("/c/talk/whep"), None);
        assert_eq!(prefix(3), "3.");
    }

    #[tokio::test]
    async fn a_request_and_its_response_cross_whole() {
        let echo = async |headers: HeaderMap, body: String| {
            (StatusCode::CREATED, [("location", "/x"), ("x-was", headers["if-match"].to_str().unwrap())], body)
                .into_response()
        };
        let service = Router::new().route("/c/talk/whep", post(echo));
        let relay = Arc::new(Relay::default());
        let request = Request::post("/c/talk/whep?rendition=opus-48").header("if-match", "\"e\"").body("v=0".into());
        let carried = relay.carry(request.unwrap(), |id, letter| {
            let relay = relay.clone();
            tokio::spawn(async move { relay.answered(id, answer(service, letter).await) });
            true
        });
        let response = carried.await;
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(
            (&response.headers()["location"], &response.headers()["x-was"]),
            (&"/x".parse().unwrap(), &"\"e\"".parse().unwrap())
        );
        assert_eq!(to_bytes(response.into_body(), 10).await.unwrap(), "v=0");
        assert!(relay.waiting().is_empty());
    }

    #[tokio::test]
    async fn who_cannot_be_asked_is_said_to_be_away() {
        let relay = Relay::default();
        let request = Request::delete("/c/talk/whep/1.x").body(Body::empty()).unwrap();
        let response = relay.carry(request, |_, _| false).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "1");
        let long = Request::post("/c/talk/whep").body(vec![b'x'; limits::SDP_BYTES_MAX + 1].into()).unwrap();
        assert_eq!(relay.carry(long, |_, _| true).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
