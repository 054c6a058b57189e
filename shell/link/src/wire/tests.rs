//! Every message comes back as it was, and what is none is refused with its reason.

use std::sync::Arc;
use std::time::Duration;

use hustings_census::{Heartbeat, Sampled};
use hustings_pack::Part;
use hustings_vocab::event::{Event, Hands, News, Roster, Snapshot, Speaker, State, What};
use hustings_vocab::{HeldReason, MediaTime, Phase, Rendition, Role, Slug};

use super::*;
use crate::down::{Down, OpusFrame};
use crate::edge::{Counters, Letter, Reply};
use crate::entrance::Word;
use crate::hall::Counts;
use crate::up::Up;

fn slug() -> Slug {
    "a-talk".parse().unwrap()
}

fn counts() -> Counts {
    let sampled =
        Sampled { stated: 16, sources: 7, left_out: 8, oldest: Duration::from_millis(9), ..Sampled::of(50, 8) };
    Counts { seen: [1, u64::MAX, 3], peak: 4, refused: 5, arrived: 6, behind_cache: true, sampled }
}

fn letter() -> Letter {
    let fields = vec![("if-match".to_owned(), Bytes::from_static(b"\"x\xff\""))];
    let body = Bytes::from_static(b"a=ice-ufrag:x");
    Letter { method: "PATCH".into(), path: "/c/a-talk/whep/1.2?x".into(), fields, body }
}

fn reply() -> Reply {
    Reply { status: 204, fields: letter().fields, body: Bytes::new() }
}

fn snapshot() -> Event {
    let speaker = Speaker {
        seat: "guest".parse().unwrap(),
        name: "Ünal".into(),
        role: Role::Host,
        muted: true,
        muted_by: Some("Zoë".into()),
        asked_to_unmute: true,
        interrupted: false,
        spoke_ms: 61_000,
        connected: false,
    };
    let what = What::Snapshot(Snapshot {
        title: "A \"talk\"\n".into(),
        state: State { phase: Phase::Held(HeldReason::Break), live_since: Some(MediaTime(7)) },
        roster: Roster { speakers: vec![speaker], lead: None, locked: true, turn: None, playing: None },
        hands: Hands::default(),
        count: Default::default(),
        epoch_ms: 1,
        floor: Default::default(),
        news: Box::new(News { starts_ms: Some(2), moved_from_ms: Some(1), delay: "Der Zug".into() }),
    });
    Event { t: MediaTime(96_000), what }
}

fn to_edges() -> Vec<ToEdge> {
    let (slug, rendition) = (slug(), Rendition::Aac96);
    let part = Arc::new(Part {
        number: 9,
        start: MediaTime(9216),
        samples: 9216,
        cmaf: Bytes::from_static(b"moof"),
        raw: Bytes::from_static(b"OggS"),
        discontinuity: true,
    });
    let frame = OpusFrame { t: MediaTime(960), packet: Bytes::from_static(&[0xfc, 1]) };
    let downs = [
        Down::Open { slugs: vec![slug.clone(), "b".parse().unwrap()] },
        Down::Opened { slug: slug.clone(), title: "Ein Gespräch".into(), epoch_ms: u64::MAX, discontinuities: 2 },
        Down::Window { slug: slug.clone(), rendition, discontinuities: 3, began_anew: true },
        Down::Part { slug: slug.clone(), rendition, part },
        Down::Frame { slug: slug.clone(), rendition: Rendition::Opus48, frame },
        Down::Event { slug: slug.clone(), event: snapshot() },
        Down::Audience { slug: slug.clone(), counts: counts() },
        Down::AsOf { ms: 5 },
        Down::Closed { slug: slug.clone() },
    ];
    let phases = [None, Some(Phase::Scheduled), Some(Phase::Held(HeldReason::LineLost)), Some(Phase::Cancelled)];
    let found = phases.map(|phase| ToEdge::Found(slug.clone(), phase));
    let others = [
        ToEdge::Certificate(Bytes::from_static(b"-----BEGIN")),
        ToEdge::TicketKeys(Bytes::from_static(&[7; 64])),
        ToEdge::RoomElsewhere(6),
        ToEdge::Gate(Word {
            keys: Bytes::from_static(&[7; 65]),
            walk_ins: u64::MAX,
            at_once: 19,
            caps_kbit: (48, 96),
            spread_s: 25,
            waiting: vec![(slug.clone(), 8)],
        }),
        ToEdge::Ask { from: 3, id: 4, letter: letter() },
        ToEdge::Answer { id: 4, reply: reply() },
        ToEdge::Drain,
    ];
    downs.map(ToEdge::Down).into_iter().chain(found).chain(others).collect()
}

