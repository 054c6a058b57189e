//! Who comes and goes, one by one.

use core::str::FromStr;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Arrivals, Chance, Tier};

/// What happens at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// A new listener comes.
    Come(Tier),
    /// Somebody who is inside leaves and stays away.
    Leave,
    /// Somebody who is inside leaves and comes again at once.
    Return,
}

/// One act and its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds after the beginning.
    pub at_ms: u64,
    /// What happens.
    pub act: Act,
}

/// Of those who are inside: how many leave in a minute, for good or to return, as shares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Leaving {
    /// For good.
    pub leave: f64,
    /// To come again at once.
    pub back: f64,
}

/// How many of the listeners are of each tier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix([f64; 3]);

/// The comings and goings of one rehearsal, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan(pub Vec<Event>);

impl Plan {
    /// Draws `listeners` who come within `ramp` from `from` on, and those who leave until `hold` after the ramp.
    #[must_use]
    pub fn draw(
        listeners: usize,
        mix: &Mix,
        arrivals: Arrivals,
        leaving: Leaving,
        times: (Duration, Duration, Duration),
        chance: &mut Chance,
    ) -> Self {
        let (from, ramp, hold) = times;
        let at_ms = |moment: Duration| (from + moment).as_millis() as u64;
        let moments = arrivals.moments(listeners, ramp, chance);
        let mut events: Vec<Event> =
            moments.iter().map(|m| Event { at_ms: at_ms(*m), act: Act::Come(mix.tier(chance.share())) }).collect();
        for second in 0..(ramp + hold).as_secs() {
            let inside = moments.partition_point(|m| m.as_secs() < second) as f64;
            for (share, act) in [(leaving.leave, Act::Leave), (leaving.back, Act::Return)] {
                // The fraction that is left over is drawn, so that a small crowd has its share of leavers too.
                let due = inside * share / 60.0;
                let count = due as u64 + u64::from(chance.share() < due.fract());
                events.extend((0..count).map(|_| {
                    let moment = Duration::from_secs(second) + Duration::from_secs_f64(chance.share());
                    Event { at_ms: at_ms(moment), act }
                }));
            }
        }
        events.sort_by_key(|event| event.at_ms);
        Self(events)
    }

    /// Deals the events to so many processes, each in order.
    #[must_use]
    pub fn deal(&self, processes: usize) -> Vec<Vec<Event>> {
        let mut hands = vec![Vec::new(); processes.max(1)];
        let count = hands.len();
        self.0.iter().enumerate().for_each(|(n, event)| hands[n % count].push(*event));
        hands
    }
}

impl Default for Mix {
    fn default() -> Self {
        let mut weights = [0.0; 3];
        weights[Tier::Stream.index()] = 1.0;
        Self(weights)
    }
}

impl Mix {
    /// The tier of whoever draws `share`.
    #[must_use]
    pub fn tier(&self, share: f64) -> Tier {
        let mut below = 0.0;
        let found = Tier::ALL.into_iter().find(|tier| {
            below += self.0[tier.index()];
            share < below
        });
        found.unwrap_or_else(|| {
            // A share so close to 1 that the sum's rounding lies below it.
            Tier::ALL.into_iter().rfind(|tier| self.0[tier.index()] > 0.0).unwrap_or(Tier::Stream)
        })
    }

    /// Those that anybody is of.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> + '_ {
        Tier::ALL.into_iter().filter(|tier| self.0[tier.index()] > 0.0)
    }
}

impl FromStr for Mix {
    type Err = String;

    /// `stream`, or weights such as `stream:6,hls:3,whep:1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut weights = [0.0; 3];
        for part in text.split(',') {
            let (name, weight) = part.split_once(':').unwrap_or((part, "1"));
            let tier = Tier::of_name(name.trim());
            let tier = tier.ok_or_else(|| format!("{name:?} is no tier: there are stream, hls and whep"))?;
            let weight = weight.trim().parse().ok().filter(|w: &f64| w.is_finite() && *w > 0.0 && *w <= 1e6);
            weights[tier.index()] +=
                weight.ok_or_else(|| format!("{part:?} has no weight: write such as stream:6,hls:3,whep:1"))?;
        }
        let sum: f64 = weights.iter().sum();
        Ok(Self(weights.map(|w| w / sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(ramp: u64, hold: u64) -> (Duration, Duration, Duration) {
        (Duration::ZERO, Duration::from_secs(ramp), Duration::from_secs(hold))
    }

    #[test]
    fn everybody_comes_once_in_order_and_some_leave() {
        let mix: Mix = "stream:6,hls:3,whep:1".parse().unwrap();
        let leaving = Leaving { leave: 0.5, back: 0.1 };
        let plan = Plan::draw(10_000, &mix, Arrivals::Even, leaving, times(60, 60), &mut Chance::new(3));
        assert!(plan.0.is_sorted_by_key(|e| e.at_ms));
        let count = |act: fn(&Act) -> bool| plan.0.iter().filter(|e| act(&e.act)).count();
        assert_eq!(count(|a| matches!(a, Act::Come(_))), 10_000);
        let hls = count(|a| matches!(a, Act::Come(Tier::Hls)));
        assert!((2800..3200).contains(&hls), "{hls}");
        // Inside: 5,000 on average in the first minute, 10,000 in the second.
        let left = count(|a| *a == Act::Leave);
        assert!((7200..7800).contains(&left), "{left}");
        assert!((1400..1600).contains(&count(|a| *a == Act::Return)));
        let dealt = plan.deal(3);
        assert_eq!(dealt.iter().map(Vec::len).sum::<usize>(), plan.0.len());
        assert!(dealt.iter().all(|hand| hand.is_sorted_by_key(|e| e.at_ms)));
    }

    #[test]
    fn a_mix_is_weights_of_tiers() {
        let mix: Mix = "hls".parse().unwrap();
        assert_eq!(mix.tiers().collect::<Vec<_>>(), [Tier::Hls]);
        assert_eq!((mix.tier(0.0), mix.tier(0.999_999)), (Tier::Hls, Tier::Hls));
        for bad in ["", "radio", "stream:x", "stream:-1", "stream:0", "stream:inf", "stream:1,"] {
            assert!(bad.parse::<Mix>().is_err(), "{bad}");
        }
    }
}
