//! What became of one event, and how well a score tells two kinds of events apart.

use hustings_evidence::verdict::{self, Verdict, Weights};
use hustings_evidence::{FEATURES, Features};

/// One event, judged.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// The score by which attacks and crowds are told apart.
    pub(crate) attack: i64,
    /// The greatest value of each figure in any minute, in the order of the catalogue.
    peaks: Vec<i64>,
}

impl Outcome {
    pub(crate) fn of(minutes: &[Features], weights: &Weights) -> Self {
        let scores: Vec<_> = minutes.iter().map(|minute| verdict::minute(minute, weights).scores).collect();
        let finding = verdict::event(&scores, weights);
        let peak = |name| minutes.iter().filter_map(|minute| minute.at(name)).max().unwrap_or_default();
        let peaks = FEATURES.all().map(|feature| peak(feature.name)).collect();
        Self { verdict: finding.verdict, attack: finding.scores.attack, peaks }
    }
}

/// The area under the curve: how probably one of these has a greater value than one of those, ties by half.
pub(crate) fn auc(these: &[Outcome], those: &[Outcome], value: impl Fn(&Outcome) -> i64) -> f64 {
    let those: Vec<_> = those.iter().map(&value).collect();
    let above = |value: i64| -> f64 {
        let less = those.iter().filter(|other| **other < value).count();
        let same = those.iter().filter(|other| **other == value).count();
        less as f64 + same as f64 / 2.0
    };
    these.iter().map(|this| above(value(this))).sum::<f64>() / (these.len() * those.len()).max(1) as f64
}

/// The single figure that tells them apart best, whichever way round.
pub(crate) fn best_single(these: &[Outcome], those: &[Outcome]) -> (&'static str, f64) {
    let areas = FEATURES.all().enumerate().map(|(n, feature)| {
        let area = auc(these, those, |outcome| outcome.peaks[n]);
        (feature.name, area.max(1.0 - area))
    });
    areas.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("none", 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_a_probability() {
        let outcome = |attack| Outcome { verdict: Verdict::Crowd, attack, peaks: vec![0; FEATURES.all().count()] };
        let (low, high) = ([1, 2, 3].map(outcome), [3, 4, 5].map(outcome));
        assert!((auc(&high, &low, |o| o.attack) - 8.5 / 9.0).abs() < 1e-9);
        assert!((auc(&low, &low, |o| o.attack) - 0.5).abs() < 1e-9);
        assert!((best_single(&high, &low).1 - 0.5).abs() < 1e-9);
    }
}
