//! What the tests of this crate share: a stage that is a few lines, a server on a port of its own, a client.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hustings_engine::{Engine, EngineConfig};
use hustings_fanout::{FanoutConfig, router};
use hustings_link::down::Down;
use hustings_link::hall::{Hall, Halls};
use hustings_link::peer::Peer;
use hustings_link::up::Up;
use hustings_pack::{Packager, Part};
use hustings_tls::{ServeOptions, Tls, TlsSource};
use hustings_vocab::{MediaTime, Rendition, SEGMENT_SAMPLES, Slug};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::ServiceExt;

pub const NAME: &str = "evening";

pub fn slug() -> Slug {
    NAME.parse().unwrap()
}

/// Fails rather than hangs.
pub async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("this ends within 20 s")
}

/// Waits for a condition, within a bound.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("{what}"));
}

/// The audience plane of one conversation, and the stage that the test plays.
pub struct House {
    pub halls: Arc<Halls>,
    pub wishes: mpsc::Receiver<Up>,
    pub addr: SocketAddr,
    pub http: reqwest::Client,
    pub engine: Option<Engine>,
    /// How a client speaks TLS, where it must.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// Whom it trusts.
    pub roots: rustls::RootCertStore,
}

/// A connection to a house.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<I: AsyncRead + AsyncWrite + Unpin + Send> Io for I {}

impl House {
    /// A conversation with its doors open, and nothing said.
    pub async fn open() -> Self {
        Self::with(FanoutConfig::default()).await
    }

    pub async fn with(config: FanoutConfig) -> Self {
        Self::behind(config, |listener, app, _| {
            tokio::spawn(accept(listener, app));
            None
        })
        .await
    }

    /// The same, with the engine in front.
    pub async fn with_engine() -> Self {
        Self::with_engine_for(1000).await
    }

    /// The same where io_uring is forbidden.
    pub async fn with_engine_without_io_uring() -> Self {
        Self::engine(1000, false).await
    }

    /// The same for few connections.
    pub async fn with_engine_for(connections_max: usize) -> Self {
        Self::engine(connections_max, true).await
    }

    async fn engine(connections_max: usize, io_uring: bool) -> Self {
        Self::behind(FanoutConfig::default(), |listener, app, halls| {
            let options = ServeOptions::audience("test");
            Some(engine(listener, app, halls, options, connections_max, io_uring))
        })
        .await
    }

    /// The same over TLS.
    pub async fn with_sealed_engine() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let folder = format!(
            "hustings-sealed-{}-{}",
            std::process::id(),
            MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".into()]).unwrap();
        std::fs::write(&key, made.key_pair.serialize_pem()).unwrap();
        std::fs::write(&cert, made.cert.pem()).unwrap();
        let tls = Tls::open(TlsSource::Files { cert, key }).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let client = client(&rustls::version::TLS13).with_root_certificates(roots.clone()).with_no_client_auth();
        let mut house = Self::behind(FanoutConfig::default(), |listener, app, halls| {
            let options = ServeOptions { tls: Some(tls), ..ServeOptions::audience("test") };
            Some(engine(listener, app, halls, options, 1000, true))
        })
        .await;
        house.http = reqwest::Client::builder().no_proxy().use_preconfigured_tls(client.clone()).build().unwrap();
        house.tls = Some(Arc::new(client));
        house.roots = roots;
        house
    }

    async fn behind(
        config: FanoutConfig,
        front: impl FnOnce(tokio::net::TcpListener, Router, Arc<Halls>) -> Option<Engine>,
    ) -> Self {
        let (up, wishes) = mpsc::channel(100);
        let halls = Arc::new(Halls::new(up));
        let app = router(halls.clone(), config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let engine = front(listener, app, halls.clone());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let house = Self { halls, wishes, addr, http, engine, tls: None, roots: rustls::RootCertStore::empty() };
        let title = "An evening".to_owned();
        house.say(Down::Opened { slug: slug(), title, epoch_ms: 1_700_000_000_000, discontinuities: 0 });
        house
    }

    /// Connects as a client does that has little room for what it is sent.
    pub async fn connect_slowly(&self) -> Box<dyn Io> {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8192).unwrap();
        let socket = socket.connect(self.addr).await.unwrap();
        match &self.tls {
            None => Box::new(socket),
            Some(tls) => Box::new(handshake(tls.clone(), socket).await.unwrap()),
        }
    }

    pub fn say(&self, down: Down) {
        self.halls.apply(down);
    }

    pub fn hall(&self) -> Arc<Hall> {
        self.halls.find(&slug()).unwrap()
    }

