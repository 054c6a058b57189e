//! The audience's WebRTC from outside: how it is started, how a listener is let in, and how it ends.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use str0m::Candidate;
use str0m::crypto::CryptoProvider;
use tokio::sync::oneshot;

use super::Audience;
use super::mailbox::{Mailbox, Message};
use super::shard::Shard;
use crate::counters::{Counters, Stats};
use crate::crypto;
use crate::gate::SessionKey;
use crate::net::bind_udp;
use crate::registry::{OpenError, Opened, Registry, credentials};
use crate::resource::Resources;
use crate::sdp::{Answer, Flow, Offer, SdpError};

/// How long ending every session may take.
const DRAIN: Duration = Duration::from_secs(2);

/// What the audience's WebRTC binds, and how it names itself.
#[derive(Debug, Clone, Default)]
pub struct ListenersConfig {
    /// Addresses to bind for UDP. A wildcard means every local address of its family, and `[::]` those of IPv4 as well. Each
    /// shard has its own port: the one that is named here, the next, and so on; with port 0 any.
    pub udp: Vec<SocketAddr>,
    /// Addresses that clients reach us at, where they are not those that are bound (a NAT in front).
    pub advertise: Vec<IpAddr>,
    /// STUN and TURN servers to name to clients, as URIs (`stun:stun.example.org`). We need none ourselves.
    pub ice_servers: Vec<String>,
    /// Listeners at once; more are refused with 503.
    pub sessions_max: usize,
    /// What the last part of the paths of sessions begins with.
    pub prefix: String,
    /// Threads; 0 for one.
    pub shards: usize,
}

/// The audience's WebRTC. Clones are the same one; with the last its threads end.
#[derive(Clone)]
pub struct Listeners(Arc<Inner>);

struct Inner {
    house: Arc<House>,
    ice_servers: Vec<String>,
    /// SHA-256 of the certificate.
    fingerprint: Vec<u8>,
    shards: Vec<Entrance>,
}

/// What is known of a shard from outside.
struct Entrance {
    mailbox: Arc<Mailbox>,
    candidates: Vec<Candidate>,
}

/// What the shards share.
pub(crate) struct House {
    pub registry: Registry,
    pub counters: Counters,
    pub provider: CryptoProvider,
    pub certificate: dimpl::DtlsCertificate,
    /// Listeners of each shard.
    taken: Vec<AtomicUsize>,
}

impl House {
    /// A session is over.
    pub(crate) fn left(&self, key: SessionKey) {
        self.registry.leave(key);
        self.taken[self.shard(key)].fetch_sub(1, Relaxed);
    }

    /// The shard of a session is in its number.
    fn shard(&self, key: SessionKey) -> usize {
        key.0 as usize % self.taken.len()
    }

    /// A number for a session of the shard that has fewest.
    fn place(&self) -> SessionKey {
        let least = (0..self.taken.len()).min_by_key(|shard| self.taken[*shard].load(Relaxed)).unwrap_or(0);
        SessionKey(self.registry.number() * self.taken.len() as u64 + least as u64)
    }
}

