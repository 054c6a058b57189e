//! `--simulate`: an event beyond one machine, by the model of this one. No server is asked, and nothing here is a test.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use hustings_rehearsal::Arrivals;
use hustings_rehearsal::simulate::{Scenario, simulate};

use super::model;
use crate::args::{Coming, Rehearse};
use crate::failure::Failure;

/// Simulates, on this thread.
pub(super) fn run(listeners: u64, args: &Rehearse) -> Result<(), Failure> {
    let default = model::path(Path::new("data"));
    let path = args.model.as_deref().unwrap_or(&default);
    let measured = model::read(path)?.ok_or_else(|| {
        Failure::usage(format!(
            "{} is not there: a simulation needs what was measured; write it by hustings rehearse URL --write-model DATA, and \
             name it with --model FILE",
            path.display()
        ))
    })?;
    // On which machine it was measured is told; nodes are machines like that one, so it need not be this one.
    measured.fits(&measured.machine).map_err(Failure::usage)?;
    let nodes = args.nodes.ok_or_else(|| Failure::usage("--simulate needs --nodes N"))?;
    if !(args.line.is_finite() && args.line > 0.0 && args.line <= 10_000.0) {
        return Err(Failure::usage("--line is a number of Gbit/s"));
    }
    let minutes = args.fail_node.map(|m| (0.0..=1440.0).contains(&m).then_some(m));
    let fails_at = match minutes {
        Some(None) => return Err(Failure::usage("--fail-node is a minute of the event, such as 1 or 0.5")),
        other => other.flatten().map(|m| Duration::from_secs_f64(m * 60.0)),
    };
    let (arrivals, ramp) = match args.arrivals {
        Coming::Rate(per_second) => (Arrivals::Even, Duration::try_from_secs_f64(listeners as f64 / per_second)),
        Coming::Curve(curve) => (curve, Ok(args.ramp)),
    };
    let ramp = ramp.ok().filter(|ramp| *ramp <= Duration::from_secs(86_400));
    let ramp =
        ramp.ok_or_else(|| Failure::usage("all of them come within a day: say more in a minute with --arrivals"))?;
    let scenario = Scenario {
        listeners,
        ramp,
        arrivals,
        nodes,
        line_bits: (args.line * 1e9) as u64,
        fails_at,
        leave: args.leave,
        seed: args.seed,
    };
    let terminal = std::io::stderr().is_terminal();
    let told = simulate(&scenario, &measured, Instant::now(), |done| {
        if terminal {
            let end = if done == nodes { "\n" } else { "" };
            let _ = write!(std::io::stderr().lock(), "\rsimulated {done} of {nodes} nodes{end}");
        }
    });
    let told = told.map_err(Failure::usage)?;
    if args.json {
        crate::say(&serde_json::to_string(&told)?);
    } else {
        told.in_words().iter().for_each(|line| crate::say(line));
    }
    Ok(())
}
