//! What is forged, spliced, foreign or late lets nobody in.

use super::*;

const NOW: u64 = 1_800_000_000;

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn ticket(serial: u64) -> Ticket {
    let holder = Some(Holder::of("a secret of somebody"));
    Ticket { event: slug("talk"), class: Class::Place, serial, tier: Tier::Stream, expires_s: NOW + 60, holder }
}

fn keys() -> Keys {
    Keys::of(&[7; 32], NOW)
}

#[test]
fn what_was_said_is_read_again() {
    let keys = keys();
    for ticket in [ticket(5), Ticket { holder: None, class: Class::Link, tier: Tier::Whep, ..ticket(u64::MAX) }] {
        let text = keys.seal_ticket(&ticket);
        assert!(text.len() <= limits::TICKET_CHARS_MAX && text.bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(keys.ticket(&slug("talk"), &text, NOW), Ok(ticket));
    }
    let long = slug(&"a".repeat(limits::SLUG_CHARS_MAX));
    let text = keys.seal_ticket(&Ticket { event: long.clone(), ..ticket(1) });
    assert!(keys.ticket(&long, &text, NOW).is_ok() && text.len() <= limits::TICKET_CHARS_MAX);
    let place = Place { event: slug("talk"), number: 812, given_s: NOW, expires_s: NOW + 100 };
    assert_eq!(keys.place(&slug("talk"), &keys.seal_place(&place), NOW), Ok(place));
}

#[test]
fn a_statement_holds_for_its_conversation_its_time_and_its_kind() {
    let keys = keys();
    let text = keys.seal_ticket(&ticket(5));
    assert_eq!(keys.ticket(&slug("tal"), &text, NOW), Err(BadStatement::Event));
    assert_eq!(keys.ticket(&slug("talk"), &text, NOW + 60 + limits::TOKEN_LEEWAY_SECONDS), Ok(ticket(5)));
    assert_eq!(keys.ticket(&slug("talk"), &text, NOW + 91), Err(BadStatement::Expired));
    assert_eq!(keys.place(&slug("talk"), &text, NOW), Err(BadStatement::Text));
    for text in ["", "ticket", "====", &"A".repeat(limits::TICKET_CHARS_MAX), &"A".repeat(1000), "täst"] {
        assert!(keys.ticket(&slug("talk"), text, NOW).is_err(), "{text}");
    }
}

#[test]
fn two_keys_are_live_and_no_third() {
    let text = keys().seal_ticket(&Ticket { expires_s: NOW + 3 * KEY_SECONDS, ..ticket(5) });
    let at = |now| Keys::of(&[7; 32], now).ticket(&slug("talk"), &text, now);
    assert!(at(NOW + KEY_SECONDS).is_ok());
    assert_eq!(at(NOW + 2 * KEY_SECONDS), Err(BadStatement::Forged));
    assert_eq!(Keys::of(&[8; 32], NOW).ticket(&slug("talk"), &text, NOW), Err(BadStatement::Forged));
    let edge = Keys::from_bytes(&keys().to_bytes()).unwrap();
    assert!(edge.ticket(&slug("talk"), &text, NOW).is_ok());
    assert!(Keys::from_bytes(b"short").is_none());
}

/// Splices of two good tickets, bits that were turned, and noise. `make prove` tries a million.
#[test]
fn forgeries_are_refused() {
    let keys = keys();
    let bytes = |serial| URL_SAFE_NO_PAD.decode(keys.seal_ticket(&ticket(serial))).unwrap();
    let (one, two) = (bytes(5), bytes(u64::MAX));
    let tries = std::env::var("HUSTINGS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200_u64) * 100;
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for n in 0..tries {
        let mut forged = one.clone();
        match n % 4 {
            0 => forged = [&one[..draw(one.len())], &two[draw(two.len())..]].concat(),
            1 => forged[draw(one.len())] ^= 1 << draw(8),
            2 => forged.iter_mut().skip(draw(one.len())).for_each(|b| *b = draw(256) as u8),
            _ => {
                let at = draw(one.len() - TAG_BYTES);
                forged[at..].copy_from_slice(&two[at..]);
                forged[at] ^= 1;
            }
        }
        if forged == one || forged == two {
            continue;
        }
        let text = URL_SAFE_NO_PAD.encode(&forged);
        assert!(keys.ticket(&slug("talk"), &text, NOW).is_err(), "{forged:?}");
    }
}
