//! A seat in the audience: what a listener needs to take part. No account, and nothing to remember but a name.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_link::desk::NewToken;
use hustings_schedule::text;
use hustings_vocab::{Role, SeatId, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Shared, fresh};
use crate::body;
use crate::problem::Problem;
use crate::who::{Who, known};

/// Seconds for which a seat's token holds: the longest evening, and the way home.
const SEAT_EXPIRES_S: u64 = 12 * 3600;

/// A seat to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeSeat {
    /// The name to show, 1 to 80 characters. Who is signed in may leave it out.
    #[serde(default)]
    name: Option<String>,
}

/// A seat, and the token that proves it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Seat {
    /// The token.
    token: String,
    /// The seat.
    #[schema(value_type = String)]
    seat: SeatId,
    /// The name that is shown.
    name: String,
    /// The role.
    role: Role,
}

/// Take a seat
///
/// Anybody gets a listener's seat for a name. Who is signed in gets their account's seat in the role that they have here.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/seats", tag = "stage", security((), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = TakeSeat, responses(
    (status = 201, description = "Taken", body = Seat),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "It is over", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn take(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let TakeSeat { name } = body::json(&headers, body).await?;
    let name = name.map(|n| text::line(&n, 1, limits::NAME_CHARS_MAX)).transpose();
    let name = name.map_err(|e| Problem::unprocessable(format!("name {e}")))?;
    let found = web.desk.find(slug.clone()).await?;
    who.must_see(&found)?;
    if found.phase.is_over() {
        return Err(Problem::new(StatusCode::CONFLICT, "the conversation is over; there are no seats any more"));
    }
    let (seat, name, role) = match &who.person {
        Some(person) => {
            (person.id.seat(), name.unwrap_or_else(|| person.name.clone()), who.role.unwrap_or(Role::Listener))
        }
        None => (
            web.desk.draw_seat(),
            name.ok_or_else(|| Problem::unprocessable("name is missing: say what you are called"))?,
            Role::Listener,
        ),
    };
    let new = NewToken { role, seat: Some(seat.clone()), name: Some(name.clone()), expires_s: Some(SEAT_EXPIRES_S) };
    let token = web.desk.issue(slug, new).await?;
    Ok(fresh(StatusCode::CREATED, &Seat { token, seat, name, role }))
}
