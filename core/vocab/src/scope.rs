//! What an API key may be made for, and what a webhook may be told of.
//!
//! A scope names a part of the API in words of its users; which operations it is made of stands where operations are enforced.
//! Deliberately absent: a scope for everything, and one for signing in, passkeys, passwords and keys themselves.

use serde::{Deserialize, Serialize};

/// A part of the API that a key may be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = KeyScope))]
pub enum Scope {
    /// Reading conversations, one's own list, and who one is.
    #[serde(rename = "conversations:read")]
    ConversationsRead,
    /// Planning, editing, opening and calling off.
    #[serde(rename = "conversations:write")]
    ConversationsWrite,
    /// Inviting people and issuing tokens. Whoever accepts may do what their role may, so inviting who runs the conversation
    /// needs the three scopes beside it, too.
    #[serde(rename = "invitations")]
    Invitations,
    /// Going live, breaks, the end, and those on stage.
    #[serde(rename = "stage")]
    Stage,
    /// Taking part: reactions, chat, questions, polls.
    #[serde(rename = "floor")]
    Floor,
    /// Webhooks.
    #[serde(rename = "webhooks")]
    Webhooks,
    /// Reading accounts and the log of acts, for operators.
    #[serde(rename = "people:read")]
    PeopleRead,
    /// Suspending and reinstating accounts, for operators.
    #[serde(rename = "people:write")]
    PeopleWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ConversationsRead,
        Self::ConversationsWrite,
        Self::Invitations,
        Self::Stage,
        Self::Floor,
        Self::Webhooks,
        Self::PeopleRead,
        Self::PeopleWrite,
    ];

    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConversationsRead => "conversations:read",
            Self::ConversationsWrite => "conversations:write",
            Self::Invitations => "invitations",
            Self::Stage => "stage",
            Self::Floor => "floor",
            Self::Webhooks => "webhooks",
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl core::fmt::Display for Scope {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that a webhook is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = WebhookEvent))]
pub enum Occasion {
    /// The doors of a conversation have opened.
    #[serde(rename = "conversation.opened")]
    Opened,
    /// It went live, for the first time or again.
    #[serde(rename = "conversation.started")]
    Started,
    /// It is held: a break, or nobody on stage can be heard.
    #[serde(rename = "conversation.held")]
    Held,
    /// It is over.
    #[serde(rename = "conversation.ended")]
    Ended,
    /// It was called off. `reason` says why.
    #[serde(rename = "conversation.cancelled")]
    Cancelled,
    /// Somebody reported something. The site's webhooks alone are told: a report may be about whoever runs the conversation.
    #[serde(rename = "report.made")]
    Reported,
    /// A report opened a case. The site's webhooks alone are told.
    #[serde(rename = "case.opened")]
    CaseOpened,
    /// Somebody asks to speak.
    #[serde(rename = "hand.raised")]
    HandRaised,
    /// Somebody has come on stage.
    #[serde(rename = "speaker.joined")]
    SpeakerJoined,
    /// Somebody has left the stage.
    #[serde(rename = "speaker.left")]
    SpeakerLeft,
    /// Asked for by hand, to try a webhook. Every webhook is told of it.
    #[serde(rename = "webhook.test")]
    Test,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Opened,
        Self::Started,
        Self::Held,
        Self::Ended,
        Self::Cancelled,
        Self::Reported,
        Self::CaseOpened,
        Self::HandRaised,
        Self::SpeakerJoined,
        Self::SpeakerLeft,
        Self::Test,
    ];

    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "conversation.opened",
            Self::Started => "conversation.started",
            Self::Held => "conversation.held",
            Self::Ended => "conversation.ended",
            Self::Cancelled => "conversation.cancelled",
            Self::Reported => "report.made",
            Self::CaseOpened => "case.opened",
            Self::HandRaised => "hand.raised",
            Self::SpeakerJoined => "speaker.joined",
            Self::SpeakerLeft => "speaker.left",
            Self::Test => "webhook.test",
        }
    }

    /// Whether the site's webhooks alone are told of it.
    #[must_use]
    pub const fn is_the_sites(self) -> bool {
        matches!(self, Self::Reported | Self::CaseOpened)
    }

    /// The occasion of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_documents_say() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
            assert_eq!(Scope::named(scope.name()), Some(scope));
        }
        for occasion in Occasion::ALL {
            assert_eq!(serde_json::to_value(occasion).unwrap(), occasion.name());
            assert_eq!(Occasion::named(occasion.name()), Some(occasion));
        }
    }
}
