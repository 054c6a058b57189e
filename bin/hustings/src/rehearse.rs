//! A rehearsal: whose server it is, who plays the listeners, what they met, and what is written of it.
//!
//! Listeners are played by processes of this program ([`players`]), as told by a plan of `core/rehearsal`. Deliberately
//! absent: any look into the server by other ways than a listener has, but for the processor time that the kernel says its
//! processes took, where they run on this machine.

mod cost;
mod load;
pub(crate) mod model;
mod ownership;
pub(crate) mod player;
mod players;
mod progress;
mod simulated;
mod steps;
mod written;

use std::time::Duration;

use hustings_client::crowd::{Job, PROCESS_LISTENERS_MAX, PROCESSES_MAX};
use hustings_client::{Address, Epoch, Trust};
use hustings_rehearsal::{Bars, Chance, Knee, Leaving, Plan, Report, Second, Summary};

use crate::args::{Coming, KneeOf, Rehearse};
use crate::failure::Failure;
use crate::times::now_ms;
use load::Load;

/// A rehearsal's ramp and hold together: an evening.
const LONGEST: Duration = Duration::from_secs(12 * 3600);

/// Rehearses.
pub(crate) async fn run(url: &str, args: &Rehearse) -> Result<(), Failure> {
    if let Some(listeners) = args.simulate {
        return tokio::task::block_in_place(|| simulated::run(listeners, args));
    }
    check(args)?;
    let trust = args.trust.clone().map_or(Trust::Public, Trust::Also);
    let address: Address = url.parse()?;
    let place = ownership::find(&address, args).await?;
    let processes = processes(args)?;
    let job = Job {
        page: address.to_string(),
        stream: place.stream.clone(),
        tickets: place.tickets.clone(),
        pass: place.pass.clone(),
        number: 0,
        seed: args.seed,
        begins_ms: 0,
        epoch_ms: Epoch::of(url, &trust).await,
        rendition: args.rendition,
        trust: args.trust.clone(),
        stay_ms: args.stay.map(|stay| stay.as_millis() as u64),
    };
    let began_ms = now_ms();
    let mut load = Load::begin(job, processes, place.server()).await?;
    let (mut knees, mut measured) = (Vec::new(), None);
    let outcome = if let Some(data) = &args.write_model {
        model::measure(&mut load, args, data, &mut knees).await.map(|model| measured = Some(model))
    } else if let Some(of) = args.find_knee {
        steps::find(&mut load, of.into(), &args.tier, args).await.map(|knee| knees.push(knee))
    } else {
        evening(&mut load, args).await
    };
    let (seconds, stopped) = load.end().await;
    outcome?;
    let report = report(args, &address, began_ms, (seconds, stopped), knees);
    if let (Some(data), Some(model), false) = (&args.write_model, &measured, stopped) {
        model::write(data, model)?;
    }
    written::tell(&report, args)
}

/// Everybody of a plan comes, stays and goes.
async fn evening(load: &mut Load, args: &Rehearse) -> Result<(), Failure> {
    let Coming::Curve(arrivals) = args.arrivals else {
        return Err(Failure::usage(
            "a rate of --arrivals is for --simulate: with real clients say --listeners and --ramp",
        ));
    };
    let leaving = Leaving { leave: args.leave, back: args.back };
    let times = (load.elapsed(), args.ramp, args.hold);
    let plan = Plan::draw(args.listeners, &args.tier, arrivals, leaving, times, &mut Chance::new(args.seed));
    load.send(&plan).await?;
    let end = load.elapsed() + args.ramp + args.hold;
    load.until(end.as_secs(), "rehearsing").await
}

fn check(args: &Rehearse) -> Result<(), Failure> {
    let most = PROCESSES_MAX * PROCESS_LISTENERS_MAX;
    if args.listeners == 0 || args.listeners > most {
        return Err(Failure::usage(format!("--listeners is 1 to {most}: more of them are for --simulate")));
    }
    if args.ramp + args.hold > LONGEST || args.ramp.is_zero() {
        return Err(Failure::usage("--ramp is 1 s or more, and with --hold at most 12 h"));
    }
    let stepped = args.find_knee.is_some() || args.write_model.is_some();
    if stepped && args.hold < steps::HOLD_LEAST {
        return Err(Failure::usage(format!("steps need a --hold of at least {} s", steps::HOLD_LEAST.as_secs())));
    }
    if !(args.within.is_finite() && args.within > 0.0) {
        return Err(Failure::usage("--within is a number of milliseconds"));
    }
    Ok(())
}

/// How many processes play: enough descriptors for everybody, and a core each while there are some.
fn processes(args: &Rehearse) -> Result<usize, Failure> {
    let limit = hustings_tls::raise_descriptors()?.unwrap_or(u64::MAX);
    let room = usize::try_from(limit.saturating_sub(128)).unwrap_or(usize::MAX).clamp(1, PROCESS_LISTENERS_MAX);
    let needed = args.listeners.div_ceil(room);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let comfortable = needed.max(cores.min(args.listeners / 2000)).max(1);
    let processes = args.processes.unwrap_or(comfortable);
    if processes < needed || processes > PROCESSES_MAX {
        return Err(Failure::usage(format!(
            "{} listeners need {needed} processes here, of {room} descriptors each, and {PROCESSES_MAX} are the most: raise \
             the limit of open files (ulimit -n), or rehearse with fewer",
            args.listeners,
        )));
    }
    Ok(processes)
}

fn report(
    args: &Rehearse,
    address: &Address,
    began_ms: u64,
    (seconds, stopped): (Vec<Second>, bool),
    knees: Vec<Knee>,
) -> Report {
    let summary = Summary::of(&seconds);
    let limits = summary.limits(load::cores());
    Report {
        kind: "tested".to_owned(),
        url: address.to_string(),
        began_ms,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: machine(),
        asked: asked(args),
        stopped,
        limits,
        summary,
        knees,
        seconds,
    }
}

/// The machine that plays the listeners, in words.
fn machine() -> String {
    let here = crate::machine::here(&[]);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} ({:.2} cores, Linux {})", here.cpu, f64::from(here.cores_percent) / 100.0, kernel.trim())
}

fn asked(args: &Rehearse) -> String {
    let tiers: Vec<_> = args.tier.tiers().map(hustings_rehearsal::Tier::name).collect();
    let (ramp, hold, tiers) = (args.ramp.as_secs(), args.hold.as_secs(), tiers.join(", "));
    if args.find_knee.is_some() || args.write_model.is_some() {
        return format!(
            "Steps of up to {} listeners of {tiers}, {ramp} s to come and {hold} s to stay each.",
            args.listeners
        );
    }
    let how = match args.arrivals {
        Coming::Curve(curve) => curve.to_string(),
        Coming::Rate(_) => String::new(),
    };
    format!("{} listeners of {tiers} came within {ramp} s ({how}) and stayed {hold} s.", args.listeners)
}

impl From<KneeOf> for hustings_rehearsal::Offered {
    fn from(of: KneeOf) -> Self {
        match of {
            KneeOf::Listeners => Self::Listeners,
            KneeOf::Joins => Self::JoinsPerSecond,
        }
    }
}

/// What counts as carried.
fn bars(args: &Rehearse) -> Bars {
    Bars { first_audio_p99_ms: args.within, ..Bars::default() }
}
