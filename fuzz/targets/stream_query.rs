//! Queries of endless streams: what is accepted can be met.
#![no_main]

use hustings_fan::{Asked, Container};
use hustings_vocab::SAMPLE_RATE;
use hustings_vocab::limits::BURST_SECONDS_MAX;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|query: &str| {
    for container in Container::ALL {
        if let Ok(asked) = Asked::parse(query, container) {
            assert!(container.carries(asked.rendition.codec()));
            assert!(asked.burst_samples <= BURST_SECONDS_MAX as u64 * u64::from(SAMPLE_RATE));
        }
    }
});
