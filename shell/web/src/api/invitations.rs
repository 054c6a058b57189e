//! The API of invitations: hosts make, list and withdraw them, guests accept them.
//!
//! The secret is said once, in the link that the host gets; it stands in the fragment, which no server and no log ever sees,
//! and comes back in a body. Guessing is slowed down for each source address.

use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_link::peer::Peer;
use hustings_link::plans::{Accepted, Invitation, InviteError};
use hustings_vocab::{Role, SeatId};
use serde::Serialize;
use utoipa::ToSchema;

use super::plan_requests::{Accept, Invite};
use super::{Shared, fresh};
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::rights::Standing;
use crate::who::{Who, known};

/// An invitation. Its secret was in the link when it was made, and nowhere since.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// Its name.
    id: String,
    /// What it makes of whoever accepts it.
    role: Role,
    /// What the host calls it.
    label: String,
    /// The name of whom it is for.
    name: String,
    /// People who may accept it; 1 is a guest's own link; absent is as many as come.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses_max: Option<u32>,
    /// People who have accepted it.
    uses: u32,
    /// When it ends, in milliseconds since 1970; absent is with the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_ms: Option<u64>,
    /// When it was withdrawn, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_ms: Option<u64>,
    /// When it was made, in milliseconds since 1970.
    created_ms: u64,
    /// The link, once: when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// The invitations of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationList {
    /// Newest first, at most 200.
    invitations: Vec<InvitationView>,
    /// Whether links can be sent by mail.
    mail: bool,
}

/// What a guest is given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedView {
    /// The token, for the conversation's stage.
    token: String,
    /// The seat.
    #[schema(value_type = String)]
    seat: SeatId,
    /// The name to show.
    name: String,
    /// The role.
    role: Role,
}

impl InvitationView {
    fn new(invitation: Invitation, link: Option<String>) -> Self {
        let Invitation { id, role, label, name, uses_max, uses, expires_ms, revoked_ms, created_ms } = invitation;
        Self { id, role, label, name, uses_max, uses, expires_ms, revoked_ms, created_ms, link }
    }
}

/// Who was invited (host)
#[utoipa::path(get, path = "/api/v1/conversations/{slug}/invitations", tag = "invitations", security(("token" = [])), params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "Every invitation, newest first", body = InvitationList),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn list(State(web): Shared, Path(slug): Path<String>) -> Result<Response, Problem> {
    let all = web.plans.invitations(known(&slug)?).await?;
    let invitations = all.into_iter().map(|i| InvitationView::new(i, None)).collect();
    Ok(fresh(StatusCode::OK, &InvitationList { invitations, mail: web.accounts.sends_mail() }))
}

/// Invite somebody by a link (host)
///
/// The link opens the conversation's page with the secret in its fragment. It is said once.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/invitations", tag = "invitations", security(("token" = [])), params(("slug" = String, Path, description = "Its name")), request_body = Invite, responses(
    (status = 201, description = "Made", body = InvitationView),
    (status = 400, description = "The body is no JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a host of this conversation, or a co-host who invites a host", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "It is over, or there are 200 already", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 413, description = "The body is too long", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 415, description = "The body is not called JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn invite(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: Invite = body::json(&headers, body).await?;
    if asked.role == Role::Host && !(who.is(Standing::Host) || who.is(Standing::Operator)) {
        return Err(Problem::forbidden("only a host invites another host; invite a co-host or a speaker"));
    }
    who.may_give(asked.role)?;
    let (made, secret) = web.plans.invite(slug.clone(), asked.by(who.actor())?).await?;
    let link = format!("{}/c/{slug}#i={secret}", origins.public);
    Ok(fresh(StatusCode::CREATED, &InvitationView::new(made, Some(link))))
}

/// Withdraw an invitation (host)
///
/// The link stops working at once, and so do the tokens that it gave.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/invitations/{id}/revoke", tag = "invitations", security(("token" = [])), params(("slug" = String, Path, description = "Its name"), ("id" = String, Path, description = "The invitation's name")), responses(
    (status = 200, description = "Withdrawn", body = InvitationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not a host of this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn revoke(State(web): Shared, Path((slug, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let withdrawn = web.plans.withdraw(known(&slug)?, id).await.map_err(refused)?;
    Ok(fresh(StatusCode::OK, &InvitationView::new(withdrawn, None)))
}

/// Accept an invitation
///
/// A guest's own link gives the same seat on every device; a shared one gives each a seat of their own.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/invitations/accept", tag = "invitations", params(("slug" = String, Path, description = "Its name")), request_body = Accept, responses(
    (status = 200, description = "Accepted: a token for the stage", body = AcceptedView),
    (status = 400, description = "The body is no JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is no such invitation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 410, description = "It was withdrawn, has ended, or as many came as were invited", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 413, description = "The body is too long", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 415, description = "The body is not called JSON", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A name is needed, or a field is unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 429, description = "Too many wrong secrets from this address", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn accept(
    State(web): Shared,
    Path(slug): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: Accept = body::json(&headers, body).await?;
    let name = asked.name()?;
    let source = peer.map(|Extension(peer)| peer.addr.ip());
    if let Some(Err(wait_s)) = source.map(|ip| web.guesses.may_try(ip, Instant::now())) {
        let detail = format!("too many invitations that are none came from your address; try again in {wait_s} s");
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).after(wait_s));
    }
    let accepted = web.plans.accept(slug, asked.secret, name).await;
    if let (Some(ip), Err(InviteError::NoSuch)) = (source, &accepted) {
        web.guesses.wrong(ip, Instant::now());
    }
    let Accepted { token, seat, name, role } = accepted.map_err(refused)?;
    Ok(fresh(StatusCode::OK, &AcceptedView { token, seat, name, role }))
}

fn refused(error: InviteError) -> Problem {
    let status = match error {
        InviteError::Desk(error) => return error.into(),
        InviteError::NoSuch => StatusCode::NOT_FOUND,
        InviteError::Over(_) => StatusCode::GONE,
        InviteError::Nameless => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, error.to_string())
}
