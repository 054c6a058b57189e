//! An offer, parsed once into what we need of it.

use std::fmt::Write as _;

use hustings_vocab::limits;

use super::{SdpError, ice_credentials};

/// Which way the offerer's audio flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `sendrecv`.
    SendRecv,
    /// `sendonly`.
    SendOnly,
    /// `recvonly`.
    RecvOnly,
    /// `inactive`.
    Inactive,
}

impl Direction {
    /// Its attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// Whether the offerer sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the offerer receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// The offerer's part in the DTLS handshake (RFC 5763, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// Either; then the offerer begins.
    ActPass,
    /// The offerer begins.
    Active,
    /// We begin.
    Passive,
}

impl Setup {
    const fn name(self) -> &'static str {
        match self {
            Self::ActPass => "actpass",
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }
}

/// A media section that is declined, with what its answer has to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declined {
    pub kind: String,
    pub proto: String,
    pub format: String,
    pub mid: Option<String>,
}

/// What is needed of an offer. Every text in it is made of token characters and can be repeated in an answer as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The offerer's ICE user name fragment.
    pub ufrag: String,
    /// The offerer's ICE password.
    pub pwd: String,
    /// SHA-256 of the offerer's certificate, as it stood.
    pub fingerprint: String,
    /// The offerer's part in the handshake.
    pub setup: Setup,
    /// Which way its audio flows.
    pub direction: Direction,
    /// The `a=mid` of the audio section, if it has one.
    pub mid: Option<String>,
    /// The payload type of Opus.
    pub opus: u8,
    /// The payload type of redundant audio over Opus, if it is offered.
    pub red: Option<u8>,
    /// Whether retransmission of Opus is offered (`a=rtcp-fb:… nack`).
    pub nack: bool,
    pub(crate) proto: String,
    /// The place of the audio section among all sections.
    pub(crate) index: usize,
    /// The other sections, in order.
    pub(crate) declined: Vec<Declined>,
}

/// Parses an offer.
///
/// # Errors
/// [`SdpError`], which says what to change.
pub fn parse_offer(bytes: &[u8]) -> Result<Offer, SdpError> {
    if bytes.len() > limits::SDP_BYTES_MAX {
        return Err(SdpError::TooLarge(limits::SDP_BYTES_MAX));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SdpError::NotText)?;
    let (session, sections) = split(text)?;
    if session.flag("ice-lite") {
        return Err(SdpError::Unsupported("both sides would be ICE-lite; offer full ICE"));
    }
    let usable = |s: &Section<'_>| s.kind == "audio" && s.port != "0";
    let index = sections.iter().position(usable).ok_or(SdpError::NoAudio)?;
    let audio = &sections[index];
    let find = |name| audio.lines.value(name).or_else(|| session.value(name));
    let (ufrag, pwd) = ice_credentials(find("ice-ufrag"), find("ice-pwd"))
        .ok_or(SdpError::Unsupported("a=ice-ufrag or a=ice-pwd is missing or not valid"))?;
    let fingerprint = audio.lines.fingerprint().or_else(|| session.fingerprint());
    let fingerprint = fingerprint.ok_or(SdpError::Unsupported("a=fingerprint with sha-256 is missing"))?;
    let setup = match find("setup") {
        None | Some("actpass") => Setup::ActPass,
        Some("active") => Setup::Active,
        Some("passive") => Setup::Passive,
        Some(_) => return Err(SdpError::Unsupported("a=setup must be actpass, active or passive")),
    };
    if !audio.proto.contains("SAVP") {
        return Err(SdpError::Unsupported("the audio is not encrypted; offer UDP/TLS/RTP/SAVPF"));
    }
    let opus = audio.payload("opus/48000/2").ok_or(SdpError::NoOpus)?;
    let red = audio.payload("red/48000/2").filter(|red| *red != opus && audio.is_red_of(*red, opus));
    let nack = audio.lines.values("rtcp-fb").any(|v| {
        let mut words = v.split_ascii_whitespace();
        let pt = words.next();
        let same = pt == Some("*") || pt.and_then(|pt| pt.parse().ok()) == Some(opus);
        same && words.next() == Some("nack") && words.next().is_none()
    });
    let others = sections.iter().enumerate().filter(|(at, _)| *at != index);
    Ok(Offer {
        ufrag,
        pwd,
        fingerprint,
        setup,
        direction: audio.lines.direction().or_else(|| session.direction()).unwrap_or(Direction::SendRecv),
        mid: audio.lines.mid(),
        opus,
        red,
        nack,
        proto: audio.proto.to_owned(),
        index,
        declined: others.map(|(_, s)| s.declined()).collect(),
    })
}

