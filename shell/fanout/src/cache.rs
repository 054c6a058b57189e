//! What caches between us and the audience may keep, and for how long.
//!
//! The figures are those of RFC 8216bis, section 6.2.6 (server recommendations for caching): what a blocking request
//! got stays true. What a plain request got lacks only parts until the next whole segment, so shared caches keep it until
//! then and ask once a segment; a browser's own cache, whose player wants the newest, keeps it half as long. Refusals that
//! are the same for everybody are kept for a moment too: a cache that may not keep them passes on every request for minutes
//! (Varnish calls that hit-for-miss), in which each of a crowd would ask for itself.

use http::HeaderValue;
use hustings_vocab::{MediaTime, SAMPLE_RATE, SEGMENT_SAMPLES};

/// `EXT-X-TARGETDURATION` in seconds: 1.92 s rounded up.
pub(crate) const TARGET_SECONDS: u64 = SEGMENT_SAMPLES.div_ceil(SAMPLE_RATE as u64);
/// A part, a segment, or a playlist that was waited for: six target durations.
pub(crate) const FOUND_SECONDS: u64 = 6 * TARGET_SECONDS;
/// A plain playlist in a browser's own cache: half a target duration.
const PLAIN_SECONDS: u64 = TARGET_SECONDS / 2;
/// Nothing there: one target duration.
pub(crate) const MISSING_SECONDS: u64 = TARGET_SECONDS;
/// Not there at the moment, or no longer: a player's wait before it asks again.
pub(crate) const REFUSED_SECONDS: u64 = 1;

/// `public, max-age=N`.
pub(crate) fn public(seconds: u64) -> HeaderValue {
    value(&format!("public, max-age={seconds}"))
}

/// `public, max-age=N, immutable`: the address never means anything else while it is kept.
pub(crate) fn immutable(seconds: u64) -> HeaderValue {
    value(&format!("public, max-age={seconds}, immutable"))
}

/// A plain playlist whose last part ends at this sample. The seconds are rounded up, so that a cache asks just after a
/// segment has become whole and not twice before.
pub(crate) fn plain(edge: MediaTime) -> HeaderValue {
    let left = SEGMENT_SAMPLES - edge.0 % SEGMENT_SAMPLES;
    value(&format!("public, max-age={PLAIN_SECONDS}, s-maxage={}", left.div_ceil(u64::from(SAMPLE_RATE))))
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ASCII digits and letters are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_cache_asks_for_a_plain_playlist_once_in_each_segment() {
        // Asked by a cache that counts to the millisecond, while parts come every 192 ms, from any moment on.
        for begin in 0..192 {
            let mut ms = begin * 10;
            let mut last = None;
            for _ in 0..500 {
                let edge = MediaTime(ms / 192 * 192 * 48);
                let text = plain(edge).to_str().unwrap().to_owned();
                let keep: u64 = text.rsplit('=').next().unwrap().parse().unwrap();
                let segment = edge.0 / SEGMENT_SAMPLES;
                assert!(last.is_none_or(|last| segment == last + 1), "at {ms} ms: {text}");
                last = Some(segment);
                ms += keep * 1000;
            }
        }
    }
}
