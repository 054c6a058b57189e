//! What the stories share: a stage and a token check of our own, and a real WebRTC client on real sockets.

#![allow(unreachable_pub, reason = "a test has no outside")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use hustings_ingest::{Config, WebRtc, WhipState, whip_router};
use hustings_link::stage::{EnterError, FromLine, LinePacket, ReturnFrame, SpeakerPort, StageDoor};
use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::{Claims, Phase, Role};
use str0m::change::SdpAnswer;
use str0m::format::CodecConfig;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tower::ServiceExt;

/// The mixer's ends of one seat.
pub struct Seat {
    pub from_line: mpsc::Receiver<FromLine>,
    pub to_line: mpsc::Sender<ReturnFrame>,
}

impl Seat {
    /// The next thing that the line tells, within 5 s.
    pub async fn next(&mut self) -> FromLine {
        let next = tokio::time::timeout(Duration::from_secs(5), self.from_line.recv()).await;
        next.expect("the line says something within 5 s").expect("the line is open")
    }

    /// The next packet.
    pub async fn packet(&mut self) -> LinePacket {
        loop {
            if let FromLine::Packet(packet) = self.next().await {
                return packet;
            }
        }
    }

    /// Packets that are there already.
    pub fn packets(&mut self) -> Vec<LinePacket> {
        let mut packets = Vec::new();
        while let Ok(said) = self.from_line.try_recv() {
            if let FromLine::Packet(packet) = said {
                packets.push(packet);
            }
        }
        packets
    }
}

/// A stage that lets in whoever is heard, to the conversation `talk`.
pub struct Stage(pub mpsc::UnboundedSender<Seat>);

impl StageDoor for Stage {
    fn enter(&self, claims: &Claims) -> Result<SpeakerPort, EnterError> {
        match claims.conversation.as_str() {
            "talk" => {}
            "over" => return Err(EnterError::NotOpen(Phase::Ended)),
            "later" => return Err(EnterError::NotOpen(Phase::Scheduled)),
            "full" => return Err(EnterError::Full(64)),
            _ => return Err(EnterError::Unknown(claims.conversation.clone())),
        }
        let (to_mixer, from_line) = mpsc::channel(100);
        let (to_line, from_mixer) = mpsc::channel(20);
        let seat = Seat { from_line, to_line };
        self.0.send(seat).expect("the story still listens");
        Ok(SpeakerPort { session: 1, to_mixer, from_mixer })
    }
}

/// Tokens of the form `seat/role/conversation`.
pub struct Tokens;

impl TokenCheck for Tokens {
    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        if token == "expired" {
            return Err(TokenError::Expired);
        }
        let mut parts = token.split('/');
        let mut part = || parts.next().ok_or_else(|| TokenError::Malformed("it has too few parts".into()));
        let (sub, role, conversation) = (part()?, part()?, part()?);
        let role: Role = serde_json::from_value(role.into()).map_err(|e| TokenError::Malformed(e.to_string()))?;
        let malformed = |e: hustings_vocab::BadName| TokenError::Malformed(e.to_string());
        Ok(Claims {
            sub: sub.parse().map_err(malformed)?,
            conversation: conversation.parse().map_err(malformed)?,
            role,
            name: None,
            iat: 0,
            exp: u64::MAX,
        })
    }
}

pub const LOOPBACK: &str = "127.0.0.1:0";

/// A stage plane, its router and its seats.
pub struct House {
    pub webrtc: WebRtc,
    pub router: Router,
    pub seats: mpsc::UnboundedReceiver<Seat>,
}

