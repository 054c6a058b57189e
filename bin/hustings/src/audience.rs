//! The audience plane of one process: its sockets, what is served on them, and how that ends. It is the same in an edge
//! process and where one process serves both planes.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hustings_engine::{Engine, EngineConfig};
use hustings_fanout::{FanoutConfig, Pages};
use hustings_ingest::{Listeners, ListenersConfig, WhepState, whep_router};
use hustings_link::desk::Desk;
use hustings_link::hall::Halls;
use hustings_link::peer::Slots;
use hustings_tls::ServeOptions;
use hustings_vocab::network::Network;
use hustings_vocab::{Rendition, limits};
use socket2::SockRef;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often the stage is told how many listen, so that a goodbye shows within a second.
const COUNT: Duration = Duration::from_millis(250);
/// Counts between two sweeps, which come once a second.
const COUNTS_A_SWEEP: u32 = 4;

/// What an audience plane needs beside its halls.
pub(crate) struct AudienceConfig {
    /// Where WebRTC listeners send to.
    pub(crate) udp: SocketAddr,
    /// Addresses to advertise in ICE candidates; empty: those that are bound.
    pub(crate) advertise: Vec<IpAddr>,
    /// ICE servers that listeners are told of.
    pub(crate) ice_servers: Vec<String>,
    /// What the last part of the paths of WebRTC sessions begins with.
    pub(crate) prefix: String,
    /// Scheme and authority under which the audience reaches this plane, if they are configured.
    pub(crate) origin: Option<String>,
    /// Where pages are.
    pub(crate) pages: Pages,
    /// Caches in front whose word on a client's address is taken.
    pub(crate) caches: Vec<Network>,
    /// Threads of the engine, and of WebRTC.
    pub(crate) threads: usize,
    /// Connections at once.
    pub(crate) connections_max: usize,
    /// Who knows conversations that have no hall.
    pub(crate) desk: Arc<dyn Desk>,
}

/// A running audience plane.
pub(crate) struct AudiencePlane {
    pub(crate) webrtc: Listeners,
    whep: Router,
    fanout: Router,
    halls: Arc<Halls>,
    threads: usize,
    connections_max: usize,
    servers: JoinSet<()>,
    shutdown: CancellationToken,
}

/// The renditions that this program can make.
pub(crate) fn offered() -> Vec<Rendition> {
    Rendition::ALL.into_iter().filter(|r| hustings_codec::available(*r)).collect()
}

impl AudiencePlane {
    /// Binds the sockets of WebRTC. Call it within a Tokio runtime.
    pub(crate) fn open(config: AudienceConfig, halls: Arc<Halls>) -> io::Result<Self> {
        let webrtc = Listeners::start(ListenersConfig {
            udp: vec![config.udp],
            advertise: config.advertise,
            ice_servers: config.ice_servers,
            sessions_max: limits::WHEP_SESSIONS_MAX,
            prefix: config.prefix,
            // One thread sends to as many as the limit allows, and its port is the only one that a firewall must know.
            shards: 1,
        })?;
        let fanout = FanoutConfig {
            offered: offered(),
            desk: Some(config.desk),
            origin: config.origin,
            pages: Some(config.pages),
            caches: config.caches,
        };
        Ok(Self {
            whep: whep_router(WhepState { listeners: webrtc.clone(), halls: halls.clone() }),
            fanout: hustings_fanout::router(halls.clone(), fanout),
            webrtc,
            halls,
            threads: config.threads,
            connections_max: config.connections_max,
            servers: JoinSet::new(),
            shutdown: CancellationToken::new(),
        })
    }

    /// WHEP alone.
    pub(crate) fn whep(&self) -> Router {
        self.whep.clone()
    }

    /// Streams, LL-HLS, events and counts.
    pub(crate) fn fanout(&self) -> Router {
        self.fanout.clone()
    }

    /// The UDP port that listeners send to.
    pub(crate) fn udp_port(&self) -> Option<u16> {
        self.webrtc.candidates().first().map(SocketAddr::port)
    }

    /// Serves a listener that the audience comes to. The engine accepts, and serves the endless streams, LL-HLS and events;
    /// what is none of them is for `app`. Where HTTP/2 is wanted beside, which the engine does not speak, everything is for
    /// `app`. Gives the places of the engine's connections.
    pub(crate) fn serve(
        &mut self,
        socket: TcpListener,
        app: Router,
        options: ServeOptions,
    ) -> io::Result<Option<Arc<Slots>>> {
        let options = ServeOptions { connections_max: self.connections_max, ..options };
        let stop = self.shutdown.clone().cancelled_owned();
        if options.http2 {
            let socket = tokio::net::TcpListener::from_std(socket)?;
            self.servers.spawn(hustings_tls::serve(socket, app, options, stop));
            return Ok(None);
        }
        let (others, arrivals) = mpsc::channel(limits::ARRIVALS_QUEUE_MAX);
        let engine = Engine::start(
            socket,
            EngineConfig {
                halls: self.halls.clone(),
                offered: offered(),
                shards: self.threads,
                io_uring: true,
                connections_max: self.connections_max,
                facts: hustings_tls::tcp_facts,
                tls: options.tls.as_ref().map(hustings_tls::Tls::sealing),
                proxies: options.proxies.clone(),
                others,
            },
        )?;
        let slots = engine.slots().clone();
        let (drain, closing) = (options.drain, self.shutdown.clone().cancelled_owned());
        self.servers.spawn(hustings_tls::serve_arrivals(arrivals, app, options, stop));
        self.servers.spawn(async move {
            closing.await;
            if tokio::task::spawn_blocking(move || engine.drain(drain)).await.is_err() {
                tracing::error!("the audience's engine did not end as it should");
            }
        });
        Ok(Some(slots))
    }

    /// Lets nobody in any more, says goodbye to WebRTC listeners, and returns when everybody has heard the end, or after
    /// `patience`.
    pub(crate) async fn drain(mut self, patience: Duration) {
        self.webrtc.drain().await;
        self.shutdown.cancel();
        let all = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some listeners did not end in time and were closed");
        }
    }
}

/// Refuses who comes from now on, in every process that shares the listener.
pub(crate) fn close(listener: &TcpListener) {
    if let Err(error) = SockRef::from(listener).shutdown(std::net::Shutdown::Both) {
        tracing::debug!(%error, "the audience's listener was not closed");
    }
}

/// Connections that one process may have at once, by the descriptors that it may have.
pub(crate) fn connections_max(descriptors: Option<u64>) -> usize {
    let descriptors = descriptors.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    descriptors.saturating_sub(limits::EDGE_DESCRIPTORS_RESERVED).clamp(1, limits::CONNECTIONS_PER_EDGE_MAX)
}

/// Connections that the audience may have at once in a process that serves the stage, too.
pub(crate) fn connections_max_beside_stage(descriptors: Option<u64>) -> usize {
    let descriptors = descriptors.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    (descriptors / 4 * 3).clamp(1, limits::CONNECTIONS_PER_LISTENER_MAX)
}

/// Looks after the halls: tells the stage how many listen, cools what nobody wants, forgets what is over.
pub(crate) async fn look_after(halls: Arc<Halls>) {
    let mut tick = tokio::time::interval(COUNT);
    for n in 1u32.. {
        tick.tick().await;
        halls.count();
        if n.is_multiple_of(COUNTS_A_SWEEP) {
            halls.sweep();
        }
    }
}
