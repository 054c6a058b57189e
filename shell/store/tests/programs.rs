//! API keys, webhooks and the queue of what they are told, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_store::{Account, ApiKey, By, Due, Fate, NewAccount, Owner, Purpose, Store, StoreError, Told, Webhook};
use hustings_vocab::{Occasion, Role, Scope, SiteRole, Slug, limits};

on_both! {
    a_key_is_found_by_its_secret_until_it_is_taken_back,
    a_key_ends_and_a_suspension_or_a_reset_kills_it,
    there_is_a_limit_to_keys,
    a_webhook_is_told_of_what_its_owner_runs,
    a_message_waits_is_tried_and_is_given_up,
    a_slow_webhook_holds_up_no_other,
    too_many_messages_are_dropped_and_counted,
    what_waits_outlives_the_process,
}

const NOON: u64 = 1_800_000_000_000;

fn by() -> By<'static> {
    By { actor: "account:x", reason: "", now_ms: NOON }
}

async fn made(store: &Store, handle: &str) -> Account {
    let new = NewAccount {
        id: format!("{handle}-id").parse().unwrap(),
        handle: handle.parse().unwrap(),
        name: handle.to_owned(),
        email: None,
        role: SiteRole::Host,
    };
    store.create_account(&new, by()).await.unwrap()
}

fn key(account: &Account, id: &str) -> ApiKey {
    ApiKey {
        id: id.into(),
        account: account.id.clone(),
        name: "the calendar".into(),
        scopes: vec![Scope::ConversationsRead, Scope::Stage],
        created_ms: NOON,
        expires_ms: None,
        used_ms: None,
    }
}

async fn a_key_is_found_by_its_secret_until_it_is_taken_back(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    let new = key(&ann, "k1");
    store.make_api_key(&new, "hk_secret", by()).await.unwrap();
    assert_eq!(store.api_key("hk_other", NOON).await.unwrap(), None);
    let (whose, found) = store.api_key("hk_secret", NOON + 5).await.unwrap().unwrap();
    assert_eq!((whose, found), (ann.clone(), new));
    assert_eq!(store.api_keys(&ann.id).await.unwrap()[0].used_ms, Some(NOON + 5));
    // Within a minute nothing is written.
    store.api_key("hk_secret", NOON + 10).await.unwrap().unwrap();
    assert_eq!(store.api_keys(&ann.id).await.unwrap()[0].used_ms, Some(NOON + 5));
    let bo = made(&store, "bo").await;
    let foreign = store.revoke_api_key(&bo.id, "k1", by()).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Nobody(_)), "{foreign}");
    store.revoke_api_key(&ann.id, "k1", by()).await.unwrap();
    assert_eq!(store.api_key("hk_secret", NOON).await.unwrap(), None);
    let acts = store.audit(&Default::default(), None, 10).await.unwrap();
    assert_eq!([acts[0].act.as_str(), acts[2].act.as_str()], ["account.key_revoked", "account.key_made"]);
    assert!(acts.iter().all(|act| !act.details.contains("secret")));
}

async fn a_key_ends_and_a_suspension_or_a_reset_kills_it(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    store.make_api_key(&ApiKey { expires_ms: Some(NOON + 100), ..key(&ann, "k1") }, "one", by()).await.unwrap();
    store.make_api_key(&key(&ann, "k2"), "two", by()).await.unwrap();
    assert!(store.api_key("one", NOON + 99).await.unwrap().is_some());
    assert!(store.api_key("one", NOON + 100).await.unwrap().is_none());
    store.suspend(&ann.id, by()).await.unwrap();
    assert!(store.api_key("two", NOON).await.unwrap().is_none());
    assert!(store.make_api_key(&key(&ann, "k3"), "three", by()).await.is_err());
    store.reinstate(&ann.id, by()).await.unwrap();
    assert!(store.api_key("two", NOON).await.unwrap().is_some());
    store.make_link(&ann.id, Purpose::Reset, "link", NOON + 1000, by()).await.unwrap();
    assert!(store.api_key("two", NOON).await.unwrap().is_none());
}

