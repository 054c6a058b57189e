//! The queue of one conversation: places that were given, their order, and how far it has been called.
//!
//! Nobody who waits is remembered: a place says its own number, and its rank follows from that. What is kept is how many
//! there are, the tree of them, how far was called, and who of the last calls is still to come.

use std::time::Instant;

use hustings_vocab::limits;

use crate::calls::Calls;
use crate::looks::Looks;
use crate::lottery::{Hash, Leaf, Lottery, Tree};

/// Of the polls that were measured, how many may be used: the rest is for those who come in.
const POLLS_USED: f64 = 0.5;
/// When of those who were called fewer than this share come, it may be that hardly anybody is left.
const FEW: f64 = 0.3;
/// Of what may come in within a second: if no more than this many times as many still look, nobody need be called one by one.
const THROUGH: f64 = 2.0;
/// Over which the pace of the queue is averaged, short and long.
const PACES: [f64; 2] = [30.0, 300.0];

/// What somebody who waits can expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Seconds until it is their turn, most likely.
    pub seconds: f64,
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

/// The queue of one conversation.
#[derive(Debug, Clone)]
pub struct Queue {
    tree: Tree,
    lottery: Option<Lottery>,
    /// The order of those who come before the start is drawn then.
    before_start: bool,
    /// Places that were called before the draw, because the house was not full: numbers below this.
    early: u64,
    /// Those of them who came.
    early_came: u64,
    below: u64,
    calls: Calls,
    paces: [f64; 2],
    /// Of each pace: how much of what it averages over is known.
    known: [f64; 2],
    paced: Instant,
    /// Called since then.
    called: u64,
    looks: Looks,
    passed: Passed,
}

/// Those who were called all at once because hardly anybody was left, as far as they are there after all.
#[derive(Debug, Clone)]
struct Passed {
    /// How many they are, most likely.
    left: f64,
    /// How many of them have asked since they were last counted.
    asked: u64,
    counted: Instant,
}

impl Queue {
    /// An empty one; `before_start`, if an order is to be drawn at the start.
    #[must_use]
    pub fn new(before_start: bool, now: Instant) -> Self {
        Self {
            tree: Tree::default(),
            lottery: None,
            before_start,
            early: 0,
            early_came: 0,
            below: 0,
            calls: Calls::new(now),
            paces: [0.0; 2],
            known: [0.0; 2],
            paced: now,
            called: 0,
            looks: Looks::new(now),
            passed: Passed { left: 0.0, asked: 0, counted: now },
        }
    }

    /// How many places were given: the number of the next one.
    #[must_use]
    pub const fn given(&self) -> u64 {
        self.tree.count()
    }

    /// The next place was given.
    pub fn push(&mut self, leaf: &Leaf) {
        self.tree.push(leaf);
        self.looks.newcomer();
    }

    /// Somebody who waits looks how the queue stands.
    pub fn look(&mut self) {
        self.looks.look();
    }

    /// The root of all places.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Whether the order of those who came before the start is still to be drawn.
    #[must_use]
    pub const fn is_to_be_drawn(&self) -> bool {
        self.before_start
    }

    /// Draws it. Whoever comes from now on comes after them. Those who were called before and did not come keep the right to.
    pub fn draw(&mut self, seed: &Hash, count: u64, root: Hash) {
        self.before_start = false;
        self.calls.close();
        self.lottery = Some(Lottery::draw(seed, root, count));
    }

    /// The order that was drawn.
    #[must_use]
    pub const fn lottery(&self) -> Option<&Lottery> {
        self.lottery.as_ref()
    }

    /// The rank of a place; none before the draw.
    #[must_use]
    pub fn rank(&self, number: u64) -> Option<u64> {
        if self.before_start {
            return None;
        }
        Some(self.lottery.as_ref().map_or(number, |lottery| lottery.rank(number)))
    }

    /// "Now admitting below" this rank.
    #[must_use]
    pub const fn below(&self) -> u64 {
        self.below
    }

    /// Before the draw: "now admitting numbers below". While the house is not full, who waits only because many come at once
    /// is called as they came, or it would stand empty until the start.
    #[must_use]
    pub const fn early(&self) -> u64 {
        self.early
    }

