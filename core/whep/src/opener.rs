//! The receiving half of SRTCP (RFC 3711, section 3.4; RFC 7714, section 9): authentic, decrypted, and once only.
//!
//! A listener sends no RTP, so none is opened. Each sender within a session counts its packets for itself; a few are
//! remembered, and only those that have proved the key.

use ring::aead::Aad;

use crate::kdf::Master;
use crate::sealer::{ENCRYPTED, GCM_TAG, HMAC_TAG, RTCP_HEADER, RTCP_INDEX, Suite, counter_mode, hmac_tag, nonce};

/// Senders within one session: a browser reports under one SSRC, or one for each of its tracks.
const SENDERS_MAX: usize = 4;
/// Packets back from the highest that may still come, in bits of the window (RFC 3711, section 3.3.2).
const REPLAY_WINDOW: u32 = 64;

/// Why a packet was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// Too short to be SRTCP.
    #[error("too short to be SRTCP")]
    Short,
    /// Not made with the key.
    #[error("not made with the session's key")]
    Forged,
    /// It came before, or is too old to tell.
    #[error("a packet that came before")]
    Replayed,
    /// More senders than are remembered.
    #[error("more senders of RTCP than a session has")]
    Senders,
}

/// What came from one sender.
#[derive(Debug, Clone, Copy)]
struct Sender {
    ssrc: u32,
    highest: u32,
    /// Bit n: the packet n before the highest came.
    seen: u64,
}

impl Sender {
    fn is_new(&self, index: u32) -> bool {
        let back = self.highest.wrapping_sub(index);
        index > self.highest || (back < REPLAY_WINDOW && self.seen & (1 << back) == 0)
    }

    fn note(&mut self, index: u32) {
        if index > self.highest {
            let ahead = index - self.highest;
            self.seen = if ahead < REPLAY_WINDOW { self.seen << ahead } else { 0 } | 1;
            self.highest = index;
        } else {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

/// Opens what a session's peer sends.
pub struct Opener {
    suite: Suite,
    senders: Vec<Sender>,
}

impl core::fmt::Debug for Opener {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Opener").field("senders", &self.senders).finish_non_exhaustive()
    }
}

impl Opener {
    /// Opens what is sealed under this master key.
    #[must_use]
    pub fn new(master: &Master<'_>) -> Self {
        Self { suite: Suite::rtcp(master), senders: Vec::new() }
    }

    /// The compound packet in a datagram, decrypted in place.
    ///
    /// # Errors
    /// [`Unopened`]; then the datagram is worth nothing, and the session is as it was.
    pub fn rtcp<'a>(&mut self, packet: &'a mut [u8]) -> Result<&'a [u8], Unopened> {
        let (tag_bytes, tag_last) = match self.suite {
            Suite::Cm { .. } => (HMAC_TAG, true),
            Suite::Gcm { .. } => (GCM_TAG, false),
        };
        let end = packet.len().checked_sub(RTCP_INDEX + tag_bytes).filter(|end| *end >= RTCP_HEADER);
        let end = end.ok_or(Unopened::Short)?;
        let word_at = if tag_last { end } else { end + tag_bytes };
        let word = u32_at(packet, word_at);
        let (ssrc, index) = (u32_at(packet, 4), word & !ENCRYPTED);
        if word & ENCRYPTED == 0 {
            // What is not encrypted was not agreed upon.
            return Err(Unopened::Forged);
        }
        let sender = self.senders.iter().position(|s| s.ssrc == ssrc);
        match sender {
            Some(at) if !self.senders[at].is_new(index) => return Err(Unopened::Replayed),
            None if self.senders.len() == SENDERS_MAX => return Err(Unopened::Senders),
            _ => {}
        }
        self.open(packet, end, ssrc, index)?;
        match sender {
            Some(at) => self.senders[at].note(index),
            None => self.senders.push(Sender { ssrc, highest: index, seen: 1 }),
        }
        Ok(&packet[..end])
    }

