//! The turnstile: tokens are checked by the keys, and those of seats that a host has withdrawn are stopped.
//!
//! A token is a signature and cannot be called back, so what was withdrawn is kept beside the keys, for as long as such a
//! token could still hold. Absent: reaching somebody who is on stage already, which is the desk's (`dismiss`).

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::{Claims, SeatId, Slug};

/// Every way in goes through one of these.
pub(crate) struct Turnstile {
    tokens: Arc<dyn TokenCheck>,
    withdrawn: RwLock<HashSet<(Slug, SeatId)>>,
}

impl Turnstile {
    pub(crate) fn new(tokens: Arc<dyn TokenCheck>) -> Self {
        Self { tokens, withdrawn: RwLock::default() }
    }

    /// Stops these seats from now on.
    pub(crate) fn stop(&self, seats: impl IntoIterator<Item = (Slug, SeatId)>) {
        self.withdrawn.write().unwrap_or_else(PoisonError::into_inner).extend(seats);
    }
}

impl TokenCheck for Turnstile {
    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        let claims = self.tokens.check(token)?;
        let withdrawn = self.withdrawn.read().unwrap_or_else(PoisonError::into_inner);
        if withdrawn.contains(&(claims.conversation.clone(), claims.sub.clone())) {
            return Err(TokenError::Withdrawn);
        }
        Ok(claims)
    }
}
