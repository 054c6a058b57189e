//! Two ends of a connection over a network that takes what it likes: what one says is what the other hears.
#![allow(clippy::panic, reason = "all of it is test code")]

use std::convert::Infallible;
use std::io::IoSlice;

use super::{ALERT, APPLICATION_DATA, HANDSHAKE, TAG_BYTES};
use super::{Alert, Attended, Direction, Fault, Keys, Offer, Passage, ReadError, Session, Succession, Suite};

/// Secrets that both ends derive alike: each key is followed by the next number.
struct Secrets {
    suite: Suite,
    outward: u8,
    inward: u8,
}

impl Secrets {
    fn keys(suite: Suite, secret: u8) -> Keys {
        let length = if suite == Suite::Aes128Gcm { 16 } else { 32 };
        Keys::new(suite, &vec![secret; length], [secret; 12], 0).unwrap()
    }
}

impl Succession for Secrets {
    fn succeed(&mut self, direction: Direction) -> Option<Keys> {
        let secret = match direction {
            Direction::Outward => &mut self.outward,
            Direction::Inward => &mut self.inward,
        };
        *secret += 1;
        Some(Self::keys(self.suite, *secret))
    }
}

fn end(suite: Suite, outward: u8, inward: u8) -> Session {
    let keys = |secret| Secrets::keys(suite, secret);
    let secrets = Box::new(Secrets { suite, outward, inward });
    Session::new(keys(outward), keys(inward), secrets, Vec::new(), Vec::new())
}

fn pair(suite: Suite) -> (Session, Session) {
    (end(suite, 10, 100), end(suite, 100, 10))
}

/// Says something whole.
fn say(from: &mut Session, text: &[u8]) -> Vec<u8> {
    let (mut wire, mut record, mut said) = (Vec::new(), Vec::new(), 0);
    loop {
        match from.offer(&[IoSlice::new(&text[said..])], &mut record).unwrap() {
            Offer::Nothing => return wire,
            Offer::Own { .. } => {}
            Offer::Text { bytes, .. } => said += bytes,
        }
        assert_eq!(from.took(record.len()), Passage::Whole);
        wire.extend_from_slice(&record);
    }
}

/// Hears what there is, `step` bytes at a time.
fn hear(to: &mut Session, mut wire: &[u8], step: usize) -> Result<Vec<u8>, Fault> {
    let (mut heard, mut scratch) = (Vec::new(), Vec::new());
    loop {
        let mut text = Vec::with_capacity(1000);
        let read = to.read(&mut text, &mut scratch, |more| {
            let (now, later) = wire.split_at(step.min(wire.len()));
            more.extend_from_slice(now);
            wire = later;
            if now.is_empty() { Err(()) } else { Ok(now.len()) }
        });
        match read {
            Ok(0) => return Ok(heard),
            Ok(_) => heard.extend(text),
            Err(ReadError::Source(())) => return Ok(heard),
            Err(ReadError::Fault(fault)) => return Err(fault),
        }
    }
}

/// A record with whatever there is in it.
fn forge(from: &mut Session, kind: u8, words: &[u8]) -> Vec<u8> {
    let length = (words.len() + 1 + TAG_BYTES) as u16;
    let mut record = [&[23, 3, 3][..], &length.to_be_bytes(), words, &[kind]].concat();
    from.outward.seal(&mut record);
    from.outward.next += 1;
    record
}

/// Changes the keys of one end and asks the other to do it too.
fn change_keys(from: &mut Session) -> Vec<u8> {
    let record = forge(from, HANDSHAKE, &[24, 0, 0, 1, 1]);
    from.outward = from.succession.succeed(Direction::Outward).unwrap();
    record
}

