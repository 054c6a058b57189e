//! The floor, told as evenings, and held against a simple model in seeded runs.

use std::collections::{BTreeMap, BTreeSet};

use hustings_vocab::floor::{FloorRules, Reaction};

use super::*;
use crate::command::{NewPoll, PersonId};
use crate::kept::{Kept, KeptPoll, KeptQuestion, KeptVote};

const NOON: u64 = 1_800_000_000_000;

fn listener(n: u64) -> By {
    By { person: PersonId(n), source: n % 50, name: format!("L{n}"), role: Role::Listener, runs: false }
}

fn host() -> By {
    By { person: PersonId(u64::MAX), source: 999, name: "Host".into(), role: Role::Host, runs: true }
}

fn say(floor: &mut Floor, by: &By, text: &str, now: u64) -> Result<u64, Refusal> {
    floor.handle(by, Command::Say(text.into()), now, now).map(|changes| changes[0].id().unwrap())
}

fn chat(told: &Told) -> Option<&hustings_vocab::floor::Chat> {
    told.events.iter().find_map(|e| if let What::Chat(chat) = e { Some(chat) } else { None })
}

fn rules(change: impl FnOnce(&mut FloorRules)) -> Command {
    let mut rules = FloorRules::default();
    change(&mut rules);
    Command::Set(Settings { rules, words: vec!["Swear".into()] })
}

#[test]
fn lines_are_filtered_and_hosts_are_not() {
    let mut floor = Floor::default();
    floor.handle(&host(), rules(|_| {}), NOON, 0).unwrap();
    let anna = listener(1);
    assert_eq!(say(&mut floor, &anna, "see evil.com", NOON), Err(Refusal::Link));
    assert_eq!(say(&mut floor, &anna, "I swear!", NOON), Err(Refusal::Word));
    say(&mut floor, &anna, "Hello", NOON).unwrap();
    assert_eq!(say(&mut floor, &anna, "hello ", NOON + 2000), Err(Refusal::Repeated));
    say(&mut floor, &host(), "https://a.example", NOON).unwrap();
    floor.handle(&host(), rules(|r| r.slow_s = 10), NOON, 0).unwrap();
    assert_eq!(say(&mut floor, &anna, "more", NOON + 4000), Err(Refusal::Slow { every_s: 10, wait_s: 6 }));
    say(&mut floor, &anna, "more", NOON + 10_000).unwrap();
    floor.handle(&host(), rules(|r| r.chat = false), NOON, 0).unwrap();
    assert_eq!(say(&mut floor, &anna, "late", NOON + 60_000), Err(Refusal::Off));
    assert_eq!(floor.handle(&anna, rules(|_| {}), NOON, 0), Err(Refusal::NotYours));
}

#[test]
fn a_hidden_line_is_gone_and_its_author_may_be_muted() {
    let mut floor = Floor::default();
    let troll = listener(3);
    let first = say(&mut floor, &troll, "one", NOON).unwrap();
    let second = say(&mut floor, &troll, "two", NOON + 1000).unwrap();
    assert_eq!(chat(&floor.tell(NOON + 1000)).unwrap().lines.len(), 2);
    // One that nobody was told yet is never told.
    let third = say(&mut floor, &troll, "three", NOON + 2000).unwrap();
    let changes =
        floor.handle(&host(), Command::Hide { line: third, hidden: true, mute: true }, NOON + 2000, 0).unwrap();
    assert!(changes.contains(&Change::Muted(PersonId(3), true)) && changes.contains(&Change::Hid(first, true)));
    let told = floor.tell(NOON + 2000);
    let told_chat = chat(&told).unwrap();
    assert_eq!((told_chat.lines.len(), told_chat.hidden.clone()), (0, vec![first, second]));
    assert!(floor.now(false, 200).lines.is_empty());
    assert_eq!(say(&mut floor, &troll, "four", NOON + 9000), Err(Refusal::Muted));
    floor.handle(&host(), Command::Hide { line: first, hidden: false, mute: false }, NOON, 0).unwrap();
    assert_eq!(chat(&floor.tell(NOON + 3000)).unwrap().lines[0].id, first);
    say(&mut floor, &troll, "five", NOON + 9000).unwrap();
    assert_eq!(
        floor.handle(&host(), Command::Hide { line: 1, hidden: true, mute: false }, NOON, 0),
        Err(Refusal::Unknown("line"))
    );
}

