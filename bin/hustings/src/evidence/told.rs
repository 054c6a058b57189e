//! What the status page is told.

use hustings_evidence::status::{Open, Status};
use hustings_gate::Stage;
use hustings_vocab::Phase;

use super::Evidence;
use super::evening::Evening;
use crate::times::now_ms;

/// What the gate did, by its names in records and in words.
const GATE: [(&str, &str); 6] = [
    ("let in", "gate_admitted"),
    ("let in at a cheaper tier", "gate_stepped_down"),
    ("given a place in the queue", "gate_waiting"),
    ("told to come again", "gate_refused"),
    ("given a challenge", "gate_challenged"),
    ("dropped by limits of a source or network", "gate_dropped"),
];

/// What is given up, by its names in words.
const GIVES_UP: [(Stage, &str); 6] = [
    (Stage::Reactions, "reactions are sampled"),
    (Stage::Counter, "the counter is told less often"),
    (Stage::Chat, "fewer lines of the chat are shown"),
    (Stage::Bitrate, "newcomers hear a lower bitrate, then everybody"),
    (Stage::Tier, "newcomers get a cheaper way to hear"),
    (Stage::Newcomers, "newcomers wait"),
];

/// Seconds of a minute in which the line was full, or silent, from which on the page says that no server stops that.
const LINE_FULL_SECONDS: i64 = 5;

pub(super) fn status(evidence: &Evidence, evening: Option<&Evening>) -> Status {
    let last = evening.and_then(|evening| evening.last.as_ref());
    let at = |name: &str| last.and_then(|features| features.at(name));
    let ledger = evidence.lock();
    let mut log = ledger.log.as_ref().map(hustings_ledger::Log::size).map_err(Clone::clone);
    if !ledger.pending.is_empty() && log.is_ok() {
        log = Err(format!("{} wait until the disk takes them, {} were lost", ledger.pending.len(), ledger.lost));
    }
    let past = ledger.past.clone();
    drop(ledger);
    let halls = evidence.seen.halls.all();
    let open = |slug: &String, finding| {
        let open = Open { slug: slug.clone(), finding, ..Open::default() };
        let Some(hall) = halls.iter().find(|hall| hall.slug.as_str() == slug) else { return open };
        let (room, news) = (evidence.room(hall), hall.news());
        if hall.phase() != Phase::Lobby {
            return Open { room, ..open };
        }
        let seconds = |ms: u64| (ms / 1000) as i64;
        let (starts, moved_from) = (news.starts_ms.map(seconds), news.moved_from_ms.map(seconds));
        Open { room, starts, moved_from, delay: news.delay, ..open }
    };
    // What the runbook is for: a line that is full, or that others do not get through.
    let probes = (at("probes_failed").unwrap_or_default(), at("probes").unwrap_or_default());
    let beyond = at("line_in_full_seconds").is_some_and(|seconds| seconds >= LINE_FULL_SECONDS)
        || at("line_silent_seconds").is_some_and(|seconds| seconds >= LINE_FULL_SECONDS)
        || probes.1 >= 2 && probes.0 * 2 > probes.1;
    let given_up = evidence.seen.gate.gives_up();
    let rooms = evening.into_iter().flat_map(Evening::rooms);
    Status {
        as_of: (now_ms() / 1000) as i64,
        contact: evidence.contact.clone(),
        works: vec![
            // Whoever reads this was served it.
            ("pages", 1000),
            ("stage", at("stage_ok_permille").unwrap_or(-1)),
            ("audience", at("audience_ok_permille").unwrap_or(-1)),
        ],
        open: rooms.map(|(slug, finding)| open(slug, finding)).collect(),
        signs: evening.map(Evening::signs).unwrap_or_default(),
        points: evening.map(|evening| evening.points.clone()).unwrap_or_default(),
        gives_up: GIVES_UP.into_iter().filter(|(stage, _)| given_up.gives_up(*stage)).map(|(_, name)| name).collect(),
        gate: GATE.map(|(says, name)| (says, at(name).unwrap_or_default())).to_vec(),
        log,
        witnesses: (evidence.witnesses.iter().filter(|witness| witness.has_signed()).count(), evidence.witnesses.len()),
        probes: at("probes").map(|all| (at("probes_failed").unwrap_or_default(), all)),
        beyond: beyond.then(|| evidence.elsewhere.clone()),
        past,
    }
}
