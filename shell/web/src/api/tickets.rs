//! Tickets that are handed out as addresses: each lets in the first who uses it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_gate::Tier;
use hustings_vocab::limits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Shared, fresh};
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::view::Links;
use crate::who::known;

/// What is asked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewTicket {
    /// `stream` or `hls`; `stream` if absent.
    tier: Option<String>,
    /// Seconds for which it holds, at most a day; an hour if absent.
    expires_s: Option<u64>,
}

/// A ticket that is nobody's yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GivenTicket {
    /// To be exchanged by `POST /c/{slug}/tickets`.
    ticket: String,
    /// To be opened in a player.
    address: String,
}

/// Hand out a ticket
///
/// The first who uses it has its seat; nobody else comes in by it. A player opens the address; a program exchanges the ticket,
/// with a secret of its own, at `/c/{slug}/tickets`.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/tickets", tag = "conversations", params(("slug" = String, Path, description = "Its name")), request_body = Option<NewTicket>, responses(
    (status = 201, description = "The ticket", body = GivenTicket),
    (status = 409, description = "Its doors are closed", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn link(
    State(web): Shared,
    Path(slug): Path<String>,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: NewTicket = body::json_or_nothing(&headers, body).await?;
    let tier = match asked.tier.as_deref() {
        None | Some("stream") => Tier::Stream,
        Some("hls") => Tier::Hls,
        Some(_) => return Err(Problem::unprocessable("a ticket is handed out for the tiers stream and hls")),
    };
    let seconds = asked.expires_s.unwrap_or(3600);
    if !(1..=limits::TICKET_SECONDS_MAX).contains(&seconds) {
        let max = limits::TICKET_SECONDS_MAX;
        return Err(Problem::unprocessable(format!("a ticket holds for 1 to {max} seconds")));
    }
    web.desk.find(slug.clone()).await?;
    let Some(gate) = &web.gate else { return Err(Problem::not_found("nobody is asked for a ticket here")) };
    let closed = || Problem::new(StatusCode::CONFLICT, "the doors of this conversation are not open");
    let ticket = gate.link(&slug, tier, seconds)?.ok_or_else(closed)?;
    let links = Links::new(&slug, &origins);
    let at = if tier == Tier::Hls { links.hls } else { links.ogg };
    let address = format!("{at}?ticket={ticket}");
    Ok(fresh(StatusCode::CREATED, &GivenTicket { ticket, address }))
}

/// What a rehearsal shows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GivenPass {
    /// To be sent as `rehearsal` with `POST /c/{slug}/tickets`.
    rehearsal: String,
    /// Seconds for which it holds.
    expires_s: u64,
}

/// Announce a rehearsal
///
/// Newcomers who show what is given here are not challenged, however many they are; in all else they come in and wait like others.
#[utoipa::path(post, path = "/api/v1/rehearsals", tag = "conversations", responses(
    (status = 201, description = "What to show", body = GivenPass),
))]
pub(crate) async fn rehearse(State(web): Shared) -> Result<Response, Problem> {
    let Some(gate) = &web.gate else { return Err(Problem::not_found("nobody is asked for a ticket here")) };
    let (rehearsal, expires_s) = gate.pass();
    Ok(fresh(StatusCode::CREATED, &GivenPass { rehearsal, expires_s }))
}
