//! What a WebRTC listener is sent, and what its RTCP says: SRTP without a session object.
//!
//! In reading order: a [`Reel`] holds the frames that a crowd hears, a [`Track`] is one listener's way of writing them, and
//! is made of an SRTP [`Sealer`]; [`Opener`] and [`hear`] take in what comes back; [`Slots`] and [`Pace`] say
//! when whom. One frame is shared by everybody: per listener there are twelve bytes of header and a cipher.
//!
//! No clock, no socket, no chance: time, keys and identifiers are arguments. Deliberately absent: DTLS and ICE, which end
//! before this begins; retransmission as a stream of its own (RFC 4588), because a packet that is sealed again is the
//! same packet; receiving RTP.

mod kdf;
mod opener;
mod pace;
mod reel;
mod rtcp;
mod sealer;
mod slots;
mod track;

pub use kdf::{Master, Profile, masters};
pub use opener::{Opener, Unopened};
pub use pace::Pace;
pub use reel::{Frame, Reel};
pub use rtcp::{BadRtcp, Block, Heard, SenderReport, goodbye, hear, receiver_report};
pub use sealer::Sealer;
pub use slots::{SLOTS, STEP, Slot, Slots};
pub use track::Track;
