//! The first words of a TLS client: any bytes have a fingerprint or none, and what comes behind a whole hello changes nothing.
#![no_main]

use hustings_guard::hello::fingerprint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let kind = fingerprint(data);
    if kind.is_some() {
        assert_eq!(fingerprint(&[data, b"more"].concat()), kind);
    }
});
