//! The gate: which datagram may reach which session.
//!
//! A source address belongs to a session once ICE has validated it there: a STUN binding request whose user name holds
//! a fragment that we issued and whose MESSAGE-INTEGRITY was made with the password that goes with it (RFC 8445,
//! section 7.3). DTLS, RTP and RTCP are let through from such addresses alone. str0m itself forwards DTLS and RTP
//! whatever their source, so nothing may reach it around this gate.
//!
//! It is pure: no socket, no clock. Deliberately absent: any look into DTLS or RTP, which have their own authenticity.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_vocab::limits;
use str0m::crypto::Sha1HmacProvider;
use str0m::ice::StunMessage;

/// How long an address stays with its session after its last valid check. Browsers check every 2.5 s, so a forged
/// request of another session cannot take over an address that is in use.
const HOLD: Duration = Duration::from_secs(6);

/// A session's number, unique in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(pub u64);

/// How datagrams travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// As they are.
    Udp,
    /// Framed by RFC 4571 on a connection that the client opened (RFC 6544).
    Tcp,
}

/// Where a datagram comes from, and which of our addresses it reached: an ICE candidate pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// How it came.
    pub transport: Transport,
    /// Our candidate.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
}

/// Why a datagram was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Larger than [`limits::DATAGRAM_BYTES_MAX`], empty, or of no protocol that we speak.
    Unknown,
    /// Looks like STUN but does not parse.
    MalformedStun,
    /// STUN, but not a binding request: an ICE-lite agent asks nothing and expects no answers.
    NotARequest,
    /// A binding request for a user name that we did not issue.
    UnknownUser,
    /// A binding request that was not made with the password.
    BadIntegrity,
    /// A valid request from an address that another session uses.
    AddressTaken,
    /// A valid request, but the session has used too many addresses.
    TooManyAddresses,
    /// DTLS from an address that ICE has not validated.
    UnvalidatedDtls,
    /// RTP or RTCP from an address that ICE has not validated.
    UnvalidatedMedia,
    /// The driver of the session cannot keep up.
    Overload,
    /// RTP of a second source within a session, or any from a listener.
    ForeignSsrc,
    /// RTCP of a listener that is not of its session: forged, repeated, or before there is a key.
    UnauthenticRtcp,
    /// RTCP of a listener that is authentic and makes no sense.
    MalformedRtcp,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::Unknown,
        Self::MalformedStun,
        Self::NotARequest,
        Self::UnknownUser,
        Self::BadIntegrity,
        Self::AddressTaken,
        Self::TooManyAddresses,
        Self::UnvalidatedDtls,
        Self::UnvalidatedMedia,
        Self::Overload,
        Self::ForeignSsrc,
        Self::UnauthenticRtcp,
        Self::MalformedRtcp,
    ];

    /// Its name as a label of metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::MalformedStun => "malformed_stun",
            Self::NotARequest => "not_a_request",
            Self::UnknownUser => "unknown_user",
            Self::BadIntegrity => "bad_integrity",
            Self::AddressTaken => "address_taken",
            Self::TooManyAddresses => "too_many_addresses",
            Self::UnvalidatedDtls => "unvalidated_dtls",
            Self::UnvalidatedMedia => "unvalidated_media",
            Self::Overload => "overload",
            Self::ForeignSsrc => "foreign_ssrc",
            Self::UnauthenticRtcp => "unauthentic_rtcp",
            Self::MalformedRtcp => "malformed_rtcp",
        }
    }
}

/// What a datagram's first bytes say it is (RFC 7983).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// STUN.
    Stun,
    /// DTLS.
    Dtls,
    /// RTP or RTCP, encrypted.
    Media,
}

impl Kind {
    /// The kind of a datagram.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Option<Self> {
        match *datagram.first()? {
            0..=1 if datagram.len() >= 20 => Some(Self::Stun),
            20..=63 => Some(Self::Dtls),
            128..=191 if datagram.len() >= 12 => Some(Self::Media),
            _ => None,
        }
    }
}

/// The ICE credentials of one session, ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name fragment, which names the session.
    pub ufrag: String,
    /// The password.
    pub pwd: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("ufrag", &self.ufrag).finish_non_exhaustive()
    }
}

/// Bytes of the longest answer to a check: a header, an IPv6 address or an error with its phrase, integrity and fingerprint.
pub const STUN_ANSWER_BYTES_MAX: usize = 128;

/// A valid check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Whose it is.
    pub session: SessionKey,
    /// The peer wants this pair to be used.
    pub nominated: bool,
    /// Bytes of the answer.
    pub bytes: usize,
}

/// The gate. Calling order: [`Gate::admit`] a session, [`Gate::judge`] datagrams, [`Gate::forget`] the session.
pub struct Gate {
    users: HashMap<String, User>,
    sessions: HashMap<SessionKey, Known>,
    sources: HashMap<Source, Bound>,
    hmac: &'static dyn Sha1HmacProvider,
}

/// Whom a user name fragment belongs to.
struct User {
    session: SessionKey,
    pwd: Arc<str>,
}

/// What is kept of a session, to be released with it.
struct Known {
    ufrag: String,
    /// Its addresses, the oldest first; at most [`limits::ICE_SOURCES_MAX`].
    sources: VecDeque<Source>,
    /// How many it has used since its credentials were set.
    seen: usize,
}

/// Whom an address belongs to.
struct Bound {
    session: SessionKey,
    /// The last valid check from there.
    checked: Instant,
}

impl Gate {
    /// A gate that knows nobody.
    #[must_use]
    pub fn new(hmac: &'static dyn Sha1HmacProvider) -> Self {
        Self { users: HashMap::new(), sessions: HashMap::new(), sources: HashMap::new(), hmac }
    }

