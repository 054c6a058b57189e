//! Evidence bundles with a seed, good and doctored, and what our verifier says of each: for `proof/verify.py` to say the same.
//!
//! Half of what is doctored is altered by somebody without the log's key: bytes, files. The other half is the operator's own
//! doing: records are left out, moved, dated back or rewritten, and the log is signed anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use hustings_evidence::bundle::Manifest;
use hustings_evidence::merkle::{Hash, leaf};
use hustings_evidence::note::{Checkpoint, Signer};
use hustings_evidence::receipts::{self, Receipt};
use hustings_evidence::record::{self, Minute, Opening, Room};
use hustings_evidence::tar::{self, Files};
use hustings_evidence::tiles::{self, Tile, WIDTH};
use hustings_evidence::verdict::{self, Weights};
use hustings_evidence::verify::{Trust, verify};

use crate::dice::Dice;
use crate::scene::{People, Scene};

/// Minutes are counted from here on: 2026.
const EPOCH_MINUTE: u64 = 29_500_000;

/// A log that is made: its records, where the conversation begins and ends in it, and what else belongs to it.
struct Made {
    records: Vec<String>,
    first: usize,
    last: usize,
    /// Sizes at which witnesses saw it, and when.
    seen: Vec<(usize, u64)>,
    commitments: BTreeMap<i64, Vec<Hash>>,
    witness: bool,
}

/// Makes so many bundles, and `expected.tsv` with what is said of them.
pub(crate) fn make(folder: &Path, many: u64) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut expected = String::new();
    for n in 0..many {
        let bytes = bundle(n);
        let name = format!("{n:04}.tar");
        fs::write(folder.join(&name), &bytes)?;
        let (code, problems, finding) = match verify(&bytes, &Trust::default()) {
            Err(_) => (2, "unreadable".to_owned(), "none"),
            Ok(report) => {
                let all: Vec<_> = report.problems.iter().map(|p| format!("{} {}", p.code, p.at)).collect();
                (i32::from(!report.is_good()), all.join(";"), report.finding.map_or("none", |f| f.verdict.name()))
            }
        };
        // A text is written into memory.
        let _ = writeln!(expected, "{name}\t{code}\t{problems}\t{finding}");
    }
    fs::write(folder.join("expected.tsv"), expected)
}

fn bundle(n: u64) -> Vec<u8> {
    let mut dice = Dice::new(n.wrapping_mul(0x9e37_79b9) + 1);
    let mut made = log(&mut dice);
    match n % 4 {
        0 | 1 => tar::write(&files(&made)),
        2 => {
            let honest = files(&made);
            rewrite(&mut dice, &mut made);
            let mut doctored = files(&made);
            // What witnesses saw before is kept by others and comes along.
            doctored.extend(honest.into_iter().filter(|(name, _)| name.starts_with("checkpoints/")));
            tar::write(&doctored)
        }
        _ => alter(&mut dice, &files(&made)),
    }
}