#[test]
fn what_is_said_is_heard_however_it_is_cut() {
    let text: Vec<u8> = (0..70_000u32).map(|n| n as u8).collect();
    for suite in [Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305] {
        for step in [1, 7, 1000, 100_000] {
            let (mut ours, mut theirs) = pair(suite);
            let wire = say(&mut ours, &text);
            assert!(wire.len() < text.len() + 6 * 22);
            assert!(hear(&mut theirs, &wire, step).unwrap() == text, "{suite:?} in steps of {step}");
        }
    }
}

#[test]
fn a_record_that_went_in_part_is_sealed_again_and_is_the_same() {
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let text = [5u8; 3000];
    let (mut record, mut wire) = (Vec::new(), Vec::new());
    let mut turns = 0;
    loop {
        // More may be offered behind what is under way, and cut differently.
        let pieces = [IoSlice::new(&text[..1000 + turns]), IoSlice::new(&text[1000 + turns..])];
        let more = [IoSlice::new(&text), IoSlice::new(b"and more")];
        let offered = if turns == 0 { &pieces } else { &more };
        let Offer::Text { from, bytes } = ours.offer(offered, &mut record).unwrap() else { panic!() };
        assert_eq!(bytes, 3000);
        let taken = (turns * 97 + 1).min(record.len() - from);
        wire.extend_from_slice(&record[from..from + taken]);
        turns += 1;
        match ours.took(taken) {
            Passage::Whole => break,
            Passage::Part => assert!(ours.is_under_way()),
            Passage::None => panic!("some of it has gone"),
        }
    }
    assert!(turns > 5 && !ours.is_under_way());
    assert_eq!(hear(&mut theirs, &wire, 100).unwrap(), text);
}

#[test]
fn a_record_of_which_nothing_went_may_become_another() {
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let mut record = Vec::new();
    ours.offer(&[IoSlice::new(b"one")], &mut record).unwrap();
    assert_eq!(ours.took(0), Passage::None);
    assert_eq!(hear(&mut theirs, &say(&mut ours, b"another"), 100).unwrap(), b"another");
}

#[test]
fn text_that_changes_under_way_is_never_sealed() {
    for changed in [&b"the same lenght"[..], b"shorter"] {
        let (mut ours, _) = pair(Suite::ChaCha20Poly1305);
        let mut record = Vec::new();
        ours.offer(&[IoSlice::new(b"the same length")], &mut record).unwrap();
        assert_eq!(ours.took(1), Passage::Part);
        assert_eq!(ours.offer(&[IoSlice::new(changed)], &mut record), Err(Fault::Changed));
    }
}

#[test]
fn who_is_asked_changes_its_keys_before_the_next_word_and_behind_the_last() {
    let (mut ours, mut theirs) = pair(Suite::Aes256Gcm);
    let mut record = Vec::new();
    ours.offer(&[IoSlice::new(b"under way")], &mut record).unwrap();
    ours.took(3);
    let mut wire = record[..3].to_vec();
    let asked = change_keys(&mut theirs);
    assert_eq!(hear(&mut ours, &asked, 100).unwrap(), b"");
    assert!(matches!(ours.offer(&[IoSlice::new(b"under way")], &mut record), Ok(Offer::Text { from: 3, bytes: 9 })));
    wire.extend_from_slice(&record[3..]);
    ours.took(record.len() - 3);
    // Their keys are other ones too.
    wire.extend(say(&mut ours, b" and on"));
    assert_eq!(hear(&mut theirs, &wire, 4).unwrap(), b"under way and on");
    assert_eq!(hear(&mut ours, &say(&mut theirs, b"good"), 4).unwrap(), b"good");
}

#[test]
fn the_end_is_heard_and_nothing_is_said_after_it() {
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let mut wire = say(&mut ours, b"the last");
    ours.end(Alert::CLOSE_NOTIFY);
    wire.extend(say(&mut ours, b""));
    assert_eq!(ours.offer(&[IoSlice::new(b"no")], &mut Vec::new()), Err(Fault::Closed));
    assert_eq!(hear(&mut theirs, &wire, 5).unwrap(), b"the last");
    let attended = theirs
        .attend(&mut Vec::new(), |_| -> Result<usize, Infallible> { panic!("nothing is received after the end") });
    assert_eq!(attended, Ok(Attended::Ended));
    theirs.end(Fault::NotAuthentic.alert().unwrap());
    let alert = say(&mut theirs, b"");
    assert_eq!(hear(&mut ours, &alert, 5), Err(Fault::Ended(Alert(20))));
}

