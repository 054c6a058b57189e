//! Where the certificate of a server comes from, as its configuration says.

use hustings_tls::{Acme, Tls, TlsSource};

use crate::config::{self, Config};
use crate::failure::Failure;

/// TLS for every listener of this process; `None` where it speaks plain HTTP.
pub(crate) fn open(config: &Config) -> Result<Option<Tls>, Failure> {
    let source = match &config.tls {
        config::Tls::Off => return Ok(None),
        config::Tls::Files { cert, key } => TlsSource::Files { cert: cert.clone(), key: key.clone() },
        config::Tls::Acme { name, directory, root, contact } => TlsSource::Acme(Acme {
            names: vec![name.clone()],
            contact: contact.as_ref().map(|c| if c.contains(':') { c.clone() } else { format!("mailto:{c}") }),
            directory: directory.clone().unwrap_or_else(|| Acme::LETS_ENCRYPT.to_owned()),
            directory_ca: root.clone(),
            cache: config.data.join("acme"),
        }),
    };
    Ok(Some(Tls::open(source)?))
}
