//! What the kernel drops, as the helper that may tell it so keeps it: three verbs, each with its limits.
//!
//! One line asks, one line answers: `add NETWORK SECONDS`, `expire NETWORK`, `list`. Who asks is the server, or somebody at the
//! command line. A network that was expired is kept out for ten minutes, whoever adds it. Never added are loopback, what is wider than
//! a /24 or a /48, and the networks that the helper was started to spare: balancers and caches.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hustings_vocab::limits::{DROP_SECONDS_MAX, DROPS_MAX, SPARED_MAX};
use hustings_vocab::network::{Network, neighbourhood};

use crate::offenders::SPARED;

/// Bytes of a line: a network of IPv6 with its verb and seconds is half of it.
pub const LINE_BYTES_MAX: usize = 128;

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Drop a network for so many seconds.
    Add(IpAddr, u64),
    /// Take a network out, and keep it out.
    Expire(IpAddr),
    /// What is dropped?
    List,
}

/// Why a line is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is none of the verbs.
    #[error("the verbs are: add NETWORK SECONDS, expire NETWORK, list")]
    Verb,
    /// It is no network of that size.
    #[error("a network is a /24 of IPv4 or a /48 of IPv6, such as 203.0.113.0/24")]
    Network,
    /// It would be dropped for too long, or for no time.
    #[error("seconds are from 1 to {DROP_SECONDS_MAX}")]
    Seconds,
    /// It is never dropped.
    #[error("this network is never dropped")]
    Never,
    /// Somebody there listens.
    #[error("somebody in this network listens")]
    Spared,
    /// No more are kept.
    #[error("{DROPS_MAX} networks are dropped already")]
    Full,
}

impl Verb {
    /// Reads a line.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn read(line: &str) -> Result<Self, Refused> {
        let mut words = line.split_ascii_whitespace();
        let (verb, network, seconds, rest) = (words.next(), words.next(), words.next(), words.next());
        match (verb, network, seconds, rest) {
            (Some("add"), Some(network), Some(seconds), None) => {
                let seconds: u64 = seconds.parse().map_err(|_| Refused::Seconds)?;
                if !(1..=DROP_SECONDS_MAX).contains(&seconds) {
                    return Err(Refused::Seconds);
                }
                Ok(Self::Add(read_network(network)?, seconds))
            }
            (Some("expire"), Some(network), None, None) => Ok(Self::Expire(read_network(network)?)),
            (Some("list"), None, None, None) => Ok(Self::List),
            _ => Err(Refused::Verb),
        }
    }

    /// The line.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Add(network, seconds) => format!("add {} {seconds}", written(*network)),
            Self::Expire(network) => format!("expire {}", written(*network)),
            Self::List => "list".to_owned(),
        }
    }
}

/// A network as text: its base address with its size.
#[must_use]
pub fn written(network: IpAddr) -> String {
    format!("{network}/{}", if network.is_ipv4() { 24 } else { 48 })
}

fn read_network(text: &str) -> Result<IpAddr, Refused> {
    let (addr, bits) = text.split_once('/').ok_or(Refused::Network)?;
    let addr: IpAddr = addr.parse().map_err(|_| Refused::Network)?;
    let size = if addr.is_ipv4() { "24" } else { "48" };
    // One in the form of the other would be all of that one.
    if bits != size || addr.to_canonical() != addr || neighbourhood(addr) != addr {
        return Err(Refused::Network);
    }
    Ok(addr)
}

/// What is dropped and what is spared.
#[derive(Debug, Default)]
pub struct Drops {
    never: Vec<Network>,
    dropped: BTreeMap<IpAddr, Instant>,
    spared: BTreeMap<IpAddr, Instant>,
    /// When it was last looked for what is over.
    looked: Option<Instant>,
}

impl Drops {
    /// Nothing is dropped, and these never are.
    #[must_use]
    pub fn new(never: Vec<Network>) -> Self {
        Self { never, ..Self::default() }
    }

