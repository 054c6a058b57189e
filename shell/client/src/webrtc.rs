//! A WebRTC session as WHIP (RFC 9725) and WHEP open it: one audio line, a full ICE agent that offers no candidates of
//! its own and calls those of the answer.
//!
//! The server is ICE-lite and learns our addresses from our checks, so nothing is gathered, nothing trickles, and the
//! offer says nothing about the network it comes from.

mod net;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::{Method, Url};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid, Pt};
use str0m::net::Receive;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

use crate::http::{Body, Http, read};
use crate::{ClientError, Trust};
use net::Net;

/// How long ICE and DTLS may take together.
const CONNECT: Duration = Duration::from_secs(10);
/// With [`Route::Any`], TCP is tried beside UDP when UDP has led to nothing for so long.
const TCP_AFTER: Duration = Duration::from_millis(1500);
/// Bytes of an SDP answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Packets that may arrive out of order before a hole is taken for a loss: 100 ms.
const REORDER_PACKETS: usize = 5;
const REORDER: Duration = Duration::from_millis(100);
/// What each packet carries besides its own frame (RFC 2198): the two before it, so that two losses in a row are healed.
const REDUNDANCY: [u32; 2] = [1, 2];

/// Which way media may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Route {
    /// UDP, and TCP too when UDP is blocked.
    #[default]
    Any,
    /// UDP alone.
    Udp,
    /// ICE-TCP alone (RFC 6544), as behind a firewall that drops UDP.
    Tcp,
}

/// What happened while waiting.
pub(crate) enum Happened {
    /// Sound came in.
    Media(Box<MediaData>),
    /// The moment that was waited for.
    Deadline,
    /// The other side ended the session.
    Closed,
}

/// A connected session.
pub(crate) struct Session {
    rtc: Rtc,
    net: Net,
    mid: Mid,
    pt: Option<Pt>,
    connected: Option<Instant>,
    closed: bool,
    buffer: Vec<u8>,
    http: Http,
    token: Option<String>,
    resource: Option<Url>,
}

impl Session {
    /// Opens a session at a WHIP or WHEP address and waits until it is connected.
    pub(crate) async fn open(
        url: Url,
        token: Option<&str>,
        direction: Direction,
        route: Route,
        trust: &Trust,
    ) -> Result<Self, ClientError> {
        let http = Http::for_one_request(trust)?;
        let mut config = Rtc::builder()
            .set_crypto_provider(provider())
            .set_dtls_cert(certificate()?)
            .clear_codecs()
            .enable_opus(true, true)
            .set_reordering_size_audio(REORDER_PACKETS)
            .set_reordering_timeout_audio(Some(REORDER));
        config.codec_config().set_red_distances(&REDUNDANCY);
        let mut rtc = config.build(Instant::now());
        let mut api = rtc.sdp_api();
        let mid = api.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = api.apply().ok_or_else(|| unusable("the offer", "it is empty"))?;
        let body = Body { content_type: "application/sdp", bytes: offer.to_sdp_string().into() };
        let answer = http.ask(Method::POST, url, token, Some(body)).await?;
        let resource = answer.headers().get(LOCATION).and_then(|l| l.to_str().ok());
        let resource = resource.and_then(|l| answer.url().join(l).ok());
        let sdp = read(answer, ANSWER_BYTES_MAX).await?;
        let mut session = Self {
            rtc,
            net: Net::default(),
            mid,
            pt: None,
            connected: None,
            closed: false,
            buffer: vec![0; 2048],
            http,
            token: token.map(str::to_owned),
            resource,
        };
        match session.connect(pending, &sdp, route).await {
            Ok(()) => Ok(session),
            Err(e) => {
                session.close().await;
                Err(e)
            }
        }
    }

    async fn connect(&mut self, pending: SdpPendingOffer, sdp: &[u8], route: Route) -> Result<(), ClientError> {
        let text = core::str::from_utf8(sdp).map_err(|_| unusable("the SDP answer", "it is not text"))?;
        let answer = SdpAnswer::from_sdp_string(text).map_err(|e| unusable("the SDP answer", &e.to_string()))?;
        let candidates = candidates(text);
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(|e| unusable("the SDP answer", &e.to_string()))?;
        let started = Instant::now();
        if route != Route::Tcp {
            self.net.open_udp(&candidates, &mut self.rtc).await?;
        }
        let mut tcp_at = match route {
            Route::Any => Some(started + TCP_AFTER),
            Route::Tcp => Some(started),
            Route::Udp => None,
        };
        while self.connected.is_none() {
            if tcp_at.is_some_and(|at| Instant::now() >= at) {
                tcp_at = None;
                self.net.open_tcp(&candidates, &mut self.rtc).await;
            }
            let end = started + CONNECT;
            let until = tcp_at.unwrap_or(end).min(end);
            let lost = match self.wait(until).await {
                Ok(Happened::Closed) | Err(ClientError::LineLost { .. }) => true,
                Ok(_) => Instant::now() >= end,
                Err(e) => return Err(e),
            };
            if lost && self.connected.is_none() {
                let to = candidates.iter().map(|c| format!("{}/{}", c.addr(), c.proto())).collect::<Vec<_>>();
                return Err(ClientError::NotConnected { seconds: CONNECT.as_secs(), to: to.join(", ") });
            }
        }
        let opus = self.rtc.writer(self.mid).and_then(|w| {
            w.payload_params().find(|p| p.spec().codec == Codec::Opus).map(str0m::format::PayloadParams::pt)
        });
        self.pt = opus;
        Ok(())
    }

