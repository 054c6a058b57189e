//! Any bytes as the report of a page: read or refused, and what is read is what is written.
#![no_main]

use hustings_census::{Census, Heartbeat};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(heartbeat) = Heartbeat::parse(body) else { return };
    let leaving = if heartbeat.leaving { "&leaving=1" } else { "" };
    let written = format!("id={:016x}{leaving}", heartbeat.id);
    assert_eq!(Heartbeat::parse(written.as_bytes()), Ok(heartbeat));
    let now = std::time::Instant::now();
    let mut census = Census::new(now);
    census.hear(heartbeat, 1, now);
    assert!(census.sampled(now).pages <= 1);
});
