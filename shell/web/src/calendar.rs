//! Calendar files: of one conversation, and a feed of what is public, for calendars to subscribe to.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_link::desk::Conversation;
use hustings_schedule::calendar::{Entry, calendar};
use hustings_vocab::Phase;

use crate::Web;
use crate::links::Origins;
use crate::problem::Problem;
use crate::site::{has, tag};
use crate::who::{Who, known};

/// The calendar entry of a conversation
///
/// It follows the conversation: what is moved counts SEQUENCE, what is called off says so.
#[utoipa::path(get, path = "/c/{slug}/calendar.ics", tag = "conversations", params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "RFC 5545", body = String, content_type = "text/calendar"),
    (status = 304, description = "As you have it"),
    (status = 404, description = "There is none of that name, or it has no start", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn one(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    origins: Origins,
    request: Request,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let (parts, _) = request.into_parts();
    let who = Who::of(&web, &parts, &origins, &slug).await?;
    let found = web.desk.find(slug).await?;
    who.must_see(&found)?;
    if found.starts_ms.is_none() {
        return Err(Problem::not_found("it has no start, so there is nothing for a calendar"));
    }
    let name = format!("attachment; filename=\"{}.ics\"", found.slug);
    let mut response = answer(&parts.headers, &text("", std::slice::from_ref(&found), &origins));
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The calendar of what is public
#[utoipa::path(get, path = "/calendar.ics", tag = "conversations", responses(
    (status = 200, description = "RFC 5545: what comes, and what was over in the last days", body = String, content_type = "text/calendar"),
    (status = 304, description = "As you have it"),
))]
pub(crate) async fn feed(
    State(web): State<Arc<Web>>,
    origins: Origins,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = web.plans.public().await?;
    let name = format!("Hustings, {}", origins.public.host());
    Ok(answer(&headers, &text(&name, &all, &origins)))
}

fn text(name: &str, all: &[Conversation], origins: &Origins) -> String {
    let host = origins.public.host();
    let kept: Vec<_> = all.iter().filter_map(|c| Some((c, c.starts_ms?))).collect();
    let names: Vec<_> =
        kept.iter().map(|(c, _)| (format!("{}@{host}", c.slug), format!("{}/c/{}", origins.public, c.slug))).collect();
    let entries: Vec<Entry<'_>> = kept
        .iter()
        .zip(&names)
        .map(|((c, starts_ms), (uid, url))| Entry {
            uid,
            title: &c.title,
            description: &c.plan.description,
            url,
            starts_ms: *starts_ms,
            length_min: c.plan.length_min,
            sequence: c.plan.version.saturating_sub(1),
            changed_ms: c.plan.changed_ms,
            cancelled: (c.phase == Phase::Cancelled).then_some(c.plan.reason.as_str()),
            tags: &c.plan.tags,
        })
        .collect();
    calendar(name, &entries)
}

fn answer(headers: &HeaderMap, text: &str) -> Response {
    let tag = tag(text.as_bytes());
    let mut response = if has(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text.to_owned()).into_response()
    };
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    fields.insert(header::ETAG, tag);
    response
}
