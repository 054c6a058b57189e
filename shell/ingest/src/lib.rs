//! hustings-ingest: WebRTC in and out.
//!
//! Speakers come by WHIP (RFC 9725) on the stage's own sockets, listeners by WHEP on the audience's. In reading order:
//! [`gate`] decides which datagram may reach which session, [`WebRtc`] owns the stage's sockets and drivers, [`Listeners`] the
//! audience's sockets and threads, [`whip`] and [`whep`] are the HTTP side. Deliberately absent: mixing, codecs, and any knowledge of how tokens are signed.

pub mod gate;
pub mod red;
pub mod sdp;
pub mod whep;
pub mod whip;

mod audience;
mod counters;
mod crypto;
mod driver;
mod line;
mod net;
mod paths;
mod problem;
mod registry;
mod resource;
mod session;
mod tcp;
mod webrtc;

pub use audience::{Listeners, ListenersConfig};
pub use counters::Stats;
pub use sdp::{parse_offer, parse_sdpfrag};
pub use webrtc::{Config, WebRtc};
pub use whep::{WhepState, whep_router};
pub use whip::{WhipState, whip_router};
