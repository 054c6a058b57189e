//! The finding: which of crowd, attack, own fault and trouble upstream the published figures of a minute speak for.
//!
//! Four scores, each a sum of terms. A term is a ratio of sums of figures, in thousandths, led through a ramp from `low`
//! (0) to `high` (1000) and multiplied with its weight. All of it is arithmetic on integers with one order of operations, so
//! whoever has the figures and the weights gets the same scores. The weights are published in the opening record of each
//! event; those that this version of the program uses are [`standard`]. What is not measured speaks for nothing.
//!
//! An event is judged by its two strongest minutes: one odd minute is no attack unless it was a very odd one.

mod signs;
mod terms;

use crate::Features;
use crate::json::Json;

pub use signs::{Sign, signs};
pub use terms::{Term, Weights, standard, standard_hash};

/// What the figures speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// People came, as people do.
    Crowd,
    /// Somebody tried to do harm.
    Attack,
    /// Both.
    Both,
    /// This server failed below the load that it had rehearsed.
    OwnFault,
    /// The network between the server and its listeners failed.
    Upstream,
    /// Too few came, or too little went wrong, to tell.
    NotEnoughEvidence,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Crowd, Self::Attack, Self::Both, Self::OwnFault, Self::Upstream, Self::NotEnoughEvidence];

    /// The class of the terms that speak for it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Crowd => "crowd",
            Self::OwnFault => "own_fault",
            Self::Upstream => "upstream",
            Self::Attack | Self::Both | Self::NotEnoughEvidence => "attack",
        }
    }

    /// The word in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crowd => "crowd",
            Self::Attack => "attack",
            Self::Both => "both",
            Self::OwnFault => "own fault",
            Self::Upstream => "upstream",
            Self::NotEnoughEvidence => "not enough evidence",
        }
    }
}

/// The four scores. They are sums of weights and may exceed 1000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scores {
    /// For a crowd.
    pub crowd: i64,
    /// For an attack.
    pub attack: i64,
    /// For a fault of this server.
    pub own_fault: i64,
    /// For trouble upstream.
    pub upstream: i64,
}

impl Scores {
    /// Each with the name of its class.
    #[must_use]
    pub const fn by_class(&self) -> [(&'static str, i64); 4] {
        [("crowd", self.crowd), ("attack", self.attack), ("own_fault", self.own_fault), ("upstream", self.upstream)]
    }
}

/// Scores, and what follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The scores.
    pub scores: Scores,
    /// The finding.
    pub verdict: Verdict,
}

impl Finding {
    /// As it stands in a record.
    #[must_use]
    pub fn json(&self) -> Json {
        Json::map([
            ("verdict", Json::text(self.verdict.name())),
            ("crowd", Json::Int(self.scores.crowd)),
            ("attack", Json::Int(self.scores.attack)),
            ("own_fault", Json::Int(self.scores.own_fault)),
            ("upstream", Json::Int(self.scores.upstream)),
        ])
    }
}

/// The finding of one minute.
#[must_use]
pub fn minute(features: &Features, weights: &Weights) -> Finding {
    let score = |class: &str| {
        let terms = weights.terms.iter().filter(|term| term.class == class);
        terms.fold(0i64, |sum, term| sum.saturating_add(term.contribution(features)))
    };
    let scores = Scores {
        crowd: score("crowd"),
        attack: score("attack"),
        own_fault: score("own_fault"),
        upstream: score("upstream"),
    };
    decide(scores, weights)
}

/// The finding of an event: each score is that of the second strongest minute, or of the strongest if it alone is beyond
/// doubt (`alone`), or if there is but one minute.
#[must_use]
pub fn event(minutes: &[Scores], weights: &Weights) -> Finding {
    let of = |pick: fn(&Scores) -> i64| {
        let mut scores: Vec<i64> = minutes.iter().map(pick).collect();
        scores.sort_unstable_by_key(|score| std::cmp::Reverse(*score));
        match (scores.first(), scores.get(1)) {
            (Some(first), Some(second)) => {
                if *first >= weights.alone {
                    *first
                } else {
                    *second
                }
            }
            (first, _) => first.copied().unwrap_or_default(),
        }
    };
    let scores = Scores {
        crowd: of(|s| s.crowd),
        attack: of(|s| s.attack),
        own_fault: of(|s| s.own_fault),
        upstream: of(|s| s.upstream),
    };
    decide(scores, weights)
}

fn decide(scores: Scores, weights: &Weights) -> Finding {
    let attack = scores.attack >= weights.attack;
    let crowd = scores.crowd >= weights.crowd;
    let verdict = if attack && crowd {
        Verdict::Both
    } else if attack {
        Verdict::Attack
    } else if scores.own_fault >= weights.own_fault {
        Verdict::OwnFault
    } else if scores.upstream >= weights.upstream {
        Verdict::Upstream
    } else if crowd {
        Verdict::Crowd
    } else {
        Verdict::NotEnoughEvidence
    };
    Finding { scores, verdict }
}
