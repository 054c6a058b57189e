//! Messages of the link as bytes: frames of a length and a body, each body one message.
//!
//! Pure functions. A body begins with a byte that names the message; numbers are little-endian and of fixed width, texts
//! and bytes have their length before them, and every length has a maximum in [`hustings_vocab::limits`]. An event is the
//! JSON that the audience is told. Deliberately absent: versions within the format, for an edge and its stage are the same
//! program and say so before the first message.

mod fields;
mod from_edge;
mod to_edge;

use bytes::Bytes;
use hustings_vocab::limits;

use crate::edge::{FromEdge, ToEdge};
use fields::Fields;

/// Bytes of a frame before its body.
pub const HEAD_BYTES: usize = 4;

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The frame is longer than any may be.
    #[error("a frame of {0} bytes, where {max} are the most", max = limits::LINK_FRAME_BYTES_MAX)]
    TooLong(usize),
    /// It ends within a field.
    #[error("a message ends within a field")]
    Short,
    /// It goes on after its last field.
    #[error("{0} bytes follow a message")]
    Long(usize),
    /// There is no such message, or no such value of a field.
    #[error("{0} is no {1}")]
    Unknown(u8, &'static str),
    /// A field is longer than it may be.
    #[error("a field of {found} bytes, where {max} are the most")]
    Field {
        /// Its length.
        found: usize,
        /// The maximum.
        max: usize,
    },
    /// A field that is text is none, or not the text it must be.
    #[error("a field is no {0}")]
    Text(&'static str),
}

/// Appends a frame with a message to an edge.
///
/// # Errors
/// [`WireError::TooLong`]; then nothing was appended.
pub fn put_to_edge(message: &ToEdge, out: &mut Vec<u8>) -> Result<(), WireError> {
    frame(out, |out| to_edge::put(message, out))
}

/// Appends a frame with a message from an edge.
///
/// # Errors
/// [`WireError::TooLong`]; then nothing was appended.
pub fn put_from_edge(message: &FromEdge, out: &mut Vec<u8>) -> Result<(), WireError> {
    frame(out, |out| from_edge::put(message, out))
}

/// Appends a frame with any body.
///
/// # Errors
/// [`WireError::TooLong`]; then nothing was appended.
pub fn put_body(body: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    frame(out, |out| out.extend_from_slice(body))
}

/// The length of the body that follows this head.
///
/// # Errors
/// [`WireError::TooLong`].
pub const fn body_len(head: [u8; HEAD_BYTES]) -> Result<usize, WireError> {
    let len = u32::from_le_bytes(head) as usize;
    if len > limits::LINK_FRAME_BYTES_MAX { Err(WireError::TooLong(len)) } else { Ok(len) }
}

/// Reads the body of a frame to an edge. What it holds refers to `body` and copies nothing.
///
/// # Errors
/// [`WireError`].
pub fn to_edge(body: Bytes) -> Result<ToEdge, WireError> {
    let mut fields = Fields::new(body);
    let message = to_edge::read(&mut fields)?;
    fields.end().map(|()| message)
}

/// Reads the body of a frame from an edge.
///
/// # Errors
/// [`WireError`].
pub fn from_edge(body: Bytes) -> Result<FromEdge, WireError> {
    let mut fields = Fields::new(body);
    let message = from_edge::read(&mut fields)?;
    fields.end().map(|()| message)
}

fn frame(out: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) -> Result<(), WireError> {
    let begin = out.len();
    out.extend_from_slice(&[0; HEAD_BYTES]);
    put(out);
    let len = out.len() - begin - HEAD_BYTES;
    if len > limits::LINK_FRAME_BYTES_MAX {
        out.truncate(begin);
        return Err(WireError::TooLong(len));
    }
    out[begin..begin + HEAD_BYTES].copy_from_slice(&(len as u32).to_le_bytes());
    Ok(())
}

#[cfg(test)]
mod tests;
