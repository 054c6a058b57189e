//! What caches between us and the audience may keep, and for how long.
//!
//! The figures are those of RFC 8216bis, section 6.2.6 (server recommendations for caching): what a blocking request
//! got stays true. What a plain request got lacks only parts until the next whole segment, so shared caches keep it until
//! then and ask once a segment; a browser's own cache, whose player wants the newest, keeps it half as long. Refusals that
//! are the same for everybody are kept for a moment too: a cache that may not keep them passes on every request for minutes
//! (Varnish calls that hit-for-miss), in which each of a crowd would ask for itself.

use std::fmt;
use std::time::Duration;

use hustings_vocab::{SAMPLE_RATE, SEGMENT_SAMPLES};

/// `EXT-X-TARGETDURATION` in seconds: 1.92 s rounded up.
pub(crate) const TARGET_SECONDS: u64 = SEGMENT_SAMPLES.div_ceil(SAMPLE_RATE as u64);
/// A part, a segment, or a playlist that was waited for: six target durations.
pub(crate) const FOUND_SECONDS: u64 = 6 * TARGET_SECONDS;
/// A plain playlist in a browser's own cache: half a target duration.
pub(crate) const PLAIN_SECONDS: u64 = TARGET_SECONDS / 2;
/// Nothing there: one target duration.
pub(crate) const MISSING_SECONDS: u64 = TARGET_SECONDS;
/// Not there at the moment, or no longer: a player's wait before it asks again.
pub(crate) const REFUSED_SECONDS: u64 = 1;
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
    /// A client's own cache may keep it for so many seconds, and one that many share for so many.
    Apart(u64, u64),
    /// Everybody may keep it for so many seconds, and the address never means anything else meanwhile.
    Immutable(u64),
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No => f.write_str("no-store"),
            Self::For(seconds) => write!(f, "public, max-age={seconds}"),
            Self::Apart(own, shared) => write!(f, "public, max-age={own}, s-maxage={shared}"),
            Self::Immutable(seconds) => write!(f, "public, max-age={seconds}, immutable"),
        }
    }
}
