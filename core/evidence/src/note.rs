//! Signed notes (<https://c2sp.org/signed-note>), checkpoints (<https://c2sp.org/tlog-checkpoint>) and cosignatures
//! (<https://c2sp.org/tlog-cosignature>, version 1), all with Ed25519.
//!
//! A note is a text that ends with a line feed, an empty line, and lines of signatures. A signature names its key and
//! begins with the first four bytes of a hash of the name and the key. A log signs the text; a witness signs it together
//! with the time at which it saw it. Lines of keys that one does not know are passed over.

mod keys;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hustings_vocab::limits::evidence::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};

pub use keys::{BadKey, Signer, Verifier};

use crate::merkle::Hash;

/// Why bytes are no note, or not one that can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Not of the form of a signed note.
    #[error("no signed note: {0}")]
    Form(&'static str),
    /// The key has not signed it.
    #[error("the note has no signature of this key")]
    Unsigned,
    /// A signature of the key does not hold.
    #[error("a signature does not hold")]
    Signature,
}

/// A note: its text, and signatures that nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with its last line feed.
    pub text: String,
    /// The signatures.
    pub signatures: Vec<Signature>,
}

/// One line of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The key's name.
    pub name: String,
    /// The first four bytes of the key's hash.
    pub id: [u8; 4],
    /// What follows: 64 bytes of a log, 8 of a time and 64 of a witness.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// The line, with its line feed.
    #[must_use]
    pub fn line(&self) -> String {
        let bytes = [self.id.as_slice(), &self.bytes].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(bytes))
    }

    /// Reads a line without its line feed.
    ///
    /// # Errors
    /// [`BadNote::Form`].
    pub fn parse(line: &str) -> Result<Self, BadNote> {
        let bad = BadNote::Form("a line of a signature is `— name base64`");
        let (name, base64) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(bad)?;
        if !keys::is_name(name) {
            return Err(BadNote::Form("a key's name has no spaces and no plus"));
        }
        let bytes = STANDARD.decode(base64).map_err(|_| BadNote::Form("a signature is base64"))?;
        let (id, bytes) = bytes.split_first_chunk().ok_or(BadNote::Form("a signature is longer"))?;
        if bytes.is_empty() {
            return Err(BadNote::Form("a signature is longer"));
        }
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

impl Note {
    /// Reads a note. No signature is checked.
    ///
    /// # Errors
    /// [`BadNote::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadNote> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(BadNote::Form("it is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| BadNote::Form("it is not UTF-8"))?;
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(BadNote::Form("it holds control characters"));
        }
        let at = text.rfind("\n\n").ok_or(BadNote::Form("no empty line ends its text"))?;
        let (text, lines) = (&text[..=at], &text[at + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(BadNote::Form("its last line does not end"))?;
        let signatures = lines.split('\n').take(NOTE_SIGNATURES_MAX + 1).map(Signature::parse);
        let signatures = signatures.collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > NOTE_SIGNATURES_MAX {
            return Err(BadNote::Form("it has too many signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The note as it is published.
    #[must_use]
    pub fn encode(&self) -> String {
        let lines: String = self.signatures.iter().map(Signature::line).collect();
        format!("{}\n{lines}", self.text)
    }

    /// Whether the log whose key this is has signed.
    ///
    /// # Errors
    /// [`BadNote`].
    pub fn signed_by(&self, key: &Verifier) -> Result<(), BadNote> {
        let own = self.signatures.iter().filter(|s| key.is_log_line(s));
        let mut found = Err(BadNote::Unsigned);
        for signature in own {
            if !key.holds(self.text.as_bytes(), &signature.bytes) {
                return Err(BadNote::Signature);
            }
            found = Ok(());
        }
        found
    }

    /// When the witness whose key this is saw it, in seconds since 1970.
    ///
    /// # Errors
    /// [`BadNote`].
    pub fn cosigned_by(&self, key: &Verifier) -> Result<u64, BadNote> {
        let mut found = Err(BadNote::Unsigned);
        for signature in self.signatures.iter().filter(|s| key.is_witness_line(s)) {
            let Some((time, bytes)) = signature.bytes.split_first_chunk::<8>() else { return Err(BadNote::Signature) };
            let time = u64::from_be_bytes(*time);
            if !key.holds(cosigned_text(&self.text, time).as_bytes(), bytes) {
                return Err(BadNote::Signature);
            }
            found = Ok(time);
        }
        found
    }
}

/// What a witness signs.
fn cosigned_text(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text of the note.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a note. Lines after the third are extensions, which ours do not have.
    ///
    /// # Errors
    /// [`BadNote::Form`].
    pub fn parse(text: &str) -> Result<Self, BadNote> {
        let mut lines = text.split('\n');
        let mut next = || lines.next().ok_or(BadNote::Form("a checkpoint has three lines"));
        let (origin, digits, root) = (next()?, next()?, next()?);
        if origin.is_empty() {
            return Err(BadNote::Form("a checkpoint names its log"));
        }
        let size = digits.parse::<u64>().ok().filter(|size| size.to_string() == digits);
        let size = size.ok_or(BadNote::Form("a checkpoint's size is a number"))?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(BadNote::Form("a checkpoint's root has 32 bytes"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

#[cfg(test)]
mod tests;
