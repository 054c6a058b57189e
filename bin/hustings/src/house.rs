//! The house: every room of one server, wired together, and the order in which it is opened and drained.
//!
//! The stage's sockets are served by a runtime of their own, its sound by the studio's threads; everything for the audience
//! runs on the runtime that [`House::open`] is called in. Between them there is only the link.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use axum::Router;
use hustings_engine::{Engine, EngineConfig};
use hustings_fanout::FanoutConfig;
use hustings_ingest::{WebRtc, WhepState, WhipState, whep_router, whip_router};
use hustings_link::desk::Desk;
use hustings_link::hall::Halls;
use hustings_link::peer::Arrival;
use hustings_store::{Keys, Store};
use hustings_studio::Studio;
use hustings_tls::{Acme, ServeOptions, TlsSource};
use hustings_vocab::{Rendition, limits};
use hustings_web::{Address, LinkConfig, Scheme, WebState};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Tls};
use crate::desk::HouseDesk;
use crate::failure::Failure;
use crate::link_pump;
use crate::metrics::Meters;
use crate::serve::CONTROL_SOCKET;

/// Connections that may wait to be accepted. The kernel cuts it to `net.core.somaxconn`.
const BACKLOG: u32 = 4096;
/// How often the desk looks whether doors must be opened.
const DOORS: Duration = Duration::from_secs(2);

/// Where the listeners are, once bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) listen: SocketAddr,
    pub(crate) stage_listen: SocketAddr,
    pub(crate) stage_udp: SocketAddr,
    pub(crate) stage_tcp: SocketAddr,
    pub(crate) audience_listen: SocketAddr,
    pub(crate) audience_udp: SocketAddr,
    pub(crate) private_listen: SocketAddr,
}

/// A running server.
pub(crate) struct House {
    pub(crate) bound: Bound,
    desk: Arc<HouseDesk>,
    origin: String,
    studio: Arc<Studio>,
    stage: WebRtc,
    audience: WebRtc,
    stage_runtime: StageRuntime,
    servers: JoinSet<()>,
    background: JoinSet<()>,
    shutdown: CancellationToken,
    draining: Arc<AtomicBool>,
    store: Store,
}

impl House {
    /// Opens the data folder, binds every socket, takes up what was open, and serves.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let store = Store::open(&config.data).await?;
        let keys = Arc::new(Keys::open(&config.data)?);
        let tls = certificate(config)?;
        let shared = config.audience_listen == config.listen && config.listen.port() != 0;
        let stage_runtime = StageRuntime::start()?;
        let sockets = Sockets::bind(config, &stage_runtime, shared)?;

        let (down_tx, down_rx) = mpsc::channel(link_pump::DOWN_QUEUE_MAX);
        let (up_tx, up_rx) = mpsc::channel(link_pump::UP_QUEUE_MAX);
        let (notices_tx, notices_rx) = hustings_studio::notices();
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let studio = Arc::new(
            Studio::start(hustings_studio::Config { workers }, &down_tx, &notices_tx).map_err(Failure::failed)?,
        );
        drop((down_tx, notices_tx));
        let halls = Arc::new(Halls::new(up_tx));
        let desk = Arc::new(HouseDesk::new(store.clone(), studio.clone(), halls.clone(), keys.clone()));

        let mut background = JoinSet::new();
        background.spawn(link_pump::carry_down(halls.clone(), down_rx));
        background.spawn(link_pump::carry_up(studio.clone(), up_rx));
        background.spawn(link_pump::sweep(halls.clone()));
        background.spawn(desk.clone().write_down(notices_rx));
        desk.take_up().await?;
        background.spawn(open_doors(desk.clone()));

        let stage = {
            let _within = stage_runtime.enter();
            WebRtc::bind(hustings_ingest::Config {
                udp: vec![config.stage_udp],
                tcp: vec![config.stage_tcp],
                advertise: config.advertise.clone(),
                ice_servers: config.ice_servers.clone(),
                sessions_max: limits::STAGE_SESSIONS_MAX,
                drivers: 0,
            })?
        };
        let audience = WebRtc::bind(hustings_ingest::Config {
            udp: vec![config.audience_udp],
            tcp: Vec::new(),
            advertise: config.advertise.clone(),
            ice_servers: config.ice_servers.clone(),
            sessions_max: limits::WHEP_SESSIONS_MAX,
            drivers: 0,
        })?;
        let bound = sockets.bound(config, &stage, &audience)?;

        let whip = whip_router(WhipState { webrtc: stage.clone(), door: studio.clone(), tokens: keys.clone() });
        let whep = whep_router(WhepState { webrtc: audience.clone(), halls: halls.clone() });
        let offered: Vec<_> = Rendition::ALL.into_iter().filter(|r| hustings_codec::available(*r)).collect();
        let links = links(config, &bound, &offered)?;
        let fanout = hustings_fanout::router(
            halls.clone(),
            FanoutConfig {
                offered: offered.clone(),
                desk: Some(desk.clone()),
                origin: audience_origin(config, &bound),
                caches: config.caches.clone(),
            },
        );
        let web = WebState { desk: desk.clone(), tokens: keys.clone(), links };
        let pages = hustings_web::router(web.clone()).merge(whip.clone()).merge(whep.clone());
        let pages =
            if shared { pages.merge(fanout.clone()) } else { pages.merge(hustings_web::elsewhere(web.clone())) };

