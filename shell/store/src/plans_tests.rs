//! What is announced, written down and read again; and two who write at once.

use hustings_schedule::zone::Zone;
use hustings_vocab::plan::{Guest, Plan, Visibility};

use super::*;

const NOON: u64 = 1_800_000_000_000;
const WEEK: u64 = 7 * 24 * 3_600_000;

struct Scratch(std::path::PathBuf);

impl Scratch {
    async fn store(name: &str) -> (Self, Store) {
        let path = std::env::temp_dir().join(format!("hustings-plans-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let store = Store::open(&path).await.unwrap();
        (Self(path), store)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn new(slug: &str, starts_ms: u64) -> NewRecord {
    let plan = Plan {
        description: "Two lines\nof 'text' \u{1f3a4}".into(),
        language: Some("de".into()),
        tags: vec!["a, b".into(), "\"c\"".into()],
        guests: vec![Guest { name: "Ada".into(), affiliation: "A house".into(), interests: String::new() }],
        zone: Some(Zone::named("Europe/Berlin").unwrap().name().into()),
        length_min: Some(90),
        visibility: Visibility::Unlisted,
        series: Some("weekly".into()),
        created_by: Some("ada".parse().unwrap()),
        ..Plan::default()
    };
    let announced = Announced { title: slug.into(), starts_ms: Some(starts_ms), plan };
    NewRecord { slug: slug.parse().unwrap(), announced, key: None }
}

fn announced(record: &Record) -> Announced {
    Announced { title: record.title.clone(), starts_ms: record.starts_ms, plan: record.plan.clone() }
}

#[tokio::test]
async fn what_is_announced_is_read_as_it_was_written() {
    let (_scratch, store) = Scratch::store("read").await;
    let one = new("one", NOON);
    store.announce(std::slice::from_ref(&one), NOON).await.unwrap();
    let found = store.find(&one.slug).await.unwrap();
    assert_eq!(found.plan, Plan { version: 1, changed_ms: NOON, ..one.announced.plan });
    assert!(store.public(NOON).await.unwrap().is_empty(), "unlisted");
    assert_eq!(store.list(NOON).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_series_is_made_whole_or_not_at_all() {
    let (_scratch, store) = Scratch::store("series").await;
    let all: Vec<_> = (0..4).map(|n| new(&format!("s-{n}"), NOON + n * WEEK)).collect();
    store.announce(&all[2..3], NOON).await.unwrap();
    assert!(matches!(store.announce(&all, NOON).await, Err(StoreError::Exists(slug)) if slug.as_str() == "s-2"));
    assert_eq!(store.list(NOON).await.unwrap().len(), 1);
    store.announce(&all[..2], NOON).await.unwrap();
    store.announce(&all[3..], NOON).await.unwrap();
    let second = store.find(&all[1].slug).await.unwrap();
    let after: Vec<_> = store.followers(&second).await.unwrap().into_iter().map(|r| r.title).collect();
    assert_eq!(after, ["s-2", "s-3"]);
}

#[tokio::test]
async fn a_request_that_comes_twice_makes_one() {
    let (_scratch, store) = Scratch::store("twice").await;
    let first = NewRecord { key: Some("ada:1".into()), ..new("first", NOON) };
    let again = NewRecord { slug: "second".parse().unwrap(), ..first.clone() };
    store.announce(&[first], NOON).await.unwrap();
    assert!(matches!(store.announce(&[again], NOON).await, Err(StoreError::Exists(_))));
    assert_eq!(store.made_by_request("ada:1").await.unwrap().unwrap().title, "first");
    assert_eq!(store.made_by_request("bo:1").await.unwrap(), None);
}

#[tokio::test]
async fn of_two_who_edit_at_once_one_is_told() {
    let (_scratch, store) = Scratch::store("edit").await;
    let one = new("one", NOON);
    store.announce(std::slice::from_ref(&one), NOON).await.unwrap();
    let was = announced(&store.find(&one.slug).await.unwrap());
    let named = |title: &str| Announced { title: title.into(), ..was.clone() };
    let (a, b) = (named("a"), named("b"));
    let (a, b) =
        tokio::join!(store.edit(&one.slug, &a, false, &[], NOON + 1), store.edit(&one.slug, &b, false, &[], NOON + 2));
    let mut became = [a.unwrap(), b.unwrap()];
    became.sort_by_key(|s| *s == Saved::Stale);
    assert_eq!(became, [Saved::Done, Saved::Stale]);
    let found = store.find(&one.slug).await.unwrap();
    assert_eq!(found.plan.version, 2);
    assert!(found.plan.changed_ms > NOON);
}

#[tokio::test]
async fn it_is_moved_and_called_off_before_it_begins_alone() {
    let (_scratch, store) = Scratch::store("off").await;
    let all = [new("one", NOON), new("two", NOON + WEEK)];
    store.announce(&all, NOON).await.unwrap();
    let [one, two] = &all;
    assert_eq!(store.call_off(&one.slug, 7, "no", &[], NOON).await.unwrap(), Saved::Stale);
    let off =
        store.call_off(&one.slug, 1, "The hall is flooded", std::slice::from_ref(&two.slug), NOON + 5).await.unwrap();
    assert_eq!(off, Saved::Done);
    for slug in [&one.slug, &two.slug] {
        let found = store.find(slug).await.unwrap();
        assert_eq!(
            (found.phase, found.plan.reason.as_str(), found.plan.version),
            (Phase::Cancelled, "The hall is flooded", 2)
        );
        let again = store.edit(slug, &announced(&found), false, &[], NOON).await.unwrap();
        assert_eq!(again, Saved::Stale, "what is over is not edited");
    }
}

#[tokio::test]
async fn a_planner_reads_page_by_page() {
    let (_scratch, store) = Scratch::store("pages").await;
    let ada: AccountId = "ada".parse().unwrap();
    let all: Vec<_> =
        (0..u64::from(limits::PLANNED_PAGE_MAX) + 3).map(|n| new(&format!("c-{n:03}"), NOON + n)).collect();
    store.announce(&all, NOON).await.unwrap();
    let first = store.planned_by(&ada, None).await.unwrap();
    assert_eq!(first.len(), limits::PLANNED_PAGE_MAX as usize);
    let rest = store.planned_by(&ada, first.last().map(|r| &r.slug)).await.unwrap();
    assert_eq!(rest.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(), ["c-050", "c-051", "c-052"]);
    assert!(store.planned_by(&"bo".parse().unwrap(), None).await.unwrap().is_empty());
}
