//! Who was called and is still to come, and how many of those who are called come at all.
//!
//! Places are given to people who may have left, and nobody asks them: so of those who were called a share comes, and that
//! share is learnt ([`Calls::share`]): of those who should have come, how many did. When few come more are called, so that a
//! queue of places whose people have gone does not keep the house empty. For each who is called so much room is held as is
//! likely to be needed. Deliberately absent: memory of a single person.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hustings_vocab::limits;

/// For how long room is held for who was called: one poll of those whose turn is near with a cache's second, and as long
/// again, twice, to take the seat and for a queue that goes faster than it has told.
const HELD: Duration = Duration::from_secs(3 * (limits::QUEUE_SECONDS_MIN + 1));
/// Within which who is called and is still there comes: one poll of those whose turn is near, a cache's second, and the way.
const COMES: Duration = Duration::from_millis((limits::QUEUE_SECONDS_MIN + 1) * 1000 + LATE.as_millis() as u64);
/// So long nobody can know that they are called: what tells them is half of a cache's second old, on average.
const LATE: Duration = Duration::from_millis(500);
/// The least share that is believed: of a hundred who are called one comes.
const SHARE_MIN: f64 = 0.01;
/// A share above this is all of them: what some are late by is no reason to call more than there is room for.
const ALL: f64 = 0.85;
/// People whom nobody has seen, who come when they are called: so that two who stay away say nothing, and dozens a lot.
const BELIEVED: f64 = 10.0;
/// What of an outcome still counts a second later, and outcomes that count at most: so that a crowd which has gone is forgotten
/// in a second, however large it was.
const REMEMBERED: f64 = 0.85;
const OUTCOMES_MAX: f64 = 20.0;

/// Some who were called within a second.
#[derive(Debug, Clone, Copy)]
struct Call {
    /// Ranks from this on…
    from: u64,
    /// … and below this.
    below: u64,
    /// How many they are.
    all: u64,
    /// How many of them are still to come.
    left: u64,
    /// How much room is held for each.
    each: f64,
    /// Until when.
    until: Instant,
}

impl Call {
    /// The share of them who should have come by then.
    fn due(&self, then: Instant) -> f64 {
        let age = HELD.saturating_sub(self.until.saturating_duration_since(then)).saturating_sub(LATE);
        (age.as_secs_f64() / (COMES - LATE).as_secs_f64()).min(1.0)
    }
}

/// The calls of one queue.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    open: VecDeque<Call>,
    held: f64,
    /// Of late: who should have come, and who did.
    due: f64,
    came: f64,
    counted: Instant,
    remembered: Instant,
}

impl Calls {
    /// None.
    pub(crate) const fn new(now: Instant) -> Self {
        Self { open: VecDeque::new(), held: 0.0, due: 0.0, came: 0.0, counted: now, remembered: now }
    }

    /// Of those who are called: the share that comes, of late or of all calls that are open. By the first it is seen within a second
    /// that a crowd has gone, by the second how few of a small one come.
    pub(crate) fn share(&self) -> f64 {
        let of = |came: f64, due: f64| (came + BELIEVED) / (due + BELIEVED);
        let due = self.open.iter().map(|call| call.all as f64 * call.due(self.counted)).sum();
        let came: u64 = self.open.iter().map(|call| call.all - call.left).sum();
        let share = of(self.came, self.due).min(of(came as f64, due)).clamp(SHARE_MIN, 1.0);
        if share > ALL { 1.0 } else { share }
    }

    /// The room that is held for those who were called.
    pub(crate) fn held(&self) -> u64 {
        // What sums of shares are off by is nobody.
        (self.held - 1e-6).max(0.0).ceil() as u64
    }

    /// Ranks from `from` on and below `below` are called.
    pub(crate) fn call(&mut self, from: u64, below: u64, now: Instant) {
        let (n, until, share) = (below - from, now + HELD, self.share());
        // Calls of one second are one, so that no more than some are kept, unless all of the first have come.
        let last = self.open.back_mut().filter(|last| until.saturating_duration_since(last.until).as_secs() == 0);
        let room = n as f64 * share;
        match last {
            Some(last) => {
                // What is held for each of them is the mean, so that the sum is what was promised.
                last.each = (last.left as f64 * last.each + room) / (last.left + n) as f64;
                (last.below, last.all, last.left) = (below, last.all + n, last.left + n);
            }
            None => self.open.push_back(Call { from, below, all: n, left: n, each: share, until }),
        }
        self.held += room;
    }

    /// Somebody who was called takes their seat: how much room was held for them, if their call is not too long ago.
    pub(crate) fn come(&mut self, rank: u64) -> Option<f64> {
        let at = self.open.partition_point(|call| call.below <= rank);
        let call = self.open.get_mut(at).filter(|call| call.from <= rank && call.left > 0)?;
        call.left -= 1;
        self.held -= call.each;
        self.came += 1.0;
        Some(call.each)
    }

