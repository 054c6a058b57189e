//! API keys of one's own account: list, make, take back.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_link::api_keys::{ApiKey, NewApiKey};
use hustings_vocab::{Scope, limits, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me::nothing;
use super::refusals::{Changing, Reading, Removing};
use super::{Shared, fresh};
use crate::body;
use crate::problem::Problem;
use crate::who::Who;

/// A key.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeyView {
    /// Its name for programs.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// When it was made, in milliseconds since 1970.
    created_ms: u64,
    /// When it ends; absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_ms: Option<u64>,
    /// When it was used last, to within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_ms: Option<u64>,
}

/// Keys.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    /// Oldest first.
    keys: Vec<ApiKeyView>,
}

/// A key, and its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeApiKey {
    /// The key.
    key: ApiKeyView,
    /// Its secret, for `Authorization: Bearer`. It is shown this once.
    secret: String,
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What to call it, 1 to 60 characters.
    name: String,
    /// What it may be used for, at least one.
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
    /// Seconds until it ends, at most ten years; never if absent.
    #[serde(default)]
    #[schema(minimum = 1)]
    expires_s: Option<u64>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(ApiKey { id, name, scopes, created_ms, expires_ms, used_ms, .. }: ApiKey) -> Self {
        Self { id, name, scopes, created_ms, expires_ms, used_ms }
    }
}

/// My API keys
#[utoipa::path(get, path = "/api/v1/me/keys", tag = "accounts", responses(
    (status = 200, description = "Keys by which programs ask for one", body = ApiKeyList), Reading,
))]
pub(crate) async fn list(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let all = web.keys.list(who.signed_in()?.id.clone()).await?;
    Ok(fresh(StatusCode::OK, &ApiKeyList { keys: all.into_iter().map(ApiKeyView::from).collect() }))
}

/// Make an API key
///
/// A program that sends it as `Authorization: Bearer hk_…` asks as this account, within its scopes and never beyond what the
/// account may.
#[utoipa::path(post, path = "/api/v1/me/keys", tag = "accounts", request_body = NewKey, responses(
    (status = 201, description = "Made", body = MadeApiKey), Changing,
))]
pub(crate) async fn make(State(web): Shared, who: Who, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let NewKey { name, mut scopes, expires_s } = body::json(&headers, body).await?;
    let name = text::line("a key's name", &name, limits::API_KEY_NAME_CHARS_MAX)?;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        let all = Scope::ALL.map(Scope::name).join(", ");
        return Err(Problem::unprocessable(format!("a key without a scope could do nothing; there are {all}")));
    }
    if expires_s.is_some_and(|s| !(1..=limits::API_KEY_DAYS_MAX * 86_400).contains(&s)) {
        let days = limits::API_KEY_DAYS_MAX;
        return Err(Problem::unprocessable(format!(
            "a key ends after 1 second to {days} days, or never: leave it out"
        )));
    }
    let (key, secret) = web.keys.make(me, NewApiKey { name, scopes, expires_s }).await?;
    Ok(fresh(StatusCode::CREATED, &MadeApiKey { key: key.into(), secret }))
}

/// Take an API key back
#[utoipa::path(delete, path = "/api/v1/me/keys/{key}", tag = "accounts", params(("key" = String, Path, description = "Its name for programs")), responses(
    (status = 204, description = "It opens nothing any more"), Removing,
))]
pub(crate) async fn revoke(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    web.keys.revoke(who.signed_in()?.id.clone(), id).await?;
    Ok(nothing())
}
