//! Networks by their prefix, and whose word on a client's address is taken.
//!
//! A cache in front says for whom it asks in `X-Forwarded-For`. Anybody can write that, so it is believed of this machine
//! and of the networks that the configuration names. Deliberately absent: chains of caches; the nearest one's word counts.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A network, such as `203.0.113.0/24` or `2001:db8::/32`; a single address without a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    base: u128,
    bits: u32,
}

/// It is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network, such as 203.0.113.7 or 203.0.113.0/24")]
pub struct BadNetwork(String);

impl Network {
    /// Whether an address is in it. An IPv4 address is the same in its IPv6 form.
    #[must_use]
    pub fn holds(&self, addr: IpAddr) -> bool {
        prefix(wide(addr), self.bits) == self.base
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.chars().take(64).collect());
        let (addr, bits) = text.split_once('/').map_or((text, None), |(addr, bits)| (addr, Some(bits)));
        let addr: IpAddr = addr.parse().map_err(|_| bad())?;
        let all = if addr.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), str::parse).map_err(|_| bad())?;
        if bits > all {
            return Err(bad());
        }
        let bits = bits + 128 - all;
        Ok(Self { base: prefix(wide(addr), bits), bits })
    }
}

/// In its IPv6 form.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from_bits(self.base), self.bits)
    }
}

impl TryFrom<String> for Network {
    type Error = BadNetwork;

    fn try_from(text: String) -> Result<Self, BadNetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// Where a request comes from: the connection's address, or what a cache that is believed says in `X-Forwarded-For`.
#[must_use]
pub fn client(peer: IpAddr, forwarded_for: Option<&str>, believed: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    if !peer.is_loopback() && !believed.iter().any(|network| network.holds(peer)) {
        return peer;
    }
    let said = forwarded_for.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    said.map_or(peer, |addr: IpAddr| addr.to_canonical())
}

/// The address as far as it tells one source from another: of IPv6 the 48 bits that one site has.
#[must_use]
pub fn site(addr: IpAddr) -> IpAddr {
    shortened(addr, 48)
}

/// The same, of IPv6 the 64 bits that one customer has.
#[must_use]
pub fn customer(addr: IpAddr) -> IpAddr {
    shortened(addr, 64)
}

/// The network that a crowd or an attacker sits in: 24 bits of IPv4, 48 of IPv6. Single IPv6 addresses mean nothing, for
/// everybody has 2^64 of them, and most can have 2^80.
#[must_use]
pub fn neighbourhood(addr: IpAddr) -> IpAddr {
    match site(addr) {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & !0xff).into(),
        v6 @ IpAddr::V6(_) => v6,
    }
}

fn shortened(addr: IpAddr, bits: u32) -> IpAddr {
    match addr.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(prefix(v6.to_bits(), bits)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn wide(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

const fn prefix(addr: u128, bits: u32) -> u128 {
    if bits == 0 { 0 } else { addr >> (128 - bits) << (128 - bits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
            ("203.0.113.7/24", "::ffff:203.0.113.9", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("0.0.0.0/0", "255.1.2.3", "::2"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.holds(ip(inside)) && !network.holds(ip(outside)), "{network:?}");
            assert_eq!(network.to_string().parse(), Ok(network));
        }
        assert!("::/0".parse::<Network>().unwrap().holds(ip("1.2.3.4")));
        for bad in ["", "/", "203.0.113.0/33", "203.0.113.0/-1", "::/129", "host/8", "1.2.3.4/8/8"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_cache_that_is_believed_says_who_asks() {
        let ours = ["198.51.100.0/24".parse().unwrap()];
        let said = Some("203.0.113.1, 203.0.113.2");
        assert_eq!(client(ip("127.0.0.1"), said, &[]), ip("203.0.113.2"));
        assert_eq!(client(ip("198.51.100.7"), said, &ours), ip("203.0.113.2"));
        assert_eq!(client(ip("192.0.2.1"), said, &ours), ip("192.0.2.1"));
        assert_eq!(client(ip("::ffff:127.0.0.1"), Some("nobody"), &ours), ip("127.0.0.1"));
        assert_eq!(client(ip("127.0.0.1"), None, &ours), ip("127.0.0.1"));
    }

    #[test]
    fn a_site_is_an_address_or_forty_eight_bits() {
        assert_eq!(site(ip("203.0.113.7")), ip("203.0.113.7"));
        assert_eq!(site(ip("::ffff:203.0.113.7")), ip("203.0.113.7"));
        assert_eq!(site(ip("2001:db8:1:2:3::4")), ip("2001:db8:1::"));
    }

    #[test]
    fn a_network_is_24_bits_or_48() {
        let same = |a: &str, b: &str| neighbourhood(a.parse().unwrap()) == neighbourhood(b.parse().unwrap());
        assert!(same("203.0.113.7", "203.0.113.250"));
        assert!(same("203.0.113.7", "::ffff:203.0.113.8"), "IPv4 in its IPv6 form is IPv4");
        assert!(!same("203.0.113.7", "203.0.114.7"));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:ffff::9"));
        assert!(!same("2001:db8:1::1", "2001:db8:2::1"));
    }
}
