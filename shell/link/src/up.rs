//! Messages from the audience plane to the stage plane: wishes and counts. The stage never waits for them.

use std::net::IpAddr;

use hustings_census::Heartbeat;
use hustings_vocab::{Rendition, Slug};

use crate::hall::Counts;

/// One message from the audience plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Up {
    /// Somebody wants this rendition: encode it from now on, and back-fill it.
    Want(Slug, Rendition),
    /// Nobody has wanted it for [`hustings_vocab::limits::RENDITION_COOLING_SECONDS`].
    Release(Slug, Rendition),
    /// Whether anybody wants the frames of this rendition one by one, for WebRTC.
    Frames(Slug, Rendition, bool),
    /// Of this process's listeners, those who name themselves: who is here now, and who is not any more.
    Named(Slug, Vec<(u64, bool)>),
    /// On which seats of tickets somebody hears in this process, and on which not any more.
    Seats(Slug, Vec<(u64, bool)>),
    /// How many of this process's listeners receive sound now.
    Listening(Slug, Counts),
    /// A page that plays through a cache reports itself, from this address or network. Nobody keeps the address.
    Here(Slug, Heartbeat, IpAddr),
}

impl Up {
    /// The conversation that it is about.
    #[must_use]
    pub const fn slug(&self) -> &Slug {
        match self {
            Self::Want(slug, _)
            | Self::Release(slug, _)
            | Self::Frames(slug, ..)
            | Self::Named(slug, _)
            | Self::Seats(slug, _)
            | Self::Listening(slug, _)
            | Self::Here(slug, ..) => slug,
        }
    }
}
