//! Waiting for a rendition that was cold: the rules are those of [`Warmth`].

use std::time::Instant;

use hustings_fan::Warmth;
use hustings_link::hall::{Hall, Shelf};
use tokio::time::timeout_at;

use crate::problem::Problem;
use crate::stats::stats;

/// Returns once the newest part on the shelf is the live edge, or the shelf has ended. The caller has said that it
/// wants the rendition.
///
/// # Errors
/// 503 if nothing comes in time.
pub(crate) async fn flowing(hall: &Hall, shelf: &Shelf) -> Result<(), Problem> {
    let mut progress = shelf.progress();
    let begun = Instant::now();
    let mut waited = false;
    loop {
        progress.mark_unchanged();
        match Warmth::look(hall.flowing(shelf), begun, Instant::now()) {
            Warmth::Ready => return Ok(()),
            Warmth::Wait(until) => {
                if !std::mem::replace(&mut waited, true) {
                    stats().add_cold();
                }
                if let Ok(Err(_)) = timeout_at(until.into(), progress.changed()).await {
                    return Ok(());
                }
            }
            Warmth::Cold => {
                stats().add_unavailable();
                return Err(Problem::unavailable(Warmth::COLD, Warmth::RETRY_AFTER));
            }
        }
    }
}
