//! What caches between us and the audience may keep, and for how long.
//!
//! The figures are those of RFC 8216bis, section 6.2.6 (server recommendations for caching): what a blocking request
//! got stays true, what a plain request got is old at the next part.

use http::HeaderValue;
use hustings_vocab::{SAMPLE_RATE, SEGMENT_SAMPLES};

/// `EXT-X-TARGETDURATION` in seconds: 1.92 s rounded up.
pub(crate) const TARGET_SECONDS: u64 = SEGMENT_SAMPLES.div_ceil(SAMPLE_RATE as u64);
/// A part, a segment, or a playlist that was waited for: six target durations.
pub(crate) const FOUND_SECONDS: u64 = 6 * TARGET_SECONDS;
/// A plain playlist: half a target duration.
pub(crate) const PLAIN_SECONDS: u64 = TARGET_SECONDS / 2;
/// Nothing there: one target duration.
pub(crate) const MISSING_SECONDS: u64 = TARGET_SECONDS;

/// `public, max-age=N`.
pub(crate) fn public(seconds: u64) -> HeaderValue {
    value(&format!("public, max-age={seconds}"))
}

/// `public, max-age=N, immutable`: the address never means anything else while it is kept.
pub(crate) fn immutable(seconds: u64) -> HeaderValue {
    value(&format!("public, max-age={seconds}, immutable"))
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ASCII digits and letters are a header value")
}
