//! What the records say: whether each follows from its figures, whether all minutes are there, in order and in time.

use std::collections::BTreeSet;

use hustings_vocab::limits::evidence::{
    COARSE_STEP, MINUTES_MAX, ROWS_MAX, SOURCES_TOLD_MIN, WITNESS_SKEW_SECONDS_MAX,
};

use super::history::Seen;
use super::{Check, Told};
use crate::json::Json;
use crate::merkle::Hash;
use crate::note::{Note, Verifier};
use crate::receipts::{self, Receipt};
use crate::record::{is_about, kind};
use crate::verdict::{self, Finding, Scores, Sign, Weights};
use crate::{FEATURES, Features, hex, tiles};

/// A conversation as its records tell it.
#[derive(Default)]
struct Story {
    minutes: BTreeSet<i64>,
    scores: Vec<Scores>,
    /// For each class the highest score of a minute, and that minute's figures.
    strongest: [(i64, Features); 4],
    begins: Option<i64>,
    ends: Option<i64>,
    restarts: u64,
    receipts: u64,
}

/// What spoke for a finding in the minute in which most did. Where it found nothing: what spoke for an attack.
fn strongest(finding: &Finding, story: &Story, weights: &Weights) -> Vec<Sign> {
    let class = finding.verdict.class();
    let classes = finding.scores.by_class().into_iter().zip(&story.strongest);
    let figures = classes.filter(|((name, _), _)| *name == class).map(|(_, (_, figures))| figures);
    figures.flat_map(|figures| verdict::signs(class, figures, weights)).collect()
}

