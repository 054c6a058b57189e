//! Where the load is that a server just carries: by doubling until it is too much, then by halving the interval.
//!
//! A step is good if everybody who came hears, soon enough and without glitches. What a step says is compared with bars
//! that are part of the report, so that a reader sees what "carries" means.

use serde::{Deserialize, Serialize};

/// What is stepped up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// Listeners who stay.
    Listeners,
    /// Listeners who come in a second, and leave soon after.
    JoinsPerSecond,
}

/// What a good step reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// Of those who came: how many hear, at least.
    pub hearing_share: f64,
    /// First audio, 99 of 100, in milliseconds at most.
    pub first_audio_p99_ms: f64,
    /// Of all seconds of listening: how many have a glitch, at most.
    pub glitch_share: f64,
}

impl Default for Bars {
    /// 99 % hear, 99 of 100 within 2 s, and fewer than one second in a thousand has a glitch.
    fn default() -> Self {
        Self { hearing_share: 0.99, first_audio_p99_ms: 2000.0, glitch_share: 0.001 }
    }
}

/// What was met at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The load.
    pub level: u64,
    /// Came and should hear.
    pub offered: u64,
    /// Hear.
    pub hearing: u64,
    /// Joins in a second that led to sound.
    pub goodput_per_second: f64,
    /// First audio of those who came in this step: 99 of 100.
    pub first_audio_p99_ms: Option<f64>,
    /// Of the seconds of listening in this step.
    pub glitch_share: f64,
    /// Of a core, by the server's processes for the audience, where they can be seen.
    pub server_cpu: Option<f64>,
    /// Likewise while they came.
    pub joining_cpu: Option<f64>,
    /// Bits to all listeners in a second.
    pub bits_per_second: f64,
    /// Whoever played the listeners may have been the limit.
    pub limited: bool,
    /// It reached every bar.
    pub good: bool,
}

impl Step {
    /// Compares it with the bars.
    #[must_use]
    pub fn judged(mut self, bars: &Bars) -> Self {
        let all = self.hearing as f64 >= bars.hearing_share * self.offered as f64;
        let soon = self.first_audio_p99_ms.is_none_or(|ms| ms <= bars.first_audio_p99_ms);
        self.good = all && soon && self.glitch_share <= bars.glitch_share && (self.offered == 0 || self.hearing > 0);
        self
    }
}

/// Which level is tried next.
#[derive(Debug, Clone)]
pub struct Search {
    next: Option<u64>,
    /// The largest level that was good.
    good: u64,
    /// The smallest that was not.
    bad: Option<u64>,
    most: u64,
    /// The interval is small enough when `bad` exceeds `good` by less than this share.
    within: f64,
}

/// Where goodput ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// What was stepped up.
    pub of: Offered,
    /// The largest level that was good; 0 if none was.
    pub at: u64,
    /// The smallest that was not; `None` if all were good, so that the knee lies beyond.
    pub too_much: Option<u64>,
    /// What was compared.
    pub bars: Bars,
    /// Every step, in the order in which it was made.
    pub steps: Vec<Step>,
}

impl Search {
    /// Begins at `first`; levels beyond `most` are not tried; the knee is found to `within`, as a share.
    #[must_use]
    pub fn new(first: u64, most: u64, within: f64) -> Self {
        let most = most.max(1);
        Self { next: Some(first.clamp(1, most)), good: 0, bad: None, most, within: within.max(0.001) }
    }

    /// The level to try; `None` when the knee is known.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        self.next
    }

    /// Takes what came of a level.
    pub fn found(&mut self, level: u64, good: bool) {
        if good {
            self.good = self.good.max(level);
        } else {
            self.bad = Some(self.bad.map_or(level, |bad| bad.min(level)));
        }
        self.next = match self.bad {
            None if self.good >= self.most => None,
            None => Some((self.good * 2).min(self.most)),
            // A level that was good before and is not now counts as the smaller of the two truths.
            Some(bad) if bad <= self.good => None,
            Some(bad) if (bad - self.good) as f64 <= self.within * self.good as f64 || bad - self.good <= 1 => None,
            Some(bad) => Some(self.good + (bad - self.good) / 2),
        };
    }

    /// What was found, once there is nothing to try.
    #[must_use]
    pub fn knee(&self, of: Offered, bars: Bars, steps: Vec<Step>) -> Knee {
        let at = self.bad.map_or(self.good, |bad| self.good.min(bad.saturating_sub(1)));
        let at = steps.iter().filter(|s| s.good && s.level <= at).map(|s| s.level).max().unwrap_or(at.min(self.good));
        Knee { of, at, too_much: self.bad, bars, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(knee: u64, most: u64) -> (Search, usize) {
        let mut search = Search::new(100, most, 0.05);
        let mut steps = 0;
        while let Some(level) = search.next() {
            search.found(level, level <= knee);
            steps += 1;
            assert!(steps < 40, "it ends");
        }
        (search, steps)
    }

    #[test]
    fn it_finds_the_knee_wherever_it_is() {
        for knee in [1, 7, 99, 100, 101, 777, 12_345, 65_536] {
            let (found, _) = search(knee, 1_000_000);
            assert!(found.good <= knee && found.bad > Some(knee), "{knee}: {found:?}");
            assert!(found.good as f64 >= knee as f64 * 0.95 - 1.0, "{knee}: {found:?}");
        }
        let (beyond, _) = search(1_000_000, 5000);
        assert_eq!((beyond.good, beyond.bad), (5000, None));
        assert_eq!(beyond.knee(Offered::Listeners, Bars::default(), Vec::new()).at, 5000);
        let (never, _) = search(0, 5000);
        assert_eq!((never.good, never.bad), (0, Some(1)));
    }

    #[test]
    fn a_step_is_good_when_all_hear_soon_and_well() {
        let step = Step {
            level: 100,
            offered: 100,
            hearing: 99,
            goodput_per_second: 10.0,
            first_audio_p99_ms: Some(1900.0),
            glitch_share: 0.001,
            server_cpu: None,
            joining_cpu: None,
            bits_per_second: 0.0,
            limited: false,
            good: false,
        };
        let good = |step: &Step| step.clone().judged(&Bars::default()).good;
        assert!(good(&step));
        assert!(!good(&Step { hearing: 98, ..step.clone() }));
        assert!(!good(&Step { first_audio_p99_ms: Some(2001.0), ..step.clone() }));
        assert!(!good(&Step { glitch_share: 0.002, ..step.clone() }));
    }
}
