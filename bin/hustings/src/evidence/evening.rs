//! An evening: from the first conversation that opens to the last that is over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hustings_evidence::record::{self, Minute, Opening, Room};
use hustings_evidence::status::Point;
use hustings_evidence::verdict::{self, Finding, Scores, Sign, Verdict, Weights};
use hustings_evidence::{EventKey, Features, Gauge, Sketch, hex, receipts};
use hustings_link::arrivals;
use hustings_link::hall::{Counts, Hall};
use hustings_vocab::plan::Visibility;

use super::Evidence;
use super::gauges::Watch;
use super::turns::Turns;
use crate::gatehouse::Rehearsed;
use crate::times::now_ms;

/// Minutes that the status page shows.
const SHOWN: usize = 180;

/// An evening under way.
pub(super) struct Evening {
    /// When it began: by the system's clock in milliseconds since 1970, and by one that nobody sets.
    anchor: (u64, Instant),
    /// The minute under way, counted since 1970.
    minute: i64,
    /// The sketches of that minute, and of the evening before it.
    now: Sketch,
    before: Sketch,
    watch: Watch,
    weights: Weights,
    open: BTreeMap<String, Open>,
    /// Conversations that are not listed: that there are any is not told, so nothing is written of them.
    untold: BTreeSet<String>,
    pub(super) points: Vec<Point>,
    pub(super) last: Option<Features>,
    finding: Option<Finding>,
}

/// What ends when a minute's record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Minute,
    Process,
}

/// A conversation of this evening.
struct Open {
    scores: Vec<Scores>,
    room: Room,
    refused_before: u64,
    is_over: bool,
}

impl Evening {
    /// What there is to do in this second.
    pub(super) fn look(evidence: &Arc<Evidence>, evening: &mut Option<Self>) {
        let halls = evidence.seen.halls.all();
        if evening.is_none() && halls.iter().any(|hall| !hall.has_ended()) {
            *evening = Some(Self::begin(evidence));
        }
        let Some(now) = evening else { return };
        now.second(evidence, &lent(&halls));
        if now.open.is_empty() && halls.iter().all(|hall| hall.has_ended()) {
            // With the evening its secret ends, here and in every process.
            arrivals::end();
            evidence.seen.gate.be_wary(false);
            evidence.seen.hub.set_evening(None);
            evidence.commitments(0, Vec::new());
            *evening = None;
        }
    }

    fn begin(evidence: &Arc<Evidence>) -> Self {
        let key = EventKey::new(rand::random());
        arrivals::begin(key.clone());
        evidence.seen.hub.set_evening(Some(key));
        let now = now_ms();
        Self {
            anchor: (now, Instant::now()),
            minute: (now / 60_000) as i64,
            now: Sketch::new(),
            before: Sketch::new(),
            watch: Watch::begin(&evidence.seen, Turns::of(evidence.runtime.clone())),
            weights: verdict::standard(),
            open: BTreeMap::new(),
            untold: BTreeSet::new(),
            points: Vec::new(),
            last: None,
            finding: None,
        }
    }

    /// Seconds since 1970 by the evening's own clock.
    fn time(&self) -> i64 {
        let (began, since) = self.anchor;
        ((u128::from(began) + since.elapsed().as_millis()) / 1000) as i64
    }

    fn second(&mut self, evidence: &Arc<Evidence>, halls: &[&Hall]) {
        let time = self.time();
        // A minute that a process before this one has written already is passed over.
        if time.div_euclid(60) > self.minute {
            if !self.open.is_empty() {
                self.end_minute(evidence, halls, Ends::Minute);
            }
            self.minute = time.div_euclid(60);
        }
        self.take_up(evidence, halls, time);
        if let Some(sketch) = arrivals::take() {
            self.now.merge(&sketch);
        }
        self.now.merge(&evidence.seen.hub.take_arrivals());
        let listening = halls.iter().map(|hall| hall.attendance.whole().listening()).sum();
        let drift = now_ms() as i64 - (self.anchor.0 as i64 + self.anchor.1.elapsed().as_millis() as i64);
        self.watch.second(&evidence.seen, listening, drift);
    }

    /// Conversations that are open and not known yet.
    fn take_up(&mut self, evidence: &Arc<Evidence>, halls: &[&Hall], time: i64) {
        for hall in halls.iter().filter(|hall| !hall.has_ended()) {
            let slug = hall.slug.to_string();
            if self.open.contains_key(&slug) || self.untold.contains(&slug) {
                continue;
            }
            // Who cannot be asked is asked again in a second.
            let Some(found) = evidence.found(hall) else { continue };
            if found.plan.visibility != Visibility::Public {
                self.untold.insert(slug);
                continue;
            }
            let announced = found.starts_ms.map(|ms| (ms / 1000) as i64);
            let told = hustings_ledger::story(&evidence.folder, &slug).ok().filter(|told| !told.is_closed);
            let refused_before = hall.attendance.whole().refused;
            if let Some(announced) = announced {
                self.watch.starts.insert(slug.clone(), announced);
            }
            let mut open = Open { scores: Vec::new(), room: Room::default(), refused_before, is_over: false };
            if let Some(told) = told {
                open.scores = told.scores;
                if told.minute.is_some_and(|last| last >= self.minute) {
                    self.minute = told.minute.unwrap_or(self.minute) + 1;
                }
            } else {
                let witnesses: Vec<_> = evidence.witnesses.iter().map(|witness| witness.key.encode()).collect();
                let rehearsal = evidence.seen.gate.rehearsed().map(Rehearsed::figures).unwrap_or_default();
                let commitment = evidence.seen.gate.commitment(hall);
                let opening = Opening {
                    slug: &slug,
                    time,
                    announced: announced.unwrap_or_default(),
                    line_kbit: evidence.seen.line_kbit.unwrap_or_default(),
                    policy: &evidence.seen.gate.policy(),
                    rehearsal: &rehearsal,
                    lottery: &commitment.map(|hash| hex::encode(&hash)).unwrap_or_default(),
                    witnesses: &witnesses,
                    weights: &self.weights,
                };
                evidence.write(vec![opening.encode()]);
            }
            self.open.insert(slug, open);
            evidence.open_for_receipts(self.minute, self.open.keys().cloned().collect());
        }
    }

