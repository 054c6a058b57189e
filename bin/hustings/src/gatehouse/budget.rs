//! What the gate may give away: what is configured, and what was measured of this machine.

use std::collections::BTreeMap;
use std::path::Path;

use hustings_gate::{Limits, Model, Rung, Wanted};
use hustings_vocab::Rendition;

use crate::machine;

/// The file that `hustings rehearse` writes into the data folder.
pub(crate) const FILE: &str = "capacity.json";

/// What the gate may give away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) limits: Limits,
    pub(crate) rehearsed: Option<Rehearsed>,
}

/// What the last rehearsal of this machine showed, where one was kept: the least over its tiers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rehearsed {
    measured_s: i64,
    listeners: i64,
    pub(crate) joins_per_minute: i64,
    line_kbit: Option<i64>,
}

impl Rehearsed {
    fn of(model: &Model) -> Option<Self> {
        let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Some(Self {
            measured_s: int(model.measured_ms / 1000),
            listeners: int(model.tiers.values().map(|tier| tier.listeners_at_knee).min()?),
            joins_per_minute: (model.joins_per_second()? * 60.0) as i64,
            line_kbit: model.line_bits_per_second.map(|bits| int(bits / 1000)),
        })
    }

    /// As the opening of an evening says it.
    pub(crate) fn figures(&self) -> BTreeMap<String, i64> {
        let known = [
            ("measured", Some(self.measured_s)),
            ("listeners", Some(self.listeners)),
            ("joins_per_minute", Some(self.joins_per_minute)),
            ("line_kbit", self.line_kbit),
        ];
        figures(known)
    }
}

/// Those that are known, by name.
pub(super) fn figures<const N: usize>(all: [(&str, Option<i64>); N]) -> BTreeMap<String, i64> {
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

impl Budget {
    /// From the configuration and the model, which is left aside if it is of another machine.
    pub(crate) fn of(wanted: &Wanted, data: &Path) -> Self {
        let model = read(&data.join(FILE));
        let mut limits = Limits::of(wanted, model.as_ref());
        if let Some(line) = &mut limits.line {
            // Nobody is brought lower than what this program can make.
            let lowest = Rendition::ALL.into_iter().map(|rendition| rendition.bitrate() / 1000).min().unwrap_or(96);
            line.lowest = Rung::of_kbit(lowest);
        }
        Self { limits, rehearsed: model.as_ref().and_then(Rehearsed::of) }
    }

    /// Tells the operator, once the house is open: a start that fails says its reason and nothing else.
    pub(crate) fn tell(&self) {
        let (limits, measured) = (self.limits, self.rehearsed.is_some());
        if limits.are_none() {
            tracing::info!(
                "the gate has no limits: nothing is configured in [gate] and [line], and nothing was measured"
            );
        } else {
            tracing::info!(?limits, measured, "the gate has limits");
        }
    }
}

fn read(path: &Path) -> Option<Model> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "the capacity model cannot be read and is not used");
            return None;
        }
    };
    let model: Model = match serde_json::from_slice(&text) {
        Ok(model) => model,
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "this is no capacity model; measure again with `hustings rehearse`");
            return None;
        }
    };
    match model.fits(&machine::here(&[])) {
        Ok(()) => Some(model),
        Err(misfit) => {
            tracing::error!(%misfit, path = %path.display(), "the capacity model is not used");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_is_told_by_its_least_tier_and_without_what_was_not_measured() {
        let tier = |joins: f64, listeners: u64| {
            serde_json::json!({
                "cpu_us_per_listener_second": 11.0, "cpu_us_per_join": 250.0, "joins_per_second_at_knee": joins,
                "listeners_at_knee": listeners, "line_bits_per_listener": 110_000.0,
            })
        };
        let model = serde_json::json!({
            "version": 1, "measured_ms": 1_800_000_000_123_u64, "program": "0", "tiers": { "stream": tier(500.0, 10_000), "hls": tier(90.5, 20_000) },
            "machine": { "cpu": "one", "cores_percent": 200, "memory_mib": 4096, "descriptors": 20_000 },
        });
        let model: Model = serde_json::from_value(model).unwrap();
        let told = Rehearsed::of(&model).unwrap().figures();
        let wanted = [("joins_per_minute", 5430), ("listeners", 10_000), ("measured", 1_800_000_000)];
        assert_eq!(told, wanted.map(|(name, value)| (name.to_owned(), value)).into());
        assert!(Rehearsed::of(&Model { tiers: BTreeMap::new(), ..model }).is_none());
    }
}
