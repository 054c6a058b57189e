//! Who is suspended, in memory: a token is checked on the way to the stage, where no database is asked.
//!
//! It is read when the server starts and told of each suspension and reinstatement, which happen only through this process.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use hustings_link::token::{TokenCheck, TokenError};
use hustings_store::Keys;
use hustings_vocab::{AccountId, Claims, SeatId};

/// The seats of accounts that are suspended.
#[derive(Debug, Default)]
pub(crate) struct Suspended(RwLock<HashSet<SeatId>>);

impl Suspended {
    pub(crate) fn new(accounts: impl IntoIterator<Item = AccountId>) -> Arc<Self> {
        Arc::new(Self(RwLock::new(accounts.into_iter().map(|account| account.seat()).collect())))
    }

    pub(crate) fn add(&self, account: &AccountId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(account.seat());
    }

    pub(crate) fn remove(&self, account: &AccountId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&account.seat());
    }

    fn holds(&self, seat: &SeatId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(seat)
    }
}

/// Tokens by their keys, but not those of seats whose accounts are suspended.
pub(crate) struct HouseTokens {
    pub(crate) keys: Arc<Keys>,
    pub(crate) suspended: Arc<Suspended>,
}

impl TokenCheck for HouseTokens {
    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        let claims = self.keys.check(token)?;
        // To its owner it is a token that holds no more; why is told where they sign in.
        if self.suspended.holds(&claims.sub) { Err(TokenError::Expired) } else { Ok(claims) }
    }
}
