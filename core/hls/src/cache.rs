//! What caches between us and the audience may keep, and for how long.
//!
//! The figures are those of RFC 8216bis, section 6.2.6 (server recommendations for caching): what a blocking request
//! got stays true, what a plain request got is old at the next part.

use std::fmt;
use std::time::Duration;

use hustings_vocab::{SAMPLE_RATE, SEGMENT_SAMPLES};

/// `EXT-X-TARGETDURATION` in seconds: 1.92 s rounded up.
pub(crate) const TARGET_SECONDS: u64 = SEGMENT_SAMPLES.div_ceil(SAMPLE_RATE as u64);
/// A part, a segment, or a playlist that was waited for: six target durations.
pub(crate) const FOUND_SECONDS: u64 = 6 * TARGET_SECONDS;
/// A plain playlist: half a target duration.
pub(crate) const PLAIN_SECONDS: u64 = TARGET_SECONDS / 2;
/// Nothing there: one target duration.
pub(crate) const MISSING_SECONDS: u64 = TARGET_SECONDS;
/// The header of a rendition, which is equal for every conversation and every run of one version of this program.
pub const INIT_SECONDS: u64 = 3600;
/// How long a request is held for what will come: three target durations.
pub const WAIT_MAX: Duration = Duration::from_secs(3 * TARGET_SECONDS);

/// What `Cache-Control` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nobody keeps it.
    No,
    /// Everybody may keep it for so many seconds.
    For(u64),
    /// The same, and the address never means anything else meanwhile.
    Immutable(u64),
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No => f.write_str("no-store"),
            Self::For(seconds) => write!(f, "public, max-age={seconds}"),
            Self::Immutable(seconds) => write!(f, "public, max-age={seconds}, immutable"),
        }
    }
}
