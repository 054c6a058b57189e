//! What a rehearsal found: every second, sums of each tier, and whether whoever played the listeners was the limit.

use serde::{Deserialize, Serialize};

use crate::knee::{Offered, Step};
use crate::{Knee, Percentiles, Second, Spread, Tier};

/// Of a core: a process that plays listeners and takes more may be the limit itself.
const BUSY: f64 = 0.8;
/// Milliseconds between two looks at the sockets from which on the glitches that were seen may be the player's own: half of
/// the 200 ms that it holds.
const LATE_MS: f64 = 100.0;

/// A rehearsal with real clients against a real server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What these figures are: `tested`. A simulation has another type and says `simulated`.
    pub kind: String,
    /// The conversation.
    pub url: String,
    /// When it began, in milliseconds since 1970.
    pub began_ms: u64,
    /// The version that rehearsed.
    pub version: String,
    /// The machine that played the listeners.
    pub machine: String,
    /// What was asked for, in words.
    pub asked: String,
    /// It was stopped before its end.
    pub stopped: bool,
    /// Why the figures may be those of whoever played the listeners and not of the server; empty: they are the server's.
    pub limits: Vec<String>,
    /// Everything together.
    pub summary: Summary,
    /// Knees that were looked for.
    pub knees: Vec<Knee>,
    /// Every second.
    pub seconds: Vec<Second>,
}

/// Sums of a rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Seconds that it took.
    pub seconds: u64,
    /// Of all tiers.
    pub all: TierSummary,
    /// Of each tier that anybody was of.
    pub tiers: Vec<TierSummary>,
    /// Of a core: the processes that played the listeners, at their busiest.
    pub own_cpu_max: f64,
    /// Likewise the busiest of them.
    pub own_busiest_max: f64,
    /// The longest that one of them did not look at its sockets, in milliseconds.
    pub own_late_ms: f64,
    /// Connections for which this machine had no address or descriptor.
    pub own_errors: u64,
}

/// Sums of one tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierSummary {
    /// `None`: of all tiers.
    pub tier: Option<Tier>,
    /// Came, for the first time or again.
    pub offered: u64,
    /// Were let in.
    pub admitted: u64,
    /// Were not.
    pub refused: u64,
    /// Lost the line against their will.
    pub lost: u64,
    /// Left as planned.
    pub left: u64,
    /// Had a place in the queue at the end.
    pub waiting: u64,
    /// Heard something at the end.
    pub hearing: u64,
    /// Heard something at the same time, at most.
    pub hearing_max: u64,
    /// Seconds that all of them listened.
    pub listener_seconds: u64,
    /// Of those: seconds in which sound that was due had not arrived.
    pub glitch_seconds: u64,
    /// Of all seconds of listening, as a share.
    pub glitch_share: f64,
    /// Bytes that came.
    pub bytes: u64,
    /// From the request that let them in to the first sound from the loudspeaker.
    pub first_audio_ms: Option<Percentiles>,
    /// How far behind the mixer they hear.
    pub delay_ms: Option<Percentiles>,
    /// How long those waited who had to and came in.
    pub waited_ms: Option<Percentiles>,
}

impl Summary {
    /// Adds up.
    #[must_use]
    pub fn of(seconds: &[Second]) -> Self {
        let tiers = Tier::ALL.into_iter().map(|tier| TierSummary::of(seconds, Some(tier)));
        let largest = |of: fn(&Second) -> f64| seconds.iter().map(of).fold(0.0, f64::max);
        Self {
            seconds: seconds.len() as u64,
            all: TierSummary::of(seconds, None),
            tiers: tiers.filter(|t| t.offered > 0).collect(),
            own_cpu_max: largest(|s| s.own.cpu_seconds),
            own_busiest_max: largest(|s| s.own.busiest),
            own_late_ms: largest(|s| s.own.late_ms),
            own_errors: seconds.iter().map(|s| s.own.errors).sum(),
        }
    }

    /// Why these figures may be those of whoever played the listeners, on so many cores.
    #[must_use]
    pub fn limits(&self, cores: usize) -> Vec<String> {
        let mut found = Vec::new();
        if self.own_busiest_max > BUSY {
            found.push(format!(
                "a process that played listeners took {:.2} of a core in one second: rehearse with more --processes",
                self.own_busiest_max
            ));
        }
        if self.own_cpu_max > BUSY * cores as f64 {
            found.push(format!(
                "the players took {:.2} of {cores} cores in one second: rehearse from another machine",
                self.own_cpu_max
            ));
        }
        if self.own_late_ms > LATE_MS {
            found.push(format!(
                "a player did not look at its sockets for {:.0} ms, so glitches may be its own: rehearse from another machine",
                self.own_late_ms
            ));
        }
        if self.own_errors > 0 {
            found.push(format!(
                "{} connections found no descriptor or address here: raise ulimit -n, or use more --processes",
                self.own_errors
            ));
        }
        found
    }
}

