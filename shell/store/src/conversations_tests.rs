//! The records, told as the life of conversations.

use hustings_vocab::HeldReason;

use super::*;

const NOON: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hustings-store-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn at(phase: Phase) -> State {
    State { phase, epoch_ms: Some(NOON), live_since: Some(MediaTime(96_000)), discontinuities: 1 }
}

#[tokio::test]
async fn what_was_saved_is_there_after_a_restart() {
    let scratch = Scratch::new("restart");
    let evening = slug("evening");
    let store = Store::open(&scratch.0).await.unwrap();
    store.create(&evening, "An evening \u{1f3a4} of 'talk'", Some(NOON + HOUR), NOON).await.unwrap();
    store.save_state(&evening, &at(Phase::Held(HeldReason::LineLost)), NOON).await.unwrap();
    // No close: as if the process had been killed.
    drop(store);
    let found = Store::open(&scratch.0).await.unwrap().open_ones().await.unwrap();
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

#[tokio::test]
async fn a_slug_is_used_once() {
    let scratch = Scratch::new("once");
    let store = Store::open(&scratch.0).await.unwrap();
    store.create(&slug("a"), "first", None, NOON).await.unwrap();
    assert!(matches!(store.create(&slug("a"), "second", None, NOON).await, Err(StoreError::Exists(_))));
    assert_eq!(store.find(&slug("a")).await.unwrap().title, "first");
    assert!(matches!(store.find(&slug("b")).await, Err(StoreError::Unknown(_))));
}

#[tokio::test]
async fn what_is_over_stays_over() {
    let scratch = Scratch::new("over");
    let store = Store::open(&scratch.0).await.unwrap();
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

#[tokio::test]
async fn only_what_has_not_begun_is_called_off() {
    let scratch = Scratch::new("cancel");
    let store = Store::open(&scratch.0).await.unwrap();
    for name in ["waiting", "running"] {
        store.create(&slug(name), name, None, NOON).await.unwrap();
    }
    store.save_state(&slug("running"), &at(Phase::Live), NOON).await.unwrap();
    let off = store.cancel(&slug("waiting"), NOON + 1).await.unwrap();
    assert_eq!((off.phase, off.ended_ms), (Phase::Cancelled, Some(NOON + 1)));
    assert!(matches!(store.cancel(&slug("running"), NOON).await, Err(StoreError::Phase(_, Phase::Live))));
    assert!(matches!(store.cancel(&slug("nowhere"), NOON).await, Err(StoreError::Unknown(_))));
}

#[tokio::test]
async fn the_list_begins_with_what_is_on_and_forgets_what_is_long_over() {
    let scratch = Scratch::new("list");
    let store = Store::open(&scratch.0).await.unwrap();
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

#[tokio::test]
async fn two_processes_may_open_an_empty_folder_at_once() {
    let scratch = Scratch::new("both");
    let (a, b) = tokio::join!(Store::open(&scratch.0), async {
        let path = scratch.0.clone();
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || runtime.block_on(Store::open(&path))).await.unwrap()
    });
    a.unwrap().create(&slug("a"), "a", None, NOON).await.unwrap();
    assert_eq!(b.unwrap().list(NOON).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named_with_the_remedy() {
    let scratch = Scratch::new("bad");
    std::fs::create_dir_all(&scratch.0).unwrap();
    let file = scratch.0.join("file");
    std::fs::write(&file, "not a folder").unwrap();
    for bad in [file.clone(), file.join("below")] {
        let text = Store::open(&bad).await.unwrap_err().to_string();
        assert!(text.contains(bad.to_str().unwrap()) && text.contains("--data"), "{text}");
    }
    std::fs::write(scratch.0.join("hustings.db"), "this is no database, only text that is long enough to be looked at")
        .unwrap();
    let text = Store::open(&scratch.0).await.unwrap_err().to_string();
    assert!(text.contains("hustings.db") && text.contains("backup"), "{text}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let scratch = Scratch::new("newer");
    let store = Store::open(&scratch.0).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, X'00', 0)",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    assert!(matches!(Store::open(&scratch.0).await, Err(StoreError::Newer { .. })));
}

#[tokio::test]
async fn damage_is_named_and_not_guessed_around() {
    let scratch = Scratch::new("damage");
    let store = Store::open(&scratch.0).await.unwrap();
    store.create(&slug("a"), "a", None, NOON).await.unwrap();
    sqlx::query("UPDATE conversations SET phase = 'dancing'").execute(&store.pool).await.unwrap();
    let text = store.find(&slug("a")).await.unwrap_err().to_string();
    assert!(text.contains("dancing"), "{text}");
}
