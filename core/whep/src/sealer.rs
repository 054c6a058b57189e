//! The sending half of SRTP (RFC 3711, RFC 7714): one key, one SSRC, no state but the number of the last RTCP packet.
//!
//! A key and a packet index must never meet twice over different bytes: GCM would give its key away. So RTP is only sealed
//! through a [`crate::Track`], which ties each index to one frame, and RTCP takes its index from here. AES-GCM is ring's;
//! AES-CM and HMAC-SHA1 are RustCrypto's, because ring offers no counter mode and its SHA-1 does not use the processor's
//! instructions (876 ns for a packet against 173).

use aes::Aes128;
use ctr::cipher::{InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use ctr::{CtrCore, flavors};
use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha1::Sha1;

use crate::kdf::{Label, Master, Profile};

/// Bytes of an RTP header without extensions or contributing sources (RFC 3550, section 5.1).
pub(crate) const RTP_HEADER: usize = 12;
/// Bytes of RTCP that stay readable: the first header and the sender's SSRC.
pub(crate) const RTCP_HEADER: usize = 8;
/// Bytes of the index that follows SRTCP.
pub(crate) const RTCP_INDEX: usize = 4;
/// Says that an SRTCP packet is encrypted, in the same word as its index.
pub(crate) const ENCRYPTED: u32 = 1 << 31;
/// Bytes of a truncated HMAC-SHA1.
pub(crate) const HMAC_TAG: usize = 10;
/// Bytes of a GCM tag.
pub(crate) const GCM_TAG: usize = 16;

/// A cipher with its salt, for RTP or for RTCP.
#[expect(clippy::large_enum_variant, reason = "nearly everybody has the large one")]
pub(crate) enum Suite {
    Cm { key: Box<Aes128>, salt: [u8; 14], auth: Hmac<Sha1> },
    Gcm { key: LessSafeKey, salt: [u8; 12] },
}

impl Suite {
    pub(crate) fn rtp(master: &Master<'_>) -> Self {
        Self::new(master, Label::RtpKey, Label::RtpAuth, Label::RtpSalt)
    }

    pub(crate) fn rtcp(master: &Master<'_>) -> Self {
        Self::new(master, Label::RtcpKey, Label::RtcpAuth, Label::RtcpSalt)
    }

    fn new(master: &Master<'_>, key: Label, auth: Label, salt: Label) -> Self {
        let gcm = |unbound: Result<UnboundKey, _>| {
            let key = LessSafeKey::new(unbound.expect("the profile has set the length of the key"));
            Self::Gcm { key, salt: master.derive(salt) }
        };
        match master.profile {
            Profile::Aes128CmSha1 => Self::Cm {
                key: Box::new(Aes128::new(&master.derive::<16>(key).into())),
                salt: master.derive(salt),
                auth: Mac::new_from_slice(&master.derive::<20>(auth)).expect("HMAC takes keys of any length"),
            },
            Profile::Aes128Gcm => gcm(UnboundKey::new(&AES_128_GCM, &master.derive::<16>(key))),
            Profile::Aes256Gcm => gcm(UnboundKey::new(&AES_256_GCM, &master.derive::<32>(key))),
        }
    }
}

/// Encrypts or decrypts in counter mode (RFC 3711, section 4.1.1); `index` is the 48-bit index of RTP or the 31-bit one of
/// RTCP.
pub(crate) fn counter_mode(key: &Aes128, salt: &[u8; 14], ssrc: u32, index: u64, text: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(salt);
    xor(&mut iv[4..8], &ssrc.to_be_bytes());
    xor(&mut iv[8..14], &index.to_be_bytes()[2..]);
    let core = CtrCore::<&Aes128, flavors::Ctr128BE>::inner_iv_init(key, &iv.into());
    StreamCipherCoreWrapper::from_core(core).apply_keystream(text);
}

/// The first 80 bits of an HMAC-SHA1.
pub(crate) fn hmac_tag(auth: &Hmac<Sha1>, parts: [&[u8]; 2]) -> [u8; HMAC_TAG] {
    let mut mac = auth.clone();
    parts.into_iter().for_each(|part| mac.update(part));
    let mut tag = [0; HMAC_TAG];
    tag.copy_from_slice(&mac.finalize().into_bytes()[..HMAC_TAG]);
    tag
}

/// The nonce of RTP (RFC 7714, section 8.1) and of RTCP (section 9.1), whose index is as long as ROC and sequence number.
pub(crate) fn nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> Nonce {
    let mut iv = *salt;
    xor(&mut iv[2..6], &ssrc.to_be_bytes());
    xor(&mut iv[6..12], &index.to_be_bytes()[2..]);
    Nonce::assume_unique_for_key(iv)
}

fn xor(to: &mut [u8], with: &[u8]) {
    to.iter_mut().zip(with).for_each(|(to, with)| *to ^= with);
}

/// Protects what is sent from one SSRC under one key.
pub struct Sealer {
    ssrc: u32,
    rtp: Suite,
    rtcp: Suite,
    /// Of the SRTCP packet that comes next.
    rtcp_index: u32,
}

impl core::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sealer").field("ssrc", &self.ssrc).finish_non_exhaustive()
    }
}

