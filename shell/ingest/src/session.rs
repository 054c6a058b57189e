//! One WebRTC session of somebody on stage: str0m's state machine, the mixer behind it, and whether its line is up.
//!
//! Calling order, as everywhere: something comes in ([`Session::receive`], [`Session::send`], [`Session::tick`]), then
//! [`Session::drive`] until it says when to come back. It owns no socket and reads no clock; the driver does.
//! str0m runs in RTP mode, without its own depacketiser and reorder buffer, because the mixer has a better one.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_link::stage::{FromLine, LinePacket};
use hustings_vocab::{MediaTime, limits};
use str0m::media::Mid;
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Event, IceCreds, Input, Output, Rtc, RtcConfig};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::counters::Counters;
use crate::gate::{Credentials, Kind, Refusal, Source, Transport};
use crate::line::{Line, Turn};
use crate::paths::Paths;
use crate::red;
use crate::sdp::{Direction, Offer, SdpError};

/// Outputs in one go, after which something turns in circles: a join has about 20, a packet 3.
const OUTPUTS_MAX: usize = 1000;
/// A timeout of str0m that has passed already is served at once, but not more often than this in one go.
const OVERDUE_MAX: usize = 8;
/// A source of RTP that was silent for so long may be replaced by another within a session.
const SSRC_HOLDS: Duration = Duration::from_secs(1);
/// Sources of RTP that may be tried before one proves authentic.
const SSRC_TRIED_MAX: usize = 8;
/// How far the nominated address may fall behind: 50 packets.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The peer closed it.
    Left,
    /// Nothing was heard for too long.
    Gone,
    /// Its own state is broken: a failed handshake, a certificate that is not the offered one.
    Broken,
    /// The mixer wants no more of it.
    Dismissed,
}

/// A session.
pub(crate) struct Session {
    rtc: Rtc,
    offer: Offer,
    direction: Direction,
    mid: Mid,
    to_mixer: Sender<FromLine>,
    line: Line,
    paths: Paths,
    /// Where the datagram that is being handled came from.
    from: Option<Source>,
    connected: bool,
    /// What was told last of the network's losses, in thousandths.
    told_loss: u16,
    ended: Option<Ended>,
    /// A turn of the line that the mixer's full queue has not taken yet.
    untold: Option<Turn>,
    /// The authentic source of RTP, and when it was last heard.
    ssrc: Option<(u32, Instant)>,
    tried: Vec<u32>,
    /// The packets that came last.
    recent: red::Recent,
    next_seq: u64,
    counters: Arc<Counters>,
}

/// What was negotiated, before it is known whom the session serves.
pub(crate) struct Negotiated {
    rtc: Rtc,
    pub ssrc: Option<u32>,
    pub fingerprint: Vec<u8>,
}

/// Lets str0m take an offer. This is the expensive part of a join, so it runs where the request does.
pub(crate) fn negotiate(
    config: &RtcConfig,
    candidates: &[str0m::Candidate],
    offer: &Offer,
    direction: Direction,
    credentials: &Credentials,
    now: Instant,
) -> Result<Negotiated, SdpError> {
    let Credentials { ufrag, pwd } = credentials.clone();
    let config = config.clone().set_local_ice_credentials(IceCreds { ufrag, pass: pwd });
    let mut rtc = config.build(now);
    for candidate in candidates {
        rtc.add_local_candidate(candidate.clone());
    }
    accept(&mut rtc, offer, direction)?;
    let taken = |pt: u8| rtc.codec_config().params().iter().any(|p| *p.pt() == pt || p.red().is_some_and(|r| *r == pt));
    if !taken(offer.opus) || offer.red.is_some_and(|red| !taken(red)) {
        return Err(SdpError::Unsupported("its payload types cannot be used"));
    }
    let mut direct = rtc.direct_api();
    let ssrc = direct.stream_tx_by_mid(mid(), None).map(|stream| *stream.ssrc());
    let fingerprint = direct.local_dtls_fingerprint().bytes.clone();
    Ok(Negotiated { rtc, ssrc, fingerprint })
}

/// The one audio section, as str0m knows it, whatever the offer calls it.
fn mid() -> Mid {
    Mid::from("0")
}

fn accept(rtc: &mut Rtc, offer: &Offer, direction: Direction) -> Result<(), SdpError> {
    let unreadable = |e: &dyn std::fmt::Display| SdpError::Malformed(e.to_string());
    let canonical =
        str0m::change::SdpOffer::from_sdp_string(&offer.canonical(direction)).map_err(|e| unreadable(&e))?;
    rtc.sdp_api().accept_offer(canonical).map_err(|e| unreadable(&e))?;
    Ok(())
}

impl Session {
    /// A session that waits for its first check.
    pub(crate) fn new(
        negotiated: Negotiated,
        offer: Offer,
        direction: Direction,
        to_mixer: Sender<FromLine>,
        counters: Arc<Counters>,
        now: Instant,
    ) -> Self {
        Self {
            rtc: negotiated.rtc,
            offer,
            direction,
            mid: mid(),
            to_mixer,
            line: Line::new(now),
            paths: Paths::default(),
            from: None,
            connected: false,
            told_loss: 0,
            ended: None,
            untold: None,
            ssrc: None,
            tried: Vec::new(),
            recent: red::Recent::default(),
            // Within the first round of 16 bits, because a receiver cannot know of a later one (RFC 3711, section 3.3.1).
            next_seq: u64::from(rand::random::<u16>() >> 1),
            counters,
        }
    }

