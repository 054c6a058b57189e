//! The secret of an evening, and what becomes of addresses under it.
//!
//! SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012): who does not have the key cannot find two addresses that collide,
//! nor say which address a number stands for. When the evening is over the key is overwritten; then nobody can.

use std::net::IpAddr;

/// The secret of one evening. It never leaves memory; it is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct EventKey([u64; 2]);

/// What an address becomes: the source (one IPv4 address, or an IPv6 network of 64 bits, which is one household), and
/// its network (/24 or /48).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) source: u64,
    pub(crate) prefix: u64,
}

impl EventKey {
    /// From 16 random bytes.
    #[must_use]
    pub fn new(secret: [u8; 16]) -> Self {
        let half = |n: usize| (0..8).fold(0, |word, i| word | u64::from(secret[n * 8 + i]) << (8 * i));
        Self([half(0), half(1)])
    }

    /// As the link carries it to the processes of this machine.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.0[1].to_le_bytes());
        bytes
    }

    pub(crate) fn origin(&self, addr: IpAddr) -> Origin {
        match addr.to_canonical() {
            IpAddr::V4(v4) => {
                let o = v4.octets();
                Origin { source: self.hash(4, &o), prefix: self.hash(3, &o[..3]) }
            }
            IpAddr::V6(v6) => {
                let o = v6.octets();
                Origin { source: self.hash(8, &o[..8]), prefix: self.hash(6, &o[..6]) }
            }
        }
    }

    /// The keyed hash of bytes; the domain tells uses apart.
    pub(crate) fn hash(&self, domain: u8, bytes: &[u8]) -> u64 {
        let [k0, k1] = self.0;
        let mut v = [
            k0 ^ 0x736f_6d65_7073_6575,
            k1 ^ 0x646f_7261_6e64_6f6d,
            k0 ^ 0x6c79_6765_6e65_7261,
            k1 ^ 0x7465_6462_7974_6573,
        ];
        let total = bytes.len() + 1;
        let byte = |n: usize| if n == 0 { domain } else { bytes[n - 1] };
        let word = |from: usize, to: usize| (from..to).fold(0, |w, n| w | u64::from(byte(n)) << (8 * (n - from)));
        let mut at = 0;
        while at + 8 <= total {
            absorb(&mut v, word(at, at + 8));
            at += 8;
        }
        absorb(&mut v, word(at, total) | (total as u64 & 255) << 56);
        v[2] ^= 255;
        (0..4).for_each(|_| round(&mut v));
        v[0] ^ v[1] ^ v[2] ^ v[3]
    }
}

impl Drop for EventKey {
    fn drop(&mut self) {
        // A hint keeps the compiler from leaving the last writes out; what moved before is on no disk either.
        self.0 = std::hint::black_box([0; 2]);
        std::hint::black_box(&self.0);
    }
}

impl std::fmt::Debug for EventKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventKey(..)")
    }
}

fn absorb(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    round(v);
    v[0] ^= word;
}

const fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_siphash_2_4() {
        // The vector of the paper's appendix: key 00..0f, message 00..0e.
        let key = EventKey::new(std::array::from_fn(|n| n as u8));
        let rest: Vec<u8> = (1..15).collect();
        assert_eq!(key.hash(0, &rest), 0xa129_ca61_49be_45e5);
        assert_eq!(key.to_bytes(), std::array::from_fn::<u8, 16, _>(|n| n as u8));
    }

    #[test]
    fn a_household_is_one_source_and_a_network_one_prefix() {
        let key = EventKey::new([7; 16]);
        let of = |addr: &str| key.origin(addr.parse().unwrap());
        assert_ne!(of("192.0.2.1").source, of("192.0.2.2").source);
        assert_eq!(of("192.0.2.1").prefix, of("192.0.2.2").prefix);
        assert_eq!(of("2001:db8::1").source, of("2001:db8::2").source);
        assert_ne!(of("2001:db8:0:1::1").source, of("2001:db8::1").source);
        assert_eq!(of("2001:db8:0:1::1").prefix, of("2001:db8::1").prefix);
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(EventKey::new([8; 16]).origin("192.0.2.1".parse().unwrap()), of("192.0.2.1"));
    }
}
