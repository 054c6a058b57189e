//! What is particular to one listener.

use std::time::Duration;

use hustings_vocab::limits;
use hustings_vocab::network::Network;

use crate::Tls;

/// What is particular to one listener. [`ServeOptions::new`] gives what suits the pages; the audience's differs.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// What the log calls it.
    pub name: &'static str,
    /// Speak TLS with this certificate; plain HTTP without it.
    pub tls: Option<Tls>,
    /// Offer HTTP/2 beside HTTP/1.1. It needs TLS, where the client chooses by ALPN.
    pub http2: bool,
    /// Bytes that may wait in the kernel for a slow reader (`TCP_NOTSENT_LOWAT`); the system's default without it. Few
    /// where what is late is of no use: then a listener who takes nothing is seen to within seconds.
    pub unsent_bytes_max: Option<u32>,
    /// Find a dead connection by what it does not acknowledge: see [`ServeOptions::SILENT_MAX`].
    pub find_silent: bool,
    /// Balancers whose connections begin with a header of the PROXY protocol, which says where they come from.
    pub proxies: Vec<Network>,
    /// Connections at once. When it is full the next is told so (503) and closed; over TLS it is only closed, for a
    /// handshake costs more than it is worth.
    pub connections_max: usize,
    /// How long connections may go on after the shutdown has begun.
    pub drain: Duration,
}

impl ServeOptions {
    /// A connection whose peer acknowledges nothing for this long is dead, where [`ServeOptions::find_silent`] asks for
    /// it.
    pub const SILENT_MAX: Duration = Duration::from_secs(limits::SILENT_LISTENER_SECONDS);

    /// HTTP/1.1 without TLS, ten seconds to drain.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            tls: None,
            http2: false,
            unsent_bytes_max: None,
            find_silent: false,
            proxies: Vec::new(),
            connections_max: limits::CONNECTIONS_PER_LISTENER_MAX,
            drain: Duration::from_secs(10),
        }
    }

    /// For the audience: HTTP/1.1 alone, little unsent, and the dead are found within ten seconds.
    #[must_use]
    pub fn audience(name: &'static str) -> Self {
        Self { unsent_bytes_max: Some(limits::STREAM_UNSENT_BYTES_MAX), find_silent: true, ..Self::new(name) }
    }
}
