//! The house: every room of one server, wired together, and the order in which it is opened and drained.
//!
//! The stage's sockets are served by a runtime of their own, its sound by the studio's threads. The audience is served by
//! edge processes, or by this one on the runtime that [`House::open`] is called in. Between the planes there is only the
//! link.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::any;
use hustings_ingest::{WebRtc, WhipState, whip_router};
use hustings_link::desk::Desk;
use hustings_link::edge::EdgeNumber;
use hustings_link::hall::Halls;
use hustings_link::socket;
use hustings_store::{Keys, PinFiles, Store};
use hustings_studio::Studio;
use hustings_tls::ServeOptions;
use hustings_vocab::limits;
use hustings_vocab::network::Network;
use hustings_web::WebState;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::audience::{self, AudienceConfig, AudiencePlane, look_after};
use crate::cases::HouseCases;
use crate::certificate;
use crate::config::Config;
use crate::desk::{HouseDesk, Together};
use crate::edges::Edges;
use crate::evidence::{Evidence, Seen};
use crate::failure::Failure;
use crate::floor::Floors;
use crate::forwarded;
use crate::gatehouse::{Budget, Gatehouse};
use crate::hub::{self, Door, Hub};
use crate::kernel;
use crate::languages;
use crate::mail::Letters;
use crate::metrics::{HouseHealth, Meters};
use crate::news;
use crate::openings::{self, Openings};
use crate::origins;
use crate::people::HousePeople;
use crate::production::{Files, HouseProduction};
use crate::recent::LastMinutes;
use crate::rooms::HouseRooms;
use crate::serve::CONTROL_SOCKET;
use crate::settings::Settings;
use crate::sockets::{Bound, Sockets, udp_of_edges};
use crate::stage::StageRuntime;
use crate::suspended::{HouseTokens, Suspended};
use crate::turnstile::Turnstile;
use crate::webhooks::{Ear, HouseWebhooks};

/// Who serves the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// This process.
    Here,
    /// So many edge processes, which this one starts.
    Edges(EdgeNumber),
    /// Edge processes that somebody else starts.
    Elsewhere,
}