fn from_edges() -> Vec<FromEdge> {
    let (slug, rendition) = (slug(), Rendition::Opus48);
    let counters = Counters::from([("accepted".to_owned(), 1), ("bytes.stream".to_owned(), u64::MAX)]);
    vec![
        FromEdge::Up(Up::Want(slug.clone(), rendition)),
        FromEdge::Up(Up::Release(slug.clone(), rendition)),
        FromEdge::Up(Up::Frames(slug.clone(), rendition, true)),
        FromEdge::Up(Up::Listening(slug.clone(), counts())),
        FromEdge::Up(Up::Named(slug.clone(), vec![(7, true), (u64::MAX, false)])),
        FromEdge::Up(Up::Seats(slug.clone(), vec![(1 << 56, true), (2, false)])),
        FromEdge::Up(Up::Here(slug.clone(), Heartbeat { id: u64::MAX, leaving: true }, "2001:db8::".parse().unwrap())),
        FromEdge::Serving("[::1]:8082".parse().unwrap()),
        FromEdge::Counters(counters, 9),
        FromEdge::Find(slug),
        FromEdge::Ask { to: 2, id: 1, letter: letter() },
        FromEdge::Answer { to: 2, id: 1, reply: reply() },
    ]
}

/// The bodies of the frames in some bytes.
fn bodies(mut bytes: &[u8]) -> Vec<Bytes> {
    let mut found = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk() {
        let (body, rest) = rest.split_at(body_len(*head).unwrap());
        found.push(Bytes::copy_from_slice(body));
        bytes = rest;
    }
    found
}

#[test]
fn every_message_to_an_edge_comes_back_as_it_was() {
    let mut bytes = Vec::new();
    let sent = to_edges();
    sent.iter().for_each(|message| put_to_edge(message, &mut bytes).unwrap());
    let read: Vec<_> = bodies(&bytes).into_iter().map(|body| to_edge(body).unwrap()).collect();
    assert_eq!(format!("{read:?}"), format!("{sent:?}"));
}

#[test]
fn every_message_from_an_edge_comes_back_as_it_was() {
    let mut bytes = Vec::new();
    let sent = from_edges();
    sent.iter().for_each(|message| put_from_edge(message, &mut bytes).unwrap());
    let read: Vec<_> = bodies(&bytes).into_iter().map(|body| from_edge(body).unwrap()).collect();
    assert_eq!(read, sent);
}

#[test]
fn a_message_that_is_cut_short_or_goes_on_is_refused() {
    let mut bytes = Vec::new();
    to_edges().iter().for_each(|message| put_to_edge(message, &mut bytes).unwrap());
    for body in bodies(&bytes) {
        for len in 0..body.len() {
            assert!(to_edge(body.slice(..len)).is_err(), "{body:?} to {len}");
        }
        assert_eq!(to_edge([&body[..], b"!"].concat().into()).unwrap_err(), WireError::Long(1));
    }
}

#[test]
fn what_is_too_long_is_not_written_and_not_read() {
    let mut bytes = vec![1];
    let pem = Bytes::from(vec![0; limits::LINK_FRAME_BYTES_MAX]);
    let refused = put_to_edge(&ToEdge::Certificate(pem), &mut bytes);
    assert!(matches!(refused, Err(WireError::TooLong(_))) && bytes == [1]);
    assert_eq!(body_len(u32::MAX.to_le_bytes()), Err(WireError::TooLong(u32::MAX as usize)));
    let long = [&[2u8][..], &65u32.to_le_bytes(), &[b'a'; 65], &[0]].concat();
    assert_eq!(to_edge(long.into()).unwrap_err(), WireError::Field { found: 65, max: 64 });
}

#[test]
fn what_is_no_message_is_named() {
    assert_eq!(to_edge(Bytes::from_static(&[99])).unwrap_err(), WireError::Unknown(99, "message to an edge"));
    assert_eq!(from_edge(Bytes::from_static(&[99])).unwrap_err(), WireError::Unknown(99, "message from an edge"));
    assert_eq!(from_edge(Bytes::new()).unwrap_err(), WireError::Short);
    let bad_slug = [&[18u8][..], &2u32.to_le_bytes(), b"A!"].concat();
    assert_eq!(from_edge(bad_slug.into()).unwrap_err(), WireError::Text("slug"));
}
