//! Keys of notes: who signs, and how a key is written down (`name+id+base64`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hustings_vocab::limits::evidence::KEY_NAME_CHARS_MAX;
use sha2::{Digest, Sha256};

use super::{Note, Signature, cosigned_text};
use crate::hex;

/// The kind of a key that signs notes.
const ED25519: u8 = 1;
/// The kind of a key that cosigns.
const COSIGNATURE: u8 = 4;

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key of the form name+id+base64: {0}")]
pub struct BadKey(&'static str);

/// A key that checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: u8,
    key: VerifyingKey,
}

/// A key that signs.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Verifier {
    /// Reads a key as it is written down.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.trim_end_matches('\n').splitn(3, '+');
        let mut next = || parts.next().ok_or(BadKey("it has three parts"));
        let (name, id, base64) = (next()?, next()?, next()?);
        if !is_name(name) {
            return Err(BadKey("its name has no spaces and no plus, and at most 200 characters"));
        }
        let bytes = STANDARD.decode(base64).map_err(|_| BadKey("its third part is base64"))?;
        let bytes: [u8; 33] = bytes.try_into().map_err(|_| BadKey("it has 33 bytes"))?;
        let (kind, bytes) = bytes.split_first_chunk::<1>().ok_or(BadKey("it has 33 bytes"))?;
        let kind = kind[0];
        if !matches!(kind, ED25519 | COSIGNATURE) {
            return Err(BadKey("it is an Ed25519 key, for notes (1) or cosignatures (4)"));
        }
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| BadKey("it has 33 bytes"))?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| BadKey("it is no point of the curve"))?;
        if key.is_weak() {
            return Err(BadKey("it is a weak key, for which anybody can sign"));
        }
        let key = Self { name: name.to_owned(), kind, key };
        if hex::encode(&key.id()) != id {
            return Err(BadKey("its second part is not the hash of the others"));
        }
        Ok(key)
    }

    /// The key as it is written down.
    #[must_use]
    pub fn encode(&self) -> String {
        let bytes = [&[self.kind][..], self.key.as_bytes()].concat();
        format!("{}+{}+{}", self.name, hex::encode(&self.id()), STANDARD.encode(bytes))
    }

    /// The key's name: of a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_log_line(&self, line: &Signature) -> bool {
        self.kind == ED25519 && line.name == self.name && line.id == self.id()
    }

    /// Whether a line of a note claims to be this witness's. It is not checked.
    #[must_use]
    pub fn is_witness_line(&self, line: &Signature) -> bool {
        self.kind == COSIGNATURE && line.name == self.name && line.id == self.id()
    }

    pub(super) fn holds(&self, text: &[u8], signature: &[u8]) -> bool {
        let signature = signature.try_into().map(ed25519_dalek::Signature::from_bytes);
        signature.is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }

    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new().chain_update(&self.name).chain_update([b'\n', self.kind]).chain_update(self.key);
        let hash: [u8; 32] = hash.finalize().into();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

impl Signer {
    /// From a name and the 32 bytes of a secret.
    ///
    /// # Errors
    /// [`BadKey`], for the name.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, BadKey> {
        if !is_name(name) {
            return Err(BadKey("its name has no spaces and no plus, and at most 200 characters"));
        }
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(secret) })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What checks notes that this key signs.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), kind: ED25519, key: self.key.verifying_key() }
    }

    /// What checks cosignatures of this key.
    #[must_use]
    pub fn witness(&self) -> Verifier {
        Verifier { kind: COSIGNATURE, ..self.verifier() }
    }

    /// A text that ends with a line feed, signed.
    #[must_use]
    pub fn sign(&self, text: &str) -> Note {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        let signature = Signature { name: self.name.clone(), id: self.verifier().id(), bytes };
        Note { text: text.to_owned(), signatures: vec![signature] }
    }

    /// The line that says that this text was seen at this time, in seconds since 1970.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> Signature {
        let signature = self.key.sign(cosigned_text(text, time).as_bytes()).to_bytes();
        let bytes = [&time.to_be_bytes()[..], &signature].concat();
        Signature { name: self.name.clone(), id: self.witness().id(), bytes }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= KEY_NAME_CHARS_MAX && name.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}