pub fn house(udp: &[&str], tcp: &[&str]) -> House {
    let addrs = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect();
    let config = Config {
        udp: addrs(udp),
        tcp: addrs(tcp),
        ice_servers: vec!["stun:stun.example.org".into()],
        sessions_max: 64,
        ..Config::default()
    };
    let webrtc = WebRtc::bind(config).unwrap();
    let (door, seats) = mpsc::unbounded_channel();
    let state = WhipState { webrtc: webrtc.clone(), door: Arc::new(Stage(door)), tokens: Arc::new(Tokens) };
    House { webrtc, router: whip_router(state), seats }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The `detail` of a problem document.
    pub fn detail(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].is_string() && problem["type"].is_string());
        problem["detail"].as_str().unwrap().to_owned()
    }
}

pub async fn send(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Reply { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

pub fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    kind: Option<&str>,
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    request.body(body.into()).unwrap()
}

pub async fn post_offer(router: &Router, path: &str, token: Option<&str>, offer: impl Into<Body>) -> Reply {
    send(router, request(Method::POST, path, token, Some("application/sdp"), offer)).await
}

/// How the client's datagrams travel.
pub enum Wire {
    Udp(Arc<UdpSocket>),
    Tcp(TcpStream),
}

/// A real client: ICE, DTLS and SRTP by str0m, over a real socket.
pub struct Client {
    pub rtc: Rtc,
    pub wire: Wire,
    pub mid: Option<Mid>,
    pub connected: bool,
    pub closed: bool,
    pub speaks: bool,
    /// What it has heard: RTP time and packet.
    pub heard: Vec<(u64, Vec<u8>)>,
    /// Datagrams that it has sent, when they are recorded.
    pub sent: Option<Arc<Mutex<Vec<Vec<u8>>>>>,
    /// Every so many of its packets of sound are lost.
    pub loses_every: Option<u64>,
    /// Every so many of the packets of sound that come to it are lost, once each.
    pub misses_every: Option<u64>,
    missed: Vec<Vec<u8>>,
    came: u64,
    /// How long one turn waits for a datagram.
    pub patience: Duration,
    pub offer: String,
    pub answer: String,
    pub location: String,
    pub etag: String,
    pending: Option<str0m::change::SdpPendingOffer>,
    frame: u64,
    next_frame: Instant,
    inbox: Vec<u8>,
    server: SocketAddr,
}

/// The packet that a client speaks: CELT, 20 ms, and a number to know it by.
pub fn packet_of(number: u64) -> Vec<u8> {
    let mut packet = vec![0xF8];
    packet.extend_from_slice(&number.to_be_bytes());
    packet
}

/// The value of an SDP line.
pub fn value(sdp: &str, name: &str) -> String {
    value_line(sdp, name)[name.len()..].to_owned()
}

fn value_line(sdp: &str, name: &str) -> String {
    sdp.lines().find(|l| l.starts_with(name)).expect("the line is there").to_owned()
}

impl Client {
    pub async fn udp(direction: Direction, red: bool) -> (Self, String) {
        let socket = UdpSocket::bind(LOOPBACK).await.unwrap();
        let local = Candidate::host(socket.local_addr().unwrap(), "udp").unwrap();
        Self::over(Wire::Udp(Arc::new(socket)), local, direction, red)
    }

    pub async fn tcp(server: SocketAddr) -> (Self, String) {
        let stream = TcpStream::connect(server).await.unwrap();
        let builder = Candidate::builder().tcp().host(stream.local_addr().unwrap()).tcptype(TcpType::Active);
        let local = builder.build().unwrap();
        let (mut client, offer) = Self::over(Wire::Tcp(stream), local, Direction::SendRecv, false);
        client.server = server;
        (client, offer)
    }

    fn over(wire: Wire, local: Candidate, direction: Direction, red: bool) -> (Self, String) {
        let mut config = Rtc::builder().clear_codecs().enable_opus(true, red);
        let nacks = config.codec_config().params().iter().copied().map(|mut params| {
            params.set_fb_nack(direction == Direction::RecvOnly);
            params
        });
        *config.codec_config() = CodecConfig::new_from_payload_params(nacks.collect());
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(local);
        let mut api = rtc.sdp_api();
        api.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = api.apply().unwrap();
        let client = Self {
            rtc,
            wire,
            mid: None,
            connected: false,
            closed: false,
            speaks: false,
            heard: Vec::new(),
            sent: None,
            loses_every: None,
            misses_every: None,
            missed: Vec::new(),
            came: 0,
            patience: Duration::from_millis(5),
            offer: offer.to_sdp_string(),
            answer: String::new(),
            location: String::new(),
            etag: String::new(),
            pending: Some(pending),
            frame: 0,
            next_frame: Instant::now(),
            inbox: Vec::new(),
            server: LOOPBACK.parse().unwrap(),
        };
        (client, offer.to_sdp_string())
    }

    /// A speaker who is connected and speaks.
    pub async fn speaker(house: &mut House, seat: &str) -> (Self, Seat) {
        let (mut client, offer) = Self::udp(Direction::SendRecv, false).await;
        let seat = client.enter(house, seat, offer).await;
        (client, seat)
    }

    /// Posts the offer, takes the answer, connects and speaks.
    pub async fn enter(&mut self, house: &mut House, seat: &str, offer: String) -> Seat {
        let token = format!("{seat}/speaker/talk");
        let reply = post_offer(&house.router, "/c/talk/whip", Some(&token), offer).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        self.answered(&reply);
        let mut seat = house.seats.recv().await.unwrap();
        self.until("connected", |c| c.connected).await;
        assert!(matches!(seat.next().await, FromLine::Up));
        self.speaks = true;
        seat
    }

    pub fn answered(&mut self, reply: &Reply) {
        self.answer.clone_from(&reply.body);
        self.location = reply.header("location").to_owned();
        self.etag = reply.header("etag").to_owned();
        let answer = SdpAnswer::from_sdp_string(&reply.body).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
        self.mid = reply.body.lines().find_map(|l| l.strip_prefix("a=mid:")).map(Mid::from);
    }

    /// Begins an ICE restart: the fragment for the PATCH.
    pub fn restart(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        self.offer = offer.to_sdp_string();
        let wanted =
            |l: &&str| ["a=ice-ufrag", "a=ice-pwd", "a=candidate", "m=", "a=mid"].iter().any(|p| l.starts_with(p));
        self.offer.lines().filter(wanted).map(|l| format!("{l}\r\n")).collect()
    }

    /// Ends it, with the fragment that came back.
    pub fn restarted(&mut self, reply: &Reply) {
        self.etag = reply.header("etag").to_owned();
        for name in ["a=ice-ufrag:", "a=ice-pwd:"] {
            let value = value(&reply.body, name);
            let old = value_line(&self.answer, name);
            self.answer = self.answer.replace(&old, &format!("{name}{value}"));
        }
        let answer = SdpAnswer::from_sdp_string(&self.answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    /// Moves to another socket.
    pub async fn moves(&mut self) {
        let socket = UdpSocket::bind(LOOPBACK).await.unwrap();
        if let Wire::Udp(old) = &self.wire {
            let old = Candidate::host(old.local_addr().unwrap(), "udp").unwrap();
            self.rtc.direct_api().invalidate_candidate(&old);
        }
        self.rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        self.wire = Wire::Udp(Arc::new(socket));
    }

    pub fn local(&self) -> SocketAddr {
        match &self.wire {
            Wire::Udp(socket) => socket.local_addr().unwrap(),
            Wire::Tcp(stream) => stream.local_addr().unwrap(),
        }
    }

    /// Runs until something is true, for at most 30 s.
    pub async fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !done(self) {
            assert!(Instant::now() < end, "not {what} within 30 s");
            self.step().await;
        }
    }

    /// Runs until `stop` says so, then hands itself back.
    pub fn run_aside(mut self, stop: Arc<std::sync::atomic::AtomicBool>) -> tokio::task::JoinHandle<Self> {
        tokio::spawn(async move {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                self.step().await;
            }
            self
        })
    }

    /// One turn: everything that is due, then at most 5 ms of waiting.
    pub async fn step(&mut self) {
        let now = Instant::now();
        if self.speaks && self.connected && now >= self.next_frame {
            self.speak(now);
        }
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain().await;
        let mut buffer = vec![0; 2048];
        let received = match &mut self.wire {
            Wire::Udp(socket) => {
                let received = tokio::time::timeout(self.patience, socket.recv_from(&mut buffer)).await;
                received.ok().and_then(Result::ok).map(|(len, from)| (buffer[..len].to_vec(), from, Protocol::Udp))
            }
            Wire::Tcp(stream) => {
                if let Ok(Ok(len)) = tokio::time::timeout(self.patience, stream.read(&mut buffer)).await {
                    self.inbox.extend_from_slice(&buffer[..len]);
                }
                self.frame_in().map(|frame| (frame, self.server, Protocol::Tcp))
            }
        };
        if let Some((datagram, from, proto)) = received
            && !self.misses(&datagram)
        {
            let local = self.local();
            if let Ok(receive) = Receive::new(proto, from, local, &datagram) {
                self.rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
                self.drain().await;
            }
        }
    }

    /// Whether a datagram is lost on its way here. What is sent again is the same, and comes.
    fn misses(&mut self, datagram: &[u8]) -> bool {
        let Some(every) = self.misses_every else { return false };
        let sound = datagram[0] == 0x80 && datagram[1] == 111;
        if !sound || self.missed.iter().any(|missed| missed == datagram) {
            return false;
        }
        self.came += 1;
        let lost = self.came.is_multiple_of(every);
        if lost {
            self.missed.push(datagram.to_vec());
        }
        lost
    }

    fn frame_in(&mut self) -> Option<Vec<u8>> {
        let len = usize::from(u16::from_be_bytes([*self.inbox.first()?, *self.inbox.get(1)?]));
        (self.inbox.len() >= len + 2).then(|| {
            let frame = self.inbox[2..len + 2].to_vec();
            self.inbox.drain(..len + 2);
            frame
        })
    }

    /// Says the next frames all at once, as nobody does who speaks.
    pub async fn floods(&mut self, frames: usize) {
        for _ in 0..frames {
            let now = Instant::now();
            self.speak(now);
            self.rtc.handle_input(Input::Timeout(now)).unwrap();
            self.drain().await;
        }
    }

    fn speak(&mut self, now: Instant) {
        self.next_frame = self.next_frame.max(now - Duration::from_millis(100)) + Duration::from_millis(20);
        let Some(mid) = self.mid else { return };
        let Some(writer) = self.rtc.writer(mid) else { return };
        let Some(pt) = writer.payload_params().next().map(str0m::format::PayloadParams::pt) else { return };
        let time = MediaTime::new(self.frame * 960, Frequency::FORTY_EIGHT_KHZ);
        writer.write(pt, now, time, packet_of(self.frame)).unwrap();
        self.frame += 1;
    }

    async fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => self.transmit(&transmit).await,
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::Closed) => self.closed = true,
                Output::Event(Event::MediaData(data)) => self.heard.push((data.time.numer(), data.data.to_vec())),
                Output::Event(_) => {}
            }
        }
    }

    async fn transmit(&mut self, transmit: &str0m::net::Transmit) {
        let bytes: &[u8] = &transmit.contents;
        if let Some(sent) = &self.sent {
            sent.lock().unwrap().push(bytes.to_vec());
        }
        let is_sound = bytes[0] >= 128 && !matches!(bytes[1] & 0x7f, 64..=95);
        if is_sound && self.loses_every.is_some_and(|every| self.frame.is_multiple_of(every)) {
            return;
        }
        match &mut self.wire {
            Wire::Udp(socket) => {
                let _ = socket.send_to(bytes, transmit.destination).await;
            }
            Wire::Tcp(stream) => {
                let mut frame = u16::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
                frame.extend_from_slice(bytes);
                stream.write_all(&frame).await.unwrap();
            }
        }
    }
}