    /// Whether a place was called.
    #[must_use]
    pub fn is_called(&self, number: u64) -> bool {
        number < self.early || self.rank(number).is_some_and(|rank| rank < self.below)
    }

    /// Where a place stands in the order in which is called now: by its number before the draw, by its rank after it.
    fn position(&self, number: u64) -> u64 {
        self.rank(number).unwrap_or(number)
    }

    pub(crate) const fn called_below(&self) -> u64 {
        if self.before_start { self.early } else { self.below }
    }

    const fn called_below_mut(&mut self) -> &mut u64 {
        if self.before_start { &mut self.early } else { &mut self.below }
    }

    /// How far it was called before the process began. Whoever was, may still come.
    pub fn restore_below(&mut self, below: u64) {
        let at = self.called_below_mut();
        *at = below.max(*at);
    }

    /// Somebody came in before the process began.
    pub fn restore_came(&mut self) {
        self.early_came += u64::from(self.before_start);
    }

    /// Those who have not been called yet, as far as is known: those who came in before the draw are spread over its order.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let left = self.tree.count().saturating_sub(self.called_below());
        let drawn = self.lottery.as_ref().map_or(0, Lottery::count);
        let ahead = drawn.saturating_sub(self.below);
        if self.early_came == 0 || ahead == 0 {
            return left;
        }
        let came = self.early_came as f64 * ahead as f64 / drawn as f64;
        // As long as anybody may be left there is somebody.
        left.saturating_sub(came as u64).max(1)
    }

    /// Whether somebody waits who may be called.
    #[must_use]
    pub const fn may_call(&self) -> bool {
        self.tree.count() > self.called_below()
    }

    /// The room that is held for those who were called.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.calls.held()
    }

    /// Calls the next, so many that `n` of them are likely to come; gives how many of those there were.
    pub fn call(&mut self, n: u64, now: Instant) -> u64 {
        let share = self.calls.share();
        let from = self.called_below();
        let called = ((n as f64 / share) as u64).min(self.tree.count().saturating_sub(from));
        if called == 0 {
            return 0;
        }
        self.calls.call(from, from + called, now);
        *self.called_below_mut() += called;
        self.called += called;
        ((called as f64 * share).ceil() as u64).min(n)
    }

    /// Counts the looks of those who wait. If hardly any of them still look, few of those who are called come, and whoever is left
    /// is soon through at so many joins a second, all are called: a crowd that has vanished keeps nobody out who comes after it. Gives
    /// whether that is so. Nobody is awaited, so who is there after all takes a seat as anybody who comes late.
    pub(crate) fn pass_over(&mut self, polls_per_second: f64, joins_per_second: f64, now: Instant) -> bool {
        let due = self.looks_per_second(polls_per_second);
        self.looks.count(due, now);
        let passed = now.saturating_duration_since(self.passed.counted).as_secs_f64();
        if passed >= 1.0 {
            // Each asks again at a random moment within this time.
            let within = self.poll_seconds_called(polls_per_second) as f64;
            let there = self.passed.asked as f64 / passed * within / 2.0;
            self.passed.left += (1.0 - (-passed / within).exp()) * (there - self.passed.left);
            (self.passed.asked, self.passed.counted) = (0, now);
        }
        let few = self.looks.silence().is_some_and(|looks| looks <= THROUGH * joins_per_second);
        if !few || self.calls.share() >= FEW {
            return false;
        }
        let all = self.tree.count();
        self.passed.left += (all - self.called_below()) as f64;
        *self.called_below_mut() = all;
        true
    }

    /// How many look in a second if everybody is there: see [`asks_within`].
    fn looks_per_second(&self, polls_per_second: f64) -> f64 {
        let (waiting, most) = (self.waiting() as f64, self.poll_seconds(polls_per_second) as f64);
        let (least, pace) = (limits::QUEUE_SECONDS_MIN as f64, self.pace());
        // Who is within the least time of their turn, who is within the longest, and who is farther away.
        let near = waiting.min(pace * least);
        let between = if waiting > pace * least {
            (waiting.min(pace * most) / (pace * least).max(1.0)).max(1.0).ln()
        } else {
            0.0
        };
        2.0 * (near / least + pace * between + (waiting - pace * most).max(0.0) / most)
    }

    /// It is over: nobody who was called is awaited any more.
    pub(crate) fn end(&mut self) {
        self.calls.close();
    }

    /// Somebody who was called takes their seat: how much room was held for them, up to a whole seat.
    pub fn come(&mut self, number: u64) -> Option<f64> {
        self.passed.asked += 1;
        let held = self.calls.come(self.position(number));
        self.early_came += u64::from(self.before_start && held.is_some());
        held
    }

    /// They find no seat after all: they stay called.
    pub fn put_back(&mut self, number: u64) {
        self.early_came = self.early_came.saturating_sub(u64::from(self.before_start));
        self.calls.put_back(self.position(number));
    }

    /// Gives up the room of those who did not come, and learns the pace.
    pub fn sweep(&mut self, now: Instant) {
        self.calls.sweep(now);
        let passed = now.saturating_duration_since(self.paced).as_secs_f64();
        if passed >= 1.0 {
            for ((pace, known), over) in self.paces.iter_mut().zip(&mut self.known).zip(PACES) {
                let weight = 1.0 - (-passed / over).exp();
                *pace += weight * (self.called as f64 / passed - *pace);
                *known += weight * (1.0 - *known);
            }
            if self.called == 0 && self.waiting() == 0 {
                // Nobody waits: what is averaged begins with the next who does.
                (self.paces, self.known) = ([0.0; 2], [0.0; 2]);
            }
            (self.called, self.paced) = (0, now);
        }
    }

    /// The paces, short and long, of the time that is known.
    fn paces(&self) -> [f64; 2] {
        [0, 1].map(|n| self.paces[n] / self.known[n].max(1e-9))
    }

    /// What somebody of this rank can expect; nothing while nobody has come in for minutes.
    #[must_use]
    pub fn expected(&self, rank: u64) -> Option<Expected> {
        let ahead = (rank + 1).saturating_sub(self.below) as f64;
        let [short, long] = self.paces();
        let pace = (short + long) / 2.0;
        if pace < 0.001 {
            return None;
        }
        let (slow, fast) = (short.min(long).max(pace / 4.0), short.max(long));
        Some(Expected { seconds: ahead / pace, low: ahead / fast / 1.3, high: ahead / slow * 1.5 })
    }

    /// How many came in a second, lately.
    #[must_use]
    pub fn pace(&self) -> f64 {
        self.paces()[0]
    }

    /// The longest that who waits should wait before asking again, in seconds. Each draws its time between nothing and this
    /// (full jitter), so that on average `waiting / half of it` ask in a second: half of what was measured.
    #[must_use]
    pub fn poll_seconds(&self, polls_per_second: f64) -> u64 {
        poll_seconds((self.waiting() + self.held()) as f64, polls_per_second)
    }

    /// The same for this place, whose turn may be near: see [`asks_within`].
    #[must_use]
    pub fn poll_seconds_of(&self, number: u64, polls_per_second: f64) -> u64 {
        match (self.position(number) + 1).saturating_sub(self.called_below()) {
            0 => self.poll_seconds_called(polls_per_second),
            ahead => asks_within(self.poll_seconds(polls_per_second), ahead, self.pace()),
        }
    }

    /// The same for who was called and finds no room: at once, unless many were called because they seemed to have gone.
    fn poll_seconds_called(&self, polls_per_second: f64) -> u64 {
        poll_seconds(self.passed.left, polls_per_second)
    }
}

