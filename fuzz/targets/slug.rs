//! Names from outside: slugs, seats and renditions, as text and as JSON.
#![no_main]

use hustings_vocab::{Rendition, SeatId, Slug};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(slug) = serde_json::from_slice::<Slug>(data) {
        assert_eq!(serde_json::to_string(&slug).ok(), Some(format!("\"{slug}\"")), "nothing in it needs escaping");
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(slug) = text.parse::<Slug>() {
        assert_eq!(slug.as_str(), text);
        assert!(text.len() <= 64 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    }
    if let Ok(seat) = text.parse::<SeatId>() {
        assert_eq!(seat.as_str(), text);
        assert!(text.len() <= 64 && text.is_ascii() && !text.contains(['/', '%', '"', ' ']));
    }
    if let Ok(rendition) = text.parse::<Rendition>() {
        assert_eq!(rendition.name(), text);
    }
});
