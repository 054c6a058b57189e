//! A certificate from files, read again when they change.
//!
//! The files are looked at every few seconds: a renewal is rare, and what a file system says of changes differs with
//! the file system and with how the file was replaced. A pair that does not fit together, because only one of the two
//! has been replaced so far, is left alone until it does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{TlsError, provider};

/// Between two looks at the files.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The certificate as it stands.
#[derive(Debug)]
pub(super) struct Current(RwLock<Option<Arc<CertifiedKey>>>);

impl Current {
    pub(super) fn new(key: Option<Arc<CertifiedKey>>) -> Arc<Self> {
        Arc::new(Self(RwLock::new(key)))
    }

    pub(super) fn set(&self, key: Arc<CertifiedKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) fn open(
    cert: PathBuf,
    key: PathBuf,
    ready: watch::Sender<bool>,
) -> Result<(Arc<dyn ResolvesServerCert>, JoinHandle<()>), TlsError> {
    let mut seen = (age(&cert), age(&key));
    let current = Current::new(Some(read(&cert, &key)?));
    let renewed = current.clone();
    let renewal = tokio::spawn(async move {
        ready.send_replace(true);
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = (age(&cert), age(&key));
            if now == seen {
                continue;
            }
            seen = now;
            match read(&cert, &key) {
                Ok(fresh) => {
                    renewed.set(fresh);
                    tracing::info!(cert = %cert.display(), "the certificate was read again");
                }
                Err(error) => tracing::warn!(%error, "the certificate in use is kept"),
            }
        }
    });
    Ok((current, renewal))
}

/// When a file was last written and how long it is; `None` while there is none.
fn age(path: &Path) -> Option<(SystemTime, u64)> {
    let facts = std::fs::metadata(path).ok()?;
    Some((facts.modified().ok()?, facts.len()))
}

fn read(cert: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let unreadable = |path: &Path, error: rustls::pki_types::pem::Error| TlsError::Unreadable {
        path: path.to_owned(),
        error: error.to_string(),
    };
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(|error| unreadable(cert, error))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(cert.to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error))?;
    CertifiedKey::from_der(chain, secret, &provider()).map(Arc::new).map_err(|error| TlsError::Unusable {
        cert: cert.to_owned(),
        key: key.to_owned(),
        error,
    })
}
