//! Any bytes as a sketch from an edge: refused, or one that can be merged and read.
#![no_main]

use hustings_evidence::{Features, Gauges, Sketch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(sketch) = Sketch::from_bytes(bytes) else { return };
    let mut sum = Sketch::new();
    sum.merge(&sketch);
    sum.merge(&sketch);
    let features = Features::of(&sum, &sketch, &Gauges::new());
    assert_eq!(features.at("prefixes_new"), Some(0));
    assert!(Sketch::from_bytes(&sum.to_bytes()).is_ok());
});
