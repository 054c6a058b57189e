//! One's own account: who am I, sessions, passkeys, password, profile.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use hustings_link::accounts::{PasskeyRecord, Profile, SessionRecord};
use hustings_vocab::{limits, text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::accounts::AccountView;
use super::refusals::{Changing, Reading, Removing};
use super::signing::{QuestionView, visitor};
use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::who::{Who, session};

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// Their account; absent if nobody is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountView>,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Its name.
    id: String,
    /// The device, in words.
    label: String,
    /// When it began, in milliseconds since 1970.
    created_ms: u64,
    /// When it was used last, to within five minutes.
    seen_ms: u64,
    /// Whether it is this one.
    current: bool,
}

/// Sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The one that was used last first.
    sessions: Vec<SessionView>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    /// Its name for programs.
    id: String,
    /// What its owner calls it.
    name: String,
    /// When it was added, in milliseconds since 1970.
    created_ms: u64,
    /// When it was used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_ms: Option<u64>,
}

/// Passkeys.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    /// Oldest first.
    passkeys: Vec<PasskeyView>,
}

/// A passkey that a device has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// Which question it answers.
    ceremony: String,
    /// What to call it, 1 to 60 characters.
    name: String,
    /// The credential as JSON (WebAuthn level 3, section 5.1).
    #[schema(value_type = Object)]
    answer: Value,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    /// 1 to 60 characters.
    name: String,
}

/// A password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one before, where there is one.
    #[serde(default)]
    current: Option<String>,
    /// 12 characters or more, at most 256 bytes.
    new: String,
}

/// What an account says of its owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProfile {
    /// The name that others read, 1 to 80 characters.
    name: String,
    /// What its owner belongs to, at most 120 characters.
    #[serde(default)]
    affiliation: Option<String>,
    /// What its owner declares, at most 400 characters.
    #[serde(default)]
    interests: Option<String>,
}

impl From<PasskeyRecord> for PasskeyView {
    fn from(PasskeyRecord { id, name, created_ms, used_ms, .. }: PasskeyRecord) -> Self {
        Self { id, name, created_ms, used_ms }
    }
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses(
    (status = 200, description = "Who is signed in, or nobody", body = Me), Reading,
))]
pub(crate) async fn me(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let account = match &who.person {
        Some(person) => Some(web.accounts.find(person.id.to_string()).await?),
        None => None,
    };
    Ok(fresh(StatusCode::OK, &Me { account: account.map(AccountView::of_owner) }))
}

/// My sessions
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "accounts", responses(
    (status = 200, description = "Where one is signed in", body = SessionList), Reading,
))]
pub(crate) async fn sessions(
    State(web): Shared,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let me = who.signed_in()?;
    let current = current(&web, &origins, &headers).await?;
    let view = |SessionRecord { id, label, created_ms, seen_ms }: SessionRecord| {
        let current = id == current;
        SessionView { id, label, created_ms, seen_ms, current }
    };
    let all = web.accounts.sessions(me.id.clone()).await?;
    Ok(fresh(StatusCode::OK, &SessionList { sessions: all.into_iter().map(view).collect() }))
}

/// End one of my sessions
#[utoipa::path(delete, path = "/api/v1/me/sessions/{session}", tag = "accounts", params(("session" = String, Path, description = "Its name")), responses(
    (status = 204, description = "It has ended"), Removing,
))]
pub(crate) async fn end_session(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    web.accounts.end_session(who.signed_in()?.id.clone(), id).await?;
    Ok(nothing())
}

/// End all my other sessions
#[utoipa::path(delete, path = "/api/v1/me/sessions", tag = "accounts", responses(
    (status = 204, description = "This one is left"), Removing,
))]
pub(crate) async fn end_other_sessions(
    State(web): Shared,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    web.accounts.end_other_sessions(me, current(&web, &origins, &headers).await?).await?;
    Ok(nothing())
}

/// My passkeys
#[utoipa::path(get, path = "/api/v1/me/passkeys", tag = "accounts", responses(
    (status = 200, description = "Devices that answer for one", body = PasskeyList), Reading,
))]
pub(crate) async fn passkeys(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let all = web.accounts.passkeys(who.signed_in()?.id.clone()).await?;
    Ok(fresh(StatusCode::OK, &PasskeyList { passkeys: all.into_iter().map(PasskeyView::from).collect() }))
}

