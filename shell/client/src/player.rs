//! A player without a loudspeaker: when it would begin, when it would run dry, how late its sound would be.
//!
//! Pure: arrivals and the present are arguments. It plays from the first sample that it got, as soon as `buffer` of sound
//! is there; when it runs dry it waits until as much is there again, and its sound is later by that from then on. Media
//! time that is missing in what arrives is a gap: it is played as silence, so it does not change the delay.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A player.
#[derive(Debug)]
pub(crate) struct Player {
    buffer: Duration,
    state: State,
    /// Media time up to which sound is there, in samples at 48 kHz.
    edge: u64,
    /// When the first sound was played, and which.
    first: Option<(Instant, u64)>,
    /// Moments of gaps yet to be played, in media time.
    gaps_ahead: Vec<u64>,
    glitches: BTreeSet<u64>,
    account: Account,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Empty,
    /// Sound from this media time on is held back until there is enough; dry since then, if it had played before.
    Filling {
        from: u64,
        dry_since: Option<Instant>,
    },
    /// At this moment, this media time was heard.
    Playing {
        at: Instant,
        from: u64,
    },
}

/// What a player went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Times that media time was missing in what arrived.
    pub(crate) gaps: u64,
    /// Times that it ran dry.
    pub(crate) stalls: u64,
    /// Sound that was missing or waited for.
    pub(crate) missing: Duration,
    /// Seconds of playing with a gap or a stall in them.
    pub(crate) glitch_seconds: u64,
}

impl Player {
    pub(crate) fn new(buffer: Duration) -> Self {
        Self {
            buffer,
            state: State::Empty,
            edge: 0,
            first: None,
            gaps_ahead: Vec::new(),
            glitches: BTreeSet::new(),
            account: Account::default(),
        }
    }

    /// Sound from media time `start` on has arrived.
    pub(crate) fn arrived(&mut self, now: Instant, start: u64, samples: u64) {
        self.look(now);
        match self.state {
            State::Empty => {
                self.state = State::Filling { from: start, dry_since: None };
                self.edge = start;
            }
            // A repetition is ignored; what reaches beyond it is taken.
            _ if start + samples <= self.edge => return,
            _ if start > self.edge => {
                self.account.gaps += 1;
                self.account.missing += duration(start - self.edge);
                self.gaps_ahead.push(self.edge);
                // It was not dry, then: it plays a hole.
                if let State::Filling { from, dry_since: Some(dry) } = self.state
                    && from == self.edge
                {
                    self.account.stalls -= 1;
                    self.state = State::Playing { at: dry, from };
                }
            }
            _ => {}
        }
        self.edge = start + samples;
        self.look(now);
        if let State::Filling { from, dry_since } = self.state
            && duration(self.edge - from) >= self.buffer
        {
            if let Some(since) = dry_since {
                self.account.missing += now.saturating_duration_since(since);
                self.mark(since, now);
            }
            self.first.get_or_insert((now, from));
            self.state = State::Playing { at: now, from };
        }
    }

    /// Time has passed.
    pub(crate) fn look(&mut self, now: Instant) {
        let State::Playing { at, from } = self.state else { return };
        let heard = from + samples(now.saturating_duration_since(at));
        let played: Vec<u64> = self.gaps_ahead.iter().copied().filter(|g| *g <= heard.min(self.edge)).collect();
        self.gaps_ahead.retain(|g| *g > heard.min(self.edge));
        for gap in played {
            let when = at + duration(gap.saturating_sub(from));
            self.mark(when, when);
        }
        if heard > self.edge {
            let dry = at + duration(self.edge - from);
            self.account.stalls += 1;
            self.state = State::Filling { from: self.edge, dry_since: Some(dry) };
            self.mark(dry, dry);
        }
    }