impl Listeners {
    /// Binds the sockets and starts the threads.
    ///
    /// # Errors
    /// What the system says of an address that cannot be bound, with the address, or when it gives no thread.
    pub fn start(config: ListenersConfig) -> io::Result<Self> {
        let provider = crypto::provider();
        let certificate = provider.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| io::Error::other("no DTLS certificate could be made"))?;
        let fingerprint = digest(&SHA256, &certificate.certificate).as_ref().to_vec();
        let certificate =
            dimpl::DtlsCertificate { certificate: certificate.certificate, private_key: certificate.private_key };
        let count = config.shards.max(1);
        let house = Arc::new(House {
            registry: Registry::new(config.sessions_max, config.prefix),
            counters: Counters::default(),
            provider,
            certificate,
            taken: (0..count).map(|_| AtomicUsize::new(0)).collect(),
        });
        let mut inner = Inner { house, ice_servers: config.ice_servers, fingerprint, shards: Vec::new() };
        for shard in 0..count {
            let udp: Vec<_> = config.udp.iter().map(|addr| beside(*addr, shard)).collect();
            let (mut sockets, mut locals, mut candidates) = (Vec::new(), Vec::new(), Vec::new());
            for bound in bind_udp(&udp, &config.advertise)? {
                locals.push(bound.names[0]);
                sockets.push(bound.socket);
                candidates.extend(bound.candidates);
            }
            let mailbox = Mailbox::new()?;
            let (house, theirs) = (inner.house.clone(), mailbox.clone());
            std::thread::Builder::new()
                .name(format!("whep-{shard}"))
                .spawn(move || serve(&house, &theirs, sockets, locals))?;
            inner.shards.push(Entrance { mailbox, candidates });
        }
        Ok(Self(Arc::new(inner)))
    }

    /// The addresses that answers name, of every shard.
    #[must_use]
    pub fn candidates(&self) -> Vec<SocketAddr> {
        self.0.shards.iter().flat_map(|shard| &shard.candidates).map(Candidate::addr).collect()
    }

    /// A reading of the counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.house.counters.snapshot(self.0.house.registry.len(), 0)
    }

    /// Ends every session, with a goodbye to each peer; returns when they are sent, or after 2 s.
    pub async fn drain(&self) {
        let all = self.0.house.registry.keys().into_iter().map(|key| self.end(key));
        let _ = tokio::time::timeout(DRAIN, futures_util::future::join_all(all)).await;
    }

    /// Lets a listener in. Nothing is negotiated but what the offer says: the handshake is the shard's.
    pub(crate) fn open(&self, offer: Offer, audience: Audience) -> Result<Opened, OpenError> {
        let house = &self.0.house;
        let key = house.place();
        let shard = house.shard(key);
        let ours = credentials();
        let ssrc = rand::random();
        let answer = Answer {
            offer: &offer,
            flow: Flow::Listener,
            credentials: &ours,
            candidates: &self.0.shards[shard].candidates,
            fingerprint: &self.0.fingerprint,
            active: offer.setup == crate::sdp::Setup::Passive,
            ssrc: Some(ssrc),
            id: rand::random(),
        };
        let answer = answer.to_sdp();
        let theirs = (offer.ufrag.clone(), offer.pwd.clone());
        let (id, etag) = house.registry.enter(key, audience.hall.slug.clone(), None, theirs)?;
        house.taken[shard].fetch_add(1, Relaxed);
        house.counters.opened.fetch_add(1, Relaxed);
        let offer = Box::new(offer);
        self.0.shards[shard].mailbox.send(Message::Open { key, offer, ours, ssrc, audience });
        Ok(Opened { id, etag, answer })
    }

    /// Has a listener go on with another rendition, from a frame on at which both have the sound.
    pub(crate) fn retune(&self, key: SessionKey, audience: Audience) {
        self.shard(key).mailbox.send(Message::Retune { key, audience });
    }

    /// Ends a session and waits until its goodbye is sent.
    pub(crate) async fn end(&self, key: SessionKey) {
        let (done, ended) = oneshot::channel();
        self.shard(key).mailbox.send(Message::End { key, done });
        let _ = ended.await;
    }

    fn shard(&self, key: SessionKey) -> &Entrance {
        &self.0.shards[self.0.house.shard(key)]
    }
}

impl Resources for Listeners {
    fn registry(&self) -> &Registry {
        &self.0.house.registry
    }

    fn ice_servers(&self) -> &[String] {
        &self.0.ice_servers
    }

    async fn restart(
        &self,
        id: &str,
        key: SessionKey,
        theirs: (String, String),
    ) -> Option<Result<(String, String), SdpError>> {
        let (done, restarted) = oneshot::channel();
        let (ours, shard) = (credentials(), self.shard(key));
        shard.mailbox.send(Message::Restart { key, theirs: theirs.clone(), ours: ours.clone(), done });
        let offer = match restarted.await.ok()? {
            Ok(offer) => offer,
            Err(error) => return Some(Err(error)),
        };
        let etag = self.0.house.registry.renew(id, theirs)?;
        Some(Ok((etag, Answer::restart_fragment(&offer, &ours, &shard.candidates))))
    }
}

impl std::fmt::Debug for Listeners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listeners").field("candidates", &self.candidates()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shards.iter().for_each(|shard| shard.mailbox.close());
    }
}

/// The address of a shard: as it is for the first, the next port for the next.
fn beside(mut addr: SocketAddr, shard: usize) -> SocketAddr {
    if addr.port() != 0 {
        // Past the last port there is none, which binding will say.
        addr.set_port(addr.port().saturating_add(u16::try_from(shard).unwrap_or(u16::MAX)));
    }
    addr
}

/// A shard's thread. One that panics loses its listeners, who come back by themselves, and begins anew.
fn serve(house: &Arc<House>, mailbox: &Arc<Mailbox>, mut sockets: Vec<UdpSocket>, mut locals: Vec<SocketAddr>) {
    loop {
        let mut shard = Shard::new(house.clone(), mailbox.clone(), sockets, locals);
        if catch_unwind(AssertUnwindSafe(|| shard.run())).is_ok() {
            return;
        }
        tracing::error!("a shard of the audience's WebRTC panicked and begins anew without its listeners");
        (sockets, locals) = shard.abandon();
    }
}
