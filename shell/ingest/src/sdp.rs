//! SDP as WHIP and WHEP need it: one audio section with Opus, everything else declined.
//!
//! An offer is parsed into an [`Offer`], and only what we wrote ourselves from its fields reaches str0m. So a hostile
//! document meets one small parser, which is fuzzed, and the answer holds exactly what we choose: RED before Opus, NACK
//! for audio, and the parameters that keep browsers out of Opus' hybrid mode. Deliberately absent: video, data channels,
//! simulcast, header extensions.

mod answer;
mod frag;
mod offer;

pub(crate) use answer::{Answer, Flow};
pub use frag::{SdpFrag, parse_sdpfrag};
pub use offer::{Direction, Offer, Setup, parse_offer};

/// Why a document is not an offer or a fragment that we can answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Too many bytes (413).
    #[error("the SDP is larger than {0} bytes; offer one audio track with the codecs that you need")]
    TooLarge(usize),
    /// Not text (400).
    #[error("the SDP is not UTF-8 text")]
    NotText,
    /// Not a whole session description (400).
    #[error("the SDP cannot be read: {0}")]
    Malformed(String),
    /// No audio section that is not disabled (422).
    #[error("the offer has no audio: add one audio track before creating the offer")]
    NoAudio,
    /// Audio without Opus at 48 kHz (422).
    #[error("the offer has audio, but not Opus (opus/48000/2), which is the only codec taken here")]
    NoOpus,
    /// The audio flows the wrong way (422).
    #[error("the offer's audio is {found}; here it must be {expected}")]
    WrongDirection {
        /// What was offered.
        found: &'static str,
        /// What would do.
        expected: &'static str,
    },
    /// Something that WebRTC demands is missing or not supported (422).
    #[error("the offer cannot be answered: {0}")]
    Unsupported(&'static str),
}

impl SdpError {
    /// The HTTP status of the refusal.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::TooLarge(_) => 413,
            Self::NotText | Self::Malformed(_) => 400,
            Self::NoAudio | Self::NoOpus | Self::WrongDirection { .. } | Self::Unsupported(_) => 422,
        }
    }
}

/// Whether every character may stand in an ICE user name fragment or password (RFC 8839, section 5.4).
fn are_ice_chars(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/' || is_tolerated(b))
}

/// Characters that the RFC does not allow and real clients send.
const fn is_tolerated(b: u8) -> bool {
    matches!(b, b'-' | b'_' | b'=' | b'#' | b'.' | b'@')
}

/// The user name fragment and password, if they have the lengths of RFC 8839 (4 to 256, 22 to 256).
fn ice_credentials(ufrag: Option<&str>, pwd: Option<&str>) -> Option<(String, String)> {
    let (ufrag, pwd) = (ufrag?.trim(), pwd?.trim());
    let fits = (4..=256).contains(&ufrag.len()) && (22..=256).contains(&pwd.len());
    (fits && are_ice_chars(ufrag) && are_ice_chars(pwd)).then(|| (ufrag.to_owned(), pwd.to_owned()))
}
