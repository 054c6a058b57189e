//! Configuration in two steps: raw values from a TOML file, `HUSTINGS_…` variables and flags, which can do nothing; then
//! [`Config`], which is whole and consistent or was refused with one sentence.

mod gate;
mod providers;
mod raw;
mod resolve;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use hustings_evidence::note::Verifier;
use hustings_evidence::probe::Prober;
use hustings_gate::Wanted;
use hustings_vocab::network::Network;
use hustings_vocab::{Place, Provider};

pub(crate) use raw::Raw;

/// Why the configuration was refused. Each text names the place, the reason and the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{place}: {reason}")]
    Invalid { place: String, reason: String },
}

/// Where TLS comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tls {
    /// None: loopback, or somebody else terminates it.
    Off,
    /// A certificate chain and key in PEM files, read again when they change.
    Files { cert: PathBuf, key: PathBuf },
    /// A certificate obtained by ACME (RFC 8555).
    Acme { name: String, directory: Option<String>, root: Option<PathBuf>, contact: Option<String> },
}

/// A mail server and the sender of our letters.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// `smtp://…` or `smtps://…`, perhaps with a password.
    pub(crate) url: String,
    pub(crate) from: String,
    /// Letters are in German, and not in English.
    pub(crate) german: bool,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}
/// What an operator has prepared for what no server can stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Runbook {
    /// Whom to call at the provider, with the customer's number.
    pub(crate) provider: String,
    /// Where it can be heard when this line is full: a CDN's address.
    pub(crate) elsewhere: String,
}

/// A witness of the evidence log: its key, and where it is asked.
pub(crate) type WitnessAddress = (Verifier, String);

/// All that `serve` needs to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Where the records are.
    pub(crate) store: Place,
    /// Pages and API.
    pub(crate) listen: SocketAddr,
    /// WHIP on the stage's own listener.
    pub(crate) stage_listen: SocketAddr,
    /// WebRTC of those on stage.
    pub(crate) stage_udp: SocketAddr,
    /// ICE-TCP of those on stage.
    pub(crate) stage_tcp: SocketAddr,
    /// Addresses to advertise in ICE candidates; empty: those that are bound.
    pub(crate) advertise: Vec<IpAddr>,
    /// ICE servers that guests are told of.
    pub(crate) ice_servers: Vec<String>,
    /// Seats on the stage of a conversation for those who are heard.
    pub(crate) speakers: usize,
    /// Streams, LL-HLS and events.
    pub(crate) audience_listen: SocketAddr,
    /// WebRTC of listeners: the first address; each further process that serves them takes a port that follows.
    pub(crate) audience_udp: SocketAddr,
    /// Caches in front whose word on a client's address is taken, beside those on this machine.
    pub(crate) caches: Vec<Network>,
    /// Balancers in front whose connections begin with a header of the PROXY protocol.
    pub(crate) proxies: Vec<Network>,
    /// Processes that serve the audience, 0 for none beside this one; one for each core if absent.
    pub(crate) edges: Option<u16>,
    /// Whether webhooks may be at plain HTTP and at addresses that are not the public's.
    pub(crate) webhooks_private: bool,
    /// What the gate may give away, beside what was measured.
    pub(crate) gate: Wanted,
    /// Health and metrics.
    pub(crate) private_listen: SocketAddr,
    /// Witnesses of the evidence log: the key and address of each.
    pub(crate) witnesses: Vec<WitnessAddress>,
    /// The socket of the helper that tells the kernel what to drop, if there is one.
    pub(crate) kernel: Option<PathBuf>,
    /// Who probes this server from outside.
    pub(crate) probers: Vec<Prober>,
    /// What was prepared for a line that is full.
    pub(crate) runbook: Runbook,
    /// Whom the status page names.
    pub(crate) contact: String,
    /// The origin that people open, if it is not the address that is bound.
    pub(crate) origin: Option<String>,
    /// Certificates.
    pub(crate) tls: Tls,
    /// Who carries letters.
    pub(crate) mail: Option<Mail>,
    /// Where people sign in beside here.
    pub(crate) providers: Vec<Provider>,
    /// TLS is terminated in front, by whom.
    pub(crate) tls_terminated_by: Option<String>,
}

impl Config {
    /// Whether the audience comes to the listener of the pages.
    pub(crate) fn audience_shares_pages(&self) -> bool {
        self.audience_listen == self.listen && self.listen.port() != 0
    }
}

/// Every key with its default, for `hustings serve --help` and the manual.
pub(crate) const KEYS: &str = include_str!("config/keys.txt");

#[cfg(test)]
mod tests;
