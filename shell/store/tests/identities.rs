//! Identities at providers, on both databases: one is one account's, and an account and its first are made together or not at all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_store::{Account, By, IdentityRecord, NewAccount, Store, StoreError};
use hustings_vocab::{AccountId, SiteRole, limits};

on_both! {
    an_identity_is_one_accounts,
    an_account_is_made_with_its_identity_or_not_at_all,
    there_is_a_limit_to_identities,
}

const NOON: u64 = 1_800_000_000_000;
const ISSUER: &str = "https://id.acme.example";

fn by() -> By<'static> {
    By { actor: "account:x", reason: "", now_ms: NOON }
}

fn new(handle: &str) -> NewAccount {
    NewAccount {
        id: format!("{handle}-id").parse().unwrap(),
        handle: handle.parse().unwrap(),
        name: handle.to_owned(),
        email: Some(format!("{handle}@acme.example")),
        role: SiteRole::Host,
    }
}

async fn made(store: &Store, handle: &str) -> Account {
    store.create_account(&new(handle), by()).await.unwrap()
}

fn identity(account: &AccountId, subject: &str) -> IdentityRecord {
    IdentityRecord {
        id: format!("i-{subject}"),
        account: account.clone(),
        issuer: ISSUER.into(),
        subject: subject.into(),
        email: None,
        created_ms: NOON,
        used_ms: None,
    }
}

async fn an_identity_is_one_accounts(database: &Database) {
    let store = database.open().await;
    let (ann, bo) = (made(&store, "ann").await, made(&store, "bo").await);
    store.add_identity(&identity(&ann.id, "1"), by()).await.unwrap();
    let again = IdentityRecord { id: "i-2".into(), ..identity(&bo.id, "1") };
    assert!(matches!(store.add_identity(&again, by()).await, Err(StoreError::Taken(_))));
    assert_eq!(store.identity(ISSUER, "1").await.unwrap(), Some(("i-1".to_owned(), ann.clone())));
    assert_eq!(store.identity("https://other.example", "1").await.unwrap(), None, "a name is of its issuer");
    store.used_identity("i-1", NOON + 5).await.unwrap();
    assert_eq!(store.identities(&ann.id).await.unwrap()[0].used_ms, Some(NOON + 5));
    assert!(store.remove_identity(&bo.id, "i-1", by()).await.is_err(), "it is somebody else's");
    store.remove_identity(&ann.id, "i-1", by()).await.unwrap();
    assert_eq!(store.identity(ISSUER, "1").await.unwrap(), None);
    // Two accounts, one link, one removal: what failed has left no row.
    assert_eq!(store.verify_audit().await.unwrap().unwrap(), 4);
}

async fn an_account_is_made_with_its_identity_or_not_at_all(database: &Database) {
    let store = database.open().await;
    let ann = new("ann");
    let done = store.create_account_of(&ann, &identity(&ann.id, "1"), by()).await.unwrap();
    assert_eq!(store.identity(ISSUER, "1").await.unwrap().unwrap().1, done);
    let bo = new("bo");
    assert!(matches!(store.create_account_of(&bo, &identity(&bo.id, "1"), by()).await, Err(StoreError::Taken(_))));
    assert!(store.account(&bo.id).await.is_err(), "neither is there");
    let namesake = NewAccount { id: "other-id".parse().unwrap(), ..new("ann") };
    let refused = store.create_account_of(&namesake, &identity(&namesake.id, "2"), by()).await;
    assert!(matches!(refused, Err(StoreError::Taken(_))));
    assert_eq!(store.identity(ISSUER, "2").await.unwrap(), None);
}

async fn there_is_a_limit_to_identities(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    for n in 0..limits::IDENTITIES_PER_ACCOUNT_MAX {
        store.add_identity(&identity(&ann.id, &n.to_string()), by()).await.unwrap();
    }
    let more = store.add_identity(&identity(&ann.id, "more"), by()).await;
    assert!(matches!(more, Err(StoreError::Account(_))));
}
