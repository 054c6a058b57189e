//! What a machine was measured to carry. `hustings rehearse` writes it as JSON beside the data, `gate` and `doctor` read it.
//!
//! A model is a statement about one machine: of another one it says nothing, so its fingerprint is compared before it is
//! used ([`Model::fits`]). Every figure was measured or is absent; none is derived here from another machine's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tier::Tier;

/// The version of the document that this program writes. Another one is refused.
pub const VERSION: u32 = 1;

/// What one machine carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The version of the document: [`VERSION`].
    pub version: u32,
    /// When it was measured, in milliseconds since 1970.
    pub measured_ms: u64,
    /// The version of the program that was measured.
    pub program: String,
    /// On which machine.
    pub machine: Machine,
    /// The tiers that were measured.
    pub tiers: BTreeMap<Tier, TierModel>,
    /// What the line carries in bit/s; absent if the machine's own limit was reached first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_bits_per_second: Option<u64>,
    /// Queue polls answered in a second, each on a new connection; absent if they were not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polls_per_second: Option<f64>,
}

/// What one tier costs, and where its knee is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierModel {
    /// µs of CPU for each second of one standing listener at the knee, over all processes of the server.
    pub cpu_us_per_listener_second: f64,
    /// What fewer of them took: a delivery to few wakes the server as often as one to many. Empty in a model that was written
    /// before it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<Standing>,
    /// µs of CPU for one join at the knee, of somebody who leaves soon after.
    pub cpu_us_per_join: f64,
    /// What one took, of somebody who stays, while the server was less busy; likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joining: Vec<Joining>,
    /// Joins a second at the knee: more were not heard in time.
    pub joins_per_second_at_knee: f64,
    /// Standing listeners at the knee: with more, glitches grew.
    pub listeners_at_knee: u64,
    /// bit/s on the line for one listener, with every header, at 96 kbit/s.
    pub line_bits_per_listener: f64,
}

/// What so many listeners took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// How many there were.
    pub listeners: u64,
    /// µs of CPU a second for all of them.
    pub cpu_us_per_second: f64,
}

/// What a join took beside so much else: a server that is awake anyway is not woken for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Joining {
    /// µs of CPU a second for all that the server did for its audience.
    pub busy_us_per_second: f64,
    /// µs of CPU for one join.
    pub cpu_us_per_join: f64,
}

impl TierModel {
    /// µs of CPU for one join while all that is done for the audience takes so many µs a second.
    #[must_use]
    pub fn join_us(&self, busy: f64) -> f64 {
        let at = self.joining.partition_point(|met| met.busy_us_per_second < busy);
        let Some(above) = self.joining.get(at) else { return self.cpu_us_per_join };
        let Some(below) = at.checked_sub(1).map(|below| self.joining[below]) else { return above.cpu_us_per_join };
        let point = |met: &Joining| (met.busy_us_per_second, met.cpu_us_per_join);
        on_line(point(&below), point(above), busy)
    }

    /// µs of CPU a second for so many standing listeners: on a straight line between the numbers that were measured, and beyond
    /// them at what a listener costs at the knee.
    #[must_use]
    pub fn standing_us(&self, listeners: u64) -> f64 {
        let at = self.standing.partition_point(|met| met.listeners < listeners);
        let Some(above) = self.standing.get(at) else { return listeners as f64 * self.cpu_us_per_listener_second };
        let point = |met: &Standing| (met.listeners as f64, met.cpu_us_per_second);
        let below = at.checked_sub(1).map_or((0.0, 0.0), |below| point(&self.standing[below]));
        on_line(below, point(above), listeners as f64)
    }
}

/// What lies between two points that were met.
fn on_line(below: (f64, f64), above: (f64, f64), at: f64) -> f64 {
    let share = (at - below.0) / (above.0 - below.0).max(f64::MIN_POSITIVE);
    below.1 + share * (above.1 - below.1)
}

/// What tells one machine from another. It names nothing that identifies its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor, as it names itself.
    pub cpu: String,
    /// Cores that the server may use, in hundredths: a control group may leave a tenth of one.
    pub cores_percent: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Descriptors that a process may have.
    pub descriptors: u64,
}

/// Why a model is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Written by another version of the program.
    #[error("the capacity model has version {0}, this program reads {VERSION}: measure again with `hustings rehearse`")]
    Version(u32),
    /// Measured elsewhere.
    #[error("the capacity model is of another machine ({what}): measure this one with `hustings rehearse`")]
    Machine {
        /// The first difference.
        what: String,
    },
    /// A figure that no machine has.
    #[error("the capacity model says {0}, which no machine does: measure again with `hustings rehearse`")]
    Figure(&'static str),
}

impl Model {
    /// Joins a second at the knee of the tier that takes fewest; none, if no tier was measured.
    #[must_use]
    pub fn joins_per_second(&self) -> Option<f64> {
        self.tiers.values().map(|tier| tier.joins_per_second_at_knee).reduce(f64::min)
    }

    /// Whether it may be used on this machine.
    ///
    /// # Errors
    /// [`Misfit`]: it is of another machine or version, or holds figures that cannot be.
    pub fn fits(&self, here: &Machine) -> Result<(), Misfit> {
        if self.version != VERSION {
            return Err(Misfit::Version(self.version));
        }
        let differs = |what: &str, there: String, here: String| {
            (there != here).then(|| Misfit::Machine { what: format!("{what}: {there}, here {here}") })
        };
        let at = &self.machine;
        let difference = differs("processor", at.cpu.clone(), here.cpu.clone())
            .or_else(|| differs("cores in percent", at.cores_percent.to_string(), here.cores_percent.to_string()))
            // A kernel keeps some megabytes more or less for itself from boot to boot.
            .or_else(|| {
                (at.memory_mib.abs_diff(here.memory_mib) > here.memory_mib / 20).then(|| Misfit::Machine {
                    what: format!("memory in MiB: {}, here {}", at.memory_mib, here.memory_mib),
                })
            })
            .or_else(|| {
                (at.descriptors > here.descriptors).then(|| Misfit::Machine {
                    what: format!("descriptors: {}, here {}", at.descriptors, here.descriptors),
                })
            });
        if let Some(misfit) = difference {
            return Err(misfit);
        }
        self.is_sound()
    }

