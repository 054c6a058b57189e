//! Records that go out, one at a time, each whole before the next.
//!
//! [`Session::offer`] puts the next record into a scratch, [`Session::took`] is told how many of its bytes the network
//! took. One that was taken in part must be finished before anything else: the same text is offered again as the first,
//! the record is sealed anew, and the bytes that are gone are left out. If its tag is another, the text was another:
//! nothing of it is sent, for two texts under one number would betray the key.

use std::io::IoSlice;

use crate::keys::Suite;
use crate::{
    ALERT, APPLICATION_DATA, AROUND_BYTES, Alert, Direction, Fault, HANDSHAKE, HEADER_BYTES, KEY_UPDATE, Session,
    TAG_BYTES, TEXT_BYTES_MAX,
};

/// What is to be written next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Nothing: there is no text, and nothing is owed.
    Nothing,
    /// The scratch from this byte on, which is a word between the two ends of the connection.
    Own {
        /// The first byte of the scratch that has not gone yet.
        from: usize,
    },
    /// The scratch from this byte on, which holds the first bytes of the text.
    Text {
        /// The first byte of the scratch that has not gone yet.
        from: usize,
        /// How many bytes of the text.
        bytes: usize,
    },
}

/// How far the network took a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// Nothing of it has ever gone: other text may be offered.
    None,
    /// A part: it must be offered again.
    Part,
    /// All of it.
    Whole,
}

/// A record of which a part may have gone.
#[derive(Debug)]
pub(crate) struct Unfinished {
    what: What,
    /// Bytes of text.
    text: u16,
    /// Bytes of the record that have gone.
    gone: u16,
    tag: [u8; TAG_BYTES],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Text,
    KeyUpdate,
    Alert(Alert),
}

impl Session {
    /// Puts the next record into `scratch`, whose content is lost. Tell [`Session::took`] before you offer again.
    ///
    /// # Errors
    /// [`Fault::Changed`], [`Fault::Closed`] or [`Fault::NoKeys`]: the connection cannot go on.
    pub fn offer(&mut self, text: &[IoSlice<'_>], scratch: &mut Vec<u8>) -> Result<Offer, Fault> {
        if self.outward.next >= Suite::RECORDS_MAX {
            self.owes_key_update = true;
        }
        let what = match &self.unfinished {
            Some(unfinished) => unfinished.what,
            None if self.broken => return Err(Fault::NoKeys),
            None if self.owes_key_update && !self.closed => What::KeyUpdate,
            None => self.owes_alert.map_or(What::Text, What::Alert),
        };
        let update = [KEY_UPDATE, 0, 0, 1, 0];
        let (level, code) = self.owes_alert.map_or((0, 0), |alert| (alert.level(), alert.0));
        let alert = [level, code];
        let own = match what {
            What::Text => None,
            What::KeyUpdate => Some((HANDSHAKE, IoSlice::new(&update))),
            What::Alert(_) => Some((ALERT, IoSlice::new(&alert))),
        };
        let (kind, text) = match &own {
            Some((kind, words)) => (*kind, std::slice::from_ref(words)),
            None => (APPLICATION_DATA, text),
        };
        let bytes = match &self.unfinished {
            Some(unfinished) => usize::from(unfinished.text),
            None => text.iter().map(|t| t.len()).sum::<usize>().min(TEXT_BYTES_MAX),
        };
        if bytes == 0 {
            return Ok(Offer::Nothing);
        }
        if what == What::Text && self.closed {
            return Err(Fault::Closed);
        }
        scratch.clear();
        scratch.reserve(bytes + AROUND_BYTES);
        let length = (bytes + AROUND_BYTES - HEADER_BYTES) as u16;
        scratch.extend_from_slice(&[APPLICATION_DATA, 3, 3]);
        scratch.extend_from_slice(&length.to_be_bytes());
        for piece in text {
            let left = HEADER_BYTES + bytes - scratch.len();
            scratch.extend_from_slice(&piece[..piece.len().min(left)]);
        }
        if scratch.len() < HEADER_BYTES + bytes {
            return Err(Fault::Changed);
        }
        scratch.push(kind);
        let tag = self.outward.seal(scratch);
        let from = match &self.unfinished {
            Some(unfinished) if unfinished.tag != tag => return Err(Fault::Changed),
            Some(unfinished) => usize::from(unfinished.gone),
            None => {
                self.unfinished = Some(Unfinished { what, text: bytes as u16, gone: 0, tag });
                0
            }
        };
        Ok(if what == What::Text { Offer::Text { from, bytes } } else { Offer::Own { from } })
    }

    /// The network took so many bytes of what was offered.
    pub fn took(&mut self, bytes: usize) -> Passage {
        let Some(unfinished) = &mut self.unfinished else { return Passage::None };
        let gone = usize::from(unfinished.gone) + bytes;
        if gone < usize::from(unfinished.text) + AROUND_BYTES {
            unfinished.gone = gone as u16;
            if gone > 0 {
                return Passage::Part;
            }
            self.unfinished = None;
            return Passage::None;
        }
        let what = unfinished.what;
        self.unfinished = None;
        self.outward.next += 1;
        self.patience.sent(self.outward.next);
        match what {
            What::Text => {}
            What::KeyUpdate => {
                self.owes_key_update = false;
                match self.succession.succeed(Direction::Outward) {
                    Some(keys) => self.outward = keys,
                    None => self.broken = true,
                }
            }
            What::Alert(_) => {
                self.owes_alert = None;
                self.closed = true;
            }
        }
        Passage::Whole
    }

    /// The next word is the last: that there is nothing more to say, or why.
    pub fn end(&mut self, alert: Alert) {
        if !self.closed && self.owes_alert.is_none() {
            self.owes_alert = Some(alert);
        }
    }

    /// Whether a record of text is under way, of which the rest must be offered again.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.unfinished.is_some()
    }
}
