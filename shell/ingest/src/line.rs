//! Whether a line is up: decided by what was heard from it, on our own clock and not on ICE's, which takes 15 s.
//!
//! Pure: time comes in as an argument.

use std::time::{Duration, Instant};

/// A line that sent sound and then nothing, not even a check, is lost after this: pages say so within 3 s.
const LOST_AFTER: Duration = Duration::from_secs(2);
/// A line that sends no sound anyway (a microphone taken away) is only lost when its checks stop: two of Chromium's, 2.5 s
/// apart, or one of others', which are 5 s apart (RFC 7675, section 5.1).
const SILENT_LOST_AFTER: Duration = Duration::from_secs(7);
/// A line that was lost for so long is over; a speaker keeps the seat for ten minutes and comes back by a new session.
/// Also how long a session may take to connect at all.
const GONE_AFTER: Duration = Duration::from_secs(30);

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is up, for the first time or again.
    Up,
    /// It is lost, and may come back.
    Lost,
    /// It is over.
    Gone,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line {
    state: State,
    /// The last valid check or packet.
    heard: Instant,
    /// The last packet of sound.
    sound: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Connecting,
    Up,
    Lost,
}

impl Line {
    /// A line that has not connected yet.
    pub(crate) const fn new(now: Instant) -> Self {
        Self { state: State::Connecting, heard: now, sound: None }
    }

    /// ICE and DTLS are done.
    pub(crate) fn connected(&mut self, now: Instant) -> Option<Turn> {
        self.heard = now;
        let first = self.state != State::Up;
        self.state = State::Up;
        first.then_some(Turn::Up)
    }

    /// A valid check came in.
    pub(crate) fn checked(&mut self, now: Instant) -> Option<Turn> {
        if self.state == State::Connecting {
            return None;
        }
        self.connected(now)
    }

    /// A packet of sound came in, and was authentic.
    pub(crate) fn sounded(&mut self, now: Instant) -> Option<Turn> {
        self.sound = Some(now);
        self.checked(now)
    }

    /// Whether it is up.
    pub(crate) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) -> Option<Turn> {
        if now < self.wakeup() {
            return None;
        }
        if self.state == State::Up {
            self.state = State::Lost;
            return Some(Turn::Lost);
        }
        Some(Turn::Gone)
    }

    /// When [`Line::tick`] has something to say.
    pub(crate) fn wakeup(&self) -> Instant {
        let after = match self.state {
            State::Up if self.sends_sound() => LOST_AFTER,
            State::Up => SILENT_LOST_AFTER,
            State::Connecting | State::Lost => GONE_AFTER,
        };
        self.heard + after
    }

    /// Whether sound was the last thing heard, or nearly.
    fn sends_sound(&self) -> bool {
        self.sound.is_some_and(|sound| self.heard.saturating_duration_since(sound) < LOST_AFTER * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(tenths: u64) -> Duration {
        Duration::from_millis(tenths * 100)
    }

    #[test]
    fn a_speaker_who_falls_silent_is_lost_after_two_seconds_and_gone_after_thirty() {
        let start = Instant::now();
        let mut line = Line::new(start);
        assert_eq!(line.sounded(start), None, "not before it is connected");
        assert_eq!(line.connected(start), Some(Turn::Up));
        assert_eq!(line.sounded(start + s(10)), None);
        assert_eq!(line.tick(start + s(29)), None);
        assert_eq!(line.tick(start + s(30)), Some(Turn::Lost));
        assert_eq!(line.sounded(start + s(40)), Some(Turn::Up), "it comes back");
        assert_eq!(line.tick(start + s(60)), Some(Turn::Lost));
        assert_eq!(line.tick(start + s(339)), None);
        assert_eq!(line.tick(start + s(340)), Some(Turn::Gone));
    }

    #[test]
    fn a_line_without_sound_lives_by_its_checks() {
        let start = Instant::now();
        let mut line = Line::new(start);
        line.connected(start);
        for second in (25..600).step_by(50) {
            assert_eq!(line.tick(start + s(second)), None);
            assert_eq!(line.checked(start + s(second)), None);
        }
        assert_eq!(line.tick(start + s(700)), Some(Turn::Lost));
    }

    #[test]
    fn a_line_that_never_connects_is_gone() {
        let start = Instant::now();
        let mut line = Line::new(start);
        assert_eq!(line.checked(start + s(10)), None);
        assert_eq!(line.tick(start + s(299)), None);
        assert_eq!(line.tick(start + s(300)), Some(Turn::Gone));
    }
}
