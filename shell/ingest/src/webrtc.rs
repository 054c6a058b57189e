//! A plane's WebRTC: its sockets, its gate, its drivers, and the sessions that its HTTP resources name.
//!
//! It serves the stage (WHIP); listeners have [`crate::Listeners`], and the two share nothing. Receiving tasks take datagrams
//! from the sockets and ask the gate; what it lets through goes to the driver that owns the session.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hustings_link::stage::SpeakerPort;
use hustings_vocab::{Claims, Slug, limits};
use str0m::RtcConfig;
use str0m::format::CodecConfig;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::counters::{Counters, Stats};
use crate::crypto;
use crate::driver::{Driver, Message, hand};
use crate::gate::{Credentials, Gate, Refusal, SessionKey, Source, Transport};
use crate::net::Net;
use crate::registry::{OpenError, Opened, Registry, credentials};
use crate::resource::Resources;
use crate::sdp::{Answer, Direction, Flow, Offer, SdpError};
use crate::session::{Negotiated, Session, negotiate};
use crate::tcp;

/// Datagrams taken from a socket before other tasks get their turn.
const BATCH: usize = 64;
/// How long ending every session may take.
const DRAIN: Duration = Duration::from_secs(2);

/// What a plane binds, and how it names itself.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Addresses to bind for UDP. A wildcard means every local address of its family, and `[::]` those of IPv4 as well.
    pub udp: Vec<SocketAddr>,
    /// Addresses to bind for ICE-TCP; empty for none.
    pub tcp: Vec<SocketAddr>,
    /// Addresses that clients reach us at, where they are not those that are bound (a NAT in front).
    pub advertise: Vec<IpAddr>,
    /// STUN and TURN servers to name to clients, as URIs (`stun:stun.example.org`). We need none ourselves.
    pub ice_servers: Vec<String>,
    /// Sessions at once; more are refused with 503.
    pub sessions_max: usize,
    /// What the last part of every session's path begins with, where several processes share an address; it is no secret.
    pub prefix: String,
    /// Driver tasks; 0 for one per core, at most four.
    pub drivers: usize,
}

/// A plane's WebRTC. Clones are the same one.
#[derive(Clone)]
pub struct WebRtc(Arc<Plane>);

/// What every task of a plane shares.
pub(crate) struct Plane {
    pub net: Net,
    pub counters: Arc<Counters>,
    ice_servers: Vec<String>,
    gate: Mutex<Gate>,
    drivers: Vec<mpsc::Sender<Message>>,
    rtc: RtcConfig,
    registry: Registry,
}

/// A session that was negotiated and that nobody has taken yet.
pub(crate) struct Prepared {
    offer: Offer,
    direction: Direction,
    negotiated: Negotiated,
    credentials: Credentials,
    answer: String,
}

impl WebRtc {
    /// Binds the sockets and starts the tasks, on the runtime that this is called in.
    ///
    /// # Errors
    /// What the system says of an address that cannot be bound, with the address.
    pub fn bind(config: Config) -> io::Result<Self> {
        let (net, listeners) = Net::bind(&config.udp, &config.tcp, &config.advertise)?;
        let provider = crypto::provider();
        let certificate = provider.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| io::Error::other("no DTLS certificate could be made"))?;
        let gate = Mutex::new(Gate::new(provider.sha1_hmac_provider));
        let rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(provider))
            .set_dtls_cert(certificate)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(Duration::from_secs(2)))
            .clear_extension_map();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let count = if config.drivers == 0 { cores.min(4) } else { config.drivers };
        let (drivers, inboxes): (Vec<_>, Vec<_>) =
            (0..count).map(|_| mpsc::channel(limits::DRIVER_QUEUE_MESSAGES_MAX)).unzip();
        let plane = Arc::new(Plane {
            net,
            counters: Arc::default(),
            ice_servers: config.ice_servers,
            gate,
            drivers,
            rtc,
            registry: Registry::new(config.sessions_max, config.prefix),
        });
        for inbox in inboxes {
            tokio::spawn(Driver::new(plane.clone()).run(inbox));
        }
        for index in 0..plane.net.udp.len() {
            tokio::spawn(receive(plane.clone(), index));
        }
        let room = Arc::new(Semaphore::new(limits::ICE_TCP_CONNECTIONS_MAX));
        for (listener, local) in listeners {
            tokio::spawn(tcp::accept(plane.clone(), listener, local, room.clone()));
        }
        Ok(Self(plane))
    }

    /// The addresses that answers name: UDP first, then TCP.
    #[must_use]
    pub fn candidates(&self) -> Vec<(Transport, SocketAddr)> {
        let transport = |c: &str0m::Candidate| match c.proto() {
            str0m::net::Protocol::Udp => Transport::Udp,
            _ => Transport::Tcp,
        };
        self.0.net.candidates.iter().map(|c| (transport(c), c.addr())).collect()
    }

    /// A reading of the counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.counters.snapshot(self.0.registry.len(), self.0.net.connections())
    }

    /// Ends every session, with a goodbye to each peer; returns when they are sent, or after 2 s.
    pub async fn drain(&self) {
        let all = async {
            for key in self.0.registry.keys() {
                self.0.end(key).await;
            }
        };
        let _ = tokio::time::timeout(DRAIN, all).await;
    }

    pub(crate) fn plane(&self) -> &Plane {
        &self.0
    }
}

impl std::fmt::Debug for WebRtc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebRtc").field("candidates", &self.candidates()).finish_non_exhaustive()
    }
}

