//! The published figures of one minute: integers by name. The verdict is a function of these and of nothing else.
//!
//! Names end with their unit where it is not a count. A figure that was not measured is absent, which is not zero. Where
//! fewer than [`SOURCES_TOLD_MIN`] sources came, counts are told in steps.

use std::collections::BTreeMap;

use hustings_vocab::limits::evidence::SOURCES_TOLD_MIN;

use crate::coarse::coarse;
use crate::json::Json;
use crate::{Count, Sketch};

/// A figure by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// The name in records.
    pub name: &'static str,
    /// It counts people or what they do, and is told in steps where few are present.
    pub is_count: bool,
    /// What it means, for the page and the documentation.
    pub means: &'static str,
}

macro_rules! gauges {
    ($($name:ident = $text:literal, $count:literal, $means:literal;)*) => {
        /// What is measured beside the sketches, by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Gauge {
            $(#[doc = $means] $name,)*
        }

        impl Gauge {
            const ALL: &[Feature] = &[$(Feature { name: $text, is_count: $count, means: $means }),*];
        }
    };
}

gauges! {
    Listening = "listening", true, "listeners who receive sound at the end of the minute";
    FollowingNow = "following_now", true, "pages that follow what happens at the end of the minute";
    StartDistance = "start_distance_minutes", false, "minutes between this one and the nearest announced start";
    LineIn = "line_in_kbit", false, "kilobits a second that came in, on average";
    LineOut = "line_out_kbit", false, "kilobits a second that went out, on average";
    LineInPeak = "line_in_peak_kbit", false, "kilobits a second that came in, in the fullest second";
    LineOutPeak = "line_out_peak_kbit", false, "kilobits a second that went out, in the fullest second";
    LineRate = "line_rate_kbit", false, "kilobits a second that the line carries, as configured";
    LineInFull = "line_in_full_seconds", false, "seconds in which more than 90 % of the line came in";
    LineOutFull = "line_out_full_seconds", false, "seconds in which more than 90 % of the line went out";
    LineSilent = "line_silent_seconds", false, "seconds in which nothing came in while somebody listened";
    Retransmitted = "retransmit_permille", false, "TCP segments sent again, of all";
    ProbesFailed = "probes_failed", false, "outside probes that did not reach this server";
    Probes = "probes", false, "outside probes that another instance made and signed";
    SiteHealth = "site_ok_permille", false, "health of pages and API: seconds in which what answers them had its turn";
    StageHealth = "stage_ok_permille", false, "health of the stage: seconds in which its ticks ran";
    AudienceHealth = "audience_ok_permille", false, "health of the audience plane: seconds in which a process served it";
    Cpu = "cpu_permille", false, "CPU of the whole machine, busy";
    CpuPeak = "cpu_peak_permille", false, "CPU of the whole machine, in the busiest second";
    QueueDelay = "queue_delay_us", false, "how late the stage's ticks ran, on average";
    LateTicks = "late_ticks", false, "ticks of the stage that were later than a frame";
    Descriptors = "descriptors_permille", false, "open files, of what is allowed";
    Drops = "drops", false, "messages that the stage dropped for a full queue";
    Restarts = "restarts", false, "processes of this server that had to be started again";
    ClockStep = "clock_step_ms", false, "by how much the clock was set while the minute ran";
    LogFaults = "log_faults", false, "records that could not be written when they were due";
    Load = "load_permille_of_rehearsed", false, "arrivals, of what the rehearsal carried";
    SynCookies = "syn_cookies", false, "connections that the kernel answered by SYN cookies, for its queue was full";
    GateLevel = "gate_level", false, "how strict the gate is, from 0 on";
}

/// Values of gauges.
pub type Gauges = BTreeMap<Gauge, i64>;

/// What is read off the sketches beside their counts.
const SKETCHED: [Feature; 11] = [
    Feature { name: "sources", is_count: true, means: "different addresses" },
    Feature { name: "prefixes", is_count: true, means: "different networks (/24 or /48)" },
    Feature { name: "prefixes_new", is_count: true, means: "networks that were not here before in this event" },
    Feature { name: "arrivals", is_count: true, means: "connections and requests of sources" },
    Feature {
        name: "source_evenness_permille",
        is_count: false,
        means: "entropy of sources, of the greatest possible",
    },
    Feature {
        name: "prefix_evenness_permille",
        is_count: false,
        means: "entropy of networks, of the greatest possible",
    },
    Feature { name: "top_source_permille", is_count: false, means: "share of the heaviest source" },
    Feature { name: "top_prefix_permille", is_count: false, means: "share of the heaviest network" },
    Feature { name: "similarity_permille", is_count: false, means: "share of the commonest kind of client" },
    Feature { name: "tls_top_permille", is_count: false, means: "share of the commonest TLS fingerprint" },
    Feature { name: "tls_kinds", is_count: false, means: "different TLS fingerprints" },
];

