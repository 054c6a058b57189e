//! Why a client failed: each in one line that names what offends and what to do about it.

use std::path::PathBuf;

/// Why a client failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The text is not the address of a conversation.
    #[error("{0:?} is not the address of a conversation; it looks like http://HOST:PORT/c/SLUG")]
    Address(String),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file holds no sound that can be decoded.
    #[error("{}: {reason}; WAV, FLAC, MP3, Ogg and M4A are read", path.display())]
    Sound {
        /// Which file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A certificate of [`crate::Trust`] cannot be used, or the HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
    /// The server does not answer.
    #[error("{url} does not answer: {reason}; is the server running, and is the address right?")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What happened instead.
        reason: String,
    },
    /// The server answered with a refusal.
    #[error("{url} answered {status}: {detail}")]
    Refused {
        /// What was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The problem's detail, or the first line of the body.
        detail: String,
    },
    /// The answer makes no sense to a client.
    #[error("{what} of the server cannot be used: {reason}")]
    Answer {
        /// Which answer.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// No WebRTC connection came about.
    #[error(
        "no WebRTC connection within {seconds} s to {to}; check that the firewall lets its UDP port through, or use TCP"
    )]
    NotConnected {
        /// How long it was tried.
        seconds: u64,
        /// The candidates that were tried.
        to: String,
    },
    /// The connection was there and is gone.
    #[error("the line was lost after {seconds:.1} s")]
    LineLost {
        /// How long it had lasted.
        seconds: f64,
    },
    /// The server ended the session or the stream before any sound came.
    #[error("the server ended it before any sound came")]
    Ended,
    /// Nothing to hear.
    #[error("no sound came within {seconds} s; is anybody live?")]
    Silent {
        /// How long was waited.
        seconds: u64,
    },
    /// A socket cannot be opened.
    #[error("a socket cannot be opened: {0}")]
    Socket(#[from] std::io::Error),
    /// A codec cannot be set up, or this build has none.
    #[error("{0}")]
    Codec(String),
}

impl From<hustings_codec::SetupError> for ClientError {
    fn from(e: hustings_codec::SetupError) -> Self {
        Self::Codec(e.to_string())
    }
}
