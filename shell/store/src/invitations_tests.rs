//! Invitations: one guest with two devices, a shared link, and what is withdrawn.

use super::*;

const NOON: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 3_600_000;

struct Scratch(std::path::PathBuf);

impl Scratch {
    async fn store(name: &str) -> (Self, Store) {
        let path = std::env::temp_dir().join(format!("hustings-invitations-{}-{name}", std::process::id()));
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

fn slug() -> Slug {
    "evening".parse().unwrap()
}

fn seat(text: &str) -> SeatId {
    text.parse().unwrap()
}

async fn invited(store: &Store, number: u128, uses_max: Option<u32>, name: &str) -> (Secret, InvitationRecord) {
    let new = NewInvitationRecord {
        id: format!("i{number}"),
        slug: slug(),
        role: Role::Speaker,
        label: "a panel".into(),
        name: name.into(),
        uses_max,
        expires_ms: Some(NOON + DAY),
        created_by: "console".into(),
    };
    let secret = Secret::of(number);
    assert!(store.invite(&new, &secret, NOON).await.unwrap());
    let found = store.invitation(&slug(), &Secret::shown(secret.text()).unwrap()).await.unwrap().unwrap();
    (secret, found)
}

#[tokio::test]
async fn a_guests_own_link_is_the_same_guest_on_every_device() {
    let (_scratch, store) = Scratch::store("own").await;
    let (secret, one) = invited(&store, 1, Some(1), "").await;
    assert_eq!(store.seat(&one, None, &seat("a"), NOON + DAY, NOON).await.unwrap(), Seated::Nameless);
    let first = store.seat(&one, Some("Ada"), &seat("a"), NOON + DAY, NOON).await.unwrap();
    assert_eq!(first, Seated::Seat(seat("a"), "Ada".into()));
    let second = store.seat(&one, None, &seat("b"), NOON + DAY, NOON).await.unwrap();
    assert_eq!(second, Seated::Seat(seat("a"), "Ada".into()));
    assert_eq!(store.invitation(&slug(), &secret).await.unwrap().unwrap().uses, 1);
    assert_eq!(store.seat(&one, None, &seat("b"), NOON + DAY, NOON + DAY).await.unwrap(), Seated::Expired);
}

#[tokio::test]
async fn a_shared_link_seats_as_many_as_it_says() {
    let (_scratch, store) = Scratch::store("shared").await;
    let (_, two) = invited(&store, 2, Some(2), "Panel").await;
    for name in ["a", "b"] {
        let seated = store.seat(&two, Some(name), &seat(name), NOON + DAY, NOON).await.unwrap();
        assert_eq!(seated, Seated::Seat(seat(name), name.into()));
    }
    assert_eq!(store.seat(&two, Some("c"), &seat("c"), NOON + DAY, NOON).await.unwrap(), Seated::UsedUp);
    let (_, all) = invited(&store, 3, None, "").await;
    for name in ["d", "e", "f"] {
        assert!(matches!(store.seat(&all, Some(name), &seat(name), NOON, NOON).await.unwrap(), Seated::Seat(..)));
    }
}

#[tokio::test]
async fn what_is_withdrawn_stops_at_once_and_names_its_seats() {
    let (_scratch, store) = Scratch::store("withdrawn").await;
    let (secret, one) = invited(&store, 4, None, "").await;
    for name in ["a", "b"] {
        store.seat(&one, Some(name), &seat(name), NOON + DAY, NOON).await.unwrap();
    }
    let (now, mut seats) = store.withdraw(&slug(), &one.id, NOON + 1).await.unwrap().unwrap();
    seats.sort();
    assert_eq!((now.revoked_ms, seats), (Some(NOON + 1), vec![seat("a"), seat("b")]));
    // With what was known before it was withdrawn, too.
    assert_eq!(store.seat(&one, Some("c"), &seat("c"), NOON + DAY, NOON).await.unwrap(), Seated::Revoked);
    assert_eq!(store.withdrawn_seats(NOON).await.unwrap().len(), 2);
    assert!(store.withdrawn_seats(NOON + DAY).await.unwrap().is_empty(), "their tokens have ended");
    let other: Slug = "other".parse().unwrap();
    assert_eq!(store.withdraw(&other, &one.id, NOON).await.unwrap(), None);
    assert_eq!(store.invitation(&other, &secret).await.unwrap(), None);
}

#[tokio::test]
async fn there_is_an_end_to_inviting() {
    let (_scratch, store) = Scratch::store("many").await;
    for n in 0..u128::from(limits::INVITATIONS_PER_CONVERSATION_MAX) {
        invited(&store, n, Some(1), "").await;
    }
    let new = NewInvitationRecord {
        id: "more".into(),
        slug: slug(),
        role: Role::Host,
        label: String::new(),
        name: String::new(),
        uses_max: None,
        expires_ms: None,
        created_by: "console".into(),
    };
    assert!(!store.invite(&new, &Secret::of(u128::MAX), NOON).await.unwrap());
    assert_eq!(store.invitations(&slug()).await.unwrap().len(), limits::INVITATIONS_PER_CONVERSATION_MAX as usize);
}

#[test]
fn a_secret_has_one_form_and_is_not_shown() {
    let secret = Secret::of(u128::MAX);
    assert_eq!(secret.text().len(), 22);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    assert!(!secret.hash().contains(secret.text()));
    for bad in ["", "short", &"x".repeat(23), "!!!!!!!!!!!!!!!!!!!!!!", &"x".repeat(1 << 20), "ééééééééééé"]
    {
        assert!(Secret::shown(bad).is_none(), "{bad:.30}");
    }
}
