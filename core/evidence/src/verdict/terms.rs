//! The terms of the verdict and their weights, as they are published.

use hustings_vocab::limits::evidence::RECORD_BYTES_MAX;

use crate::Features;
use crate::hex;
use crate::json::Json;
use crate::merkle::sha256;

/// No figure counts for more, so that no product overflows.
const FIGURE_MAX: i64 = 1_000_000_000_000;

/// One sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Which score it adds to.
    pub class: String,
    /// Figures that are added up. A name that begins with `-` is subtracted.
    pub of: Vec<String>,
    /// Figures by whose sum that is divided; none means by one thousandth, so that `low` and `high` are figures.
    pub per: Vec<String>,
    /// Where the ramp begins. Above `high` it falls.
    pub low: i64,
    /// Where it ends.
    pub high: i64,
    /// What a full ramp adds.
    pub weight: i64,
    /// The sum of `per`, or of `of` where there is none, below which nothing is said.
    pub least: i64,
}

/// Every term, and from where on a score says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// The terms.
    pub terms: Vec<Term>,
    /// From here on the figures speak for a crowd.
    pub crowd: i64,
    /// For an attack.
    pub attack: i64,
    /// For a fault of the server's own.
    pub own_fault: i64,
    /// For trouble upstream.
    pub upstream: i64,
    /// From here on one minute alone decides for an event.
    pub alone: i64,
}

impl Term {
    /// What this sign adds.
    pub(crate) fn contribution(&self, features: &Features) -> i64 {
        let (Some(of), Some(per)) = (sum(&self.of, features), sum(&self.per, features)) else { return 0 };
        let base = if self.per.is_empty() { of } else { per };
        if base < self.least {
            return 0;
        }
        let value = if self.per.is_empty() { of } else { of.saturating_mul(1000) / per.max(1) };
        // Figures are kept within what their products can hold.
        let bound = |n: i64| n.clamp(-FIGURE_MAX, FIGURE_MAX);
        let (value, low, high) = (bound(value), bound(self.low), bound(self.high));
        let ramp = match (high - low).signum() {
            0 => {
                if value >= low {
                    1000
                } else {
                    0
                }
            }
            sign => ((value - low) * sign * 1000 / ((high - low) * sign)).clamp(0, 1000),
        };
        self.weight.clamp(-100_000, 100_000) * ramp / 1000
    }

    /// Its figures in words.
    pub(crate) fn says(&self, features: &Features) -> String {
        // What is nothing adds nothing, and is not named, unless all of it is nothing.
        let named = |names: &[String]| {
            let some: Vec<_> = names
                .iter()
                .map(|name| (name, features.at(name.trim_start_matches('-')).unwrap_or_default()))
                .collect();
            let all = some.iter().all(|(_, value)| *value == 0);
            let told = some.into_iter().filter(|(_, value)| all || *value != 0);
            told.map(|(name, value)| format!("{value} {name}")).collect::<Vec<_>>().join(" and ")
        };
        if self.per.is_empty() {
            return named(&self.of);
        }
        format!("{}, of {}", named(&self.of), named(&self.per))
    }

    fn json(&self) -> Json {
        let names = |names: &[String]| Json::List(names.iter().map(|name| Json::text(name)).collect());
        Json::map([
            ("class", Json::text(&self.class)),
            ("of", names(&self.of)),
            ("per", names(&self.per)),
            ("low", Json::Int(self.low)),
            ("high", Json::Int(self.high)),
            ("weight", Json::Int(self.weight)),
            ("least", Json::Int(self.least)),
        ])
    }

