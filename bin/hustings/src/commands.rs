//! Commands that are not servers: each runs once, says one thing, and ends with an exit code.

pub(crate) mod account;
pub(crate) mod backup;
pub(crate) mod conversation;
pub(crate) mod doctor;
pub(crate) mod evidence;
pub(crate) mod kernel;
pub(crate) mod listen;
pub(crate) mod probe;
pub(crate) mod rehearse;
pub(crate) mod speak;
pub(crate) mod token;
pub(crate) mod verify;
pub(crate) mod witness;

use std::path::Path;

use hustings_store::Store;
use hustings_vocab::Place;

use crate::failure::Failure;

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

/// The records of a server that does not run: at the named database, or in its data folder.
async fn records(data: &Path, store: Option<&str>) -> Result<Store, Failure> {
    let place = match store {
        Some(url) => url.parse::<Place>().map_err(Failure::usage)?,
        None => Place::in_folder(data),
    };
    Ok(Store::open_at(data, place).await?)
}
