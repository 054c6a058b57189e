//! The key of one direction, and what it seals and opens (RFC 8446, sections 5.2 and 5.3).
//!
//! Keys are kept as they are derived, 44 bytes, and expanded for each record: that costs 0.15 µs beside a system
//! call of 5, and an expanded key has half a kilobyte, which at 10,000 listeners would have to come from memory each time.

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use crate::{HEADER_BYTES, TAG_BYTES};

/// The ciphers of TLS 1.3 that are in use (RFC 8446, appendix B.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// `TLS_AES_128_GCM_SHA256`.
    Aes128Gcm,
    /// `TLS_AES_256_GCM_SHA384`.
    Aes256Gcm,
    /// `TLS_CHACHA20_POLY1305_SHA256`.
    ChaCha20Poly1305,
}

impl Suite {
    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Aes128Gcm => &AES_128_GCM,
            Self::Aes256Gcm => &AES_256_GCM,
            Self::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        }
    }

    fn key_bytes(self) -> usize {
        self.algorithm().key_len()
    }

    /// Records after which a key is changed: half of what AES-GCM may seal (section 5.5); ChaCha20 could seal any number.
    pub(crate) const RECORDS_MAX: u64 = 1 << 23;
}

/// Which way records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From us.
    Outward,
    /// To us.
    Inward,
}

/// Whoever knows the secrets from which keys are derived (RFC 8446, section 7.2).
pub trait Succession: Send + Sync {
    /// The next keys of a direction, whose first record has number 0; `None` if there are none.
    fn succeed(&mut self, direction: Direction) -> Option<Keys>;
}

/// The key of one direction, and the number of its next record.
#[derive(Clone)]
pub struct Keys {
    suite: Suite,
    key: [u8; 32],
    iv: [u8; 12],
    pub(crate) next: u64,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("suite", &self.suite).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Keys {
    /// A key of which `next` records were used; `None` if it has not the length of its suite's.
    #[must_use]
    pub fn new(suite: Suite, key: &[u8], iv: [u8; 12], next: u64) -> Option<Self> {
        let mut held = [0; 32];
        held.get_mut(..suite.key_bytes()).filter(|room| room.len() == key.len())?.copy_from_slice(key);
        Some(Self { suite, key: held, iv, next })
    }

    fn expand(&self) -> LessSafeKey {
        let key = UnboundKey::new(self.suite.algorithm(), &self.key[..self.suite.key_bytes()]);
        LessSafeKey::new(key.expect("the length was looked at"))
    }

    fn nonce(&self) -> Nonce {
        let mut nonce = self.iv;
        nonce.iter_mut().rev().zip(self.next.to_le_bytes()).for_each(|(n, number)| *n ^= number);
        Nonce::assume_unique_for_key(nonce)
    }

    /// Seals a record with the next number, which stays the next: a header, and behind it the text and its type. The tag
    /// is appended and given.
    pub(crate) fn seal(&self, record: &mut Vec<u8>) -> [u8; TAG_BYTES] {
        let (header, inner) = record.split_at_mut(HEADER_BYTES);
        let sealed = self.expand().seal_in_place_separate_tag(self.nonce(), Aad::from(header), inner);
        let tag = sealed.expect("a record is short");
        let tag = <[u8; TAG_BYTES]>::try_from(tag.as_ref()).expect("every suite has tags of 16 bytes");
        record.extend_from_slice(&tag);
        tag
    }

    /// Opens a whole record where it lies; gives what was sealed, its type and padding included.
    pub(crate) fn open<'r>(&mut self, record: &'r mut [u8]) -> Option<&'r [u8]> {
        let (header, sealed) = record.split_at_mut_checked(HEADER_BYTES)?;
        let opened = self.expand().open_in_place(self.nonce(), Aad::from(header), sealed).ok()?;
        self.next += 1;
        Some(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_what_it_sealed_under_the_same_number_alone() {
        for suite in [Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305] {
            let key = [7; 32];
            let ours = Keys::new(suite, &key[..suite.key_bytes()], [9; 12], 5).unwrap();
            let mut theirs = ours.clone();
            let mut record = b"\x17\x03\x03\x00\x16hello\x17".to_vec();
            ours.seal(&mut record);
            assert_eq!(theirs.open(&mut record.clone()), Some(&b"hello\x17"[..]));
            assert_eq!(theirs.open(&mut record), None, "it was number 5");
            assert!(Keys::new(suite, &key[..suite.key_bytes() - 1], [9; 12], 0).is_none());
        }
    }

    #[test]
    fn debugging_shows_no_secrets() {
        let keys = Keys::new(Suite::Aes128Gcm, &[0x42; 16], [0x42; 12], 3).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys { suite: Aes128Gcm, next: 3, .. }");
    }
}
