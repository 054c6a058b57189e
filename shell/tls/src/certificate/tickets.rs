//! Session tickets (RFC 8446, section 4.6.1) under keys that several processes share, so that a session resumes at whichever
//! of them the next connection arrives.
//!
//! One process draws the keys, keeps the last two and shows them to the others ([`super::Tls::ticket_keys`]); nobody keeps an
//! older one, so what was recorded on the network stays closed. A ticket is a random nonce, and the session under
//! ChaCha20-Poly1305.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::server::ProducesTickets;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A key is used for so long, and accepted for as long again: as rustls does by itself.
const ROLL: Duration = Duration::from_secs(6 * 60 * 60);
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// A session without a client's certificate has some 200 bytes.
const TICKET_BYTES_MAX: usize = 4096;

/// The keys in use, the newest first.
#[derive(Default)]
pub(super) struct Tickets(RwLock<Vec<LessSafeKey>>);

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tickets").finish_non_exhaustive()
    }
}

/// Draws keys, and a new one every [`ROLL`].
pub(super) fn draw() -> Result<(watch::Receiver<Option<Bytes>>, JoinHandle<()>), rustls::Error> {
    let first = key()?;
    let (show, keys) = watch::channel(Some(Bytes::copy_from_slice(&first)));
    let rolling = tokio::spawn(async move {
        let mut newest = first;
        loop {
            tokio::time::sleep(ROLL).await;
            let Ok(fresh) = key() else {
                tracing::error!("no key for session tickets could be drawn; the old one is kept");
                continue;
            };
            show.send_replace(Some([fresh, newest].concat().into()));
            newest = fresh;
        }
    });
    Ok((keys, rolling))
}

/// Tickets under the keys that are shown.
pub(super) fn follow(mut keys: watch::Receiver<Option<Bytes>>) -> (Arc<Tickets>, JoinHandle<()>) {
    let tickets = Arc::<Tickets>::default();
    let used = tickets.clone();
    used.set(keys.borrow_and_update().as_deref());
    let following = tokio::spawn(async move {
        while keys.changed().await.is_ok() {
            used.set(keys.borrow_and_update().as_deref());
        }
    });
    (tickets, following)
}

impl Tickets {
    fn set(&self, keys: Option<&[u8]>) {
        let keys = keys.unwrap_or_default().chunks_exact(KEY_BYTES);
        let keys = keys.filter_map(|key| UnboundKey::new(&CHACHA20_POLY1305, key).ok());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.map(LessSafeKey::new).collect();
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        2 * ROLL.as_secs() as u32
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        // At random, because a counter would tell how many there are.
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut ticket = [&nonce[..], plain].concat();
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (key, nonce) = (keys.first()?, Nonce::assume_unique_for_key(nonce));
        let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut ticket[NONCE_LEN..]).ok()?;
        ticket.extend_from_slice(tag.as_ref());
        Some(ticket).filter(|ticket| ticket.len() <= TICKET_BYTES_MAX)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = ticket.split_first_chunk::<NONCE_LEN>().filter(|_| ticket.len() <= TICKET_BYTES_MAX)?;
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().find_map(|key| {
            let mut opened = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let len = key.open_in_place(nonce, Aad::empty(), &mut opened).ok()?.len();
            opened.truncate(len);
            Some(opened)
        })
    }
}

fn key() -> Result<[u8; KEY_BYTES], rustls::Error> {
    let mut key = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut key).map_err(|_| rustls::Error::FailedToGetRandomBytes)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(keys: &[u8]) -> Tickets {
        let tickets = Tickets::default();
        tickets.set(Some(keys));
        tickets
    }

    #[test]
    fn a_session_resumes_wherever_its_key_is_known_and_for_one_roll() {
        let (old, new, other) = ([1; KEY_BYTES], [2; KEY_BYTES], [3; KEY_BYTES]);
        let ticket = with(&old).encrypt(b"a session").unwrap();
        assert_eq!(with(&old).decrypt(&ticket).unwrap(), b"a session");
        assert_eq!(with(&[new, old].concat()).decrypt(&ticket).unwrap(), b"a session");
        assert_eq!(with(&[other, new].concat()).decrypt(&ticket), None);
        assert_ne!(with(&old).encrypt(b"a session").unwrap(), ticket);
        assert_eq!(Tickets::default().encrypt(b"a session"), None, "nobody has shown a key yet");
    }

    #[test]
    fn what_was_changed_cut_or_made_up_is_no_ticket() {
        let tickets = with(&[1; KEY_BYTES]);
        let ticket = tickets.encrypt(b"a session").unwrap();
        for n in 0..ticket.len() {
            let mut changed = ticket.clone();
            changed[n] ^= 1;
            assert_eq!(tickets.decrypt(&changed), None);
            assert_eq!(tickets.decrypt(&ticket[..n]), None);
        }
        assert_eq!(tickets.decrypt(&[0; TICKET_BYTES_MAX + 1]), None);
        assert_eq!(tickets.encrypt(&[0; TICKET_BYTES_MAX]), None);
    }

    #[tokio::test]
    async fn keys_that_are_drawn_are_followed() {
        let (keys, rolling) = draw().unwrap();
        let (ours, _) = follow(keys.clone());
        let (theirs, _) = follow(keys);
        let ticket = ours.encrypt(b"a session").unwrap();
        assert_eq!(theirs.decrypt(&ticket).unwrap(), b"a session");
        rolling.abort();
    }
}