async fn there_is_a_limit_to_keys(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    for n in 0..limits::API_KEYS_PER_ACCOUNT_MAX {
        store.make_api_key(&key(&ann, &format!("k{n}")), &format!("secret {n}"), by()).await.unwrap();
    }
    let full = store.make_api_key(&key(&ann, "more"), "more", by()).await.unwrap_err();
    assert!(full.to_string().contains("take one back"), "{full}");
}

fn hook(id: &str, owner: Owner, occasions: &[Occasion]) -> Webhook {
    Webhook {
        id: id.into(),
        owner,
        url: format!("https://{id}.example/told"),
        occasions: occasions.to_vec(),
        created_ms: NOON,
        waiting: 0,
        dropped: 0,
    }
}

fn told<'a>(id: &'a str, occasion: Occasion, slug: &'a Slug) -> Told<'a> {
    Told { id, occasion, slug, body: "{}", now_ms: NOON }
}

async fn a_webhook_is_told_of_what_its_owner_runs(database: &Database) {
    let store = database.open().await;
    assert!(!store.has_webhooks().await.unwrap());
    let (ann, bo) = (made(&store, "ann").await, made(&store, "bo").await);
    let (talk, other): (Slug, Slug) = ("talk".parse().unwrap(), "other".parse().unwrap());
    store.set_role_in(&talk, &ann.id, Role::Host).await.unwrap();
    store.set_role_in(&talk, &bo.id, Role::Speaker).await.unwrap();
    let both = [Occasion::Started, Occasion::Ended];
    for new in [
        hook("anns", Owner::Account(ann.id.clone()), &both),
        hook("bos", Owner::Account(bo.id.clone()), &both),
        hook("sites", Owner::Site, &[Occasion::Ended]),
    ] {
        store.make_webhook(&new, "whsec_x", by()).await.unwrap();
    }
    assert!(store.has_webhooks().await.unwrap());
    assert_eq!(store.tell_webhooks(told("m1", Occasion::Started, &talk)).await.unwrap(), 1, "who hosts it");
    assert_eq!(store.tell_webhooks(told("m2", Occasion::Ended, &talk)).await.unwrap(), 2, "and the site");
    assert_eq!(store.tell_webhooks(told("m3", Occasion::Ended, &other)).await.unwrap(), 1, "the site alone");
    assert_eq!(store.tell_webhooks(told("m4", Occasion::HandRaised, &talk)).await.unwrap(), 0);
    store.set_role_in(&talk, &bo.id, Role::CoHost).await.unwrap();
    assert_eq!(store.tell_webhooks(told("m5", Occasion::Started, &talk)).await.unwrap(), 2, "who runs it with them");
    let mine = store.webhooks(&Owner::Account(ann.id.clone())).await.unwrap();
    assert_eq!((mine.len(), mine[0].waiting, mine[0].occasions.clone()), (1, 3, both.to_vec()));
    store.suspend(&ann.id, by()).await.unwrap();
    assert_eq!(store.tell_webhooks(told("m6", Occasion::Started, &talk)).await.unwrap(), 1, "nobody suspended");
    let due = store.due(&[], 16, NOON).await.unwrap();
    assert_eq!(due.iter().map(|d| d.webhook.as_str()).collect::<Vec<_>>(), ["bos", "sites"], "their messages wait");
    store.remove_webhook("bos", by()).await.unwrap();
    assert!(matches!(store.webhook("bos").await, Err(StoreError::Nobody(_))));
    assert!(store.deliveries("bos").await.unwrap().is_empty());
}

async fn one(store: &Store) -> Due {
    store.due(&[], 1, u64::MAX / 4).await.unwrap().remove(0)
}