impl Offer {
    /// The offer as str0m is shown it, with the direction that we grant.
    pub(crate) fn canonical(&self, direction: Direction) -> String {
        let mut sdp = String::with_capacity(700);
        let Self { ufrag, pwd, fingerprint, opus, .. } = self;
        let setup = self.setup.name();
        let red = self.red.map(|red| format!(" {red}")).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(
            sdp,
            "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
             m=audio 9 UDP/TLS/RTP/SAVPF {opus}{red}\r\nc=IN IP4 0.0.0.0\r\n\
             a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:{setup}\r\n\
             a=mid:0\r\na={}\r\na=rtcp-mux\r\na=rtpmap:{opus} opus/48000/2\r\na=fmtp:{opus} minptime=10\r\n",
            direction.name()
        );
        if let Some(red) = self.red {
            let _ = write!(sdp, "a=rtpmap:{red} red/48000/2\r\na=fmtp:{red} {opus}/{opus}\r\n");
        }
        sdp
    }
}

/// The attributes of the session or of one section.
#[derive(Default)]
struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n, '_> {
        self.0.iter().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.values(name).next()
    }

    fn flag(&self, name: &str) -> bool {
        self.0.iter().any(|line| line.trim() == name)
    }

    fn direction(&self) -> Option<Direction> {
        use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
        [SendRecv, SendOnly, RecvOnly, Inactive].into_iter().find(|d| self.flag(d.name()))
    }

    fn mid(&self) -> Option<String> {
        self.value("mid").filter(|mid| is_token(mid)).map(str::to_owned)
    }

    /// The hexadecimal of a SHA-256 fingerprint.
    fn fingerprint(&self) -> Option<String> {
        let of = |v: &str| {
            let (hash, hex) = v.split_once(' ')?;
            let pairs = hex.trim().split(':');
            let valid = pairs.clone().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
            (hash.eq_ignore_ascii_case("sha-256") && valid && pairs.count() == 32).then(|| hex.trim().to_uppercase())
        };
        self.values("fingerprint").find_map(of)
    }
}

/// One media section.
struct Section<'a> {
    kind: &'a str,
    port: &'a str,
    proto: &'a str,
    formats: Vec<&'a str>,
    lines: Lines<'a>,
}

impl Section<'_> {
    /// The payload type whose `a=rtpmap` names this encoding and which the section lists.
    fn payload(&self, encoding: &str) -> Option<u8> {
        let listed = |pt: &u8| *pt < 128 && self.formats.iter().any(|f| f.parse() == Ok(*pt));
        let of = |v: &str| {
            let (pt, name) = v.split_once(' ')?;
            name.trim().eq_ignore_ascii_case(encoding).then(|| pt.parse().ok()).flatten().filter(listed)
        };
        // 64 to 95 would be taken for RTCP (RFC 5761, section 4).
        self.lines.values("rtpmap").find_map(of).filter(|pt| !(64..96).contains(pt))
    }

    /// Whether the redundant payload type carries Opus and nothing else.
    fn is_red_of(&self, red: u8, opus: u8) -> bool {
        let mut parameters = self.lines.values("fmtp").filter_map(|v| v.split_once(' '));
        let of_red = parameters.find(|(pt, _)| pt.parse() == Ok(red));
        of_red.is_none_or(|(_, types)| types.trim().split('/').all(|pt| pt.parse() == Ok(opus)))
    }

    fn declined(&self) -> Declined {
        let token = |text: &str, or: &str| if is_token(text) { text.to_owned() } else { or.to_owned() };
        Declined {
            kind: token(self.kind, "video"),
            proto: token(&self.proto.replace('/', "."), "UDP.TLS.RTP.SAVPF").replace('.', "/"),
            format: token(self.formats.first().copied().unwrap_or("0"), "0"),
            mid: self.lines.mid(),
        }
    }
}

/// Whether a text is a token of RFC 8866 of at most 64 characters, and so can be repeated anywhere.
fn is_token(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&b);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(ok)
}

fn split(text: &str) -> Result<(Lines<'_>, Vec<Section<'_>>), SdpError> {
    let malformed = |what: &str| SdpError::Malformed(what.to_owned());
    if !text.starts_with("v=0") {
        return Err(malformed("it does not begin with v=0"));
    }
    if !text.ends_with('\n') {
        return Err(malformed("it is cut short: the last line has no end"));
    }
    let mut session = Lines::default();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in text.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty()) {
        let (kind, value) = line.split_once('=').filter(|(kind, _)| kind.len() == 1).ok_or_else(|| {
            let shown: String = line.chars().take(40).collect();
            SdpError::Malformed(format!("{shown:?} is not of the form x=value"))
        })?;
        match kind {
            "m" if sections.len() == limits::SDP_SECTIONS_MAX => {
                return Err(malformed("it has too many media sections"));
            }
            "m" => sections.push(section(value).ok_or_else(|| malformed("an m= line is incomplete"))?),
            "a" => sections.last_mut().map_or(&mut session, |s| &mut s.lines).0.push(value),
            _ => {}
        }
    }
    Ok((session, sections))
}

fn section(value: &str) -> Option<Section<'_>> {
    let mut words = value.split_ascii_whitespace();
    let (kind, port, proto) = (words.next()?, words.next()?, words.next()?);
    let formats: Vec<_> = words.collect();
    (!formats.is_empty()).then(|| Section { kind, port, proto, formats, lines: Lines::default() })
}
