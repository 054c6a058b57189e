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
    /// Opus at 24 kbit/s.
    #[serde(rename = "opus-24")]
    Opus24,
    /// AAC-LC at 48 kbit/s.
    #[serde(rename = "aac-48")]
    Aac48,
}

/// The text names no rendition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rendition of that name; the renditions are opus-96, opus-48, opus-24, aac-96 and aac-48")]
pub struct UnknownRendition;

impl Rendition {
    /// Every rendition. The link names them by their place: new ones come last.
    pub const ALL: [Self; 5] = [Self::Opus96, Self::Opus48, Self::Aac96, Self::Opus24, Self::Aac48];

    /// Its name in URLs and documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus96 => "opus-96",
            Self::Opus48 => "opus-48",
            Self::Aac96 => "aac-96",
            Self::Opus24 => "opus-24",
            Self::Aac48 => "aac-48",
        }
    }

    /// Its codec.
    #[must_use]
    pub const fn codec(self) -> Codec {
        match self {
            Self::Opus96 | Self::Opus48 | Self::Opus24 => Codec::Opus,
            Self::Aac96 | Self::Aac48 => Codec::Aac,
        }
    }

    /// Target bitrate of the encoder in bit/s.
    #[must_use]
    pub const fn bitrate(self) -> u32 {
        match self {
            Self::Opus96 | Self::Aac96 => 96_000,
            Self::Opus48 | Self::Aac48 => 48_000,
            Self::Opus24 => 24_000,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_name_and_place_and_steps_down_within_its_codec() {
        for (place, rendition) in Rendition::ALL.into_iter().enumerate() {
            assert_eq!((rendition.index(), rendition.name().parse()), (place, Ok(rendition)));
        }
        let down = |from: Rendition| [96, 48, 24, 1].map(|kbit| from.at_most(kbit).name());
        assert_eq!(down(Rendition::Opus96), ["opus-96", "opus-48", "opus-24", "opus-24"]);
        assert_eq!(down(Rendition::Opus48), ["opus-48", "opus-48", "opus-24", "opus-24"]);
        assert_eq!(down(Rendition::Aac96), ["aac-96", "aac-48", "aac-48", "aac-48"]);
    }
}
