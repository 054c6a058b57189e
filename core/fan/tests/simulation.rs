//! Over any network, no listener skips or repeats a byte that it should have had.
//!
//! Each seed is an evening of its own: parts of two renditions, listeners who come, turn to the other rendition, read
//! little, stall and go, on the cadence or at once. What a listener was sent is parsed as it is sent.
#![allow(unreachable_pub, reason = "its modules are part of one test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod sim;

use sim::World;

#[test]
fn nobody_skips_or_repeats_a_byte_that_it_should_have_had() {
    // `make prove` tries many more.
    let seeds = std::env::var("HUSTINGS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(25);
    let (jumps, stalled) =
        (1..=seeds).map(|seed| World::new(seed).evening()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!(jumps > 0 && stalled > 0, "the evenings are too quiet to prove anything");
}