/// Every figure that a record may have.
pub const FEATURES: Catalogue = Catalogue;

/// The list of figures.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue;

impl Catalogue {
    /// All of them: counts, what is read off sketches, gauges.
    pub fn all(self) -> impl Iterator<Item = Feature> {
        let counts = Count::ALL.iter().map(|count| Feature { name: count.name(), is_count: true, means: "" });
        counts.chain(SKETCHED).chain(Gauge::ALL.iter().copied())
    }

    /// Whether there is a figure of this name.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        self.all().any(|feature| feature.name == name)
    }
}

/// The figures of one minute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features(pub(crate) BTreeMap<String, i64>);

impl Features {
    /// Reads the figures of a minute off its sketch, with what the event's sketch knew before it.
    #[must_use]
    pub fn of(minute: &Sketch, before: &Sketch, gauges: &Gauges) -> Self {
        let mut figures = BTreeMap::new();
        for count in Count::ALL {
            figures.insert(count.name(), clamp(minute.of(*count)));
        }
        let (sources, tls) = (minute.sources(), minute.tls_kinds());
        let sketched = [
            Some(clamp(sources)),
            Some(clamp(minute.prefixes())),
            Some(clamp(minute.new_prefixes(before))),
            Some(clamp(minute.arrivals())),
            Some(minute.source_evenness()),
            Some(minute.prefix_evenness()),
            Some(minute.top_source()),
            Some(minute.top_prefix()),
            minute.similarity(),
            tls.map(|(top, _)| top),
            tls.map(|(_, kinds)| kinds),
        ];
        for (feature, value) in SKETCHED.iter().zip(sketched) {
            if let Some(value) = value {
                figures.insert(feature.name, value);
            }
        }
        for (gauge, value) in gauges {
            figures.insert(Gauge::ALL[*gauge as usize].name, *value);
        }
        if sources < SOURCES_TOLD_MIN {
            for feature in FEATURES.all().filter(|feature| feature.is_count) {
                if let Some(value) = figures.get_mut(feature.name) {
                    *value = coarse(*value);
                }
            }
        }
        Self(figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Reads figures from a record: integers by name.
    #[must_use]
    pub fn read(json: &Json) -> Option<Self> {
        let Json::Map(map) = json else { return None };
        map.iter().map(|(name, value)| Some((name.clone(), value.int()?))).collect::<Option<_>>().map(Self)
    }

    /// The figures as they stand in a record.
    #[must_use]
    pub fn json(&self) -> Json {
        Json::Map(self.0.iter().map(|(name, value)| (name.clone(), Json::Int(*value))).collect())
    }

    /// A figure; `None` if it was not measured.
    #[must_use]
    pub fn at(&self, name: &str) -> Option<i64> {
        self.0.get(name).copied()
    }

    /// Takes a figure out that was not measured.
    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Sets a figure, as the generator of scenarios does.
    pub fn set(&mut self, name: &str, value: i64) {
        self.0.insert(name.to_owned(), value);
    }
}

fn clamp(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arrival, EventKey};

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = FEATURES.all().map(|f| f.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn counts_are_in_steps_where_few_are_present_and_exact_where_many_are() {
        let key = EventKey::new([5; 16]);
        let mut sketch = Sketch::new();
        let come = |sketch: &mut Sketch, n: u32| {
            let from = std::net::Ipv4Addr::from_bits(n << 8).into();
            sketch.arrive(&key, &Arrival { from, times: 1, shape: None, tls: None });
            sketch.count(Count::FirstAudio, 1);
        };
        (0..12).for_each(|n| come(&mut sketch, n));
        let few = Features::of(&sketch, &Sketch::new(), &Gauges::from([(Gauge::Cpu, 123), (Gauge::Listening, 12)]));
        assert_eq!((few.at("first_audio"), few.at("sources"), few.at("listening")), (Some(15), Some(15), Some(15)));
        assert_eq!((few.at("cpu_permille"), few.at("similarity_permille")), (Some(123), None));
        (12..101).for_each(|n| come(&mut sketch, n));
        let many = Features::of(&sketch, &Sketch::new(), &Gauges::new());
        assert_eq!(many.at("first_audio"), Some(101));
        assert_eq!(Features::read(&many.json()), Some(many));
        assert_eq!(Features::read(&Json::map([("a", Json::text("b"))])), None);
    }
}
