//! How often one source may report: a handful at once, then one a minute.

use std::collections::HashMap;

use hustings_vocab::limits;

/// The credit of each source, as the moment until which it is spent.
#[derive(Debug, Default)]
pub struct Paces(HashMap<u64, u64>);

const EACH_MS: u64 = limits::REPORT_EVERY_SECONDS * 1000;
const BURST_MS: u64 = EACH_MS * limits::REPORTS_AT_ONCE_MAX;

impl Paces {
    /// Takes one report of a source.
    ///
    /// # Errors
    /// The seconds after which it is taken.
    pub fn take(&mut self, source: u64, now_ms: u64) -> Result<(), u64> {
        let spent = self.0.get(&source).copied().unwrap_or(0).max(now_ms);
        if spent + EACH_MS > now_ms + BURST_MS {
            return Err((spent + EACH_MS - now_ms - BURST_MS).div_ceil(1000));
        }
        if self.0.len() >= limits::REPORTERS_MAX && !self.0.contains_key(&source) {
            self.0.retain(|_, until| *until > now_ms);
            if self.0.len() >= limits::REPORTERS_MAX {
                return Err(limits::REPORT_EVERY_SECONDS);
            }
        }
        self.0.insert(source, spent + EACH_MS);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn a_handful_at_once_and_then_one_a_minute() {
        let mut paces = Paces::default();
        for _ in 0..limits::REPORTS_AT_ONCE_MAX {
            assert_eq!(paces.take(1, NOON), Ok(()));
        }
        assert_eq!(paces.take(1, NOON), Err(60));
        assert_eq!(paces.take(2, NOON), Ok(()), "another source");
        assert_eq!(paces.take(1, NOON + 60_000), Ok(()));
        assert_eq!(paces.take(1, NOON + 60_000), Err(60));
    }

    #[test]
    fn who_is_quiet_is_forgotten_when_there_are_too_many() {
        let mut paces = Paces::default();
        for source in 0..limits::REPORTERS_MAX as u64 {
            assert_eq!(paces.take(source, NOON), Ok(()));
        }
        assert!(paces.take(u64::MAX, NOON).is_err());
        assert_eq!(paces.take(u64::MAX, NOON + 60_001), Ok(()));
        assert_eq!(paces.0.len(), 1);
    }
}