    /// The offer it was made of, with the credentials of the last restart.
    pub(crate) const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Takes in a datagram that the gate has let through.
    ///
    /// # Errors
    /// Why it was dropped after all.
    pub(crate) fn receive(&mut self, from: Source, datagram: &[u8], at: Instant) -> Result<(), Refusal> {
        self.from = Some(from);
        match Kind::of(datagram) {
            Some(Kind::Stun) => {
                let turn = self.line.checked(at);
                self.turn(turn);
            }
            Some(Kind::Media) if !is_rtcp(datagram) => self.admit(datagram, at)?,
            _ => {}
        }
        let proto = match from.transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let Ok(receive) = Receive::new(proto, from.remote, from.local, datagram) else { return Err(Refusal::Unknown) };
        if let Err(error) = self.rtc.handle_input(Input::Receive(at, receive)) {
            self.fault(&error);
        }
        Ok(())
    }

    /// Lets RTP in from one source at a time, and has str0m expect it there. str0m would let any packet that names the
    /// section replace the source before it has checked that the packet is authentic.
    fn admit(&mut self, datagram: &[u8], now: Instant) -> Result<(), Refusal> {
        let ssrc = u32::from_be_bytes([datagram[8], datagram[9], datagram[10], datagram[11]]);
        match self.ssrc {
            Some((known, _)) if known == ssrc => return Ok(()),
            Some((_, heard)) if now.saturating_duration_since(heard) < SSRC_HOLDS => return Err(Refusal::ForeignSsrc),
            // 0 is for probing bandwidth, which is not negotiated here.
            _ if ssrc == 0 => return Err(Refusal::ForeignSsrc),
            _ => {}
        }
        if !self.tried.contains(&ssrc) {
            if self.tried.len() == SSRC_TRIED_MAX {
                let oldest = self.tried.remove(0);
                self.rtc.direct_api().remove_stream_rx(oldest.into());
            }
            self.tried.push(ssrc);
            let nack = self.offer.nack;
            self.rtc.direct_api().expect_stream_rx(ssrc.into(), None, self.mid, None).suppress_nack(!nack);
        }
        Ok(())
    }

