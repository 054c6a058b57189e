//! What a browser, a program and an operator find at the public and the private address: pages, the JSON API, its
//! description, health and metrics.
//!
//! Three routers, to be put on listeners by the binary. [`router`] is the public one: pages and API. [`elsewhere`] sends
//! those who look for sound or events at the public address on to the audience's; it is left out where both share a
//! listener. [`private_router`] is for loopback. Requests want a [`hustings_link::peer::Peer`] among their extensions:
//! one that came over the control socket may do everything.
//!
//! Deliberately absent: sockets and TLS, sound, records and keys, which are behind [`hustings_link::desk::Desk`],
//! [`hustings_link::people::People`] and [`hustings_link::token::TokenCheck`].

mod api;
mod body;
mod calendar;
mod elsewhere;
mod escape;
mod evidence;
mod gauges;
mod links;
mod missing;
mod openapi;
mod pages;
mod private;
mod problem;
mod prometheus;
pub mod rights;
mod security;
mod site;
mod template;
mod throttle;
mod view;
mod who;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post, put};
use hustings_link::accounts::Accounts;
use hustings_link::desk::Desk;
use hustings_link::floor::Floor;
use hustings_link::people::People;
use hustings_link::plans::Plans;
use hustings_link::token::TokenCheck;

pub use elsewhere::elsewhere;
pub use evidence::evidence_router;
pub use gauges::{Edges, Gauges, Histogram};
pub use links::{Address, BadOrigin, LinkConfig, Origin, Scheme};
pub use openapi::document as openapi;
pub use private::{Health, private_router};
pub use prometheus::{Kind, Text};
pub use view::{ConversationView, Links};

use site::Site;

/// What pages and API need.
#[derive(Clone)]
pub struct WebState {
    /// The records of conversations, and what commands them.
    pub desk: Arc<dyn Desk>,
    /// What is announced, and who is invited.
    pub plans: Arc<dyn Plans>,
    /// Who recognises tokens.
    pub tokens: Arc<dyn TokenCheck>,
    /// Who is signed in.
    pub people: Arc<dyn People>,
    /// Their accounts, and how they sign in.
    pub accounts: Arc<dyn Accounts>,
    /// How the audience takes part.
    pub floor: Arc<dyn Floor>,
    /// Where the listeners are, as seen from outside.
    pub links: LinkConfig,
}

/// What every handler shares.
pub(crate) struct Web {
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) plans: Arc<dyn Plans>,
    pub(crate) guesses: throttle::Guesses,
    pub(crate) tokens: Arc<dyn TokenCheck>,
    pub(crate) people: Arc<dyn People>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) floor: Arc<dyn Floor>,
    pub(crate) links: LinkConfig,
    pub(crate) site: Site,
}

/// The public listener: `/`, `/c/{slug}`, the files of the pages, `/api/v1/…` and `/api/openapi.json`. It brings a
/// fallback (404) of its own; routers without one can be merged into it.
pub fn router(state: WebState) -> Router {
    with_site(state, Site::embedded())
}

fn with_site(state: WebState, site: Site) -> Router {
    let WebState { desk, plans, tokens, people, accounts, floor, links } = state;
    let files = site.routes();
    let guesses = throttle::Guesses::default();
    let web = Arc::new(Web { desk, plans, guesses, tokens, people, accounts, floor, links, site });
    Router::new()
        .route("/", get(pages::index))
        .route("/c/{slug}", get(pages::conversation))
        .route("/c/{slug}/calendar.ics", get(calendar::one))
        .route("/calendar.ics", get(calendar::feed))
        .route("/plan", get(pages::plan))
        .route("/account", get(pages::account))
        .route("/people", get(pages::people))
        .method_not_allowed_fallback(missing::method)
        .merge(api_routes(&web))
        .with_state(web.clone())
        .merge(files)
        .fallback_service(get(missing::address).with_state(web))
        .layer(axum::middleware::map_response(security::headers))
}