impl Plane {
    /// Takes a datagram from a socket; says whether the gate let it through.
    pub(crate) fn receive(&self, from: Source, datagram: &[u8], at: Instant) -> bool {
        self.counters.datagrams_in.fetch_add(1, Relaxed);
        self.counters.bytes_in.fetch_add(datagram.len() as u64, Relaxed);
        let judged = self.gate().judge(from, datagram, at);
        let handed = judged.and_then(|session| {
            hand(self.driver(session), Message::Datagram { session, from, at, bytes: datagram.to_vec() })
        });
        match handed {
            Ok(()) => true,
            // A busy server is not the peer's fault.
            Err(refusal) => {
                self.counters.refuse(refusal);
                refusal == Refusal::Overload
            }
        }
    }

    /// Negotiates a session. It does not exist before it is opened.
    pub(crate) fn prepare(&self, offer: Offer, returns: bool) -> Result<Prepared, OpenError> {
        self.registry.room()?;
        let direction = if returns { Direction::SendRecv } else { Direction::SendOnly };
        let mut rtc = self.rtc.clone();
        *rtc.codec_config() = codecs(offer.red.is_some());
        let credentials = credentials();
        let candidates = &self.net.candidates;
        let now = Instant::now();
        // str0m asserts what it believes of an SDP document. Ours is canonical, and still: no request ends a task.
        let negotiated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            negotiate(&rtc, candidates, &offer, direction, &credentials, now)
        }));
        let negotiated = negotiated.map_err(|_| SdpError::Unsupported("its combination of parameters"))??;
        let answer = Answer {
            offer: &offer,
            flow: Flow::Speaker { returns },
            credentials: &credentials,
            candidates,
            fingerprint: &negotiated.fingerprint,
            active: offer.setup == crate::sdp::Setup::Passive,
            ssrc: negotiated.ssrc,
            id: rand::random(),
        };
        let answer = answer.to_sdp();
        Ok(Prepared { offer, direction, negotiated, credentials, answer })
    }

    /// Opens a session for somebody on stage.
    pub(crate) fn open_speaker(
        &self,
        prepared: Prepared,
        port: SpeakerPort,
        slug: Slug,
        owner: (Claims, String),
    ) -> Result<Opened, OpenError> {
        let SpeakerPort { to_mixer, from_mixer: frames, .. } = port;
        let Prepared { offer, direction, negotiated, credentials, answer } = prepared;
        let key = SessionKey(self.registry.number());
        let theirs = (offer.ufrag.clone(), offer.pwd.clone());
        let counters = self.counters.clone();
        let session = Box::new(Session::new(negotiated, offer, direction, to_mixer, counters, Instant::now()));
        let (id, etag) = self.registry.enter(key, slug, Some(owner), theirs)?;
        self.gate().admit(key, credentials);
        if hand(self.driver(key), Message::Speaker { key, session, frames }).is_err() {
            self.ended(key);
            return Err(OpenError::Busy);
        }
        self.counters.opened.fetch_add(1, Relaxed);
        Ok(Opened { id, etag, answer })
    }

    /// Ends a session and waits until its goodbye is sent.
    pub(crate) async fn end(&self, key: SessionKey) {
        let (done, ended) = oneshot::channel();
        if self.driver(key).send(Message::End { key, done }).await.is_ok() {
            let _ = ended.await;
        }
    }

    /// A session is over: nothing of it remains.
    pub(crate) fn ended(&self, key: SessionKey) {
        self.gate().forget(key);
        self.registry.leave(key);
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn driver(&self, key: SessionKey) -> &mpsc::Sender<Message> {
        &self.drivers[key.0 as usize % self.drivers.len()]
    }
}

impl Resources for Plane {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn ice_servers(&self) -> &[String] {
        &self.ice_servers
    }

    async fn restart(
        &self,
        id: &str,
        key: SessionKey,
        theirs: (String, String),
    ) -> Option<Result<(String, String), SdpError>> {
        let (done, restarted) = oneshot::channel();
        let ours = credentials();
        let message = Message::Restart { key, theirs: theirs.clone(), ours: ours.clone(), done };
        self.driver(key).send(message).await.ok()?;
        let offer = match restarted.await.ok()? {
            Ok(offer) => offer,
            Err(error) => return Some(Err(error)),
        };
        let etag = self.registry.renew(id, theirs)?;
        Some(Ok((etag, Answer::restart_fragment(&offer, &ours, &self.net.candidates))))
    }
}

async fn receive(plane: Arc<Plane>, index: usize) {
    let udp = &plane.net.udp[index];
    // One byte more than may come, to tell what was cut short.
    let mut buffer = [0; limits::DATAGRAM_BYTES_MAX + 1];
    while udp.socket.readable().await.is_ok() {
        for _ in 0..BATCH {
            match udp.socket.try_recv_from(&mut buffer) {
                Ok((len, remote)) => {
                    let from = Source { transport: Transport::Udp, local: udp.local, remote };
                    plane.receive(from, &buffer[..len], Instant::now());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // An earlier datagram could not be delivered; the next one may.
                Err(error) => tracing::debug!(%error, "UDP"),
            }
        }
        tokio::task::yield_now().await;
    }
    tracing::error!(local = %udp.local, "a UDP socket cannot be read any more");
}

/// Opus, perhaps with redundancy. No transport-cc: a speaker's rate is fixed, and a listener's ours.
fn codecs(red: bool) -> CodecConfig {
    let mut config = CodecConfig::empty();
    config.enable_opus(true, red);
    let without_cc = config.params().iter().copied().map(|mut params| {
        params.set_fb_transport_cc(false);
        params
    });
    CodecConfig::new_from_payload_params(without_cc.collect())
}
