//! Offers and trickled fragments of WHIP and WHEP.
#![no_main]

use hustings_ingest::{parse_offer, parse_sdpfrag};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(e) = parse_offer(data) {
        assert!(matches!(e.status(), 400 | 413 | 422));
    }
    if let Err(e) = parse_sdpfrag(data) {
        assert!(matches!(e.status(), 400 | 413));
    }
});
