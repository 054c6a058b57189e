//! DTLS of one listener: the handshake that gives the keys of SRTP (RFC 5764), and later the goodbye.
//!
//! It drives the `dimpl` state machine directly. The peer's certificate must be the one that its offer named, which is all
//! that ties the keys to the request. A record that upsets it after the handshake is none of our concern: the keys are there.

use std::time::Instant;

use hustings_whep::{Master, Profile, masters};
use ring::digest::{SHA256, digest};

/// DTLS records of ours are no larger than this, so that they fit any path.
const MTU: usize = 1150;
/// Records in one go: a flight has six.
const OUTPUTS_MAX: usize = 32;

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It goes on.
    Going,
    /// It was completed just now: [`Handshake::keys`].
    Done,
    /// The peer says goodbye.
    Goodbye,
    /// It cannot be completed.
    Failed,
}

/// One listener's DTLS.
pub(crate) struct Handshake {
    dtls: dimpl::Dtls,
    /// SHA-256 of the certificate that was offered, as colon-separated hexadecimal.
    fingerprint: String,
    trusted: bool,
    connected: bool,
    keys: Option<Keys>,
    done: bool,
    due: Instant,
}

struct Keys {
    profile: Profile,
    material: dimpl::KeyingMaterial,
}

impl Handshake {
    /// Waits for the peer to begin, or begins if `active`.
    pub(crate) fn new(
        certificate: &dimpl::DtlsCertificate,
        fingerprint: String,
        active: bool,
        now: Instant,
    ) -> Option<Self> {
        let config = crate::crypto::config(Some(MTU)).ok()?;
        let mut dtls = dimpl::Dtls::new_12(config, certificate.clone(), now);
        if active {
            dtls.set_active(true);
        }
        Some(Self { dtls, fingerprint, trusted: false, connected: false, keys: None, done: false, due: now })
    }

    /// Takes in a record of the peer; `out` is lent every datagram to send.
    pub(crate) fn packet(
        &mut self,
        packet: &[u8],
        now: Instant,
        scratch: &mut [u8],
        out: &mut dyn FnMut(&[u8]),
    ) -> Progress {
        // It knows the time, and has drawn its random numbers, only after this.
        if self.dtls.handle_timeout(now).is_err() || self.dtls.handle_packet(packet).is_err() {
            return if self.done { Progress::Going } else { Progress::Failed };
        }
        self.drive(scratch, out)
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant, scratch: &mut [u8], out: &mut dyn FnMut(&[u8])) -> Progress {
        if self.dtls.handle_timeout(now).is_err() {
            return if self.done { Progress::Going } else { Progress::Failed };
        }
        self.drive(scratch, out)
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, scratch: &mut [u8], out: &mut dyn FnMut(&[u8])) {
        if self.dtls.close().is_ok() {
            self.drive(scratch, out);
        }
    }

    /// What we write with and what the peer writes with, once it is done.
    pub(crate) fn keys(&self) -> Option<(Master<'_>, Master<'_>)> {
        let Keys { profile, material } = self.keys.as_ref()?;
        let (client, server) = masters(*profile, material)?;
        Some(if self.dtls.is_active() { (client, server) } else { (server, client) })
    }

    /// The keys have been put to use; nothing of them is kept here.
    pub(crate) fn forget_keys(&mut self) {
        self.keys = None;
    }

    fn drive(&mut self, scratch: &mut [u8], out: &mut dyn FnMut(&[u8])) -> Progress {
        let mut progress = Progress::Going;
        for _ in 0..OUTPUTS_MAX {
            match self.dtls.poll_output(scratch) {
                dimpl::Output::Packet(packet) => out(packet),
                dimpl::Output::PeerCert(der) => {
                    if hexadecimal(digest(&SHA256, der).as_ref()) != self.fingerprint {
                        tracing::debug!("a listener's certificate is not the one of its offer");
                        return Progress::Failed;
                    }
                    self.trusted = true;
                }
                dimpl::Output::KeyingMaterial(material, profile) => {
                    let Some(profile) = known(profile) else { return Progress::Failed };
                    self.keys = Some(Keys { profile, material });
                }
                dimpl::Output::Connected => self.connected = true,
                dimpl::Output::CloseNotify => progress = Progress::Goodbye,
                dimpl::Output::Timeout(at) => {
                    self.due = at;
                    break;
                }
                dimpl::Output::BufferTooSmall { .. } => return Progress::Failed,
                _ => {}
            }
        }
        if !self.done && self.connected && self.trusted {
            self.done = true;
            // A handshake without SRTP is for somebody else.
            return if self.keys.is_some() { Progress::Done } else { Progress::Failed };
        }
        progress
    }

    /// When [`Handshake::tick`] is due: never once it is done, for what is left of a flight is sent again when it is asked for.
    pub(crate) fn wakeup(&self) -> Option<Instant> {
        (!self.done).then_some(self.due)
    }

    /// Whether the keys were given.
    pub(crate) const fn is_done(&self) -> bool {
        self.done
    }
}

const fn known(profile: dimpl::SrtpProfile) -> Option<Profile> {
    match profile {
        dimpl::SrtpProfile::AES128_CM_SHA1_80 => Some(Profile::Aes128CmSha1),
        dimpl::SrtpProfile::AEAD_AES_128_GCM => Some(Profile::Aes128Gcm),
        dimpl::SrtpProfile::AEAD_AES_256_GCM => Some(Profile::Aes256Gcm),
        _ => None,
    }
}

/// As in `a=fingerprint` (RFC 8122, section 5).
fn hexadecimal(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().map(|b| format!("{b:02X}")).collect();
    pairs.join(":")
}