    fn is_sound(&self) -> Result<(), Misfit> {
        let positive = |figure: f64| figure.is_finite() && figure > 0.0;
        if self.tiers.is_empty() {
            return Err(Misfit::Figure("nothing of any tier"));
        }
        for tier in self.tiers.values() {
            if !positive(tier.cpu_us_per_listener_second) || !positive(tier.line_bits_per_listener) {
                return Err(Misfit::Figure("that a listener costs nothing"));
            }
            if !positive(tier.joins_per_second_at_knee) || tier.listeners_at_knee == 0 {
                return Err(Misfit::Figure("that nobody can come in"));
            }
            let rises = tier.standing.is_sorted_by(|a, b| a.listeners < b.listeners);
            if !rises || tier.standing.iter().any(|met| met.listeners == 0 || !positive(met.cpu_us_per_second)) {
                return Err(Misfit::Figure("that so many cost what no number does"));
            }
            let busier = tier.joining.is_sorted_by(|a, b| a.busy_us_per_second < b.busy_us_per_second);
            if !busier
                || tier.joining.iter().any(|met| !positive(met.busy_us_per_second) || !positive(met.cpu_us_per_join))
            {
                return Err(Misfit::Figure("that joins cost what no join does"));
            }
            if !(tier.cpu_us_per_join.is_finite() && tier.cpu_us_per_join >= 0.0) {
                return Err(Misfit::Figure("that a join costs less than nothing"));
            }
        }
        if self.line_bits_per_second == Some(0) || self.polls_per_second.is_some_and(|polls| !positive(polls)) {
            return Err(Misfit::Figure("that the line or the queue carries nothing"));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn machine() -> Machine {
        Machine { cpu: "x".into(), cores_percent: 200, memory_mib: 24_000, descriptors: 20_000 }
    }

    pub(crate) fn model() -> Model {
        let stream = TierModel {
            cpu_us_per_listener_second: 11.0,
            standing: vec![],
            cpu_us_per_join: 150.0,
            joining: vec![],
            joins_per_second_at_knee: 2000.0,
            listeners_at_knee: 10_000,
            line_bits_per_listener: 106_000.0,
        };
        Model {
            version: VERSION,
            measured_ms: 1,
            program: "0.1.0".into(),
            machine: machine(),
            tiers: [(Tier::Stream, stream)].into(),
            line_bits_per_second: None,
            polls_per_second: Some(8000.0),
        }
    }

    #[test]
    fn a_model_is_used_on_its_own_machine_alone() {
        let model = model();
        assert_eq!(model.fits(&machine()), Ok(()));
        assert_eq!(model.fits(&Machine { memory_mib: 23_900, ..machine() }), Ok(()));
        for other in [
            Machine { cpu: "y".into(), ..machine() },
            Machine { cores_percent: 10, ..machine() },
            Machine { memory_mib: 8_000, ..machine() },
            Machine { descriptors: 1024, ..machine() },
        ] {
            assert!(matches!(model.fits(&other), Err(Misfit::Machine { .. })), "{other:?}");
        }
        let later = Model { version: 2, ..model.clone() };
        assert_eq!(later.fits(&machine()), Err(Misfit::Version(2)));
        let mut free = model;
        free.tiers.get_mut(&Tier::Stream).unwrap().cpu_us_per_listener_second = 0.0;
        assert!(matches!(free.fits(&machine()), Err(Misfit::Figure(_))));
    }

    #[test]
    fn what_was_measured_at_each_number_is_what_it_costs() {
        let mut model = model();
        let stream = model.tiers.get_mut(&Tier::Stream).unwrap();
        assert_eq!(stream.standing_us(10), 110.0, "nothing else is known");
        let met = |listeners, cpu_us_per_second| Standing { listeners, cpu_us_per_second };
        stream.standing = vec![met(100, 3000.0), met(200, 4000.0), met(1000, 11_000.0)];
        let costs = [0, 50, 100, 150, 600, 1000, 2000].map(|listeners| stream.standing_us(listeners));
        assert_eq!(costs, [0.0, 1500.0, 3000.0, 3500.0, 7500.0, 11_000.0, 22_000.0]);
        assert_eq!(stream.join_us(1.0), 150.0, "nothing else is known");
        let met = |busy_us_per_second, cpu_us_per_join| Joining { busy_us_per_second, cpu_us_per_join };
        stream.joining = vec![met(10_000.0, 300.0), met(30_000.0, 200.0)];
        let costs = [0.0, 10_000.0, 20_000.0, 30_000.0, 30_001.0].map(|busy| stream.join_us(busy));
        assert_eq!(costs, [300.0, 300.0, 250.0, 200.0, 150.0]);
        stream.standing.swap(0, 1);
        assert!(matches!(model.fits(&machine()), Err(Misfit::Figure(_))));
    }

    #[test]
    fn it_is_written_as_json_and_read_again() {
        let text = serde_json::to_string(&model()).unwrap();
        assert!(text.contains(r#""stream":{"cpu_us_per_listener_second":11.0"#), "{text}");
        assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model());
    }
}