fn api_routes(web: &Arc<Web>) -> Router<Arc<Web>> {
    Router::new()
        .route("/api/openapi.json", get(openapi::serve))
        .route("/api/v1/conversations", get(api::list).post(api::plans::create))
        .route("/api/v1/conversations/{slug}", get(api::find).patch(api::plans::edit))
        .route("/api/v1/conversations/{slug}/start", post(api::start))
        .route("/api/v1/conversations/{slug}/hold", post(api::hold))
        .route("/api/v1/conversations/{slug}/resume", post(api::resume))
        .route("/api/v1/conversations/{slug}/end", post(api::end))
        .route("/api/v1/conversations/{slug}/cancel", post(api::plans::cancel))
        .route("/api/v1/conversations/{slug}/open", post(api::plans::open))
        .route("/api/v1/conversations/{slug}/invitations", get(api::invitations::list).post(api::invitations::invite))
        .route("/api/v1/conversations/{slug}/invitations/accept", post(api::invitations::accept))
        .route("/api/v1/conversations/{slug}/invitations/{id}/revoke", post(api::invitations::revoke))
        .route("/api/v1/me/conversations", get(api::plans::mine))
        .route("/api/v1/conversations/{slug}/tokens", post(api::issue))
        .route("/api/v1/conversations/{slug}/stage/me", post(api::stage::me))
        .route("/api/v1/conversations/{slug}/seats", post(api::seats::take))
        .route("/api/v1/conversations/{slug}/stage", post(api::stage::rules))
        .route("/api/v1/conversations/{slug}/stage/hand", post(api::stage::hand))
        .route("/api/v1/conversations/{slug}/stage/seats/{seat}", post(api::stage::seat))
        .merge(account_routes())
        .route("/api/v1/conversations/{slug}/floor", get(api::floor::now).post(api::floor::set))
        .route("/api/v1/conversations/{slug}/reactions", post(api::floor::react))
        .route("/api/v1/conversations/{slug}/chat", post(api::floor::say))
        .route("/api/v1/conversations/{slug}/chat/{id}/state", post(api::floor::hide))
        .route("/api/v1/conversations/{slug}/questions", post(api::floor::ask))
        .route("/api/v1/conversations/{slug}/questions/{id}/vote", post(api::floor::want))
        .route("/api/v1/conversations/{slug}/questions/{id}/state", post(api::floor::judge))
        .route("/api/v1/conversations/{slug}/polls", post(api::floor::open_poll))
        .route("/api/v1/conversations/{slug}/polls/{id}/vote", post(api::floor::choose))
        .route("/api/v1/conversations/{slug}/polls/{id}/close", post(api::floor::close_poll))
        .route("/api/v1/conversations/{slug}/pinned", post(api::floor::pin))
        .route_layer(axum::middleware::from_fn_with_state(web.clone(), who::enforce))
        // Before the layer, so that the layer sees the question that browsers ask first (OPTIONS).
        .method_not_allowed_fallback(missing::method)
        .layer(security::cors())
}

fn account_routes() -> Router<Arc<Web>> {
    use api::{accounts, audit, me, signing};
    Router::new()
        .route("/api/v1/sign-in/link", post(signing::link))
        .route("/api/v1/sign-in/password", post(signing::password))
        .route("/api/v1/sign-in/passkey/question", post(signing::passkey_question))
        .route("/api/v1/sign-in/passkey", post(signing::passkey))
        .route("/api/v1/sign-out", post(signing::sign_out))
        .route("/api/v1/me", get(me::me))
        .route("/api/v1/me/sessions", get(me::sessions).delete(me::end_other_sessions))
        .route("/api/v1/me/sessions/{session}", delete(me::end_session))
        .route("/api/v1/me/passkeys", get(me::passkeys).post(me::add_passkey))
        .route("/api/v1/me/passkeys/question", post(me::passkey_question))
        .route("/api/v1/me/passkeys/{passkey}", put(me::rename_passkey).delete(me::remove_passkey))
        .route("/api/v1/me/password", put(me::set_password))
        .route("/api/v1/me/profile", put(me::set_profile))
        .route("/api/v1/accounts", get(accounts::list).post(accounts::create))
        .route("/api/v1/accounts/{account}", get(accounts::find))
        .route("/api/v1/accounts/{account}/role", post(accounts::set_role))
        .route("/api/v1/accounts/{account}/suspend", post(accounts::suspend))
        .route("/api/v1/accounts/{account}/reinstate", post(accounts::reinstate))
        .route("/api/v1/accounts/{account}/reset", post(accounts::reset))
        .route("/api/v1/audit", get(audit::page))
        .route("/api/v1/audit.ndjson", get(audit::lines))
        .route("/api/v1/audit/verified", get(audit::verified))
}

#[cfg(test)]
mod tests;