    /// Lets a session in by these credentials, and no longer by those it had before (ICE restart). Its addresses stay,
    /// so that sound goes on until the new ones are validated (RFC 8445, section 9).
    pub fn admit(&mut self, session: SessionKey, credentials: Credentials) {
        let known = self.sessions.entry(session).or_insert_with(|| Known {
            ufrag: String::new(),
            sources: VecDeque::new(),
            seen: 0,
        });
        self.users.remove(&known.ufrag);
        known.ufrag.clone_from(&credentials.ufrag);
        known.seen = 0;
        self.users.insert(credentials.ufrag, User { session, pwd: credentials.pwd.into() });
    }

    /// Ends a session: its credentials and addresses are worth nothing any more.
    pub fn forget(&mut self, session: SessionKey) {
        let Some(known) = self.sessions.remove(&session) else { return };
        self.users.remove(&known.ufrag);
        for source in known.sources {
            self.unbind(session, &source);
        }
    }

    /// The session that a datagram may reach.
    ///
    /// # Errors
    /// Why it is dropped.
    pub fn judge(&mut self, source: Source, datagram: &[u8], now: Instant) -> Result<SessionKey, Refusal> {
        if datagram.len() > limits::DATAGRAM_BYTES_MAX {
            return Err(Refusal::Unknown);
        }
        match Kind::of(datagram).ok_or(Refusal::Unknown)? {
            Kind::Stun => {
                let message = parse(datagram)?;
                let session = self.authenticate(&message)?.session;
                self.bind(session, source, now)?;
                Ok(session)
            }
            Kind::Dtls => self.owner(&source).ok_or(Refusal::UnvalidatedDtls),
            Kind::Media => self.owner(&source).ok_or(Refusal::UnvalidatedMedia),
        }
    }

    /// Whom an address belongs to.
    #[must_use]
    pub fn owner(&self, source: &Source) -> Option<SessionKey> {
        self.sources.get(source).map(|bound| bound.session)
    }

    /// Answers a check as an ICE-lite agent does (RFC 8445, section 7.3), for sessions that have no agent of their own:
    /// writes the response to `out` and says how long it is. Every valid check is also consent (RFC 7675).
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn answer(
        &mut self,
        source: Source,
        datagram: &[u8],
        now: Instant,
        out: &mut [u8; STUN_ANSWER_BYTES_MAX],
    ) -> Result<Checked, Refusal> {
        let message = parse(datagram)?;
        let User { session, pwd } = self.authenticate(&message)?;
        let (session, pwd) = (*session, pwd.clone());
        self.bind(session, source, now)?;
        let hmac = |key: &[u8], payloads: &[&[u8]]| self.hmac.sha1_hmac(key, payloads);
        // We are always the controlled side; who believes to be that too is told to change (RFC 8445, section 7.3.1.1).
        let conflict = message.ice_controlled().is_some();
        let answer = if conflict {
            StunMessage::binding_role_conflict_reply(message.trans_id())
        } else {
            StunMessage::binding_reply(message.trans_id(), source.remote)
        };
        let bytes = answer.to_bytes(Some(pwd.as_bytes()), out, hmac).map_err(|_| Refusal::MalformedStun)?;
        Ok(Checked { session, nominated: message.use_candidate() && !conflict, bytes })
    }

    fn authenticate(&self, message: &StunMessage<'_>) -> Result<&User, Refusal> {
        if !message.is_binding_request() {
            return Err(Refusal::NotARequest);
        }
        let (ours, _) = message.split_username().ok_or(Refusal::MalformedStun)?;
        let user = self.users.get(ours).ok_or(Refusal::UnknownUser)?;
        let hmac = |key: &[u8], payloads: &[&[u8]]| self.hmac.sha1_hmac(key, payloads);
        if message.verify(user.pwd.as_bytes(), hmac) { Ok(user) } else { Err(Refusal::BadIntegrity) }
    }

    fn bind(&mut self, session: SessionKey, source: Source, now: Instant) -> Result<(), Refusal> {
        match self.sources.get_mut(&source) {
            Some(bound) if bound.session == session => {
                bound.checked = now;
                return Ok(());
            }
            Some(bound) if now.saturating_duration_since(bound.checked) < HOLD => return Err(Refusal::AddressTaken),
            _ => {}
        }
        let known = self.sessions.get_mut(&session).ok_or(Refusal::UnknownUser)?;
        if known.seen >= limits::ICE_SOURCES_SEEN_MAX {
            return Err(Refusal::TooManyAddresses);
        }
        known.seen += 1;
        known.sources.push_back(source);
        let evicted = (known.sources.len() > limits::ICE_SOURCES_MAX).then(|| {
            let silent = |s: &Source| self.sources.get(s).map(|b| b.checked);
            let others = known.sources.len() - 1;
            let oldest = (0..others).min_by_key(|i| silent(&known.sources[*i])).unwrap_or(0);
            known.sources.remove(oldest)
        });
        if let Some(Some(evicted)) = evicted {
            self.unbind(session, &evicted);
        }
        self.sources.insert(source, Bound { session, checked: now });
        Ok(())
    }

    fn unbind(&mut self, session: SessionKey, source: &Source) {
        if self.owner(source) == Some(session) {
            self.sources.remove(source);
        }
    }
}

fn parse(datagram: &[u8]) -> Result<StunMessage<'_>, Refusal> {
    StunMessage::parse(datagram).map_err(|_| Refusal::MalformedStun)
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("sessions", &self.sessions.len())
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