impl Sealer {
    /// Seals for this SSRC. Make one for each master key and SSRC, and never a second.
    #[must_use]
    pub fn new(master: &Master<'_>, ssrc: u32) -> Self {
        Self { ssrc, rtp: Suite::rtp(master), rtcp: Suite::rtcp(master), rtcp_index: 0 }
    }

    /// The SSRC.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Writes a header, the payload encrypted, and the tag to the beginning of `out`; gives their length, or `None` if
    /// there is no room. `index` is the packet's 48-bit index, whose lower half is in the header.
    pub(crate) fn rtp(&self, header: [u8; RTP_HEADER], payload: &[u8], index: u64, out: &mut [u8]) -> Option<usize> {
        let end = RTP_HEADER + payload.len();
        out.get_mut(..RTP_HEADER)?.copy_from_slice(&header);
        out.get_mut(RTP_HEADER..end)?.copy_from_slice(payload);
        match &self.rtp {
            Suite::Gcm { key, salt } => {
                out.get(end..end + GCM_TAG)?;
                let sealed = key.seal_in_place_separate_tag(
                    nonce(salt, self.ssrc, index),
                    Aad::from(header),
                    &mut out[RTP_HEADER..end],
                );
                out[end..end + GCM_TAG].copy_from_slice(sealed.ok()?.as_ref());
                Some(end + GCM_TAG)
            }
            Suite::Cm { key, salt, auth } => {
                out.get(end..end + HMAC_TAG)?;
                counter_mode(key, salt, self.ssrc, index, &mut out[RTP_HEADER..end]);
                let roc = ((index >> 16) as u32).to_be_bytes();
                let tag = hmac_tag(auth, [&out[..end], &roc]);
                out[end..end + HMAC_TAG].copy_from_slice(&tag);
                Some(end + HMAC_TAG)
            }
        }
    }

