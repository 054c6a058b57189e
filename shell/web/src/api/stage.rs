//! The stage: hands, oneself, and what those who run it decide.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_link::stage::StageCommand;
use hustings_link::token::TokenError;
use hustings_stage::Order;
use hustings_vocab::{Role, SeatId, limits};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Shared, fresh};
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::view::ConversationView;
use crate::who::{Who, known};

/// What somebody on stage says of themselves. One of them at least.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageMe {
    /// Whether they are muted.
    #[serde(default)]
    muted: Option<bool>,
    /// Whether their device has stopped capturing: a call, or a locked screen.
    #[serde(default)]
    interrupted: Option<bool>,
}

/// A hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RaiseHand {
    /// Whether they ask to speak.
    raised: bool,
}

/// What is changed of the whole stage. One of them at least.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageRules {
    /// Whether nobody else may come on stage.
    #[serde(default)]
    locked: Option<bool>,
    /// Whether hands may be raised.
    #[serde(default)]
    hands_open: Option<bool>,
    /// Mutes everybody who does not run the stage.
    #[serde(default)]
    mute_all: bool,
    /// Ends the turn that somebody has.
    #[serde(default)]
    end_turn: bool,
}

/// A decision about one seat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SeatOrder {
    /// Whoever asks to speak may come on stage.
    BringUp {},
    /// Back to the audience, with thanks.
    SendDown {},
    /// Muted, until they unmute themselves.
    Mute {},
    /// They are asked to unmute themselves.
    AskToUnmute {},
    /// Off the stage; they listen, and may not ask to speak.
    Remove {},
    /// Out of this conversation: their tokens hold no more.
    Ban {},
    /// What was decided about them does not hold any more.
    Pardon {},
    /// Their hand is taken down.
    LowerHand {},
    /// They have another role on stage.
    Appoint {
        /// Which.
        role: Role,
    },
    /// Their hand is put at this place of the queue, 0 being the first.
    PlaceHand {
        /// Where.
        at: u32,
    },
    /// It is their turn.
    GiveTurn {
        /// For so long, 1 to 3,600 s.
        seconds: u32,
    },
}

impl SeatOrder {
    fn order(self) -> Result<Order, Problem> {
        Ok(match self {
            Self::BringUp {} => Order::BringUp,
            Self::SendDown {} => Order::SendDown,
            Self::Mute {} => Order::Mute,
            Self::AskToUnmute {} => Order::AskToUnmute,
            Self::Remove {} => Order::Remove,
            Self::Ban {} => Order::Ban,
            Self::Pardon {} => Order::Pardon,
            Self::LowerHand {} => Order::LowerHand,
            Self::Appoint { role } => Order::Appoint(role),
            Self::PlaceHand { at } => Order::PlaceHand(at as usize),
            Self::GiveTurn { seconds } if (1..=limits::TURN_SECONDS_MAX).contains(&seconds) => Order::GiveTurn(seconds),
            Self::GiveTurn { .. } => {
                let max = limits::TURN_SECONDS_MAX;
                return Err(Problem::unprocessable(format!("a turn has 1 to {max} seconds")));
            }
        })
    }
}

/// Mute or unmute oneself, or say that the device has stopped capturing
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/stage/me", tag = "stage", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = StageMe, responses(
    (status = 200, description = "Done", body = ConversationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not on this stage", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "The seat is not taken", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn me(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: StageMe = body::json(&headers, body).await?;
    seated(&who)?;
    let commands = [asked.muted.map(StageCommand::Mute), asked.interrupted.map(StageCommand::Interrupted)];
    carry_out(&web, slug, &who, &origins, commands.into_iter().flatten(), "say muted or interrupted").await
}

/// Raise or lower one's hand
///
/// Lowering it also declines an invitation on stage.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/stage/hand", tag = "stage", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = RaiseHand, responses(
    (status = 200, description = "Done; it is among the events", body = ConversationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not in this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "Hands are closed, or too many are raised", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn hand(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let RaiseHand { raised } = body::json(&headers, body).await?;
    seated(&who)?;
    let command = if raised { StageCommand::RaiseHand } else { StageCommand::LowerHand };
    carry_out(&web, slug, &who, &origins, [command], "").await
}

/// Lock the stage, close hands, mute everybody, end a turn (host, co-host)
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/stage", tag = "stage", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = StageRules, responses(
    (status = 200, description = "Done", body = ConversationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not who runs this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "The stage is closed", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn rules(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: StageRules = body::json(&headers, body).await?;
    let commands = [
        asked.locked.map(StageCommand::Lock),
        asked.hands_open.map(StageCommand::OpenHands),
        asked.mute_all.then_some(StageCommand::MuteAll),
        asked.end_turn.then_some(StageCommand::EndTurn),
    ];
    let empty = "say locked, hands_open, mute_all or end_turn";
    carry_out(&web, slug, &who, &origins, commands.into_iter().flatten(), empty).await
}

/// Decide about one seat (host, co-host, moderator)
///
/// Bring up who asks to speak, send back to the audience, mute, ask to unmute, remove, ban from this conversation, pardon,
/// appoint, order the queue, give a turn. It holds at once, and after a restart.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/stage/seats/{seat}", tag = "stage", security(("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name"), ("seat" = String, Path, description = "About whom")), request_body = SeatOrder, responses(
    (status = 200, description = "Done", body = ConversationView),
    (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 403, description = "Not who runs this conversation", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 409, description = "They are not there, or above whoever asks", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 422, description = "A field is missing, unknown or wrong", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn seat(
    State(web): Shared,
    Path((slug, seat)): Path<(String, String)>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let seat: SeatId = seat.parse().map_err(|e| Problem::not_found(format!("there is no such seat: {e}")))?;
    let asked: SeatOrder = body::json(&headers, body).await?;
    let command = StageCommand::Seat(seat, asked.order()?);
    carry_out(&web, slug, &who, &origins, [command], "").await
}

/// Who has no seat (the operator, over the control socket) has no microphone and no hand.
fn seated(who: &Who) -> Result<(), Problem> {
    if who.commander().seat.is_some() { Ok(()) } else { Err(TokenError::Missing.into()) }
}

/// Carries out commands one after the other; the first that is refused ends it.
async fn carry_out(
    web: &crate::Web,
    slug: hustings_vocab::Slug,
    who: &Who,
    origins: &Origins,
    commands: impl IntoIterator<Item = StageCommand>,
    empty: &str,
) -> Result<Response, Problem> {
    let mut last = None;
    for command in commands {
        last = Some(web.desk.command(slug.clone(), who.commander(), command).await?);
    }
    let now = last.ok_or_else(|| Problem::unprocessable(format!("there is nothing to do: {empty}")))?;
    Ok(fresh(StatusCode::OK, &ConversationView::new(now, origins)))
}
