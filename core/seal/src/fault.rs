//! What goes wrong on a sealed connection, and how the peer is told (RFC 8446, section 6).

/// What an alert says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert(pub u8);

impl Alert {
    /// The sender says nothing more.
    pub const CLOSE_NOTIFY: Self = Self(0);
    pub(crate) const UNEXPECTED_MESSAGE: Self = Self(10);
    pub(crate) const BAD_RECORD_MAC: Self = Self(20);
    pub(crate) const RECORD_OVERFLOW: Self = Self(22);
    pub(crate) const DECODE_ERROR: Self = Self(50);
    pub(crate) const INTERNAL_ERROR: Self = Self(80);
    pub(crate) const USER_CANCELED: Self = Self(90);

    /// `close_notify` and `user_canceled` are warnings, everything else is fatal.
    pub(crate) const fn level(self) -> u8 {
        if matches!(self, Self::CLOSE_NOTIFY | Self::USER_CANCELED) { 1 } else { 2 }
    }
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The peer sent a record that is longer than any may be.
    #[error("a record is too long")]
    TooLong,
    /// The peer sent a record that its key did not seal.
    #[error("a record is not authentic")]
    NotAuthentic,
    /// The peer sent what has no place after the handshake.
    #[error("a record holds what has no place after the handshake")]
    Unexpected,
    /// The peer sent a message that is none.
    #[error("a message cannot be read")]
    Malformed,
    /// The peer changes keys, or says nothing, more often than anybody has reason to.
    #[error("too many records without a word")]
    Flood,
    /// The peer gave up.
    #[error("the peer ended with alert {}", _0.0)]
    Ended(Alert),
    /// A record that is under way was not offered again as it was.
    #[error("the text of a record that is under way has changed")]
    Changed,
    /// Something was to be said after the end.
    #[error("nothing can be said after the end")]
    Closed,
    /// There are no further keys.
    #[error("the keys are used up")]
    NoKeys,
}

impl Fault {
    /// What the peer is told; nothing if it gave up itself.
    #[must_use]
    pub const fn alert(self) -> Option<Alert> {
        match self {
            Self::TooLong => Some(Alert::RECORD_OVERFLOW),
            Self::NotAuthentic => Some(Alert::BAD_RECORD_MAC),
            Self::Unexpected | Self::Flood => Some(Alert::UNEXPECTED_MESSAGE),
            Self::Malformed => Some(Alert::DECODE_ERROR),
            Self::Changed | Self::NoKeys => Some(Alert::INTERNAL_ERROR),
            Self::Ended(_) | Self::Closed => None,
        }
    }
}
