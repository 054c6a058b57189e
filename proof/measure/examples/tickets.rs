//! How many tickets one core verifies in a second, and whether any of a million forgeries is taken: one line of JSON.
//!
//! `cargo run --release -p hustings-measure --example tickets`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it is a measurement, run by hand")]

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hustings_gate::{Class, Holder, Keys, Ticket, Tier};
use hustings_vocab::Slug;

const NOW_S: u64 = 1_800_000_000;
const FORGERIES: usize = 1_000_000;

fn main() {
    let keys = Keys::of(&[7; 32], NOW_S);
    let event: Slug = "an-evening-with-two-candidates".parse().unwrap();
    let ticket = |serial| Ticket {
        event: event.clone(),
        class: Class::Direct,
        serial,
        tier: Tier::Stream,
        expires_s: NOW_S + 60,
        holder: Some(Holder::of("a secret of somebody")),
    };
    let texts: Vec<_> = (0..4096).map(|serial| keys.seal_ticket(&ticket(serial * 77_777))).collect();
    let (begun, mut verified) = (Instant::now(), 0_u64);
    while begun.elapsed() < Duration::from_secs(3) {
        for text in &texts {
            verified += u64::from(keys.ticket(&event, text, NOW_S).is_ok());
        }
    }
    let per_second = verified as f64 / begun.elapsed().as_secs_f64();

    let bytes: Vec<_> = texts.iter().map(|text| URL_SAFE_NO_PAD.decode(text).unwrap()).collect();
    let mut state = 42_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut tried, mut taken) = (0, 0);
    while tried < FORGERIES {
        let (one, two) = (&bytes[draw(bytes.len())], &bytes[draw(bytes.len())]);
        let forged = match draw(4) {
            // Two tickets spliced at one place.
            0 => {
                let at = draw(one.len());
                [&one[..at], &two[at..]].concat()
            }
            // Fields of one under the tag of the other.
            1 => [&one[..one.len() - 16], &two[two.len() - 16..]].concat(),
            2 => {
                let mut forged = one.clone();
                forged[draw(one.len())] ^= 1 << draw(8);
                forged
            }
            _ => (0..one.len()).map(|_| draw(256) as u8).collect(),
        };
        if &forged == one || &forged == two {
            continue;
        }
        tried += 1;
        taken += usize::from(keys.ticket(&event, &URL_SAFE_NO_PAD.encode(forged), NOW_S).is_ok());
    }
    println!("{{\"verified_per_second\":{per_second:.0},\"forgeries\":{tried},\"taken\":{taken}}}");
}
