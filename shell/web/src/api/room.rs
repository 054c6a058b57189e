//! The room, for those who run it: the line of each speaker, and how the audience came and went.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use hustings_link::room::{Minute, Room, Rooms};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Shared, fresh};
use crate::problem::Problem;
use crate::who::known;

/// A room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomView {
    /// The lines of those on stage who are heard.
    lines: Vec<LineView>,
    /// The last minutes of the audience, the oldest first; at most 240.
    minutes: Vec<MinuteView>,
}

/// What a speaker's line was like over the last ten seconds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// Whose.
    seat: String,
    /// Packets that the network lost, in thousandths.
    lost_permille: u16,
    /// Packets that could not be repaired in time, in thousandths: their sound was made up.
    missing_permille: u16,
    /// Milliseconds from the arrival of a packet to the mix.
    delay_ms: u16,
}

/// One minute of an audience. Nobody is named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MinuteView {
    /// When it began, in milliseconds since 1970.
    at_ms: u64,
    /// Listeners who came; who comes back is counted again.
    arrived: u64,
    /// Listeners who went.
    left: u64,
    /// Listeners at its end.
    listening: u64,
}

impl From<Room> for RoomView {
    fn from(room: Room) -> Self {
        let minute = |Minute { at_ms, arrived, left, listening }| MinuteView { at_ms, arrived, left, listening };
        let lines = room.lines.into_iter().map(|line| LineView {
            seat: line.seat.to_string(),
            lost_permille: line.quality.lost_permille,
            missing_permille: line.quality.missing_permille,
            delay_ms: line.quality.delay_ms,
        });
        Self { lines: lines.collect(), minutes: room.minutes.into_iter().map(minute).collect() }
    }
}

/// The room as those who run it see it
#[utoipa::path(get, path = "/api/v1/conversations/{slug}/room", tag = "stage", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "What lines are like, and how the audience came and went; empty while the doors are closed", body = RoomView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not with this role", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn room(
    State(web): Shared,
    Path(slug): Path<String>,
    rooms: Option<Extension<Arc<dyn Rooms>>>,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    web.desk.find(slug.clone()).await?;
    let room = rooms.map(|Extension(rooms)| rooms.room(&slug)).unwrap_or_default();
    Ok(fresh(StatusCode::OK, &RoomView::from(room)))
}
