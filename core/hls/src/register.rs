//! The register of HLS listeners: who is known by requests alone, and when such a one has left.
//!
//! A player that names its session is one listener however many connections it uses; one that does not is as many
//! listeners as connections on which it fetches sound. A listener has left when all of the connections that it came
//! over have been closed for a second, or when it has asked for nothing for three target durations. Pure: time is an argument.
//! Full at [`limits::HLS_LISTENERS_MAX`]: who comes then is served and not counted.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hustings_vocab::{Slug, limits};

use crate::cache::TARGET_SECONDS;

/// Three target durations: a player that is alive asks at least once in each.
const IDLE_MAX: Duration = Duration::from_secs(3 * TARGET_SECONDS);
/// A player that names its session may open the next connection after it has closed the last.
const GRACE: Duration = Duration::from_secs(1);

/// What a listener is recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// The session that the player names.
    Session(Slug, Box<str>),
    /// The connection that sound is fetched over.
    Connection(Slug, u64),
}

/// A connection, as far as the register needs it.
pub trait Line: Clone {
    /// Unique among all connections of this process.
    fn id(&self) -> u64;
    /// Whether it is closed.
    fn is_closed(&self) -> bool;
}

/// Everybody who is recognised at the moment. `P` is held for as long as a listener is here.
#[derive(Debug)]
pub struct Register<L, P> {
    listeners: HashMap<Who, Listener<L, P>>,
}

#[derive(Debug)]
struct Listener<L, P> {
    _presence: P,
    last: Instant,
    lines: Vec<L>,
    /// Since when no line is open.
    silent: Option<Instant>,
}

impl<L, P> Default for Register<L, P> {
    fn default() -> Self {
        Self { listeners: HashMap::new() }
    }
}

impl<L: Line, P> Register<L, P> {
    /// A request that makes its sender a listener. `join` is called if it was none.
    pub fn hears(&mut self, who: Who, line: Option<&L>, now: Instant, join: impl FnOnce() -> P) {
        if self.refresh(&who, line, now) || self.listeners.len() >= limits::HLS_LISTENERS_MAX {
            return;
        }
        let lines = line.into_iter().cloned().collect();
        self.listeners.insert(who, Listener { _presence: join(), last: now, lines, silent: None });
    }

    /// A request that shows that a listener is still here; says whether there was one.
    pub fn refresh(&mut self, who: &Who, line: Option<&L>, now: Instant) -> bool {
        let Some(listener) = self.listeners.get_mut(who) else { return false };
        listener.last = now;
        listener.silent = None;
        if let Some(line) = line
            && !listener.lines.iter().any(|l| l.id() == line.id())
        {
            listener.lines.retain(|l| !l.is_closed());
            if listener.lines.len() == limits::HLS_CONNECTIONS_PER_SESSION_MAX {
                listener.lines.remove(0);
            }
            listener.lines.push(line.clone());
        }
        true
    }

    /// Lets go of those who have left.
    pub fn sweep(&mut self, now: Instant) {
        self.listeners.retain(|who, listener| {
            if now.duration_since(listener.last) >= IDLE_MAX {
                return false;
            }
            if listener.lines.is_empty() || listener.lines.iter().any(|l| !l.is_closed()) {
                listener.silent = None;
                return true;
            }
            let since = *listener.silent.get_or_insert(now);
            matches!(who, Who::Session(..)) && now.duration_since(since) < GRACE
        });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[derive(Clone)]
    struct TestLine(u64, Rc<Cell<bool>>);

    impl TestLine {
        fn new(id: u64) -> Self {
            Self(id, Rc::default())
        }

        fn close(&self) {
            self.1.set(true);
        }
    }

    impl Line for TestLine {
        fn id(&self) -> u64 {
            self.0
        }

        fn is_closed(&self) -> bool {
            self.1.get()
        }
    }

    /// A register, the count it makes, and a clock.
    struct Door {
        register: Register<TestLine, Rc<()>>,
        inside: Rc<()>,
        now: Instant,
    }

    impl Door {
        fn new() -> Self {
            Self { register: Register::default(), inside: Rc::new(()), now: Instant::now() }
        }

        fn ask(&mut self, who: &Who, line: &TestLine) {
            let inside = self.inside.clone();
            self.register.hears(who.clone(), Some(line), self.now, || inside);
        }

        fn count_after(&mut self, ms: u64) -> usize {
            self.now += Duration::from_millis(ms);
            self.register.sweep(self.now);
            Rc::strong_count(&self.inside) - 1
        }
    }

    fn session(id: &str) -> Who {
        Who::Session("x".parse().unwrap(), id.into())
    }

    fn connection(id: u64) -> Who {
        Who::Connection("x".parse().unwrap(), id)
    }

    #[test]
    fn a_session_over_many_connections_is_one_listener() {
        let mut door = Door::new();
        for id in 0..20 {
            door.ask(&session("a"), &TestLine::new(id));
        }
        door.ask(&session("b"), &TestLine::new(20));
        assert_eq!(door.count_after(0), 2);
    }

    #[test]
    fn a_session_outlives_a_change_of_connection_and_ends_after_the_last_is_closed() {
        let (mut door, first, second) = (Door::new(), TestLine::new(1), TestLine::new(2));
        door.ask(&session("a"), &first);
        first.close();
        assert_eq!(door.count_after(500), 1);
        door.ask(&session("a"), &second);
        assert_eq!(door.count_after(1500), 1);
        second.close();
        assert_eq!(door.count_after(500), 1);
        assert_eq!(door.count_after(1000), 0);
    }

    #[test]
    fn a_connection_that_closes_takes_its_listener_with_it() {
        let (mut door, line) = (Door::new(), TestLine::new(1));
        door.ask(&connection(1), &line);
        door.ask(&connection(1), &line);
        assert_eq!(door.count_after(100), 1);
        line.close();
        assert_eq!(door.count_after(100), 0);
    }

    #[test]
    fn who_asks_for_nothing_for_three_target_durations_has_left_although_connected() {
        let (mut door, line) = (Door::new(), TestLine::new(1));
        door.ask(&session("a"), &line);
        assert_eq!(door.count_after(5900), 1);
        assert!(door.register.refresh(&session("a"), Some(&line), door.now));
        assert_eq!(door.count_after(5900), 1);
        assert_eq!(door.count_after(200), 0);
        assert!(!door.register.refresh(&session("a"), Some(&line), door.now), "a playlist alone makes no listener");
        assert_eq!(door.count_after(0), 0);
    }

    #[test]
    fn a_full_register_counts_nobody_more() {
        let mut door = Door::new();
        for id in 0..limits::HLS_LISTENERS_MAX as u64 + 5 {
            let inside = door.inside.clone();
            door.register.hears(connection(id), None, door.now, || inside);
        }
        assert_eq!(door.count_after(0), limits::HLS_LISTENERS_MAX);
    }
}
