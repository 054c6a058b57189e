//! From the secret of a DTLS handshake to session keys: RFC 5764 (section 4.2) and RFC 3711 (section 4.3).

use aes::{Aes128, Aes256};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};

/// How packets are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// AES-128 in counter mode with HMAC-SHA1, tags of 80 bits (RFC 3711, RFC 5764).
    Aes128CmSha1,
    /// AES-128-GCM with tags of 128 bits (RFC 7714).
    Aes128Gcm,
    /// AES-256-GCM with tags of 128 bits (RFC 7714).
    Aes256Gcm,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Aes128CmSha1, Self::Aes128Gcm, Self::Aes256Gcm];

    /// Bytes of a key.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::Aes128CmSha1 | Self::Aes128Gcm => 16,
            Self::Aes256Gcm => 32,
        }
    }

    /// Bytes of a salt.
    #[must_use]
    pub const fn salt_bytes(self) -> usize {
        match self {
            Self::Aes128CmSha1 => 14,
            Self::Aes128Gcm | Self::Aes256Gcm => 12,
        }
    }

    /// Bytes that protection adds to RTP.
    #[must_use]
    pub const fn tag_bytes(self) -> usize {
        match self {
            Self::Aes128CmSha1 => 10,
            Self::Aes128Gcm | Self::Aes256Gcm => 16,
        }
    }
}

/// A master key and its salt: one direction of a session.
#[derive(Clone, Copy)]
pub struct Master<'a> {
    /// How packets are protected.
    pub profile: Profile,
    /// [`Profile::key_bytes`] of key.
    pub key: &'a [u8],
    /// [`Profile::salt_bytes`] of salt.
    pub salt: &'a [u8],
}

impl core::fmt::Debug for Master<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Master").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// The two directions that a handshake's keying material holds: what the DTLS client writes with, then what the server
/// writes with. `None` if it is too short.
#[must_use]
pub fn masters(profile: Profile, material: &[u8]) -> Option<(Master<'_>, Master<'_>)> {
    let (client_key, rest) = material.split_at_checked(profile.key_bytes())?;
    let (server_key, rest) = rest.split_at_checked(profile.key_bytes())?;
    let (client_salt, rest) = rest.split_at_checked(profile.salt_bytes())?;
    let server_salt = rest.get(..profile.salt_bytes())?;
    Some((
        Master { profile, key: client_key, salt: client_salt },
        Master { profile, key: server_key, salt: server_salt },
    ))
}

/// What a session key is for: its label (RFC 3711, section 4.3.2).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Label {
    RtpKey = 0,
    RtpAuth = 1,
    RtpSalt = 2,
    RtcpKey = 3,
    RtcpAuth = 4,
    RtcpSalt = 5,
}

impl Master<'_> {
    /// The session key of `N` bytes for a label, with a key derivation rate of zero. A shorter salt counts as if zeros
    /// followed it (RFC 7714, section 11).
    pub(crate) fn derive<const N: usize>(&self, label: Label) -> [u8; N] {
        let mut iv = [0; 16];
        iv[..self.salt.len()].copy_from_slice(self.salt);
        iv[7] ^= label as u8;
        let mut out = [0; N];
        // The profile has set the length of the key.
        if self.key.len() == 32 {
            Ctr128BE::<Aes256>::new(self.key.into(), &iv.into()).apply_keystream(&mut out);
        } else {
            Ctr128BE::<Aes128>::new(self.key.into(), &iv.into()).apply_keystream(&mut out);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealer::tests::hex;

    /// RFC 3711, appendix B.3.
    #[test]
    fn session_keys_are_those_of_rfc_3711() {
        let (key, salt) = (hex("E1F97A0D3E018BE0D64FA32C06DE4139"), hex("0EC675AD498AFEEBB6960B3AABE6"));
        let master = Master { profile: Profile::Aes128CmSha1, key: &key, salt: &salt };
        assert_eq!(master.derive::<16>(Label::RtpKey)[..], hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(master.derive::<14>(Label::RtpSalt)[..], hex("30CBBC08863D8C85D49DB34A9AE1"));
        let auth = "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4";
        assert_eq!(master.derive::<20>(Label::RtpAuth)[..], hex(auth));
    }

    #[test]
    fn keying_material_is_both_keys_then_both_salts() {
        for profile in Profile::ALL {
            let (key, salt) = (profile.key_bytes(), profile.salt_bytes());
            let material: Vec<u8> = (0..2 * (key + salt)).map(|n| n as u8).collect();
            let (client, server) = masters(profile, &material).expect("long enough");
            assert_eq!((client.key, server.key), (&material[..key], &material[key..2 * key]));
            assert_eq!((client.salt, server.salt), (&material[2 * key..][..salt], &material[2 * key + salt..]));
            assert!(masters(profile, &material[1..]).is_none());
        }
    }
}
