//! Passwords: Argon2id with 19 MiB, two passes and one lane (OWASP's first choice), on threads that may block.
//!
//! A check takes some 20 ms of a core and 19 MiB, so few run at once and a bounded number waits. Where there is no hash to check
//! against, one of nobody's is checked, so that an unknown handle takes as long as a wrong password.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use hustings_vocab::limits;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is the password.
    Right,
    /// It is not, or there is none.
    Wrong,
}

/// Why nothing was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unhashed {
    /// As many wait as may wait.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// The library refused, which it does for no input that gets here.
    #[error("a password could not be hashed")]
    Failed,
}

/// Hashes and checks passwords.
#[derive(Debug)]
pub struct Passwords {
    at_once: Semaphore,
    waiting: AtomicUsize,
    nobodys: Arc<str>,
}

impl Passwords {
    /// Draws and hashes a password that nobody has, which takes as long as a check.
    ///
    /// # Errors
    /// [`Unhashed::Failed`].
    pub fn new() -> Result<Self, Unhashed> {
        let nobodys = hash(&crate::secret())?.into();
        Ok(Self { at_once: Semaphore::new(limits::PASSWORDS_AT_ONCE_MAX), waiting: AtomicUsize::new(0), nobodys })
    }

    /// The hash of a new password, as a text that says how it was made.
    ///
    /// # Errors
    /// [`Unhashed`].
    pub async fn hash(&self, password: String) -> Result<String, Unhashed> {
        self.in_turn(move || hash(&password)).await
    }

    /// Checks a password against a hash, or against nobody's.
    ///
    /// # Errors
    /// [`Unhashed`].
    pub async fn check(&self, password: String, hash: Option<String>) -> Result<Checked, Unhashed> {
        let (known, hash) = (hash.is_some(), hash.map_or_else(|| self.nobodys.clone(), Into::into));
        self.in_turn(move || {
            let hash = PasswordHash::new(&hash).map_err(|_| Unhashed::Failed)?;
            let right = argon()?.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(if right && known { Checked::Right } else { Checked::Wrong })
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Unhashed> + Send + 'static,
    ) -> Result<T, Unhashed> {
        let _waits = Waits::begin(&self.waiting)?;
        let _turn = self.at_once.acquire().await.map_err(|_| Unhashed::Failed)?;
        // Whoever asked may go away; the thread is busy until it is done all the same, so the turn is kept until then.
        tokio::task::spawn_blocking(work).await.map_err(|_| Unhashed::Failed)?
    }
}

/// One who waits.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Result<Self, Unhashed> {
        let waits = Self(waiting);
        if waiting.fetch_add(1, Relaxed) >= limits::PASSWORDS_WAITING_MAX { Err(Unhashed::Busy) } else { Ok(waits) }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn argon() -> Result<Argon2<'static>, Unhashed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Unhashed::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, Unhashed> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|_| Unhashed::Failed)?;
    argon()?.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|_| Unhashed::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_right_or_wrong_and_nobodys_is_wrong() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("correct horse battery".into()).await.unwrap());
        let check =
            async |word: &str, hash: Option<&String>| passwords.check(word.into(), hash.cloned()).await.unwrap();
        assert_eq!(check("correct horse battery", Some(&hash)).await, Checked::Right);
        assert_eq!(check("correct horse", Some(&hash)).await, Checked::Wrong);
        assert_eq!(check("correct horse battery", None).await, Checked::Wrong);
    }

    #[tokio::test]
    async fn so_many_may_wait_and_no_more() {
        let passwords = Arc::new(Passwords::new().unwrap());
        let asked: Vec<_> = (0..limits::PASSWORDS_WAITING_MAX + 5)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.check("x".into(), None).await })
            })
            .collect();
        let mut busy = 0;
        for one in asked {
            busy += usize::from(one.await.unwrap() == Err(Unhashed::Busy));
        }
        assert!((1..=5).contains(&busy), "{busy}");
        assert_eq!(passwords.waiting.load(Relaxed), 0);
    }
}
