//! `verdicts costs`: what the sketches cost by the piece, in nanoseconds, as one line of JSON.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use hustings_evidence::{Arrival, EventKey, Features, Gauges, Sketch, verdict};

/// Pieces of each kind that are timed.
const ARRIVALS: u32 = 2_000_000;
const PIECES: u32 = 300;

/// Nanoseconds by what is done: an arrival, and of a sketch of a full second being written as bytes, read and merged, and a minute's
/// figures and finding.
pub(crate) fn costs() -> String {
    let key = EventKey::new([7; 16]);
    let mut sketch = Sketch::new();
    let arrive = timed(ARRIVALS, |n| {
        let from = IpAddr::V4(Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761)));
        sketch.arrive(&key, &Arrival { from, times: 1, shape: Some(u64::from(n % 40)), tls: None });
    });
    let bytes = sketch.to_bytes();
    let write = timed(PIECES, |_| drop(black_box(sketch.to_bytes())));
    let read = timed(PIECES, |_| drop(black_box(Sketch::from_bytes(&bytes))));
    let mut whole = Sketch::new();
    let merge = timed(PIECES, |_| whole.merge(black_box(&sketch)));
    let weights = verdict::standard();
    let finding = timed(PIECES, |_| {
        let features = Features::of(&sketch, &whole, &Gauges::new());
        black_box(verdict::minute(&features, &weights));
    });
    format!(
        "{{\"arrive_ns\":{arrive},\"write_ns\":{write},\"read_ns\":{read},\"merge_ns\":{merge},\"minute_ns\":{finding},\"bytes\":{}}}",
        bytes.len()
    )
}

fn timed(times: u32, mut work: impl FnMut(u32)) -> u128 {
    let began = Instant::now();
    (0..times).for_each(&mut work);
    began.elapsed().as_nanos() / u128::from(times)
}
