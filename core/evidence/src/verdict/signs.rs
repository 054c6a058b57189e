//! What a finding rests on: the terms that added to its score, the strongest first, in words that name their figures.
//!
//! It is computed from the same figures and weights as the finding, so whoever can check the one can check the other.

use super::Weights;
use crate::Features;
use crate::json::Json;

/// One term that added something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// The score that it adds to.
    pub class: String,
    /// What it adds.
    pub points: i64,
    /// Its figures.
    pub says: String,
}

impl Sign {
    /// As programs read it.
    #[must_use]
    pub fn json(&self) -> Json {
        Json::map([
            ("class", Json::text(&self.class)),
            ("points", Json::Int(self.points)),
            ("says", Json::text(&self.says)),
        ])
    }
}

/// What spoke for this class in a minute of these figures.
#[must_use]
pub fn signs(class: &str, features: &Features, weights: &Weights) -> Vec<Sign> {
    let of_class = weights.terms.iter().filter(|term| term.class == class);
    let mut found: Vec<_> = of_class
        .map(|term| Sign { class: class.to_owned(), points: term.contribution(features), says: term.says(features) })
        .filter(|sign| sign.points != 0)
        .collect();
    found.sort_by_key(|sign| std::cmp::Reverse(sign.points));
    found
}