    /// Publishes a part and gives it back.
    pub fn publish(&self, rendition: Rendition, part: Part) -> Arc<Part> {
        let part = Arc::new(part);
        self.say(Down::Part { slug: slug(), rendition, part: part.clone() });
        part
    }

    /// Publishes the next `count` parts of a source.
    pub fn play(&self, source: &mut Source, count: usize) -> Vec<Arc<Part>> {
        (0..count).map(|_| self.publish(source.rendition, source.part())).collect()
    }

    pub fn close(&self) {
        self.say(Down::Closed { slug: slug() });
    }

    pub fn url(&self, path: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/c/{NAME}/{path}", self.addr)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        bounded(self.http.get(self.url(path)).send()).await.unwrap()
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.get(path).await.status().as_u16()
    }

    pub async fn text(&self, path: &str) -> String {
        bounded(self.get(path).await.text()).await.unwrap()
    }

    /// How many listen on a tier, as the audience is told.
    pub async fn count(&self, tier: &str) -> u64 {
        let said: serde_json::Value = serde_json::from_str(&self.text("audience").await).unwrap();
        said["by_tier"][tier].as_u64().unwrap()
    }
}

/// Begins the configuration of a client that speaks one version of TLS.
pub fn client(
    version: &'static rustls::SupportedProtocolVersion,
) -> rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap()
}

pub async fn handshake<I: Io>(tls: Arc<rustls::ClientConfig>, io: I) -> std::io::Result<TlsStream<I>> {
    bounded(TlsConnector::from(tls).connect("127.0.0.1".try_into().unwrap(), io)).await
}

fn engine(
    listener: tokio::net::TcpListener,
    app: Router,
    halls: Arc<Halls>,
    options: ServeOptions,
    connections_max: usize,
    io_uring: bool,
) -> Engine {
    let (others, arrivals) = mpsc::channel(100);
    let config = EngineConfig {
        halls,
        offered: Rendition::ALL.to_vec(),
        shards: 2,
        connections_max,
        io_uring,
        facts: hustings_tls::tcp_facts,
        tls: options.tls.as_ref().map(Tls::sealing),
        proxies: options.proxies.clone(),
        others,
    };
    tokio::spawn(hustings_tls::serve_arrivals(arrivals, app, options, std::future::pending()));
    Engine::start(listener.into_std().unwrap(), config).unwrap()
}

/// A rendition with frames of noise, through the real packager.
pub struct Source {
    pub rendition: Rendition,
    packager: Packager,
    t: MediaTime,
    frame_bytes: usize,
}

impl Source {
    /// Begins with a whole segment.
    pub fn at(rendition: Rendition, segment: u64) -> Self {
        let t = MediaTime(segment * SEGMENT_SAMPLES);
        Self { rendition, packager: Packager::new(rendition, false), t, frame_bytes: 240 }
    }

    pub fn with_frames_of(self, frame_bytes: usize) -> Self {
        Self { frame_bytes, ..self }
    }

    pub fn part(&mut self) -> Part {
        loop {
            let frame = vec![self.t.0 as u8; self.frame_bytes];
            let part = self.packager.push(self.t, &frame);
            self.t = self.t + self.rendition.codec().frame_samples();
            if let Some(part) = part {
                return part;
            }
        }
    }
}

/// Serves each connection with its [`Peer`], as the shell that accepts connections does.
async fn accept(listener: tokio::net::TcpListener, app: Router) {
    loop {
        let (socket, addr) = listener.accept().await.unwrap();
        let app = app.clone();
        tokio::spawn(async move {
            let (peer, guard) = Peer::new(addr, false);
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(peer.clone());
                app.clone().oneshot(request)
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
            drop(guard);
        });
    }
}

/// Reads a response piece by piece.
pub struct Ear {
    response: reqwest::Response,
    heard: Vec<u8>,
}

impl Ear {
    pub fn new(response: reqwest::Response) -> Self {
        Self { response, heard: Vec::new() }
    }

    /// The next bytes, as many as are asked for.
    pub async fn hear(&mut self, bytes: usize) -> Vec<u8> {
        while self.heard.len() < bytes {
            let more = bounded(self.response.chunk()).await.unwrap().expect("the response goes on");
            self.heard.extend(more);
        }
        self.heard.drain(..bytes).collect()
    }

    /// What comes until the response ends properly.
    pub async fn rest(mut self) -> Vec<u8> {
        while let Some(more) = bounded(self.response.chunk()).await.unwrap() {
            self.heard.extend(more);
        }
        self.heard
    }
}