    /// The end: a player that is dry stays so, but nobody waits for it any more.
    pub(crate) fn account(&mut self, now: Instant) -> Account {
        self.look(now);
        let mut account = self.account;
        if let State::Filling { dry_since: Some(since), .. } = self.state {
            account.missing += now.saturating_duration_since(since);
            self.mark(since, now);
        }
        account.glitch_seconds = self.glitches.len() as u64;
        account
    }

    /// Seconds with a gap or a stall in them so far, the one that goes on among them.
    pub(crate) fn glitches(&mut self, now: Instant) -> u64 {
        self.account(now).glitch_seconds
    }

    /// When the first sound was played, and its media time.
    pub(crate) fn first(&self) -> Option<(Instant, u64)> {
        self.first
    }

    /// The media time that is heard at `now`; `None` before the first sound and while dry.
    pub(crate) fn heard(&self, now: Instant) -> Option<u64> {
        match self.state {
            State::Playing { at, from } => {
                Some((from + samples(now.saturating_duration_since(at))).min(self.edge.max(from)))
            }
            _ => None,
        }
    }

    fn mark(&mut self, from: Instant, to: Instant) {
        let Some((first, _)) = self.first else { return };
        let second = |t: Instant| t.saturating_duration_since(first).as_secs();
        self.glitches.extend(second(from)..=second(to));
    }
}

fn duration(samples: u64) -> Duration {
    Duration::from_nanos(samples * 62_500 / 3)
}

fn samples(d: Duration) -> u64 {
    (d.as_nanos() * 48 / 1_000_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 48;

    fn at(t0: Instant, ms: u64) -> Instant {
        t0 + Duration::from_millis(ms)
    }

    #[test]
    fn it_begins_when_the_buffer_is_full_and_stays_as_late_as_that() {
        let t0 = Instant::now();
        let mut p = Player::new(Duration::from_millis(200));
        for i in 0..50u64 {
            p.arrived(at(t0, i * 100), 1_000_000 + i * 100 * MS, 100 * MS);
        }
        assert_eq!(p.first(), Some((at(t0, 100), 1_000_000)));
        assert_eq!(p.heard(at(t0, 1100)), Some(1_000_000 + 1000 * MS));
        assert_eq!(p.account(at(t0, 4900)), Account::default());
    }

    #[test]
    fn missing_media_time_is_a_gap_in_the_second_in_which_it_plays() {
        let t0 = Instant::now();
        let mut p = Player::new(Duration::from_millis(100));
        for i in (0..50u64).filter(|i| *i != 20 && *i != 21) {
            p.arrived(at(t0, i * 100), i * 100 * MS, 100 * MS);
        }
        let a = p.account(at(t0, 4900));
        assert_eq!((a.gaps, a.stalls, a.missing.as_millis(), a.glitch_seconds), (1, 0, 200, 1), "{a:?}");
        assert_eq!(p.heard(at(t0, 4900)), Some(4900 * MS), "and it is as late as before");
    }

    #[test]
    fn running_dry_is_a_stall_and_makes_everything_later() {
        let t0 = Instant::now();
        let mut p = Player::new(Duration::from_millis(100));
        for i in 0..20u64 {
            p.arrived(at(t0, i * 100), i * 100 * MS, 100 * MS);
        }
        for i in 20..40u64 {
            p.arrived(at(t0, i * 100 + 300), i * 100 * MS, 100 * MS);
        }
        let a = p.account(at(t0, 4200));
        assert_eq!((a.gaps, a.stalls, a.missing.as_millis()), (0, 1, 300), "{a:?}");
        assert_eq!(p.heard(at(t0, 3300)), Some(3000 * MS));
    }

    #[test]
    fn repetitions_change_nothing() {
        let t0 = Instant::now();
        let mut p = Player::new(Duration::ZERO);
        p.arrived(t0, 0, 4800);
        p.arrived(at(t0, 10), 0, 4800);
        p.arrived(at(t0, 20), 4800, 4800);
        assert_eq!(p.account(at(t0, 100)), Account::default());
    }
}
