//! A connection after its handshake.

use std::fmt;

use crate::inward::{Heard, Patience};
use crate::keys::{Keys, Succession};
use crate::outward::Unfinished;
use crate::{Alert, Fault, RECORD_BYTES_MAX};

/// Both directions of a connection, and what they know of each other.
pub struct Session {
    pub(crate) outward: Keys,
    pub(crate) inward: Keys,
    pub(crate) succession: Box<dyn Succession>,
    pub(crate) unfinished: Option<Unfinished>,
    /// Before the next text our keys change: the peer has asked for it, or they are used up.
    pub(crate) owes_key_update: bool,
    pub(crate) owes_alert: Option<Alert>,
    /// We have said that we say nothing more.
    pub(crate) closed: bool,
    /// There were no further keys.
    pub(crate) broken: bool,
    pub(crate) patience: Patience,
    /// The peer has said that it says nothing more.
    ended: bool,
    /// Received and not yet a whole record; empty while nothing is.
    inbox: Vec<u8>,
    /// Opened and not yet read; empty while nothing is.
    text: Vec<u8>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("outward", &self.outward).field("inward", &self.inward).finish_non_exhaustive()
    }
}

/// Why nothing could be read.
#[derive(Debug, PartialEq, Eq)]
pub enum ReadError<E> {
    /// There was nothing to receive, or that failed.
    Source(E),
    /// What was received cannot be. [`Session::end`] with its [`Fault::alert`].
    Fault(Fault),
}

impl Session {
    /// A connection whose handshake is over. `inbox` was received behind it and is not yet opened, `text` is.
    #[must_use]
    pub fn new(outward: Keys, inward: Keys, succession: Box<dyn Succession>, inbox: Vec<u8>, text: Vec<u8>) -> Self {
        Self {
            outward,
            inward,
            succession,
            unfinished: None,
            owes_key_update: false,
            owes_alert: None,
            closed: false,
            broken: false,
            patience: Patience::default(),
            ended: false,
            inbox,
            text,
        }
    }

    /// Appends text that the peer sent, as far as `into`, which has room, has room without growing; gives the number of
    /// bytes. Zero is the end. `receive` appends to a scratch what the network has and gives the number of bytes, zero at
    /// the end; it is called only when there is nothing else. What the scratch held is lost.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read<E>(
        &mut self,
        into: &mut Vec<u8>,
        scratch: &mut Vec<u8>,
        mut receive: impl FnMut(&mut Vec<u8>) -> Result<usize, E>,
    ) -> Result<usize, ReadError<E>> {
        if !self.text.is_empty() {
            let some = self.text.len().min(into.capacity() - into.len());
            into.extend(self.text.drain(..some));
            if self.text.is_empty() {
                self.text = Vec::new();
            }
            return Ok(some);
        }
        scratch.clear();
        scratch.reserve(RECORD_BYTES_MAX);
        scratch.append(&mut self.inbox);
        self.inbox = Vec::new();
        let mut from = 0;
        while !self.ended {
            match self.hear(&mut scratch[from..]).map_err(ReadError::Fault)? {
                Heard::Closed => self.ended = true,
                Heard::Own { record } => from += record,
                Heard::Text { record, text } => {
                    let text = &scratch[from..][text];
                    let some = text.len().min(into.capacity() - into.len());
                    into.extend_from_slice(&text[..some]);
                    self.text = text[some..].to_vec();
                    self.inbox = scratch[from + record..].to_vec();
                    return Ok(some);
                }
                Heard::More => {
                    scratch.drain(..from);
                    from = 0;
                    match receive(scratch) {
                        Ok(0) => self.ended = true,
                        Ok(_) => {}
                        Err(error) => {
                            self.inbox = scratch.clone();
                            return Err(ReadError::Source(error));
                        }
                    }
                }
            }
        }
        Ok(0)
    }

    /// Whether [`Session::read`] has something without receiving anything.
    #[must_use]
    pub fn holds_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// Takes note of what the peer says while nobody reads: that it ends, or changes its keys. What it has to say for
    /// the reader is kept, at most one record; as long as it is kept nothing more is received.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn attend<E>(
        &mut self,
        scratch: &mut Vec<u8>,
        receive: impl FnMut(&mut Vec<u8>) -> Result<usize, E>,
    ) -> Result<Attended, ReadError<E>> {
        if !self.holds_text() {
            // Without room everything that is read is kept.
            self.read(&mut Vec::new(), scratch, receive)?;
        }
        Ok(if self.holds_text() { Attended::Kept } else { Attended::Ended })
    }
}

/// What the peer said while nobody read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// Something for the reader.
    Kept,
    /// That it says nothing more.
    Ended,
}
