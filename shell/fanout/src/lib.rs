//! The audience's addresses: one endless stream, LL-HLS, events and the count of those who listen.
//!
//! A listener is a cursor into a shelf ([`hustings_link::hall`]): what is sent is what was packed once, by reference.
//! Nothing here encodes, and nothing waits on a listener: who is slow is moved forward, and who takes nothing is closed
//! by the shell that accepts connections. Deliberately absent: sockets, TLS, pages, who is given a ticket.

mod audience;
mod cache;
mod entry;
mod events;
mod here;
mod hls;
mod problem;
mod room;
mod stats;
mod stream;
mod warm;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{HeaderName, Method, header};
use hustings_link::desk::Desk;
use hustings_link::hall::Halls;
use hustings_vocab::Rendition;
use hustings_vocab::network::Network;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

pub use entry::Pages;
pub use stats::{Stats, stats};

use room::Room;

/// How long a browser may remember that any site may ask: two hours, the most that Chromium honours.
const CORS_MAX_AGE: Duration = Duration::from_secs(7200);

/// What the audience's addresses need beside the halls.
#[derive(Clone)]
pub struct FanoutConfig {
    /// The renditions that this build can make. The others are answered with 404.
    pub offered: Vec<Rendition>,
    /// Where a conversation without a hall is looked up, to say whether it has not begun, is over or never was. Without
    /// it each of these is 404.
    pub desk: Option<Arc<dyn Desk>>,
    /// Scheme and authority under which the audience reaches these addresses, without a slash at the end, for
    /// playlists that players keep (`live.m3u`). Without it, the request's `Host` with `http`.
    pub origin: Option<String>,
    /// Where pages are, for who is sent there.
    pub pages: Option<Pages>,
    /// Caches whose word on a client's address is taken, beside those on this machine.
    pub caches: Vec<Network>,
}

impl Default for FanoutConfig {
    fn default() -> Self {
        Self { offered: Rendition::ALL.to_vec(), desk: None, origin: None, pages: None, caches: Vec::new() }
    }
}

/// The audience's addresses under `/c/{slug}`. Any site may use them (CORS). Call it within a Tokio runtime: a task that
/// looks after the count of HLS listeners lives as long as the router.
///
/// Requests want a [`hustings_link::peer::Peer`] among their extensions; without one an HLS listener is counted only if
/// it names its session.
pub fn router(halls: Arc<Halls>, config: FanoutConfig) -> Router {
    let room = Arc::new(Room::new(halls, config));
    room::keep_counting(&room);
    Router::new()
        .route("/c/{slug}/live.mp4", get(stream::mp4))
        .route("/c/{slug}/live.ogg", get(stream::ogg))
        .route("/c/{slug}/live.aac", get(stream::aac))
        .route("/c/{slug}/live.m3u", get(stream::m3u))
        .route("/c/{slug}/hls/{playlist}", get(hls::playlist))
        .route("/c/{slug}/hls/{rendition}/{file}", get(hls::media))
        .route("/c/{slug}/hls/{folder}/{rendition}/{file}", get(hls::sealed))
        .route("/c/{slug}/events", get(events::events))
        .route("/c/{slug}/audience", get(audience::audience))
        .route("/c/{slug}/here", get(here::asked).post(here::report))
        .with_state(room)
        .layer(cors())
}

fn cors() -> CorsLayer {
    let exposed = ["icy-name", "icy-description", "icy-br", "icy-pub"].map(HeaderName::from_static);
    let exposed: Vec<_> = exposed.into_iter().chain([header::DATE, header::ETAG, header::RETRY_AFTER]).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(AllowHeaders::any())
        .expose_headers(exposed)
        .max_age(CORS_MAX_AGE)
}