    /// A network is to be dropped. `Ok(false)`: it is already, for at least as long.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn add(&mut self, network: IpAddr, seconds: u64, now: Instant) -> Result<bool, Refused> {
        self.forget(now);
        let is_never = network.is_loopback() || network.is_unspecified() || network.is_multicast();
        if is_never || touches(network, &self.never) {
            return Err(Refused::Never);
        }
        if self.spared.contains_key(&network) {
            return Err(Refused::Spared);
        }
        let until = now + Duration::from_secs(seconds);
        if self.dropped.get(&network).is_some_and(|known| *known >= until) {
            return Ok(false);
        }
        if !self.dropped.contains_key(&network) && self.dropped.len() >= DROPS_MAX {
            return Err(Refused::Full);
        }
        self.dropped.insert(network, until);
        Ok(true)
    }

    /// A network is not to be dropped from now on. Says whether it was.
    pub fn expire(&mut self, network: IpAddr, now: Instant) -> bool {
        self.forget(now);
        if self.spared.len() >= SPARED_MAX {
            let oldest = self.spared.iter().min_by_key(|(_, until)| **until).map(|(network, _)| *network);
            oldest.map(|network| self.spared.remove(&network));
        }
        self.spared.insert(network, now + SPARED);
        self.dropped.remove(&network).is_some()
    }

    /// What is dropped, and for how many seconds more.
    pub fn list(&mut self, now: Instant) -> Vec<(IpAddr, u64)> {
        self.forget(now);
        self.dropped.iter().map(|(network, until)| (*network, until.saturating_duration_since(now).as_secs())).collect()
    }

    /// Looks for what is over, once a second: both lists are gone through.
    fn forget(&mut self, now: Instant) {
        if self.looked.is_some_and(|at| now.saturating_duration_since(at) < Duration::from_secs(1)) {
            return;
        }
        self.looked = Some(now);
        self.dropped.retain(|_, until| *until > now);
        self.spared.retain(|_, until| *until > now);
    }
}

/// Whether a network has an address of one of these.
#[must_use]
pub fn touches(network: IpAddr, these: &[Network]) -> bool {
    (0..=u8::MAX).any(|host| these.iter().any(|one| one.holds(nth(network, host))))
}

/// An address of a network: of IPv6 the first ones of it alone, for what is spared there is a network of its own.
fn nth(network: IpAddr, host: u8) -> IpAddr {
    match network {
        IpAddr::V4(base) => IpAddr::V4((base.to_bits() | u32::from(host)).into()),
        IpAddr::V6(base) => IpAddr::V6((base.to_bits() | u128::from(host)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn lines_are_read_as_they_are_written() {
        for line in ["add 203.0.113.0/24 60", "expire 2001:db8:7::/48", "list"] {
            assert_eq!(Verb::read(line).unwrap().line(), line);
        }
        for (line, why) in [
            ("", Refused::Verb),
            ("drop 203.0.113.0/24 60", Refused::Verb),
            ("list all", Refused::Verb),
            ("add 203.0.113.0/24 60 now", Refused::Verb),
            ("add 203.0.113.0/24 0", Refused::Seconds),
            ("add 203.0.113.0/24 99999999999999999999", Refused::Seconds),
            ("add 203.0.113.7/24 60", Refused::Network),
            ("add 0.0.0.0/0 60", Refused::Network),
            ("add 203.0.112.0/23 60", Refused::Network),
            ("add ::ffff:203.0.113.0/48 60", Refused::Network),
            ("add 2001:db8::/32 60", Refused::Network),
            ("expire 203.0.113.0/24;flush", Refused::Network),
        ] {
            assert_eq!(Verb::read(line), Err(why), "{line}");
        }
    }

    #[test]
    fn what_is_dropped_ends_by_itself() {
        let (mut drops, now) = (Drops::default(), Instant::now());
        assert_eq!(drops.add(network("203.0.113.0"), 60, now), Ok(true));
        assert_eq!(drops.add(network("203.0.113.0"), 30, now), Ok(false));
        assert_eq!(drops.list(now + Duration::from_secs(1)), [(network("203.0.113.0"), 59)]);
        assert!(drops.list(now + Duration::from_secs(60)).is_empty());
    }

    #[test]
    fn who_listens_and_who_passes_on_is_never_dropped() {
        let mut drops = Drops::new(vec!["198.51.100.7".parse().unwrap(), "2001:db8:1::/64".parse().unwrap()]);
        let now = Instant::now();
        for never in ["198.51.100.0", "2001:db8:1::", "127.0.0.0", "0.0.0.0", "224.0.0.0"] {
            assert_eq!(drops.add(network(never), 60, now), Err(Refused::Never), "{never}");
        }
        assert_eq!(drops.add(network("203.0.113.0"), 60, now), Ok(true));
        assert!(drops.expire(network("203.0.113.0"), now));
        assert_eq!(drops.add(network("203.0.113.0"), 60, now), Err(Refused::Spared));
        assert_eq!(drops.add(network("203.0.113.0"), 60, now + SPARED), Ok(true));
    }

    #[test]
    fn there_is_an_end_to_both_lists() {
        let (mut drops, now) = (Drops::default(), Instant::now());
        for n in 0..DROPS_MAX as u32 {
            assert_eq!(drops.add(IpAddr::V4((0x0b00_0000 + (n << 8)).into()), 60, now), Ok(true));
        }
        assert_eq!(drops.add(network("203.0.113.0"), 60, now), Err(Refused::Full));
        for n in 0..SPARED_MAX as u32 + 10 {
            drops.expire(IpAddr::V4((n << 8).into()), now);
        }
        assert_eq!(drops.spared.len(), SPARED_MAX);
    }
}
