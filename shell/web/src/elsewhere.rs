//! The audience's addresses at the public listener: a redirect to where they are.
//!
//! Sound and events are served by another listener, made for nothing else. Whoever composes an address by hand, from the
//! page's, is sent on. WHIP and WHEP are not here: clients lose their token on a redirect to another origin, so their
//! routers are put on the public listener itself.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, Uri, header};

use crate::links::{Origins, path_and_query};
use crate::problem::Problem;
use crate::site::Site;
use crate::{Web, WebState, missing, security};

/// What the audience's listener serves, by the last parts of its paths.
const PATHS: [&str; 8] = [
    "/c/{slug}/live.mp4",
    "/c/{slug}/live.ogg",
    "/c/{slug}/live.aac",
    "/c/{slug}/live.m3u",
    "/c/{slug}/hls/{playlist}",
    "/c/{slug}/hls/{rendition}/{file}",
    "/c/{slug}/events",
    "/c/{slug}/audience",
];

/// Redirects (307) from the audience's addresses to its listener. Merge it into the public router where the audience has
/// a listener of its own; where both share one, merge the audience's router instead.
pub fn elsewhere(state: WebState) -> Router {
    let WebState { desk, plans, tokens, people, accounts, floor, gate, links } = state;
    let guesses = crate::throttle::Guesses::default();
    let web =
        Arc::new(Web { desk, plans, guesses, tokens, people, accounts, floor, gate, links, site: Site::default() });
    PATHS
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, get(redirect)))
        .route("/c/{slug}/here", get(redirect).post(redirect))
        .method_not_allowed_fallback(missing::method)
        .with_state(web)
        .layer(security::cors())
        .layer(axum::middleware::map_response(security::headers))
}

async fn redirect(State(_): State<Arc<Web>>, origins: Origins, uri: Uri) -> Result<Response, Problem> {
    if origins.audience == origins.public {
        // A redirect to itself would go round for ever.
        return Err(Problem::not_found("this listener serves neither sound nor events"));
    }
    let to = format!("{}{}", origins.audience, path_and_query(&uri));
    let to = HeaderValue::try_from(to).map_err(|_| Problem::bad_request("the address holds what no address can"))?;
    let fields = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::TEMPORARY_REDIRECT, fields).into_response())
}