/// What to ask a device that becomes a passkey
#[utoipa::path(post, path = "/api/v1/me/passkeys/question", tag = "accounts", responses(
    (status = 200, description = "The question; it is answered once, within five minutes", body = QuestionView), Changing,
))]
pub(crate) async fn passkey_question(
    State(web): Shared,
    who: Who,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let asked = web.accounts.ask_new_passkey(who.signed_in()?.id.clone(), visitor(&parts, &origins)).await?;
    Ok(fresh(StatusCode::OK, &QuestionView::from(asked)))
}

/// Add a passkey
#[utoipa::path(post, path = "/api/v1/me/passkeys", tag = "accounts", request_body = NewPasskey, responses(
    (status = 201, description = "Added", body = PasskeyView), Changing,
))]
pub(crate) async fn add_passkey(
    State(web): Shared,
    who: Who,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let (parts, body) = request.into_parts();
    let NewPasskey { ceremony, name, answer } = body::json(&parts.headers, body).await?;
    let name = text::line("a passkey's name", &name, limits::PASSKEY_NAME_CHARS_MAX)?;
    let made = web.accounts.add_passkey(me, ceremony, name, answer, visitor(&parts, &origins)).await?;
    Ok(fresh(StatusCode::CREATED, &PasskeyView::from(made)))
}

/// Call a passkey something else
#[utoipa::path(put, path = "/api/v1/me/passkeys/{passkey}", tag = "accounts", params(("passkey" = String, Path, description = "Its name for programs")), request_body = Renamed, responses(
    (status = 204, description = "Renamed"), Changing,
))]
pub(crate) async fn rename_passkey(
    State(web): Shared,
    Path(id): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let Renamed { name } = body::json(&headers, body).await?;
    let name = text::line("a passkey's name", &name, limits::PASSKEY_NAME_CHARS_MAX)?;
    web.accounts.rename_passkey(me, id, name).await?;
    Ok(nothing())
}

/// Remove a passkey
#[utoipa::path(delete, path = "/api/v1/me/passkeys/{passkey}", tag = "accounts", params(("passkey" = String, Path, description = "Its name for programs")), responses(
    (status = 204, description = "Removed"), Removing,
))]
pub(crate) async fn remove_passkey(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    web.accounts.remove_passkey(who.signed_in()?.id.clone(), id).await?;
    Ok(nothing())
}

/// Set or change my password
///
/// All other sessions end.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "accounts", request_body = NewPassword, responses(
    (status = 204, description = "Set"), Changing,
))]
pub(crate) async fn set_password(
    State(web): Shared,
    who: Who,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let (parts, body) = request.into_parts();
    let keep = current(&web, &origins, &parts.headers).await?;
    let NewPassword { current, new } = body::json(&parts.headers, body).await?;
    web.accounts.set_password(me, current, new, keep, visitor(&parts, &origins)).await?;
    Ok(nothing())
}

/// Change my profile
#[utoipa::path(put, path = "/api/v1/me/profile", tag = "accounts", request_body = NewProfile, responses(
    (status = 200, description = "Changed", body = AccountView), Changing,
))]
pub(crate) async fn set_profile(
    State(web): Shared,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let NewProfile { name, affiliation, interests } = body::json(&headers, body).await?;
    let profile = Profile {
        name: text::line("a name", &name, limits::NAME_CHARS_MAX)?,
        affiliation: perhaps("an affiliation", affiliation, limits::AFFILIATION_CHARS_MAX)?,
        interests: perhaps("declared interests", interests, limits::INTERESTS_CHARS_MAX)?,
    };
    Ok(fresh(StatusCode::OK, &AccountView::of_owner(web.accounts.set_profile(me, profile).await?)))
}

/// A text that may be empty, which is none.
pub(super) fn perhaps(what: &'static str, said: Option<String>, chars_max: usize) -> Result<Option<String>, Problem> {
    let said = said.filter(|text| !text.trim().is_empty());
    Ok(said.map(|text| text::line(what, &text, chars_max)).transpose()?)
}

/// The session that asks.
async fn current(web: &Web, origins: &Origins, headers: &HeaderMap) -> Result<String, Problem> {
    let Some(secret) = session(headers, origins) else { return Ok(String::new()) };
    Ok(web.accounts.session(secret.to_owned()).await?.map_or_else(String::new, |(_, session)| session.id))
}

pub(super) fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
