//! People: accounts, as those see them who must know who asks.

use hustings_vocab::{AccountId, Role, SiteRole, Slug};

use crate::desk::Answer;

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub id: AccountId,
    /// The name to show.
    pub name: String,
    /// What they may do on the site.
    pub role: SiteRole,
}

/// Who somebody is. Implemented where the records are.
pub trait People: Send + Sync + 'static {
    /// Whose session this is; `None` if it has ended, is nobody's, or its account is suspended.
    fn by_session(&self, secret: String) -> Answer<'_, Option<Person>>;
    /// What somebody's account makes them in a conversation: its host, or what they were invited as.
    fn role_in(&self, account: AccountId, slug: Slug) -> Answer<'_, Option<Role>>;
    /// Gives somebody's account a role in a conversation: who makes it is its host.
    fn set_role_in(&self, account: AccountId, slug: Slug, role: Role) -> Answer<'_, ()>;
}

/// A house without accounts.
#[derive(Debug, Default)]
pub struct NoPeople;

impl People for NoPeople {
    fn by_session(&self, _: String) -> Answer<'_, Option<Person>> {
        Box::pin(async { Ok(None) })
    }

    fn role_in(&self, _: AccountId, _: Slug) -> Answer<'_, Option<Role>> {
        Box::pin(async { Ok(None) })
    }

    fn set_role_in(&self, _: AccountId, _: Slug, _: Role) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
