//! An event beyond one machine, by simulation: the real gate of each node under a virtual clock, with every arrival for
//! itself, and deliveries by cohorts that cost what was measured.
//!
//! People choose a node at random, as names and balancers spread them, so nodes know nothing of each other and are simulated
//! one after the other; a node that dies sends its people to the rest. What comes out is a statement about a model and says
//! `simulated` wherever it is told. Deliberately absent: networks between nodes, full handshakes (they are in what a join was
//! measured to cost), and anything that was not measured.

mod node;
mod told;

use std::time::{Duration, Instant};

use hustings_gate::{Limits, Model, Tier, Wanted};
use serde::{Deserialize, Serialize};

use crate::{Arrivals, Chance, Percentiles, Spread};
use node::{Newcomer, Node};

/// Between two looks of the virtual clock: a cohort of the fan-out's cadence of 500 ms.
pub(crate) const TICK: Duration = Duration::from_millis(50);
/// Nodes at most.
pub const NODES_MAX: u32 = 100_000;
/// Listeners at most: the world.
pub const LISTENERS_MAX: u64 = 100_000_000;
/// How long is looked on after the last arrival while somebody waits.
const TAIL: Duration = Duration::from_secs(30 * 60);
/// Who hears a node die asks another at any moment within this.
const RETURN: Duration = Duration::from_secs(1);

/// What is simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scenario {
    /// How many come.
    pub listeners: u64,
    /// Within how long.
    pub ramp: Duration,
    /// By which curve.
    pub arrivals: Arrivals,
    /// On how many nodes.
    pub nodes: u32,
    /// The line of each node in bit/s.
    pub line_bits: u64,
    /// When one of them dies.
    pub fails_at: Option<Duration>,
    /// Of those who listen, this share leaves in a minute.
    pub leave: f64,
    /// Of every draw.
    pub seed: u64,
}

/// What a simulation says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulated {
    /// What these figures are: `simulated`.
    pub kind: String,
    /// Whose capacity each node has: the machine that was measured, and the version that was.
    pub model_of: String,
    /// How many came.
    pub listeners: u64,
    /// Within so many seconds.
    pub ramp_seconds: f64,
    /// Nodes.
    pub nodes: u32,
    /// The line of each in bit/s.
    pub node_line_bits: u64,
    /// Let in at once.
    pub at_once: u64,
    /// Let in after waiting.
    pub after_waiting: u64,
    /// Not let in when it ended.
    pub still_waiting: u64,
    /// Refused.
    pub refused: u64,
    /// Heard at the same time, at most.
    pub hearing_max: u64,
    /// From asking to being let in, of all who were: in milliseconds.
    pub waited_ms: Option<Percentiles>,
    /// The same of those alone who had to wait.
    pub queue_ms: Option<Percentiles>,
    /// From being let in to the first sound, in milliseconds: the network, the player, and the work that waited.
    pub first_audio_ms: Option<Percentiles>,
    /// To all listeners of all nodes at the same time, at most, in bit/s.
    pub line_bits_max: f64,
    /// Of the busiest node.
    pub node_line_bits_max: f64,
    /// Of the processor that a node has for its audience, at most and by its busiest second.
    pub node_cpu_share_max: f64,
    /// Seconds of listening in which sound would have been late.
    pub glitch_seconds: u64,
    /// All seconds of listening.
    pub listener_seconds: u64,
    /// Polls of those who wait, of all nodes in their busiest second.
    pub polls_per_second_max: u64,
    /// What the event needs, so that nobody waits.
    pub needs: Needs,
    /// What became of those whose node died.
    pub failure: Option<Failure>,
    /// Every second of all nodes together.
    pub seconds: Vec<SimulatedSecond>,
}

/// What an event needs so that nobody waits, by what a node carries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Needs {
    /// Nodes, by the largest of the three that follow.
    pub nodes: u64,
    /// Nodes for so many who listen, by processor.
    pub nodes_for_listeners: u64,
    /// Nodes for so many who come in the busiest second.
    pub nodes_for_joins: u64,
    /// Nodes for the line of each, with everybody at full bitrate.
    pub nodes_for_line: u64,
    /// The line of all at full bitrate, in bit/s.
    pub line_bits: f64,
}

