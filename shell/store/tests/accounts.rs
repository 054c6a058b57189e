//! Accounts, sessions, links, passkeys and the log of acts, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_store::accounts::Profile;
use hustings_store::audit::Wanted;
use hustings_store::{Account, By, NewAccount, NewSession, PasskeyRecord, Purpose, Store, StoreError};
use hustings_vocab::{AccountId, Role, SiteRole, Slug, limits};

on_both! {
    a_handle_and_an_address_have_one_account,
    people_are_found_by_the_beginning_of_their_handle,
    a_suspension_ends_every_session_and_link,
    a_session_lives_as_long_as_it_is_used,
    there_is_a_limit_to_sessions,
    a_link_signs_in_once,
    a_reset_takes_everything_but_passkeys,
    passkeys_are_added_renamed_and_removed,
    a_role_in_a_conversation_is_given_and_taken,
    every_act_is_in_the_log_and_the_log_shows_tampering,
    acts_at_the_same_time_leave_no_hole,
    the_log_is_filtered_and_paged,
}

const NOON: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 3_600_000;

fn by(reason: &str) -> By<'_> {
    By { actor: "console", reason, now_ms: NOON }
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

async fn made(store: &Store, handle: &str) -> Account {
    let new = NewAccount {
        id: id(&format!("{handle}-id")),
        handle: handle.parse().unwrap(),
        name: format!("{handle} the person"),
        email: Some(format!("{handle}@talk.example")),
        role: SiteRole::Host,
    };
    store.create_account(&new, by("")).await.unwrap()
}

async fn signed_in(store: &Store, account: &Account, secret: &str, now_ms: u64) {
    let new = NewSession { secret, id: &format!("{secret}-id"), account: &account.id, label: "a test", now_ms };
    store.begin_session(new).await.unwrap();
}

async fn a_handle_and_an_address_have_one_account(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    assert_eq!((ann.role, ann.has_password, ann.suspended.clone()), (SiteRole::Host, false, None));
    assert_eq!(store.account_called(&"ann".parse().unwrap()).await.unwrap(), ann);
    let again = |handle: &str, email: &str| NewAccount {
        id: id("other"),
        handle: handle.parse().unwrap(),
        name: "Other".into(),
        email: Some(email.into()),
        role: SiteRole::Member,
    };
    let taken = store.create_account(&again("ann", "new@talk.example"), by("")).await.unwrap_err();
    assert_eq!(taken.to_string(), "the handle ann is taken by another account");
    let taken = store.create_account(&again("bo", "ann@talk.example"), by("")).await.unwrap_err();
    assert_eq!(taken.to_string(), "the e-mail address is taken by another account");
    assert!(matches!(store.account(&id("other")).await, Err(StoreError::Nobody(_))));
    let profile = Profile { name: "Ann Lee".into(), affiliation: Some("Talk".into()), interests: None };
    let changed = store.set_profile(&ann.id, &profile, by("")).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.affiliation.as_deref()), ("Ann Lee", Some("Talk")));
    assert_eq!(store.set_site_role(&ann.id, SiteRole::Moderator, by("")).await.unwrap().role, SiteRole::Moderator);
    assert_eq!(store.verify_audit().await.unwrap(), Ok(3));
}

