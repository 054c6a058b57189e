//! A challenge at the door: a little work, or a little waiting, for who comes without a ticket while too many come at once.
//!
//! Nobody meets it unless [`Stress`] says so, and nobody who has a ticket or a place ever does. It is sixteen small puzzles instead of
//! a large one, so that luck hardly matters: [`PUZZLES`] numbers, each of which makes SHA-256 of the challenge's own hash, the
//! puzzle's number and it begin with [`BITS`] zeros. That is 65,536 hashes on average and 115,000 at the worst in a thousand: a phone
//! that makes 60,000 a second has done it in 1.1 s, and in 1.9 s. Who cannot or does not want to calculate waits [`WAIT_SECONDS`] instead,
//! by the same challenge and without doing anything; so there is nothing to see, to read or to solve for a person. It is bound to
//! its holder's secret, holds once, and is remembered only when it is used. What it costs the server is one signature to give and 17
//! hashes to look at.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use hustings_vocab::{Slug, limits};
use ring::digest;

use crate::bucket::Bucket;
use crate::statement::{BadStatement, Holder, Keys, Kind};

/// Puzzles of one challenge.
pub const PUZZLES: usize = 16;
/// Zeros at the beginning of each hash.
pub const BITS: u32 = 12;
/// Seconds after which a challenge lets in who has only waited.
pub const WAIT_SECONDS: u64 = 20;
/// Seconds for which a challenge holds.
pub const HOLDS_SECONDS: u64 = 120;
/// For how long it stays strict after it was last needed.
const CALM_AFTER: Duration = Duration::from_secs(10);

/// Why a challenge lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsolved {
    /// It was not given here, to another, or long ago.
    #[error(transparent)]
    Bad(#[from] BadStatement),
    /// The numbers do not solve it.
    #[error("the numbers do not solve the challenge: ask for another, or wait instead")]
    Wrong,
    /// Nothing was calculated, and it has not waited long enough.
    #[error("the challenge is not solved, and its waiting time is not over")]
    Early,
    /// It was used before.
    #[error("this challenge was used: ask for another")]
    Spent,
}

impl Keys {
    /// A challenge for whoever has this secret.
    #[must_use]
    pub fn seal_challenge(&self, event: &Slug, holder: Holder, now_s: u64) -> String {
        let (holder, given) = (holder.number().to_be_bytes(), now_s.to_be_bytes());
        self.seal(Kind::Challenge, &[event.as_str().as_bytes(), &holder, &given])
    }

    /// When a challenge was given, if it was given to them.
    fn challenge(&self, event: &Slug, text: &str, holder: Holder, now_s: u64) -> Result<u64, BadStatement> {
        self.read(Kind::Challenge, text, |fields| {
            if fields.next()? != event.as_str().as_bytes() || fields.number()? != holder.number() {
                return Err(BadStatement::Event);
            }
            let given_s = fields.number()?;
            if now_s > given_s + HOLDS_SECONDS { Err(BadStatement::Expired) } else { Ok(given_s) }
        })
    }
}

/// Whether these numbers solve a challenge.
#[must_use]
pub fn solves(text: &str, solution: &[u32]) -> bool {
    let seed = digest::digest(&digest::SHA256, text.as_bytes());
    let is_right = |(at, number): (usize, &u32)| zeros(seed.as_ref(), at as u8, *number) >= BITS;
    solution.len() == PUZZLES && solution.iter().enumerate().all(is_right)
}

/// Solves a challenge: for clients of ours, and for tests.
#[must_use]
pub fn solve(text: &str) -> Vec<u32> {
    let seed = digest::digest(&digest::SHA256, text.as_bytes());
    let one = |at: usize| (0..u32::MAX).find(|number| zeros(seed.as_ref(), at as u8, *number) >= BITS);
    (0..PUZZLES).map(|at| one(at).unwrap_or_default()).collect()
}

fn zeros(seed: &[u8], at: u8, number: u32) -> u32 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(seed);
    context.update(&[at]);
    context.update(&number.to_be_bytes());
    let mut first = [0; 4];
    first.copy_from_slice(&context.finish().as_ref()[..4]);
    u32::from_be_bytes(first).leading_zeros()
}

/// Whether too many come at once, by how many of them have nothing to show.
#[derive(Debug, Clone)]
pub struct Stress {
    second: Instant,
    came: u64,
    since: Option<Instant>,
}

