//! RTP payloads with redundancy (RFC 2198), as a speaker's session takes them apart.
#![no_main]

use hustings_ingest::red;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let payload = bytes::Bytes::copy_from_slice(data);
    let frames = red::frames(&payload, 111);
    assert!(frames.len() <= 9);
    for frame in &frames {
        assert!(!frame.payload.is_empty() && frame.back <= 8);
        // RFC 2198, section 3: an offset has 14 bits.
        assert!(frame.samples_back < 1 << 14);
    }
    assert!(frames.windows(2).all(|pair| pair[0].back > pair[1].back));
});