/// What became of those whose node died.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// When, in seconds.
    pub at_seconds: f64,
    /// Who heard by it.
    pub cut_off: u64,
    /// Of those: heard again, and after how long, in milliseconds.
    pub again_ms: Option<Percentiles>,
    /// Of those: still silent at the end.
    pub silent: u64,
}

/// One second of all nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct SimulatedSecond {
    /// Asked.
    pub offered: u64,
    /// Were let in.
    pub admitted: u64,
    /// Have a place, at its end.
    pub waiting: u64,
    /// Hear, at its end.
    pub hearing: u64,
    /// Asked whether it is their turn.
    pub polls: u64,
    /// In which sound was late.
    pub glitches: u64,
    /// To all listeners.
    pub line_bits: f64,
    /// Of a core, by all nodes.
    pub cpu: f64,
}

/// What all nodes have met so far.
#[derive(Debug, Default)]
pub(crate) struct Met {
    pub(crate) at_once: u64,
    pub(crate) after_waiting: u64,
    pub(crate) still_waiting: u64,
    pub(crate) refused: u64,
    pub(crate) waited: Spread,
    pub(crate) queue: Spread,
    pub(crate) first_audio: Spread,
    pub(crate) again: Spread,
    pub(crate) heard_again: u64,
    pub(crate) node_line_bits_max: f64,
    pub(crate) node_cpu_share_max: f64,
    pub(crate) seconds: Vec<SimulatedSecond>,
}

impl Met {
    pub(crate) fn second(&mut self, second: usize) -> &mut SimulatedSecond {
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, SimulatedSecond::default());
        }
        &mut self.seconds[second]
    }
}

/// The nodes cannot be made of this model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadScenario {
    /// Too many, or nobody.
    #[error("a simulation has 1 to {LISTENERS_MAX} listeners on 1 to {NODES_MAX} nodes")]
    Size,
    /// The model knows no stream.
    #[error(
        "the capacity model says nothing of the stream: measure it with `hustings rehearse URL --write-model DATA`"
    )]
    NoStream,
    /// One node cannot die and leave others.
    #[error("a node can only die where there are two or more")]
    LastNode,
}

/// Simulates an event of stream listeners. `start` is the beginning of the virtual clock; `done` is told of each node.
///
/// # Errors
/// [`BadScenario`].
pub fn simulate(
    scenario: &Scenario,
    model: &Model,
    start: Instant,
    mut done: impl FnMut(u32),
) -> Result<Simulated, BadScenario> {
    let nodes = scenario.nodes;
    if !(1..=LISTENERS_MAX).contains(&scenario.listeners) || !(1..=NODES_MAX).contains(&nodes) {
        return Err(BadScenario::Size);
    }
    if scenario.fails_at.is_some() && nodes < 2 {
        return Err(BadScenario::LastNode);
    }
    let stream = model.tiers.get(&Tier::Stream).ok_or(BadScenario::NoStream)?;
    let limits = Limits::of(&Wanted { line_bits: Some(scenario.line_bits), ..Wanted::default() }, Some(model));
    let mut chance = Chance::new(scenario.seed);
    let mut shares = vec![0_usize; nodes as usize];
    (0..scenario.listeners).for_each(|_| shares[chance.below(nodes as usize)] += 1);
    let (mut met, mut cut_off) = (Met::default(), 0);
    // Whom the node that dies leaves to each of the others.
    let mut left = vec![Vec::new(); nodes as usize];
    for (number, share) in shares.into_iter().enumerate() {
        let mut own = Chance::new(scenario.seed ^ (number as u64 + 1) << 24);
        let mut coming: Vec<Newcomer> = scenario
            .arrivals
            .moments(share, scenario.ramp, &mut own)
            .into_iter()
            .map(|at| Newcomer { at, cut_off: None })
            .collect();
        let dies = scenario.fails_at.filter(|_| number == 0);
        if let Some(at) = dies {
            // Whoever would come later finds another.
            let later = coming.split_off(coming.partition_point(|n| n.at < at));
            later.into_iter().for_each(|n| left[1 + chance.below(nodes as usize - 1)].push(n));
        }
        coming.append(&mut left[number]);
        coming.sort_by_key(|n| n.at);
        let end = dies.unwrap_or(scenario.ramp + TAIL);
        let node = Node::new(&limits, stream, scenario.leave, start, own);
        let orphans = node.run(&coming, (scenario.ramp, end), dies.is_some(), &mut met);
        cut_off += orphans.iter().filter(|heard| **heard).count() as u64;
        for heard in orphans {
            let at = scenario.fails_at.unwrap_or_default();
            let newcomer = Newcomer { at: at + RETURN.mul_f64(chance.share()), cut_off: heard.then_some(at) };
            left[1 + chance.below(nodes as usize - 1)].push(newcomer);
        }
        done(number as u32 + 1);
    }
    Ok(conclude(scenario, model, &limits, met, cut_off))
}

