//! Random names and secrets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A secret of 256 bits, as a cookie or a link holds it.
#[must_use]
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A name of 16 hexadecimal digits.
#[must_use]
pub fn id() -> String {
    format!("{:016x}", rand::random::<u64>())
}
