//! What the status page is told.

use hustings_evidence::record::Room;
use hustings_evidence::status::Status;

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
    let room = |slug: &String| {
        let hall = halls.iter().find(|hall| hall.slug.as_str() == slug);
        hall.map_or_else(Room::default, |hall| {
            let counts = hall.attendance.whole();
            let phase = hall.phase().name().to_owned();
            Room {
                phase,
                listening: counts.listening() as i64,
                waiting: evidence.seen.gate.waiting(&hall.slug) as i64,
                refused: counts.refused as i64,
                came: counts.arrived as i64,
            }
        })
    };
    // What the runbook is for: a line that is full, or that others do not get through.
    let probes = (at("probes_failed").unwrap_or_default(), at("probes").unwrap_or_default());
    let beyond = at("line_in_full_seconds").is_some_and(|seconds| seconds >= LINE_FULL_SECONDS)
        || at("line_silent_seconds").is_some_and(|seconds| seconds >= LINE_FULL_SECONDS)
        || probes.1 >= 2 && probes.0 * 2 > probes.1;
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
        open: rooms.map(|(slug, finding)| (slug.clone(), room(slug), finding)).collect(),
        signs: evening.map(Evening::signs).unwrap_or_default(),
        points: evening.map(|evening| evening.points.clone()).unwrap_or_default(),
        gate: GATE.map(|(says, name)| (says, at(name).unwrap_or_default())).to_vec(),
        log,
        witnesses: (evidence.witnesses.iter().filter(|witness| witness.has_signed()).count(), evidence.witnesses.len()),
        probes: at("probes").map(|all| (at("probes_failed").unwrap_or_default(), all)),
        beyond: beyond.then(|| evidence.elsewhere.clone()),
        past,
    }
}
