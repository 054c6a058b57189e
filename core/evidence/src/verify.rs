//! Checking a bundle offline: what is in it, what is missing or altered, what it says, and what it cannot prove.
//!
//! Everything is recomputed: the hash of every record, the root of the tree, every signature, the order and completeness of
//! minutes, each finding from its figures. A second verifier, written apart from this one (`proof/verify.py`), must name the
//! same problems; so each problem has a code and a place, and the sentence beside them is for people.

mod history;
mod records;

use hustings_vocab::limits::evidence::{LOG_RECORDS_MAX, PROBLEMS_MAX};

use crate::bundle::{self, BadBundle, Manifest};
use crate::json::Json;
use crate::merkle::{Hash, leaf};
use crate::note::{BadNote, Checkpoint, Note, Verifier};
use crate::receipts::Receipt;
use crate::tar::Files;
use crate::tiles::{self, Tile, WIDTH};
use crate::verdict::{Finding, Sign};

/// What the verifier was told by somebody else than the bundle.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The log's key, from another place than the bundle.
    pub key: Option<Verifier>,
    /// Keys of witnesses that one trusts.
    pub witnesses: Vec<Verifier>,
    /// Receipts to be matched.
    pub receipts: Vec<Receipt>,
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What kind.
    pub code: &'static str,
    /// Where: a file, a record, a minute.
    pub at: String,
    /// In a sentence.
    pub says: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The conversation.
    pub slug: String,
    /// The log's name.
    pub log: String,
    /// Records in the log at its last checkpoint.
    pub size: u64,
    /// Minutes of the conversation that are there.
    pub minutes: u64,
    /// The finding as recomputed from the figures, if there are any.
    pub finding: Option<Finding>,
    /// What spoke for the finding in its strongest minute.
    pub signs: Vec<Sign>,
    /// What is missing or altered, by code and place.
    pub problems: Vec<Problem>,
    /// What was found beside that: who vouches for what.
    pub facts: Vec<String>,
    /// What this bundle cannot prove.
    pub cannot: Vec<String>,
}

impl Report {
    /// Nothing is missing or altered.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// As programs read it. `good` is 1 or 0.
    #[must_use]
    pub fn json(&self) -> Json {
        let texts = |texts: &[String]| Json::List(texts.iter().map(|text| Json::text(text)).collect());
        let problem = |p: &Problem| {
            Json::map([("code", Json::text(p.code)), ("at", Json::text(&p.at)), ("says", Json::text(&p.says))])
        };
        let int = |n: u64| Json::Int(i64::try_from(n).unwrap_or(i64::MAX));
        Json::map([
            ("good", Json::Int(self.is_good().into())),
            ("conversation", Json::text(&self.slug)),
            ("log", Json::text(&self.log)),
            ("records", int(self.size)),
            ("minutes", int(self.minutes)),
            ("finding", self.finding.map_or_else(|| Json::text("none"), |finding| finding.json())),
            ("signs", Json::List(self.signs.iter().map(Sign::json).collect())),
            ("problems", Json::List(self.problems.iter().map(problem).collect())),
            ("facts", texts(&self.facts)),
            ("cannot_prove", texts(&self.cannot)),
        ])
    }
}

/// Checks a bundle.
///
/// # Errors
/// [`BadBundle`] where it cannot be read at all.
pub fn verify(bytes: &[u8], trust: &Trust) -> Result<Report, BadBundle> {
    let (manifest, files) = bundle::read(bytes)?;
    let mut check = Check { manifest: &manifest, files: &files, trust, problems: Vec::new(), facts: Vec::new() };
    let (log, size, told) = check.run();
    let Check { mut problems, facts, .. } = check;
    problems.sort();
    problems.dedup_by(|a, b| (a.code, &a.at) == (b.code, &b.at));
    problems.truncate(PROBLEMS_MAX);
    let cannot = cannot(&facts);
    let (minutes, finding, signs) = told;
    Ok(Report { slug: manifest.slug, log, size, minutes, finding, signs, problems, facts, cannot })
}

/// A check under way.
struct Check<'a> {
    manifest: &'a Manifest,
    files: &'a Files,
    trust: &'a Trust,
    problems: Vec<Problem>,
    facts: Vec<String>,
}

/// How many minutes there are, the finding over them, and what spoke for it.
type Told = (u64, Option<Finding>, Vec<Sign>);

/// The hash of every record, and of every full tile of them.
struct Tree {
    leaves: Vec<Hash>,
    full: Vec<Hash>,
}

impl Tree {
    fn root(&self, size: u64) -> Option<Hash> {
        let size = usize::try_from(size).ok().filter(|size| *size <= self.leaves.len())?;
        Some(tiles::root_at(&self.full, &self.leaves, size))
    }
}

