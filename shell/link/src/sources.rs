//! Sources of reports: told apart without keeping their addresses.
//!
//! A source is a hash under a key that this process draws when it starts and forgets with its end. It is kept as long as the
//! report, in memory alone.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::LazyLock;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The number that stands for an address in this process.
pub(crate) fn source_of(site: IpAddr) -> u64 {
    KEY.hash_one(site)
}
