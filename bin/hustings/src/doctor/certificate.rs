//! Whether the certificate is there, is for the name that people open, and lasts beyond the event.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;

use super::Finding;
use crate::config::{Config, Tls};

const ABOUT: &str = "certificate";
/// A certificate that ends sooner is minded: time to renew it by hand.
const SOON_DAYS: i64 = 14;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    match &config.tls {
        Tls::Off => {
            let who = config.tls_terminated_by.as_deref();
            vec![who.map_or_else(
                || Finding::go(ABOUT, "none, and none is needed on this machine alone"),
                |who| {
                    Finding::unknown(
                        ABOUT,
                        format!("{who} ends TLS in front"),
                        format!("look at the certificate of {who}"),
                    )
                },
            )]
        }
        Tls::Acme { name, .. } => {
            let kept = std::fs::read_dir(config.data.join("acme")).map_or(0, Iterator::count);
            vec![if kept == 0 {
                Finding::mind(
                    ABOUT,
                    format!("none for {name} was obtained yet"),
                    "start the server well before the event: the authority calls it on port 443",
                )
            } else {
                Finding::go(ABOUT, format!("obtained for {name} by ACME and renewed while the server runs"))
            }]
        }
        Tls::Files { cert, key } => of_files(cert, key, config.origin.as_deref()),
    }
}

fn of_files(cert: &Path, key: &Path, origin: Option<&str>) -> Vec<Finding> {
    let bad = |path: &Path, why: &dyn std::fmt::Display| {
        Finding::no_go(
            ABOUT,
            format!("{}: {why}", path.display()),
            "name PEM files that hold the chain and its key in tls.cert and tls.key",
        )
    };
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = match chain {
        Ok(chain) if !chain.is_empty() => chain,
        Ok(_) => return vec![bad(cert, &"it holds no certificate")],
        Err(error) => return vec![bad(cert, &error)],
    };
    let private = match PrivateKeyDer::from_pem_file(key) {
        Ok(private) => private,
        Err(error) => return vec![bad(key, &error)],
    };
    let provider = rustls::crypto::ring::default_provider();
    let mut found = Vec::new();
    match rustls::sign::CertifiedKey::from_der(chain.clone(), private, &provider) {
        Ok(_) => {}
        Err(error) => found.push(bad(key, &format!("it is not the key of the certificate: {error}"))),
    }
    found.extend(origin.map(|origin| names(&chain[0], origin)));
    found.push(lasts(&chain[0], now_days()));
    found
}

fn now_days() -> i64 {
    (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400) as i64
}

/// Whether it is for the name in an origin.
fn names(certificate: &CertificateDer<'_>, origin: &str) -> Finding {
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => authority,
    };
    let host = host.trim_matches(['[', ']']);
    let named = ParsedCertificate::try_from(certificate).ok().zip(ServerName::try_from(host).ok());
    match named.map(|(parsed, name)| verify_server_name(&parsed, &name)) {
        Some(Ok(())) => Finding::go(ABOUT, format!("is for {host}")),
        _ => {
            Finding::no_go(ABOUT, format!("is not for {host}, which people open"), "obtain one whose names include it")
        }
    }
}

fn lasts(certificate: &CertificateDer<'_>, today: i64) -> Finding {
    let remedy = "renew it; the server reads the files again when they change";
    match validity(certificate) {
        None => Finding::unknown(ABOUT, "its time of validity cannot be read", "openssl x509 -noout -dates -in FILE"),
        Some((from, _)) if from > today => Finding::no_go(
            ABOUT,
            format!("begins to be valid in {} days only", from - today),
            "look at the clock, or at the certificate",
        ),
        Some((_, until)) if until < today => {
            Finding::no_go(ABOUT, format!("expired {} days ago", today - until), remedy)
        }
        Some((_, until)) if until < today + SOON_DAYS => {
            Finding::mind(ABOUT, format!("expires in {} days", until - today), remedy)
        }
        Some((_, until)) => Finding::go(ABOUT, format!("is valid for {} days", until - today)),
    }
}

/// Days since 1970 from which and until which a certificate is valid (RFC 5280, section 4.1).
fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    // Version (which may be absent), serial, algorithm, issuer; then the validity.
    if element(rest)?.0 == 0xa0 {
        rest = element(rest)?.2;
    }
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (_, validity, _) = element(rest)?;
    let (kind, from, rest) = element(validity)?;
    let (kind_until, until, _) = element(rest)?;
    Some((day(kind, from)?, day(kind_until, until)?))
}

/// Tag, content and what follows of the first element of DER.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = (*bytes.first()?, usize::from(*bytes.get(1)?), bytes.get(2..)?);
    let (length, rest) = if length < 0x80 {
        (length, rest)
    } else {
        let count = length & 0x7f;
        let digits = rest.get(..count).filter(|_| count <= 4)?;
        (digits.iter().fold(0, |sum, d| sum << 8 | usize::from(*d)), rest.get(count..)?)
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

/// The day of a UTCTime (23) or GeneralizedTime (24).
fn day(kind: u8, text: &[u8]) -> Option<i64> {
    let digits = |from: usize, count: usize| -> Option<i64> {
        std::str::from_utf8(text.get(from..from + count)?).ok()?.parse().ok()
    };
    let (year, at) = match kind {
        0x17 => (digits(0, 2).map(|y| if y < 50 { 2000 + y } else { 1900 + y })?, 2),
        0x18 => (digits(0, 4)?, 4),
        _ => return None,
    };
    let (month, day) = (digits(at, 2)?, digits(at + 2, 2)?);
    // Days of the civil calendar (Hinnant), with years that begin in March.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(0x17, b"700101000000Z"), Some(0));
        assert_eq!(day(0x18, b"20261122000000Z"), Some(20_779));
        assert_eq!(day(0x17, b"261122000000Z"), Some(20_779));
        assert_eq!(day(0x17, b"xx"), None);
        assert_eq!(day(0x02, b"261122000000Z"), None);
        assert_eq!(validity(b"\x30\x80"), None);
        assert_eq!(validity(b""), None);
    }

    #[test]
    fn a_file_that_is_none_is_a_no_go_that_names_it() {
        let path = std::env::temp_dir().join("no-such-certificate.pem");
        let found = of_files(&path, &path, None);
        assert!(found[0].says.contains("no-such-certificate.pem") && found[0].remedy.is_some());
    }
}
