//! Renditions: the program sound in one codec at one bitrate.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a rendition is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Opus (RFC 6716), held to CELT, frames of 960 samples.
    Opus,
    /// MPEG-4 AAC-LC, frames of 1,024 samples.
    Aac,
}

impl Codec {
    /// Samples in one coded frame.
    #[must_use]
    pub const fn frame_samples(self) -> u64 {
        match self {
            Self::Opus => 960,
            Self::Aac => 1024,
        }
    }
}

/// The renditions that the server can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Rendition {
    /// Opus at 96 kbit/s.
    #[serde(rename = "opus-96")]
    Opus96,
    /// Opus at 48 kbit/s.
    #[serde(rename = "opus-48")]
    Opus48,
    /// AAC-LC at 96 kbit/s.
    #[serde(rename = "aac-96")]
    Aac96,
}

/// The text names no rendition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rendition of that name; the renditions are opus-96, opus-48 and aac-96")]
pub struct UnknownRendition;

impl Rendition {
    /// Every rendition.
    pub const ALL: [Self; 3] = [Self::Opus96, Self::Opus48, Self::Aac96];

    /// Its name in URLs and documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus96 => "opus-96",
            Self::Opus48 => "opus-48",
            Self::Aac96 => "aac-96",
        }
    }

    /// Its codec.
    #[must_use]
    pub const fn codec(self) -> Codec {
        match self {
            Self::Opus96 | Self::Opus48 => Codec::Opus,
            Self::Aac96 => Codec::Aac,
        }
    }

    /// Target bitrate of the encoder in bit/s.
    #[must_use]
    pub const fn bitrate(self) -> u32 {
        match self {
            Self::Opus96 | Self::Aac96 => 96_000,
            Self::Opus48 => 48_000,
        }
    }

    /// This one, or the best of its codec that has at most so many kbit/s; the lowest, if all have more.
    #[must_use]
    pub fn at_most(self, kbit: u32) -> Self {
        if self.bitrate() <= kbit.saturating_mul(1000) {
            return self;
        }
        let same = || Self::ALL.into_iter().filter(|r| r.codec() == self.codec());
        let fits = same().filter(|r| r.bitrate() <= kbit.saturating_mul(1000)).max_by_key(|r| r.bitrate());
        fits.or_else(|| same().min_by_key(|r| r.bitrate())).unwrap_or(self)
    }

    /// Its place in [`Rendition::ALL`], for arrays that hold one thing per rendition.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Rendition {
    type Err = UnknownRendition;
    fn from_str(text: &str) -> Result<Self, UnknownRendition> {
        Self::ALL.into_iter().find(|r| r.name() == text).ok_or(UnknownRendition)
    }
}
