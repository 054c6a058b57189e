//! What a line was like lately: sums of ten seconds, told once a second.
//!
//! Deliberately absent: any judgement; what is good is the page's to say.

use hustings_link::room::Quality;
use hustings_mix::VoiceStats;

/// Seconds that are summed.
const SECONDS: usize = 10;

/// The last seconds of one line.
#[derive(Debug, Default)]
pub(crate) struct Lately {
    /// Packets that came and that did not, of each second.
    seconds: [(u64, u64); SECONDS],
    at: usize,
    /// What the receiver says that the network lost, in thousandths, before anything was repaired.
    network: u16,
}

impl Lately {
    /// What the network lost lately, in thousandths.
    pub(crate) fn network(&mut self, permille: u16) {
        self.network = permille.min(1000);
    }

    /// One second has passed.
    pub(crate) fn second(&mut self, before: &VoiceStats, now: &VoiceStats) {
        self.seconds[self.at] = (now.received - before.received, now.lost - before.lost);
        self.at = (self.at + 1) % SECONDS;
    }

    /// What it was like.
    pub(crate) fn quality(&self, now: &VoiceStats) -> Quality {
        let (came, missing) = self.seconds.iter().fold((0, 0), |sum, second| (sum.0 + second.0, sum.1 + second.1));
        let permille = |part: u64, whole: u64| (part * 1000).checked_div(whole).unwrap_or_default().min(1000) as u16;
        let missing_permille = permille(missing, came + missing);
        let delay_ms = u16::try_from(now.delay.as_millis()).unwrap_or(u16::MAX);
        // What is missing was lost before, whatever the receiver's report of a moment ago said.
        Quality { lost_permille: self.network.max(missing_permille), missing_permille, delay_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_count() {
        let mut lately = Lately::default();
        let mut now = VoiceStats::default();
        assert_eq!(lately.quality(&now), Quality::default());
        for _ in 0..20 {
            let before = now;
            now.received += 49;
            now.lost += 1;
            lately.second(&before, &now);
        }
        assert_eq!(lately.quality(&now).missing_permille, 20);
        lately.network(55);
        assert_eq!((lately.quality(&now).lost_permille, lately.quality(&now).missing_permille), (55, 20));
        for _ in 0..10 {
            let before = now;
            now.received += 50;
            lately.second(&before, &now);
        }
        assert_eq!(lately.quality(&now).missing_permille, 0);
    }
}