#[test]
fn a_question_is_shown_when_it_was_accepted() {
    let mut floor = Floor::default();
    floor.tell(NOON);
    let id = floor.handle(&listener(1), Command::Ask("Why?".into()), NOON, 0).unwrap()[0].id().unwrap();
    assert!(floor.now(false, 0).questions.is_empty());
    assert_eq!(floor.now(true, 0).questions.len(), 1);
    assert_eq!(floor.handle(&listener(2), Command::Want(id), NOON, 0), Err(Refusal::Unknown("question")));
    floor.handle(&host(), Command::Judge(id, QuestionState::Accepted), NOON, 0).unwrap();
    for n in 2..5 {
        floor.handle(&listener(n), Command::Want(id), NOON, 0).unwrap();
    }
    assert_eq!(floor.handle(&listener(2), Command::Want(id), NOON, 0), Err(Refusal::Voted));
    assert_eq!(floor.now(false, 0).questions[0].votes, 3);
    floor.handle(&host(), Command::Judge(id, QuestionState::Answered), NOON, 0).unwrap();
    assert!(matches!(floor.handle(&listener(9), Command::Want(id), NOON, 0), Err(Refusal::Closed(_))));
}

#[test]
fn a_poll_closes_by_time_and_is_taken_up_with_its_sums() {
    let mut floor = Floor::default();
    let new = NewPoll { question: "Tea?".into(), answers: vec!["Yes".into(), "No".into()], seconds: Some(30) };
    let id = floor.handle(&host(), Command::Poll(new.clone()), NOON, 0).unwrap()[0].id().unwrap();
    assert!(matches!(floor.handle(&host(), Command::Poll(new.clone()), NOON, 0), Err(Refusal::Closed(_))));
    for n in 0..10 {
        floor.handle(&listener(n), Command::Choose(id, (n % 3 == 0).into()), NOON, 0).unwrap();
        assert_eq!(floor.handle(&listener(n), Command::Choose(id, 0), NOON, 0), Err(Refusal::Voted));
    }
    assert!(floor.tell(NOON + 29_999).changes.is_empty());
    assert_eq!(floor.tell(NOON + 30_000).changes, [Change::Closed(id)]);
    let poll = floor.now(false, 0).poll.unwrap();
    assert_eq!((poll.answers[0].votes, poll.answers[1].votes, poll.closed), (6, 4, true));
    let votes = (0..10).map(|n| KeptVote { item: id, person: PersonId(n), choice: (n % 3 == 0).into() });
    let kept =
        Kept { poll: Some(KeptPoll { poll: poll.clone() }), polls: 1, votes: votes.collect(), ..Kept::default() };
    assert_eq!(Floor::take_up(kept).now(false, 0).poll, Some(poll));
    for bad in [vec!["one".into()], vec!["a".into(), " A".into()], vec![String::new(); 2], vec!["x".into(); 7]] {
        let new = NewPoll { answers: bad, ..new.clone() };
        assert!(floor.handle(&host(), Command::Poll(new), NOON, 0).is_err());
    }
}

/// A draw of numbers that is the same in every run.
struct Lots(u64);

impl Lots {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 11) % n
    }
}

#[test]
fn of_a_flood_everybody_has_the_same_chance() {
    let mut lots = Lots(7);
    let mut shown = [0u64; 100];
    for second in 0..2000 {
        let mut floor = Floor::default();
        for n in 0..100 {
            let by = listener(n);
            floor.handle(&by, Command::Say(format!("line {n}")), NOON + second, lots.next()).unwrap();
        }
        let told = floor.tell(NOON + second);
        let chat = chat(&told).unwrap();
        assert_eq!((chat.offered, chat.lines.len()), (100, limits::CHAT_LINES_PER_SECOND_MAX));
        assert!(chat.lines.is_sorted_by_key(|line| line.id));
        chat.lines.iter().for_each(|line| shown[line.name[1..].parse::<usize>().unwrap()] += 1);
    }
    // 400 are expected of each; six standard deviations of a binomial draw are 107.
    assert!(shown.iter().all(|n| (293..=507).contains(n)), "{shown:?}");
}

#[test]
fn a_host_is_heard_in_a_flood() {
    let mut floor = Floor::default();
    for n in 0..60 {
        say(&mut floor, &listener(n), &format!("line {n}"), NOON).unwrap();
    }
    say(&mut floor, &host(), "Please leave by the east door", NOON).unwrap();
    let told = floor.tell(NOON);
    assert!(chat(&told).unwrap().lines.iter().any(|line| line.role == Some(Role::Host)));
}

