//! Who is at a provider at this moment, by the state that they come back with.

use std::collections::HashMap;
use std::net::IpAddr;

use hustings_vocab::{AccountId, limits, network};

const AWAY_MS: u64 = limits::OIDC_AWAY_MINUTES * 60_000;

/// What somebody goes to a provider for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To be able to sign in to this account, whose owner is signed in.
    Link(AccountId),
}

/// What must fit when they come back.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) provider: usize,
    pub(super) secret: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) redirect: String,
    pub(super) purpose: Purpose,
    pub(super) next: Option<String>,
    pub(super) source: IpAddr,
    pub(super) begun_ms: u64,
}

/// All of them. Where there is no room, the source that asks loses its own oldest first.
#[derive(Default)]
pub(super) struct Away(HashMap<String, Waiting>);

impl Away {
    pub(super) fn put(&mut self, state: String, waiting: Waiting) {
        let now_ms = waiting.begun_ms;
        self.0.retain(|_, one| now_ms.saturating_sub(one.begun_ms) < AWAY_MS);
        let source = network::customer(waiting.source);
        let of_source = |one: &Waiting| network::customer(one.source) == source;
        if self.0.values().filter(|one| of_source(one)).count() >= limits::OIDC_AWAY_PER_SOURCE_MAX {
            self.forget_oldest(of_source);
        }
        if self.0.len() >= limits::OIDC_AWAY_MAX {
            self.forget_oldest(|_| true);
        }
        self.0.insert(state, waiting);
    }

    /// The one of that state, which is nobody's afterwards.
    pub(super) fn take(&mut self, state: &str, now_ms: u64) -> Option<Waiting> {
        self.0.remove(state).filter(|one| now_ms.saturating_sub(one.begun_ms) < AWAY_MS)
    }

    fn forget_oldest(&mut self, of: impl Fn(&Waiting) -> bool) {
        let oldest = self.0.iter().filter(|(_, one)| of(one)).min_by_key(|(_, one)| one.begun_ms);
        if let Some(state) = oldest.map(|(state, _)| state.clone()) {
            self.0.remove(&state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(source: [u8; 4], begun_ms: u64) -> Waiting {
        Waiting {
            provider: 0,
            secret: String::new(),
            nonce: String::new(),
            verifier: String::new(),
            redirect: String::new(),
            purpose: Purpose::SignIn,
            next: None,
            source: source.into(),
            begun_ms,
        }
    }

    #[test]
    fn a_state_is_taken_once_and_in_time() {
        let mut away = Away::default();
        away.put("a".into(), waiting([192, 0, 2, 1], 0));
        away.put("b".into(), waiting([192, 0, 2, 1], 0));
        assert!(away.take("a", AWAY_MS - 1).is_some());
        assert!(away.take("a", AWAY_MS - 1).is_none(), "once");
        assert!(away.take("b", AWAY_MS).is_none(), "in time");
        assert!(away.take("c", 0).is_none());
    }

    #[test]
    fn a_source_that_asks_too_often_forgets_its_own() {
        let mut away = Away::default();
        away.put("theirs".into(), waiting([192, 0, 2, 1], 0));
        for n in 0..=limits::OIDC_AWAY_PER_SOURCE_MAX as u64 {
            away.put(format!("mine {n}"), waiting([192, 0, 2, 2], 1 + n));
        }
        assert_eq!(away.0.len(), 1 + limits::OIDC_AWAY_PER_SOURCE_MAX);
        assert!(away.take("mine 0", 100).is_none());
        assert!(away.take("mine 1", 100).is_some());
        assert!(away.take("theirs", 100).is_some());
    }
}
