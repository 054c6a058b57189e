//! What the gate may give away: what is configured, and what was measured of this machine.

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
    measured: bool,
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
        Self { limits, measured: model.is_some() }
    }

    /// Tells the operator, once the house is open: a start that fails says its reason and nothing else.
    pub(crate) fn tell(&self) {
        let (limits, measured) = (self.limits, self.measured);
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