    fn read(json: &Json) -> Option<Self> {
        let names = |key| {
            let list = json.at(key)?.list();
            list.iter().map(|name| name.str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        let int = |key| json.at(key)?.int();
        Some(Self {
            class: json.at("class")?.str()?.to_owned(),
            of: names("of")?,
            per: names("per")?,
            low: int("low")?,
            high: int("high")?,
            weight: int("weight")?,
            least: int("least")?,
        })
    }
}

/// The sum of figures; `None` if one that must be there was not measured, 0 of no names.
fn sum(names: &[String], features: &Features) -> Option<i64> {
    names.iter().try_fold(0i64, |sum, name| {
        let (sign, name) = name.strip_prefix('-').map_or((1, name.as_str()), |name| (-1, name));
        let value = features.at(name)?.clamp(-FIGURE_MAX, FIGURE_MAX);
        Some((sum + sign * value).clamp(-FIGURE_MAX, FIGURE_MAX))
    })
}

impl Weights {
    /// As they are published.
    #[must_use]
    pub fn json(&self) -> Json {
        Json::map([
            ("terms", Json::List(self.terms.iter().map(Term::json).collect())),
            ("crowd", Json::Int(self.crowd)),
            ("attack", Json::Int(self.attack)),
            ("own_fault", Json::Int(self.own_fault)),
            ("upstream", Json::Int(self.upstream)),
            ("alone", Json::Int(self.alone)),
        ])
    }

    /// Reads published weights.
    #[must_use]
    pub fn read(json: &Json) -> Option<Self> {
        let int = |key| json.at(key)?.int();
        Some(Self {
            terms: json.at("terms")?.list().iter().map(Term::read).collect::<Option<_>>()?,
            crowd: int("crowd")?,
            attack: int("attack")?,
            own_fault: int("own_fault")?,
            upstream: int("upstream")?,
            alone: int("alone")?,
        })
    }
}

type Row = (&'static str, &'static [&'static str], &'static [&'static str], i64, i64, i64, i64);

const ABUSE: &[&str] = &["abuse_http2", "abuse_heads", "abuse_stalled", "abuse_datagrams", "abuse_bodies", "abuse_api"];
/// Who got somewhere: heard something, follows what happens, has a place, or was told to come again.
const SERVED: &[&str] = &["first_audio", "following", "gate_waiting", "gate_refused"];
/// Who is there to make requests.
const PRESENT: &[&str] = &["listening", "first_audio"];

/// Class, figures, divided by, low, high, weight, least.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Weights were fitted on the families that tune (`verdicts fit`), ramps are reckoned.
    // Sources that come and never listen, follow, wait or are told to. A crowd before which the sound failed still follows what happens.
    ("attack", SERVED, &["sources"], 500, 50, 350, 10),
    // Of connections, those that lead to nothing. A page makes six.
    ("attack", SERVED, &["connections"], 80, 10, 430, 60),
    // What the gate drops at the door, before it costs anything.
    ("attack", &["gate_dropped"], &["connections", "gate_dropped"], 100, 500, 470, 20),
    // Misuse of protocols, which no player of ours makes, by everybody who is there.
    ("attack", ABUSE, &["connections", "listening"], 150, 900, 560, 10),
    ("attack", ABUSE, &[], 300, 3000, 300, 300),
    // Files that nobody can open: somebody who brings clips errs now and then, and a program forty times a minute.
    ("attack", &["abuse_uploads"], &[], 5, 40, 450, 5),
    // Requests for sound: a player of LL-HLS makes some 600 a minute.
    ("attack", &["requests"], PRESENT, 1_200_000, 6_000_000, 820, 5),
    // Requests for sound that are for playlists alone: a player asks for as many parts.
    ("attack", &["playlists"], &["requests"], 700, 950, 530, 300),
    // Pages and the API, by who is there, and by connections: a browser asks for some ten things over each.
    ("attack", &["asked"], PRESENT, 40_000, 200_000, 250, 5),
    ("attack", &["asked"], &["connections"], 50_000, 500_000, 250, 20),
    // Tickets that nobody uses, and many that are taken over one connection.
    ("attack", &["tickets"], SERVED, 3_000, 12_000, 350, 5),
    ("attack", &["tickets"], &["connections"], 1_500, 6_000, 200, 20),
    // Pages that begin to follow, and are gone.
    ("attack", &["following"], &["following_now", "listening"], 8_000, 40_000, 1080, 5),
    // Connections that the kernel took down as cookies, and that never came to be: those of a crowd do, and are counted on both sides.
    ("attack", &["syn_cookies"], &["syn_cookies", "connections"], 600, 950, 560, 1000),
    ("attack", &["challenges_failed"], &["challenges_passed", "challenges_failed"], 400, 900, 150, 20),
    // Handshakes that fail.
    ("attack", &["tls_failed"], &["tls_full", "tls_resumed", "tls_failed"], 150, 600, 350, 30),
    // Listeners by count who do not stay half a minute, and who are not there at its end.
    ("attack", &["dwell_30s"], &["came_30s"], 350, 80, 530, 60),
    ("attack", &["first_audio"], &["listening"], 5_000, 30_000, 120, 5),
    // One kind of client, one kind of TLS.
    ("attack", &["similarity_permille"], &[], 750, 980, 150, 0),
    ("attack", &["tls_top_permille"], &[], 800, 990, 150, 0),
    // The line is full inwards: an audience makes it full outwards.
    ("attack", &["line_in_kbit"], &["line_rate_kbit"], 300, 800, 450, 1),
    ("attack", &["line_in_full_seconds"], &[], 5, 20, 100, 0),

    // People who come and listen.
    ("crowd", SERVED, &[], 15, 60, 250, 0),
    ("crowd", SERVED, &["sources"], 250, 700, 250, 10),
    ("crowd", SERVED, &["connections"], 50, 120, 150, 20),
    ("crowd", &["start_distance_minutes"], &[], 30, 10, 150, 0),
    ("crowd", &["dwell_30s"], &["came_30s"], 200, 500, 100, 10),

    // The server itself.
    ("own_fault", &["restarts"], &[], 0, 1, 500, 0),
    ("own_fault", &["late_ticks"], &[], 30, 300, 400, 0),
    ("own_fault", &["drops"], &[], 5, 200, 400, 0),
    ("own_fault", &["log_faults"], &[], 0, 1, 400, 0),
    ("own_fault", &["clock_step_ms"], &[], 500, 2000, 500, 0),
    ("own_fault", &["descriptors_permille"], &[], 900, 980, 450, 0),
    ("own_fault", &["queue_delay_us"], &[], 10_000, 60_000, 400, 0),
    ("own_fault", &["unavailable"], &["first_audio", "unavailable"], 100, 500, 400, 10),
    ("own_fault", &["site_ok_permille"], &[], 900, 600, 400, 0),
    ("own_fault", &["audience_ok_permille"], &[], 900, 600, 450, 0),
    ("own_fault", &["stage_ok_permille"], &[], 980, 900, 500, 0),
    ("own_fault", &["cpu_permille"], &[], 930, 990, 200, 0),
    // More than was rehearsed is no fault.
    ("own_fault", &["load_permille_of_rehearsed"], &[], 1000, 1500, -400, 0),

    // The network.
    ("upstream", &["vanished"], &["listening", "vanished"], 100, 400, 450, 20),
    ("upstream", &["line_silent_seconds"], &[], 3, 15, 450, 0),
    ("upstream", &["retransmit_permille"], &[], 50, 200, 500, 0),
    ("upstream", &["probes_failed"], &["probes"], 300, 900, 400, 2),
];

/// The weights of this version.
#[must_use]
pub fn standard() -> Weights {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let terms = ROWS.iter().map(|(class, of, per, low, high, weight, least)| Term {
        class: (*class).to_owned(),
        of: names(of),
        per: names(per),
        low: *low,
        high: *high,
        weight: *weight,
        least: *least,
    });
    Weights { terms: terms.collect(), crowd: 500, attack: 400, own_fault: 400, upstream: 400, alone: 600 }
}

/// The hash of the standard weights' one text, by which a verifier knows them.
#[must_use]
pub fn standard_hash() -> String {
    let text = standard().json().encode();
    debug_assert!(text.len() < RECORD_BYTES_MAX / 2);
    hex::encode(&sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FEATURES;

    #[test]
    fn every_term_is_of_figures_that_there_are() {
        for term in standard().terms {
            for name in term.of.iter().chain(&term.per) {
                assert!(FEATURES.has(name.trim_start_matches('-')), "{name}");
            }
            assert!(["crowd", "attack", "own_fault", "upstream"].contains(&term.class.as_str()));
        }
        assert_eq!(Weights::read(&standard().json()), Some(standard()));
    }

    #[test]
    fn no_figure_makes_it_overflow() {
        for value in [i64::MIN, -1, 0, 1, i64::MAX] {
            let mut features = Features::default();
            FEATURES.all().for_each(|f| features.set(f.name, value));
            let finding = crate::verdict::minute(&features, &standard());
            assert!(finding.scores.attack.abs() < 100_000);
            let mut odd = standard();
            for term in &mut odd.terms {
                (term.low, term.high, term.weight, term.least) = (i64::MAX, i64::MIN, i64::MIN, i64::MIN);
            }
            assert!(crate::verdict::minute(&features, &odd).scores.crowd.abs() < 100_000_000);
        }
    }
}
