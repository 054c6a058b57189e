//! Tokens: any bytes, and any claims under a good signature of an application's key.
#![no_main]

use std::sync::LazyLock;

use hustings_store::Keys;
use hustings_store::keys::ApplicationKey;
use hustings_vocab::limits;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW_S: u64 = 1_723_492_800;
/// `{"alg":"HS256","kid":"app","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFwcCIsInR5cCI6IkpXVCJ9";

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("hustings-fuzz-{}", std::process::id()));
    let mut keys = Keys::open(&folder).expect("a folder of our own");
    keys.trust("app", ApplicationKey::Hs256(SECRET)).expect("a good secret");
    std::fs::remove_dir_all(&folder).expect("the folder that was made above");
    keys
});

fuzz_target!(|data: &[u8]| {
    assert!(KEYS.verify(data, NOW_S).is_err(), "nobody guesses a signature");

    let message = format!("{HEADER}.{}", base64(data));
    let Ok(signature) = crypto::sign(message.as_bytes(), &EncodingKey::from_secret(SECRET), Algorithm::HS256) else {
        return;
    };
    if let Ok(claims) = KEYS.verify(format!("{message}.{signature}").as_bytes(), NOW_S) {
        assert!(claims.name.as_ref().is_none_or(|name| name.chars().count() <= limits::NAME_CHARS_MAX));
        let again = KEYS.issue(&claims);
        assert_eq!(KEYS.verify(again.as_bytes(), NOW_S), Ok(claims), "what is accepted can be issued");
    }
});

/// Base64 for URLs without padding (RFC 4648, section 5).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * i)) as usize & 63]));
        }
    }
    text
}
