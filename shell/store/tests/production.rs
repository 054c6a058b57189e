//! Clips, lobby sounds and covers as records, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

mod common;

use common::Database;
use hustings_link::production::{LobbyChoice, StoredClip};
use hustings_vocab::plan::Cover;
use hustings_vocab::{Slug, limits};

on_both! {
    clips_are_kept_in_order_renamed_and_forgotten,
    a_conversation_has_its_last_clip,
    a_cover_is_on_the_record_until_it_is_taken_away,
}

const NOON: u64 = 1_800_000_000_000;

fn slug() -> Slug {
    "evening".parse().unwrap()
}

fn clip(n: u64, length_ms: u64) -> StoredClip {
    StoredClip { id: format!("{n:016x}"), title: format!("Clip {n} 'x'"), length_ms, added_ms: NOON + n }
}

async fn clips_are_kept_in_order_renamed_and_forgotten(database: &Database) {
    let store = database.open().await;
    assert_eq!(store.prepared(&slug()).await.unwrap().lobby, LobbyChoice::Off);
    for n in [2, 1] {
        assert!(store.add_clip(&slug(), &clip(n, 4000)).await.unwrap());
    }
    let chosen = LobbyChoice::Clip(clip(2, 0).id);
    for choice in [LobbyChoice::Default, chosen.clone()] {
        store.set_lobby_sound(&slug(), &choice).await.unwrap();
        assert_eq!(store.prepared(&slug()).await.unwrap().lobby, choice);
    }
    let there = store.prepared(&slug()).await.unwrap();
    assert_eq!(there.clips, [clip(1, 4000), clip(2, 4000)]);
    assert!(store.rename_clip(&slug(), &clip(1, 0).id, "Jingle").await.unwrap());
    assert!(!store.rename_clip(&"other".parse().unwrap(), &clip(1, 0).id, "x").await.unwrap(), "another's clip");
    assert!(store.remove_clip(&slug(), &clip(2, 0).id).await.unwrap());
    assert!(!store.remove_clip(&slug(), &clip(2, 0).id).await.unwrap());
    let left = store.prepared(&slug()).await.unwrap();
    assert_eq!((left.clips[0].title.as_str(), left.clips.len(), left.lobby), ("Jingle", 1, LobbyChoice::Off));
}

async fn a_conversation_has_its_last_clip(database: &Database) {
    let store = database.open().await;
    for n in 0..u64::from(limits::CLIPS_PER_CONVERSATION_MAX) {
        assert!(store.add_clip(&slug(), &clip(n, 1000)).await.unwrap());
    }
    assert!(!store.add_clip(&slug(), &clip(99, 1000)).await.unwrap(), "as many as there may be");
    let long: Slug = "long".parse().unwrap();
    let most = u64::from(limits::CLIPS_SECONDS_MAX) * 1000;
    assert!(store.add_clip(&long, &clip(1, most - 1000)).await.unwrap());
    assert!(!store.add_clip(&long, &clip(2, 1001)).await.unwrap(), "more seconds than there may be");
    assert!(store.add_clip(&long, &clip(3, 1000)).await.unwrap());
}

async fn a_cover_is_on_the_record_until_it_is_taken_away(database: &Database) {
    let store = database.open().await;
    store.create(&slug(), "Evening", None, NOON).await.unwrap();
    assert_eq!(store.find(&slug()).await.unwrap().plan.cover, None);
    let cover = Cover { tag: "0123456789abcdef".into(), width: 1280, height: 720 };
    assert!(store.set_cover(&slug(), Some(&cover)).await.unwrap());
    assert_eq!(store.find(&slug()).await.unwrap().plan.cover, Some(cover));
    assert!(store.set_cover(&slug(), None).await.unwrap());
    assert_eq!(store.find(&slug()).await.unwrap().plan.cover, None);
    assert!(!store.set_cover(&"other".parse().unwrap(), None).await.unwrap());
}
