//! Logs on a disk: taken up where they were, refused where they were edited.

use std::fs;
use std::path::PathBuf;

use hustings_evidence::note::{Note, Signature, Signer};
use hustings_evidence::witness::Request;
use hustings_evidence::{record, verify};

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hustings-ledger-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key() -> Key {
    Key { signer: Signer::new("log.example", &[1; 32]).unwrap(), old: None }
}

fn records(many: usize) -> Vec<String> {
    (0..many).map(|n| record::start(n as i64, "0.1.0")).collect()
}

#[test]
fn a_log_goes_on_where_it_was_and_old_widths_stay_readable() {
    let folder = Folder::new("goes-on");
    let mut sizes = 0;
    for many in [1, 2, 250, 5, 300, 1] {
        let mut log = Log::open(&folder.0, key(), 0).unwrap();
        assert_eq!(log.size(), sizes);
        log.append(&records(many)).unwrap();
        sizes += many as u64;
    }
    let log = Log::open(&folder.0, key(), 0).unwrap();
    assert_eq!(log.size(), 559);
    assert_eq!(published(&folder.0, "tile/0/002.p/47").unwrap().unwrap().len(), 47 * 32);
    assert_eq!(published(&folder.0, "tile/0/002.p/3").unwrap().unwrap().len(), 96);
    assert_eq!(published(&folder.0, "tile/0/000.p/9").unwrap().unwrap().len(), 288);
    assert_eq!(published(&folder.0, "tile/1/000.p/2").unwrap().unwrap().len(), 64);
    assert_eq!(published(&folder.0, "tile/1/000.p/1").unwrap().unwrap().len(), 32);
    for absent in ["tile/0/003", "tile/0/002.p/48", "tile/2/000", "../key", "checkpoints/7", "evidence.key"] {
        assert_eq!(published(&folder.0, absent).unwrap(), None, "{absent}");
    }
}

#[test]
fn whoever_is_killed_before_the_checkpoint_finds_the_log_as_it_was() {
    let folder = Folder::new("killed");
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    log.append(&records(3)).unwrap();
    let checkpoint = fs::read(folder.0.join("checkpoint")).unwrap();
    let (tile, bundle) = (folder.0.join("tile/0/000.p/3"), folder.0.join("tile/entries/000.p/3"));
    let before = (fs::read(&tile).unwrap(), fs::read(&bundle).unwrap());
    log.append(&records(1)).unwrap();
    // Killed after the tiles were written and before the checkpoint was.
    fs::write(folder.0.join("checkpoint"), checkpoint).unwrap();
    fs::write(tile, before.0).unwrap();
    fs::write(bundle, before.1).unwrap();
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    assert_eq!(log.size(), 3);
    log.append(&records(2)).unwrap();
    assert_eq!(Log::open(&folder.0, key(), 0).unwrap().size(), 5);
}

#[test]
fn an_edited_log_is_refused_with_the_file_and_the_remedy() {
    let folder = Folder::new("edited");
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    log.append(&records(300)).unwrap();
    for name in ["tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "checkpoint", "key"] {
        let path = folder.0.join(name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&path, &bad).unwrap();
        let error = Log::open(&folder.0, key(), 0).unwrap_err().to_string();
        assert!(error.contains("was changed or is damaged") && error.contains("move"), "{name}: {error}");
        fs::remove_file(&path).unwrap();
        assert!(matches!(Log::open(&folder.0, key(), 0), Err(LedgerError::Edited { .. })), "{name}");
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(Log::open(&folder.0, key(), 0).unwrap().size(), 300);
}

#[test]
fn a_disk_that_takes_nothing_leaves_the_log_as_it_was() {
    let folder = Folder::new("full");
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    log.append(&records(1)).unwrap();
    // A file where a folder must be: nobody can write below it, not even root.
    fs::rename(folder.0.join("tile"), folder.0.join("aside")).unwrap();
    fs::write(folder.0.join("tile"), b"").unwrap();
    assert!(matches!(log.append(&records(1)), Err(LedgerError::Io { .. })));
    assert_eq!(log.size(), 1);
    fs::remove_file(folder.0.join("tile")).unwrap();
    fs::rename(folder.0.join("aside"), folder.0.join("tile")).unwrap();
    log.append(&records(1)).unwrap();
    assert_eq!(Log::open(&folder.0, key(), 0).unwrap().size(), 2);
    assert!(matches!(log.append(&["x".repeat(70_000)]), Err(LedgerError::Record(70_000))));
}

#[test]
fn a_log_whose_key_was_lost_or_replaced_says_so() {
    let folder = Folder::new("rotated");
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    log.append(&records(1)).unwrap();
    let other = || Signer::new("log.example", &[3; 32]).unwrap();
    let log = Log::open(&folder.0, Key { signer: other(), old: Some(key().signer) }, 7).unwrap();
    assert_eq!(log.size(), 2);
    let entries = published(&folder.0, "tile/entries/000.p/2").unwrap().unwrap();
    let text = String::from_utf8_lossy(&entries).into_owned();
    assert!(text.contains("\"kind\":\"key\"") && text.contains("— log.example "), "{text}");
    assert_eq!(Log::open(&folder.0, Key { signer: other(), old: None }, 7).unwrap().size(), 2);
}

#[test]
fn keys_are_made_once_and_a_damaged_one_is_refused() {
    let folder = Folder::new("keys");
    let made = log_key(&folder.0, "log.example", [5; 32]).unwrap();
    let again = log_key(&folder.0, "other.example", [6; 32]).unwrap();
    assert_eq!(made.signer.verifier(), again.signer.verifier());
    fs::write(folder.0.join("evidence.key"), "nonsense").unwrap();
    assert!(log_key(&folder.0, "log.example", [5; 32]).unwrap_err().to_string().contains("restore it"));
    assert!(witness_key(&folder.0, "a b", [5; 32]).is_err());
}

#[test]
fn a_witness_remembers_over_its_own_restart_and_the_bundle_holds_its_word() {
    let (folder, own) = (Folder::new("witnessed"), Folder::new("witness"));
    let mut log = Log::open(&folder.0, key(), 0).unwrap();
    let signer = || witness_key(&own.0, "w.example", [2; 32]).unwrap();
    let open = || WitnessState::open(&own.0, signer(), vec![key().signer.verifier()]).unwrap();
    log.append(&records(3)).unwrap();
    let ask = |log: &Log, old: u64| {
        let request = Request { old, proof: log.consistency(old), note: log.last().clone() };
        open().answer(request.encode().as_bytes(), 100).unwrap()
    };
    let line = ask(&log, 0).unwrap();
    let line = Signature::parse(line.trim_end()).unwrap();
    let note = log.last().clone();
    log.cosigned(&note, vec![line]).unwrap();
    log.append(&records(2)).unwrap();
    assert!(ask(&log, 0).is_err() && ask(&log, 3).is_ok());
    let kept = published(&folder.0, "checkpoints/3").unwrap().unwrap();
    assert_eq!(Note::parse(&kept).unwrap().cosigned_by(&signer().witness()), Ok(100));
    assert!(matches!(export(&folder.0, "talk"), Err(LedgerError::Unknown(_))));
    log.append(&[record::closing(
        "talk",
        5,
        0,
        &hustings_evidence::verdict::event(&[], &hustings_evidence::verdict::standard()),
    )])
    .unwrap();
    assert!(verify::verify(b"", &verify::Trust::default()).is_err());
}
