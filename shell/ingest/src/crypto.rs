//! The crypto that sessions share: one DTLS certificate and one validated DTLS configuration for all of them.
//!
//! The DTLS crate validates its crypto provider whenever a configuration is built, 0.8 of the 1.2 ms that a join costs.
//! So this provider builds it once and hands the same one to every session. Deliberately absent: any cipher of our own.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
};
use str0m::crypto::{CryptoError, CryptoProvider};

/// What str0m is given for every session.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &CachedDtls, ..str0m::crypto::from_feature_flags() }
}

/// DTLS with a configuration that is built once. It has no secrets: those are the certificate's and the session's.
#[derive(Debug)]
struct CachedDtls;

static CONFIG: OnceLock<Arc<dimpl::Config>> = OnceLock::new();

/// The one configuration. The first caller's size of datagrams counts, which is the same for all.
pub(crate) fn config(mtu: Option<usize>) -> Result<Arc<dimpl::Config>, CryptoError> {
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    // ICE has validated the peer's address before DTLS may reach a session, so cookies would prove nothing more.
    let mut builder = dimpl::Config::builder().use_server_cookie(false);
    if let Some(mtu) = mtu {
        builder = builder.mtu(mtu);
    }
    let built = builder.build().map_err(|e| CryptoError::Other(format!("the DTLS configuration is not valid: {e}")))?;
    Ok(CONFIG.get_or_init(|| Arc::new(built)).clone())
}

impl DtlsProvider for CachedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        str0m::crypto::from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let config = config(mtu)?;
        let cert =
            dimpl::DtlsCertificate { certificate: cert.certificate.clone(), private_key: cert.private_key.clone() };
        let dtls = match version {
            DtlsVersion::Dtls12 => dimpl::Dtls::new_12(config, cert, now),
            DtlsVersion::Dtls13 => dimpl::Dtls::new_13(config, cert, now),
            _ => dimpl::Dtls::new_auto(config, cert, now),
        };
        Ok(Box::new(Instance(dtls)))
    }
}

/// The state machine of one session.
struct Instance(dimpl::Dtls);

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Instance")
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buf)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<(), DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
