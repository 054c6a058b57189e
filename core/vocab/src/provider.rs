//! Who says who somebody is: a provider of identities by OpenID Connect.

use crate::SiteRole;

/// A provider of identities, as configured.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its name in addresses.
    pub id: String,
    /// Its name on the button.
    pub name: String,
    /// Where it is: its ID tokens name this, letter by letter.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it; none for a public client, which has PKCE alone.
    pub client_secret: Option<String>,
    /// Domains of mail addresses that may come in; empty for any that the provider knows.
    pub domains: Vec<String>,
    /// Whether an account of the same mail address is theirs: the provider is believed about addresses.
    pub trust_email: bool,
    /// The role of accounts that are made for who has none; none are made without.
    pub creates: Option<SiteRole>,
    /// Whether it may be at plain HTTP and at addresses that are not the public's.
    pub allow_private: bool,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