    /// Whether media goes over TCP.
    pub(crate) fn over_tcp(&self) -> bool {
        self.net.last_was_tcp()
    }

    /// Sends one Opus packet of RTP time `t`, in samples at 48 kHz. [`Session::wait`] is what moves it.
    pub(crate) fn send(&mut self, t: u64, packet: &[u8]) {
        let Some(pt) = self.pt else { return };
        let Some(writer) = self.rtc.writer(self.mid) else { return };
        let time = MediaTime::new(t, Frequency::FORTY_EIGHT_KHZ);
        if let Err(error) = writer.write(pt, Instant::now(), time, packet) {
            tracing::debug!(%error, "a packet was not sent");
        }
    }

    /// Moves packets both ways until something happens, or until `deadline`.
    ///
    /// # Errors
    /// [`ClientError::LineLost`].
    pub(crate) async fn wait(&mut self, deadline: Instant) -> Result<Happened, ClientError> {
        loop {
            if self.closed || !self.rtc.is_alive() {
                return Ok(Happened::Closed);
            }
            match self.rtc.poll_output() {
                Ok(Output::Transmit(t)) => self.net.send(&t),
                Ok(Output::Event(event)) => {
                    if let Some(happened) = self.event(event)? {
                        return Ok(happened);
                    }
                }
                Ok(Output::Timeout(at)) => {
                    let now = Instant::now();
                    if at > now && now < deadline {
                        let wake = tokio::time::Instant::from_std(at.min(deadline));
                        tokio::select! {
                            biased;
                            (proto, from, to, len) = self.net.receive(&mut self.buffer) => {
                                self.received(proto, from, to, len);
                                continue;
                            }
                            () = tokio::time::sleep_until(wake) => {}
                        }
                    }
                    let now = Instant::now();
                    let _ = self.rtc.handle_input(Input::Timeout(now));
                    if now >= deadline {
                        self.flush();
                        return Ok(Happened::Deadline);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "the session failed");
                    return Err(self.lost());
                }
            }
        }
    }

    /// Sends what is due now, and leaves events for later.
    fn flush(&mut self) {
        // Bounded: a session has a handful of packets due, and events end the loop.
        for _ in 0..64 {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(t)) => self.net.send(&t),
                Ok(Output::Event(event)) => {
                    let _ = self.event(event);
                }
                _ => return,
            }
        }
    }

    fn received(
        &mut self,
        proto: str0m::net::Protocol,
        from: std::net::SocketAddr,
        to: std::net::SocketAddr,
        len: usize,
    ) {
        let Ok(receive) = Receive::new(proto, from, to, &self.buffer[..len]) else { return };
        let input = Input::Receive(Instant::now(), receive);
        // Whatever does not belong to the session is none of ours, and one bad datagram never ends it.
        if self.rtc.accepts(&input)
            && let Err(error) = self.rtc.handle_input(input)
        {
            tracing::debug!(%error, "a datagram was not taken");
        }
    }

    fn event(&mut self, event: Event) -> Result<Option<Happened>, ClientError> {
        match event {
            Event::Connected => {
                self.connected.get_or_insert_with(Instant::now);
                Ok(Some(Happened::Deadline))
            }
            Event::MediaData(data) => Ok(Some(Happened::Media(Box::new(data)))),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => Err(self.lost()),
            Event::Closed => {
                self.closed = true;
                Ok(Some(Happened::Closed))
            }
            _ => Ok(None),
        }
    }

    fn lost(&self) -> ClientError {
        ClientError::LineLost { seconds: self.connected.map_or(0.0, |c| c.elapsed().as_secs_f64()) }
    }

    /// Ends the session on both ways: DTLS and `DELETE`.
    pub(crate) async fn close(mut self) {
        let _ = self.rtc.close();
        self.flush();
        if let Some(resource) = self.resource.take()
            && let Err(error) = self.http.ask(Method::DELETE, resource, self.token.as_deref(), None).await
        {
            tracing::debug!(%error, "the session was not deleted");
        }
    }
}

/// The candidates of an answer.
fn candidates(sdp: &str) -> Vec<Candidate> {
    let of = |line: &str| Candidate::from_sdp_string(line.trim().strip_prefix("a=")?).ok();
    sdp.lines().filter(|l| l.starts_with("a=candidate:")).filter_map(of).take(16).collect()
}

fn unusable(what: &'static str, reason: &str) -> ClientError {
    ClientError::Answer { what, reason: reason.to_owned() }
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(str0m::crypto::from_feature_flags())).clone()
}

/// One certificate for all clients of a process: they have nothing to hide from each other, and it saves making one.
fn certificate() -> Result<DtlsCert, ClientError> {
    static CERTIFICATE: OnceLock<Option<DtlsCert>> = OnceLock::new();
    let made = CERTIFICATE.get_or_init(|| provider().dtls_provider.generate_certificate());
    made.clone().ok_or_else(|| ClientError::Setup("no DTLS certificate could be made".to_owned()))
}
