//! Real clients of a conversation: one who speaks, one who listens on any tier and says how it was.
//!
//! They are what `hustings speak` and `hustings listen` run, and what tests and benches run by the hundred in one
//! process: each is one future on the caller's runtime. They know the public addresses and nothing of the server's
//! insides, so what they measure is what a stranger would. Deliberately absent: a sound card, automatic reconnection
//! (a caller that wants it calls again), and any trust in what a server sends.

mod address;
pub mod crowd;
mod error;
mod http;
pub mod listen;
mod media;
mod player;
mod sound;
mod speak;
mod wall;
mod webrtc;

pub use address::Address;
pub use error::ClientError;
pub use http::Trust;
pub use listen::{Container, Epoch, ListenOptions, ListenReport, Tier, listen};
pub use sound::{decode_file, decode_within, encode};
pub use speak::{Heard, Sound, SpeakOptions, SpeakReport, speak};
pub use webrtc::Route;
