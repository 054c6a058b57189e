//! Checkpoints: whether the earlier ones are beginnings of the last, and what witnesses saw when.

use super::{Check, Tree};
use crate::bundle;
use crate::json::Json;
use crate::note::{BadNote, Checkpoint, Note, Verifier};
use crate::record;

/// A size of the log that a witness saw, and when, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) size: u64,
    pub(super) time: i64,
}

impl Check<'_> {
    /// What witnesses saw, by size.
    pub(super) fn history(
        &mut self,
        key: &Verifier,
        last: (&Note, &Checkpoint),
        tree: Option<&Tree>,
        records: &[(u64, Json)],
    ) -> Vec<Seen> {
        let keys = keys(key, records);
        let mut good = vec![("checkpoint".to_owned(), last.0.clone(), last.1.size)];
        let files = self.files;
        for (path, bytes) in files.range("checkpoints/".to_owned()..) {
            let Some(size) = path.strip_prefix("checkpoints/").and_then(bundle::number) else { break };
            let read = Note::parse(bytes).and_then(|note| Checkpoint::parse(&note.text).map(|c| (note, c)));
            let Some((note, earlier)) = read.ok().filter(|(_, earlier)| earlier.size == size) else {
                self.problem("malformed", path, "the checkpoint is damaged");
                continue;
            };
            let by = keys.iter().find(|key| note.signed_by(key).is_ok()).unwrap_or(key);
            if !self.signature(&note, &earlier, by, path) {
                continue;
            }
            if size > last.1.size {
                self.problem("fork", path, "the log was longer once than it is now");
            } else if tree.is_some_and(|tree| tree.root(size) != Some(earlier.root)) {
                self.problem("fork", path, "the log has another history than when this checkpoint was signed");
            } else {
                good.push((path.clone(), note, size));
            }
        }
        self.cosignatures(&good, &keys, records)
    }

    fn cosignatures(&mut self, notes: &[(String, Note, u64)], keys: &[Verifier], records: &[(u64, Json)]) -> Vec<Seen> {
        let stated = records.first().and_then(|(_, opening)| opening.at("witnesses")).map_or(&[][..], Json::list);
        let stated = stated.iter().filter_map(|key| Verifier::parse(key.str()?).ok());
        let mut witnesses = self.trust.witnesses.clone();
        for key in stated {
            if !witnesses.contains(&key) {
                witnesses.push(key);
            }
        }
        for (at, note, _) in notes {
            let known = |line| {
                keys.iter().any(|key| key.is_log_line(line)) || witnesses.iter().any(|w| w.is_witness_line(line))
            };
            if !note.signatures.iter().all(known) {
                self.problem(
                    "cosignature",
                    at,
                    "somebody signed whom the log does not name; give the key, if it is known",
                );
            }
        }
        let mut seen = Vec::new();
        for (n, witness) in witnesses.iter().enumerate() {
            let mut latest: Option<Seen> = None;
            for (at, note, size) in notes {
                match note.cosigned_by(witness) {
                    Ok(time) => {
                        let now = Seen { size: *size, time: i64::try_from(time).unwrap_or(i64::MAX) };
                        seen.push(now);
                        latest = latest.max(Some(now));
                    }
                    Err(BadNote::Unsigned) => {}
                    Err(_) => self.problem("cosignature", at, format!("what {} signed does not hold", witness.name())),
                }
            }
            if let Some(Seen { size, time }) = latest {
                let whose =
                    if n < self.trust.witnesses.len() { "whose key you gave" } else { "whose key the log states" };
                let name = witness.name();
                self.facts.push(format!("witness {name}, {whose}, saw the log with {size} records at {time}"));
            }
        }
        seen.sort();
        seen
    }
}

/// The log's key, and those that it had before.
fn keys(key: &Verifier, records: &[(u64, Json)]) -> Vec<Verifier> {
    let changes = records.iter().filter(|(_, record)| record::kind(record) == "key");
    let old = changes.filter_map(|(_, record)| Verifier::parse(record.at("old")?.str()?).ok());
    std::iter::once(key.clone()).chain(old).collect()
}
