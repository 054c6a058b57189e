//! What caches between us and the audience may keep, as header fields. The figures of HLS are in `hustings_hls`.

use http::HeaderValue;
use hustings_hls::Keep;

/// `public, max-age=N`.
pub(crate) fn public(seconds: u64) -> HeaderValue {
    value(Keep::For(seconds))
}

pub(crate) fn value(keep: Keep) -> HeaderValue {
    HeaderValue::from_str(&keep.to_string()).expect("ASCII digits and letters are a header value")
}