fn log(dice: &mut Dice) -> Made {
    let mut records = vec![record::start(EPOCH_MINUTE as i64 * 60 - 100, "0.1.0")];
    // Other evenings before: some logs have more than one tile.
    let before = if dice.is(0.3) { dice.next() % 600 } else { dice.next() % 5 };
    records.extend((0..before).map(|n| record::start(n as i64, "0.1.0")));
    let first = records.len();
    let witness = dice.is(0.6);
    let begin = (EPOCH_MINUTE + dice.next() % 1000) as i64;
    let mut weights = verdict::standard();
    if dice.is(0.15) {
        weights.attack += 17;
        weights.terms.truncate(9);
    }
    let keys = if witness { vec![signer("w.example", 2).witness().encode()] } else { Vec::new() };
    let opening = Opening {
        slug: "talk",
        time: begin * 60 + 20,
        announced: begin * 60 + 300,
        line_kbit: 1_000_000,
        policy: &BTreeMap::from([("joins_per_minute".to_owned(), 6000)]),
        rehearsal: &BTreeMap::from([("listeners".to_owned(), 2000)]),
        lottery: "",
        witnesses: &keys,
        weights: &weights,
    };
    records.push(opening.encode());
    let (mut scores, mut seen, mut commitments) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut scene = Scene::new(dice.next());
    let minutes = 1 + (dice.next() % 14) as i64;
    for n in 0..minutes {
        let minute = begin + n;
        let text = one_minute(dice, &mut scene, minute, &weights, &mut scores, &mut commitments);
        records.push(text);
        if dice.is(0.05) {
            records.push(record::start(minute * 60, "0.1.0"));
        }
        if witness && dice.is(0.4) {
            seen.push((records.len(), (minute as u64 + 1) * 60 + 1));
        }
    }
    if dice.is(0.8) {
        let finding = verdict::event(&scores, &weights);
        records.push(record::closing("talk", (begin + minutes) * 60 - 1, minutes, &finding));
    }
    let last = records.len() - 1;
    if records[last].contains("\"closing\"") {
        records.extend((0..dice.next() % 4).map(|n| record::start((begin + minutes + n as i64) * 60, "0.1.0")));
    }
    if witness {
        seen.push((records.len(), (begin + minutes) as u64 * 60 + 5));
    }
    Made { records, first, last, seen, commitments, witness }
}

fn one_minute(
    dice: &mut Dice,
    scene: &mut Scene,
    minute: i64,
    weights: &Weights,
    scores: &mut Vec<verdict::Scores>,
    commitments: &mut BTreeMap<i64, Vec<Hash>>,
) -> String {
    let come = dice.scale(1.0, 300.0);
    scene.people(come, &People::USUAL);
    if dice.is(0.1) {
        let many = 10 + dice.next() % 300;
        scene.machines(many, 200, 1, true);
    }
    let rows = scene.sketch.rows();
    let features = scene.minute(dice.is(0.7).then_some(5));
    let finding = verdict::minute(&features, weights);
    scores.push(finding.scores);
    let given: Vec<_> = (0..if dice.is(0.3) { dice.next() % 5 } else { 0 })
        .map(|n| Receipt { slug: "talk".into(), minute, secret: [n as u8; 16] }.commitment())
        .collect();
    let receipts = (given.len() as i64, receipts::root(&given));
    if !given.is_empty() {
        commitments.insert(minute, given);
    }
    let room = Room { phase: "live".into(), listening: 5, waiting: 0, refused: 0, came: 5 };
    let rooms = BTreeMap::from([("talk".to_owned(), room.clone()), ("another".to_owned(), room)]);
    Minute { minute, rooms: &rooms, features: &features, finding, rows: &rows, receipts }.encode()
}

fn signer(name: &str, secret: u8) -> Signer {
    Signer::new(name, &[secret; 32]).expect("the names here are good")
}