    fn open(&self, packet: &mut [u8], end: usize, ssrc: u32, index: u32) -> Result<(), Unopened> {
        match &self.suite {
            Suite::Gcm { key, salt } => {
                let mut aad = [0; RTCP_HEADER + RTCP_INDEX];
                aad[..RTCP_HEADER].copy_from_slice(&packet[..RTCP_HEADER]);
                aad[RTCP_HEADER..].copy_from_slice(&(index | ENCRYPTED).to_be_bytes());
                let nonce = nonce(salt, ssrc, u64::from(index));
                let text = &mut packet[RTCP_HEADER..end + GCM_TAG];
                key.open_in_place(nonce, Aad::from(aad), text).map_err(|_| Unopened::Forged)?;
            }
            Suite::Cm { key, salt, auth } => {
                let (signed, tag) = packet.split_at_mut(end + RTCP_INDEX);
                let expected = hmac_tag(auth, [signed, &[]]);
                // All bytes are looked at, so that time tells nothing of where they differ.
                let differs = expected.iter().zip(tag.iter()).fold(0, |acc, (a, b)| acc | (a ^ b));
                if differs != 0 {
                    return Err(Unopened::Forged);
                }
                counter_mode(key, salt, ssrc, u64::from(index), &mut signed[RTCP_HEADER..end]);
            }
        }
        Ok(())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profile, Sealer};

    fn pair(profile: Profile, ssrc: u32) -> (Sealer, Opener) {
        let (key, salt) = ([3; 32], [9; 14]);
        let master = Master { profile, key: &key[..profile.key_bytes()], salt: &salt[..profile.salt_bytes()] };
        (Sealer::new(&master, ssrc), Opener::new(&master))
    }

    fn plain(ssrc: u32) -> Vec<u8> {
        let mut packet = vec![0x80, 201, 0, 2];
        packet.extend_from_slice(&ssrc.to_be_bytes());
        packet.extend_from_slice(b"text");
        packet
    }

    #[test]
    fn what_is_sealed_is_opened_once_in_any_order() {
        for profile in Profile::ALL {
            let (mut sealer, mut opener) = pair(profile, 7);
            let mut sealed: Vec<_> = (0..100)
                .map(|_| {
                    let mut packet = plain(7);
                    assert!(sealer.rtcp(&mut packet));
                    assert_ne!(packet[8..12], *b"text", "encrypted");
                    packet
                })
                .collect();
            for at in [0, 2, 1, 99, 50] {
                let copy = sealed[at].clone();
                assert_eq!(opener.rtcp(&mut sealed[at]), Ok(&plain(7)[..]), "{profile:?} {at}");
                assert_eq!(opener.rtcp(&mut copy.clone()), Err(Unopened::Replayed));
            }
            assert_eq!(opener.rtcp(&mut sealed[3].clone()), Err(Unopened::Replayed), "too old to tell");
        }
    }

    #[test]
    fn what_was_changed_anywhere_is_forged_and_changes_nothing() {
        for profile in Profile::ALL {
            let (mut sealer, mut opener) = pair(profile, 7);
            let mut packet = plain(7);
            assert!(sealer.rtcp(&mut packet));
            for at in 0..packet.len() {
                let mut changed = packet.clone();
                changed[at] ^= 0x40;
                assert_eq!(opener.rtcp(&mut changed), Err(Unopened::Forged), "{profile:?}, byte {at}");
            }
            for len in 0..packet.len() {
                assert!(opener.rtcp(&mut packet[..len].to_vec()).is_err());
            }
            assert!(opener.rtcp(&mut packet).is_ok());
        }
    }

    #[test]
    fn a_few_senders_count_for_themselves() {
        let (_, mut opener) = pair(Profile::Aes128Gcm, 0);
        for ssrc in 0..6 {
            let mut packet = plain(ssrc);
            assert!(pair(Profile::Aes128Gcm, ssrc).0.rtcp(&mut packet));
            let opened = opener.rtcp(&mut packet).map(<[u8]>::len);
            assert_eq!(opened, if ssrc < 4 { Ok(12) } else { Err(Unopened::Senders) });
        }
    }
}
