//! hustings-ingest: WebRTC in and out.
//!
//! Speakers come by WHIP (RFC 9725) on the stage's own sockets, listeners by WHEP on the audience's. In reading order:
//! [`gate`] decides which datagram may reach which session, [`WebRtc`] owns sockets and drivers, [`whip`] and [`whep`]
//! are the HTTP side. Deliberately absent: mixing, codecs, and any knowledge of how tokens are signed.

pub mod gate;
pub mod red;
pub mod sdp;
pub mod whep;
pub mod whip;

mod counters;
mod crypto;
mod driver;
mod house;
mod line;
mod net;
mod paths;
mod problem;
mod resource;
mod session;
mod tcp;
mod webrtc;

pub use counters::Stats;
pub use sdp::{parse_offer, parse_sdpfrag};
pub use webrtc::{Config, WebRtc};
pub use whep::{WhepState, whep_router};
pub use whip::{WhipState, whip_router};
