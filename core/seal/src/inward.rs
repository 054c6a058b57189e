//! Records that come in.

use std::ops::Range;

use crate::keys::Direction;
use crate::{
    ALERT, APPLICATION_DATA, Alert, Fault, HANDSHAKE, HEADER_BYTES, KEY_UPDATE, RECORD_BYTES_MAX, Session, TAG_BYTES,
    TEXT_BYTES_MAX,
};

/// What received bytes begin with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Not yet a whole record.
    More,
    /// A record with text.
    Text {
        /// Bytes of the record.
        record: usize,
        /// Where among them the text is.
        text: Range<usize>,
    },
    /// A record with nothing for the reader.
    Own {
        /// Bytes of the record.
        record: usize,
    },
    /// The peer says nothing more.
    Closed,
}

/// How many records without a word for the reader are borne. They cost us a key each, and nobody needs them: a client
/// changes its keys after millions of records. One is forgiven for every 64 records that we send.
#[derive(Debug, Default)]
pub(crate) struct Patience(u8);

impl Patience {
    /// As many as rustls bears.
    const MAX: u8 = 32;

    fn wordless(&mut self) -> Result<(), Fault> {
        self.0 += 1;
        if self.0 > Self::MAX { Err(Fault::Flood) } else { Ok(()) }
    }

    /// We have sent a record. Keys that change begin to count anew, so this forgives nobody who makes us change them.
    pub(crate) fn sent(&mut self, number: u64) {
        if number % 64 == 63 {
            self.0 = self.0.saturating_sub(1);
        }
    }
}

impl Session {
    /// Opens the first record of what was received, where it lies.
    pub(crate) fn hear(&mut self, received: &mut [u8]) -> Result<Heard, Fault> {
        let &[kind, _, _, high, low, ..] = &*received else { return Ok(Heard::More) };
        let record = HEADER_BYTES + usize::from(u16::from_be_bytes([high, low]));
        if kind != APPLICATION_DATA {
            return Err(Fault::Unexpected);
        }
        if record > RECORD_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        if record < HEADER_BYTES + 1 + TAG_BYTES {
            return Err(Fault::NotAuthentic);
        }
        let Some(whole) = received.get_mut(..record) else { return Ok(Heard::More) };
        let opened = self.inward.open(whole).ok_or(Fault::NotAuthentic)?;
        // Behind the text stand its type, which is not zero, and any number of zeros (section 5.4).
        let end = opened.iter().rposition(|b| *b != 0).ok_or(Fault::Unexpected)?;
        if end > TEXT_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        let (words, kind) = (&opened[..end], opened[end]);
        match (kind, words) {
            (APPLICATION_DATA, []) => self.patience.wordless()?,
            (APPLICATION_DATA, _) => {
                return Ok(Heard::Text { record, text: HEADER_BYTES..HEADER_BYTES + end });
            }
            (ALERT, [_, code]) => match Alert(*code) {
                Alert::CLOSE_NOTIFY => return Ok(Heard::Closed),
                Alert::USER_CANCELED => self.patience.wordless()?,
                alert => return Err(Fault::Ended(alert)),
            },
            // It must end with its record, for the next one has another key (section 5.1).
            (HANDSHAKE, [KEY_UPDATE, 0, 0, 1, asks @ (0 | 1)]) => {
                let asks = *asks == 1;
                self.patience.wordless()?;
                self.inward = self.succession.succeed(Direction::Inward).ok_or(Fault::NoKeys)?;
                self.owes_key_update |= asks;
            }
            (HANDSHAKE | ALERT, _) => return Err(Fault::Malformed),
            _ => return Err(Fault::Unexpected),
        }
        Ok(Heard::Own { record })
    }
}