    /// Writes the record of the minute under way, and of what closed in it.
    fn end_minute(&mut self, evidence: &Arc<Evidence>, halls: &[&Hall], ends: Ends) {
        let mut listening = 0;
        let mut refused = 0;
        for (slug, open) in &mut self.open {
            let hall = halls.iter().find(|hall| hall.slug.as_str() == slug);
            let counts = hall.map_or(Counts::NONE, |hall| hall.attendance.whole());
            refused += counts.refused.saturating_sub(open.refused_before);
            open.refused_before = counts.refused;
            // When the process ends every hall has its end, and the conversations go on all the same.
            open.is_over = ends == Ends::Minute && hall.is_none_or(|hall| hall.has_ended());
            listening += counts.listening();
            open.room = hall.map(|hall| evidence.room(hall)).unwrap_or_default();
            if open.is_over || hall.is_none() {
                "ended".clone_into(&mut open.room.phase);
            }
        }
        let mut gauges = self.watch.minute(&evidence.seen, &mut self.now, listening, refused, self.minute);
        let probes = evidence.take_probes();
        if evidence.has_probers() {
            let failed = probes.iter().filter(|(reached, _)| !reached).count();
            gauges.extend([(Gauge::Probes, probes.len() as i64), (Gauge::ProbesFailed, failed as i64)]);
        }
        let features = Features::of(&self.now, &self.before, &gauges);
        let finding = verdict::minute(&features, &self.weights);
        evidence.seen.gate.be_wary(matches!(finding.verdict, Verdict::Attack | Verdict::Both));
        let rooms = self.open.iter().map(|(slug, open)| (slug.clone(), open.room.clone())).collect();
        let still: Vec<_> = self.open.iter().filter(|(_, open)| !open.is_over).map(|(slug, _)| slug.clone()).collect();
        let commitments = evidence.commitments(self.minute + 1, still);
        let root = receipts::root(&commitments);
        let minute = Minute {
            minute: self.minute,
            rooms: &rooms,
            features: &features,
            finding,
            rows: &self.now.rows(),
            receipts: (commitments.len() as i64, root),
        };
        let mut records: Vec<_> = probes.into_iter().map(|(_, record)| record).collect();
        records.push(minute.encode());
        for (slug, open) in &mut self.open {
            open.scores.push(finding.scores);
            if open.is_over {
                let told = verdict::event(&open.scores, &self.weights);
                records.push(record::closing(slug, self.minute * 60 + 59, open.scores.len() as i64, &told));
            }
        }
        if !evidence.write_with(self.minute, &commitments, records) {
            self.watch.log_faults += 1;
        }
        if self.open.values().any(|open| open.is_over) {
            evidence.remember_past();
        }
        self.open.retain(|_, open| !open.is_over);
        let at = |name| features.at(name).unwrap_or_default();
        self.points.push(Point {
            minute: self.minute,
            connections: at("connections"),
            first_audio: at("first_audio"),
            listening: at("listening"),
        });
        self.watch.starts.retain(|slug, _| self.open.contains_key(slug));
        let over = self.points.len().saturating_sub(SHOWN);
        self.points.drain(..over);
        (self.last, self.finding) = (Some(features), Some(finding));
        self.before.merge(&self.now);
        self.now = Sketch::new();
    }

    /// The server stops within a minute: what is known of it is written down, and the next process goes on after it.
    pub(super) fn pause(&mut self, evidence: &Arc<Evidence>) {
        let halls = evidence.seen.halls.all();
        if !self.open.is_empty() && self.time().div_euclid(60) >= self.minute {
            self.end_minute(evidence, &lent(&halls), Ends::Process);
        }
    }

    /// What the figures of the last minute speak for.
    pub(super) fn signs(&self) -> Vec<Sign> {
        let class = self.finding.map(|finding| finding.verdict.class());
        let both = self.last.as_ref().zip(class);
        both.map(|(features, class)| verdict::signs(class, features, &self.weights)).unwrap_or_default()
    }

    /// The open conversations, and the finding so far of each.
    pub(super) fn rooms(&self) -> impl Iterator<Item = (&String, Option<Finding>)> {
        self.open
            .iter()
            .map(|(slug, open)| (slug, (!open.scores.is_empty()).then(|| verdict::event(&open.scores, &self.weights))))
    }
}

fn lent(halls: &[Arc<Hall>]) -> Vec<&Hall> {
    halls.iter().map(AsRef::as_ref).collect()
}

/// Closings of conversations that were open when the server was last heard of and are not any more.
pub(super) fn close_what_is_over(evidence: &Arc<Evidence>, unclosed: &[String]) -> Vec<String> {
    let halls = evidence.seen.halls.all();
    let is_open = |slug: &String| halls.iter().any(|hall| hall.slug.as_str() == slug && !hall.has_ended());
    let close = |slug: &String| {
        let told = hustings_ledger::story(&evidence.folder, slug).ok()?;
        let finding = verdict::event(&told.scores, &verdict::standard());
        let last = told.minute.unwrap_or(told.opened);
        Some(record::closing(slug, last * 60 + 59, told.scores.len() as i64, &finding))
    };
    unclosed.iter().filter(|slug| !is_open(slug)).filter_map(close).collect()
}
