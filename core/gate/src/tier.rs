//! Delivery tiers, as the gate sees them: what a listener costs, and what is offered instead when that is too much.

use serde::{Deserialize, Serialize};

/// How a listener receives the program sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// WebRTC, about 0.3 s behind: the dearest.
    Whep,
    /// One endless response, about 1 s behind.
    Stream,
    /// LL-HLS, 2 to 6 s behind: any cache can serve it.
    Hls,
}

impl Tier {
    /// Every tier, the dearest first.
    pub const ALL: [Self; 3] = [Self::Whep, Self::Stream, Self::Hls];

    /// Its name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whep => "whep",
            Self::Stream => "stream",
            Self::Hls => "hls",
        }
    }

    /// The tier of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }

    /// Its place in [`Tier::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// What is offered to who cannot have this one, the nearest first.
    pub fn below(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().skip(self.index() + 1)
    }
}