impl TierSummary {
    fn of(seconds: &[Second], tier: Option<Tier>) -> Self {
        let (mut first, mut delay, mut waited) = (Spread::default(), Spread::default(), Spread::default());
        let all: Vec<_> = seconds.iter().map(|s| tier.map_or_else(|| s.all(), |tier| s.of(tier).clone())).collect();
        for one in &all {
            first.merge(&one.first_audio_ms);
            delay.merge(&one.delay_ms);
            waited.merge(&one.waited_ms);
        }
        let sum = |of: fn(&crate::TierSecond) -> u64| all.iter().map(of).sum::<u64>();
        let (listened, glitches) = (sum(|s| s.hearing), sum(|s| s.glitch_seconds));
        Self {
            tier,
            offered: sum(|s| s.offered),
            admitted: sum(|s| s.admitted),
            refused: sum(|s| s.refused),
            lost: sum(|s| s.lost),
            left: sum(|s| s.left),
            waiting: all.last().map_or(0, |s| s.waiting),
            hearing: all.last().map_or(0, |s| s.hearing),
            hearing_max: all.iter().map(|s| s.hearing).max().unwrap_or(0),
            listener_seconds: listened,
            glitch_seconds: glitches,
            glitch_share: glitches as f64 / listened.max(1) as f64,
            bytes: sum(|s| s.bytes),
            first_audio_ms: first.percentiles(),
            delay_ms: delay.percentiles(),
            waited_ms: waited.percentiles(),
        }
    }
}

impl Step {
    /// What the seconds of one step say: `joining` of them while listeners came, the rest while they stayed.
    #[must_use]
    pub fn of(of: Offered, level: u64, joining: &[Second], staying: &[Second], cores: usize) -> Self {
        let mut first = Spread::default();
        joining.iter().chain(staying).for_each(|s| first.merge(&s.all().first_audio_ms));
        let stayed: Vec<_> = staying.iter().map(Second::all).collect();
        let listened: u64 = stayed.iter().map(|s| s.hearing).sum();
        let glitches: u64 = stayed.iter().map(|s| s.glitch_seconds).sum();
        let bytes: u64 = stayed.iter().map(|s| s.bytes).sum();
        let seconds = staying.len().max(1) as f64;
        let (offered, hearing) = match of {
            Offered::Listeners => (level, stayed.last().map_or(0, |s| s.hearing)),
            Offered::JoinsPerSecond => (joining.iter().map(|s| s.all().offered).sum(), first.count()),
        };
        let server = |of: &[Second]| -> Option<f64> {
            let sum: f64 = of.iter().map(|s| s.own.server_cpu_seconds).sum::<Option<f64>>()?;
            (!of.is_empty()).then_some(sum / of.len() as f64)
        };
        let both = Summary::of(&[joining, staying].concat());
        Self {
            level,
            offered,
            hearing,
            goodput_per_second: first.count() as f64 / (joining.len().max(1)) as f64,
            first_audio_p99_ms: first.at(0.99),
            glitch_share: glitches as f64 / listened.max(1) as f64,
            server_cpu: server(staying),
            joining_cpu: server(joining),
            bits_per_second: bytes as f64 * 8.0 / seconds,
            limited: !both.limits(cores).is_empty(),
            good: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_seconds() {
        let mut seconds = vec![Second::default(), Second { second: 1, ..Second::default() }];
        for (n, second) in seconds.iter_mut().enumerate() {
            let stream = second.of_mut(Tier::Stream);
            stream.offered = 10;
            stream.hearing = 8 + n as u64;
            stream.glitch_seconds = n as u64;
            stream.first_audio_ms.add_many(100.0, 8);
            second.of_mut(Tier::Whep).refused = 1;
            second.own.late_ms = 50.0;
        }
        let summary = Summary::of(&seconds);
        assert_eq!((summary.all.offered, summary.all.refused, summary.all.hearing), (20, 2, 9));
        assert_eq!((summary.all.listener_seconds, summary.all.glitch_seconds), (17, 1));
        assert_eq!(summary.tiers.len(), 1, "nobody came by WebRTC");
        assert_eq!(summary.tiers[0].first_audio_ms.unwrap().count, 16);
        assert!(summary.limits(2).is_empty());
        seconds[1].own = crate::Own { busiest: 0.9, late_ms: 150.0, errors: 1, ..crate::Own::default() };
        assert_eq!(Summary::of(&seconds).limits(2).len(), 3);
        let step = Step::of(Offered::Listeners, 9, &seconds[..1], &seconds[1..], 2);
        assert_eq!((step.offered, step.hearing, step.limited), (9, 9, true));
        assert!((step.glitch_share - 1.0 / 9.0).abs() < 1e-9);
    }
}
