//! Whose request it is, where a cache or a proxy in front asks for somebody: then limits by source see that somebody.
//!
//! One place for all that the pages' listener serves. The word of `audience.caches`, and of this machine, is taken; anybody
//! else's `X-Forwarded-For` is only text.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hustings_link::peer::Peer;
use hustings_vocab::network::{self, Network};

/// A layer of a router: `from_fn_with_state(believed, forwarded::source)`.
pub(crate) async fn source(State(believed): State<Arc<[Network]>>, mut request: Request, next: Next) -> Response {
    let told = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    if let Some(peer) = request.extensions().get::<Peer>()
        && !peer.operator
    {
        let from = network::client(peer.addr.ip(), told, &believed);
        if from != peer.addr.ip().to_canonical() {
            let mut peer = peer.clone();
            peer.addr.set_ip(from);
            request.extensions_mut().insert(peer);
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::body::Body;
    use axum::routing::get;
    use axum::{Extension, Router};
    use tower::ServiceExt;

    use super::*;

    async fn seen(from: &str, told: &str) -> IpAddr {
        let believed: Arc<[Network]> = Arc::new(["198.51.100.0/24".parse().unwrap()]);
        let (sent, mut told_of) = tokio::sync::mpsc::unbounded_channel();
        let app = Router::new()
            .route("/", get(async move |Extension(peer): Extension<Peer>| sent.send(peer.addr.ip()).unwrap()))
            .layer(axum::middleware::from_fn_with_state(believed, source));
        let (peer, _open) = Peer::new((from.parse::<IpAddr>().unwrap(), 9).into(), false);
        let mut request = Request::get("/").header("x-forwarded-for", told).body(Body::empty()).unwrap();
        request.extensions_mut().insert(peer);
        app.oneshot(request).await.unwrap();
        told_of.recv().await.unwrap()
    }

    #[tokio::test]
    async fn only_who_is_believed_speaks_for_others() {
        assert_eq!(seen("198.51.100.7", "203.0.113.1, 203.0.113.9").await.to_string(), "203.0.113.9");
        assert_eq!(seen("192.0.2.1", "203.0.113.9").await.to_string(), "192.0.2.1");
        assert_eq!(seen("198.51.100.7", "nonsense").await.to_string(), "198.51.100.7");
    }
}
