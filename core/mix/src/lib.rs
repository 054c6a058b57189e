//! Mixing: what arrives from lines, in any order and with any clock, becomes one program sound and an N−1 mix for
//! everybody on stage, on a 20 ms tick.
//!
//! Pure: time is an argument, codecs are traits.

mod codec;

pub use codec::{BadPacket, Decoder, Encoder};