fn conclude(scenario: &Scenario, model: &Model, limits: &Limits, met: Met, cut_off: u64) -> Simulated {
    let largest = |of: fn(&SimulatedSecond) -> f64| met.seconds.iter().map(of).fold(0.0, f64::max);
    let again = met.again.percentiles();
    Simulated {
        kind: "simulated".to_owned(),
        model_of: format!(
            "{}, {:.2} cores, Hustings {}",
            model.machine.cpu,
            f64::from(model.machine.cores_percent) / 100.0,
            model.program
        ),
        listeners: scenario.listeners,
        ramp_seconds: scenario.ramp.as_secs_f64(),
        nodes: scenario.nodes,
        node_line_bits: scenario.line_bits,
        at_once: met.at_once,
        after_waiting: met.after_waiting,
        still_waiting: met.still_waiting,
        refused: met.refused,
        hearing_max: largest(|s| s.hearing as f64) as u64,
        waited_ms: met.waited.percentiles(),
        queue_ms: met.queue.percentiles(),
        first_audio_ms: met.first_audio.percentiles(),
        line_bits_max: largest(|s| s.line_bits),
        node_line_bits_max: met.node_line_bits_max,
        node_cpu_share_max: met.node_cpu_share_max,
        glitch_seconds: met.seconds.iter().map(|s| s.glitches).sum(),
        listener_seconds: met.seconds.iter().map(|s| s.hearing).sum(),
        polls_per_second_max: largest(|s| s.polls as f64) as u64,
        needs: needs(scenario, limits, largest(|s| s.offered as f64)),
        failure: scenario.fails_at.map(|at| Failure {
            at_seconds: at.as_secs_f64(),
            cut_off,
            again_ms: again,
            silent: cut_off.saturating_sub(met.heard_again),
        }),
        seconds: met.seconds,
    }
}

fn needs(scenario: &Scenario, limits: &Limits, busiest: f64) -> Needs {
    let listeners = scenario.listeners as f64;
    let of = |load: f64, each: f64| (load / each.max(f64::MIN_POSITIVE)).ceil() as u64;
    let standing = limits.standing.map_or(f64::INFINITY, |s| s / limits.costs[Tier::Stream.index()]);
    let joins = limits.joins_per_second.unwrap_or(f64::INFINITY);
    let each_bits = limits.line.map_or(0.0, |line| line.bits_of(hustings_gate::Rung::Full));
    let share = limits.line.map_or(f64::INFINITY, |line| line.share());
    let (for_listeners, for_joins) = (of(listeners, standing), of(busiest, joins));
    let for_line = of(listeners * each_bits, share);
    Needs {
        nodes: for_listeners.max(for_joins).max(for_line),
        nodes_for_listeners: for_listeners,
        nodes_for_joins: for_joins,
        nodes_for_line: for_line,
        line_bits: listeners * each_bits,
    }
}

#[cfg(test)]
mod tests;
