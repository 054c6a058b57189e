//! A request body as a value, or a refusal that says which byte or field was wrong.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, StatusCode, header};
use http_body_util::LengthLimitError;
use hustings_vocab::limits;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use serde_json::Error;

use crate::problem::Problem;

/// Reads a JSON body of at most [`limits::BODY_BYTES_MAX`] within [`limits::BODY_SECONDS_MAX`].
///
/// # Errors
/// 400 for what is no JSON, 408 when it does not come, 413 when it is too long, 415 when it is called something else, 422
/// when a field is missing, unknown or wrong.
pub(crate) async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let named = headers.get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap_or_default());
    let essence = named.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let detail = "the body must be JSON: send it with Content-Type: application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let bytes = within_limits(body).await?;
    // A list of values in the order of the fields would be taken for an object.
    let read = match bytes.trim_ascii_start().first() {
        Some(b'[') => serde_json::from_slice::<IgnoredAny>(&bytes).and_then(|_| Err(Error::custom("it is no object"))),
        _ => serde_json::from_slice(&bytes),
    };
    read.map_err(|e| match e.classify() {
        serde_json::error::Category::Data => Problem::unprocessable(format!("the body is not what is expected: {e}")),
        _ => Problem::bad_request(format!("the body is not JSON: {e}")),
    })
}

/// The same, or the default where there is no body at all.
///
/// # Errors
/// As [`json`].
pub(crate) async fn json_or_nothing<T: DeserializeOwned + Default>(
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Problem> {
    let bytes = within_limits(body).await?;
    if bytes.is_empty() { Ok(T::default()) } else { json(headers, Body::from(bytes)).await }
}

async fn within_limits(body: Body) -> Result<bytes::Bytes, Problem> {
    let read = axum::body::to_bytes(body, limits::BODY_BYTES_MAX);
    match tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(e)) if is_too_long(&e) => {
            let detail = format!("the body is longer than {} bytes", limits::BODY_BYTES_MAX);
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail))
        }
        Ok(Err(_)) => Err(Problem::bad_request("the body broke off")),
        Err(_) => {
            let detail = format!("the body did not come within {} s", limits::BODY_SECONDS_MAX);
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}
