//! People of a site: accounts and what they may do beyond one conversation.

use serde::{Deserialize, Serialize};

/// What an account may do on the site. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SiteRole {
    /// Takes part.
    Member,
    /// Plans conversations.
    Host,
    /// Decides on reports.
    Moderator,
    /// Runs the site.
    Operator,
}

impl SiteRole {
    /// All of them, least first.
    pub const ALL: [Self; 4] = [Self::Member, Self::Host, Self::Moderator, Self::Operator];

    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Host => "host",
            Self::Moderator => "moderator",
            Self::Operator => "operator",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl core::fmt::Display for SiteRole {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
