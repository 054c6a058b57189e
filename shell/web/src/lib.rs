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
mod cover;
mod elsewhere;
mod escape;
mod evidence;
mod gauges;
mod languages;
mod links;
mod missing;
mod misused;
mod openapi;
mod pages;
mod private;
mod problem;
mod prometheus;
pub mod rights;
pub mod scopes;
mod security;
mod site;
mod template;
mod throttle;
mod tickets;
mod upload;
mod view;
mod who;

use std::sync::Arc;

use axum::routing::{delete, get, patch, post, put};
use axum::{Extension, Router};
use hustings_link::accounts::Accounts;
use hustings_link::api_keys::ApiKeys;
use hustings_link::cases::Cases;
use hustings_link::desk::Desk;
use hustings_link::floor::Floor;
use hustings_link::gatekeeper::Gatekeeper;
use hustings_link::people::People;
use hustings_link::plans::Plans;
use hustings_link::production::Production;
use hustings_link::room::Rooms;
use hustings_link::token::TokenCheck;
use hustings_link::webhooks::Webhooks;

pub use elsewhere::elsewhere;
pub use evidence::evidence_router;
pub use gauges::{Edges, Gauges, Histogram};
pub use languages::{BadLanguage, Findings, Language};
pub use links::{Address, BadOrigin, LinkConfig, Origin, Scheme};
pub use openapi::document as openapi;
pub use private::{Health, private_router};
pub use prometheus::{Kind, Text};
pub use tickets::tickets;
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
    /// How programs of others ask.
    pub keys: Arc<dyn ApiKeys>,
    /// How they are told.
    pub webhooks: Arc<dyn Webhooks>,
    /// How the audience takes part.
    pub floor: Arc<dyn Floor>,
    /// What is prepared and used while it runs.
    pub production: Arc<dyn Production>,
    /// What was reported, and what became of it.
    pub cases: Arc<dyn Cases>,
    /// Who lets the audience in; none where nobody is asked.
    pub gate: Option<Arc<dyn Gatekeeper>>,
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
    pub(crate) keys: Arc<dyn ApiKeys>,
    pub(crate) webhooks: Arc<dyn Webhooks>,
    pub(crate) floor: Arc<dyn Floor>,
    pub(crate) production: Arc<dyn Production>,
    pub(crate) cases: Arc<dyn Cases>,
    pub(crate) gate: Option<Arc<dyn Gatekeeper>>,
    pub(crate) links: LinkConfig,
    pub(crate) site: Site,
}

impl Web {
    fn new(state: WebState, site: Site) -> Self {
        let WebState { desk, plans, tokens, people, accounts, keys, webhooks, floor, production, cases, gate, links } =
            state;
        let guesses = throttle::Guesses::default();
        Self {
            desk,
            plans,
            guesses,
            tokens,
            people,
            accounts,
            keys,
            webhooks,
            floor,
            production,
            cases,
            gate,
            links,
            site,
        }
    }
}

/// The public listener: `/`, `/c/{slug}`, the files of the pages, `/api/v1/…` and `/api/openapi.json`. It brings a
/// fallback (404) of its own; routers without one can be merged into it.
pub fn router(state: WebState) -> Router {
    with_site(state, Site::embedded(&[]))
}

/// The same, in these languages beside English and German, by who knows the rooms.
pub fn router_in(state: WebState, languages: &[Language], rooms: Arc<dyn Rooms>) -> Router {
    with_site(state, Site::embedded(languages)).layer(Extension(rooms))
}

fn with_site(state: WebState, site: Site) -> Router {
    let files = site.routes();
    let web = Arc::new(Web::new(state, site));
    Router::new()
        .route("/", get(pages::index))
        .route("/c/{slug}", get(pages::conversation))
        .route("/c/{slug}/calendar.ics", get(calendar::one))
        .route("/c/{slug}/cover.jpg", get(cover::one))
        .route("/calendar.ics", get(calendar::feed))
        .route("/plan", get(pages::plan))
        .route("/account", get(pages::account))
        .route("/people", get(pages::people))
        .route("/offline", get(pages::offline))
        .route("/cases", get(pages::cases))
        .method_not_allowed_fallback(missing::method)
        .merge(api_routes(&web))
        .with_state(web.clone())
        .merge(files)
        .fallback_service(get(missing::address).with_state(web))
        .layer(axum::middleware::from_fn(misused::count))
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
        .route("/api/v1/conversations/{slug}/tickets", post(api::tickets::link))
        .route("/api/v1/rehearsals", post(api::tickets::rehearse))
        .route("/api/v1/conversations/{slug}/stage/me", post(api::stage::me))
        .route("/api/v1/conversations/{slug}/seats", post(api::seats::take))
        .route("/api/v1/conversations/{slug}/stage", post(api::stage::rules))
        .route("/api/v1/conversations/{slug}/stage/hand", post(api::stage::hand))
        .route("/api/v1/conversations/{slug}/room", get(api::room::room))
        .route("/api/v1/conversations/{slug}/stage/seats/{seat}", post(api::stage::seat))
        .merge(account_routes())
        .merge(production_routes())
        .merge(api::cases::routes())
        .merge(program_routes())
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

fn production_routes() -> Router<Arc<Web>> {
    use api::production;
    Router::new()
        .route("/api/v1/conversations/{slug}/clips", get(production::clips).post(production::bring))
        .route("/api/v1/conversations/{slug}/clips/stop", post(production::stop))
        .route("/api/v1/conversations/{slug}/clips/{id}", patch(production::rename).delete(production::discard))
        .route("/api/v1/conversations/{slug}/clips/{id}/play", post(production::play))
        .route("/api/v1/conversations/{slug}/lobby-sound", put(production::set_lobby_sound))
        .route("/api/v1/conversations/{slug}/cover", put(production::set_cover).delete(production::remove_cover))
        .route("/api/v1/conversations/{slug}/stage/cue", get(production::next_cue))
        .route("/api/v1/conversations/{slug}/stage/seats/{seat}/cue", post(production::cue))
}

fn program_routes() -> Router<Arc<Web>> {
    use api::{keys, webhooks};
    Router::new()
        .route("/api/v1/me/keys", get(keys::list).post(keys::make))
        .route("/api/v1/me/keys/{key}", delete(keys::revoke))
        .route("/api/v1/webhooks", get(webhooks::list).post(webhooks::make_own))
        .route("/api/v1/webhooks/site", post(webhooks::make_sites))
        .route("/api/v1/webhooks/{webhook}", get(webhooks::find).delete(webhooks::remove))
        .route("/api/v1/webhooks/{webhook}/test", post(webhooks::test))
        .route("/api/v1/webhooks/{webhook}/deliveries", get(webhooks::deliveries))
        .route("/api/v1/webhooks/{webhook}/deliveries/{delivery}", post(webhooks::again))
}

fn account_routes() -> Router<Arc<Web>> {
    use api::{accounts, audit, identities, me, signing};
    Router::new()
        .route("/api/v1/sign-in/link", post(signing::link))
        .route("/api/v1/sign-in/mail", post(signing::mail))
        .route("/api/v1/sign-in/password", post(signing::password))
        .route("/api/v1/sign-in/passkey/question", post(signing::passkey_question))
        .route("/api/v1/sign-in/passkey", post(signing::passkey))
        .route("/api/v1/sign-in/oidc", post(identities::depart))
        .route("/api/v1/sign-in/oidc/callback", get(identities::callback))
        .route("/api/v1/me/identities", get(identities::list).post(identities::link))
        .route("/api/v1/me/identities/{identity}", delete(identities::remove))
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
