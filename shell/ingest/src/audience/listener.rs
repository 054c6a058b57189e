//! One listener: where it is, its DTLS, and once that is done its track. It owns no socket and reads no clock.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hustings_link::hall::{Attendance, Presence, Tier};
use hustings_vocab::limits;
use hustings_whep::{Heard, Opener, Reel, Sealer, Slot, Track, hear};
use rustix::net::SocketAddrAny;

use super::handshake::Handshake;
use crate::gate::{Refusal, SessionKey, Source};
use crate::paths::Paths;
use crate::sdp::Offer;

/// A listener who asks for no consent for so long is gone (RFC 7675 demands 30 s at most): three questions of those who ask every
/// five seconds, and one to spare, so that it is out of the count well within 30 s. Also how long connecting may take.
const CONSENT: Duration = Duration::from_secs(20);
/// How far the nominated address may fall behind another: two checks and one to spare.
const PATIENCE: Duration = Duration::from_secs(6);
/// Frames over which retransmissions are counted: one second.
const RESENT_OVER: u64 = 50;

/// Where a listener's datagrams go.
#[derive(Debug)]
pub(crate) struct Place {
    pub source: Source,
    /// Which of the shard's sockets.
    pub socket: usize,
    pub addr: SocketAddrAny,
}

/// One listener.
pub(crate) struct Listener {
    pub key: SessionKey,
    pub place: Option<Place>,
    pub track: Option<Track>,
    pub handshake: Option<Box<Handshake>>,
    pub offer: Box<Offer>,
    /// The crowd that it is in.
    pub crowd: u32,
    /// The crowd that it goes to when there is a frame to change at; it is in both until then.
    pub wants: Option<u32>,
    pub slot: Slot,
    /// Its entry among the timers that counts.
    pub timer: Option<Instant>,
    ssrc: u32,
    opener: Option<Opener>,
    presence: Option<Presence>,
    /// The seat of its ticket.
    pub seat: Option<u64>,
    paths: Paths,
    opened: Instant,
    /// The last valid check.
    checked: Instant,
    /// Packets that were sent again, since this frame.
    resent: (u64, u64),
}

impl Listener {
    pub(crate) fn new(key: SessionKey, offer: Box<Offer>, ssrc: u32, crowd: u32, slot: Slot, now: Instant) -> Self {
        Self {
            key,
            place: None,
            track: None,
            handshake: None,
            offer,
            crowd,
            wants: None,
            slot,
            timer: None,
            ssrc,
            opener: None,
            presence: None,
            seat: None,
            paths: Paths::default(),
            opened: now,
            checked: now,
            resent: (0, 0),
        }
    }

    /// A valid check came from there. `locals` are the addresses of the shard's sockets.
    pub(crate) fn checked(&mut self, source: Source, nominated: bool, locals: &[SocketAddr], now: Instant) {
        self.checked = now;
        self.paths.heard(source, now);
        let place = match &self.place {
            // Until one is nominated, the first will do.
            None => Some(source),
            Some(place) if nominated => Some(source).filter(|s| *s != place.source),
            Some(place) => self.paths.better_than(&place.source, PATIENCE),
        };
        if let Some(source) = place {
            let socket = locals.iter().position(|local| *local == source.local).unwrap_or(0);
            self.place = Some(Place { source, socket, addr: source.remote.into() });
        }
    }

    /// The handshake is done: from the next frame on the listener hears, and is counted.
    pub(crate) fn connected(&mut self, reel: &Reel, first_sequence: u16, attendance: &std::sync::Arc<Attendance>) {
        let Some(handshake) = &mut self.handshake else { return };
        let Some((ours, theirs)) = handshake.keys() else { return };
        self.opener = Some(Opener::new(&theirs));
        self.track = Some(Track::new(Sealer::new(&ours, self.ssrc), self.offer.opus, first_sequence, reel));
        handshake.forget_keys();
        let seat = self.seat;
        self.presence.get_or_insert_with(|| attendance.join(Tier::Whep).on(seat));
    }

    /// What a datagram of RTCP says.
    ///
    /// # Errors
    /// Why it was dropped.
    pub(crate) fn hear(&mut self, datagram: &mut [u8]) -> Result<Heard, Refusal> {
        let opener = self.opener.as_mut().ok_or(Refusal::UnauthenticRtcp)?;
        let compound = opener.rtcp(datagram).map_err(|_| Refusal::UnauthenticRtcp)?;
        hear(compound, self.ssrc).map_err(|_| Refusal::MalformedRtcp)
    }

    /// Whether one more packet may be sent again now.
    pub(crate) fn may_resend(&mut self, reel: &Reel) -> bool {
        let (since, count) = &mut self.resent;
        if reel.next() - *since >= RESENT_OVER {
            (*since, *count) = (reel.next(), 0);
        }
        *count += 1;
        *count <= RESENT_OVER * limits::WHEP_RESENT_PERCENT_MAX / 100
    }

    /// Whether it has asked for no consent for too long, or has not connected in time.
    pub(crate) fn is_gone(&self, now: Instant) -> bool {
        now >= self.gone_at()
    }

    /// When to look after it.
    pub(crate) fn wakeup(&self) -> Instant {
        let handshake = self.handshake.as_ref().and_then(|h| h.wakeup());
        handshake.map_or(self.gone_at(), |at| at.min(self.gone_at()))
    }

    fn gone_at(&self) -> Instant {
        let since = if self.track.is_some() { self.checked } else { self.opened };
        since + CONSENT
    }
}
