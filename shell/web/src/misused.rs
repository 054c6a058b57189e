//! Counts refusals that only misuse earns, by their status: once at the end of every answer, so that no handler has to think of it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{StatusCode, header};
use hustings_link::misuse::Misuse;
use hustings_link::offences;
use hustings_link::peer::Peer;

/// Looks at what the API and the gate answer. What the operator does over the control socket is nobody's misuse.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_asked = path.starts_with("/api/") || path.contains("/tickets");
    let is_operator = request.extensions().get::<Peer>().is_some_and(|peer| peer.operator);
    let from = request.extensions().get::<Peer>().map(|peer| peer.addr.ip());
    let shows = request.headers().contains_key(header::AUTHORIZATION);
    let response = next.run(request).await;
    if let Some(from) = from.filter(|_| !is_operator && shows && response.status().is_success()) {
        offences::spare(from);
    }
    if is_asked && !is_operator {
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
                Misuse::Api.count();
                if let Some(from) = from {
                    offences::offend(from);
                }
            }
            StatusCode::BAD_REQUEST
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY => Misuse::Bodies.count(),
            _ => {}
        }
    }
    response
}
