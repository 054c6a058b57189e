//! What a token says: who may do what in which conversation, and until when.
//!
//! A token is a JWT (RFC 7519) signed with EdDSA by the server or with EdDSA or HS256 by an application that was given
//! a key. This module is only the document; signatures are checked where keys are.

use serde::{Deserialize, Serialize};

use crate::{SeatId, Slug};

/// A role in one conversation. The server enforces it, never the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the conversation and is heard.
    Host,
    /// Runs the conversation with the host, and goes on when the host's line dies.
    CoHost,
    /// Is heard.
    Speaker,
    /// Is on stage without being heard.
    Producer,
    /// Listens.
    Listener,
}

impl Role {
    /// Whether the role may send sound.
    #[must_use]
    pub const fn is_heard(self) -> bool {
        matches!(self, Self::Host | Self::CoHost | Self::Speaker)
    }

    /// Whether the role has a line to the stage: to be heard, or to hear it.
    #[must_use]
    pub const fn is_on_stage(self) -> bool {
        !matches!(self, Self::Listener)
    }

    /// Whether the role may start, hold and end the conversation.
    #[must_use]
    pub const fn runs_the_conversation(self) -> bool {
        matches!(self, Self::Host | Self::CoHost)
    }
}

impl core::fmt::Display for Role {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::CoHost => "cohost",
            Self::Speaker => "speaker",
            Self::Producer => "producer",
            Self::Listener => "listener",
        })
    }
}

/// The claims of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The seat: one person, whatever line or device they come from.
    pub sub: SeatId,
    /// The conversation that the token is for.
    pub conversation: Slug,
    /// What the holder may do there.
    pub role: Role,
    /// The name to show, at most [`crate::limits::NAME_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub iat: u64,
    /// When it ends, in seconds since 1970.
    pub exp: u64,
}
