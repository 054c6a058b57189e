//! A certificate from an authority that speaks ACME (RFC 8555), proved by TLS-ALPN-01 (RFC 8737).
//!
//! The proof is a handshake on port 443 of the name itself: no port 80, no DNS record, no restart. `rustls-acme` orders,
//! answers and renews at two thirds of a certificate's life; account and certificate are kept in a folder, so that a
//! restart asks for nothing.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::ResolvesServerCert;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::caches::DirCache;
use rustls_acme::{AccountCache, AcmeConfig, CertCache, EventOk};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{TlsError, provider};

/// What to ask of which authority.
#[derive(Debug, Clone)]
pub struct Acme {
    /// The names that the certificate is for. Port 443 of each must reach a listener of this process.
    pub names: Vec<String>,
    /// An address that the authority may write to, such as `mailto:ops@example.org`.
    pub contact: Option<String>,
    /// The authority's directory.
    pub directory: String,
    /// A PEM file of the certificates that the authority's own HTTPS is checked against, in place of the public ones:
    /// for a private or a test authority.
    pub directory_ca: Option<PathBuf>,
    /// The folder in which account and certificate are kept; `data/acme` by custom. It is made for its owner alone.
    pub cache: PathBuf,
}

impl Acme {
    /// The directory of Let's Encrypt.
    pub const LETS_ENCRYPT: &str = rustls_acme::acme::LETS_ENCRYPT_PRODUCTION_DIRECTORY;

    /// A certificate of Let's Encrypt for one name, kept in `cache`.
    #[must_use]
    pub fn lets_encrypt(name: impl Into<String>, cache: PathBuf) -> Self {
        let directory = Self::LETS_ENCRYPT.to_owned();
        Self { names: vec![name.into()], contact: None, directory, directory_ca: None, cache }
    }
}

pub(super) fn open(
    acme: &Acme,
    ready: watch::Sender<bool>,
    pem: watch::Sender<Option<Bytes>>,
) -> Result<(Arc<dyn ResolvesServerCert>, JoinHandle<()>), TlsError> {
    if acme.names.is_empty() {
        return Err(TlsError::NoName);
    }
    make_private(&acme.cache)?;
    let config = match &acme.directory_ca {
        None => AcmeConfig::new_with_provider(&acme.names, provider()),
        Some(path) => AcmeConfig::new_with_client_config(&acme.names, trusting(path)?),
    };
    let cache = Cache { folder: DirCache::new(acme.cache.clone()), pem };
    let mut state = config.directory(&acme.directory).contact(acme.contact.iter()).cache(cache).state();
    let resolver = state.resolver();
    let names = acme.names.join(", ");
    let renewal = tokio::spawn(async move {
        while let Some(event) = state.next().await {
            match event {
                Ok(EventOk::DeployedNewCert) => {
                    tracing::info!(%names, "a new certificate is in use");
                    ready.send_replace(true);
                }
                Ok(EventOk::DeployedCachedCert) => {
                    ready.send_replace(true);
                }
                Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
                Err(error) => tracing::warn!(
                    %names, ?error,
                    "no certificate yet, it is asked for again: the names must lead here, and port 443 be open"
                ),
            }
        }
    });
    Ok((resolver, renewal))
}

/// The folder, and whoever else must have the certificate: what comes from the folder and what goes there is shown to them.
struct Cache {
    folder: DirCache<PathBuf>,
    pem: watch::Sender<Option<Bytes>>,
}

#[async_trait]
impl CertCache for Cache {
    type EC = std::io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> Result<Option<Vec<u8>>, Self::EC> {
        let found = self.folder.load_cert(domains, directory).await?;
        if let Some(pem) = &found {
            self.pem.send_replace(Some(Bytes::copy_from_slice(pem)));
        }
        Ok(found)
    }

    async fn store_cert(&self, domains: &[String], directory: &str, pem: &[u8]) -> Result<(), Self::EC> {
        // They need it even if the folder is full.
        self.pem.send_replace(Some(Bytes::copy_from_slice(pem)));
        self.folder.store_cert(domains, directory, pem).await
    }
}

#[async_trait]
impl AccountCache for Cache {
    type EA = std::io::Error;

    async fn load_account(&self, contact: &[String], directory: &str) -> Result<Option<Vec<u8>>, Self::EA> {
        self.folder.load_account(contact, directory).await
    }

    async fn store_account(&self, contact: &[String], directory: &str, account: &[u8]) -> Result<(), Self::EA> {
        self.folder.store_account(contact, directory, account).await
    }
}

/// The account's key lies there.
fn make_private(folder: &PathBuf) -> Result<(), TlsError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| TlsError::Unreadable { path: folder.clone(), error: error.to_string() })
}

fn trusting(path: &PathBuf) -> Result<Arc<ClientConfig>, TlsError> {
    let unreadable = |error: String| TlsError::Unreadable { path: path.clone(), error };
    let mut roots = RootCertStore::empty();
    for cert in CertificateDer::pem_file_iter(path).map_err(|e| unreadable(e.to_string()))? {
        roots.add(cert.map_err(|e| unreadable(e.to_string()))?).map_err(|e| unreadable(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoCertificate(path.clone()));
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