impl Stress {
    /// Nobody has come.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self { second: now, came: 0, since: None }
    }

    /// Somebody comes who has nothing to show. Says whether they are to be challenged: when more than `calm` have come within this
    /// second, and for ten seconds after that was last so.
    pub fn come(&mut self, calm: u64, now: Instant) -> bool {
        if now.saturating_duration_since(self.second) >= Duration::from_secs(1) {
            (self.second, self.came) = (now, 0);
        }
        self.came += 1;
        if self.came > calm {
            self.since = Some(now);
        }
        self.is_on(now)
    }

    /// Whether newcomers are challenged now.
    #[must_use]
    pub fn is_on(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| now.saturating_duration_since(since) < CALM_AFTER)
    }
}

/// The challenges of one server: when they are asked for, and which were used.
#[derive(Debug, Clone)]
pub struct Doorstep {
    stress: Stress,
    waited: Bucket,
    /// Which were used, by holder and second, the oldest first.
    spent: VecDeque<(u64, u64)>,
    known: BTreeSet<(u64, u64)>,
}

/// What somebody meets at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// Nothing: go on.
    Nothing,
    /// They have solved it, or have waited.
    Passed,
    /// This challenge.
    Challenge(String),
    /// What they showed lets them not in.
    Failed(Unsolved),
}