/// Whatever anybody does, what is told adds up to what was taken, nobody votes twice, and every bound holds.
#[test]
fn sums_are_true_in_any_evening() {
    for seed in 1..=20 {
        let mut lots = Lots(seed);
        let mut floor = Floor::default();
        let mut now = NOON;
        let (mut reacted, mut told_reacted, mut offered, mut told_offered) = (0, 0, 0, 0);
        let mut votes: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
        let mut items: Vec<u64> = vec![1];
        let mut numbers = BTreeSet::new();
        for _ in 0..5000 {
            now += lots.below(20);
            let who = lots.below(60);
            let by = if who == 0 { host() } else { listener(who) };
            let item = items[lots.below(items.len() as u64) as usize];
            let command = match lots.below(12) {
                0..=3 => Command::React(Reaction::ALL[lots.below(5) as usize], 1 << lots.below(3)),
                4 | 5 => {
                    Command::Say(["hi", "https://x", "\u{202e}", "longer line", ""][lots.below(5) as usize].into())
                }
                6 => Command::Ask(format!("Question {}?", lots.below(100))),
                7 => Command::Want(item),
                8 => Command::Choose(item, lots.below(3) as usize),
                9 => Command::Judge(item, [QuestionState::Accepted, QuestionState::Dismissed][lots.below(2) as usize]),
                10 if lots.below(2) == 0 => Command::Close(item),
                10 => Command::Poll(NewPoll {
                    question: "Q".into(),
                    answers: vec!["a".into(), "b".into()],
                    seconds: None,
                }),
                _ => Command::Hide { line: item, hidden: lots.below(2) == 0, mute: lots.below(20) == 0 },
            };
            let before = floor.now(true, 200);
            match floor.handle(&by, command.clone(), now, lots.next()) {
                Err(_) => assert_eq!(floor.now(true, 200), before, "{command:?} was refused and changed something"),
                Ok(changes) => {
                    if let Some(id) = changes.iter().find_map(Change::id) {
                        assert!(numbers.insert(id) && id < 1 << 53);
                        items.push(id);
                    }
                    match command {
                        Command::React(_, n) => reacted += u64::from(n),
                        Command::Say(_) => offered += 1,
                        Command::Want(id) | Command::Choose(id, _) => {
                            assert!(votes.entry(id).or_default().insert(by.person.0), "voted twice");
                        }
                        _ => {}
                    }
                }
            }
            if lots.below(40) == 0 {
                for event in floor.tell(now).events {
                    match event {
                        What::Reactions(r) => told_reacted += r.counts.iter().map(|c| c.count).sum::<u64>(),
                        What::Chat(c) => {
                            told_offered += c.offered;
                            assert!(c.lines.len() <= limits::CHAT_LINES_PER_SECOND_MAX);
                        }
                        What::Questions(q) => assert!(q.questions.len() <= limits::QUESTIONS_TOLD_MAX),
                        _ => {}
                    }
                }
            }
        }
        for event in floor.tell(now).events {
            match event {
                What::Reactions(r) => told_reacted += r.counts.iter().map(|c| c.count).sum::<u64>(),
                What::Chat(c) => told_offered += c.offered,
                _ => {}
            }
        }
        assert_eq!((told_reacted, told_offered), (reacted, offered), "seed {seed}");
        for question in floor.questions.all() {
            assert_eq!(question.votes, votes.get(&question.id).map_or(0, |v| v.len() as u64), "seed {seed}");
        }
    }
}

/// What was written down makes the same floor again.
#[test]
fn a_restart_loses_nothing_that_was_written_down() {
    let mut floor = Floor::default();
    let mut kept = Kept::default();
    let mut changes = Vec::new();
    for n in 0..30 {
        changes.extend(floor.handle(&listener(n), Command::Say(format!("line {n}")), NOON + n * 1000, 0).unwrap());
        changes.extend(floor.tell(NOON + n * 1000).changes);
    }
    let asked = floor.handle(&listener(1), Command::Ask("Why?".into()), NOON, 0).unwrap();
    let id = asked[0].id().unwrap();
    changes.extend(asked);
    changes.extend(floor.handle(&host(), Command::Judge(id, QuestionState::Accepted), NOON, 0).unwrap());
    changes.extend(floor.handle(&listener(2), Command::Want(id), NOON, 0).unwrap());
    let note = Note { text: "Doors".into(), link: Some("https://a.example".into()) };
    changes.extend(floor.handle(&host(), Command::Pin(Some(note)), NOON, 0).unwrap());
    changes.extend(floor.handle(&host(), rules(|r| r.slow_s = 5), NOON, 0).unwrap());
    for change in changes {
        match change {
            Change::Said(line, by) => kept.lines.push((line, by)),
            Change::Asked { id, person, name, text } => {
                kept.questions.push(KeptQuestion { id, person, name, text, state: QuestionState::New });
            }
            Change::Judged(_, state) => kept.questions[0].state = state,
            Change::Voted { item, person, choice } => kept.votes.push(KeptVote { item, person, choice }),
            Change::Pinned(note) => kept.note = note,
            Change::Settled(settings) => kept.settings = Some(settings),
            _ => {}
        }
    }
    let again = Floor::take_up(kept);
    assert_eq!(again.now(true, 200), floor.now(true, 200));
    assert_eq!(again.words(), ["swear"]);
}
