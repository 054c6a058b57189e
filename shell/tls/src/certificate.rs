//! The certificate that all listeners share, and how it stays fresh without a connection being dropped.
//!
//! A [`Tls`] resolves the certificate anew for each handshake, so a renewed one is used from the next connection on and
//! those that are open know nothing of it. Sessions resume, so that a crowd that comes back after a break costs less than
//! the crowd that came.

mod acme;
mod files;
mod given;
mod tickets;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ProducesTickets, ResolvesServerCert, ServerSessionMemoryCache, StoresServerSessions};
use rustls::version::TLS13;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

pub use acme::Acme;

/// The protocol in which an authority proves that a name is ours (RFC 8737).
pub(crate) const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";
/// Sessions of TLS 1.2 that are remembered; TLS 1.3 keeps its own in tickets.
const SESSIONS_MAX: usize = 10_000;

/// Where the certificate comes from.
#[derive(Debug, Clone)]
pub enum TlsSource {
    /// PEM files, read again when they change.
    Files {
        /// The chain, our own certificate first.
        cert: PathBuf,
        /// Its private key: PKCS #8, SEC 1 or PKCS #1.
        key: PathBuf,
    },
    /// An authority that speaks ACME (RFC 8555).
    Acme(Acme),
    /// Another process, which has it by ACME: what [`Tls::pem`] gives there. Nothing yet is no error.
    Given(watch::Receiver<Option<Bytes>>),
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: String,
    },
    /// A file holds no certificate.
    #[error("{0} holds no certificate in PEM")]
    NoCertificate(PathBuf),
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("the certificate {cert} and the key {key} cannot be used: {error}")]
    Unusable {
        /// The chain.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
        /// What is wrong with them.
        error: rustls::Error,
    },
    /// ACME without a name.
    #[error("a certificate needs the name that it is for: set `[public] origin` or `--public NAME`")]
    NoName,
    /// The cryptography is not available.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// TLS for any number of listeners. Clones share everything; when the last one is dropped nothing is renewed any more.
#[derive(Clone)]
pub struct Tls {
    resolver: Arc<dyn ResolvesServerCert>,
    tickets: Arc<dyn ProducesTickets>,
    sessions: Arc<dyn StoresServerSessions>,
    ready: watch::Receiver<bool>,
    pem: watch::Receiver<Option<Bytes>>,
    ticket_keys: watch::Receiver<Option<Bytes>>,
    _tasks: Arc<[AbortOnDropHandle<()>; 3]>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("ready", &*self.ready.borrow()).finish_non_exhaustive()
    }
}

impl Tls {
    /// Opens a source and keeps what comes from it fresh. Call it within a Tokio runtime. With ACME the certificate
    /// comes later: see [`Tls::ready`].
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(source: TlsSource) -> Result<Self, TlsError> {
        let (keys, rolling) = tickets::draw()?;
        Self::start(source, keys, rolling)
    }

    /// The same, with session tickets under the keys of another process: what [`Tls::ticket_keys`] gives there. Until it
    /// gives some no session resumes.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open_beside(source: TlsSource, ticket_keys: watch::Receiver<Option<Bytes>>) -> Result<Self, TlsError> {
        Self::start(source, ticket_keys, tokio::spawn(std::future::ready(())))
    }

    fn start(
        source: TlsSource,
        ticket_keys: watch::Receiver<Option<Bytes>>,
        rolling: JoinHandle<()>,
    ) -> Result<Self, TlsError> {
        let (announce, ready) = watch::channel(false);
        let (show, pem) = watch::channel(None);
        let (resolver, renewal) = match source {
            TlsSource::Files { cert, key } => files::open(cert, key, announce)?,
            TlsSource::Given(pem) => given::open(pem, announce),
            TlsSource::Acme(acme) => acme::open(&acme, announce, show)?,
        };
        let (tickets, following) = tickets::follow(ticket_keys.clone());
        Ok(Self {
            resolver,
            tickets,
            sessions: ServerSessionMemoryCache::new(SESSIONS_MAX),
            ready,
            pem,
            ticket_keys,
            _tasks: Arc::new([renewal, rolling, following].map(AbortOnDropHandle::new)),
        })
    }

    /// Returns when there is a certificate.
    pub async fn ready(&self) {
        // An error means that nobody renews any more, which happens only while everything is dropped.
        let _ = self.ready.clone().wait_for(|ready| *ready).await;
    }

    /// What came by ACME, for other processes: the chain and its key in PEM, `None` until there is one. Of files there is
    /// nothing here, for whoever may read them reads them.
    #[must_use]
    pub fn pem(&self) -> watch::Receiver<Option<Bytes>> {
        self.pem.clone()
    }

    /// The keys of session tickets, for other processes that share a listener: secrets, of which only the last two are kept.
    #[must_use]
    pub fn ticket_keys(&self) -> watch::Receiver<Option<Bytes>> {
        self.ticket_keys.clone()
    }

    /// How a listener speaks TLS that does the handshake itself and the rest on its own: TLS 1.3 and HTTP/1.1 alone, with
    /// secrets that can be taken out.
    #[must_use]
    pub fn sealing(&self) -> Arc<ServerConfig> {
        let mut config = self.speaking(&[&TLS13], false);
        config.enable_secret_extraction = true;
        Arc::new(config)
    }

    /// How one listener speaks TLS.
    pub(crate) fn config(&self, http2: bool) -> Arc<ServerConfig> {
        Arc::new(self.speaking(rustls::ALL_VERSIONS, http2))
    }

    fn speaking(&self, versions: &[&'static SupportedProtocolVersion], http2: bool) -> ServerConfig {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .expect("ring has the cipher suites of both protocol versions")
            .with_no_client_auth()
            .with_cert_resolver(self.resolver.clone());
        config.ticketer = self.tickets.clone();
        config.session_storage = self.sessions.clone();
        let offered: &[&[u8]] = if http2 { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
        config.alpn_protocols = offered.iter().chain([&CHALLENGE_PROTOCOL]).map(|p| p.to_vec()).collect();
        config
    }
}

/// The cryptography, named rather than taken from the process, which may have been given another.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
