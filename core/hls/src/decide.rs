//! When a request can be answered, and with what: the decisions of [`hustings_pack::request`] as answers.

use std::sync::Arc;

use hustings_pack::request::{self, Answer, Directives, Media, Reload, Until};
use hustings_pack::{Part, Window};

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

/// Decides when a part or a segment is sent, and of which parts it is made.
#[must_use]
pub fn decide_media(window: &Window, media: Media) -> Decision<Vec<Arc<Part>>> {
    match request::media(window, media) {
        Answer::Ready(parts) => Decision::Now(parts),
        Answer::Wait { part_number } => Decision::Wait { part_number },
        Answer::Gone => Decision::Refuse(Refusal::gone()),
        Answer::NotFound => Decision::Refuse(Refusal::nothing()),
    }
}

/// How long a playlist stays true: what a blocking reload got for as long as it is listed, any other until the next part.
#[must_use]
pub const fn keep_of(until: Until) -> Keep {
    match until {
        Until::Any => Keep::For(PLAIN_SECONDS),
        Until::Segment(_) | Until::Part(_) => Keep::For(FOUND_SECONDS),
    }
}
