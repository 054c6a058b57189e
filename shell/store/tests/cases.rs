//! Cases on both databases: reports of one moment are one, the order is urgency and age, and every act stands in the log.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::Database;
use hustings_cases::{Category, Decision, State};
use hustings_link::cases::{Deed, Pinned, PinnedTrack, Ruling, Subject, Wanted};
use hustings_store::{By, NewAccount, NewCase, NewReport, Store, StoreError};
use hustings_vocab::{AccountId, SiteRole, Slug, limits};

const NOON: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 3_600_000;

on_both!(
    reports_of_one_moment_are_one_case_with_a_count,
    the_list_is_ordered_by_urgency_and_age_and_never_by_number,
    a_case_goes_from_a_ruling_to_a_decided_appeal_and_the_log_knows_each_step,
    what_is_not_allowed_changes_nothing,
    pins_end_with_their_cases_and_suspensions_with_their_time,
    an_account_keeps_the_names_that_it_does_not_want_to_see,
);

fn slug() -> Slug {
    "talk".parse().unwrap()
}

fn by(actor: &'static str, now_ms: u64) -> By<'static> {
    By { actor, reason: "Because of it", now_ms }
}

fn report(reporter: &str, category: Category, at_ms: u64) -> NewReport {
    NewReport { reporter: reporter.into(), category, said: "It's \"bad\"".into(), at_ms }
}

fn speaker() -> Subject {
    Subject::Speaker("a-bo".parse().unwrap())
}

async fn open(store: &Store, id: &str, category: Category, at_ms: u64) {
    let account = Some("bo".parse().unwrap());
    let new = NewCase {
        id: id.into(),
        slug: slug(),
        subject: speaker(),
        name: "Bo".into(),
        account,
        person: None,
        text: String::new(),
        moment_ms: at_ms,
    };
    store.open_new_case(&new, &report("seat:x", category, at_ms)).await.unwrap();
}

fn ruling(decision: Decision, days: Option<u32>) -> Ruling {
    let text = |text: &str| text.to_owned();
    Ruling { decision, territory: vec![text("DE"), text("FR")], days, reasons: text("R"), statement: text("S") }
}

async fn acts(store: &Store) -> Vec<String> {
    assert!(store.verify_audit().await.unwrap().is_ok());
    store.audit_from(0, 100).await.unwrap().into_iter().map(|row| format!("{} {}", row.act, row.subject)).collect()
}

async fn reports_of_one_moment_are_one_case_with_a_count(database: &Database) {
    let store = database.open().await;
    open(&store, "c1", Category::Spam, NOON).await;
    store.add_report("c1", &report("seat:x", Category::Hate, NOON + 1)).await.unwrap();
    assert_eq!(store.case("c1").await.unwrap().reports, 1, "who reports twice is one");
    store.add_report("c1", &report("seat:y", Category::Danger, NOON + 2)).await.unwrap();
    store.add_report("c1", &report("seat:z", Category::Other, NOON + 3)).await.unwrap();
    let now = store.case("c1").await.unwrap();
    assert_eq!((now.reports, now.category, now.state), (3, Category::Danger, State::Open));
    assert_eq!(store.reported("c1").await.unwrap().len(), 3);
    let found = store.open_case(&slug(), &speaker(), NOON - 5, NOON + 5).await.unwrap();
    assert_eq!(found, Some(now));
    assert_eq!(store.open_case(&slug(), &speaker(), NOON + 1, NOON + 5).await.unwrap(), None);
    assert_eq!(store.open_case(&slug(), &Subject::Conversation, 0, NOON + 5).await.unwrap(), None);
    for n in 0..limits::CASE_REPORTS_KEPT_MAX + 5 {
        store.add_report("c1", &report(&format!("seat:n{n}"), Category::Spam, NOON)).await.unwrap();
    }
    assert_eq!(store.case("c1").await.unwrap().reports, limits::CASE_REPORTS_KEPT_MAX + 8);
    assert_eq!(store.reported("c1").await.unwrap().len() as u64, limits::CASE_REPORTS_KEPT_MAX);
}

async fn the_list_is_ordered_by_urgency_and_age_and_never_by_number(database: &Database) {
    let store = database.open().await;
    open(&store, "spam", Category::Spam, NOON).await;
    open(&store, "young", Category::Danger, NOON + 9).await;
    open(&store, "old", Category::Danger, NOON + 1).await;
    for n in 0..20 {
        store.add_report("spam", &report(&format!("seat:{n}"), Category::Spam, NOON)).await.unwrap();
    }
    let ids = async |wanted| store.cases(wanted, 0).await.unwrap().into_iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(Wanted::Waiting).await, ["old", "young", "spam"]);
    assert_eq!(store.cases_waiting().await.unwrap(), 3);
    store.rule_case("old", &ruling(Decision::NoViolation, None), "d1", by("console", NOON)).await.unwrap();
    store.rule_case("spam", &ruling(Decision::Warning, None), "d2", by("console", NOON + 1)).await.unwrap();
    assert_eq!(ids(Wanted::Waiting).await, ["young"]);
    assert_eq!(ids(Wanted::Settled).await, ["spam", "old"]);
    assert!(store.cases(Wanted::Waiting, 5).await.unwrap().is_empty());
}

