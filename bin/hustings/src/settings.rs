//! What an edge process must know of the configuration. The process of the stage has parsed it; an edge is told the result,
//! so that both see the same.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use hustings_fanout::Pages;
use hustings_link::edge::EdgeNumber;
use hustings_vocab::network::Network;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Tls};
use crate::origins;
use crate::sockets::Bound;

/// The answer to an edge's hello, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Welcome {
    /// The number of the edge.
    pub(crate) number: EdgeNumber,
    /// Drawn when the stage's process began: an edge does not outlive it, for the listener that it was given is that one's.
    pub(crate) run: u64,
    /// Where its WebRTC listeners send to.
    pub(crate) udp: SocketAddr,
    /// What is the same for every edge.
    pub(crate) settings: Settings,
}

/// What is the same for every edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Addresses to advertise in ICE candidates; empty: those that are bound.
    pub(crate) advertise: Vec<IpAddr>,
    /// ICE servers that listeners are told of.
    pub(crate) ice_servers: Vec<String>,
    /// Scheme and authority under which the audience reaches the edges, if they are configured.
    pub(crate) origin: Option<String>,
    /// The origin of the pages, if it is configured; else their port, and whether they speak TLS.
    pub(crate) pages: Result<String, (u16, bool)>,
    /// Caches in front whose word on a client's address is taken.
    pub(crate) caches: Vec<Network>,
    /// Balancers in front whose connections begin with a header of the PROXY protocol.
    pub(crate) proxies: Vec<Network>,
    /// The socket of the helper that tells the kernel what to drop, if there is one.
    pub(crate) kernel: Option<PathBuf>,
    /// Where its certificate comes from.
    pub(crate) tls: EdgeTls,
}

impl Settings {
    /// What the configuration of this server says.
    pub(crate) fn of(config: &Config, bound: &Bound) -> io::Result<Self> {
        let whole = std::path::absolute::<&PathBuf>;
        Ok(Self {
            advertise: config.advertise.clone(),
            ice_servers: config.ice_servers.clone(),
            origin: origins::audience(config, bound),
            pages: config.origin.clone().ok_or((bound.listen.port(), config.tls != Tls::Off)),
            caches: config.caches.clone(),
            proxies: config.proxies.clone(),
            kernel: config.kernel.clone(),
            tls: match &config.tls {
                Tls::Off => EdgeTls::Off,
                Tls::Files { cert, key } => EdgeTls::Files { cert: whole(cert)?, key: whole(key)? },
                Tls::Acme { .. } => EdgeTls::Linked,
            },
        })
    }
}

impl Settings {
    /// Where pages are.
    pub(crate) fn pages(&self) -> Pages {
        match &self.pages {
            Ok(origin) => Pages::Origin(origin.clone()),
            Err((port, secure)) => Pages::Port(*port, *secure),
        }
    }
}

/// Where an edge's certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EdgeTls {
    /// It speaks plain HTTP.
    Off,
    /// From files, which it reads and watches itself.
    Files { cert: PathBuf, key: PathBuf },
    /// From the stage's process, over the link.
    Linked,
}
