//! Bundles, good and doctored.

use std::collections::BTreeMap;

use super::*;
use crate::bundle::Manifest;
use crate::note::Signer;
use crate::record::{Minute, Opening, Room};
use crate::{Features, Gauge, Gauges, Sketch, receipts, tar, verdict};

/// A log of one conversation, from minute 1000 on.
struct Made {
    records: Vec<String>,
    files: Files,
    witness: Signer,
    receipt: Receipt,
}

fn minute(minute: i64) -> String {
    let gauges = Gauges::from([(Gauge::Cpu, minute - 990), (Gauge::Listening, 20)]);
    let features = Features::of(&Sketch::new(), &Sketch::new(), &gauges);
    let finding = verdict::minute(&features, &verdict::standard());
    let rooms = BTreeMap::from([("talk".to_owned(), Room { phase: "live".into(), ..Room::default() })]);
    let root = receipts::root(&[receipt().commitment()]);
    let receipts = if minute == 1001 { (1, root) } else { (0, receipts::root(&[])) };
    Minute { minute, rooms: &rooms, features: &features, finding, rows: &[], receipts }.encode()
}

fn receipt() -> Receipt {
    Receipt { slug: "talk".into(), minute: 1001, secret: [4; 16] }
}

fn records() -> Vec<String> {
    let (witness, weights) = (witness().witness().encode(), verdict::standard());
    let opening = Opening {
        slug: "talk",
        time: 60_000,
        announced: 60_300,
        line_kbit: 0,
        policy: &BTreeMap::new(),
        rehearsal: &BTreeMap::new(),
        lottery: "",
        witnesses: &[witness],
        weights: &weights,
    };
    let finding = verdict::event(&[verdict::Scores::default(); 4], &weights);
    let mut records = vec![record_of_start(), opening.encode()];
    records.extend((1000..1004).map(minute));
    records.push(crate::record::closing("talk", 60_200, 4, &finding));
    records
}

fn record_of_start() -> String {
    crate::record::start(59_000, "0.1.0")
}

fn witness() -> Signer {
    Signer::new("w.example", &[2; 32]).unwrap()
}

/// The files of a log, cosigned when it had four records and at the end.
fn files(records: &[String], first: u64) -> Files {
    let log = Signer::new("log.example", &[1; 32]).unwrap();
    let leaves: Vec<_> = records.iter().map(|r| leaf(r.as_bytes())).collect();
    let checkpoint = |size: usize, time: u64| {
        let (root, size) = (tiles::root_by_tiles(&leaves[..size]), size as u64);
        let mut note = log.sign(&Checkpoint { origin: "log.example".into(), size, root }.text());
        note.signatures.push(witness().cosign(&note.text, time));
        note.encode().into_bytes()
    };
    let mut entries = Vec::new();
    records.iter().for_each(|record| tiles::put_entry(record.as_bytes(), &mut entries));
    let (last, width) = (records.len() as u64 - 1, records.len() as u16);
    let manifest = Manifest { slug: "talk".into(), key: log.verifier().encode(), first, last };
    Files::from([
        ("bundle.json".into(), manifest.encode().into_bytes()),
        ("checkpoint".into(), checkpoint(records.len(), 60_240)),
        ("checkpoints/4".into(), checkpoint(4.min(records.len()), 60_121)),
        (Tile { level: Some(0), number: 0, width }.path(), tiles::tile_bytes(&leaves)),
        (Tile { level: None, number: 0, width }.path(), entries),
        ("receipts/1001".into(), receipt().commitment().to_vec()),
    ])
}

fn good() -> Made {
    let records = records();
    Made { files: files(&records, 1), records, witness: witness(), receipt: receipt() }
}

fn codes(files: &Files, trust: &Trust) -> Vec<String> {
    let report = verify(&tar::write(files), trust).unwrap();
    report.problems.iter().map(|p| format!("{} {}", p.code, p.at)).collect()
}

#[test]
fn a_good_bundle_is_good_and_says_on_whom_it_rests() {
    let made = good();
    let trust = Trust { witnesses: vec![made.witness.witness()], receipts: vec![made.receipt], ..Trust::default() };
    let report = verify(&tar::write(&made.files), &trust).unwrap();
    assert!(report.is_good(), "{:?}", report.problems);
    assert_eq!((report.minutes, report.size, report.log.as_str()), (4, 7, "log.example"));
    assert_eq!(report.finding.unwrap().verdict, verdict::Verdict::NotEnoughEvidence);
    let says = |begin: &str| report.facts.iter().any(|fact| fact.starts_with(begin));
    assert!(
        says("witness w.example, whose key you gave, saw the log with 7 records") && says("receipt of minute 1001")
    );
    assert_eq!(report.cannot.len(), 5, "{:?}", report.cannot);
}