async fn a_case_goes_from_a_ruling_to_a_decided_appeal_and_the_log_knows_each_step(database: &Database) {
    let store = database.open().await;
    open(&store, "c1", Category::Hate, NOON).await;
    store.act_on_case("c1", Deed::Remove, by("account:mia", NOON + 1)).await.unwrap();
    store.heard_track("c1", 0, by("account:mia", NOON + 2)).await.unwrap();
    let ruled = ruling(Decision::Removed, Some(7));
    store.rule_case("c1", &ruled, "digest", by("account:mia", NOON + 3)).await.unwrap();
    let found = store.case_by_secret("digest").await.unwrap();
    let made = found.ruled.unwrap();
    assert_eq!((made.ruling, made.by.as_str()), (ruled, "account:mia"));
    assert_eq!(made.ends_ms, Some(NOON + 3 + 7 * DAY));
    assert_eq!(found.deeds[0].deed, Deed::Remove);
    let bo: AccountId = "bo".parse().unwrap();
    assert_eq!(store.cases_concerning(&bo).await.unwrap().len(), 1);
    store.appeal_case("c1", "It was not me", by("account:bo", NOON + 4)).await.unwrap();
    assert_eq!(store.cases(Wanted::Waiting, 0).await.unwrap()[0].state, State::Appealed);
    let done = store.decide_case("c1", false, true, by("account:noor", NOON + 5)).await.unwrap();
    let verdict = done.appeal.unwrap().verdict.unwrap();
    assert_eq!((verdict.upheld, verdict.alone, verdict.by.as_str()), (false, true, "account:noor"));
    assert_eq!(done.state, State::Closed);
    let wanted = ["case.remove case:c1", "case.listen case:c1", "case.rule case:c1", "case.appeal case:c1"];
    assert_eq!(acts(&store).await[..4], wanted);
}

async fn what_is_not_allowed_changes_nothing(database: &Database) {
    let store = database.open().await;
    open(&store, "c1", Category::Hate, NOON).await;
    let refused = |result: Result<_, StoreError>| assert!(matches!(result, Err(StoreError::Account(_))));
    refused(store.appeal_case("c1", "x", by("account:bo", NOON)).await);
    refused(store.decide_case("c1", true, false, by("account:mia", NOON)).await);
    assert!(matches!(store.case("c9").await, Err(StoreError::Nobody(_))));
    store.rule_case("c1", &ruling(Decision::Warning, None), "d", by("account:mia", NOON)).await.unwrap();
    refused(store.rule_case("c1", &ruling(Decision::Hidden, None), "e", by("account:mia", NOON)).await);
    refused(store.appeal_case("c1", "late", by("account:bo", NOON + limits::APPEAL_DAYS * DAY)).await);
    store.appeal_case("c1", "x", by("account:bo", NOON + 1)).await.unwrap();
    refused(store.appeal_case("c1", "again", by("account:bo", NOON + 2)).await);
    assert_eq!(acts(&store).await, ["case.rule case:c1", "case.appeal case:c1"]);
}

