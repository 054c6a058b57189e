//! Which addresses are the public's: what is left when every range that has another use is taken away.
//!
//! The ranges are those of the registries of special-purpose addresses (RFC 6890 and its successors). IPv6 is an allow-list,
//! because only 2000::/3 has ever been given out; whatever carries an IPv4 address within (mapped, NAT64, 6to4, Teredo) is
//! either read as that address or refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not the public's.
const FOUR: [([u8; 4], u32, &str); 15] = [
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a provider's customers"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "for protocols"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 88, 99, 0], 24, "a relay of 6to4"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "for measurements"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// IPv6 networks within 2000::/3 that are not the public's.
const SIX: [([u16; 2], u32, &str); 4] = [
    ([0x2001, 0], 23, "for protocols"),
    ([0x2001, 0xdb8], 32, "for documentation"),
    ([0x2002, 0], 16, "an IPv4 address in 6to4"),
    ([0x3fff, 0], 20, "for documentation"),
];

/// What an address is for, if it is not the public's.
#[must_use]
pub fn reserved(addr: IpAddr) -> Option<&'static str> {
    match addr.to_canonical() {
        IpAddr::V4(four) => {
            let bits = four.to_bits();
            let found = FOUR.into_iter().find(|(base, len, _)| {
                let base = Ipv4Addr::from(*base).to_bits();
                bits >> (32 - len) == base >> (32 - len)
            });
            found.map(|(_, _, what)| what)
        }
        IpAddr::V6(six) => {
            let bits = six.to_bits();
            if bits >> 125 != 1 {
                return Some(other(six));
            }
            let found = SIX.into_iter().find(|([a, b], len, _)| {
                let base = Ipv6Addr::new(*a, *b, 0, 0, 0, 0, 0, 0).to_bits();
                bits >> (128 - len) == base >> (128 - len)
            });
            found.map(|(_, _, what)| what)
        }
    }
}

/// In words, as far as it has them.
const fn other(six: Ipv6Addr) -> &'static str {
    match six.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [a, ..] if a & 0xfe00 == 0xfc00 => "private",
        [a, ..] if a & 0xffc0 == 0xfe80 => "link-local",
        [a, ..] if a & 0xff00 == 0xff00 => "multicast",
        _ => "not given out to the public",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_public_is_public() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
        ];
        for text in refused {
            assert!(reserved(text.parse().unwrap()).is_some(), "{text} is not the public's");
        }
        let public = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.0",
            "126.1.1.1",
            "128.0.0.1",
            "169.253.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.254",
            "::ffff:1.1.1.1",
            "2001:200::1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
        ];
        for text in public {
            assert_eq!(reserved(text.parse().unwrap()), None, "{text} is the public's");
        }
    }
}
