//! The queue of letters, told as what becomes of them, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_store::{By, MailRecord, NewAccount, NewInvitationRecord, Purpose, Secret, Store};
use hustings_vocab::{AccountId, Role, SiteRole, Slug};

on_both! {
    a_letter_is_taken_by_one_and_tried_again,
    a_letter_whose_time_is_over_is_not_sent,
    who_was_invited_is_told_once,
    a_link_by_mail_leaves_the_links_of_others,
}

const NOON: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

fn letter(id: &str, expires_ms: u64) -> MailRecord {
    let text = "Line one\r\n.\r\nÜber".to_owned();
    MailRecord { id: id.into(), to: "ann@example.org".into(), subject: "Hi".into(), text, expires_ms, tries: 0 }
}

async fn account(store: &Store, number: u64, email: Option<&str>) -> AccountId {
    let id: AccountId = format!("{number:016x}").parse().unwrap();
    let email = email.map(Into::into);
    let handle = format!("person-{number}").parse().unwrap();
    let new = NewAccount { id: id.clone(), handle, name: "A person".into(), email, role: SiteRole::Member };
    store.create_account(&new, By { actor: "console", reason: "", now_ms: NOON }).await.unwrap();
    id
}

async fn a_letter_is_taken_by_one_and_tried_again(database: &Database) {
    let store = database.open().await;
    for id in ["a", "b"] {
        assert!(store.post(&letter(id, NOON + HOUR), NOON).await.unwrap());
    }
    let (one, other) = tokio::join!(store.take_mail(NOON), store.take_mail(NOON));
    // Two who take at the same moment take different ones, or one of them none this time.
    let mut taken: Vec<_> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    while let Some(more) = store.take_mail(NOON).await.unwrap() {
        taken.push(more);
    }
    taken.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(
        taken
            == [
                MailRecord { tries: 1, ..letter("a", NOON + HOUR) },
                MailRecord { tries: 1, ..letter("b", NOON + HOUR) }
            ]
    );
    store.drop_mail("a").await.unwrap();
    store.put_mail_off("b", NOON + 10).await.unwrap();
    drop(store);
    let store = database.open().await;
    assert!(store.take_mail(NOON + 9).await.unwrap().is_none());
    assert_eq!(store.take_mail(NOON + 10).await.unwrap().unwrap().tries, 2);
}

async fn a_letter_whose_time_is_over_is_not_sent(database: &Database) {
    let store = database.open().await;
    assert!(store.post(&letter("a", NOON + 5), NOON).await.unwrap());
    assert!(store.take_mail(NOON + 6).await.unwrap().is_none());
    assert!(store.take_mail(NOON + HOUR).await.unwrap().is_none());
}

async fn who_was_invited_is_told_once(database: &Database) {
    let store = database.open().await;
    let slug: Slug = "evening".parse().unwrap();
    store.create(&slug, "An evening", Some(NOON), NOON).await.unwrap();
    let ann = account(&store, 1, Some("ann@example.org")).await;
    let gone = account(&store, 2, Some("gone@example.org")).await;
    let silent = account(&store, 3, None).await;
    for id in [&ann, &gone, &silent] {
        store.set_role_in(&slug, id, Role::Speaker).await.unwrap();
    }
    store.suspend(&gone, By { actor: "console", reason: "x", now_ms: NOON }).await.unwrap();
    for (n, email) in [(1, "guest@example.org"), (2, "ann@example.org"), (3, "withdrawn@example.org")] {
        let new = NewInvitationRecord {
            id: format!("i{n}"),
            slug: slug.clone(),
            role: Role::Speaker,
            label: String::new(),
            name: String::new(),
            uses_max: Some(1),
            expires_ms: None,
            created_by: "console".into(),
        };
        assert!(store.invite(&new, &Secret::of(n), NOON).await.unwrap());
        store.invitation_was_sent(&new.id, email).await.unwrap();
    }
    store.withdraw(&slug, "i3", NOON).await.unwrap();
    let mut told = store.addresses_of(&slug).await.unwrap();
    told.sort();
    assert_eq!(told, ["ann@example.org", "guest@example.org"]);
}

async fn a_link_by_mail_leaves_the_links_of_others(database: &Database) {
    let store = database.open().await;
    let ann = account(&store, 1, Some("ann@example.org")).await;
    let by = By { actor: "console", reason: "", now_ms: NOON };
    assert_eq!(store.account_at("ann@example.org").await.unwrap().unwrap().id, ann);
    assert!(store.account_at("nobody@example.org").await.unwrap().is_none());
    store.make_link(&ann, Purpose::Welcome, "welcome", NOON + HOUR, by).await.unwrap();
    assert!(!store.mailed_link_since(&ann, NOON - HOUR).await.unwrap());
    for secret in ["first", "second"] {
        store.make_link(&ann, Purpose::Mailed, secret, NOON + HOUR, by).await.unwrap();
    }
    assert!(store.mailed_link_since(&ann, NOON - 1).await.unwrap());
    assert!(!store.mailed_link_since(&ann, NOON).await.unwrap());
    assert!(store.use_link("first", NOON).await.unwrap().is_none(), "the newer one takes its place");
    assert!(store.use_link("second", NOON).await.unwrap().is_some());
    assert!(store.use_link("welcome", NOON).await.unwrap().is_some(), "nobody can take an operator's link away");
}