async fn a_message_waits_is_tried_and_is_given_up(database: &Database) {
    let store = database.open().await;
    store.make_webhook(&hook("site", Owner::Site, &[Occasion::Ended]), "whsec_x", by()).await.unwrap();
    let talk: Slug = "talk".parse().unwrap();
    store.tell_webhooks(told("m1", Occasion::Ended, &talk)).await.unwrap();
    let due = one(&store).await;
    assert_eq!((due.id.as_str(), due.secret.as_str(), due.tries), ("m1_site", "whsec_x", 0));
    store.tried(&due, Fate::Waiting, Some(NOON + 5000), "answered 500").await.unwrap();
    assert!(store.due(&[], 1, NOON + 4999).await.unwrap().is_empty());
    let again = store.due(&[], 1, NOON + 5000).await.unwrap().remove(0);
    assert_eq!(again.tries, 1);
    // An answer to the first try that comes late changes nothing any more.
    store.tried(&due, Fate::Delivered, None, "answered 200").await.unwrap();
    store.tried(&again, Fate::Dead, None, "answered 410").await.unwrap();
    let told = store.deliveries("site").await.unwrap().remove(0);
    assert_eq!(
        (told.fate, told.tries, told.due_ms, told.answer.as_deref()),
        (Fate::Dead, 2, None, Some("answered 410"))
    );
    let revived = store.deliver_again("site", "m1_site", NOON + 9000).await.unwrap();
    assert_eq!((revived.fate, revived.tries, revived.due_ms), (Fate::Waiting, 0, Some(NOON + 9000)));
    assert!(store.deliver_again("site", "no", NOON).await.is_err());
    // Of what is done, only so many are kept.
    for n in 0..limits::WEBHOOK_DONE_KEPT_MAX + 10 {
        let id = format!("t{n}");
        store.tell_webhook("site", &id, Occasion::Test, "{}", NOON + 10_000 + n as u64).await.unwrap();
        store.tried(&one(&store).await, Fate::Delivered, None, "answered 200").await.unwrap();
    }
    assert!(store.deliveries("site").await.unwrap().len() <= limits::WEBHOOK_DONE_KEPT_MAX);
}

async fn a_slow_webhook_holds_up_no_other(database: &Database) {
    let store = database.open().await;
    for id in ["a", "b"] {
        store.make_webhook(&hook(id, Owner::Site, &[Occasion::Test]), "whsec_x", by()).await.unwrap();
    }
    for n in 0..5 {
        store.tell_webhook("a", &format!("a{n}"), Occasion::Test, "{}", NOON + n).await.unwrap();
    }
    store.tell_webhook("b", "b0", Occasion::Test, "{}", NOON + 9).await.unwrap();
    let due = store.due(&[], 16, NOON + 10).await.unwrap();
    assert_eq!(due.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["a0", "b0"], "one of each, the oldest first");
    let due = store.due(&["a".to_owned()], 1, NOON + 10).await.unwrap();
    assert_eq!(due.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["b0"]);
}

async fn too_many_messages_are_dropped_and_counted(database: &Database) {
    let store = database.open().await;
    store.make_webhook(&hook("site", Owner::Site, &[Occasion::Ended]), "whsec_x", by()).await.unwrap();
    let talk: Slug = "talk".parse().unwrap();
    for n in 0..limits::WEBHOOK_WAITING_MAX + 3 {
        store.tell_webhooks(told(&format!("m{n}"), Occasion::Ended, &talk)).await.unwrap();
    }
    let now = store.webhook("site").await.unwrap();
    assert_eq!((now.waiting, now.dropped), (limits::WEBHOOK_WAITING_MAX as u64, 3));
    assert!(store.tell_webhook("site", "t", Occasion::Test, "{}", NOON).await.is_err());
    for n in 1..limits::WEBHOOKS_PER_OWNER_MAX {
        store.make_webhook(&hook(&format!("s{n}"), Owner::Site, &[]), "whsec_x", by()).await.unwrap();
    }
    assert!(store.make_webhook(&hook("more", Owner::Site, &[]), "whsec_x", by()).await.is_err());
}

async fn what_waits_outlives_the_process(database: &Database) {
    let store = database.open().await;
    store.make_webhook(&hook("site", Owner::Site, &[Occasion::Ended]), "whsec_x", by()).await.unwrap();
    store.tell_webhooks(told("m1", Occasion::Ended, &"talk".parse().unwrap())).await.unwrap();
    let before = one(&store).await;
    store.close().await;
    let store = database.open().await;
    assert_eq!(one(&store).await, before, "under the same name");
}
