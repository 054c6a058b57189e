//! The API of those who plan: making, editing and calling off conversations, and one's own list.
//!
//! An edit says which version it was made from (`If-Match`), because two people may have the same page open. Who comes too
//! late is told (412) with what it is now, and nothing of theirs is saved.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_link::desk::Conversation;
use hustings_link::plans::PlanError;
use hustings_schedule::edit::Edit;
use hustings_vocab::limits;
use serde::Deserialize;
use utoipa::IntoParams;

use super::plan_requests::{CallOff, CreateConversation, EditConversation, Scope};
use super::{Shared, fresh};
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::rights::Standing;
use crate::view::{ConversationList, ConversationView};
use crate::who::{Who, known};

/// Make a conversation (planner)
///
/// Whoever is signed in and may plan, and `hustings conversation create` on the server. With an `Idempotency-Key` a request
/// that is sent twice makes one.
#[utoipa::path(post, path = "/api/v1/conversations", tag = "conversations", request_body = CreateConversation, params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 printable characters, another for each conversation")), responses(
    (status = 201, description = "Made; without a start its lobby is open. Of a series, the first", body = ConversationView),
    (status = 400, description = "The body is no JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a planner", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "There is one of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 413, description = "The body is too long", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 415, description = "The body is not called JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong, or there is no such time", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    State(web): Shared,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: CreateConversation = body::json(&headers, body).await?;
    let mut new = asked.into_plan()?;
    new.key = key(&headers)?.map(|key| format!("{}:{key}", who.actor()));
    new.plan.created_by = who.person.as_ref().map(|person| person.id.clone());
    let made = web.plans.plan(new).await?;
    let location = format!("/api/v1/conversations/{}", made.slug);
    let mut response = versioned(StatusCode::CREATED, made, &origins, true);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Edit it, or move it (host)
///
/// The title can be changed until the doors open, the start until it begins, the rest until it is over. Times are those of its
/// zone. Those in the lobby, those who wait and `/status` are told of another start, and of `delay`, within seconds.
#[utoipa::path(patch, path = "/api/v1/conversations/{slug}", tag = "conversations", security(("token" = [])), params(("slug" = String, Path, description = "Its name"), ("If-Match" = Option<String>, Header, description = "The ETag that it had when it was read")), request_body = EditConversation, responses(
    (status = 200, description = "Saved", body = ConversationView),
    (status = 400, description = "The body is no JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "Its phase does not allow it", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 412, description = "Somebody changed it in the meantime; `current` is what it is now", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 413, description = "The body is too long", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 415, description = "The body is not called JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is unknown or wrong, or there is no such time", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 428, description = "It says no version", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn edit(
    State(web): Shared,
    Path(slug): Path<String>,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: EditConversation = body::json(&headers, body).await?;
    let version = version(&headers)?.ok_or_else(|| {
        let detail = "say which version you edit: send its ETag as If-Match, so that nobody's edit is lost";
        Problem::new(StatusCode::PRECONDITION_REQUIRED, detail)
    })?;
    let following = asked.scope == Scope::Following;
    let edited = web.plans.edit(slug, version, Edit::try_from(asked)?, following).await;
    Ok(versioned(StatusCode::OK, edited.map_err(|e| refused(e, &origins))?, &origins, true))
}

/// Call it off before it began (host)
///
/// The body may be absent. With `If-Match`, only if nobody changed it in the meantime.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/cancel", tag = "conversations", security(("token" = [])), params(("slug" = String, Path, description = "Its name"), ("If-Match" = Option<String>, Header, description = "The ETag that it had when it was read")), request_body = Option<CallOff>, responses(
    (status = 200, description = "It is called off", body = ConversationView),
    (status = 400, description = "The body is no JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not the host", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "It has begun or is over", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 412, description = "Somebody changed it in the meantime; `current` is what it is now", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 413, description = "The body is too long", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 415, description = "The body is not called JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn cancel(
    State(web): Shared,
    Path(slug): Path<String>,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: CallOff = body::json_or_nothing(&headers, body).await?;
    let (reason, following) = (asked.reason()?, asked.scope == Scope::Following);
    let off = web.plans.call_off(known(&slug)?, version(&headers)?, reason, following).await;
    Ok(versioned(StatusCode::OK, off.map_err(|e| refused(e, &origins))?, &origins, true))
}

/// Open the doors now (host)
///
/// Before their time, or those of a room that stays.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/open", tag = "conversations", security(("token" = [])), params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "They are open", body = ConversationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "It is over", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn open(State(web): Shared, Path(slug): Path<String>, origins: Origins) -> Result<Response, Problem> {
    let now = web.plans.open_now(known(&slug)?).await?;
    Ok(versioned(StatusCode::OK, now, &origins, true))
}

/// Where a list goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The slug of the last one seen.
    after: Option<String>,
}

/// What I planned (planner)
///
/// Newest first, 50 on a page; `next` is the `after` of the next page.
#[utoipa::path(get, path = "/api/v1/me/conversations", tag = "conversations", params(Page), responses(
    (status = 200, description = "A page of them", body = ConversationList),
    (status = 400, description = "The query is not understood", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a planner", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn mine(
    State(web): Shared,
    who: Who,
    origins: Origins,
    page: Result<Query<Page>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(page) = page.map_err(|e| Problem::bad_request(e.body_text()))?;
    let after = page.after.as_deref().map(known).transpose()?;
    let mine = web.plans.planned_by(who.signed_in()?.id.clone(), after).await?;
    let next = mine.last().filter(|_| mine.len() == limits::PLANNED_PAGE_MAX as usize).map(|c| c.slug.to_string());
    Ok(fresh(StatusCode::OK, &ConversationList { next, ..ConversationList::new(mine, &origins) }))
}

/// A conversation with its version as its entity tag.
pub(crate) fn versioned(status: StatusCode, found: Conversation, origins: &Origins, may_edit: bool) -> Response {
    with_version(status, &ConversationView { may_edit, ..ConversationView::new(found, origins) })
}

/// The same, as whoever asks sees it.
pub(crate) fn seen(found: Conversation, origins: &Origins, who: &Who) -> Response {
    let (may_edit, may_produce) = (who.runs(), who.is(Standing::Producer));
    with_version(StatusCode::OK, &ConversationView { may_edit, may_produce, ..ConversationView::new(found, origins) })
}

fn with_version(status: StatusCode, view: &ConversationView) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", view.plan.version));
    let mut response = fresh(status, view);
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn refused(error: PlanError, origins: &Origins) -> Problem {
    let sentence = error.to_string();
    match error {
        PlanError::Desk(error) => error.into(),
        PlanError::Stale(now) => {
            let now = serde_json::to_value(ConversationView::new(*now, origins)).unwrap_or_default();
            Problem::new(StatusCode::PRECONDITION_FAILED, sentence).with_current(now)
        }
    }
}

/// The version that an edit was made from.
fn version(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let tag = tag.to_str().unwrap_or_default().trim();
    let number = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
    // Version 0 is nobody's: it would mean any.
    let number = number.filter(|n| *n > 0);
    let wrong = || Problem::bad_request("If-Match is one ETag as it was sent, such as \"3\"");
    number.map(Some).ok_or_else(wrong)
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let max = limits::IDEMPOTENCY_KEY_CHARS_MAX;
    let key = key.to_str().ok().filter(|k| (1..=max).contains(&k.len()));
    key.map(Some).ok_or_else(|| Problem::bad_request(format!("Idempotency-Key has 1 to {max} printable characters")))
}
