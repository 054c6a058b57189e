//! What is particular to SQLite in a folder, and records that are damaged. The rest runs on both databases, in `tests/`.

use super::*;

const NOON: u64 = 1_800_000_000_000;

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

/// What is open is few of many: found by its phase, whoever may see it.
#[tokio::test]
async fn what_is_open_is_found_without_reading_what_is_not() {
    let scratch = Scratch::new("walks");
    let store = Store::open(&scratch.0).await.unwrap();
    for and in ["", " AND visibility = 'public'"] {
        let asked = store.gathered(9, &format!("{OPEN}{and}"), "starts_ms, created_ms, slug");
        let plan = format!("EXPLAIN QUERY PLAN {}", sqlx::Execute::sql(asked).as_str());
        let rows = sqlx::query(sqlx::AssertSqlSafe(plan)).fetch_all(&store.pool).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, "detail")).collect();
        assert!(steps.iter().any(|step| step.contains("conversations_by_phase")), "{and}: {steps:?}");
    }
}

#[tokio::test]
async fn the_newest_decision_about_a_seat_is_kept_until_it_is_forgotten() {
    use hustings_stage::Grant;
    let scratch = Scratch::new("grants");
    let evening = slug("evening");
    let store = Store::open(&scratch.0).await.unwrap();
    let (ada, bo) = ("ada".parse().unwrap(), "bo".parse().unwrap());
    store.decide(&evening, &ada, Some(Grant::Role(hustings_vocab::Role::Speaker)), NOON).await.unwrap();
    store.decide(&evening, &bo, Some(Grant::Removed), NOON + 1).await.unwrap();
    store.decide(&evening, &ada, Some(Grant::Banned), NOON + 2).await.unwrap();
    let kept = store.decisions(&evening).await.unwrap();
    assert_eq!(kept, [(ada.clone(), Grant::Banned), (bo, Grant::Removed)]);
    store.decide(&evening, &ada, None, NOON + 3).await.unwrap();
    assert_eq!(store.decisions(&evening).await.unwrap().len(), 1);
    assert!(store.decisions(&slug("other")).await.unwrap().is_empty());
}
