//! What a player asks for over LL-HLS, and when it is answered (RFC 8216bis, section 6.2.5).
//!
//! Text parses once into numbers; what is decided from a number and a [`Window`] is a value, not an error, so the shell
//! only waits and answers. After a wait it asks again: the window may have moved meanwhile. Deliberately absent: how long
//! a wait may last, which is the shell's to bound.

use std::sync::Arc;

use crate::{Fetch, PART_TARGET_MS, PARTS_PER_SEGMENT, Part, Window};

/// Part numbers are below this, so that no arithmetic on one that a stranger sent can overflow: 200 million years.
const NUMBER_MAX: u64 = u64::MAX / (64 * PARTS_PER_SEGMENT);
/// The Advance Part Limit (RFC 8216bis, section 6.2.5.2): three seconds of parts.
const ADVANCE_PARTS: u64 = 3000 / PART_TARGET_MS as u64;
/// Segments that a reload may be ahead of the last one (RFC 8216bis, section 6.2.5.2).
const ADVANCE_SEGMENTS: u64 = 2;
/// Parts beyond the hinted one that are waited for all the same: a cache may ask one server for what the playlist of
/// another, which is a second ahead, has listed.
const LAG_PARTS: u64 = 5;

/// Why a request cannot be understood. The status is 400 for a query and 404 for a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// A number is missing, not decimal, or absurd.
    #[error("{0} is a decimal number, like the ones in the playlist")]
    Number(&'static str),
    /// A directive is given twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// `_HLS_part` without `_HLS_msn`.
    #[error("_HLS_part needs _HLS_msn beside it")]
    PartWithoutMsn,
    /// Neither `{msn}.m4s` nor `{msn}.{part}.m4s`.
    #[error("the names of media are {{msn}}.m4s and {{msn}}.{{part}}.m4s, with parts 0 to 9")]
    Name,
}

/// Which playlist a blocking reload asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Any: answer with what there is.
    Any,
    /// One that has this whole segment.
    Segment(u64),
    /// One that has this part; a part index of ten or more means the first part of the next segment.
    Part(u64),
}

/// How much of the playlist is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Full,
    /// A delta update: segments beyond the skip boundary may be left out.
    Delta,
}

/// The delivery directives of a playlist request. Unknown ones are ignored, and so is an unknown kind of `_HLS_skip`,
/// because a full playlist answers every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directives {
    /// `_HLS_msn` and `_HLS_part`.
    pub until: Until,
    /// `_HLS_skip`.
    pub extent: Extent,
}

impl Directives {
    /// Reads a query string, without its question mark; empty if there is none.
    ///
    /// # Errors
    /// [`BadRequest`], never [`BadRequest::Name`].
    pub fn parse(query: &str) -> Result<Self, BadRequest> {
        let (mut msn, mut part, mut extent) = (None, None, Extent::Full);
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "_HLS_msn" => once(&mut msn, "_HLS_msn", value)?,
                "_HLS_part" => once(&mut part, "_HLS_part", value)?,
                "_HLS_skip" if matches!(value, "YES" | "v2") => extent = Extent::Delta,
                _ => {}
            }
        }
        let until = match (msn, part) {
            (None, None) => Until::Any,
            (None, Some(_)) => return Err(BadRequest::PartWithoutMsn),
            (Some(msn), None) => Until::Segment(msn),
            (Some(msn), Some(part)) if part < PARTS_PER_SEGMENT => Until::Part(msn * PARTS_PER_SEGMENT + part),
            (Some(msn), Some(_)) => Until::Part((msn + 1) * PARTS_PER_SEGMENT),
        };
        Ok(Self { until, extent })
    }
}

/// When a playlist request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// Now.
    Now,
    /// Once this part, or a later one, is published or the conversation ends: then decide again.
    Wait {
        /// Its number.
        part_number: u64,
    },
    /// It asks for the far future: 400.
    TooFar,
}

/// Decides when a request for the media playlist is answered. Nobody gets a playlist without a whole segment, because
/// players that do not know parts give up on it, so even a plain request may wait.
#[must_use]
pub fn reload(window: &Window, until: Until) -> Reload {
    let Some(next) = window.next() else {
        return if window.ended() { Reload::Now } else { Reload::Wait { part_number: 0 } };
    };
    if window.ended() {
        return Reload::Now;
    }
    // The first segment that can be listed is the first that the window holds from its first part on.
    let oldest = next - window.parts().len() as u64;
    let listed = oldest.next_multiple_of(PARTS_PER_SEGMENT) + PARTS_PER_SEGMENT - 1;
    let wanted = match until {
        Until::Any => listed,
        Until::Segment(msn) if msn > next / PARTS_PER_SEGMENT + ADVANCE_SEGMENTS => return Reload::TooFar,
        Until::Segment(msn) => listed.max((msn + 1) * PARTS_PER_SEGMENT - 1),
        Until::Part(number) if number >= next + ADVANCE_PARTS => return Reload::TooFar,
        Until::Part(number) => listed.max(number),
    };
    if wanted < next { Reload::Now } else { Reload::Wait { part_number: wanted } }
}