#[test]
fn what_is_not_read_is_kept_until_it_is_and_no_more_is_taken() {
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let wire = say(&mut ours, &[1; 5000]);
    let mut given = false;
    let mut attend = |theirs: &mut Session| {
        theirs.attend(&mut Vec::new(), |more| {
            assert!(!std::mem::replace(&mut given, true), "it has something already");
            more.extend_from_slice(&wire);
            Ok::<_, Infallible>(wire.len())
        })
    };
    assert_eq!(attend(&mut theirs), Ok(Attended::Kept));
    assert_eq!(attend(&mut theirs), Ok(Attended::Kept));
    assert_eq!(hear(&mut theirs, &[], 1).unwrap(), [1; 5000]);
}

#[test]
fn what_cannot_be_is_told_apart() {
    let good = say(&mut pair(Suite::Aes128Gcm).0, b"hello");
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    let long = [&[23, 3, 3, 0x41, 1][..], &[0; 17_000]].concat();
    for (wire, fault) in [
        (&bad[..], Fault::NotAuthentic),
        (&[23, 3, 3, 0, 16, 0], Fault::NotAuthentic),
        (&long, Fault::TooLong),
        (b"GET / HTTP/1.1", Fault::Unexpected),
        (&[21, 3, 3, 0, 2, 1, 0], Fault::Unexpected),
    ] {
        assert_eq!(hear(&mut pair(Suite::Aes128Gcm).1, wire, 100), Err(fault), "{:?}", &wire[..5]);
    }
    assert_eq!(hear(&mut pair(Suite::Aes128Gcm).1, &[&good[..], &good].concat(), 100), Err(Fault::NotAuthentic));
    for (kind, words, fault) in [
        (HANDSHAKE, &[24, 0, 0, 1, 2][..], Fault::Malformed),
        (HANDSHAKE, &[24, 0, 0, 1, 0, 24, 0, 0, 1, 0], Fault::Malformed),
        (HANDSHAKE, &[4, 0, 0, 0], Fault::Malformed),
        (ALERT, &[1], Fault::Malformed),
        (20, &[1], Fault::Unexpected),
        (0, &[0, 0], Fault::Unexpected),
        (APPLICATION_DATA, &[1; 16_385], Fault::TooLong),
    ] {
        let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
        let wire = forge(&mut theirs, kind, words);
        assert_eq!(hear(&mut ours, &wire, 100_000), Err(fault), "{kind} {:?}", &words[..1]);
    }
    // Padding is nothing that is said.
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let wire = forge(&mut theirs, 0, &[b'h', b'i', APPLICATION_DATA, 0, 0]);
    assert_eq!(hear(&mut ours, &wire, 100), Ok(b"hi".to_vec()));
}

#[test]
fn keys_that_change_without_a_word_are_borne_for_a_while() {
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    let change = |ours: &mut Session, theirs: &mut Session| hear(ours, &change_keys(theirs), 100);
    for _ in 0..32 {
        assert_eq!(change(&mut ours, &mut theirs), Ok(Vec::new()));
    }
    assert_eq!(change(&mut ours, &mut theirs), Err(Fault::Flood));
    // One for every 64 records that we send is no flood.
    let (mut ours, mut theirs) = pair(Suite::Aes128Gcm);
    for _ in 0..100 {
        assert_eq!(change(&mut ours, &mut theirs), Ok(Vec::new()));
        (0..65).for_each(|_| drop(say(&mut ours, b"x")));
    }
}
