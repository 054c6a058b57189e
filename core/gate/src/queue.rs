//! The queue of one conversation: places that were given, their order, and how far it has been called.
//!
//! Nobody who waits is remembered: a place says its own number, and its rank follows from that. What is kept is how many
//! there are, the tree of them, how far was called, and who of the last calls is still to come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hustings_vocab::limits;

use crate::lottery::{Hash, Leaf, Lottery, Tree};

/// Of the polls that were measured, how many may be used: the rest is for those who come in.
const POLLS_USED: f64 = 0.5;
/// What a called one is given beyond its poll, to take its seat.
const LATE: Duration = Duration::from_secs(20);
/// Over which the pace of the queue is averaged, short and long.
const PACES: [f64; 2] = [30.0, 300.0];

/// Some who were called at once.
#[derive(Debug, Clone, Copy)]
struct Call {
    /// Ranks from this on…
    from: u64,
    /// … and below this.
    below: u64,
    /// How many of them are still to come.
    left: u64,
    /// Until when room is held for them.
    until: Instant,
}

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
    below: u64,
    calls: VecDeque<Call>,
    held: u64,
    paces: [f64; 2],
    paced: Instant,
    /// Called since then.
    called: u64,
}

impl Queue {
    /// An empty one; `before_start`, if an order is to be drawn at the start.
    #[must_use]
    pub fn new(before_start: bool, now: Instant) -> Self {
        Self {
            tree: Tree::default(),
            lottery: None,
            before_start,
            below: 0,
            calls: VecDeque::new(),
            held: 0,
            paces: [0.0; 2],
            paced: now,
            called: 0,
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

    /// Draws it. Whoever comes from now on comes after them.
    pub fn draw(&mut self, seed: &Hash, count: u64, root: Hash) {
        self.before_start = false;
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

    /// How far it was called before the process began. Whoever was, may still come.
    pub fn restore_below(&mut self, below: u64) {
        self.below = self.below.max(below);
    }

    /// Those who have not been called yet.
    #[must_use]
    pub const fn waiting(&self) -> u64 {
        self.tree.count().saturating_sub(self.below)
    }

    /// Whether somebody waits who may be called.
    #[must_use]
    pub const fn may_call(&self) -> bool {
        !self.before_start && self.waiting() > 0
    }

    /// Those who were called and have room held for them.
    #[must_use]
    pub const fn held(&self) -> u64 {
        self.held
    }

    /// Calls the next `n`; gives how many there were.
    pub fn call(&mut self, n: u64, polls_per_second: f64, now: Instant) -> u64 {
        let n = if self.before_start { 0 } else { n.min(self.waiting()) };
        if n == 0 {
            return 0;
        }
        let until = now + Duration::from_secs(self.poll_seconds(polls_per_second)) + LATE;
        self.below += n;
        self.called += n;
        self.held += n;
        // Calls of one second are one, so that no more than some hundreds are kept.
        match self.calls.back_mut() {
            Some(last) if until.saturating_duration_since(last.until) < Duration::from_secs(1) => {
                last.below = self.below;
                last.left += n;
            }
            _ => self.calls.push_back(Call { from: self.below - n, below: self.below, left: n, until }),
        }
        n
    }

    /// Somebody who was called takes their seat; whether room was held for them.
    pub fn come(&mut self, rank: u64) -> bool {
        let at = self.calls.partition_point(|call| call.below <= rank);
        // Whoever was called too long ago is in no call any more.
        let Some(call) = self.calls.get_mut(at).filter(|call| call.from <= rank && call.left > 0) else {
            return false;
        };
        call.left -= 1;
        self.held -= 1;
        true
    }

    /// Gives up the room of those who did not come, and learns the pace.
    pub fn sweep(&mut self, now: Instant) {
        while let Some(call) = self.calls.front()
            && (call.until <= now || call.left == 0)
        {
            self.held -= call.left;
            self.calls.pop_front();
        }
        let passed = now.saturating_duration_since(self.paced).as_secs_f64();
        if passed >= 1.0 {
            for (pace, over) in self.paces.iter_mut().zip(PACES) {
                let weight = 1.0 - (-passed / over).exp();
                *pace += weight * (self.called as f64 / passed - *pace);
            }
            (self.called, self.paced) = (0, now);
        }
    }

    /// What somebody of this rank can expect; nothing while nobody has come in for minutes.
    #[must_use]
    pub fn expected(&self, rank: u64) -> Option<Expected> {
        let ahead = (rank + 1).saturating_sub(self.below) as f64;
        let [short, long] = self.paces;
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
        self.paces[0]
    }

    /// The longest that who waits should wait before asking again, in seconds. Each draws its time between nothing and this
    /// (full jitter), so that on average `waiting / half of it` ask in a second: half of what was measured.
    #[must_use]
    pub fn poll_seconds(&self, polls_per_second: f64) -> u64 {
        let seconds = 2.0 * (self.waiting() + self.held) as f64 / (polls_per_second * POLLS_USED).max(0.1);
        (seconds.ceil() as u64).clamp(limits::QUEUE_SECONDS_MIN, limits::QUEUE_SECONDS_MAX)
    }
}

#[cfg(test)]
mod tests {
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
    fn nobody_is_called_and_no_rank_is_known_before_the_draw() {
        let (mut queue, now) = full(100, true);
        assert_eq!((queue.call(10, 1000.0, now), queue.rank(5)), (0, None));
        queue.draw(&[1; 32], 100, queue.root());
        assert_eq!(queue.call(10, 1000.0, now), 10);
        let called = (0..100).filter(|n| queue.rank(*n).is_some_and(|rank| rank < queue.below())).count();
        assert_eq!(called, 10);
        assert_eq!(queue.rank(100), Some(100));
    }

    #[test]
    fn room_is_held_for_who_was_called_until_they_come_or_are_late() {
        let (mut queue, now) = full(100, false);
        queue.call(10, 1000.0, now);
        assert_eq!((queue.held(), queue.waiting()), (10, 90));
        assert!(queue.come(3) && queue.come(9));
        assert!(!queue.come(10), "not yet called");
        assert_eq!(queue.held(), 8);
        queue.sweep(now + Duration::from_secs(60));
        assert_eq!(queue.held(), 0);
        assert!(!queue.come(4), "late");
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
            queue.call(5, 8000.0, now + Duration::from_secs(n));
            queue.sweep(now + Duration::from_secs(n));
        }
        let expected = queue.expected(queue.below() + 499).unwrap();
        assert!((90.0..115.0).contains(&expected.seconds), "{expected:?}");
        assert!(expected.low < expected.seconds && expected.seconds < expected.high);
    }
}