fn files(made: &Made) -> Files {
    let log = signer("log.example/evidence", 1);
    let leaves: Vec<_> = made.records.iter().map(|r| leaf(r.as_bytes())).collect();
    let checkpoint = |size: usize| {
        let times: Vec<_> = made.seen.iter().filter(|(seen, _)| *seen == size).collect();
        let root = tiles::root_by_tiles(&leaves[..size]);
        let mut note = log.sign(&Checkpoint { origin: log.name().to_owned(), size: size as u64, root }.text());
        if made.witness {
            let lines = times.iter().map(|(_, time)| signer("w.example", 2).cosign(&note.text, *time));
            note.signatures.extend(lines.take(1).collect::<Vec<_>>());
        }
        note.encode().into_bytes()
    };
    let (size, width) = (made.records.len(), WIDTH as u64);
    let key = log.verifier().encode();
    let manifest = Manifest { slug: "talk".into(), key, first: made.first as u64, last: made.last as u64 };
    let mut files = Files::from([
        ("bundle.json".to_owned(), manifest.encode().into_bytes()),
        ("checkpoint".to_owned(), checkpoint(size)),
    ]);
    for (size, _) in made.seen.iter().filter(|(seen, _)| *seen < size) {
        files.insert(format!("checkpoints/{size}"), checkpoint(*size));
    }
    for (hashes, entries) in Tile::of(Some(0), size as u64).zip(Tile::of(None, size as u64)) {
        let begin = hashes.number as usize * WIDTH;
        let end = begin + usize::from(hashes.width);
        files.insert(hashes.path(), tiles::tile_bytes(&leaves[begin..end]));
        if (made.first as u64 / width..=made.last as u64 / width).contains(&entries.number) {
            let mut bytes = Vec::new();
            made.records[begin..end].iter().for_each(|record| tiles::put_entry(record.as_bytes(), &mut bytes));
            files.insert(entries.path(), bytes);
        }
    }
    for (minute, given) in &made.commitments {
        files.insert(format!("receipts/{minute}"), given.concat());
    }
    files
}

/// What an operator could do, who has the key.
fn rewrite(dice: &mut Dice, made: &mut Made) {
    let at = made.first + 1 + dice.next() as usize % (made.last - made.first).max(1);
    let at = at.min(made.last);
    match dice.next() % 9 {
        0 if at < made.last => {
            made.records.remove(at);
            made.last -= 1;
        }
        1 if at < made.last => made.records.swap(at, at + 1),
        2 => made.records[at] = made.records[at].replace("\"attack\":", "\"attack\":1"),
        3 => made.records[at] = made.records[at].replace("\"verdict\":\"", "\"verdict\":\"no "),
        4 => made.records[at] = made.records[at].replace("\"minute\":29", "\"minute\":28"),
        5 => made.records[at] = made.records[at].replace("\"connections\":", "\"connections\":3"),
        6 => made.records[at] = made.records[at].replacen(':', ": ", 1),
        7 => made.records[made.first] = made.records[made.first].replace("\"weights\":{", "\"weights\":{\"a\":[],"),
        _ => made.last = at,
    }
    made.seen.retain(|(size, _)| *size <= made.records.len());
    let size = made.records.len();
    if let Some(last) = made.seen.last_mut() {
        last.0 = size;
    }
}

/// What anybody could do.
fn alter(dice: &mut Dice, files: &Files) -> Vec<u8> {
    let mut files = files.clone();
    let names: Vec<_> = files.keys().cloned().collect();
    let (one, two) = (&names[dice.next() as usize % names.len()], &names[dice.next() as usize % names.len()]);
    match dice.next() % 6 {
        0 => drop(files.remove(one)),
        1 => {
            let (a, b) = (files[one].clone(), files[two].clone());
            files.extend([(one.clone(), b), (two.clone(), a)]);
        }
        2 => {
            if let Some(bytes) = files.get_mut(one).filter(|bytes| !bytes.is_empty()) {
                let at = dice.next() as usize % bytes.len();
                bytes[at] ^= 1 << (dice.next() % 8);
            }
        }
        3 => {
            if let Some(bytes) = files.get_mut(one) {
                bytes.truncate(dice.next() as usize % (bytes.len() + 1));
            }
        }
        4 => {
            let mut bytes = tar::write(&files);
            bytes.truncate(dice.next() as usize % bytes.len());
            return bytes;
        }
        _ => {
            let mut bytes = tar::write(&files);
            let at = dice.next() as usize % bytes.len();
            bytes[at] ^= 1 << (dice.next() % 8);
            return bytes;
        }
    }
    tar::write(&files)
}

#[cfg(test)]
mod tests {
    use hustings_evidence::verdict;

    #[test]
    fn the_published_weights_are_the_standard_ones() {
        assert_eq!(include_str!("../../weights.json").trim_end(), verdict::standard().json().encode());
    }
}