        let meters = Arc::new(Meters {
            studio: studio.clone(),
            halls: halls.clone(),
            stage: stage.clone(),
            audience: audience.clone(),
            started: Instant::now(),
        });
        let draining = Arc::new(AtomicBool::new(false));
        let health = Arc::new(crate::metrics::HouseHealth::new(studio.clone(), draining.clone()));
        let private = hustings_web::private_router(health, Arc::new(move || meters.render()));

        let shutdown = CancellationToken::new();
        let mut servers = JoinSet::new();
        let options = |name, http2| ServeOptions {
            tls: tls.clone(),
            http2: http2 && tls.is_some(),
            find_silent: true,
            ..ServeOptions::new(name)
        };
        let stop = || shutdown.clone().cancelled_owned();
        let front = |others| EngineConfig {
            halls: halls.clone(),
            offered,
            shards: workers,
            connections_max: limits::CONNECTIONS_PER_LISTENER_MAX,
            facts: hustings_tls::tcp_facts,
            others,
        };
        match sockets.audience {
            Some(socket) => {
                let audience = ServeOptions { tls: tls.clone(), ..ServeOptions::audience("audience") };
                serve_audience(&mut servers, socket, fanout.merge(whep), audience, front, &shutdown)?;
                servers.spawn(hustings_tls::serve(sockets.pages, pages, options("pages", true), stop()));
            }
            None => {
                serve_audience(&mut servers, sockets.pages, pages, options("pages", true), front, &shutdown)?;
            }
        }
        servers.spawn(hustings_tls::serve(sockets.private, private, ServeOptions::new("private"), stop()));
        let control = hustings_tls::bind_unix(&config.data.join(CONTROL_SOCKET)).await?;
        let operator = hustings_web::router(web);
        servers.spawn(hustings_tls::serve_unix(control, operator, ServeOptions::new("control"), stop()));
        {
            let _within = stage_runtime.enter();
            let serve = hustings_tls::serve(sockets.stage, whip, options("stage", false), stop());
            servers.spawn_on(serve, stage_runtime.handle());
        }
        let origin = config.origin.clone().unwrap_or_else(|| {
            format!("{}://{}", if tls.is_some() { "https" } else { "http" }, reachable(bound.listen))
        });
        Ok(Self {
            bound,
            desk,
            origin,
            studio,
            stage,
            audience,
            stage_runtime,
            servers,
            background,
            shutdown,
            draining,
            store,
        })
    }

    /// The desk as everybody else sees it.
    pub(crate) fn desk(&self) -> Arc<dyn Desk> {
        self.desk.clone()
    }

    /// The address that people open.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Ends every stream properly and stops, within `patience`. Conversations stay open in the records: they go on when the
    /// server starts again.
    pub(crate) async fn drain(mut self, patience: Duration) {
        self.draining.store(true, Relaxed);
        let studio = self.studio.clone();
        // Every shelf gets its end, so every stream ends by itself.
        let said_goodbye = tokio::task::spawn_blocking(move || studio.shut_down(Duration::from_secs(2)));
        if said_goodbye.await.is_err() {
            tracing::warn!("the studio did not say goodbye");
        }
        // Players fetch the last part and the end of the playlist before their connections close.
        tokio::time::sleep(Duration::from_millis(500)).await;
        tokio::join!(self.stage.drain(), self.audience.drain());
        self.shutdown.cancel();
        let all = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some connections did not end in time and were closed");
        }
        self.background.shutdown().await;
        self.store.close().await;
        drop(self.stage_runtime);
    }
}

/// Serves a listener that the audience comes to. Without TLS the engine accepts and serves the endless streams; what is
/// none of them, and everything over TLS, is for `app`.
fn serve_audience(
    servers: &mut JoinSet<()>,
    socket: TcpListener,
    app: Router,
    options: ServeOptions,
    front: impl FnOnce(mpsc::Sender<Arrival>) -> EngineConfig,
    shutdown: &CancellationToken,
) -> io::Result<()> {
    let stop = shutdown.clone().cancelled_owned();
    if options.tls.is_some() {
        servers.spawn(hustings_tls::serve(socket, app, options, stop));
        return Ok(());
    }
    let (others, arrivals) = mpsc::channel(limits::ARRIVALS_QUEUE_MAX);
    let engine = Engine::start(socket.into_std()?, front(others))?;
    let (drain, closing) = (options.drain, shutdown.clone().cancelled_owned());
    servers.spawn(hustings_tls::serve_arrivals(arrivals, app, options, stop));
    servers.spawn(async move {
        closing.await;
        if tokio::task::spawn_blocking(move || engine.drain(drain)).await.is_err() {
            tracing::error!("the audience's engine did not end as it should");
        }
    });
    Ok(())
}

