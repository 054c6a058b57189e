//! One listener of the crowd.

use std::net::SocketAddr;
use std::time::Instant;

use hustings_whep::{Block, Profile, Sealer, goodbye, masters, receiver_report};
use str0m::crypto::Sha1HmacProvider;
use str0m::ice::{StunMessage, TransId};

use super::post::Answer;

/// The SSRC that a listener without sound reports under, as browsers do.
const REPORTER: u32 = 1;
/// Bytes of a datagram of ours.
const BYTES: usize = 2048;

/// What a datagram was.
pub(super) enum Turn {
    /// Sound, and how much later than its slot.
    Sound {
        late_us: u64,
    },
    /// RTCP.
    Report,
    /// The answer to a check.
    Consent,
    Other,
}

/// A listener.
pub(super) struct Peer {
    index: usize,
    answer: Answer,
    dtls: Option<Box<dimpl::Dtls>>,
    sealer: Option<Sealer>,
    checked: bool,
    /// When the handshake was done.
    pub joined: Option<Instant>,
    /// What a packet that is not late has as its difference of arrival and RTP time, in microseconds.
    earliest: Option<i64>,
    first: Option<u64>,
    highest: u64,
    received: u64,
}

impl Peer {
    pub(super) fn new(index: usize, answer: Answer, mut dtls: dimpl::Dtls) -> Self {
        dtls.set_active(true);
        let (dtls, sealer) = (Some(Box::new(dtls)), None);
        let (checked, joined, earliest) = (false, None, None);
        Self { index, answer, dtls, sealer, checked, joined, earliest, first: None, highest: 0, received: 0 }
    }

    pub(super) fn remote(&self) -> SocketAddr {
        self.answer.remote
    }

    pub(super) fn is_joining(&self) -> bool {
        self.sealer.is_none()
    }

    pub(super) fn has_heard(&self) -> bool {
        self.received > 0
    }

    pub(super) fn join_ms(&self) -> Option<f64> {
        Some((self.joined? - self.answer.asked).as_secs_f64() * 1000.0)
    }

    /// From now on it counts.
    pub(super) fn begin(&mut self) {
        (self.first, self.received) = (None, 0);
    }

    /// Packets that did not come, of those between the first and the last.
    pub(super) fn lost(&self) -> u64 {
        self.first.map_or(0, |first| (self.highest - first + 1).saturating_sub(self.received))
    }

    /// What it has to say now: a check, while it joins the handshake again, afterwards a report.
    pub(super) fn ask(&mut self, now: Instant, hmac: &'static dyn Sha1HmacProvider) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        let joining = self.is_joining();
        let user = format!("{}:measure", self.answer.ufrag);
        let request = StunMessage::binding_request(&user, TransId::new(), true, self.index as u64, 1 << 24, joining);
        let mut buffer = [0; 256];
        let sha1 = |key: &[u8], parts: &[&[u8]]| hmac.sha1_hmac(key, parts);
        if let Ok(len) = request.to_bytes(Some(self.answer.pwd.as_bytes()), &mut buffer, sha1) {
            out.push(buffer[..len].to_vec());
        }
        if let Some(sealer) = &mut self.sealer {
            let block = Block { highest: self.highest as u32, ..Block::default() };
            let mut report = receiver_report(REPORTER, self.answer.ssrc, &block);
            if sealer.rtcp(&mut report) {
                out.push(report);
            }
        } else if self.checked
            && let Some(dtls) = &mut self.dtls
            && dtls.handle_timeout(now).is_ok()
        {
            self.drive(&mut out);
        }
        out
    }

    pub(super) fn goodbye(&mut self) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(sealer) = &mut self.sealer {
            let mut bye = goodbye(REPORTER);
            if sealer.rtcp(&mut bye) {
                out.push(bye);
            }
        }
        out
    }

    /// Takes a datagram; what it makes us say is added to `outs`.
    pub(super) fn take(&mut self, bytes: &mut [u8], at_us: u64, outs: &mut Vec<(usize, Vec<u8>)>) -> Turn {
        match bytes {
            [0x80, kind, seq0, seq1, t0, t1, t2, t3, ..] if !(64..96).contains(&(*kind & 0x7f)) => {
                let time = i64::from(u32::from_be_bytes([*t0, *t1, *t2, *t3])) * 1000 / 48;
                let behind = at_us as i64 - time;
                let earliest = self.earliest.get_or_insert(behind);
                *earliest = behind.min(*earliest);
                let late_us = (behind - *earliest) as u64;
                self.count(u16::from_be_bytes([*seq0, *seq1]));
                Turn::Sound { late_us }
            }
            [0x80..0xc0, ..] => Turn::Report,
            [1, 1, ..] => {
                if !std::mem::replace(&mut self.checked, true)
                    && let Some(dtls) = &mut self.dtls
                    && dtls.handle_timeout(Instant::now()).is_ok()
                {
                    let mut out = Vec::new();
                    self.drive(&mut out);
                    outs.extend(out.into_iter().map(|datagram| (self.index, datagram)));
                }
                Turn::Consent
            }
            [20..64, ..] => {
                if let Some(dtls) = &mut self.dtls
                    && dtls.handle_packet(bytes).is_ok()
                {
                    let mut out = Vec::new();
                    self.drive(&mut out);
                    outs.extend(out.into_iter().map(|datagram| (self.index, datagram)));
                }
                Turn::Other
            }
            _ => Turn::Other,
        }
    }

    fn count(&mut self, seq: u16) {
        self.received += 1;
        let Some(first) = self.first else {
            // With room below, for one that came out of order.
            let seq = u64::from(seq) + (1 << 16);
            (self.first, self.highest) = (Some(seq), seq);
            return;
        };
        let ahead = seq.wrapping_sub(self.highest as u16);
        if ahead < 1 << 15 {
            self.highest += u64::from(ahead);
        }
        debug_assert!(self.highest >= first);
    }

    fn drive(&mut self, out: &mut Vec<Vec<u8>>) {
        let Some(dtls) = &mut self.dtls else { return };
        let mut buffer = [0; BYTES];
        loop {
            match dtls.poll_output(&mut buffer) {
                dimpl::Output::Packet(packet) => out.push(packet.to_vec()),
                dimpl::Output::KeyingMaterial(material, profile) => {
                    let profile = match profile {
                        dimpl::SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmSha1,
                        dimpl::SrtpProfile::AEAD_AES_128_GCM => Profile::Aes128Gcm,
                        _ => Profile::Aes256Gcm,
                    };
                    self.sealer = masters(profile, &material).map(|(ours, _)| Sealer::new(&ours, REPORTER));
                    self.joined = Some(Instant::now());
                }
                dimpl::Output::Timeout(_) | dimpl::Output::BufferTooSmall { .. } => return,
                _ => {}
            }
        }
    }
}
