//! Where a connection comes from, as far as it matters.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network, as the keyed hash of its [`prefix`]. Nothing can be read from it without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(u64);

impl Source {
    /// The source of that hash.
    #[must_use]
    pub const fn new(hash: u64) -> Self {
        Self(hash)
    }
}

/// The network of an address: 24 bits of IPv4, 48 of IPv6. Single IPv6 addresses mean nothing, for everybody has 2^64 of them,
/// and most can have 2^80.
#[must_use]
pub fn prefix(addr: IpAddr) -> IpAddr {
    match addr.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & !0xff).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_24_bits_or_48() {
        let same = |a: &str, b: &str| prefix(a.parse().unwrap()) == prefix(b.parse().unwrap());
        assert!(same("203.0.113.7", "203.0.113.250"));
        assert!(same("203.0.113.7", "::ffff:203.0.113.8"), "IPv4 in its IPv6 form is IPv4");
        assert!(!same("203.0.113.7", "203.0.114.7"));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:ffff::9"));
        assert!(!same("2001:db8:1::1", "2001:db8:2::1"));
    }
}
