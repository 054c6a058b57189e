//! The records of conversations, told as their lives, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_store::{Record, State, StoreError};
use hustings_vocab::plan::Plan;
use hustings_vocab::{HeldReason, MediaTime, Phase, Slug, limits};

on_both! {
    what_was_saved_is_there_after_a_restart,
    a_slug_is_used_once,
    what_is_over_stays_over,
    only_what_has_not_begun_is_called_off,
    who_was_heard_first_is_written_down_once,
    the_list_begins_with_what_is_on_and_forgets_what_is_long_over,
    what_is_due_is_what_starts_soon_and_is_no_room,
}

const NOON: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn at(phase: Phase) -> State {
    State { phase, epoch_ms: Some(NOON), live_since: Some(MediaTime(96_000)), discontinuities: 1 }
}

async fn what_was_saved_is_there_after_a_restart(database: &Database) {
    let evening = slug("evening");
    let store = database.open().await;
    store.create(&evening, "An evening \u{1f3a4} of 'talk'", Some(NOON + HOUR), NOON).await.unwrap();
    store.save_state(&evening, &at(Phase::Held(HeldReason::LineLost)), NOON).await.unwrap();
    // No close: as if the process had been killed.
    drop(store);
    let found = database.open().await.open_ones().await.unwrap();
    assert_eq!(
        found,
        [Record {
            slug: evening,
            title: "An evening \u{1f3a4} of 'talk'".into(),
            phase: Phase::Held(HeldReason::LineLost),
            starts_ms: Some(NOON + HOUR),
            epoch_ms: Some(NOON),
            live_since: Some(MediaTime(96_000)),
            discontinuities: 1,
            created_ms: NOON,
            ended_ms: None,
            plan: Plan { version: 1, changed_ms: NOON, ..Plan::default() },
        }]
    );
}

async fn a_slug_is_used_once(database: &Database) {
    let store = database.open().await;
    store.create(&slug("a"), "first", None, NOON).await.unwrap();
    assert!(matches!(store.create(&slug("a"), "second", None, NOON).await, Err(StoreError::Exists(_))));
    assert_eq!(store.find(&slug("a")).await.unwrap().title, "first");
    assert!(matches!(store.find(&slug("b")).await, Err(StoreError::Unknown(_))));
}

async fn what_is_over_stays_over(database: &Database) {
    let store = database.open().await;
    store.create(&slug("a"), "a", None, NOON).await.unwrap();
    store.save_state(&slug("a"), &at(Phase::Ended), NOON + HOUR).await.unwrap();
    store.save_state(&slug("a"), &at(Phase::Ended), NOON + 2 * HOUR).await.unwrap();
    let late = store.save_state(&slug("a"), &at(Phase::Live), NOON).await;
    assert!(matches!(late, Err(StoreError::Phase(_, Phase::Ended))), "{late:?}");
    assert_eq!(store.find(&slug("a")).await.unwrap().ended_ms, Some(NOON + HOUR));
    assert!(store.open_ones().await.unwrap().is_empty());
    let nobody = store.save_state(&slug("b"), &at(Phase::Live), NOON).await;
    assert!(matches!(nobody, Err(StoreError::Unknown(_))));
}

async fn only_what_has_not_begun_is_called_off(database: &Database) {
    let store = database.open().await;
    for name in ["waiting", "running"] {
        store.create(&slug(name), name, None, NOON).await.unwrap();
    }
    store.save_state(&slug("running"), &at(Phase::Live), NOON).await.unwrap();
    let off = store.cancel(&slug("waiting"), NOON + 1).await.unwrap();
    assert_eq!((off.phase, off.ended_ms), (Phase::Cancelled, Some(NOON + 1)));
    assert!(matches!(store.cancel(&slug("running"), NOON).await, Err(StoreError::Phase(_, Phase::Live))));
    assert!(matches!(store.cancel(&slug("nowhere"), NOON).await, Err(StoreError::Unknown(_))));
}

async fn the_list_begins_with_what_is_on_and_forgets_what_is_long_over(database: &Database) {
    let store = database.open().await;
    let week = limits::LISTED_AFTER_END_DAYS * 24 * HOUR;
    for (name, starts) in
        [("later", Some(NOON + 9)), ("soon", Some(NOON + 5)), ("on", None), ("past", None), ("old", None)]
    {
        store.create(&slug(name), name, starts, NOON).await.unwrap();
    }
    store.save_state(&slug("on"), &at(Phase::Live), NOON).await.unwrap();
    store.save_state(&slug("past"), &at(Phase::Ended), NOON - week).await.unwrap();
    store.save_state(&slug("old"), &at(Phase::Ended), NOON - week - 1).await.unwrap();
    let names: Vec<String> = store.list(NOON).await.unwrap().into_iter().map(|r| r.title).collect();
    assert_eq!(names, ["on", "soon", "later", "past"]);
}

async fn what_is_due_is_what_starts_soon_and_is_no_room(database: &Database) {
    let store = database.open().await;
    for (name, starts) in [("now", None), ("soon", Some(NOON)), ("later", Some(NOON + HOUR)), ("on", Some(NOON))] {
        store.create(&slug(name), name, starts, NOON).await.unwrap();
    }
    store.save_state(&slug("on"), &at(Phase::Live), NOON).await.unwrap();
    let mut due: Vec<_> = store.starting(NOON).await.unwrap().into_iter().map(|r| r.slug.to_string()).collect();
    due.sort();
    assert_eq!(due, ["now", "soon"]);
}

async fn who_was_heard_first_is_written_down_once(database: &Database) {
    let store = database.open().await;
    store.create(&slug("a"), "a", Some(NOON), NOON).await.unwrap();
    assert_eq!(store.opening(&slug("a")).await.unwrap(), None);
    store.opened(&slug("a"), NOON + 1500).await.unwrap();
    store.opened(&slug("a"), NOON + HOUR).await.unwrap();
    store.opened(&slug("none"), NOON).await.unwrap();
    let opening = store.opening(&slug("a")).await.unwrap().unwrap();
    assert_eq!((opening.announced_ms, opening.first_speech_ms), (Some(NOON), NOON + 1500));
    assert_eq!(store.opening(&slug("none")).await.unwrap(), None);
}