    /// Protects a compound RTCP packet in place (RFC 3711, section 3.4; RFC 7714, section 9). Its index is used up; `false`
    /// once all 2³¹ are, after which nothing may be sent under this key, or if there is no whole header.
    pub fn rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        if self.rtcp_index >= ENCRYPTED || packet.len() < RTCP_HEADER {
            return false;
        }
        let index = self.rtcp_index;
        self.rtcp_index += 1;
        let trailer = (index | ENCRYPTED).to_be_bytes();
        match &self.rtcp {
            Suite::Gcm { key, salt } => {
                let mut aad = [0; RTCP_HEADER + RTCP_INDEX];
                aad[..RTCP_HEADER].copy_from_slice(&packet[..RTCP_HEADER]);
                aad[RTCP_HEADER..].copy_from_slice(&trailer);
                let nonce = nonce(salt, self.ssrc, u64::from(index));
                let text = &mut packet[RTCP_HEADER..];
                let Ok(tag) = key.seal_in_place_separate_tag(nonce, Aad::from(aad), text) else { return false };
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&trailer);
            }
            Suite::Cm { key, salt, auth } => {
                counter_mode(key, salt, self.ssrc, u64::from(index), &mut packet[RTCP_HEADER..]);
                packet.extend_from_slice(&trailer);
                let tag = hmac_tag(auth, [packet, &[]]);
                packet.extend_from_slice(&tag);
            }
        }
        true
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let pair = |p: &[u8]| u8::from_str_radix(core::str::from_utf8(p).expect("text"), 16).expect("hexadecimal");
        digits.chunks(2).map(pair).collect()
    }

    fn gcm(key: &str, salt: &str) -> Sealer {
        let key = hex(key);
        let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
        let suite = || Suite::Gcm {
            key: LessSafeKey::new(UnboundKey::new(algorithm, &key).expect("a key")),
            salt: hex(salt).try_into().expect("a salt"),
        };
        Sealer { ssrc: 0, rtp: suite(), rtcp: suite(), rtcp_index: 0 }
    }

    const SALT: &str = "517569642070726f2071756f";
    /// "Gallia est omnis divisa in partes tres" (RFC 7714, section 16).
    const GALLIA: &str = "47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";

    /// RFC 7714, sections 16.1.1 and 16.2.1.
    #[test]
    fn srtp_in_gcm_is_that_of_rfc_7714() {
        let header: [u8; 12] = hex("8040f17b8041f8d35501a0b2").try_into().expect("twelve");
        let expected = [
            (
                "000102030405060708090a0b0c0d0e0f",
                "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf88\
              33899d7f27beb16a9152cf765ee4390cce",
            ),
            (
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b8\
              7b7aa3db36dfffd6b0f9bb7878d7a76c13",
            ),
        ];
        for (key, expected) in expected {
            let sealer = Sealer { ssrc: 0x5501_a0b2, ..gcm(key, SALT) };
            let mut out = [0; 100];
            let len = sealer.rtp(header, &hex(GALLIA), 0xf17b, &mut out).expect("room");
            assert_eq!(out[..12], header);
            assert_eq!(out[12..len], hex(expected), "{key}");
        }
    }

    /// RFC 7714, section 17.1: index 0x5d4, SSRC 0x4d617273.
    #[test]
    fn srtcp_in_gcm_is_that_of_rfc_7714() {
        let mut sealer = gcm("000102030405060708090a0b0c0d0e0f", SALT);
        (sealer.ssrc, sealer.rtcp_index) = (0x4d61_7273, 0x5d4);
        let mut packet = hex(
            "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        );
        assert!(sealer.rtcp(&mut packet));
        let expected = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b46\
                        86303ded0bb9275bc84aa45896cf4d2fc5abf872 45d9eade 800005d4";
        let expected: Vec<u8> = hex(&expected.replace(char::is_whitespace, ""));
        assert_eq!(packet, expected);
    }

    /// The key stream of RFC 3711, appendix B.2.
    #[test]
    fn counter_mode_is_that_of_rfc_3711() {
        let key = Aes128::new_from_slice(&hex("2B7E151628AED2A6ABF7158809CF4F3C")).expect("a key");
        let salt = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().expect("a salt");
        let mut stream = [0; 48];
        counter_mode(&key, &salt, 0, 0, &mut stream);
        let expected =
            "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(stream[..], hex(expected));
    }

    #[test]
    fn without_room_nothing_is_sealed() {
        let sealer = gcm("000102030405060708090a0b0c0d0e0f", SALT);
        for room in [0, 11, 12, 20, 37] {
            assert_eq!(sealer.rtp([0; 12], &[7; 10], 1, &mut vec![0; room]), None, "{room}");
        }
        assert_eq!(sealer.rtp([0; 12], &[7; 10], 1, &mut [0; 38]), Some(38));
    }
}