    /// They find no seat after all, and are still called.
    pub(crate) fn put_back(&mut self, rank: u64) {
        let at = self.open.partition_point(|call| call.below <= rank);
        let Some(call) = self.open.get_mut(at).filter(|call| call.from <= rank) else { return };
        call.left += 1;
        self.held += call.each;
        self.came -= 1.0;
    }

    /// Another order holds from now on: nobody is awaited any more, and what was learnt stays.
    pub(crate) fn close(&mut self) {
        self.open.clear();
        self.held = 0.0;
    }

    /// Gives up the room of those who did not come, and remembers that.
    pub(crate) fn sweep(&mut self, now: Instant) {
        self.due +=
            self.open.iter().map(|call| call.all as f64 * (call.due(now) - call.due(self.counted))).sum::<f64>();
        self.counted = now;
        while let Some(call) = self.open.front().filter(|call| call.until <= now || call.left == 0) {
            self.held -= call.left as f64 * call.each;
            self.open.pop_front();
        }
        if self.open.is_empty() {
            self.held = 0.0;
        }
        let passed = now.saturating_duration_since(self.remembered).as_secs_f64();
        if passed >= 1.0 {
            let kept = REMEMBERED.powf(passed) * (OUTCOMES_MAX / self.due.max(1.0)).min(1.0);
            (self.due, self.came, self.remembered) = (self.due * kept, self.came * kept, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_held_for_who_was_called_until_they_come_or_are_late() {
        let now = Instant::now();
        let mut calls = Calls::new(now);
        calls.call(0, 6, now);
        calls.call(6, 10, now + Duration::from_millis(250));
        assert_eq!(calls.held(), 10);
        assert_eq!((calls.come(3), calls.come(9), calls.come(10)), (Some(1.0), Some(1.0), None));
        assert_eq!(calls.held(), 8);
        calls.put_back(9);
        assert_eq!(calls.held(), 9);
        calls.sweep(now + HELD);
        assert_eq!((calls.held(), calls.come(4)), (0, None), "late");
    }

    /// A crowd that has gone is called through in seconds, and then everybody is believed again.
    #[test]
    fn when_few_come_more_are_called() {
        let (start, mut now, mut at) = (Instant::now(), Instant::now(), 0);
        let mut calls = Calls::new(start);
        let call = |calls: &mut Calls, at: &mut u64, now: Instant| {
            let n = (20.0 / calls.share()) as u64;
            calls.call(*at, *at + n, now);
            *at += n;
        };
        while at < 20_000 {
            calls.sweep(now);
            call(&mut calls, &mut at, now);
            now += Duration::from_millis(500);
            assert!(now < start + Duration::from_secs(15), "{at} called in a quarter of a minute");
        }
        assert!(calls.held() <= 2 * 20 * HELD.as_secs(), "{}", calls.held());
        for _ in 0..240 {
            calls.sweep(now);
            now += Duration::from_millis(250);
        }
        assert!(calls.share() > 0.9, "{}", calls.share());
    }

    /// A crowd that came when it was called, and vanishes at one moment: what it did before counts for seconds only.
    #[test]
    fn who_has_just_vanished_is_forgotten_in_seconds() {
        let start = Instant::now();
        let (mut calls, mut at, mut now) = (Calls::new(start), 0, start);
        let mut served = Vec::new();
        while now < start + Duration::from_secs(20) {
            now += Duration::from_millis(250);
            calls.sweep(now);
            calls.call(at, at + 30, now);
            served.push(at);
            at += 30;
            // Of each of the last twenty calls one and a half come.
            for (which, from) in served.iter().rev().take(20).enumerate() {
                for rank in [*from + which as u64, *from + 20 + which as u64 / 2] {
                    calls.come(rank);
                }
            }
        }
        assert!(calls.share() > 0.99, "{}", calls.share());
        let gone = now;
        while calls.share() > 0.03 {
            now += Duration::from_millis(250);
            calls.sweep(now);
            let n = (30.0 / calls.share()) as u64;
            calls.call(at, at + n, now);
            at += n;
            assert!(now < gone + Duration::from_secs(8), "{} after {:?}", calls.share(), now - gone);
        }
    }

    /// Those who are there come at any moment of their poll: nobody takes that for staying away.
    #[test]
    fn who_comes_within_a_poll_is_believed() {
        let start = Instant::now();
        let (mut calls, mut at) = (Calls::new(start), 0);
        for n in 0..400_u32 {
            let now = start + Duration::from_millis(250) * n;
            calls.sweep(now);
            assert!(calls.share() > 0.8, "after {n}: {}", calls.share());
            calls.call(at, at + 20, now);
            at += 20;
            // Of each of the last twenty calls one comes: all of them within five seconds.
            let calls_before = (0..20).filter_map(|back| (at / 20).checked_sub(back + 1));
            calls_before.enumerate().for_each(|(which, call)| assert!(calls.come(call * 20 + which as u64).is_some()));
        }
    }
}
