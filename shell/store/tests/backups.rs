//! Backups told as their ways: from each database into each, while others write, and files that nobody should restore.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use common::Database;
use hustings_store::{ArchiveError, By, Keys, NewAccount, NewSession, Present, Purpose, Store, backup, restore};
use hustings_vocab::{AccountId, Role, SiteRole, Slug};

const NOON: u64 = 1_800_000_000_000;

fn by(now_ms: u64) -> By<'static> {
    By { actor: "console", reason: "Because: \u{1f3a4} 'quoted'\n\"twice\"", now_ms }
}

fn new(number: u64) -> NewAccount {
    NewAccount {
        id: format!("{number:016x}").parse().unwrap(),
        handle: format!("person-{number}").parse().unwrap(),
        name: format!("Person {number} \u{202a}\u{1f600}"),
        email: number.is_multiple_of(2).then(|| format!("p{number}@example.org")),
        role: SiteRole::Member,
    }
}

/// Something in most tables.
async fn filled(store: &Store) -> AccountId {
    let slug: Slug = "evening".parse().unwrap();
    store.create(&slug, "An evening", Some(NOON), NOON).await.unwrap();
    for number in 1..40 {
        store.create_account(&new(number), by(NOON + number)).await.unwrap();
    }
    let first = new(1).id;
    store.make_link(&first, Purpose::Welcome, "secret", NOON + 5000, by(NOON)).await.unwrap();
    let session = NewSession { secret: "cookie", id: "a", account: &first, label: "Firefox", now_ms: NOON };
    store.begin_session(session).await.unwrap();
    store.set_role_in(&slug, &first, Role::Host).await.unwrap();
    store.suspend(&new(2).id, by(NOON + 100)).await.unwrap();
    first
}

async fn as_filled(store: &Store, first: &AccountId) {
    assert_eq!(store.verify_audit().await.unwrap().unwrap(), 41);
    assert_eq!(store.accounts("", "", 100).await.unwrap().len(), 39);
    let person = store.account(&new(2).id).await.unwrap();
    assert_eq!(person.suspended.unwrap().reason, by(0).reason);
    assert_eq!(person.email.as_deref(), Some("p2@example.org"));
    assert_eq!(store.account(first).await.unwrap().email, None);
    assert_eq!(store.session("cookie", NOON).await.unwrap().unwrap().0.id, *first);
    assert_eq!(store.use_link("secret", NOON).await.unwrap().unwrap().id, *first);
    let slug: Slug = "evening".parse().unwrap();
    assert_eq!(store.role_in(&slug, first).await.unwrap(), Some(Role::Host));
    assert_eq!(store.find(&slug).await.unwrap().title, "An evening");
    // It goes on from there.
    store.reinstate(&new(2).id, by(NOON + 200)).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().unwrap(), 42);
}

/// Saves one, restores it into the other.
async fn moved(from: &Database, to: &Database) {
    let store = from.open().await;
    let first = filled(&store).await;
    let keys = Keys::open(&from.folder()).unwrap();
    fs::create_dir_all(from.folder().join("covers")).unwrap();
    fs::write(from.folder().join("covers/a.webp"), [0, 1, 2, 255]).unwrap();
    let file = from.folder().join("saved.tar.gz");
    // The server has it open all the while.
    let saved = backup(&from.folder(), from.place(), &file, NOON).await.unwrap();
    assert_eq!(saved.files, 2, "the key and the cover");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let restored = restore(&file, &to.folder(), to.place(), Present::Stay, NOON).await.unwrap();
    assert_eq!((restored.rows, restored.files, restored.acts), (saved.rows, 2, Ok(41)));
    as_filled(&to.open().await, &first).await;
    assert_eq!(fs::read(to.folder().join("covers/a.webp")).unwrap(), [0, 1, 2, 255]);
    let key = fs::read(to.folder().join("keys/token.pem")).unwrap();
    assert_eq!(key, fs::read(from.folder().join("keys/token.pem")).unwrap());
    drop(keys);
    for hidden in [".restoring", ".hustings.db.restoring"] {
        assert!(!to.folder().join(hidden).exists(), "{hidden} is left");
    }
}

#[tokio::test]
async fn from_sqlite_to_sqlite() {
    moved(&Database::sqlite(), &Database::sqlite()).await;
}

#[tokio::test]
async fn from_sqlite_to_postgres_and_back() {
    if let (Some(there), Some(again)) = (Database::postgres(), Database::postgres()) {
        moved(&Database::sqlite(), &there).await;
        moved(&again, &Database::sqlite()).await;
    }
}

#[tokio::test]
async fn from_postgres_to_postgres() {
    if let (Some(from), Some(to)) = (Database::postgres(), Database::postgres()) {
        moved(&from, &to).await;
    }
}

on_both! {
    a_backup_is_one_moment_while_others_write,
    what_is_there_stays_or_is_put_aside,
    a_backup_of_other_tables_changes_nothing,
}

