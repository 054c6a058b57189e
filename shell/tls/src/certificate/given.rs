//! A certificate that another process has obtained and gives on, as often as it is renewed.

use std::sync::Arc;

use bytes::Bytes;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::files::Current;
use super::provider;

pub(super) fn open(
    mut pem: watch::Receiver<Option<Bytes>>,
    ready: watch::Sender<bool>,
) -> (Arc<dyn ResolvesServerCert>, JoinHandle<()>) {
    let current = Current::new(None);
    let renewed = current.clone();
    let renewal = tokio::spawn(async move {
        loop {
            let given = pem.borrow_and_update().clone();
            match given.as_deref().map(read) {
                Some(Ok(key)) => {
                    renewed.set(Arc::new(key));
                    ready.send_replace(true);
                }
                Some(Err(error)) => tracing::warn!(error, "a certificate that was given cannot be used"),
                None => {}
            }
            if pem.changed().await.is_err() {
                // Nothing more will be given; what there is is good for as long as it holds.
                return std::future::pending().await;
            }
        }
    });
    (current, renewal)
}

fn read(pem: &[u8]) -> Result<CertifiedKey, String> {
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| error.to_string())?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| error.to_string())
}
