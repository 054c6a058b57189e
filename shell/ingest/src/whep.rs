//! WHEP (draft-ietf-wish-whep): listeners out, with the least delay.
//!
//! `POST /c/{slug}/whep?rendition=opus-48` opens a session, `PATCH` on its resource restarts ICE or, with `?rendition=`, changes
//! what it hears without a break, `DELETE` ends it; whoever
//! knows the resource's unguessable address owns it. A listener is counted from the handshake on.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::{Method, StatusCode};
use hustings_link::entrance::NoEntry;
use hustings_link::hall::{Hall, Halls};
use hustings_vocab::{Codec, Rendition};
use serde::Deserialize;

use crate::audience::{Audience, Listeners};
use crate::problem::Problem;
use crate::registry::OpenError;
use crate::resource::{self, Address, not_allowed};
use crate::sdp::{SdpError, parse_offer};

/// What the WHEP router needs.
#[derive(Clone)]
pub struct WhepState {
    /// The audience's WebRTC.
    pub listeners: Listeners,
    /// The open conversations.
    pub halls: Arc<Halls>,
}

/// What may stand in the query.
#[derive(Deserialize)]
struct Wish {
    rendition: Option<String>,
}

/// The routes `/c/{slug}/whep` and `/c/{slug}/whep/{session}`.
pub fn whep_router(state: WhepState) -> Router {
    let endpoint = MethodRouter::new()
        .post(post)
        .options(async |State(s): State<WhepState>| resource::options(&s.listeners, true))
        .fallback(async |method: Method| not_allowed(&method, true));
    let session = MethodRouter::new()
        .patch(patch)
        .delete(delete)
        .options(async |State(s): State<WhepState>| resource::options(&s.listeners, false))
        .fallback(async |method: Method| not_allowed(&method, false));
    Router::new()
        .route("/c/{slug}/whep", endpoint)
        .route("/c/{slug}/whep/{session}", session)
        .layer(axum::middleware::map_response(resource::cors))
        .with_state(state)
}

async fn post(
    State(state): State<WhepState>,
    Address { slug, .. }: Address,
    wish: Result<Query<Wish>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(wish) = wish.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    let rendition = rendition(wish.rendition.as_deref())?;
    let hall = state.halls.find(&slug).ok_or_else(|| {
        Problem::not_found(format!("the conversation {slug} is not open; its page says when it opens"))
    })?;
    if hall.shelf(rendition).progress().borrow().ended {
        return Err(Problem::new(StatusCode::GONE, "the conversation has ended"));
    }
    let cap = hall.entrance.cap();
    let rendition = rendition.at_most(cap.of_newcomers().kbit());
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let query = request.uri().query().unwrap_or_default().to_owned();
    // Nothing is taken before the offer is known to be one.
    hall.entrance.look(&slug, &query, now_s).map_err(|no| no_entry(&hall, no))?;
    let offer = parse_offer(&resource::body(request, "application/sdp").await?)?;
    if !offer.direction.receives() {
        let (found, expected) = (offer.direction.name(), "recvonly or sendrecv");
        return Err(SdpError::WrongDirection { found, expected }.into());
    }
    // At 20 ms a packet a single loss is concealed; who asks for retransmissions is given them.
    let offer = crate::sdp::Offer { red: None, ..offer };
    let seat = hall.entrance.enter(&slug, &query, now_s).map_err(|no| no_entry(&hall, no))?;
    let opened = state.listeners.open(offer, Audience { hall: hall.clone(), rendition, seat });
    let opened = opened.inspect_err(|error| {
        if !matches!(error, OpenError::Sdp(_)) {
            hall.attendance.refuse();
        }
    })?;
    Ok(resource::created(&state.listeners, &format!("/c/{slug}/whep"), opened))
}

fn no_entry(hall: &Hall, no: NoEntry) -> Problem {
    hall.attendance.refuse();
    match no {
        NoEntry::Full => Problem::full(no.to_string()),
        NoEntry::Invited => Problem::not_found(no.to_string()),
        NoEntry::Bad(_) | NoEntry::Unclaimed | NoEntry::Taken => Problem::new(StatusCode::FORBIDDEN, no.to_string()),
    }
}

fn rendition(wish: Option<&str>) -> Result<Rendition, Problem> {
    let Some(wish) = wish else { return Ok(Rendition::Opus48) };
    let named = wish.parse::<Rendition>().ok().filter(|r| r.codec() == Codec::Opus);
    named.ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "over WebRTC the renditions are opus-96, opus-48 and opus-24")
    })
}

/// With a rendition in the query the session goes on with that one; otherwise it is a fragment, as everywhere.
async fn patch(
    State(state): State<WhepState>,
    address: Address,
    wish: Result<Query<Wish>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(wish) = wish.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    if wish.rendition.is_none() {
        return resource::patch(&state.listeners, &address, request).await;
    }
    let rendition = rendition(wish.rendition.as_deref())?;
    let found = resource::find(&state.listeners, &address)?;
    let hall = state.halls.find(&address.slug).ok_or_else(|| Problem::not_found("the conversation has ended"))?;
    state.listeners.retune(found.key, Audience { hall, rendition, seat: None });
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn delete(State(state): State<WhepState>, address: Address) -> Result<Response, Problem> {
    let found = resource::find(&state.listeners, &address)?;
    state.listeners.end(found.key).await;
    Ok(StatusCode::OK.into_response())
}
