//! Sources of reports and of connections: told apart without keeping their addresses.
//!
//! A source is a hash under a key that this process draws when it starts and forgets with its end. It is kept as long as the
//! report or the connection, in memory alone.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::LazyLock;

use hustings_guard::Source;
use hustings_vocab::network;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The number that stands for an address in this process.
pub(crate) fn source_of(site: IpAddr) -> u64 {
    KEY.hash_one(site)
}

/// What stands for the network that an address is in.
#[must_use]
pub fn network_of(addr: IpAddr) -> Source {
    Source::new(source_of(network::neighbourhood(addr)))
}