impl Audience {
    /// As configured: a process for each core. Where the audience comes to the pages' listener it is served with them.
    pub(crate) fn of(config: &Config) -> Self {
        match config.edges.unwrap_or_else(|| cores().min(limits::EDGES_MAX) as EdgeNumber) {
            0 => Self::Here,
            _ if config.audience_shares_pages() => Self::Here,
            edges => Self::Edges(edges),
        }
    }
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A running server.
pub(crate) struct House {
    pub(crate) bound: Bound,
    desk: Arc<HouseDesk>,
    floors: Arc<Floors>,
    origin: String,
    studio: Arc<Studio>,
    stage: WebRtc,
    hub: Arc<Hub>,
    audience: Served,
    stage_runtime: StageRuntime,
    servers: JoinSet<()>,
    background: JoinSet<()>,
    evidence: (Arc<Evidence>, JoinHandle<()>),
    shutdown: CancellationToken,
    draining: Arc<AtomicBool>,
    store: Store,
}

/// The audience, by whom it is served.
enum Served {
    Here(Box<AudiencePlane>, Option<TcpListener>),
    ByEdges(Option<Edges>, TcpListener),
}

impl House {
    /// Opens the data folder, binds every socket, takes up what was open, and serves.
    pub(crate) async fn open(config: &Config, by: Audience) -> Result<Self, Failure> {
        let store = Store::open_at(&config.data, config.store.clone()).await?;
        let keys = Arc::new(Keys::open(&config.data)?);
        let suspended = Suspended::new(store.suspended_accounts().await?);
        let tokens = Arc::new(HouseTokens { keys: keys.clone(), suspended: suspended.clone() });
        let tls = certificate::open(config)?;
        let stage_runtime = StageRuntime::start()?;
        let mut sockets = Sockets::bind(config, stage_runtime.handle())?;

        let (down_tx, down_rx) = mpsc::channel(hub::DOWN_QUEUE_MAX);
        let (up_tx, up_rx) = mpsc::channel(hub::UP_QUEUE_MAX);
        let (notices_tx, notices_rx) = hustings_studio::notices();
        let (tap, tapped, untapped) = hustings_studio::tap();
        let workers = hustings_studio::Config { workers: cores() };
        let studio = Arc::new(Studio::start(workers, &down_tx, &notices_tx, &tap).map_err(Failure::failed)?);
        drop((down_tx, notices_tx));
        let halls = Arc::new(Halls::new(up_tx));
        let turnstile = Arc::new(Turnstile::new(tokens));
        let files = Arc::new(Files::open(&config.data)?);
        let shutdown = CancellationToken::new();
        let over = shutdown.clone();
        let production = HouseProduction::new(store.clone(), studio.clone(), halls.clone(), files.clone(), over);
        let letters = Letters::new(store.clone(), config.mail.as_ref())?;
        let webhooks = HouseWebhooks::new(store.clone(), config.webhooks_private)?;
        let desk = Arc::new(HouseDesk {
            store: store.clone(),
            speakers: config.speakers,
            studio: studio.clone(),
            halls: halls.clone(),
            keys,
            turnstile: turnstile.clone(),
            files,
            letters: letters.clone(),
            webhooks: webhooks.clone(),
            edited: Arc::default(),
            listed: Together::default(),
        });
        let (ear, heard) = Ear::new();
        let (openings, first_words) = Openings::new();
        let hub = Hub::new(halls.clone(), studio.clone(), desk.clone(), ear, openings);

        let stages = webhooks.stages().await?;
        let mut background = JoinSet::new();
        background.spawn(openings::write_down(first_words, store.clone()));
        // The program's way to edges does not wait behind those who come to the pages.
        background.spawn_on(hub.clone().carry_down(down_rx), stage_runtime.handle());
        background.spawn(hub.clone().carry_up(up_rx));
        background.spawn(hub.clone().keep_time());
        background.spawn(look_after(halls.clone()));
        background.spawn(desk.clone().write_down(notices_rx));
        desk.take_up().await?;
        let budget = Budget::of(&config.gate, &config.data);
        let gate = Gatehouse::open(&config.data, &budget, halls.clone())?;
        hub.report_to(gate.clone());
        background.spawn(gate.clone().keep(hub.clone()));
        background.spawn(news::keep(halls.clone(), hub.clone(), desk.clone()));
        let floors = Floors::new(halls.clone(), hub.clone(), gate.clone(), store.clone());
        let rooms = HouseRooms::new(studio.clone(), halls.clone());
        background.spawn(rooms.clone().keep_time());
        background.spawn(floors.clone().keep_time());
        background.spawn(floors.clone().write_down());
        background.spawn(desk.clone().keep_doors());
        let recent = Arc::new(LastMinutes::default());
        background.spawn(recent.clone().keep(tapped, untapped));
        background.spawn(webhooks.clone().write_down(stages, heard));
        background.spawn(webhooks.clone().send_all());

        let stage = {
            let _within = stage_runtime.enter();
            WebRtc::bind(hustings_ingest::Config {
                udp: vec![config.stage_udp],
                tcp: vec![config.stage_tcp],
                advertise: config.advertise.clone(),
                ice_servers: config.ice_servers.clone(),
                sessions_max: limits::STAGE_SESSIONS_MAX,
                ..hustings_ingest::Config::default()
            })?
        };
        let udp = match by {
            Audience::Here => vec![config.audience_udp],
            Audience::Edges(edges) => udp_of_edges(config, edges.into())?,
            Audience::Elsewhere => udp_of_edges(config, 1)?,
        };
        let mut bound = sockets.bound(config, &stage, udp)?;
        let plane = match by {
            Audience::Here => Some(AudiencePlane::open(plane_config(config, &bound, desk.clone())?, halls.clone())?),
            _ => None,
        };
        if let Some(port) = plane.as_ref().and_then(AudiencePlane::udp_port) {
            bound.audience_udp[0].set_port(port);
        }

        letters.lead_to(origins::pages(config, &bound));
        background.spawn(letters.clone().carry());
        let people = HousePeople::new(store.clone(), suspended, desk.clone(), letters, config.providers.clone())?;
        let pins = PinFiles::open(&config.data).map_err(Failure::failed)?;
        let acts = (desk.clone(), floors.clone(), people.clone());
        let cases = HouseCases::new(store.clone(), recent, pins, acts, webhooks.clone());
        background.spawn(cases.clone().keep_time());
        let whip = whip_router(WhipState { webrtc: stage.clone(), door: studio.clone(), tokens: turnstile.clone() });
        let whep = plane.as_ref().map_or_else(|| carried_whep(&hub), AudiencePlane::whep);
        let links = origins::links(config, &bound, &audience::offered(), gate.has_limits())?;
        let web = WebState {
            desk: desk.clone(),
            plans: desk.clone(),
            tokens: turnstile,
            people: people.clone(),
            accounts: people.clone(),
            keys: people,
            webhooks,
            floor: floors.clone(),
            production,
            cases,
            gate: Some(gate.clone()),
            links,
        };
        let restarts = Arc::<AtomicU64>::default();
        if let Some(socket) = config.kernel.clone() {
            kernel::begin(socket, [config.caches.clone(), config.proxies.clone()].concat())?;
        }
        let seen = Seen {
            halls: halls.clone(),
            studio: studio.clone(),
            hub: hub.clone(),
            desk: desk.clone(),
            audience: plane.as_ref().map(|plane| plane.webrtc.clone()),
            stage: stage.clone(),
            gate: gate.clone(),
            line_kbit: config.gate.line_bits.map(|bits| (bits / 1000) as i64),
            restarts: restarts.clone(),
        };
        let name = origins::log_name(config, &bound);
        let evidence = Evidence::start(config, &name, seen)?;
        let records = hustings_web::evidence_router(evidence.0.clone());
        let languages = languages::read(&config.data.join("languages"));
        let pages = hustings_web::router_in(web.clone(), &languages, rooms.clone());
        let pages = pages.merge(hustings_web::tickets(web.clone())).merge(records).merge(whip.clone()).merge(whep);
        let believed: Arc<[Network]> = config.caches.clone().into();
        let pages = pages.layer(axum::middleware::from_fn_with_state(believed, forwarded::source));

        let mut servers = JoinSet::new();
        let options = |name, http2| ServeOptions {
            tls: tls.clone(),
            http2: http2 && tls.is_some(),
            find_silent: true,
            proxies: config.proxies.clone(),
            ..ServeOptions::new(name)
        };
        let stop = || shutdown.clone().cancelled_owned();
        let webrtc = plane.as_ref().map(|plane| plane.webrtc.clone());
        webrtc.iter().for_each(|webrtc| gate.serve_here(webrtc));
        let audience = match (plane, sockets.audience.take()) {
            (Some(mut plane), None) => {
                let pages = pages.merge(plane.fanout());
                plane.serve(sockets.pages.into_std()?, pages, options("pages", true))?;
                Served::Here(Box::new(plane), None)
            }
            (plane, socket) => {
                let pages = pages.merge(hustings_web::elsewhere(web.clone()));
                servers.spawn(hustings_tls::serve(sockets.pages, pages, options("pages", true), stop()));
                let socket =
                    socket.ok_or_else(|| Failure::usage("edges need audience.listen to be another address"))?;
                let closing = socket.try_clone()?;
                if let Some(mut plane) = plane {
                    let app = plane.fanout().merge(plane.whep());
                    plane.serve(
                        socket,
                        app,
                        ServeOptions {
                            tls: tls.clone(),
                            proxies: config.proxies.clone(),
                            ..ServeOptions::audience("audience")
                        },
                    )?;
                    Served::Here(Box::new(plane), Some(closing))
                } else {
                    let supervised = if let Audience::Edges(edges) = by { edges } else { 0 };
                    let door = Door {
                        listener: socket,
                        run: rand::random(),
                        supervised,
                        udp: bound.audience_udp.clone(),
                        settings: Settings::of(config, &bound)?,
                        certificate: tls.as_ref().map_or_else(|| watch::channel(None).1, hustings_tls::Tls::pem),
                        ticket_keys: tls
                            .as_ref()
                            .map_or_else(|| watch::channel(None).1, hustings_tls::Tls::ticket_keys),
                    };
                    let links = hustings_tls::bind_unix(&config.data.join(socket::NAME)).await?;
                    background.spawn_on(hub::accept(hub.clone(), links, Arc::new(door)), stage_runtime.handle());
                    let edges = Edges::serve(supervised, &config.data, &hub, &restarts).await?;
                    Served::ByEdges(edges, closing)
                }
            }
        };

        let draining = Arc::new(AtomicBool::new(false));
        let by_edges = matches!(audience, Served::ByEdges(..)).then(|| hub.clone());
        let health = Arc::new(HouseHealth::new(studio.clone(), draining.clone(), by_edges));
        let meters = Meters {
            studio: studio.clone(),
            halls: halls.clone(),
            stage: stage.clone(),
            audience: webrtc,
            hub: hub.clone(),
            gate: gate.clone(),
            restarts,
            started: Instant::now(),
        };
        let private = hustings_web::private_router(health, Arc::new(move || meters.render()));
        servers.spawn(hustings_tls::serve(sockets.private, private, ServeOptions::new("private"), stop()));
        let control = hustings_tls::bind_unix(&config.data.join(CONTROL_SOCKET)).await?;
        let operator = hustings_web::router_in(web, &[], rooms);
        servers.spawn(hustings_tls::serve_unix(control, operator, ServeOptions::new("control"), stop()));
        {
            let _within = stage_runtime.enter();
            let serve = hustings_tls::serve(sockets.stage, whip, options("stage", false), stop());
            servers.spawn_on(serve, stage_runtime.handle());
        }
        let origin = origins::pages(config, &bound);
        budget.tell();
        Ok(Self {
            bound,
            desk,
            floors,
            origin,
            studio,
            stage,
            hub,
            audience,
            stage_runtime,
            servers,
            background,
            evidence,
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
        if let Served::ByEdges(Some(edges), _) = &self.audience {
            edges.end();
        }
        // Before every hall has its end: for the log these conversations go on.
        let (evidence, keeper) = self.evidence;
        if tokio::task::spawn_blocking(move || evidence.finish(keeper)).await.is_err() {
            tracing::warn!("the evidence of the last minute was not written");
        }
        let studio = self.studio.clone();
        // Every shelf gets its end, so every stream ends by itself.
        let said_goodbye = tokio::task::spawn_blocking(move || studio.shut_down(Duration::from_secs(2)));
        if said_goodbye.await.is_err() {
            tracing::warn!("the studio did not say goodbye");
        }
        // Players fetch the last part and the end of the playlist before their connections close.
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.hub.drain();
        let audience = async {
            match self.audience {
                Served::Here(plane, listener) => {
                    listener.iter().for_each(audience::close);
                    plane.drain(patience).await;
                }
                Served::ByEdges(edges, listener) => {
                    audience::close(&listener);
                    if let Some(edges) = edges {
                        edges.over(patience).await;
                    }
                }
            }
        };
        let shutdown = &self.shutdown;
        let others = async {
            self.stage.drain().await;
            shutdown.cancel();
            let all = async { while self.servers.join_next().await.is_some() {} };
            if tokio::time::timeout(patience, all).await.is_err() {
                tracing::warn!("some connections did not end in time and were closed");
            }
        };
        tokio::join!(audience, others);
        self.background.shutdown().await;
        self.floors.finish().await;
        self.store.close().await;
        drop(self.stage_runtime);
    }
}

/// WHEP at the pages' listener, where edges have the sessions.
fn carried_whep(hub: &Arc<Hub>) -> Router {
    let hub = hub.clone();
    let carry = any(async move |request| hub.carry(request).await);
    Router::new().route("/c/{slug}/whep", carry.clone()).route("/c/{slug}/whep/{session}", carry)
}

fn plane_config(config: &Config, bound: &Bound, desk: Arc<HouseDesk>) -> Result<AudienceConfig, Failure> {
    // It was raised when the program began; who cannot be told the limit has what is usual.
    let descriptors = hustings_tls::raise_descriptors().unwrap_or_default();
    Ok(AudienceConfig {
        udp: config.audience_udp,
        advertise: config.advertise.clone(),
        ice_servers: config.ice_servers.clone(),
        prefix: String::new(),
        origin: origins::audience(config, bound),
        pages: Settings::of(config, bound)?.pages(),
        caches: config.caches.clone(),
        threads: cores(),
        connections_max: audience::connections_max_beside_stage(descriptors),
        desk,
    })
}