    /// Sends one Opus frame at its media time, if there is anybody to send to.
    pub(crate) fn send(&mut self, t: MediaTime, payload: Arc<[u8]>, now: Instant) {
        if !self.connected || !self.line.is_up() {
            return;
        }
        let (mid, pt, seq) = (self.mid, self.offer.opus, self.next_seq);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else { return };
        // RTP time wraps around at 32 bits, which is what truncation does.
        stream.write_rtp(RtpWrite::new(pt.into(), seq.into(), t.0 as u32, now, payload));
        self.next_seq += 1;
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            self.fault(&error);
        }
    }

    /// Restarts ICE: the peer has new credentials, and we take new ones.
    ///
    /// # Errors
    /// [`SdpError`]; then the session goes on as it was.
    pub(crate) fn restart(&mut self, theirs: (String, String), ours: Credentials) -> Result<(), SdpError> {
        let mut offer = self.offer.clone();
        (offer.ufrag, offer.pwd) = theirs;
        accept(&mut self.rtc, &offer, self.direction)?;
        // str0m has made up credentials of its own, by a generator that is not meant for secrets.
        let Credentials { ufrag, pwd } = ours;
        self.rtc.direct_api().set_local_ice_credentials(IceCreds { ufrag, pass: pwd });
        self.offer = offer;
        Ok(())
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        let turn = self.line.tick(now);
        self.turn(turn);
        if let Some(untold) = self.untold.take() {
            self.turn(Some(untold));
        }
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            self.fault(&error);
        }
    }

    /// Handles everything that str0m has to say. Returns when to [`Session::tick`], or why the session is over.
    pub(crate) fn drive(&mut self, now: Instant, out: &mut dyn FnMut(Transmit)) -> Result<Instant, Ended> {
        let mut overdue = 0;
        let mut next = now + Duration::from_millis(20);
        for _ in 0..OUTPUTS_MAX {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(transmit)) => out(self.route(transmit)),
                Ok(Output::Event(event)) => self.event(event, now),
                Ok(Output::Timeout(at)) if at <= now && overdue < OVERDUE_MAX => {
                    overdue += 1;
                    if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
                        self.fault(&error);
                    }
                }
                Ok(Output::Timeout(at)) => {
                    next = at.max(now + Duration::from_millis(1));
                    break;
                }
                Err(error) => {
                    self.fault(&error);
                    break;
                }
            }
        }
        if !self.rtc.is_alive() {
            self.end(Ended::Left);
        }
        match self.ended {
            Some(ended) => Err(ended),
            None if self.untold.is_some() => Ok(next.min(now + Duration::from_millis(20))),
            None => Ok(next.min(self.line.wakeup())),
        }
    }

    /// Says goodbye: to the mixer, and to the peer by RTCP BYE and DTLS close_notify.
    pub(crate) fn close(mut self, now: Instant, out: &mut dyn FnMut(Transmit)) {
        // If it does not fit, the closed queue says the same.
        let _ = self.to_mixer.try_send(FromLine::Left);
        if self.rtc.close().is_ok() {
            let _ = self.rtc.handle_input(Input::Timeout(now));
            for _ in 0..OUTPUTS_MAX {
                match self.rtc.poll_output() {
                    Ok(Output::Transmit(transmit)) => out(self.route(transmit)),
                    Ok(Output::Event(_)) => {}
                    Ok(Output::Timeout(_)) | Err(_) => break,
                }
            }
        }
    }

    fn event(&mut self, event: Event, now: Instant) {
        match event {
            Event::Connected => {
                self.connected = true;
                let turn = self.line.connected(now);
                self.turn(turn);
            }
            Event::RtpPacket(packet) => self.packet(packet),
            Event::MediaIngressStats(said) => self.tell_loss(said.loss),
            Event::Closed => self.end(Ended::Left),
            _ => {}
        }
    }

    /// What the receiver's reports say of the line, for those who run the conversation. What does not fit comes again.
    fn tell_loss(&mut self, loss: Option<f32>) {
        let permille = (loss.unwrap_or_default().clamp(0.0, 1.0) * 1000.0) as u16;
        if permille != self.told_loss && self.to_mixer.try_send(FromLine::NetworkLost { permille }).is_ok() {
            self.told_loss = permille;
        }
    }

    fn packet(&mut self, packet: RtpPacket) {
        let (arrived, ssrc) = (packet.timestamp, *packet.header.ssrc);
        self.ssrc = Some((ssrc, arrived));
        if let Some(from) = self.from {
            self.paths.heard(from, arrived);
        }
        let turn = self.line.sounded(arrived);
        self.turn(turn);
        let (seq, rtp_time) = (*packet.seq_no, packet.time.numer());
        let is_red = self.offer.red == Some(*packet.header.payload_type);
        let payload = Bytes::from_owner(packet.payload);
        let frames = if is_red {
            red::frames(&payload, self.offer.opus)
        } else {
            vec![red::Frame { back: 0, samples_back: 0, payload }]
        };
        for frame in frames {
            let seq = seq.checked_sub(frame.back);
            let time = rtp_time.checked_sub(frame.samples_back);
            let (Some(seq), Some(rtp_time)) = (seq, time) else { continue };
            // What the mixer has already is not sent to it again; a packet itself is, for it may be another stream's.
            let new = self.recent.note(seq);
            if frame.payload.len() > limits::OPUS_PACKET_BYTES_MAX || (frame.back > 0 && !new) {
                continue;
            }
            let packet = FromLine::Packet(LinePacket { seq, rtp_time, arrived, payload: frame.payload });
            match self.to_mixer.try_send(packet) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    self.counters.late_for_mixer.fetch_add(1, Relaxed);
                }
                Err(TrySendError::Closed(_)) => {
                    self.ended.get_or_insert(Ended::Dismissed);
                    return;
                }
            }
        }
    }

    /// Tells whom it concerns that the line is up, lost or gone.
    fn turn(&mut self, turn: Option<Turn>) {
        let Some(turn) = turn else { return };
        if turn == Turn::Gone {
            return self.end(Ended::Gone);
        }
        let told = if turn == Turn::Up { FromLine::Up } else { FromLine::Lost };
        self.untold = None;
        match self.to_mixer.try_send(told) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.untold = Some(turn),
            Err(TrySendError::Closed(_)) => self.end(Ended::Dismissed),
        }
    }

    fn end(&mut self, ended: Ended) {
        self.ended.get_or_insert(ended);
    }

    /// An error of str0m. Until the handshake is done it is the session's end: DTLS has no way back from it. Afterwards
    /// the keys are there, and what a stray record upset is not needed any more.
    fn fault(&mut self, error: &dyn std::fmt::Display) {
        tracing::debug!(%error, connected = self.connected, "WebRTC error");
        if !self.connected || !self.rtc.is_alive() {
            self.end(Ended::Broken);
        }
    }

    /// Sends sound to where the peer is heard from; see [`Paths`].
    fn route(&self, mut transmit: Transmit) -> Transmit {
        if Kind::of(&transmit.contents) == Some(Kind::Stun) {
            return transmit;
        }
        let transport = if transmit.proto == Protocol::Udp { Transport::Udp } else { Transport::Tcp };
        let nominated = Source { transport, local: transmit.source, remote: transmit.destination };
        if let Some(better) = self.paths.better_than(&nominated, PATIENCE) {
            transmit.proto = if better.transport == Transport::Udp { Protocol::Udp } else { Protocol::Tcp };
            (transmit.source, transmit.destination) = (better.local, better.remote);
        }
        transmit
    }
}

/// Whether a packet of RTP's shape is RTCP (RFC 5761, section 4).
fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram.get(1).map(|b| b & 0x7f), Some(64..=95))
}
