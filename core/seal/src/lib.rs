//! The records of TLS 1.3 after the handshake (RFC 8446, section 5): sealed and opened with nothing kept but keys.
//!
//! A [`Session`] is what is left of a connection when its handshake is over: two keys, two numbers, and whoever derives
//! the next keys. It holds no buffer while nothing is under way. A record that the network took only in part is not
//! stored either: it is sealed again from the same text under the same number, which gives the same bytes, and its tag
//! proves it.
//!
//! Deliberately absent: the handshake, sockets, and every version but 1.3.

mod fault;
mod inward;
mod keys;
mod outward;
mod session;
#[cfg(test)]
mod tests;

pub use fault::{Alert, Fault};
pub use keys::{Direction, Keys, Succession, Suite};
pub use outward::{Offer, Passage};
pub use session::{Attended, ReadError, Session};

/// Bytes of text in one record (RFC 8446, section 5.1).
pub const TEXT_BYTES_MAX: usize = 1 << 14;
/// Bytes of a record that is received: its header, text, and at most 256 for type, padding and tag (section 5.2).
pub const RECORD_BYTES_MAX: usize = HEADER_BYTES + TEXT_BYTES_MAX + 256;
const HEADER_BYTES: usize = 5;
const TAG_BYTES: usize = 16;
/// What a record that we seal has beside its text: the header, one byte of type, and the tag.
const AROUND_BYTES: usize = HEADER_BYTES + 1 + TAG_BYTES;

/// Types of what is in a record (section 5.1).
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// The type of a handshake message (section 4).
const KEY_UPDATE: u8 = 24;
