//! When a request can be answered, and with what: the decisions of [`hustings_pack::request`] as answers.

use std::sync::Arc;

use hustings_pack::request::{self, Answer, Directives, Media, Reload, Until};
use hustings_pack::{PARTS_PER_SEGMENT, Part, Window};
use hustings_vocab::{SAMPLE_RATE, SEGMENT_SAMPLES};

use crate::cache::{FOUND_SECONDS, Keep, PLAIN_SECONDS};
use crate::refusal::Refusal;

/// What a window says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<T> {
    /// It is answered now.
    Now(T),
    /// Once this part, or a later one, is published or the conversation ends: then decide again.
    Wait {
        /// Its number.
        part_number: u64,
    },
    /// It is refused.
    Refuse(Refusal),
}

/// Decides when a media playlist is sent.
#[must_use]
pub fn decide_playlist(window: &Window, directives: Directives) -> Decision<()> {
    match request::reload(window, directives.until) {
        Reload::Now => Decision::Now(()),
        Reload::Wait { part_number } => Decision::Wait { part_number },
        Reload::TooFar => Decision::Refuse(Refusal::too_far()),
    }
}

/// Decides when a part or a segment is sent, and of which parts it is made, in a conversation whose media time began
/// `elapsed_s` ago by a clock that may be an hour wrong.
#[must_use]
pub fn decide_media(window: &Window, media: Media, elapsed_s: u64) -> Decision<Vec<Arc<Part>>> {
    let beyond = (elapsed_s + 3600) * u64::from(SAMPLE_RATE) / SEGMENT_SAMPLES * PARTS_PER_SEGMENT;
    match request::media(window, media, beyond) {
        Answer::Ready(parts) => Decision::Now(parts),
        Answer::Wait { part_number } => Decision::Wait { part_number },
        Answer::Gone => Decision::Refuse(Refusal::gone()),
        Answer::NotFound => Decision::Refuse(Refusal::nothing()),
    }
}

/// How long a playlist of this window stays true: what a blocking reload got, or what has ended, for as long as it is listed;
/// any other until the next segment is whole. The seconds are rounded up, so that a shared cache asks just after that moment
/// and not twice before.
#[must_use]
pub fn keep_of(window: &Window, until: Until) -> Keep {
    match (window.parts().back(), until) {
        (Some(last), Until::Any) if !window.ended() => {
            let left = SEGMENT_SAMPLES - (last.start.0 + u64::from(last.samples)) % SEGMENT_SAMPLES;
            Keep::Apart(PLAIN_SECONDS, left.div_ceil(u64::from(SAMPLE_RATE)))
        }
        _ => Keep::For(FOUND_SECONDS),
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::MediaTime;

    use super::*;

    #[test]
    fn a_shared_cache_asks_for_a_plain_playlist_once_in_each_segment() {
        let window = |edge: u64| {
            let mut window = Window::new(1, 0);
            let part = Part {
                number: edge / 9216 - 1,
                start: MediaTime(edge - 9216),
                samples: 9216,
                cmaf: Default::default(),
                raw: Default::default(),
                discontinuity: false,
            };
            window.push(Arc::new(part));
            window
        };
        // Asked by a cache that counts to the millisecond, while parts come every 192 ms, from any moment on.
        for begin in 20..212 {
            let mut ms = begin * 10;
            let mut last = None;
            for _ in 0..500 {
                let edge = ms / 192 * 9216;
                let Keep::Apart(1, shared) = keep_of(&window(edge), Until::Any) else { panic!("at {ms} ms") };
                let segment = edge / SEGMENT_SAMPLES;
                assert!(last.is_none_or(|last| segment == last + 1), "at {ms} ms: {shared} s");
                last = Some(segment);
                ms += shared * 1000;
            }
        }
        assert_eq!(keep_of(&window(9216), Until::Part(0)), Keep::For(FOUND_SECONDS));
        let mut over = window(9216);
        over.end();
        assert_eq!(keep_of(&over, Until::Any), Keep::For(FOUND_SECONDS));
    }
}
