//! Commands that are not servers: each runs once, says one thing, and ends with an exit code.

pub(crate) mod account;
pub(crate) mod conversation;
pub(crate) mod doctor;
pub(crate) mod listen;
pub(crate) mod rehearse;
pub(crate) mod speak;
pub(crate) mod token;

/// Returns at SIGINT or SIGTERM.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
