//! The private listener: is it alive, is it ready, and what does it say of itself.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use crate::missing;
use crate::problem::Problem;

/// What the process knows of its own health. Each answer comes at once; a reason is one sentence for the operator.
pub trait Health: Send + Sync + 'static {
    /// Whether the process works at all: its ticks run. When not, start it again.
    ///
    /// # Errors
    /// The reason why not.
    fn alive(&self) -> Result<(), String>;

    /// Whether it takes in new people: it has started and is not draining.
    ///
    /// # Errors
    /// The reason why not.
    fn ready(&self) -> Result<(), String>;
}

/// `/healthz`, `/readyz` and `/metrics`. `metrics` makes the document when it is asked for; see [`crate::Gauges`].
pub fn private_router(health: Arc<dyn Health>, metrics: Arc<dyn Fn() -> String + Send + Sync>) -> Router {
    let alive = health.clone();
    Router::new()
        .route("/healthz", get(move || async move { answer(alive.alive()) }))
        .route("/readyz", get(move || async move { answer(health.ready()) }))
        .route("/metrics", get(move || async move { document(metrics()) }))
        .method_not_allowed_fallback(missing::method)
        .fallback(|| async { Problem::not_found("here are /healthz, /readyz and /metrics") })
}

fn answer(state: Result<(), String>) -> Response {
    match state {
        Ok(()) => ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response(),
        Err(why) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, why).into_response(),
    }
}

fn document(text: String) -> Response {
    let fields =
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (fields, text).into_response()
}
