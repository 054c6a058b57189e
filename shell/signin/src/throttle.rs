//! Who fails often waits. An account and a source address are counted apart, so that neither many passwords for one account nor
//! one password for many accounts are tried quickly.
//!
//! The owner must not be locked out by a stranger's guesses: the longest wait is half a minute, and a source from which somebody
//! has signed in to an account is counted apart from all others. Tries are counted when they begin, so that a hundred at once
//! are a hundred.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hustings_vocab::{limits, network};

const FORGET_MS: u64 = limits::SIGN_IN_FORGET_MINUTES * 60_000;
/// An office shares one address: so many times as many may fail there.
const PEOPLE_AT_A_SOURCE: u32 = 10;
/// Days for which a source is known to an account.
const KNOWN_MS: u64 = limits::SESSION_DAYS * 24 * 60 * 60_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Source(IpAddr),
    /// An account at a source from which it was signed in to.
    Known(String, IpAddr),
}

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    failed: u32,
    last_ms: u64,
}

impl Tries {
    fn next_ms(self, free: u32) -> u64 {
        let beyond = self.failed.saturating_sub(free);
        let wait_s = if beyond == 0 { 0 } else { 1u64 << (beyond - 1).min(16) };
        self.last_ms + wait_s.min(limits::SIGN_IN_WAIT_SECONDS_MAX) * 1000
    }
}

#[derive(Debug, Default)]
struct State {
    tries: HashMap<Key, Tries>,
    known: HashMap<(String, IpAddr), u64>,
}

/// The failures of the last minutes.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<State>);

impl Throttle {
    /// A try begins: it counts as failed until [`Throttle::good`] says otherwise.
    ///
    /// # Errors
    /// The seconds after which the next may begin; then this one does not count.
    pub fn begin(&self, account: &str, source: IpAddr, now_ms: u64) -> Result<(), u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = network::site(source);
        let here = (account.to_owned(), source);
        let known = state.known.get(&here).is_some_and(|at| *at + KNOWN_MS > now_ms);
        let first = if known { Key::Known(here.0, source) } else { Key::Account(here.0) };
        let both = [(first, limits::SIGN_IN_FREE_TRIES), (Key::Source(source), SOURCE_FREE)];
        let wait_ms = |(key, free): &(Key, u32)| {
            let tries = state.tries.get(key).filter(|t| t.last_ms + FORGET_MS > now_ms)?;
            tries.next_ms(*free).checked_sub(now_ms).filter(|ms| *ms > 0)
        };
        if let Some(ms) = both.iter().filter_map(wait_ms).max() {
            return Err(ms.div_ceil(1000));
        }
        for (key, _) in both {
            state.count(key, now_ms);
        }
        Ok(())
    }

    /// The try was good.
    pub fn good(&self, account: &str, source: IpAddr, now_ms: u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = network::site(source);
        let account = account.to_owned();
        state.tries.remove(&Key::Known(account.clone(), source));
        // It was counted at its beginning. Nothing else is taken back: an attacker with an account of his own could else clear
        // the count of his address.
        for key in [Key::Account(account.clone()), Key::Source(source)] {
            if let Some(tries) = state.tries.get_mut(&key) {
                tries.failed = tries.failed.saturating_sub(1);
            }
        }
        if state.known.len() >= limits::SIGN_IN_REMEMBERED_MAX {
            let oldest = state.known.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.map(|key| state.known.remove(&key));
        }
        state.known.insert((account, source), now_ms);
    }
}

const SOURCE_FREE: u32 = limits::SIGN_IN_FREE_TRIES * PEOPLE_AT_A_SOURCE;

impl State {
    fn count(&mut self, key: Key, now_ms: u64) {
        if self.tries.len() >= limits::SIGN_IN_REMEMBERED_MAX && !self.tries.contains_key(&key) {
            self.tries.retain(|_, tries| tries.last_ms + FORGET_MS > now_ms);
            if self.tries.len() >= limits::SIGN_IN_REMEMBERED_MAX {
                // Someone tries names without end: half of what they left goes at once, so that this is seldom.
                let mut times: Vec<_> = self.tries.values().map(|tries| tries.last_ms).collect();
                let middle = times.len() / 2;
                let middle = *times.select_nth_unstable(middle).1;
                self.tries.retain(|_, tries| tries.last_ms > middle);
            }
        }
        let tries = self.tries.entry(key).or_default();
        if tries.last_ms + FORGET_MS <= now_ms {
            tries.failed = 0;
        }
        *tries = Tries { failed: tries.failed.saturating_add(1), last_ms: now_ms };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        [203, 0, 113, last].into()
    }

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn many_guesses_from_many_places_are_slow() {
        let throttle = Throttle::default();
        let (mut tried, hour) = (0, 3_600_000);
        for n in 0..hour / 100 {
            let source = [10, (n / 65536) as u8, (n / 256) as u8, n as u8].into();
            tried += u32::from(throttle.begin("ann", source, NOON + n * 100).is_ok());
        }
        assert!((100..150).contains(&tried), "{tried} an hour");
    }

    #[test]
    fn one_guess_for_each_of_many_is_slow() {
        let throttle = Throttle::default();
        let tried = (0..10_000).filter(|n| throttle.begin(&format!("p{n}"), ip(1), NOON + n * 10).is_ok()).count();
        assert!(tried < 60, "{tried}");
        assert!(throttle.begin("ann", ip(2), NOON).is_ok(), "another place is another place");
    }

    #[test]
    fn the_owner_comes_in_from_where_they_were_before() {
        let throttle = Throttle::default();
        throttle.begin("ann", ip(7), NOON).unwrap();
        throttle.good("ann", ip(7), NOON);
        for n in 0..100u8 {
            let _ = throttle.begin("ann", [10, 0, 0, n].into(), NOON + 10);
        }
        assert!(throttle.begin("ann", ip(8), NOON + 11).unwrap_err() <= limits::SIGN_IN_WAIT_SECONDS_MAX);
        assert!(throttle.begin("ann", ip(7), NOON + 11).is_ok());
    }

    #[test]
    fn what_is_long_ago_is_forgotten_and_there_is_a_limit() {
        let throttle = Throttle::default();
        for n in 0..20 {
            let _ = throttle.begin("ann", ip(n), NOON);
        }
        assert!(throttle.begin("ann", ip(99), NOON + 1).is_err());
        assert!(throttle.begin("ann", ip(99), NOON + FORGET_MS + 1).is_ok());
        for n in 0..limits::SIGN_IN_REMEMBERED_MAX as u64 + 10 {
            let source = [10, (n / 65536) as u8, (n / 256) as u8, n as u8].into();
            let _ = throttle.begin(&format!("{n}"), source, NOON + n);
        }
        assert!(throttle.0.lock().unwrap().tries.len() <= limits::SIGN_IN_REMEMBERED_MAX);
    }
}
