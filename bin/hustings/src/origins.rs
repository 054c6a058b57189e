//! The addresses that people and players are told, from where the listeners are and what is configured.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use hustings_vocab::Rendition;
use hustings_web::{Address, LinkConfig, Scheme};

use crate::config::{Config, Tls};
use crate::failure::Failure;
use crate::sockets::Bound;

/// The address that people open.
pub(crate) fn pages(config: &Config, bound: &Bound) -> String {
    let scheme = if config.tls == Tls::Off { "http" } else { "https" };
    config.origin.clone().unwrap_or_else(|| format!("{scheme}://{}", reachable(bound.listen)))
}

/// The name of a log that begins here. It is kept with the log's key, whatever this server's address is later.
pub(crate) fn log_name(config: &Config, bound: &Bound) -> String {
    let pages = pages(config, bound);
    format!("{}/evidence", pages.split_once("://").map_or(pages.as_str(), |(_, rest)| rest))
}

/// What pages say of the other listeners.
pub(crate) fn links(
    config: &Config,
    bound: &Bound,
    offered: &[Rendition],
    tickets: bool,
) -> Result<LinkConfig, Failure> {
    let secure = config.tls != Tls::Off || config.tls_terminated_by.is_some();
    let public = match &config.origin {
        Some(origin) => Address::Known(origin.parse().map_err(Failure::usage)?),
        None => Address::Port(bound.listen.port()),
    };
    let beside = |addr: SocketAddr| if addr == bound.listen { public.clone() } else { Address::Port(addr.port()) };
    Ok(LinkConfig {
        scheme: if secure { Scheme::Https } else { Scheme::Http },
        stage: beside(bound.stage_listen),
        audience: beside(bound.audience_listen),
        aac: offered.contains(&Rendition::Aac96),
        tickets,
        public,
    })
}

/// Where players find the audience's listener, if the origin is configured.
pub(crate) fn audience(config: &Config, bound: &Bound) -> Option<String> {
    let origin = config.origin.as_deref()?;
    if bound.audience_listen == bound.listen {
        return Some(origin.to_owned());
    }
    let (scheme, authority) = origin.split_once("://")?;
    // A port is what follows the last colon outside the brackets of an IPv6 address.
    let host =
        authority.rfind(':').filter(|at| !authority[*at..].contains(']')).map_or(authority, |at| &authority[..at]);
    Some(format!("{scheme}://{host}:{}", bound.audience_listen.port()))
}

/// An address that can be opened from this machine: a wildcard is reached by loopback.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, addr.port())
}
