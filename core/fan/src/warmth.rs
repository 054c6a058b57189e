//! Waiting for a rendition that was cold.
//!
//! What a cold shelf holds is stale, and its back-fill comes as a burst of old parts. A reader that began within the
//! burst would stay as far behind as the part it found first; so it begins when parts come at the pace of the sound, or
//! when the burst has been quiet for a moment and its last part is of now. A rendition that flows costs one look. Of the
//! wall clock only this much is asked: one that has stepped makes such a reader wait half a second longer.

use std::time::{Duration, Instant};

/// How long a reader waits for the first part: the stage answers within a tick; a stage that takes longer is in
/// trouble, and a client's own retry is better than a silent connection.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// A back-fill's parts follow each other within a few milliseconds; live ones are 190 ms apart.
const QUIET: Duration = Duration::from_millis(30);
/// A back-fill of [`hustings_vocab::limits::PCM_RING_SECONDS`] encodes in well under this.
const BURST_MAX: Duration = Duration::from_millis(500);

/// How parts have been coming to a shelf.
#[derive(Debug, Clone, Copy)]
pub struct Flowing {
    /// When the first part came after the last pause, and when the last part came; `None` if none came yet.
    pub since_and_last: Option<(Instant, Instant)>,
    /// The newest part ends within a second of what the wall clock says.
    pub of_now: bool,
    /// No part will follow.
    pub ended: bool,
}

/// What a reader does that found this much warmth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warmth {
    /// It begins: the newest part on the shelf is the live edge, or the shelf has ended.
    Ready,
    /// It looks again when a part comes, or at this moment.
    Wait(Instant),
    /// It is told to try again later.
    Cold,
}

impl Warmth {
    /// Five parts: what lies longer without a successor is no longer the live edge.
    pub const PAUSE: Duration = Duration::from_secs(1);
    /// When a reader that was told [`Warmth::Cold`] may try again.
    pub const RETRY_AFTER: Duration = Duration::from_secs(2);
    /// What it is told.
    pub const COLD: &str = "the sound of this conversation does not come from the stage at the moment; try again";

    /// What a reader finds `now` that has waited since `begun`.
    #[must_use]
    pub fn look(flow: Flowing, begun: Instant, now: Instant) -> Self {
        if flow.ended {
            return Self::Ready;
        }
        match flow.since_and_last {
            Some((since, last)) if now.duration_since(last) < Self::PAUSE => {
                // Of the parts before it came the reader knows nothing.
                let quiet_at = last.max(begun) + QUIET;
                match now.duration_since(since) < BURST_MAX {
                    false => Self::Ready,
                    true if now < quiet_at => Self::Wait(quiet_at),
                    true if flow.of_now => Self::Ready,
                    // A thread that was held up in the middle of the burst.
                    true => Self::Wait(now + QUIET),
                }
            }
            _ if now.duration_since(begun) >= WAIT_MAX => Self::Cold,
            _ => Self::Wait(begun + WAIT_MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_begins_when_the_burst_is_over_and_gives_up_on_silence() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let look = |flow: Option<(u64, u64)>, of_now, begun, now| {
            let since_and_last = flow.map(|(since, last)| (at(since), at(last)));
            Warmth::look(Flowing { since_and_last, of_now, ended: false }, at(begun), at(now))
        };
        assert_eq!(look(None, false, 0, 0), Warmth::Wait(at(3000)));
        assert_eq!(look(None, false, 0, 3000), Warmth::Cold);
        assert_eq!(look(Some((5, 8)), true, 0, 10), Warmth::Wait(at(38)));
        assert_eq!(look(Some((5, 8)), true, 0, 38), Warmth::Ready);
        assert_eq!(look(Some((5, 8)), false, 0, 38), Warmth::Wait(at(68)), "old parts are not the edge");
        assert_eq!(look(Some((0, 600)), false, 700, 700), Warmth::Ready, "a rendition that flows costs one look");
        assert_eq!(look(Some((0, 600)), true, 1600, 1600), Warmth::Wait(at(4600)), "it was cold meanwhile");
        let ended = Flowing { since_and_last: None, of_now: false, ended: true };
        assert_eq!(Warmth::look(ended, start, start), Warmth::Ready);
    }
}
