//! What the other end of a sealed connection says: records that are its own, with anything in them, and bytes that are
//! none. What is heard does not depend on how it came.
#![no_main]

use hustings_seal::{Direction, Keys, ReadError, Session, Succession, Suite};
use libfuzzer_sys::fuzz_target;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// The same key again and again: the other end knows it.
struct Same;

impl Succession for Same {
    fn succeed(&mut self, _: Direction) -> Option<Keys> {
        keys()
    }
}

fn keys() -> Option<Keys> {
    Keys::new(Suite::Aes128Gcm, &[1; 16], [0; 12], 0)
}

fn sealed(number: u64, inner: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &[1; 16]).expect("16 bytes"));
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    let header = [&[23, 3, 3][..], &(inner.len() as u16 + 16).to_be_bytes()].concat();
    let mut words = inner.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut words).expect("short");
    [header, words].concat()
}

/// All that is heard, and how it ended.
fn hear(mut wire: &[u8], step: usize) -> (Vec<u8>, String) {
    let keys = || keys().expect("16 bytes");
    let mut session = Session::new(keys(), keys(), Box::new(Same), Vec::new(), Vec::new());
    let (mut heard, mut scratch) = (Vec::new(), Vec::new());
    loop {
        let mut text = Vec::with_capacity(100);
        let read = session.read(&mut text, &mut scratch, |more| {
            let (now, later) = wire.split_at(step.min(wire.len()));
            more.extend_from_slice(now);
            wire = later;
            if now.is_empty() { Err(()) } else { Ok(now.len()) }
        });
        match read {
            Ok(0) => return (heard, "the end".to_owned()),
            Ok(count) => assert_eq!(count, text.len()),
            Err(ReadError::Source(())) => return (heard, "nothing more".to_owned()),
            Err(ReadError::Fault(fault)) => return (heard, fault.to_string()),
        }
        heard.extend(text);
    }
}

fuzz_target!(|data: &[u8]| {
    let (mut wire, mut rest, mut number) = (Vec::new(), data, 0);
    while let [length, more @ ..] = rest {
        let (inner, later) = more.split_at(usize::from(*length).min(more.len()));
        rest = later;
        if inner.first() == Some(&0xff) {
            wire.extend_from_slice(inner);
            continue;
        }
        wire.extend(sealed(number, inner));
        let changes = inner.starts_with(&[24, 0, 0, 1]) && inner.len() > 5;
        number = if changes { 0 } else { number + 1 };
    }
    let whole = hear(&wire, wire.len().max(1));
    assert!(whole.0.len() <= wire.len());
    for step in [1, 7] {
        assert_eq!(hear(&wire, step), whole, "in steps of {step}");
    }
});