/// A media file that a playlist names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// A whole segment, by media sequence number: `{msn}.m4s`.
    Segment(u64),
    /// A part, by part number: `{msn}.{index}.m4s`.
    Part(u64),
}

impl Media {
    /// Reads a file name.
    ///
    /// # Errors
    /// [`BadRequest::Number`] or [`BadRequest::Name`].
    pub fn parse(name: &str) -> Result<Self, BadRequest> {
        let stem = name.strip_suffix(".m4s").ok_or(BadRequest::Name)?;
        let Some((msn, index)) = stem.split_once('.') else {
            return Ok(Self::Segment(number("the segment", stem)?));
        };
        let (msn, index) = (number("the segment", msn)?, number("the part", index)?);
        if index >= PARTS_PER_SEGMENT {
            return Err(BadRequest::Name);
        }
        Ok(Self::Part(msn * PARTS_PER_SEGMENT + index))
    }

    /// The numbers of the first and the last part it is made of.
    const fn parts(self) -> (u64, u64) {
        match self {
            Self::Segment(msn) => (msn * PARTS_PER_SEGMENT, (msn + 1) * PARTS_PER_SEGMENT - 1),
            Self::Part(number) => (number, number),
        }
    }
}

/// How a media request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// With the `cmaf` of these parts, one after the other.
    Ready(Vec<Arc<Part>>),
    /// Once this part, or a later one, is published or the conversation ends: then decide again.
    Wait {
        /// Its number.
        part_number: u64,
    },
    /// It has left the window, or was never made: 410.
    Gone,
    /// It is not yet named by any playlist, or never will be: 404.
    NotFound,
}

/// Decides how a request for a part or a segment is answered. No part of `beyond` or later can be for long, whatever the
/// window knows: an empty one cannot say itself what is too far ahead to be waited for, and one that is not full may be about to
/// be filled with what others already have.
#[must_use]
pub fn media(window: &Window, media: Media, beyond: u64) -> Answer {
    let (first, last) = media.parts();
    let held = match media {
        Media::Segment(msn) => window.segment(msn),
        Media::Part(number) => match window.part(number) {
            Fetch::Ready(part) => Some(vec![part]),
            _ => None,
        },
    };
    if let Some(parts) = held {
        return Answer::Ready(parts);
    }
    match (window.part(first), window.next()) {
        (Fetch::Gone { .. }, _) => Answer::Gone,
        (Fetch::Ended, _) => Answer::NotFound,
        (_, Some(next)) if last > next + window.room().max(LAG_PARTS) => Answer::NotFound,
        (_, None) if last >= beyond => Answer::NotFound,
        _ => Answer::Wait { part_number: last },
    }
}

fn once(slot: &mut Option<u64>, what: &'static str, text: &str) -> Result<(), BadRequest> {
    match slot.replace(number(what, text)?) {
        None => Ok(()),
        Some(_) => Err(BadRequest::Twice(what)),
    }
}

/// A decimal-integer (RFC 8216bis, section 4.2): digits alone.
fn number(what: &'static str, text: &str) -> Result<u64, BadRequest> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.filter(|n| *n <= NUMBER_MAX).ok_or(BadRequest::Number(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_from_any_query() {
        let parsed = |query| Directives::parse(query).map(|d| (d.until, d.extent));
        assert_eq!(parsed(""), Ok((Until::Any, Extent::Full)));
        assert_eq!(parsed("ticket=a&_HLS_msn=7&_HLS_part=3"), Ok((Until::Part(73), Extent::Full)));
        assert_eq!(parsed("_HLS_msn=7&_HLS_skip=YES"), Ok((Until::Segment(7), Extent::Delta)));
        assert_eq!(parsed("_HLS_skip=v2"), Ok((Until::Any, Extent::Delta)));
        assert_eq!(parsed("_HLS_skip=later&_HLS_new=1&&="), Ok((Until::Any, Extent::Full)));
        assert_eq!(parsed("_HLS_part=3"), Err(BadRequest::PartWithoutMsn));
        assert_eq!(parsed("_HLS_msn=7&_HLS_msn=7"), Err(BadRequest::Twice("_HLS_msn")));
        for bad in
            ["_HLS_msn", "_HLS_msn=", "_HLS_msn=-1", "_HLS_msn=+1", "_HLS_msn=1e3", "_HLS_msn=99999999999999999999"]
        {
            assert_eq!(parsed(bad), Err(BadRequest::Number("_HLS_msn")), "{bad}");
        }
    }

    #[test]
    fn media_names_are_those_of_the_playlist_alone() {
        assert_eq!(Media::parse("12.m4s"), Ok(Media::Segment(12)));
        assert_eq!(Media::parse("12.9.m4s"), Ok(Media::Part(129)));
        for bad in ["", "12", "12.mp4", "12.10.m4s"] {
            assert_eq!(Media::parse(bad), Err(BadRequest::Name), "{bad}");
        }
        for bad in [".m4s", "..m4s", "a.m4s", "1.2.3.m4s", "1.%30.m4s", "18446744073709551616.m4s", "١.m4s"] {
            assert!(matches!(Media::parse(bad), Err(BadRequest::Number(_))), "{bad}");
        }
    }
}