async fn a_backup_is_one_moment_while_others_write(database: &Database) {
    let store = database.open().await;
    filled(&store).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        async move {
            let mut number = 1000;
            while !stop.load(Relaxed) {
                number += 1;
                store.create_account(&new(number), by(NOON)).await.unwrap();
            }
            number - 1000
        }
    });
    let mut acts = 41;
    for round in 0..5 {
        let file = database.folder().join(format!("saved-{round}"));
        backup(&database.folder(), database.place(), &file, NOON).await.unwrap();
        let into = Database::sqlite();
        let restored = restore(&file, &into.folder(), into.place(), Present::Stay, NOON).await.unwrap();
        // Every act has its row and its account, and there are never fewer than before.
        let then = restored.acts.unwrap();
        assert!(then >= acts, "{then} after {acts}");
        acts = then;
        let store = into.open().await;
        let mut after = "person-1000".to_owned();
        let mut count = 0;
        loop {
            let page = store.accounts("person-1", &after, 100).await.unwrap();
            let Some(last) = page.last() else { break };
            count += page.iter().filter(|a| a.handle.as_str().len() == 11).count() as u64;
            after = last.handle.to_string();
        }
        assert_eq!(count, then - 41);
        fs::remove_file(&file).unwrap();
    }
    stop.store(true, Relaxed);
    assert!(writer.await.unwrap() > 0, "somebody wrote");
}

async fn what_is_there_stays_or_is_put_aside(database: &Database) {
    let from = Database::sqlite();
    let first = filled(&from.open().await).await;
    Keys::open(&from.folder()).unwrap();
    let file = from.folder().join("saved");
    backup(&from.folder(), from.place(), &file, NOON).await.unwrap();
    let again = backup(&from.folder(), from.place(), &file, NOON).await.unwrap_err();
    assert!(matches!(again, ArchiveError::Occupied { .. }), "{again}");

    let store = database.open().await;
    let slug: Slug = "mine".parse().unwrap();
    store.create(&slug, "Mine", None, NOON).await.unwrap();
    store.close().await;
    Keys::open(&database.folder()).unwrap();
    let refused = restore(&file, &database.folder(), database.place(), Present::Stay, NOON).await.unwrap_err();
    assert!(matches!(refused, ArchiveError::Occupied { .. }), "{refused}");
    let store = database.open().await;
    assert_eq!(store.find(&slug).await.unwrap().title, "Mine");
    store.close().await;

    restore(&file, &database.folder(), database.place(), Present::PutAside, NOON).await.unwrap();
    let store = database.open().await;
    assert!(store.find(&slug).await.is_err());
    as_filled(&store, &first).await;
    let aside = database.folder().join(format!(".replaced-{NOON}/keys/token.pem"));
    assert!(aside.exists(), "the old key is put aside");
}

async fn a_backup_of_other_tables_changes_nothing(database: &Database) {
    for (table, lines) in [
        ("nobody", "[\"id\"]\n[1]\n"),
        ("_sqlx_migrations", "[\"version\"]\n[99]\n"),
        ("accounts", "[\"id\", \"nothing\"]\n[1, 2]\n"),
        ("accounts", "[\"id\\\", handle) VALUES (1, 2); --\"]\n[1]\n"),
        ("accounts", "[\"id\"]\n[{\"a\": 1}]\n"),
        ("accounts", "[\"id\"]\n[\"a\", \"b\"]\n"),
        ("accounts", "[\"id\"]\nno\n"),
        ("accounts", "\n"),
        ("audit_head", "[\"one\", \"seq\", \"hash\"]\n[1, \"five\", \"\"]\n"),
        ("audit_head", "[\"one\", \"seq\", \"hash\"]\n[1, 1e99, \"\"]\n"),
        (
            "sessions",
            "[\"hash\",\"id\",\"account\",\"label\",\"created_ms\",\"seen_ms\"]\n[\"a\",\"b\",\"c\",\"d\",1,1]\n",
        ),
    ] {
        let file = database.folder().join("forged");
        forge(&file, table, lines);
        let folder = database.folder().join("into");
        let refused = restore(&file, &folder, database.place(), Present::Stay, NOON).await.unwrap_err();
        assert!(matches!(refused, ArchiveError::Refused { .. }), "{table}: {refused}");
        assert!(!folder.join(".restoring").exists());
    }
    // Nothing of it is there: this is as it was before.
    let store = database.open().await;
    assert_eq!(store.verify_audit().await.unwrap(), Ok(0));
}

/// A whole backup of one entry, as somebody with a script could make it.
fn forge(file: &Path, table: &str, lines: &str) {
    use base64::Engine;
    use sha2::{Digest, Sha256};
    let sum = |bytes: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    let migrations = std::fs::read_dir("migrations").unwrap().map(|entry| entry.unwrap().file_name());
    let newest = migrations.map(|name| name.to_str().unwrap()[..4].parse::<u32>().unwrap()).max().unwrap();
    let mark = format!("{{\"format\":1,\"schema\":{newest},\"made_ms\":5}}");
    let name = format!("tables/{table}/000000.jsonl");
    let listed = |name: &str, text: &str| serde_json::json!({ "name": name, "bytes": text.len(), "sha256": sum(text) });
    let list = serde_json::json!({ "entries": [listed("hustings-backup", &mark), listed(&name, lines)] }).to_string();
    let gzip = flate2::write::GzEncoder::new(fs::File::create(file).unwrap(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (name, text) in [("hustings-backup", mark.as_str()), (&name, lines), ("manifest.json", &list)] {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(text.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        tar.append(&header, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}
