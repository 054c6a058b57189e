//! Waiting for a rendition that was cold.
//!
//! What a cold shelf holds is stale, and its back-fill comes as a burst of old parts. A reader that began within the
//! burst would stay as far behind as the part it found first; so it begins when parts come at the pace of the sound, or
//! when the burst has been quiet for a moment and its last part is of now. A rendition that flows costs one look at the
//! shelf. Of the wall clock only this much is asked: one that has stepped makes such a reader wait half a second longer.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hustings_link::hall::{Flow, Hall, Shelf};
use hustings_vocab::SAMPLE_RATE;
use tokio::time::{timeout, timeout_at};

use crate::problem::Problem;
use crate::stats::stats;

/// How long a reader waits for the first part: the stage answers within a tick; a stage that takes longer is in
/// trouble, and a client's own retry is better than a silent connection.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// A back-fill's parts follow each other within a few milliseconds; live ones are 190 ms apart.
const QUIET: Duration = Duration::from_millis(30);
/// A back-fill of [`hustings_vocab::limits::PCM_RING_SECONDS`] encodes in well under this.
const BURST_MAX: Duration = Duration::from_millis(500);

/// Returns once the newest part on the shelf is the live edge, or the shelf has ended. The caller has said that it
/// wants the rendition.
///
/// # Errors
/// 503 if nothing comes within [`WAIT_MAX`].
pub(crate) async fn flowing(hall: &Hall, shelf: &Shelf) -> Result<(), Problem> {
    let mut progress = shelf.progress();
    let deadline = tokio::time::Instant::now() + WAIT_MAX;
    let mut waited = false;
    loop {
        if progress.borrow_and_update().ended {
            return Ok(());
        }
        let pace = pace(shelf.flow(), Instant::now());
        if pace != Pace::Steady && !waited {
            waited = true;
            stats().add_cold();
        }
        match pace {
            Pace::Steady => return Ok(()),
            Pace::Burst => match timeout(QUIET, progress.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ok(()),
                Err(_) if is_of_now(hall, shelf) => return Ok(()),
                // A thread that was held up in the middle of the burst.
                Err(_) => {}
            },
            Pace::Paused => match timeout_at(deadline, progress.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => {
                    stats().add_unavailable();
                    let detail = "the sound of this conversation does not come from the stage at the moment; try again";
                    return Err(Problem::unavailable(detail, Duration::from_secs(2)));
                }
            },
        }
    }
}

/// Whether the newest part ends within a second of what the wall clock says.
fn is_of_now(hall: &Hall, shelf: &Shelf) -> bool {
    let edge = shelf.look(|w| w.parts().back().map_or(0, |p| p.start.0 + u64::from(p.samples)));
    let edge_ms = hall.epoch_ms + edge * 1000 / u64::from(SAMPLE_RATE);
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
    now_ms.abs_diff(edge_ms) < 1000
}

#[derive(Debug, PartialEq, Eq)]
enum Pace {
    Paused,
    Burst,
    Steady,
}

fn pace(flow: Option<Flow>, now: Instant) -> Pace {
    match flow {
        Some(f) if now.duration_since(f.last) >= Flow::PAUSE => Pace::Paused,
        Some(f) if now.duration_since(f.since) < BURST_MAX => Pace::Burst,
        Some(_) => Pace::Steady,
        None => Pace::Paused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_is_paused_then_bursts_then_flows_and_pauses_again() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(pace(None, start), Pace::Paused);
        assert_eq!(pace(Some(Flow { since: at(0), last: at(3) }), at(5)), Pace::Burst);
        assert_eq!(pace(Some(Flow { since: at(0), last: at(600) }), at(700)), Pace::Steady);
        assert_eq!(pace(Some(Flow { since: at(0), last: at(600) }), at(1600)), Pace::Paused);
    }
}