impl Check<'_> {
    fn run(&mut self) -> (String, u64, Told) {
        let nothing = (0, None, Vec::new());
        let Some(key) = self.key() else { return (String::new(), 0, nothing) };
        let log = key.name().to_owned();
        let Some((note, last)) = self.checkpoint(&key) else { return (log, 0, nothing) };
        let tree = self.tree(last.size);
        if let Some(tree) = &tree
            && tree.root(last.size) != Some(last.root)
        {
            self.problem("root", "checkpoint", "the root that the checkpoint states is not that of the records");
        }
        if self.manifest.last >= last.size {
            self.problem("malformed", "bundle.json", "it names records that the log does not have");
            return (log, last.size, nothing);
        }
        let records = self.records(tree.as_ref(), last.size);
        let seen = self.history(&key, (&note, &last), tree.as_ref(), &records);
        let told = self.story(&records, &seen, last.size);
        (log, last.size, told)
    }

    fn problem(&mut self, code: &'static str, at: impl Into<String>, says: impl Into<String>) {
        self.problems.push(Problem { code, at: at.into(), says: says.into() });
    }

    fn key(&mut self) -> Option<Verifier> {
        let Ok(key) = Verifier::parse(&self.manifest.key) else {
            self.problem("key", "bundle.json", "the log's key is none");
            return None;
        };
        match &self.trust.key {
            Some(known) if *known != key => {
                self.problem("key", "bundle.json", "the log's key is not the one that you gave");
            }
            Some(_) => self.facts.push(format!("the log {} is signed with the key that you gave", key.name())),
            None => self.facts.push(format!("the log's key was taken from the bundle: {}", self.manifest.key)),
        }
        Some(key)
    }

    fn checkpoint(&mut self, key: &Verifier) -> Option<(Note, Checkpoint)> {
        let Some(bytes) = self.files.get("checkpoint") else {
            self.problem("missing", "checkpoint", "the checkpoint is not there");
            return None;
        };
        let read = Note::parse(bytes).and_then(|note| Checkpoint::parse(&note.text).map(|last| (note, last)));
        let Some((note, last)) = read.ok().filter(|(_, last)| last.size <= LOG_RECORDS_MAX) else {
            self.problem("malformed", "checkpoint", "the checkpoint is damaged");
            return None;
        };
        self.signature(&note, &last, key, "checkpoint");
        Some((note, last))
    }

    /// Whether the log has signed this checkpoint.
    fn signature(&mut self, note: &Note, checkpoint: &Checkpoint, key: &Verifier, at: &str) -> bool {
        let says = match note.signed_by(key) {
            Ok(()) if checkpoint.origin == key.name() => return true,
            Ok(()) => "the checkpoint is of another log",
            Err(BadNote::Unsigned) => "the log has not signed the checkpoint",
            Err(_) => "the log's signature does not hold",
        };
        self.problem("signature", at, says);
        false
    }

    /// The hash of every record, if they are all there.
    fn tree(&mut self, size: u64) -> Option<Tree> {
        let (mut leaves, mut whole) = (Vec::new(), true);
        for tile in Tile::of(Some(0), size) {
            let path = tile.path();
            let Some(bytes) = self.files.get(&path) else {
                whole = false;
                self.problem("missing", path, "hashes of records are not there");
                continue;
            };
            match tiles::hashes(bytes).filter(|hashes| hashes.len() == usize::from(tile.width)) {
                Some(hashes) => leaves.extend(hashes),
                None => {
                    whole = false;
                    self.problem("malformed", path, "these are not the hashes of so many records");
                }
            }
        }
        whole.then(|| Tree { full: tiles::roots_of(&leaves), leaves })
    }

    /// The records of the bundle by their number.
    fn records(&mut self, tree: Option<&Tree>, size: u64) -> Vec<(u64, Json)> {
        let (first, last) = (self.manifest.first, self.manifest.last);
        let mut records = Vec::new();
        let width = WIDTH as u64;
        let bundles = Tile::of(None, size).filter(|tile| (first / width..=last / width).contains(&tile.number));
        for tile in bundles {
            let path = tile.path();
            let Some(bytes) = self.files.get(&path) else {
                self.problem("missing", path, "records are not there");
                continue;
            };
            let entries = tiles::entries(bytes).filter(|entries| entries.len() == usize::from(tile.width));
            let Some(entries) = entries else {
                self.problem("malformed", path, "these are not so many records");
                continue;
            };
            for (index, entry) in (tile.number * width..).zip(entries) {
                let at = format!("record {index}");
                if tree.is_some_and(|tree| tree.leaves.get(index as usize) != Some(&leaf(entry))) {
                    self.problem("altered", at.clone(), "the record is not the one whose hash is in the log");
                }
                // What lies before and after in the same file has to be what was published, and is not read.
                match Json::decode(entry) {
                    _ if !(first..=last).contains(&index) => {}
                    Ok(record) => records.push((index, record)),
                    Err(error) => self.problem("record", at, format!("the record cannot be read: {error}")),
                }
            }
        }
        records
    }
}

/// What no bundle can prove, and what this one cannot.
fn cannot(facts: &[String]) -> Vec<String> {
    let mut cannot = vec![
        "that the figures were true when they were written down: they are the operator's own records".to_owned(),
        "who was behind an address, or that two addresses are two people".to_owned(),
        "patient visitors that listen as people do and are none: to this log they are listeners".to_owned(),
        "what was dropped before it reached this server's sockets".to_owned(),
    ];
    if !facts.iter().any(|fact| fact.starts_with("witness ")) {
        cannot.push("that nobody was shown another history: no witness has cosigned it".to_owned());
    }
    if !facts.iter().any(|fact| fact.starts_with("receipt ")) {
        cannot.push("that any listener was counted: no receipt was given to be matched".to_owned());
    }
    if !facts.iter().any(|fact| fact.starts_with("probe ")) {
        cannot.push("how it looked from outside: no other instance has probed".to_owned());
    }
    cannot
}

#[cfg(test)]
mod tests;
