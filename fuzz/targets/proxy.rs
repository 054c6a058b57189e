//! The header with which a balancer begins a connection: it is read the same whole and in pieces, and never beyond its end.
#![no_main]

use hustings_guard::proxy::{HEADER_BYTES_MAX, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|come: &[u8]| {
    let whole = read(come);
    for at in 0..come.len() {
        match read(&come[..at]) {
            Ok(None) => {}
            // What is certain of a part is certain of the whole.
            earlier => return assert_eq!(earlier, whole),
        }
    }
    if let Ok(Some(header)) = whole {
        assert!(header.bytes <= come.len() && header.bytes <= HEADER_BYTES_MAX);
    }
});
