//! API keys: the door to them for the API and the pages.
//!
//! A key acts for its account, and only within its scopes. Its secret passes here as text, once when it is made and then with
//! each request, and is kept nowhere: what is stored of it is a hash.

use hustings_vocab::{AccountId, Scope};

use crate::accounts::Told;
use crate::people::Person;

/// What every secret of a key begins with, so that programs that look for leaked secrets know it.
pub const PREFIX: &str = "hk_";

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name for programs.
    pub id: String,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it ends.
    pub expires_ms: Option<u64>,
    /// When it was used last, to within a minute.
    pub used_ms: Option<u64>,
}

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Seconds until it ends.
    pub expires_s: Option<u64>,
}

/// Who asks by a key, and within what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Whose key it is.
    pub person: Person,
    /// Which key.
    pub key: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
}

/// The keys of a site's accounts.
pub trait ApiKeys: Send + Sync + 'static {
    /// Who asks by this secret; `None` if it is none, was taken back, has ended, or its account is suspended.
    fn bearer(&self, secret: String) -> Told<'_, Option<Bearer>>;
    /// The keys of an account, oldest first.
    fn list(&self, account: AccountId) -> Told<'_, Vec<ApiKey>>;
    /// Makes a key, and gives its secret.
    fn make(&self, account: AccountId, new: NewApiKey) -> Told<'_, (ApiKey, String)>;
    /// Takes one back.
    fn revoke(&self, account: AccountId, id: String) -> Told<'_, ()>;
}

/// A site without keys.
#[derive(Debug, Default)]
pub struct NoApiKeys;

impl ApiKeys for NoApiKeys {
    fn bearer(&self, _: String) -> Told<'_, Option<Bearer>> {
        Box::pin(async { Ok(None) })
    }

    fn list(&self, _: AccountId) -> Told<'_, Vec<ApiKey>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn make(&self, _: AccountId, _: NewApiKey) -> Told<'_, (ApiKey, String)> {
        Box::pin(async { Err(crate::accounts::AccountsError::Conflict("this site has no keys".into())) })
    }

    fn revoke(&self, _: AccountId, _: String) -> Told<'_, ()> {
        Box::pin(async { Err(crate::accounts::AccountsError::Unknown("key of that name".into())) })
    }
}
