//! The answer, and the fragment that answers an ICE restart.

use std::fmt::Write as _;

use str0m::Candidate;

use super::Offer;
use crate::gate::Credentials;

/// Which way sound flows, seen from us, and what we ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A speaker: we receive full-band Opus, and send a mix back if the offer receives.
    Speaker {
        /// Whether a mix is sent back.
        returns: bool,
    },
    /// A listener: we only send.
    Listener,
}

impl Flow {
    /// What the answer says.
    const fn name(self) -> &'static str {
        match self {
            Self::Speaker { returns: true } => "sendrecv",
            Self::Speaker { returns: false } => "recvonly",
            Self::Listener => "sendonly",
        }
    }

    const fn sends(self) -> bool {
        !matches!(self, Self::Speaker { returns: false })
    }
}

/// Everything that an answer says.
pub(crate) struct Answer<'a> {
    pub offer: &'a Offer,
    pub flow: Flow,
    pub credentials: &'a Credentials,
    pub candidates: &'a [Candidate],
    /// SHA-256 of our certificate.
    pub fingerprint: &'a [u8],
    /// Whether we begin the DTLS handshake.
    pub active: bool,
    /// The SSRC that we send on.
    pub ssrc: Option<u32>,
    /// Distinguishes this description from others (RFC 8866, section 5.2).
    pub id: u64,
}

impl Answer<'_> {
    /// The document. Writing to a `String` cannot fail.
    pub(crate) fn to_sdp(&self) -> String {
        let mut sdp = String::with_capacity(1500);
        let mid = self.offer.mid.as_deref();
        let _ = write!(sdp, "v=0\r\no=- {} 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", self.id >> 2);
        if let Some(mid) = mid {
            let _ = write!(sdp, "a=group:BUNDLE {mid}\r\n");
        }
        sdp.push_str("a=msid-semantic: WMS *\r\na=ice-lite\r\n");
        for index in 0..=self.offer.declined.len() {
            if index == self.offer.index {
                self.audio(&mut sdp);
            } else {
                self.declined(&mut sdp, if index < self.offer.index { index } else { index - 1 });
            }
        }
        sdp
    }

    /// The answer to an ICE restart: `application/trickle-ice-sdpfrag` (RFC 9725, section 4.3.3).
    pub(crate) fn restart_fragment(offer: &Offer, credentials: &Credentials, candidates: &[Candidate]) -> String {
        let mut frag = String::with_capacity(500);
        let mid = offer.mid.as_deref().unwrap_or("0");
        let _ = write!(
            frag,
            "a=ice-lite\r\na=group:BUNDLE {mid}\r\nm=audio 9 {} {}\r\na=mid:{mid}\r\n",
            offer.proto, offer.opus
        );
        ice(&mut frag, credentials, candidates);
        frag
    }

    fn audio(&self, sdp: &mut String) {
        let Offer { opus, red, proto, .. } = self.offer;
        // The first payload type is the one that the other side sends: RED heals a lost packet with the next one.
        let formats = red.map_or(opus.to_string(), |red| format!("{red} {opus}"));
        let _ = write!(sdp, "m=audio 9 {proto} {formats}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n");
        ice(sdp, self.credentials, self.candidates);
        let hex: Vec<_> = self.fingerprint.iter().map(|b| format!("{b:02X}")).collect();
        let setup = if self.active { "active" } else { "passive" };
        let _ = write!(sdp, "a=fingerprint:sha-256 {}\r\na=setup:{setup}\r\n", hex.join(":"));
        if let Some(mid) = &self.offer.mid {
            let _ = write!(sdp, "a=mid:{mid}\r\n");
        }
        let _ = write!(sdp, "a={}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", self.flow.name());
        let _ = write!(sdp, "a=rtpmap:{opus} opus/48000/2\r\n");
        if self.offer.nack {
            let _ = write!(sdp, "a=rtcp-fb:{opus} nack\r\n");
        }
        // Chromium sends Opus in hybrid mode, which dulls sibilants, unless it is given 96 kbit/s. Without in-band FEC,
        // which only the hybrid and SILK modes have; RED and NACK are there instead.
        let rate = if self.flow == Flow::Listener { "" } else { ";maxaveragebitrate=96000" };
        let _ = write!(sdp, "a=fmtp:{opus} minptime=10;useinbandfec=0;stereo=0{rate}\r\n");
        if let Some(red) = red {
            let _ = write!(sdp, "a=rtpmap:{red} red/48000/2\r\na=fmtp:{red} {opus}/{opus}\r\n");
        }
        sdp.push_str("a=ptime:20\r\n");
        if let Some(ssrc) = self.ssrc.filter(|_| self.flow.sends()) {
            let _ = write!(sdp, "a=msid:hustings sound\r\na=ssrc:{ssrc} cname:hustings\r\n");
            let _ = write!(sdp, "a=ssrc:{ssrc} msid:hustings sound\r\n");
        }
    }

    fn declined(&self, sdp: &mut String, index: usize) {
        let section = &self.offer.declined[index];
        let _ = write!(sdp, "m={} 0 {} {}\r\nc=IN IP4 0.0.0.0\r\n", section.kind, section.proto, section.format);
        if let Some(mid) = &section.mid {
            let _ = write!(sdp, "a=mid:{mid}\r\n");
        }
        sdp.push_str("a=inactive\r\n");
    }
}

fn ice(sdp: &mut String, credentials: &Credentials, candidates: &[Candidate]) {
    let Credentials { ufrag, pwd } = credentials;
    let _ = write!(sdp, "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=ice-options:trickle\r\n");
    for candidate in candidates {
        let _ = write!(sdp, "a={}\r\n", candidate.to_sdp_string());
    }
    sdp.push_str("a=end-of-candidates\r\n");
}