async fn people_are_found_by_the_beginning_of_their_handle(database: &Database) {
    let store = database.open().await;
    for handle in ["ann", "anna", "an-lee", "bo", "zoe"] {
        made(&store, handle).await;
    }
    let handles = async |prefix: &str, after: &str, rows| {
        let found = store.accounts(prefix, after, rows).await.unwrap();
        found.into_iter().map(|a| a.handle.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(handles("", "", 100).await.len(), 5);
    assert_eq!(handles("ann", "", 100).await, ["ann", "anna"]);
    assert_eq!(handles("b", "", 100).await, ["bo"]);
    let first = handles("", "", 2).await;
    let rest = handles("", &first[1], 100).await;
    assert_eq!((first.len(), rest.len()), (2, 3));
    assert_eq!(handles("q", "", 100).await.len(), 0);
}

async fn a_suspension_ends_every_session_and_link(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    signed_in(&store, &ann, "one", NOON).await;
    store.make_link(&ann.id, Purpose::Welcome, "link", NOON + DAY, by("")).await.unwrap();
    let evening: Slug = "evening".parse().unwrap();
    store.create(&evening, "Evening", None, NOON).await.unwrap();
    store.set_role_in(&evening, &ann.id, Role::Host).await.unwrap();
    assert!(!store.is_stranded(&evening).await.unwrap());

    let gone = store.suspend(&ann.id, by("abuse")).await.unwrap().suspended.unwrap();
    assert_eq!((gone.reason.as_str(), gone.since_ms), ("abuse", NOON));
    assert_eq!(store.session("one", NOON).await.unwrap(), None);
    assert_eq!(store.use_link("link", NOON).await.unwrap(), None);
    assert_eq!(store.suspended_accounts().await.unwrap(), std::slice::from_ref(&ann.id));
    assert!(store.is_stranded(&evening).await.unwrap());
    assert!(store.starting(NOON).await.unwrap().is_empty(), "its doors stay closed");
    let again = store.suspend(&ann.id, by("abuse")).await.unwrap_err();
    assert_eq!(again.to_string(), "the account is suspended already");
    let new = NewSession { secret: "two", id: "two", account: &ann.id, label: "a test", now_ms: NOON };
    assert!(matches!(store.begin_session(new).await, Err(StoreError::Account(_))));
    let link = store.make_link(&ann.id, Purpose::Reset, "link", NOON + DAY, by("")).await;
    assert!(matches!(link, Err(StoreError::Account(_))));

    assert_eq!(store.reinstate(&ann.id, by("an error")).await.unwrap().suspended, None);
    assert!(store.reinstate(&ann.id, by("an error")).await.is_err());
    assert!(!store.is_stranded(&evening).await.unwrap());
    assert_eq!(store.session("one", NOON).await.unwrap(), None, "what ended does not come back");
    signed_in(&store, &ann, "three", NOON).await;
    assert!(store.session("three", NOON).await.unwrap().is_some());
    // What was refused left no row and no hole.
    assert_eq!(store.verify_audit().await.unwrap(), Ok(4));
}

async fn a_session_lives_as_long_as_it_is_used(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    signed_in(&store, &ann, "one", NOON).await;
    let life = limits::SESSION_DAYS * DAY;
    let (who, which) = store.session("one", NOON + life).await.unwrap().unwrap();
    assert_eq!((who.id, which.id.as_str(), which.seen_ms), (ann.id.clone(), "one-id", NOON));
    assert!(store.session("one", NOON + 2 * life).await.unwrap().is_some(), "it was used in between");
    assert_eq!(store.session("one", NOON + 3 * life + 1).await.unwrap(), None);
    assert_eq!(store.session("none", NOON).await.unwrap(), None);
    signed_in(&store, &ann, "two", NOON + 2 * life).await;
    assert!(!store.end_session(&id("bo-id"), "two-id").await.unwrap(), "another's session is not ended");
    assert_eq!(store.end_other_sessions(&ann.id, "two-id").await.unwrap(), 1);
    assert!(store.end_session(&ann.id, "two-id").await.unwrap());
    assert!(store.sessions(&ann.id, NOON).await.unwrap().is_empty());
}

async fn there_is_a_limit_to_sessions(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    for n in 0..limits::SESSIONS_PER_ACCOUNT_MAX as u64 + 3 {
        signed_in(&store, &ann, &format!("s{n}"), NOON + n).await;
    }
    let left = store.sessions(&ann.id, NOON).await.unwrap();
    assert_eq!(left.len(), limits::SESSIONS_PER_ACCOUNT_MAX);
    assert_eq!(store.session("s2", NOON).await.unwrap(), None);
    assert!(store.session("s3", NOON).await.unwrap().is_some());
}

async fn a_link_signs_in_once(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    store.make_link(&ann.id, Purpose::Welcome, "first", NOON + DAY, by("")).await.unwrap();
    store.make_link(&ann.id, Purpose::Welcome, "second", NOON + DAY, by("")).await.unwrap();
    assert_eq!(store.use_link("first", NOON).await.unwrap(), None, "the second replaced it");
    assert_eq!(store.use_link("second", NOON + DAY).await.unwrap(), None, "it is too old");
    let (a, b) = tokio::join!(store.use_link("second", NOON), store.use_link("second", NOON));
    let used = [a.unwrap(), b.unwrap()].into_iter().flatten().count();
    assert_eq!(used, 1, "of two at once, one");
    assert_eq!(store.use_link("second", NOON).await.unwrap(), None);
}

async fn a_reset_takes_everything_but_passkeys(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    signed_in(&store, &ann, "one", NOON).await;
    signed_in(&store, &ann, "two", NOON).await;
    store.set_password(&ann.id, Some("hash"), Some("one-id"), by("")).await.unwrap();
    assert!(store.session("one", NOON).await.unwrap().is_some() && store.session("two", NOON).await.unwrap().is_none());
    let handle = "ann".parse().unwrap();
    assert_eq!(store.password_of(&handle).await.unwrap().unwrap().1.as_deref(), Some("hash"));
    assert!(store.account(&ann.id).await.unwrap().has_password);
    store.make_link(&ann.id, Purpose::Reset, "link", NOON + DAY, by("")).await.unwrap();
    assert_eq!(store.session("one", NOON).await.unwrap(), None);
    assert_eq!(store.password_of(&handle).await.unwrap().unwrap().1, None);
    assert_eq!(store.password_of(&"nobody".parse().unwrap()).await.unwrap(), None);
}

async fn passkeys_are_added_renamed_and_removed(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    let key = |n: usize| PasskeyRecord {
        id: format!("key{n}"),
        account: ann.id.clone(),
        name: "Phone".into(),
        credential: "{}".into(),
        created_ms: NOON + n as u64,
        used_ms: None,
    };
    for n in 0..limits::PASSKEYS_PER_ACCOUNT_MAX {
        store.add_passkey(&key(n), by("")).await.unwrap();
    }
    assert!(matches!(store.add_passkey(&key(99), by("")).await, Err(StoreError::Account(_))));
    store.remove_passkey(&ann.id, "key1", by("")).await.unwrap();
    assert!(matches!(store.add_passkey(&key(0), by("")).await, Err(StoreError::Taken(_))));
    assert!(store.rename_passkey(&ann.id, "key0", "Tablet").await.unwrap());
    assert!(!store.rename_passkey(&id("bo-id"), "key0", "Mine").await.unwrap());
    assert!(matches!(store.remove_passkey(&id("bo-id"), "key0", by("")).await, Err(StoreError::Nobody(_))));
    store.used_passkey("key0", "{\"n\":1}", NOON + 9).await.unwrap();
    let found = store.passkey("key0").await.unwrap().unwrap();
    assert_eq!(
        (found.name.as_str(), found.used_ms, found.credential.as_str()),
        ("Tablet", Some(NOON + 9), "{\"n\":1}")
    );
    assert_eq!(store.passkeys(&ann.id).await.unwrap().len(), limits::PASSKEYS_PER_ACCOUNT_MAX - 1);
}

async fn a_role_in_a_conversation_is_given_and_taken(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    let slug: Slug = "evening".parse().unwrap();
    assert_eq!(store.role_in(&slug, &ann.id).await.unwrap(), None);
    for role in [Role::Host, Role::CoHost, Role::Speaker, Role::Producer, Role::Listener] {
        store.set_role_in(&slug, &ann.id, role).await.unwrap();
        assert_eq!(store.role_in(&slug, &ann.id).await.unwrap(), Some(role));
    }
    assert_eq!(store.roles_in(&slug).await.unwrap(), [(ann.id.clone(), Role::Listener)]);
    store.remove_role_in(&slug, &ann.id).await.unwrap();
    assert_eq!(store.role_in(&slug, &ann.id).await.unwrap(), None);
}

async fn every_act_is_in_the_log_and_the_log_shows_tampering(database: &Database) {
    let store = database.open().await;
    let ann = made(&store, "ann").await;
    store.suspend(&ann.id, by("abuse")).await.unwrap();
    store.reinstate(&ann.id, by("mistaken")).await.unwrap();
    let all = store.audit(&Wanted::default(), None, 100).await.unwrap();
    let told: Vec<_> = all.iter().map(|e| (e.seq, e.act.as_str(), e.reason.as_str())).collect();
    assert_eq!(
        told,
        [(3, "account.reinstate", "mistaken"), (2, "account.suspend", "abuse"), (1, "account.create", "")]
    );
    assert_eq!((all[0].subject.as_str(), all[0].actor.as_str()), ("account:ann-id", "console"));
    drop(store);
    let store = database.open().await;
    assert_eq!(store.verify_audit().await.unwrap(), Ok(3));
    database.tamper("UPDATE audit_log SET reason = 'praise' WHERE seq = 2").await;
    let broken = store.verify_audit().await.unwrap().unwrap_err();
    assert_eq!((broken.seq, broken.what), (2, "it was changed"));
    database.tamper("UPDATE audit_log SET reason = 'abuse' WHERE seq = 2").await;
    assert_eq!(store.verify_audit().await.unwrap(), Ok(3));
    database.tamper("DELETE FROM audit_log WHERE seq = 3").await;
    assert_eq!(store.verify_audit().await.unwrap().unwrap_err().seq, 3);
    database.tamper("DELETE FROM audit_log WHERE seq = 1").await;
    assert_eq!(store.verify_audit().await.unwrap().unwrap_err().seq, 1);
}

async fn acts_at_the_same_time_leave_no_hole(database: &Database) {
    let store = database.open().await;
    let accounts = [made(&store, "a").await, made(&store, "b").await, made(&store, "c").await];
    let acts: Vec<_> = (0..30)
        .map(|n| {
            let (store, id) = (store.clone(), accounts[n % 3].id.clone());
            tokio::spawn(async move {
                // Who comes second to a state is refused, and leaves nothing.
                match n % 2 {
                    0 => store.suspend(&id, by("x")).await.is_ok(),
                    _ => store.reinstate(&id, by("y")).await.is_ok(),
                }
            })
        })
        .collect();
    let mut done = 3;
    for act in acts {
        done += u64::from(act.await.unwrap());
    }
    assert_eq!(store.verify_audit().await.unwrap(), Ok(done));
}

async fn the_log_is_filtered_and_paged(database: &Database) {
    let store = database.open().await;
    let (ann, bo) = (made(&store, "ann").await, made(&store, "bo").await);
    store.suspend(&ann.id, by("x")).await.unwrap();
    store.suspend(&bo.id, By { actor: "account:ann-id", reason: "y", now_ms: NOON }).await.unwrap();
    let seqs = async |act: &str, actor: &str, subject: &str, before, rows| {
        let wanted = Wanted { act: act.into(), actor: actor.into(), subject: subject.into() };
        store.audit(&wanted, before, rows).await.unwrap().iter().map(|e| e.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs("", "", "", None, 3).await, [4, 3, 2]);
    assert_eq!(seqs("", "", "", Some(2), 3).await, [1]);
    assert_eq!(seqs("account.suspend", "", "", None, 9).await, [4, 3]);
    assert_eq!(seqs("account.suspend", "console", "", None, 9).await, [3]);
    assert_eq!(seqs("", "account:ann-id", "", None, 9).await, [4]);
    assert_eq!(seqs("", "", "account:ann-id", None, 9).await, [3, 1]);
    assert_eq!(seqs("account.create", "console", "account:ann-id", None, 9).await, [1]);
    assert_eq!(store.audit_from(2, 9).await.unwrap().iter().map(|e| e.seq).collect::<Vec<_>>(), [3, 4]);
}
