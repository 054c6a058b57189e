//! The life of a conversation.

use serde::{Deserialize, Serialize};

/// Why a live conversation is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// The host asked for a break.
    Break,
    /// Nobody on stage can be heard: lines were lost, or the server was started again.
    LineLost,
}

/// Where a conversation is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Announced; the doors are closed.
    Scheduled,
    /// Doors are open; the media timeline runs.
    Lobby,
    /// On air.
    Live,
    /// On air, but nobody speaks to the audience. The audience stays connected.
    Held(HeldReason),
    /// Over.
    Ended,
    /// Called off before it began.
    Cancelled,
}

impl Phase {
    /// Whether the media timeline runs and the audience may be connected.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Lobby | Self::Live | Self::Held(_))
    }

    /// Whether this phase is the last one.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled)
    }

    /// Its name in documents: `scheduled`, `lobby`, `live`, `held`, `ended` or `cancelled`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Lobby => "lobby",
            Self::Live => "live",
            Self::Held(_) => "held",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }
}
