//! A refusal as a response: `application/problem+json` (RFC 9457), with one sentence that says what to do.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hustings_link::stage::EnterError;
use hustings_link::token::TokenError;

use crate::registry::OpenError;
use crate::sdp::SdpError;

/// Seconds after which somebody who found the server full may ask again.
const RETRY_SECONDS: u64 = 5;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A refusal with a sentence for people.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), headers: Vec::new() }
    }

    /// With a header.
    pub(crate) fn with(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// 404.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 503: ask again soon.
    pub(crate) fn full(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(header::RETRY_AFTER, RETRY_SECONDS.into())
    }
}

impl From<SdpError> for Problem {
    fn from(error: SdpError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, error.to_string())
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        let problem = Self::new(status, error.to_string());
        // RFC 6750, section 3: without a token there is no error to name.
        let challenge = match error {
            TokenError::Missing => "Bearer realm=\"stage\"",
            _ if status == StatusCode::FORBIDDEN => "Bearer realm=\"stage\", error=\"insufficient_scope\"",
            _ => "Bearer realm=\"stage\", error=\"invalid_token\"",
        };
        problem.with(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }
}

impl From<EnterError> for Problem {
    fn from(error: EnterError) -> Self {
        let detail = error.to_string();
        match error {
            EnterError::Unknown(_) => Self::not_found(detail),
            EnterError::NotOpen(phase) if phase.is_over() => Self::new(StatusCode::GONE, detail),
            EnterError::NotOpen(_) => Self::new(StatusCode::CONFLICT, detail),
            EnterError::NotHeard | EnterError::Removed | EnterError::Locked => Self::new(StatusCode::FORBIDDEN, detail),
            EnterError::Full(_) => Self::full(detail),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Sdp(error) => error.into(),
            OpenError::Full(_) | OpenError::Busy => Self::full(error.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Refused"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}
