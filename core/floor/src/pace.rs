//! How fast somebody may act: a bucket of credit for each person, each address and each kind of act.
//!
//! Credit is thousandths of an act. A weighted act may go into debt, which is paid back by waiting: so somebody whose
//! reaction stands for many may on average do as much as somebody whose reactions stand for themselves. Who has full
//! buckets is forgotten.

use std::collections::BTreeMap;

use hustings_vocab::limits;

/// Kinds of act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    React,
    Say,
    Ask,
    Vote,
}

/// Acts a second, in thousandths, and how many at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) milli_per_s: i64,
    pub(crate) at_once: i64,
}

/// Of a person: two reactions a second, a line a second, a question in 20 s, two votes a second.
pub(crate) const OF_PERSON: [Rate; 4] = [
    Rate { milli_per_s: 2000, at_once: 6 },
    Rate { milli_per_s: 1000, at_once: 4 },
    Rate { milli_per_s: 50, at_once: 3 },
    Rate { milli_per_s: 2000, at_once: 20 },
];

/// Of an address, which an office, a school or a mobile network share.
pub(crate) const OF_SOURCE: [Rate; 4] = [
    Rate { milli_per_s: 100_000, at_once: 200 },
    Rate { milli_per_s: 50_000, at_once: 100 },
    Rate { milli_per_s: 5000, at_once: 20 },
    Rate { milli_per_s: 100_000, at_once: 200 },
];

#[derive(Clone, Copy, Debug)]
struct Bucket {
    credit: i64,
    at_ms: u64,
}

impl Bucket {
    fn filled(self, rate: Rate, now_ms: u64) -> i64 {
        let gained = (now_ms.saturating_sub(self.at_ms)).min(86_400_000) as i64 * rate.milli_per_s / 1000;
        (self.credit + gained).min(rate.at_once * 1000)
    }
}

/// Why there is no credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoCredit {
    /// For so many seconds.
    Wait(u64),
    /// Nobody else can be kept.
    Full,
}

/// The buckets of everybody of one sort.
#[derive(Debug)]
pub(crate) struct Paces {
    rates: [Rate; 4],
    of: BTreeMap<u64, [Bucket; 4]>,
    swept_ms: u64,
}

impl Paces {
    pub(crate) const fn new(rates: [Rate; 4]) -> Self {
        Self { rates, of: BTreeMap::new(), swept_ms: 0 }
    }

    /// Whether there is credit for another act.
    pub(crate) fn allows(&mut self, who: u64, act: Act, now_ms: u64) -> Result<(), NoCredit> {
        let rate = self.rates[act as usize];
        let Some(buckets) = self.of.get(&who) else {
            if self.of.len() >= limits::FLOOR_PEOPLE_MAX {
                self.sweep(now_ms);
            }
            return if self.of.len() < limits::FLOOR_PEOPLE_MAX { Ok(()) } else { Err(NoCredit::Full) };
        };
        let credit = buckets[act as usize].filled(rate, now_ms);
        if credit >= 1000 {
            return Ok(());
        }
        Err(NoCredit::Wait(((1000 - credit) as u64).div_ceil(rate.milli_per_s as u64).max(1)))
    }

    /// Takes the credit of `weight` acts.
    pub(crate) fn spend(&mut self, who: u64, act: Act, weight: u32, now_ms: u64) {
        let rates = self.rates;
        let fresh = || rates.map(|rate| Bucket { credit: rate.at_once * 1000, at_ms: now_ms });
        let bucket = &mut self.of.entry(who).or_insert_with(fresh)[act as usize];
        let credit = bucket.filled(rates[act as usize], now_ms) - i64::from(weight) * 1000;
        *bucket = Bucket { credit, at_ms: now_ms };
    }

    /// Forgets who has full buckets; at most once a second, because it looks at everybody.
    pub(crate) fn sweep(&mut self, now_ms: u64) {
        if now_ms < self.swept_ms + 1000 {
            return;
        }
        self.swept_ms = now_ms;
        let rates = self.rates;
        self.of.retain(|_, buckets| {
            rates.iter().zip(buckets).any(|(rate, bucket)| bucket.filled(*rate, now_ms) < rate.at_once * 1000)
        });
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.of.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_is_spent_earned_and_owed() {
        let mut paces = Paces::new(OF_PERSON);
        for _ in 0..4 {
            paces.allows(1, Act::Say, 0).unwrap();
            paces.spend(1, Act::Say, 1, 0);
        }
        assert_eq!(paces.allows(1, Act::Say, 0), Err(NoCredit::Wait(1)));
        assert_eq!(paces.allows(1, Act::React, 0), Ok(()));
        assert_eq!(paces.allows(1, Act::Say, 1000), Ok(()));
        paces.spend(1, Act::React, 64, 0);
        assert_eq!(paces.allows(1, Act::React, 0), Err(NoCredit::Wait(30)));
        assert_eq!(paces.allows(1, Act::React, 30_000), Ok(()));
        // A clock that steps back takes nothing away.
        assert_eq!(paces.allows(1, Act::Say, 500), Err(NoCredit::Wait(1)));
    }

    #[test]
    fn who_was_silent_is_forgotten_and_a_crowd_is_bounded() {
        let mut paces = Paces::new(OF_PERSON);
        for who in 0..limits::FLOOR_PEOPLE_MAX as u64 {
            paces.allows(who, Act::React, 5000).unwrap();
            paces.spend(who, Act::React, 1, 5000);
        }
        assert_eq!(paces.allows(u64::MAX, Act::React, 5000), Err(NoCredit::Full));
        assert_eq!(paces.allows(7, Act::React, 5000), Ok(()));
        assert_eq!(paces.allows(u64::MAX, Act::React, 15_000), Ok(()));
        assert_eq!(paces.len(), 0);
    }
}
