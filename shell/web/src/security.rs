//! What every response forbids, and who else may ask.

use axum::response::Response;
use http::Method;
use http::header::{self, HeaderName, HeaderValue};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Scripts, styles and frames come from here alone, and nothing is inline. Sound and events may come from another
/// listener or a CDN, whose names are not known to this policy. hls.js runs its worker from a blob.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self' http: https: ws: wss:; media-src 'self' blob: http: https:; worker-src 'self' blob:; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

const FIELDS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "microphone=(self), camera=(), geolocation=()"),
];

/// Adds the fields of every response.
pub(crate) async fn headers(mut response: Response) -> Response {
    for (name, value) in FIELDS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Any site may ask: what is public is public, and a token is never sent by a browser on its own.
pub(crate) fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([header::LOCATION, header::WWW_AUTHENTICATE, header::ETAG, header::RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(7200))
}
