//! Which networks offend so much that the kernel should drop what they send: decided from what was met, second by second.
//!
//! A network is a /24 or /48, never a single address of IPv6. Each offence is a point; points drain away. A network from which
//! somebody listens, or shows a ticket or token that holds, is spared for [`SPARED`]: whoever sits behind the same address as an
//! attacker is not dropped for it. Only what came over a connection that was made counts, for its address cannot be forged.
//! An address is kept for ten minutes at most.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hustings_vocab::limits::{DROP_SECONDS, OFFENCES_DRAIN_PER_SECOND, OFFENCES_MAX, OFFENDERS_MAX};

/// For how long a network is spared from which somebody listened.
pub const SPARED: Duration = Duration::from_secs(600);
/// Between two times that it is said of a network that it is spared.
const SAID_AGAIN: Duration = Duration::from_secs(300);

/// What the kernel should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Drop what comes from this network, for so many seconds.
    Add(IpAddr, u64),
    /// Do not drop it, whoever says so: somebody there listens.
    Expire(IpAddr),
}

/// What was met of one network in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// Its base address.
    pub network: IpAddr,
    /// Connections and requests that did nothing but harm.
    pub offences: u32,
    /// Somebody there listens, or showed a ticket that holds.
    pub good: bool,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    points: u32,
    seen: Instant,
    spared: Option<Instant>,
}

/// What is known of networks. At most [`OFFENDERS_MAX`] of them.
#[derive(Debug, Default)]
pub struct Offenders(BTreeMap<IpAddr, Known>);

impl Offenders {
    /// Takes in what was met, and says what is to be done.
    pub fn hear(&mut self, met: &[Met], now: Instant) -> Vec<Order> {
        self.0.retain(|_, known| now.saturating_duration_since(known.seen) < SPARED);
        met.iter().filter_map(|met| self.one(*met, now)).collect()
    }

    fn one(&mut self, met: Met, now: Instant) -> Option<Order> {
        if !self.0.contains_key(&met.network) && self.0.len() >= OFFENDERS_MAX {
            // What would drain within a second is not worth a place, nor the search for one.
            if !met.good && met.offences <= OFFENCES_DRAIN_PER_SECOND {
                return None;
            }
            // Who is spared is kept, or a flood of networks would bring others to be forgotten.
            let least = self.0.iter().filter(|(_, known)| known.spared.is_none()).min_by_key(|(_, known)| known.points);
            let least = *least?.0;
            self.0.remove(&least);
        }
        let fresh = Known { points: 0, seen: now, spared: None };
        let known = self.0.entry(met.network).or_insert(fresh);
        let passed = now.saturating_duration_since(known.seen).as_secs().try_into().unwrap_or(u32::MAX);
        known.points = known.points.saturating_sub(passed.saturating_mul(OFFENCES_DRAIN_PER_SECOND));
        known.seen = now;
        if met.good {
            let said = known.spared.replace(now);
            known.points = 0;
            let again = said.is_none_or(|said| now.saturating_duration_since(said) >= SAID_AGAIN);
            if !again {
                known.spared = said;
            }
            return again.then_some(Order::Expire(met.network));
        }
        if known.spared.is_some_and(|since| now.saturating_duration_since(since) < SPARED) {
            return None;
        }
        known.spared = None;
        known.points = known.points.saturating_add(met.offences);
        if known.points <= OFFENCES_MAX {
            return None;
        }
        known.points = 0;
        Some(Order::Add(met.network, DROP_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 0));

    fn met(network: IpAddr, offences: u32, good: bool) -> [Met; 1] {
        [Met { network, offences, good }]
    }

    #[test]
    fn a_flood_is_dropped_for_a_short_time_and_anew_if_it_goes_on() {
        let (mut offenders, now) = (Offenders::default(), Instant::now());
        assert_eq!(offenders.hear(&met(FLOOD, OFFENCES_MAX, false), now), []);
        assert_eq!(offenders.hear(&met(FLOOD, 1, false), now), [Order::Add(FLOOD, DROP_SECONDS)]);
        assert_eq!(offenders.hear(&met(FLOOD, 1, false), now), []);
        let later = now + Duration::from_secs(DROP_SECONDS);
        assert_eq!(offenders.hear(&met(FLOOD, OFFENCES_MAX + 9, false), later), [Order::Add(FLOOD, DROP_SECONDS)]);
    }

    #[test]
    fn a_little_now_and_then_is_no_flood() {
        let (mut offenders, now) = (Offenders::default(), Instant::now());
        for second in 0..1000 {
            let now = now + Duration::from_secs(second);
            assert_eq!(offenders.hear(&met(FLOOD, OFFENCES_DRAIN_PER_SECOND, false), now), []);
        }
    }

    #[test]
    fn where_somebody_listens_nobody_is_dropped() {
        let (mut offenders, now) = (Offenders::default(), Instant::now());
        assert_eq!(offenders.hear(&met(FLOOD, 0, true), now), [Order::Expire(FLOOD)]);
        for second in 0..500 {
            let now = now + Duration::from_secs(second);
            assert_eq!(offenders.hear(&met(FLOOD, 50_000, false), now), []);
        }
        let later = now + Duration::from_secs(301);
        assert_eq!(offenders.hear(&met(FLOOD, 50_000, true), later), [Order::Expire(FLOOD)], "it is said again");
        assert_eq!(offenders.hear(&met(FLOOD, 50_000, true), later), [], "and not each second");
        let late = later + SPARED;
        assert_eq!(offenders.hear(&met(FLOOD, 50_000, false), late), [Order::Add(FLOOD, DROP_SECONDS)]);
    }

    #[test]
    fn a_flood_of_networks_makes_nobody_forget_who_listens() {
        let (mut offenders, now) = (Offenders::default(), Instant::now());
        offenders.hear(&met(FLOOD, 0, true), now);
        for n in 0..OFFENDERS_MAX as u32 * 2 {
            offenders.hear(&met(IpAddr::V4((n << 8).into()), 1, false), now);
        }
        assert_eq!(offenders.0.len(), OFFENDERS_MAX);
        assert_eq!(offenders.hear(&met(FLOOD, 50_000, false), now), []);
        offenders.hear(&[], now + SPARED);
        assert!(offenders.0.is_empty(), "ten minutes later nothing is known");
    }
}
