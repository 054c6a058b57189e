//! Sealing: AES-256-GCM under keys that are given.
//!
//! A minute's key is used for that minute alone, and its nonces count. The key of a [`Vault`] lies on the disk; each file has a
//! nonce that was drawn for it, and a name that is sealed with it, so that one file cannot stand in for another.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// What a file begins with.
const MAGIC: &[u8; 4] = b"HCT1";

/// The key of one minute.
pub(crate) struct Key(LessSafeKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// `None` never, for the length is the algorithm's; but it is the library's to say.
    pub(crate) fn new(bytes: &[u8; 32]) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, bytes).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    pub(crate) fn seal(&self, number: u64, mut text: Vec<u8>) -> Option<Vec<u8>> {
        self.0.seal_in_place_append_tag(counted(number), Aad::empty(), &mut text).ok().map(|()| text)
    }

    pub(crate) fn open(&self, number: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = sealed.to_vec();
        let length = self.0.open_in_place(counted(number), Aad::empty(), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

fn counted(number: u64) -> Nonce {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// Why a file cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is damaged, or was sealed under another key; restore the data folder from a backup")]
pub struct Unsealed;

/// What seals pinned tracks for the disk.
#[derive(Debug)]
pub struct Vault(LessSafeKey);

impl Vault {
    /// With a key that only the server reads.
    ///
    /// # Errors
    /// [`Unsealed`], if the library refuses the key.
    pub fn new(key: &[u8; 32]) -> Result<Self, Unsealed> {
        UnboundKey::new(&AES_256_GCM, key).map(|key| Self(LessSafeKey::new(key))).map_err(|_| Unsealed)
    }

    /// The bytes of a file of that name. `nonce` is drawn for it.
    ///
    /// # Errors
    /// [`Unsealed`], if it is longer than can be sealed at once (64 GB).
    pub fn seal(&self, name: &str, nonce: [u8; 12], text: &[u8]) -> Result<Vec<u8>, Unsealed> {
        let mut sealed = text.to_vec();
        let key = &self.0;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut sealed)
            .map_err(|_| Unsealed)?;
        Ok([&MAGIC[..], &nonce[..], &sealed[..]].concat())
    }

    /// What is in the file of that name.
    ///
    /// # Errors
    /// [`Unsealed`].
    pub fn open(&self, name: &str, file: &[u8]) -> Result<Vec<u8>, Unsealed> {
        let rest = file.strip_prefix(MAGIC).ok_or(Unsealed)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealed)?;
        let mut bytes = sealed.to_vec();
        let opened = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(name), &mut bytes);
        let length = opened.map_err(|_| Unsealed)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opens_under_its_key_and_its_name_alone() {
        let vault = Vault::new(&[7; 32]).unwrap();
        let file = vault.seal("c1-0", [1; 12], b"sound").unwrap();
        assert!(!file.windows(5).any(|w| w == b"sound"));
        assert_eq!(vault.open("c1-0", &file).unwrap(), b"sound");
        assert_eq!(vault.open("c1-1", &file), Err(Unsealed));
        assert_eq!(Vault::new(&[8; 32]).unwrap().open("c1-0", &file), Err(Unsealed));
        for cut in [0, 3, 4, 15, 16, file.len() - 1] {
            assert_eq!(vault.open("c1-0", &file[..cut]), Err(Unsealed));
        }
    }
}
