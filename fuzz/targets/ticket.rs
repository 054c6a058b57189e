//! Tickets, places and lines of the gate: any text, any bytes under a good signature, and any line of a file.
#![no_main]

use std::sync::LazyLock;
use std::time::Instant;

use hustings_gate::challenge::{Doorstep, Met, solves};
use hustings_gate::{Class, Holder, Keys, RECORD_BYTES, Record, Ticket, Tier};
use hustings_vocab::Slug;
use libfuzzer_sys::fuzz_target;

const NOW_S: u64 = 1_800_000_000;

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::of(&[7; 32], NOW_S));
static SLUG: LazyLock<Slug> = LazyLock::new(|| "talk".parse().expect("a good slug"));

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        // Nobody guesses a signature: what is taken is what we would have written (a seed is such a ticket).
        if let Ok(ticket) = KEYS.ticket(&SLUG, text, NOW_S) {
            assert_eq!(KEYS.seal_ticket(&ticket), text);
        }
        assert!(KEYS.place(&SLUG, text, NOW_S).is_err(), "nobody guesses a signature");
        let mut door = Doorstep::new(Instant::now());
        let numbers: Vec<u32> = data.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
        let met = door.meet(&KEYS, &SLUG, Holder::of("x"), Some((text, &numbers)), 0, (NOW_S, Instant::now()));
        assert!(matches!(met, Met::Failed(_)), "nobody guesses a signature");
        // Sixteen numbers of 32 bits solve a challenge by chance once in 2^192.
        assert!(!solves(text, &numbers));
    }
    for line in data.chunks_exact(RECORD_BYTES).filter_map(|line| line.try_into().ok()) {
        if let Ok(record) = Record::of_bytes(line) {
            assert_eq!(Record::of_bytes(&record.to_bytes()), Ok(record));
        }
    }
    if let Some(keys) = Keys::from_bytes(data) {
        let _ = keys.ticket(&SLUG, "x", NOW_S);
    }
    // A good ticket is read as it was written, and with one character changed it is none.
    let [class, tier, at, to, rest @ ..] = data else { return };
    let number = rest.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte));
    let ticket = Ticket {
        event: SLUG.clone(),
        class: Class::ALL[usize::from(*class) % Class::ALL.len()],
        tier: Tier::ALL[usize::from(*tier) % Tier::ALL.len()],
        serial: number,
        expires_s: NOW_S + number % 1000,
        holder: Holder::of_number(number),
    };
    let text = KEYS.seal_ticket(&ticket);
    assert_eq!(KEYS.ticket(&SLUG, &text, NOW_S), Ok(ticket));
    let mut forged = text.clone().into_bytes();
    let at = usize::from(*at) % forged.len();
    forged[at] = *to;
    if let Ok(forged) = String::from_utf8(forged)
        && forged != text
    {
        assert!(KEYS.ticket(&SLUG, &forged, NOW_S).is_err(), "{forged}");
    }
});