impl Doorstep {
    /// Nobody has come.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self { stress: Stress::new(now), waited: Bucket::new(now), spent: VecDeque::new(), known: BTreeSet::new() }
    }

    /// Whether newcomers are challenged now.
    #[must_use]
    pub fn is_strict(&self, now: Instant) -> bool {
        self.stress.is_on(now)
    }

    /// Somebody comes without ticket or place, and shows a challenge or nothing. `calm` is how many of them a second are welcome.
    pub fn meet(
        &mut self,
        keys: &Keys,
        event: &Slug,
        holder: Holder,
        shown: Option<(&str, &[u32])>,
        calm: u64,
        (now_s, now): (u64, Instant),
    ) -> Met {
        let Some((text, solution)) = shown else {
            return if self.stress.come(calm, now) {
                Met::Challenge(keys.seal_challenge(event, holder, now_s))
            } else {
                Met::Nothing
            };
        };
        match self.check(keys, event, holder, (text, solution), (now_s, now)) {
            Ok(()) => Met::Passed,
            Err(why) => Met::Failed(why),
        }
    }

    fn check(
        &mut self,
        keys: &Keys,
        event: &Slug,
        holder: Holder,
        (text, solution): (&str, &[u32]),
        (now_s, now): (u64, Instant),
    ) -> Result<(), Unsolved> {
        let given_s = keys.challenge(event, text, holder, now_s)?;
        let name = (holder.number(), given_s);
        if self.known.contains(&name) {
            return Err(Unsolved::Spent);
        }
        if solution.is_empty() {
            // Waiting costs nothing, so it is given at a rate of its own: who waits and finds it used up waits on.
            let rate = limits::WAITED_PER_SECOND_MAX as f64;
            if now_s < given_s + WAIT_SECONDS || self.waited.available(rate, now) == 0 {
                return Err(Unsolved::Early);
            }
            self.waited.take(1);
        } else if !solves(text, solution) {
            return Err(Unsolved::Wrong);
        }
        while let Some(oldest) = self.spent.front()
            && (self.spent.len() >= limits::CHALLENGES_SPENT_MAX || oldest.1 + HOLDS_SECONDS < now_s)
        {
            let oldest = *oldest;
            self.known.remove(&oldest);
            self.spent.pop_front();
        }
        self.spent.push_back(name);
        self.known.insert(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn slug() -> Slug {
        "talk".parse().unwrap()
    }

    fn door() -> (Doorstep, Keys, Instant) {
        let now = Instant::now();
        (Doorstep::new(now), Keys::of(&[7; 32], NOW), now)
    }

    #[test]
    fn nobody_is_challenged_while_few_come() {
        let (mut door, keys, now) = door();
        for second in 0..100 {
            for _ in 0..50 {
                let at = (NOW, now + Duration::from_secs(second));
                assert_eq!(door.meet(&keys, &slug(), Holder::of("a"), None, 50, at), Met::Nothing);
            }
        }
    }

    #[test]
    fn under_stress_a_challenge_lets_in_once_by_work() {
        let (mut door, keys, now) = door();
        let me = Holder::of("mine");
        let mut met = Met::Nothing;
        for _ in 0..51 {
            met = door.meet(&keys, &slug(), me, None, 50, (NOW, now));
        }
        let Met::Challenge(text) = met else { panic!("{met:?}") };
        let solution = solve(&text);
        assert!(solves(&text, &solution));
        let mut show = |who: &str, solution: &[u32], at| {
            door.meet(&keys, &slug(), Holder::of(who), Some((&text, solution)), 50, (at, now))
        };
        let mut wrong = solution.clone();
        wrong[3] = wrong[3].wrapping_add(1);
        assert_eq!(show("mine", &wrong, NOW), Met::Failed(Unsolved::Wrong));
        assert_eq!(show("mine", &solution[1..], NOW), Met::Failed(Unsolved::Wrong));
        assert_eq!(show("another's", &solution, NOW), Met::Failed(BadStatement::Event.into()));
        assert_eq!(show("mine", &solution, NOW + HOLDS_SECONDS + 1), Met::Failed(BadStatement::Expired.into()));
        assert_eq!(show("mine", &solution, NOW + 3), Met::Passed);
        assert_eq!(show("mine", &solution, NOW + 3), Met::Failed(Unsolved::Spent));
        assert!(door.is_strict(now + Duration::from_secs(9)) && !door.is_strict(now + Duration::from_secs(10)));
    }

    #[test]
    fn who_does_not_calculate_waits() {
        let (mut door, keys, now) = door();
        let me = Holder::of("mine");
        let text = keys.seal_challenge(&slug(), me, NOW);
        let mut wait = |at: u64| {
            let later = now + Duration::from_secs(at - NOW);
            door.meet(&keys, &slug(), me, Some((&text, &[])), 0, (at, later))
        };
        assert_eq!(wait(NOW + WAIT_SECONDS - 1), Met::Failed(Unsolved::Early));
        assert_eq!(wait(NOW + WAIT_SECONDS), Met::Passed);
        assert_eq!(wait(NOW + WAIT_SECONDS), Met::Failed(Unsolved::Spent));
    }

    #[test]
    fn those_who_only_wait_come_in_at_a_rate_of_their_own() {
        let (mut door, keys, now) = door();
        let mut passed = 0;
        for n in 0..10_000 {
            let who = Holder::of(&format!("machine {n}"));
            let text = keys.seal_challenge(&slug(), who, NOW);
            let later = (NOW + WAIT_SECONDS, now + Duration::from_millis(n / 10));
            passed += u64::from(door.meet(&keys, &slug(), who, Some((&text, &[])), 0, later) == Met::Passed);
        }
        assert!(passed <= limits::WAITED_PER_SECOND_MAX + 2, "{passed} within a second");
    }

    #[test]
    fn texts_of_others_are_refused_and_what_was_used_is_forgotten_in_time() {
        let (mut door, keys, now) = door();
        let me = Holder::of("mine");
        for text in ["", "A", "AAAA", &"x".repeat(10_000)] {
            let met = door.meet(&keys, &slug(), me, Some((text, &[0; 16])), 0, (NOW, now));
            assert!(matches!(met, Met::Failed(Unsolved::Bad(_))), "{met:?}");
        }
        let challenge = keys.seal_challenge(&slug(), me, NOW);
        assert!(!keys.is_folder(&slug(), &challenge), "who is challenged has no key to what the invited hear");
        let folder = keys.folder(&slug());
        let met = door.meet(&keys, &slug(), me, Some((&folder, &[0; 16])), 0, (NOW, now));
        assert_eq!(met, Met::Failed(Unsolved::Bad(BadStatement::Text)));
        let place = keys.seal_place(&crate::Place { event: slug(), number: 1, given_s: NOW, expires_s: NOW + 99 });
        let met = door.meet(&keys, &slug(), me, Some((&place, &[0; 16])), 0, (NOW, now));
        assert_eq!(met, Met::Failed(BadStatement::Text.into()));
        for n in 0..10 {
            let at = NOW + n * (HOLDS_SECONDS + 1);
            let keys = Keys::of(&[7; 32], at);
            let text = keys.seal_challenge(&slug(), me, at);
            assert_eq!(door.meet(&keys, &slug(), me, Some((&text, &solve(&text))), 0, (at, now)), Met::Passed);
        }
        assert_eq!((door.spent.len(), door.known.len()), (1, 1));
    }
}
