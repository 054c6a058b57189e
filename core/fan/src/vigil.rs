//! When a connection is over: a socket tells of a peer that closes, not of one that vanished, stands still or says
//! nothing.

use std::time::{Duration, Instant};

use hustings_vocab::limits;

/// A connection that takes nothing of what waits for it.
const STALLED: Duration = Duration::from_secs(limits::STALLED_LISTENER_SECONDS);
/// A connection that had taken nothing for so long when its peer ended it.
const UNREAD: Duration = Duration::from_secs(limits::UNREAD_SECONDS);
/// A connection whose peer acknowledges nothing.
const SILENT: Duration = Duration::from_secs(limits::SILENT_LISTENER_SECONDS);
/// Nothing sent, nothing received. The longest silence that is served on purpose is the 15 s between two heartbeats of
/// the events, and the 20 s between two pings of HTTP/2.
const IDLE: Duration = Duration::from_secs(90);
/// Between two looks at what the kernel knows: one system call in two seconds, beside ten writes.
const LOOK: Duration = Duration::from_secs(2);
/// While something is wrong.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It took nothing of what waited for it.
    Stalled,
    /// Its peer acknowledged nothing: it vanished.
    Silent,
    /// Nothing went either way.
    Idle,
}

/// What the kernel knows of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Segments sent and not acknowledged. Zero while the peer's window is closed: probes are not counted.
    pub unacked: u32,
    /// Bytes acknowledged since the connection began.
    pub bytes_acked: u64,
}

/// The rules by which one connection is over.
#[derive(Debug)]
pub struct Vigil {
    /// When a byte last went either way.
    active: Instant,
    /// Since when the kernel takes no more.
    blocked: Option<Instant>,
    /// How far the peer had acknowledged, while something was not, and since when it has been so.
    waiting: Option<(u64, Instant)>,
    look_at: Instant,
}

impl Vigil {
    /// A connection that begins.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { active: now, blocked: None, waiting: None, look_at: now + LOOK }
    }

    /// Something was received.
    pub fn moved(&mut self, now: Instant) {
        self.active = now;
    }

    /// The kernel took something.
    pub fn wrote(&mut self, now: Instant) {
        self.active = now;
        self.blocked = None;
    }

    /// The kernel took nothing; says whether this is news.
    pub fn blocked(&mut self, now: Instant) -> bool {
        let news = self.blocked.is_none();
        self.blocked.get_or_insert(now);
        if news {
            self.look_at = self.look_at.min(now + LOOK_AGAIN);
        }
        news
    }

    /// Whether the kernel took nothing when it was last asked.
    #[must_use]
    pub const fn is_blocked(&self) -> bool {
        self.blocked.is_some()
    }

    /// Whether whoever ends the connection now has not read it: its peer lives, and has taken nothing for [`limits::UNREAD_SECONDS`].
    #[must_use]
    pub fn is_unread(&self, now: Instant) -> bool {
        self.blocked.is_some_and(|since| now.duration_since(since) >= UNREAD)
    }

    /// Whether it is time for [`Vigil::look`].
    #[must_use]
    pub fn wants_a_look(&self, now: Instant) -> bool {
        now >= self.look_at
    }

    /// Judges. `facts` is `None` where the dead are not looked for.
    ///
    /// # Errors
    /// [`Over`]: the connection is to be closed.
    pub fn look(&mut self, now: Instant, facts: Option<Facts>) -> Result<(), Over> {
        if self.blocked.is_some_and(|since| now.duration_since(since) >= STALLED) {
            return Err(Over::Stalled);
        }
        if self.blocked.is_none() && now.duration_since(self.active) >= IDLE {
            return Err(Over::Idle);
        }
        self.waiting = facts.filter(|f| f.unacked > 0).map(|f| match self.waiting {
            Some((acked, since)) if acked == f.bytes_acked => (acked, since),
            _ => (f.bytes_acked, now),
        });
        if self.waiting.is_some_and(|(_, since)| now.duration_since(since) >= SILENT) {
            return Err(Over::Silent);
        }
        let uneasy = self.blocked.is_some() || self.waiting.is_some();
        self.look_at = now + if uneasy { LOOK_AGAIN } else { LOOK };
        Ok(())
    }

    /// When a look is due although nothing happens.
    #[must_use]
    pub fn wake_at(&self) -> Instant {
        if self.blocked.is_some() { self.look_at } else { self.active + IDLE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn facts(unacked: u32, bytes_acked: u64) -> Option<Facts> {
        Some(Facts { unacked, bytes_acked })
    }

    #[test]
    fn a_peer_that_acknowledges_is_fine_however_much_is_on_its_way() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        for second in 1..100 {
            vigil.wrote(start + s(second));
            assert_eq!(vigil.look(start + s(second), facts(5, second)), Ok(()));
        }
    }

    #[test]
    fn a_peer_that_acknowledges_nothing_for_six_seconds_is_dead() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        for second in 0..6 {
            vigil.wrote(start + s(second));
            assert_eq!(vigil.look(start + s(second), facts(3, 42)), Ok(()));
            assert!(vigil.look_at <= start + s(second + 1));
        }
        assert_eq!(vigil.look(start + s(6), facts(9, 42)), Err(Over::Silent));
    }

    #[test]
    fn a_peer_that_lives_but_takes_nothing_has_thirty_seconds() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        assert!(vigil.blocked(start));
        assert_eq!(vigil.wake_at(), start + LOOK_AGAIN);
        for second in 1..30 {
            assert!(!vigil.blocked(start + s(second)));
            assert_eq!(vigil.look(start + s(second), facts(0, 42)), Ok(()));
        }
        assert_eq!(vigil.look(start + s(30), facts(0, 42)), Err(Over::Stalled));
    }

    #[test]
    fn who_leaves_without_having_read_is_told_from_who_is_slow() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        vigil.blocked(start);
        assert!(!vigil.is_unread(start + s(9)) && vigil.is_unread(start + s(10)));
        vigil.wrote(start + s(10));
        assert!(!vigil.is_unread(start + s(10)));
        vigil.blocked(start + s(11));
        assert!(!vigil.is_unread(start + s(20)) && vigil.is_unread(start + s(21)));
    }

    #[test]
    fn one_byte_taken_starts_the_thirty_seconds_anew() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        vigil.blocked(start);
        vigil.wrote(start + s(29));
        vigil.blocked(start + s(29));
        assert_eq!(vigil.look(start + s(58), facts(0, 43)), Ok(()));
        assert_eq!(vigil.look(start + s(59), facts(0, 43)), Err(Over::Stalled));
    }

    #[test]
    fn a_connection_on_which_nothing_moves_is_idle() {
        let start = Instant::now();
        let mut vigil = Vigil::new(start);
        vigil.moved(start + s(80));
        assert_eq!(vigil.look(start + s(169), None), Ok(()));
        assert_eq!(vigil.wake_at(), start + s(170));
        assert_eq!(vigil.look(start + s(170), None), Err(Over::Idle));
    }
}
