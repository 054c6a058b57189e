//! What a listener's recording says: whether sibilants survived, whether sound was missing, whether a voice is in it,
//! and how late it is.
//!
//! [`mod@crowd`], [`mod@viewers`], [`mod@reloads`], [`mod@handshakes`], [`mod@polls`] and [`mod@bare`] are apart from that: large audiences
//! and the floor of their cost.
//!
//! The rest is measured on the recording of a real client against the file that was spoken, both mono at 48 kHz.
//! Perceptual scores are deliberately absent: they do not see a lisp (a voice cut at 8 kHz scores as perfect).

pub mod align;
pub mod bare;
pub mod clicks;
pub mod cpu;
pub mod crowd;
pub mod floor;
pub mod fourier;
pub mod gaps;
pub mod handshakes;
pub mod holds;
mod kernel;
pub mod polls;
pub mod reloads;
mod secret;
pub mod sibilants;
pub mod tail;
pub mod viewers;
#[cfg(test)]
mod voice;
pub mod wav;
pub mod whep;

/// Samples a second of everything that is measured.
pub const RATE: usize = 48_000;

/// What cannot be measured, and why.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The network gives no more.
    #[error("the network: {0}")]
    Network(#[from] std::io::Error),
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not a WAV file that can be read.
    #[error("{path}: {what}; convert it with: ffmpeg -i {path} -ar 48000 -c:a pcm_s16le OUT.wav")]
    Format {
        /// Which file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// There is not enough sound to say anything.
    #[error("{0}")]
    TooLittle(String),
}
