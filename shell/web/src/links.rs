//! Where things are, as seen from outside: absolute addresses on three listeners.
//!
//! A configured origin is used as it is. Where there is none, the host is the one that the request was sent to, which is
//! text from a stranger: it is parsed into a name or an IP address and printed again, so that nothing else can get into a
//! page, a header or a playlist.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Uri, header};
use hustings_link::peer::Peer;

use crate::Web;
use crate::problem::Problem;

/// Characters of a host name (RFC 1035, section 2.3.4).
const HOST_CHARS_MAX: usize = 253;

/// Whether a listener speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A scheme, a host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: Host,
    port: u16,
}

/// A host name in lower case, or an IPv6 address. (An IPv4 address is written like a name.)
#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Name(String),
    V6(Ipv6Addr),
}

/// The text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin; write it like https://talk.example or http://192.0.2.1:8080, without a path")]
pub struct BadOrigin(String);

/// Where one listener is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// At this origin, whatever the request says.
    Known(Origin),
    /// At this port of the host that people open.
    Port(u16),
}

/// Where the listeners are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// The scheme of every listener whose origin is not known.
    pub scheme: Scheme,
    /// Pages and API. At a port, it is the address that the request was sent to (there may be a port mapping in between),
    /// or that port for a request over the control socket.
    pub public: Address,
    /// WHIP. At a port, on the host of the public address.
    pub stage: Address,
    /// Sound and events. At a port, on the host of the public address; at the public port, that address itself.
    pub audience: Address,
    /// Whether this build makes AAC.
    pub aac: bool,
    /// Whether there is a gate with limits.
    pub tickets: bool,
}

/// The origins that one request's links are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origins {
    pub(crate) public: Origin,
    pub(crate) stage: Origin,
    pub(crate) audience: Origin,
    pub(crate) aac: bool,
    pub(crate) tickets: bool,
}

impl LinkConfig {
    fn origins(&self, parts: &Parts) -> Result<Origins, Problem> {
        let public = match &self.public {
            Address::Known(origin) => origin.clone(),
            Address::Port(port) => self.asked(parts, *port)?,
        };
        let beside = |address: &Address| match address {
            Address::Known(origin) => origin.clone(),
            same if *same == self.public => public.clone(),
            Address::Port(port) => Origin { scheme: self.scheme, host: public.host.clone(), port: *port },
        };
        Ok(Origins {
            stage: beside(&self.stage),
            audience: beside(&self.audience),
            public,
            aac: self.aac,
            tickets: self.tickets,
        })
    }

    /// The origin that the request was sent to.
    fn asked(&self, parts: &Parts, configured: u16) -> Result<Origin, Problem> {
        let (host, port) = authority(parts).and_then(split).ok_or_else(bad_host)?;
        let operator = parts.extensions.get::<Peer>().is_some_and(|p| p.operator);
        let port = if operator { configured } else { port.unwrap_or(self.scheme.port()) };
        Ok(Origin { scheme: self.scheme, host, port })
    }
}

fn bad_host() -> Problem {
    Problem::bad_request("the request names no host: send one Host header with a name or an IP address")
}

/// The authority of a request: `:authority` of HTTP/2 (RFC 9113, section 8.3.1), else the only `Host`.
fn authority(parts: &Parts) -> Option<&str> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.as_str());
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

/// Host and port of `host[:port]`.
fn split(authority: &str) -> Option<(Host, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (address, rest) = v6.split_once(']')?;
            let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
            (Host::V6(address.parse().ok()?), port)
        }
        None => {
            let (name, port) = authority.split_once(':').map_or((authority, None), |(n, p)| (n, Some(p)));
            (Host::Name(host_name(name)?), port)
        }
    };
    match port {
        None => Some((host, None)),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            let port = digits.parse().ok().filter(|p| *p != 0)?;
            Some((host, Some(port)))
        }
        Some(_) => None,
    }
}

fn host_name(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |l: &str| {
        !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    (name.len() <= HOST_CHARS_MAX && name.split('.').all(label)).then(|| name.to_ascii_lowercase())
}

impl Origin {
    /// Whether it is reached over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Its host, without the port.
    pub(crate) fn host(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::V6(address) => format!("[{address}]"),
        }
    }
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let bad = || BadOrigin(text.chars().take(HOST_CHARS_MAX).collect());
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let scheme = match scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(bad()),
        };
        let (host, port) = split(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(bad)?;
        Ok(Self { scheme, host, port: port.unwrap_or(scheme.port()) })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.name())?;
        match &self.host {
            Host::Name(name) => f.write_str(name)?,
            Host::V6(address) => write!(f, "[{address}]")?,
        }
        if self.port == self.scheme.port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl FromRequestParts<std::sync::Arc<Web>> for Origins {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &std::sync::Arc<Web>) -> Result<Self, Problem> {
        web.links.origins(parts)
    }
}

/// The path and query of an address.
pub(crate) fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
