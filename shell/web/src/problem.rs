//! A refusal as a response: `application/problem+json` (RFC 9457).
//!
//! The type is always `about:blank`: the status and the detail say it all. What fails inside is told to the log, not to
//! whoever asked.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hustings_link::accounts::AccountsError;
use hustings_link::desk::DeskError;
use hustings_link::token::TokenError;
use hustings_vocab::text::BadText;
use serde::Serialize;
use utoipa::ToSchema;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    challenge: Option<&'static str>,
    current: Option<Box<serde_json::Value>>,
    after_s: Option<u64>,
}

/// The document of a refusal (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document<'a> {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: &'a str,
    /// The status.
    status: u16,
    /// What was wrong and what to do, in one sentence.
    detail: &'a str,
    /// Where somebody else was quicker (412): what it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::view::ConversationView>)]
    current: Option<&'a serde_json::Value>,
}

impl Problem {
    /// A refusal with a sentence for people.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), challenge: None, current: None, after_s: None }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401: an API key that does not hold.
    pub(crate) fn bad_key() -> Self {
        let detail = "this API key does not hold: it was taken back, has ended, or its account is suspended";
        let challenge = Some("Bearer error=\"invalid_token\"");
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// 403: understood, and not for this caller.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: nothing has this address.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 422: understood, and not possible as it is.
    pub(crate) fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The same with another sentence, unless that is empty.
    pub(crate) fn or_say(mut self, detail: &str) -> Self {
        if !detail.is_empty() {
            detail.clone_into(&mut self.detail);
        }
        self
    }

    /// The same with what it is now.
    pub(crate) fn with_current(mut self, current: serde_json::Value) -> Self {
        self.current = Some(Box::new(current));
        self
    }

    /// The same, to be tried again after so many seconds.
    pub(crate) const fn after(mut self, seconds: u64) -> Self {
        self.after_s = Some(seconds);
        self
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Unknown(_) => StatusCode::NOT_FOUND,
            DeskError::Exists(_) | DeskError::Conflict(_) => StatusCode::CONFLICT,
            DeskError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            DeskError::Store(_) => {
                tracing::error!(%error, "a request failed");
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the records cannot be reached; try again soon");
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let (status, after_s) = match &error {
            AccountsError::Unknown(_) => (StatusCode::NOT_FOUND, None),
            AccountsError::Conflict(_) => (StatusCode::CONFLICT, None),
            AccountsError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
            AccountsError::Refused(_) => (StatusCode::UNAUTHORIZED, None),
            AccountsError::Slow(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
            AccountsError::Busy(seconds) => (StatusCode::SERVICE_UNAVAILABLE, Some(*seconds)),
            AccountsError::Store(_) => {
                tracing::error!(%error, "a request failed");
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the records cannot be reached; try again soon");
            }
        };
        Self { after_s, ..Self::new(status, error.to_string()) }
    }
}

impl From<BadText> for Problem {
    fn from(error: BadText) -> Self {
        Self::unprocessable(error.to_string())
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        // RFC 6750, section 3: a challenge names the error only if a token was sent.
        let challenge = match error {
            TokenError::Missing => Some("Bearer"),
            _ if status == StatusCode::UNAUTHORIZED => Some("Bearer error=\"invalid_token\""),
            _ => None,
        };
        Self { challenge, ..Self::new(status, error.to_string()) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            detail: &self.detail,
            current: self.current.as_deref(),
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
