//! WHIP (RFC 9725): speakers in.
//!
//! `POST /c/{slug}/whip` with a bearer token opens a session, `PATCH` on its resource restarts ICE, `DELETE` ends it.
//! The token is checked before the body is read, and the offer before a seat is taken, so that a bad offer does not
//! end the session that the seat has already.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::{HeaderMap, Method, StatusCode, header};
use hustings_link::stage::StageDoor;
use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::Slug;

use crate::problem::Problem;
use crate::registry::Resource;
use crate::resource::{self, Address, not_allowed};
use crate::sdp::{SdpError, parse_offer};
use crate::webrtc::WebRtc;

/// What the WHIP router needs.
#[derive(Clone)]
pub struct WhipState {
    /// The stage plane's WebRTC.
    pub webrtc: WebRtc,
    /// Where seats are taken.
    pub door: Arc<dyn StageDoor>,
    /// Where tokens are checked.
    pub tokens: Arc<dyn TokenCheck>,
}

/// The routes `/c/{slug}/whip` and `/c/{slug}/whip/{session}`.
pub fn whip_router(state: WhipState) -> Router {
    let endpoint = MethodRouter::new()
        .post(post)
        .options(async |State(s): State<WhipState>| resource::options(s.webrtc.plane(), true))
        .fallback(async |method: Method| not_allowed(&method, true));
    let session = MethodRouter::new()
        .patch(patch)
        .delete(delete)
        .options(async |State(s): State<WhipState>| resource::options(s.webrtc.plane(), false))
        .fallback(async |method: Method| not_allowed(&method, false));
    Router::new()
        .route("/c/{slug}/whip", endpoint)
        .route("/c/{slug}/whip/{session}", session)
        .layer(axum::middleware::map_response(resource::cors))
        .with_state(state)
}

async fn post(State(state): State<WhipState>, address: Address, request: Request) -> Result<Response, Problem> {
    let slug = address.slug;
    let authorization = authorization(request.headers());
    let claims = state.tokens.check_header(authorization, &slug)?;
    // A token's role is its word of then: the stage knows better.
    state.door.admits(&claims)?;
    let token = bearer(authorization).unwrap_or_default().to_owned();
    let offer = parse_offer(&resource::body(request, "application/sdp").await?)?;
    if !offer.direction.sends() {
        let (found, expected) = (offer.direction.name(), "sendrecv or sendonly");
        return Err(SdpError::WrongDirection { found, expected }.into());
    }
    let plane = state.webrtc.plane();
    let prepared = plane.prepare(offer.clone(), offer.direction.receives())?;
    let port = state.door.enter(&claims)?;
    tracing::info!(conversation = %slug, seat = %claims.sub, "a speaker comes by WHIP");
    let base = format!("/c/{slug}/whip");
    let opened = plane.open_speaker(prepared, port, slug, (claims, token))?;
    Ok(resource::created(plane, &base, opened))
}

async fn patch(State(state): State<WhipState>, address: Address, request: Request) -> Result<Response, Problem> {
    let found = resource::find(state.webrtc.plane(), &address)?;
    owned(&state, &address.slug, &found, request.headers())?;
    resource::patch(state.webrtc.plane(), &address, request).await
}

async fn delete(State(state): State<WhipState>, address: Address, headers: HeaderMap) -> Result<Response, Problem> {
    let found = resource::find(state.webrtc.plane(), &address)?;
    owned(&state, &address.slug, &found, &headers)?;
    state.webrtc.plane().end(found.key).await;
    Ok(StatusCode::OK.into_response())
}

/// Whether the request comes from whoever opened the session: by the same token, which may have expired meanwhile, or by
/// another one of the same seat.
fn owned(state: &WhipState, slug: &Slug, found: &Resource, headers: &HeaderMap) -> Result<(), Problem> {
    let Some((owner, token)) = &found.owner else { return Ok(()) };
    let authorization = authorization(headers);
    if bearer(authorization).is_some_and(|given| constant_time_eq(given.as_bytes(), token.as_bytes())) {
        return Ok(());
    }
    let claims = state.tokens.check_header(authorization, slug)?;
    if claims.sub == owner.sub { Ok(()) } else { Err(TokenError::RoleNotAllowed.into()) }
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok())
}

fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
