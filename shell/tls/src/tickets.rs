//! Tickets with which a client resumes its session (RFC 8446, section 4.6.1), after a restart and in another process too.
//!
//! A crowd whose server was started again comes back at once, and a handshake that resumes costs less than one in full. So
//! the keys of tickets are derived from a secret in a file, one for each six hours, and every process that knows the file
//! can read what any of them has sealed. Nothing is kept for a session. What was said in a session stays secret even from
//! who learns this secret later, for a resumed handshake of TLS 1.3 agrees on new keys (`psk_dhe_ke`); it is not so in
//! TLS 1.2, whose tickets have keys that no file holds.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::server::ProducesTickets;

use crate::certificate::TlsError;

/// A key seals for so long, and opens for as long again.
const EPOCH_SECONDS: u64 = 6 * 60 * 60;
/// Bytes of the secret.
const SECRET_BYTES: usize = 32;
/// Bytes of an epoch's number, which a ticket begins with.
const NUMBER_BYTES: usize = 4;

/// Seals and opens tickets.
pub(crate) struct Tickets {
    secret: Prk,
    random: SystemRandom,
    /// The keys of the last epochs that were asked for, the newest first; at most two.
    keys: RwLock<Vec<(u32, LessSafeKey)>>,
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tickets").finish_non_exhaustive()
    }
}

impl Tickets {
    /// Reads the secret, or draws one and writes it down for this user alone.
    pub(crate) fn open(path: &Path) -> Result<Self, TlsError> {
        let unreadable = |error: io::Error| TlsError::Unreadable { path: path.to_owned(), error: error.to_string() };
        let random = SystemRandom::new();
        let mut secret = [0; SECRET_BYTES];
        if !path.exists() {
            random.fill(&mut secret).map_err(|_| unreadable(io::Error::other("there is no randomness")))?;
            make(path, &secret).map_err(unreadable)?;
        }
        // Whoever was first has made it.
        let mut file = std::fs::File::open(path).map_err(unreadable)?;
        file.read_exact(&mut secret).map_err(unreadable)?;
        Ok(Self { secret: Prk::new_less_safe(HKDF_SHA256, &secret), random, keys: RwLock::default() })
    }

    fn with_key<R>(&self, epoch: u32, use_it: impl FnOnce(&LessSafeKey) -> R) -> Option<R> {
        {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, key)) = keys.iter().find(|(of, _)| *of == epoch) {
                return Some(use_it(key));
            }
        }
        let number = epoch.to_be_bytes();
        let info = [&b"hustings ticket"[..], &number];
        let key = UnboundKey::from(self.secret.expand(&info, &CHACHA20_POLY1305).ok()?);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.push((epoch, LessSafeKey::new(key)));
        keys.sort_by_key(|(of, _)| std::cmp::Reverse(*of));
        keys.truncate(2);
        keys.iter().find(|(of, _)| *of == epoch).map(|(_, key)| use_it(key))
    }

    fn seal(&self, now: u32, session: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).ok()?;
        let mut ticket = [&now.to_be_bytes()[..], &nonce, session].concat();
        let sealed = ticket.split_at_mut(NUMBER_BYTES + NONCE_LEN).1;
        let tag = self.with_key(now, |key| {
            let nonce = Nonce::assume_unique_for_key(nonce);
            key.seal_in_place_separate_tag(nonce, Aad::from(now.to_be_bytes()), sealed)
        });
        ticket.extend_from_slice(tag?.ok()?.as_ref());
        Some(ticket)
    }

    fn open_at(&self, now: u32, ticket: &[u8]) -> Option<Vec<u8>> {
        let (number, rest) = ticket.split_first_chunk::<NUMBER_BYTES>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let epoch = u32::from_be_bytes(*number);
        if epoch > now || epoch < now.saturating_sub(1) {
            return None;
        }
        let mut session = sealed.to_vec();
        let opened = self.with_key(epoch, |key| {
            let nonce = Nonce::assume_unique_for_key(*nonce);
            key.open_in_place(nonce, Aad::from(*number), &mut session).map(|session| session.len())
        });
        session.truncate(opened?.ok()?);
        Some(session)
    }
}

/// The whole file is there or none, whoever else makes it at the same time.
fn make(path: &Path, secret: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension(format!("{}.new", std::process::id()));
    let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh);
    made?.write_all(secret)?;
    let linked = std::fs::hard_link(&fresh, path);
    std::fs::remove_file(&fresh)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The epoch of this moment.
fn epoch() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now.as_secs() / EPOCH_SECONDS) as u32
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        2 * EPOCH_SECONDS as u32
    }

    fn encrypt(&self, session: &[u8]) -> Option<Vec<u8>> {
        self.seal(epoch(), session)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.open_at(epoch(), ticket)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_ticket_is_good_after_a_restart_for_two_epochs_and_in_one_piece() {
        let folder = std::env::temp_dir().join(format!("hustings-tickets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("tickets.key");
        let tickets = Tickets::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let ticket = tickets.seal(1000, b"a session").unwrap();
        let restarted = Tickets::open(&path).unwrap();
        for (now, good) in [(999, false), (1000, true), (1001, true), (1002, false)] {
            let opened = restarted.open_at(now, &ticket);
            assert_eq!(opened.as_deref(), good.then_some(&b"a session"[..]), "at {now}");
        }
        for at in 0..ticket.len() {
            let mut forged = ticket.clone();
            forged[at] ^= 1;
            assert_eq!(restarted.open_at(1001, &forged), None, "byte {at}");
            assert_eq!(restarted.open_at(1001, &ticket[..at]), None, "{at} bytes");
        }
        assert!(restarted.keys.read().unwrap().len() <= 2);
        std::fs::write(&path, b"short").unwrap();
        assert!(Tickets::open(&path).unwrap_err().to_string().contains("tickets.key"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
