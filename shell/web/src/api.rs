//! The JSON API: everything that a page and the command line can do, under `/api/v1`.
//!
//! Who may ask was decided before a handler runs, by the table of [`crate::rights`]: a handler reads the body, then asks
//! the desk. Nothing of it may be cached.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use hustings_link::desk::NewToken;
use hustings_link::stage::StageCommand;
use serde::Serialize;

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod floor;
pub(crate) mod identities;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod me;
mod plan_requests;
pub(crate) mod plans;
pub(crate) mod production;
mod refusals;
mod requests;
pub(crate) mod room;
pub(crate) mod seats;
pub(crate) mod signing;
pub(crate) mod stage;
pub(crate) mod tickets;
pub(crate) mod webhooks;

pub(crate) use requests::{IssueToken, IssuedToken};

use crate::Web;
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::view::{ConversationList, ConversationView};
use crate::who::{Who, known};

type Shared = State<Arc<Web>>;

/// What is on, what is coming and what was
///
/// Of what is public; over the control socket, of everything.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversations", responses(
    (status = 200, description = "What is on first, then what is coming, then what ended in the last days", body = ConversationList),
))]
pub(crate) async fn list(State(web): Shared, who: Who, origins: Origins) -> Result<Response, Problem> {
    let all = if who.console { web.desk.list().await? } else { web.plans.public().await? };
    Ok(fresh(StatusCode::OK, &ConversationList::new(all, &origins)))
}

/// One conversation
///
/// Its ETag is the version that an edit names. One that is for the invited is told to those with a token or a role in it.
#[utoipa::path(get, path = "/api/v1/conversations/{slug}", tag = "conversations", params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "It, and where everything about it is", body = ConversationView),
    (status = 404, description = "There is none of that name, or it is for the invited", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn find(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
) -> Result<Response, Problem> {
    let found = web.desk.find(known(&slug)?).await?;
    who.must_see(&found)?;
    Ok(plans::seen(found, &origins, &who))
}

macro_rules! command {
    ($name:ident, $path:literal, $command:expr, $summary:literal, $done:literal) => {
        #[doc = $summary]
        #[utoipa::path(post, path = $path, tag = "conversations", security(("token" = [])), params(("slug" = String, Path, description = "Its name")), responses(
            (status = 200, description = $done, body = ConversationView),
            (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
            (status = 403, description = "Not the host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
            (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
            (status = 409, description = "Its phase does not allow it", body = crate::problem::Document, content_type = "application/problem+json"),
        ))]
        pub(crate) async fn $name(
            State(web): Shared,
            Path(slug): Path<String>,
            who: Who,
            origins: Origins,
        ) -> Result<Response, Problem> {
            let now = web.desk.command(known(&slug)?, who.commander(), $command).await?;
            Ok(fresh(StatusCode::OK, &ConversationView::new(now, &origins)))
        }
    };
}

command!(start, "/api/v1/conversations/{slug}/start", StageCommand::Start, "Go live (host)", "It is live");
command!(hold, "/api/v1/conversations/{slug}/hold", StageCommand::Hold, "Take a break (host)", "It is held");
command!(
    resume,
    "/api/v1/conversations/{slug}/resume",
    StageCommand::Resume,
    "Come back from a break (host)",
    "It is live"
);
command!(end, "/api/v1/conversations/{slug}/end", StageCommand::End, "End it (host)", "It is over");

/// Issue a token (host)
///
/// The link opens the conversation's page with the token in its fragment, which no server and no log ever sees.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/tokens", tag = "stage", security(("token" = [])), params(("slug" = String, Path, description = "Its name")), request_body = IssueToken, responses(
    (status = 201, description = "Issued", body = IssuedToken),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not the host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn issue(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: IssueToken = body::json(&headers, body).await?;
    let new = NewToken::try_from(asked)?;
    who.may_give(new.role)?;
    let token = web.desk.issue(slug.clone(), new).await?;
    let link = format!("{}/c/{slug}#t={token}", origins.public);
    Ok(fresh(StatusCode::CREATED, &IssuedToken { token, link }))
}

pub(crate) fn fresh(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_string(value).unwrap_or_default();
    let fields = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, fields, body).into_response()
}