fn poll_seconds(people: f64, polls_per_second: f64) -> u64 {
    let seconds = 2.0 * people / (polls_per_second * POLLS_USED).max(0.1);
    (seconds.ceil() as u64).clamp(limits::QUEUE_SECONDS_MIN, limits::QUEUE_SECONDS_MAX)
}

/// The longest that somebody should wait before looking again, in seconds, with so many ahead of them: until their turn as the
/// queue moves now, but no longer than everybody. So who is far away looks seldom and who is near is there when called; all of
/// them together look some ten times for each who comes in, however many they are.
#[must_use]
pub fn asks_within(poll_seconds: u64, ahead: u64, per_second: f64) -> u64 {
    let turn = if per_second > 0.001 { (ahead as f64 / per_second) as u64 } else { u64::MAX };
    turn.clamp(limits::QUEUE_SECONDS_MIN, poll_seconds.max(limits::QUEUE_SECONDS_MIN))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn leaf(number: u64) -> Leaf {
        Leaf { number, given_s: 0, id: [0; 16] }
    }

    fn full(n: u64, before: bool) -> (Queue, Instant) {
        let now = Instant::now();
        let mut queue = Queue::new(before, now);
        (0..n).for_each(|number| queue.push(&leaf(number)));
        (queue, now)
    }

    #[test]
    fn no_rank_is_known_before_the_draw_and_who_is_called_then_is_so_after_it() {
        let (mut queue, now) = full(100, true);
        assert_eq!((queue.call(4, now), queue.rank(5), queue.early(), queue.below()), (4, None, 4, 0));
        assert!(queue.is_called(3) && !queue.is_called(4));
        assert_eq!((queue.come(0), queue.come(4), queue.held(), queue.waiting()), (Some(1.0), None, 3, 96));
        queue.draw(&[1; 32], 100, queue.root());
        assert_eq!((queue.held(), queue.waiting()), (0, 99), "one of them is in");
        assert!((0..4).all(|number| queue.is_called(number)), "a call is kept");
        assert_eq!(queue.call(10, now), 10);
        let called = (0..100).filter(|n| queue.rank(*n).is_some_and(|rank| rank < queue.below())).count();
        assert_eq!(called, 10);
        assert_eq!(queue.rank(100), Some(100));
    }

    #[test]
    fn who_is_near_looks_often_and_who_is_far_as_seldom_as_everybody() {
        assert_eq!(asks_within(300, 100, 0.0), 300, "nobody has come in: nobody is near");
        assert_eq!((asks_within(300, 1, 50.0), asks_within(300, 1000, 50.0)), (limits::QUEUE_SECONDS_MIN, 20));
        assert_eq!((asks_within(300, 1_000_000, 50.0), asks_within(5, 1_000_000, 50.0)), (300, 5));
        let (mut queue, now) = full(100_000, false);
        for n in 1..=3 {
            queue.call(40, now + Duration::from_secs(n));
            (queue.below() - 40..queue.below()).for_each(|rank| assert!(queue.come(rank).is_some()));
            queue.sweep(now + Duration::from_secs(n));
        }
        assert!((queue.pace() - 40.0).abs() < 1.0, "it is known from the first second on: {}", queue.pace());
        let below = queue.below();
        assert_eq!(queue.poll_seconds_of(below, 8000.0), limits::QUEUE_SECONDS_MIN);
        assert_eq!(queue.poll_seconds_of(below + 799, 8000.0), 20);
        assert_eq!(queue.poll_seconds_of(99_999, 8000.0), queue.poll_seconds(8000.0));
    }

    #[test]
    fn the_polls_of_a_million_are_what_was_measured() {
        let (queue, _) = full(100_000, false);
        assert_eq!(queue.poll_seconds(8000.0), 50);
        // 100,000 who ask every 25 s on average.
        assert_eq!(full(10, false).0.poll_seconds(8000.0), limits::QUEUE_SECONDS_MIN);
        assert_eq!(full(100_000, false).0.poll_seconds(10.0), limits::QUEUE_SECONDS_MAX);
    }

    #[test]
    fn what_is_expected_follows_the_pace() {
        let (mut queue, now) = full(10_000, false);
        assert_eq!(queue.expected(500), None);
        for n in 1..600 {
            queue.call(5, now + Duration::from_secs(n));
            (queue.below() - 5..queue.below()).for_each(|rank| assert!(queue.come(rank).is_some()));
            queue.sweep(now + Duration::from_secs(n));
        }
        let expected = queue.expected(queue.below() + 499).unwrap();
        assert!((90.0..115.0).contains(&expected.seconds), "{expected:?}");
        assert!(expected.low < expected.seconds && expected.seconds < expected.high);
    }
}
