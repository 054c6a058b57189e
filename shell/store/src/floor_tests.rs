//! What is written down of taking part, and taken up again.

use hustings_floor::{By, Command, Floor, NewPoll};

use super::*;

const NOON: u64 = 1_800_000_000_000;

struct Scratch(std::path::PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn by(n: u64, runs: bool) -> By {
    let role = if runs { Role::Host } else { Role::Listener };
    By { person: PersonId(u64::MAX - n), source: n, name: format!("N{n} 'x'"), role, runs }
}

/// An evening is written down by the second, and after a restart the floor is what it was.
#[tokio::test]
async fn a_floor_is_taken_up_where_it_was() {
    let scratch = Scratch(std::env::temp_dir().join(format!("hustings-floor-{}", std::process::id())));
    let slug: Slug = "evening".parse().unwrap();
    let store = Store::open(&scratch.0).await.unwrap();
    let mut floor = Floor::take_up(store.floor(&slug).await.unwrap());
    let host = by(0, true);
    let mut changes = Vec::new();
    let mut act = |floor: &mut Floor, by: &By, command: Command| {
        let done = floor.handle(by, command, NOON, 0).unwrap();
        let id = done.iter().find_map(Change::id);
        changes.extend(done.into_iter().map(|change| (slug.clone(), change)));
        id.unwrap_or_default()
    };
    let mut lines = Vec::new();
    for n in 1..=15 {
        lines.push(act(&mut floor, &by(n, false), Command::Say(format!("line {n}"))));
    }
    act(&mut floor, &host, Command::Hide { line: lines[3], hidden: true, mute: true });
    let asked = act(&mut floor, &by(1, false), Command::Ask("Why \"so\"?".into()));
    act(&mut floor, &host, Command::Judge(asked, QuestionState::Accepted));
    let answers = vec!["Yes".into(), "No".into()];
    let poll = act(&mut floor, &host, Command::Poll(NewPoll { question: "Tea?".into(), answers, seconds: Some(60) }));
    for n in 1..=250 {
        act(&mut floor, &by(n, false), Command::Choose(poll, (n % 2) as usize));
        act(&mut floor, &by(n, false), Command::Want(asked));
    }
    act(&mut floor, &host, Command::Pin(Some(Note { text: "East".into(), link: None })));
    let rules = FloorRules { slow_s: 3, ..FloorRules::default() };
    act(&mut floor, &host, Command::Set(Settings { rules, words: vec!["bad".into()] }));
    changes.extend(floor.tell(NOON).changes.into_iter().map(|change| (slug.clone(), change)));
    act_all(&store, &changes).await;
    // The same batch again, as after an answer that was lost.
    act_all(&store, &changes).await;
    let again = Floor::take_up(store.floor(&slug).await.unwrap());
    assert_eq!(again.now(true, 200), floor.now(true, 200));
    assert_eq!(again.now(true, 200).lines.len(), 14);
    assert_eq!(again.words(), ["bad"]);
    let mut again = again;
    let refused = again.handle(&by(4, false), Command::Say("again".into()), NOON, 0);
    assert_eq!(refused, Err(hustings_floor::Refusal::Muted));
    store.write_floors(&[(slug.clone(), Change::Pinned(None)), (slug.clone(), Change::Closed(poll))]).await.unwrap();
    let kept = store.floor(&slug).await.unwrap();
    assert_eq!((kept.note, kept.poll.unwrap().poll.closed), (None, true));
    assert_eq!(store.floor(&"other".parse().unwrap()).await.unwrap(), Kept::default());
}

async fn act_all(store: &Store, changes: &[(Slug, Change)]) {
    store.write_floors(changes).await.unwrap();
}
