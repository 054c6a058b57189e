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
mod elsewhere;
mod escape;
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
mod view;
mod who;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use hustings_link::desk::Desk;
use hustings_link::floor::Floor;
use hustings_link::people::People;
use hustings_link::token::TokenCheck;

pub use elsewhere::elsewhere;
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
    /// Who recognises tokens.
    pub tokens: Arc<dyn TokenCheck>,
    /// Who is signed in.
    pub people: Arc<dyn People>,
    /// How the audience takes part.
    pub floor: Arc<dyn Floor>,
    /// Where the listeners are, as seen from outside.
    pub links: LinkConfig,
}

/// What every handler shares.
pub(crate) struct Web {
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) tokens: Arc<dyn TokenCheck>,
    pub(crate) people: Arc<dyn People>,
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
    let WebState { desk, tokens, people, floor, links } = state;
    let files = site.routes();
    let web = Arc::new(Web { desk, tokens, people, floor, links, site });
    Router::new()
        .route("/", get(pages::index))
        .route("/c/{slug}", get(pages::conversation))
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
        .route("/api/v1/conversations", get(api::list).post(api::create))
        .route("/api/v1/conversations/{slug}", get(api::find))
        .route("/api/v1/conversations/{slug}/start", post(api::start))
        .route("/api/v1/conversations/{slug}/hold", post(api::hold))
        .route("/api/v1/conversations/{slug}/resume", post(api::resume))
        .route("/api/v1/conversations/{slug}/end", post(api::end))
        .route("/api/v1/conversations/{slug}/cancel", post(api::cancel))
        .route("/api/v1/conversations/{slug}/tokens", post(api::issue))
        .route("/api/v1/conversations/{slug}/stage/me", post(api::me))
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

#[cfg(test)]
mod tests;