/// The runtime of the stage's sockets. It may be dropped anywhere: what runs on it holds nothing that must be saved.
struct StageRuntime(Option<Runtime>);

impl StageRuntime {
    fn start() -> io::Result<Self> {
        // Half the cores: threads that share little work spend their time in waking each other.
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, 8);
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(threads).thread_name("stage").enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    fn handle(&self) -> &tokio::runtime::Handle {
        self.0.as_ref().expect("it is there until it is dropped").handle()
    }

    fn enter(&self) -> tokio::runtime::EnterGuard<'_> {
        self.handle().enter()
    }
}

impl Drop for StageRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The TCP sockets, bound before anything else so that a taken port is said at once.
struct Sockets {
    pages: TcpListener,
    stage: TcpListener,
    audience: Option<TcpListener>,
    private: TcpListener,
}

impl Sockets {
    fn bind(config: &Config, stage_runtime: &StageRuntime, shared: bool) -> Result<Self, Failure> {
        let bind = |addr| hustings_tls::bind(addr, BACKLOG);
        Ok(Self {
            pages: bind(config.listen)?,
            stage: {
                let _within = stage_runtime.enter();
                bind(config.stage_listen)?
            },
            audience: if shared { None } else { Some(bind(config.audience_listen)?) },
            private: bind(config.private_listen)?,
        })
    }

    fn bound(&self, config: &Config, stage: &WebRtc, audience: &WebRtc) -> io::Result<Bound> {
        use hustings_ingest::gate::Transport;
        let port_of = |webrtc: &WebRtc, transport| {
            webrtc.candidates().into_iter().find(|(t, _)| *t == transport).map(|(_, addr)| addr.port())
        };
        let at = |addr: SocketAddr, port: Option<u16>| SocketAddr::new(addr.ip(), port.unwrap_or(addr.port()));
        let listen = self.pages.local_addr()?;
        Ok(Bound {
            listen,
            stage_listen: self.stage.local_addr()?,
            stage_udp: at(config.stage_udp, port_of(stage, Transport::Udp)),
            stage_tcp: at(config.stage_tcp, port_of(stage, Transport::Tcp)),
            audience_listen: self.audience.as_ref().map_or(Ok(listen), TcpListener::local_addr)?,
            audience_udp: at(config.audience_udp, port_of(audience, Transport::Udp)),
            private_listen: self.private.local_addr()?,
        })
    }
}

fn certificate(config: &Config) -> Result<Option<hustings_tls::Tls>, Failure> {
    let source = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::Files { cert, key } => TlsSource::Files { cert: cert.clone(), key: key.clone() },
        Tls::Acme { name, directory, root, contact } => TlsSource::Acme(Acme {
            names: vec![name.clone()],
            contact: contact.as_ref().map(|c| if c.contains(':') { c.clone() } else { format!("mailto:{c}") }),
            directory: directory.clone().unwrap_or_else(|| Acme::LETS_ENCRYPT.to_owned()),
            directory_ca: root.clone(),
            cache: config.data.join("acme"),
        }),
    };
    Ok(Some(hustings_tls::Tls::open(source)?))
}

fn links(config: &Config, bound: &Bound, offered: &[Rendition]) -> Result<LinkConfig, Failure> {
    let secure = config.tls != Tls::Off || config.tls_terminated_by.is_some();
    let public = match &config.origin {
        Some(origin) => Address::Known(origin.parse().map_err(Failure::usage)?),
        None => Address::Port(bound.listen.port()),
    };
    let beside = |addr: SocketAddr| if addr == bound.listen { public.clone() } else { Address::Port(addr.port()) };
    Ok(LinkConfig {
        scheme: if secure { Scheme::Https } else { Scheme::Http },
        stage: beside(bound.stage_listen),
        audience: beside(bound.audience_listen),
        aac: offered.contains(&Rendition::Aac96),
        public,
    })
}

/// Where players find the audience's listener, if the origin is configured.
fn audience_origin(config: &Config, bound: &Bound) -> Option<String> {
    let origin = config.origin.as_deref()?;
    if bound.audience_listen == bound.listen {
        return Some(origin.to_owned());
    }
    let (scheme, authority) = origin.split_once("://")?;
    // A port is what follows the last colon outside the brackets of an IPv6 address.
    let host =
        authority.rfind(':').filter(|at| !authority[*at..].contains(']')).map_or(authority, |at| &authority[..at]);
    Some(format!("{scheme}://{host}:{}", bound.audience_listen.port()))
}

/// An address that can be opened from this machine: a wildcard is reached by loopback.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, addr.port())
}

async fn open_doors(desk: Arc<HouseDesk>) {
    let mut look = tokio::time::interval(DOORS);
    loop {
        look.tick().await;
        if let Err(error) = desk.open_doors().await {
            tracing::error!(%error, "doors could not be opened; trying again");
        }
    }
}
