//! How often a source address may guess.
//!
//! Only what was wrong counts, so nobody who has a right link is ever told to wait. An IPv6 address counts as its network
//! of 64 bits, which is what one customer has. Time is an argument. Absent: anything that outlives the process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hustings_vocab::{limits, network};

const MINUTE: Duration = Duration::from_secs(60);

/// What was guessed wrong in the current minute of each source.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Guesses {
    /// Whether this source may try; else how many seconds it has to wait.
    pub(crate) fn may_try(&self, source: IpAddr, now: Instant) -> Result<(), u64> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get(&network::customer(source)) {
            Some((since, n)) if *n >= limits::GUESSES_PER_MINUTE_MAX && now < *since + MINUTE => {
                Err((*since + MINUTE).duration_since(now).as_secs() + 1)
            }
            _ => Ok(()),
        }
    }

    /// It was wrong.
    pub(crate) fn wrong(&self, source: IpAddr, now: Instant) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= limits::GUESSERS_MAX {
            seen.retain(|_, (since, _)| now < *since + MINUTE);
            let oldest = seen.iter().min_by_key(|(_, (since, _))| *since).map(|(ip, _)| *ip);
            if let Some(oldest) = oldest.filter(|_| seen.len() >= limits::GUESSERS_MAX) {
                seen.remove(&oldest);
            }
        }
        let entry = seen.entry(network::customer(source)).or_insert((now, 0));
        *entry = if now < entry.0 + MINUTE { (entry.0, entry.1 + 1) } else { (now, 1) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_wrong_waits_for_the_next_minute_alone() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let (a, b): (IpAddr, IpAddr) = ("2001:db8::1".parse().unwrap(), "2001:db8::2:0:0:1".parse().unwrap());
        for _ in 0..limits::GUESSES_PER_MINUTE_MAX {
            assert_eq!(guesses.may_try(a, now), Ok(()));
            guesses.wrong(a, now);
        }
        assert_eq!(guesses.may_try(a, now + Duration::from_secs(30)), Err(31));
        assert!(guesses.may_try(b, now).is_err(), "the same network of 64 bits");
        assert_eq!(guesses.may_try("192.0.2.1".parse().unwrap(), now), Ok(()));
        assert_eq!(guesses.may_try(a, now + MINUTE), Ok(()));
        guesses.wrong(a, now + MINUTE);
        assert_eq!(guesses.may_try(a, now + MINUTE), Ok(()));
    }

    #[test]
    fn a_crowd_of_sources_is_forgotten_from_its_oldest() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for n in 0..=limits::GUESSERS_MAX as u32 {
            guesses.wrong(IpAddr::V4(n.into()), now + Duration::from_millis(u64::from(n)));
        }
        assert_eq!(guesses.0.lock().unwrap().len(), limits::GUESSERS_MAX);
    }
}