async fn pins_end_with_their_cases_and_suspensions_with_their_time(database: &Database) {
    let store = database.open().await;
    open(&store, "c1", Category::Hate, NOON).await;
    open(&store, "c2", Category::Hate, NOON).await;
    let track = PinnedTrack { seat: "a-bo".parse().unwrap(), name: "Bo".into() };
    let pinned = Pinned { from_ms: NOON - 60_000, until_ms: NOON, tracks: vec![track] };
    for id in ["c1", "c2"] {
        store.pin_case(id, &pinned).await.unwrap();
    }
    assert_eq!(store.case("c1").await.unwrap().pinned, Some(pinned));
    store.rule_case("c1", &ruling(Decision::Suspended, Some(2)), "d", by("account:mia", NOON)).await.unwrap();
    assert!(store.suspensions_over(NOON + DAY).await.unwrap().is_empty());
    assert_eq!(store.suspensions_over(NOON + 2 * DAY).await.unwrap()[0].0, "c1");
    store.lift_suspension("c1", NOON + 2 * DAY).await.unwrap();
    assert!(store.suspensions_over(NOON + 3 * DAY).await.unwrap().is_empty());
    let over = NOON + limits::APPEAL_DAYS * DAY;
    assert_eq!((store.close_cases(over - 1).await.unwrap(), store.close_cases(over).await.unwrap()), (0, 1));
    let kept = over + limits::PIN_RETENTION_DAYS * DAY;
    assert!(store.pins_due(kept - 1).await.unwrap().is_empty());
    assert_eq!(store.pins_due(kept).await.unwrap(), ["c1"]);
    store.unpin_case("c1", kept).await.unwrap();
    assert_eq!(store.case("c1").await.unwrap().unpinned_ms, Some(kept));
    assert_eq!(store.pins_due(NOON + limits::PIN_UNRULED_DAYS_MAX * DAY).await.unwrap(), ["c2"], "nobody has ruled");
}

async fn an_account_keeps_the_names_that_it_does_not_want_to_see(database: &Database) {
    let store = database.open().await;
    let id: AccountId = "bo".parse().unwrap();
    let new = |id: &AccountId, handle: &str, role| NewAccount {
        id: id.clone(),
        handle: handle.parse().unwrap(),
        name: handle.into(),
        email: None,
        role,
    };
    store.create_account(&new(&id, "bo", SiteRole::Member), by("console", NOON)).await.unwrap();
    store.set_blocked(&id, &["Zoe".into(), "Ann 'x'".into(), "Zoe".into()]).await.unwrap();
    assert_eq!(store.blocked(&id).await.unwrap(), ["Ann 'x'", "Zoe"]);
    store.set_blocked(&id, &[]).await.unwrap();
    assert!(store.blocked(&id).await.unwrap().is_empty());
    let mia: AccountId = "mia".parse().unwrap();
    store.create_account(&new(&mia, "mia", SiteRole::Moderator), by("console", NOON)).await.unwrap();
    assert_eq!(store.moderators_beside("mia").await.unwrap(), 0);
    assert_eq!(store.moderators_beside("bo").await.unwrap(), 1);
    let found = store.account_numbered(3, |id| id.as_str().len() as u64).await.unwrap();
    assert_eq!(found, Some(mia));
    assert_eq!(store.account_numbered(9, |id| id.as_str().len() as u64).await.unwrap(), None);
}