#[test]
fn whatever_is_changed_after_a_witness_saw_it_is_found() {
    let made = good();
    // Rewritten by its operator, who has the log's key and signs a new history; the witness's word of before remains.
    let doctor = |records: Vec<String>| {
        let mut other = files(&records, 1);
        other.insert("checkpoints/4".into(), made.files["checkpoints/4"].clone());
        codes(&other, &Trust::default())
    };
    let mut changed = made.records.clone();
    changed[2] = minute(1000).replace("\"cpu_permille\":10", "\"cpu_permille\":9");
    assert_eq!(doctor(changed), ["fork checkpoints/4"]);
    let mut left_out = made.records.clone();
    left_out.remove(3);
    let found = doctor(left_out);
    assert!(found.contains(&"fork checkpoints/4".into()) && found.contains(&"missing_minute minute 1001".into()));
    let mut swapped = made.records.clone();
    swapped.swap(2, 3);
    assert!(doctor(swapped).contains(&"order record 3".into()));
    let mut backdated = made.records.clone();
    (4..6).for_each(|n| backdated[n] = minute(900 + n as i64));
    assert!(doctor(backdated).contains(&"backdated record 5".into()));
}

#[test]
fn every_flipped_byte_is_found_or_makes_it_unreadable() {
    let made = good();
    let bytes = tar::write(&made.files);
    let trust = Trust::default();
    for at in (0..bytes.len()).step_by(7) {
        let mut other = bytes.clone();
        other[at] ^= 0x21;
        match verify(&other, &trust) {
            Err(_) => {}
            Ok(report) => {
                let changed_padding = tar::read(&other).is_ok_and(|files| files == made.files);
                assert!(!report.is_good() || changed_padding, "byte {at}");
            }
        }
    }
}

#[test]
fn findings_and_completeness_are_recomputed() {
    let made = good();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut records = made.records.clone();
        change(&mut records);
        codes(&files(&records, 1), &Trust::default())
    };
    assert_eq!(with(&|r| r[3] = r[3].replace("not enough evidence", "attack")), ["finding record 3"]);
    assert_eq!(with(&|r| r[6] = r[6].replace("\"minutes\":4", "\"minutes\":5")), ["minutes record 6"]);
    assert_eq!(with(&|r| r[6] = r[6].replace("not enough evidence", "attack")), ["finding record 6"]);
    assert_eq!(with(&|r| r[4] = r[4].replace("\"listening\":20", "\"listening\":21")), ["suppression record 4"]);
    assert_eq!(
        with(&|r| r[4] = r[4].replace("{", " {")),
        ["minutes record 6", "missing_minute minute 1002", "record record 4"].map(String::from)
    );
    assert!(with(&|r| drop(r.pop())).is_empty(), "not closed yet");
    assert_eq!(with(&|r| r.push(record_of_start())), [""; 0]);
    assert_eq!(
        with(&|r| {
            r.pop();
            r.push(record_of_start());
        }),
        [""; 0]
    );
    let mut cut = files(&made.records, 1);
    let manifest = Manifest {
        slug: "talk".into(),
        key: Signer::new("log.example", &[1; 32]).unwrap().verifier().encode(),
        first: 1,
        last: 4,
    };
    cut.insert("bundle.json".into(), manifest.encode().into_bytes());
    assert_eq!(codes(&cut, &Trust::default()), ["cut record 4"]);
    let mut late = files(&made.records, 2);
    assert!(codes(&late, &Trust::default()).contains(&"opening conversation".into()));
    late = files(&made.records, 1);
    late.remove("tile/entries/000.p/7");
    assert!(codes(&late, &Trust::default()).contains(&"missing tile/entries/000.p/7".into()));
}

#[test]
fn a_receipt_that_the_log_does_not_count_is_named() {
    let made = good();
    let other = Receipt { secret: [5; 16], ..made.receipt };
    let trust = Trust { receipts: vec![other], ..Trust::default() };
    assert_eq!(codes(&made.files, &trust), ["receipt minute 1001"]);
    let mut files = made.files;
    files.insert("receipts/1001".into(), vec![0; 32]);
    assert_eq!(codes(&files, &Trust::default()), ["receipts receipts/1001"]);
}