impl Check<'_> {
    /// How many minutes there are, the finding over them, and what spoke for it.
    pub(super) fn story(&mut self, records: &[(u64, Json)], seen: &[Seen], size: u64) -> Told {
        let slug = self.manifest.slug.clone();
        let mut story = Story::default();
        let opening = records.first().filter(|(index, record)| {
            *index == self.manifest.first && kind(record) == "opening" && is_about(record, &slug)
        });
        if opening.is_none() {
            self.problem("opening", "conversation", "the record of its opening is not the first of the bundle");
        }
        story.begins = opening.and_then(|(_, record)| record.at("time")?.int()).map(|time| time.div_euclid(60));
        let published = opening.and_then(|(_, record)| Weights::read(record.at("weights")?));
        if published.is_none() && opening.is_some() {
            self.problem("weights", "conversation", "the opening publishes no weights that can be read");
        }
        let weights = published.unwrap_or_else(verdict::standard);
        let hash = hex::encode(&crate::merkle::sha256(weights.json().encode().as_bytes()));
        if hash == verdict::standard_hash() {
            self.facts.push(format!("the weights are the standard ones, {}", &hash[..16]));
        } else {
            self.facts.push(format!("the weights are the operator's own, not the standard ones: {hash}"));
        }
        for (index, record) in records {
            self.record(*index, record, &weights, seen, &mut story);
        }
        self.complete(&story, size);
        self.match_receipts(records);
        if story.restarts > 0 {
            self.facts.push(format!(
                "the server began anew {} times; minutes that are missing then stay missing",
                story.restarts
            ));
        }
        let finding = (!story.scores.is_empty()).then(|| verdict::event(&story.scores, &weights));
        let signs = finding.map(|finding| strongest(&finding, &story, &weights)).unwrap_or_default();
        (story.minutes.len() as u64, finding, signs)
    }

    fn record(&mut self, index: u64, record: &Json, weights: &Weights, seen: &[Seen], story: &mut Story) {
        let (at, slug) = (format!("record {index}"), &self.manifest.slug);
        let about = is_about(record, slug);
        if record.at("v").and_then(Json::int) != Some(1) {
            return self.problem("record", at, "the record is of another version");
        }
        match kind(record) {
            "opening" if about && index != self.manifest.first => {
                self.problem("order", at, "the conversation opens twice in the bundle");
            }
            "minute" if about => self.minute(index, &at, record, weights, seen, story),
            "closing" if about => self.closing(&at, record, weights, story),
            "opening" | "minute" | "closing" => {}
            "start" => story.restarts += 1,
            "key" => self.facts.push(format!("from {at} on the log is signed with another key")),
            "probe" => self.probe(&at, record),
            _ => self.problem("record", at, "the record is of a kind that there is not"),
        }
    }

    fn minute(&mut self, index: u64, at: &str, record: &Json, weights: &Weights, seen: &[Seen], story: &mut Story) {
        let features = record.at("features").and_then(Features::read);
        let (Some(minute), Some(features)) = (record.at("minute").and_then(Json::int), features) else {
            return self.problem("record", at, "the record has no minute, or no figures");
        };
        let finding = verdict::minute(&features, weights);
        if record.at("finding") != Some(&finding.json()) {
            self.problem("finding", at, "the finding does not follow from the figures");
        }
        if story.ends.is_some() || story.minutes.last().is_some_and(|last| *last >= minute) {
            self.problem("order", at, "the minute is not after the one before it");
        }
        let rows = record.at("prefixes_permille").map_or(&[][..], Json::list);
        let few = features.at("sources").unwrap_or_default() < SOURCES_TOLD_MIN as i64;
        let fine = |name: &str| few && features.at(name).is_some_and(|value| value % COARSE_STEP != 0);
        if rows.len() > ROWS_MAX || few && !rows.is_empty() || FEATURES.all().any(|f| f.is_count && fine(f.name)) {
            self.problem("suppression", at, "it tells more of few people than it may");
        }
        self.in_time(index, at, minute, seen);
        self.receipts(minute, record, story);
        story.minutes.insert(minute);
        for ((_, score), (most, figures)) in finding.scores.by_class().into_iter().zip(&mut story.strongest) {
            if score > *most {
                (*most, *figures) = (score, features.clone());
            }
        }
        story.scores.push(finding.scores);
    }

    /// A record that was appended between two checkpoints was made between the times at which they were seen.
    fn in_time(&mut self, index: u64, at: &str, minute: i64, seen: &[Seen]) {
        let begins = i128::from(minute) * 60;
        let before = seen.iter().filter(|seen| seen.size <= index).map(|seen| seen.time).max();
        let after = seen.iter().filter(|seen| seen.size > index).map(|seen| seen.time).min();
        let skew = i128::from(WITNESS_SKEW_SECONDS_MAX);
        let too_old = before.is_some_and(|time| begins + 60 + skew < i128::from(time));
        let too_new = after.is_some_and(|time| begins - skew > i128::from(time));
        if too_old || too_new {
            self.problem("backdated", at, "witnesses saw the log at other times than this record claims");
        }
    }

    fn closing(&mut self, at: &str, record: &Json, weights: &Weights, story: &mut Story) {
        let int = |key| record.at(key).and_then(Json::int);
        let (Some(time), Some(minutes)) = (int("time"), int("minutes")) else {
            return self.problem("record", at, "the closing has no time, or does not say how many minutes there were");
        };
        if story.ends.is_some() {
            return self.problem("order", at, "the conversation closes twice");
        }
        story.ends = Some(time.div_euclid(60));
        if usize::try_from(minutes) != Ok(story.minutes.len()) {
            self.problem("minutes", at, "the closing counts other minutes than there are");
        }
        let finding = verdict::event(&story.scores, weights);
        if record.at("finding") != Some(&finding.json()) {
            self.problem("finding", at, "the finding does not follow from those of the minutes");
        }
    }

    /// Whether every minute from the opening on is there.
    fn complete(&mut self, story: &Story, size: u64) {
        if story.ends.is_none() && self.manifest.last + 1 < size {
            let at = format!("record {}", self.manifest.last);
            self.problem("cut", at, "the log goes on and the conversation was not closed: records were left out");
        } else if story.ends.is_none() {
            self.facts.push("the conversation was not closed when the bundle was made".to_owned());
        }
        let begins = story.begins.or(story.minutes.first().copied());
        let ends = story.minutes.last().copied().max(story.ends);
        let (Some(begins), Some(ends)) = (begins, ends) else {
            return;
        };
        let span = i128::from(ends) - i128::from(begins);
        if span >= MINUTES_MAX as i128 {
            return self.problem("minutes", "conversation", "it lasted longer than a verifier reads");
        }
        for minute in (begins..=ends).filter(|minute| !story.minutes.contains(minute)) {
            self.problem("missing_minute", format!("minute {minute}"), "the minute has no record");
        }
    }

    fn probe(&mut self, at: &str, record: &Json) {
        let key = record.at("key").and_then(Json::str).and_then(|key| Verifier::parse(key).ok());
        let lines = record.at("note").map_or(&[][..], Json::list);
        let note: String = lines.iter().filter_map(Json::str).map(|line| format!("{line}\n")).collect();
        match (Note::parse(note.as_bytes()), key) {
            (Ok(note), Some(key)) if note.signed_by(&key).is_ok() => {
                self.facts.push(format!("probe of {}: {}", key.name(), note.text.trim_end().replace('\n', ", ")));
            }
            _ => self.problem("probe", at, "the probe is not signed with the key beside it"),
        }
    }

    /// Whether the commitments beside the log are those that the record counts.
    fn receipts(&mut self, minute: i64, record: &Json, story: &mut Story) {
        let path = format!("receipts/{minute}");
        let Some(bytes) = self.files.get(&path) else { return };
        let stated = record.at("receipts");
        let count = stated.and_then(|of| of.at("count")?.int());
        let root = stated.and_then(|of| hex::decode::<32>(of.at("root")?.str()?));
        let good = tiles::hashes(bytes).filter(|all| i64::try_from(all.len()).ok() == count);
        if good.is_some_and(|all| Some(receipts::root(&all)) == root) {
            story.receipts += 1;
        } else {
            self.problem("receipts", path, "these are not the commitments that the record counts");
        }
    }

    fn match_receipts(&mut self, records: &[(u64, Json)]) {
        for receipt in self.trust.receipts.clone() {
            let Receipt { slug, minute, .. } = &receipt;
            let in_minute = |record: &Json| {
                kind(record) == "minute"
                    && record.at("minute").and_then(Json::int) == Some(*minute)
                    && is_about(record, slug)
            };
            let commitments = self.files.get(&format!("receipts/{minute}")).and_then(|bytes| tiles::hashes(bytes));
            let has = |all: &Vec<Hash>| all.contains(&receipt.commitment());
            if *slug == self.manifest.slug
                && records.iter().any(|(_, r)| in_minute(r))
                && commitments.as_ref().is_some_and(has)
            {
                self.facts.push(format!("receipt of minute {minute}: the log counted it"));
            } else {
                self.problem("receipt", format!("minute {minute}"), "a receipt that you gave is not in the log");
            }
        }
    }
}
