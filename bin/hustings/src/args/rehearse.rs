//! The command line of `hustings rehearse`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use hustings_rehearsal::{Arrivals, Mix};

use crate::times;

/// A rehearsal: with real clients against a server, or simulated.
#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// Address of the conversation.
    #[arg(required_unless_present_any = ["simulate", "player"])]
    pub(crate) url: Option<String>,
    /// How many come; with --find-knee: how many at most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) listeners: usize,
    /// How long they take to come; with --find-knee: in each step.
    #[arg(long, default_value = "10s", value_name = "T", value_parser = times::duration)]
    pub(crate) ramp: Duration,
    /// How long they stay then; with --find-knee: in each step.
    #[arg(long, default_value = "30s", value_name = "T", value_parser = times::duration)]
    pub(crate) hold: Duration,
    /// How they receive: stream, hls, whep, or shares of them such as stream:6,hls:3,whep:1.
    #[arg(long, default_value = "stream", value_name = "MIX")]
    pub(crate) tier: Mix,
    /// How they come: even, flash, square, doubling or share:N (the crowds of N shared posts); with --simulate: so many in
    /// a minute, such as 1000000/min.
    #[arg(long, default_value = "even", value_name = "CURVE")]
    pub(crate) arrivals: Coming,
    /// Of those who listen, so many percent leave in a minute.
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    pub(crate) leave: f64,
    /// Likewise, and come again at once.
    #[arg(long = "return", default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    pub(crate) back: f64,
    /// Each listens for so long from its first sound on, and leaves; without it, until the end.
    #[arg(long, value_name = "T", value_parser = times::duration, conflicts_with_all = ["find_knee", "write_model", "simulate"])]
    pub(crate) stay: Option<Duration>,
    /// Rendition to ask for.
    #[arg(long)]
    pub(crate) rendition: Option<hustings_vocab::Rendition>,
    /// Step the load up until it is too much, and say where goodput ends: of listeners, or of joins a second.
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "listeners", value_name = "OF")]
    pub(crate) find_knee: Option<KneeOf>,
    /// First audio of 99 in 100 listeners within so many milliseconds is soon enough.
    #[arg(long, default_value_t = 2000.0, value_name = "MS")]
    pub(crate) within: f64,
    /// Find both knees of each tier, and write what this machine carries into the data folder of the server, for the gate
    /// and for `hustings doctor`. The server runs on this machine.
    #[arg(long, value_name = "DATA", conflicts_with = "find_knee")]
    pub(crate) write_model: Option<PathBuf>,
    /// Write the report into this folder: report.html, which needs nothing else, and report.json.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Print the whole report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Processes that play the listeners; as many as are needed if absent.
    #[arg(long, value_name = "P")]
    pub(crate) processes: Option<usize>,
    /// Of every draw: the same seed is the same evening.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The address is not this machine, and it is mine: I may load it. Needs --token too.
    #[arg(long)]
    pub(crate) yes_this_is_mine: bool,
    /// Proves it to the server: a sign-in link of an operator's account, as `hustings account create` and `reset` print it,
    /// or the value of the cookie of its session.
    #[arg(long, env = "HUSTINGS_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// PEM file of certificates to trust beside the public ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Simulate so many listeners on --nodes instead, with the real gate under a virtual clock: no server is asked.
    #[arg(long, value_name = "N", conflicts_with = "url")]
    pub(crate) simulate: Option<u64>,
    /// Nodes of a simulation.
    #[arg(long, value_name = "N", requires = "simulate")]
    pub(crate) nodes: Option<u32>,
    /// One of the simulated nodes dies so many minutes after the doors open.
    #[arg(long, value_name = "MINUTE", requires = "simulate")]
    pub(crate) fail_node: Option<f64>,
    /// Line of each simulated node, in Gbit/s.
    #[arg(long, value_name = "GBITS", default_value_t = 10.0, requires = "simulate")]
    pub(crate) line: f64,
    /// What a simulated node carries: a model that --write-model has written; of this machine's data folder if absent.
    #[arg(long, value_name = "FILE", requires = "simulate")]
    pub(crate) model: Option<PathBuf>,
    /// Play listeners as standard input says: what `rehearse` starts.
    #[arg(long, hide = true)]
    pub(crate) player: bool,
}

/// What is stepped up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KneeOf {
    /// Listeners who stay.
    Listeners,
    /// Listeners who come in a second.
    Joins,
}

/// When listeners come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Coming {
    /// By a curve over the ramp.
    Curve(Arrivals),
    /// So many in a second, evenly: of a simulation.
    Rate(f64),
}

impl std::str::FromStr for Coming {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((number, unit)) = text.split_once('/') else {
            return text.parse().map(Self::Curve).map_err(|e: hustings_rehearsal::BadArrivals| e.to_string());
        };
        let seconds = match unit {
            "s" => 1.0,
            "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(format!("{text:?} is no rate, such as 1000000/min")),
        };
        let number = number.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0 && *n <= 1e9);
        number.map(|n| Self::Rate(n / seconds)).ok_or_else(|| format!("{text:?} is no rate, such as 1000000/min"))
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse().ok().filter(|n: &f64| (0.0..=6000.0).contains(n));
    number.map(|n| n / 100.0).ok_or_else(|| format!("{text:?} is no percentage of those inside in a minute"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_a_curve_or_a_rate() {
        assert_eq!("flash".parse(), Ok(Coming::Curve(Arrivals::Flash)));
        assert_eq!("1000000/min".parse(), Ok(Coming::Rate(1_000_000.0 / 60.0)));
        for bad in ["", "x/min", "-1/s", "5/d", "nan/s", "inf/s", "fast"] {
            assert!(bad.parse::<Coming>().is_err(), "{bad}");
        }
        assert_eq!(percent("20%"), Ok(0.2));
        assert!(percent("-1").is_err() && percent("many").is_err());
    }
}
