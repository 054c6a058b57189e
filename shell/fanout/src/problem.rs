//! A refusal as a response: `application/problem+json` (RFC 9457).
//!
//! Every refusal of the audience's addresses is one of these, so that a program can read the reason and a person the
//! remedy. Deliberately absent: problem types with addresses of their own; the status and the detail say it all.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hustings_hls::Keep;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    retry_after: Option<Duration>,
    keep: Keep,
    /// Where a human goes on.
    page: Option<String>,
    /// Where the request goes on.
    location: Option<String>,
}

impl Problem {
    /// A refusal with a sentence for people. Caches may not keep it.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), retry_after: None, keep: Keep::No, page: None, location: None }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404: nothing has this address.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 503: ask again after `retry_after`, in whole seconds.
    pub(crate) fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// 303: the request goes on elsewhere.
    pub(crate) fn elsewhere(location: String) -> Self {
        Self { location: Some(location), ..Self::new(StatusCode::SEE_OTHER, "the ticket is claimed there") }
    }

    /// The same refusal, with the address of a page for humans.
    pub(crate) fn for_humans(self, page: Option<String>) -> Self {
        Self { page, ..self }
    }

    /// The same refusal under another status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Lets caches keep the answer for a while, or not.
    pub(crate) fn kept(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    /// The same refusal, with the time to ask again.
    pub(crate) fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Refused");
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(page) = &self.page {
            body["page"] = page.as_str().into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, crate::cache::value(self.keep));
        let page = self.page.map(|page| (header::LINK, format!("<{page}>; rel=\"alternate\"; type=\"text/html\"")));
        for (name, value) in page.into_iter().chain(self.location.map(|to| (header::LOCATION, to))) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
        }
        response
    }
}
