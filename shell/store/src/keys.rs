//! The keys that tokens are signed with.
//!
//! The server's own key is an Ed25519 key in `keys/token.pem` of the data folder, created on the first start and readable
//! by its user alone. Whoever can read it can issue tokens, which is how `hustings token` works while the server runs.
//! Applications issue tokens with keys of their own, which are files beside it, named after the `kid` of their tokens:
//! `{kid}.pub.pem` holds an Ed25519 public key, `{kid}.hs256` a secret of at least 32 bytes (RFC 7518, section 3.2).
//!
//! A key belongs to one algorithm, and it is the key that says which, never the token. Deliberately absent: rotation of the
//! server's own key (delete the file and start again: every token ends), and revocation of one token (they expire).

mod files;
mod verify;

#[cfg(test)]
#[path = "keys/tests.rs"]
mod tests;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::{DecodePublicKey, EncodePrivateKey};
use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::{Claims, SeatId, limits};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};

use crate::error::FolderError;

/// Why the keys could not be opened. Every message names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The data folder, or a file in it, is not usable by this user.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file holds no key of the kind that its name says.
    #[error("{} is not {expected}; {remedy}", .path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// An application's key is not usable.
    #[error("the application key {kid}: {reason}")]
    Application {
        /// Its name.
        kid: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gave no randomness for a new key.
    #[error("the system gave no random bytes for a new key: {0}; start again")]
    Randomness(String),
}

/// A key that an application signs tokens with.
#[derive(Debug, Clone, Copy)]
pub enum ApplicationKey<'a> {
    /// An Ed25519 public key in PEM (`-----BEGIN PUBLIC KEY-----`), for tokens with `alg` EdDSA.
    EdDsaPem(&'a str),
    /// A shared secret of at least 32 bytes, for tokens with `alg` HS256.
    Hs256(&'a [u8]),
}

/// Every key that a token may be signed with.
pub struct Keys {
    signing: EncodingKey,
    own: Header,
    trusted: Vec<Trusted>,
}

/// A key that is trusted, and the only algorithm that it is trusted with.
struct Trusted {
    kid: String,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Keys {
    /// Opens the keys in `data_dir`, making the folder and the server's own key if they are absent. Two processes may do
    /// so at once: both get the same key.
    ///
    /// # Errors
    /// [`KeyError`], for the first file that cannot be used: a key that is ignored would be a riddle later.
    pub fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let folder = data_dir.join("keys");
        let own = files::own_key(data_dir, &folder)?;
        let public = own.verifying_key();
        let kid = public.as_bytes()[..8].iter().map(|b| format!("{b:02x}")).collect::<String>();
        let der = own.to_pkcs8_der().expect("an Ed25519 key has a PKCS #8 form");
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.clone());
        let key = DecodingKey::from_ed_der(public.as_bytes());
        let mut keys = Self {
            signing: EncodingKey::from_ed_der(der.as_bytes()),
            own: header,
            trusted: vec![Trusted { kid, algorithm: Algorithm::EdDSA, key }],
        };
        for file in files::application_keys(&folder)? {
            keys.trust(&file.kid, file.key())?;
        }
        Ok(keys)
    }

    /// Trusts an application's key under the name `kid`.
    ///
    /// # Errors
    /// [`KeyError::Application`] when the name is not one or is taken, when the key is weak or is none, or when there are
    /// [`limits::APPLICATION_KEYS_MAX`] already.
    pub fn trust(&mut self, kid: &str, key: ApplicationKey<'_>) -> Result<(), KeyError> {
        let bad = |reason: String| KeyError::Application { kid: kid.escape_debug().to_string(), reason };
        // A key's name is made of the same characters as a seat's.
        kid.parse::<SeatId>().map_err(|e| bad(e.to_string().replace("seat", "key's name")))?;
        if self.trusted.iter().any(|t| t.kid == kid) {
            return Err(bad("there is already a key of that name; rename one of them".into()));
        }
        if self.trusted.len() > limits::APPLICATION_KEYS_MAX {
            return Err(bad(format!("there are {} already; remove one", limits::APPLICATION_KEYS_MAX)));
        }
        let (algorithm, key) = match key {
            ApplicationKey::EdDsaPem(pem) => (Algorithm::EdDSA, ed25519(pem).map_err(bad)?),
            ApplicationKey::Hs256(secret) if secret.len() < 32 => {
                return Err(bad(format!("a secret has at least 32 bytes, this has {}", secret.len())));
            }
            ApplicationKey::Hs256(secret) => (Algorithm::HS256, DecodingKey::from_secret(secret)),
        };
        self.trusted.push(Trusted { kid: kid.to_owned(), algorithm, key });
        Ok(())
    }

    /// A token that says `claims`, signed with the server's own key. What [`Keys::verify`] would not accept (a name that
    /// is too long, an `exp` in the past) is the caller's to refuse before.
    #[must_use]
    pub fn issue(&self, claims: &Claims) -> String {
        jsonwebtoken::encode(&self.own, claims, &self.signing)
            .expect("claims are plain JSON and the key is an Ed25519 key")
    }

    /// The claims of a token whose signature holds and whose times hold at `now_s`, in seconds since 1970. Takes any
    /// bytes; costs at most one signature check for each key of the token's algorithm.
    ///
    /// # Errors
    /// [`TokenError::Malformed`], [`TokenError::BadSignature`], [`TokenError::Expired`].
    pub fn verify(&self, token: &[u8], now_s: u64) -> Result<Claims, TokenError> {
        verify::claims(&self.trusted, token, now_s)
    }
}

impl TokenCheck for Keys {
    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        // A clock before 1970 reads as 1970: every token is then still ahead of its `exp`, and too far behind its `iat`.
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        self.verify(token.as_bytes(), now_s)
    }
}

impl std::fmt::Debug for Keys {
    /// Names the keys, never what is in them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.trusted.iter().map(|t| (&t.kid, t.algorithm))).finish()
    }
}

fn ed25519(pem: &str) -> Result<DecodingKey, String> {
    let key = VerifyingKey::from_public_key_pem(pem.trim())
        .map_err(|_| "not an Ed25519 public key in PEM; \"openssl pkey -in KEY -pubout\" prints one".to_owned())?;
    if key.is_weak() {
        return Err("a weak Ed25519 key, for which anybody can sign; make a new one".to_owned());
    }
    Ok(DecodingKey::from_ed_der(key.as_bytes()))
}
