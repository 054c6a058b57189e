//! A line to the kernel's helper: what is taken is what we would have written, and nothing wider than a network of its size.
#![no_main]

use std::time::Instant;

use hustings_guard::drops::{Drops, Verb};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (mut drops, now) = (Drops::default(), Instant::now());
    for line in text.lines() {
        let Ok(verb) = Verb::read(line) else { continue };
        assert_eq!(Verb::read(&verb.line()), Ok(verb));
        match verb {
            Verb::Add(network, seconds) => drop(drops.add(network, seconds, now)),
            Verb::Expire(network) => drop(drops.expire(network, now)),
            Verb::List => drop(drops.list(now)),
        }
    }
});
