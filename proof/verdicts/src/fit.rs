//! `verdicts fit`: weights that tell the families that tune apart better than the standard ones do, if there are any.
//!
//! The ramps stay as they are derived; only how much each term counts is moved, one term after the other, by a quarter up or down, as
//! long as the loss falls. The loss is how far scores are on the wrong side of their thresholds, with a margin of a fifth, and three times as
//! much where a crowd would be called an attack. Families that are held out are never drawn.

use hustings_evidence::Features;
use hustings_evidence::verdict::{self, Scores, Verdict, Weights};

use crate::families::Family;

/// Points on the right side of a threshold from which on an event costs nothing.
const MARGIN: i64 = 80;
/// Rounds over all terms.
const ROUNDS: usize = 4;

/// One event of a family that tunes, and what it truly is.
struct Event {
    truth: Verdict,
    minutes: Vec<Features>,
}

/// The loss before and after, and the weights that were moved: class, term, from, to.
pub(crate) struct Fitted {
    pub(crate) before: i64,
    pub(crate) after: i64,
    pub(crate) moved: Vec<(String, String, i64, i64)>,
}

/// Fits, on so many seeds a family.
pub(crate) fn fit(families: &[Family], seeds: u64) -> Fitted {
    let tuning = families.iter().filter(|family| !family.held_out);
    let events: Vec<Event> = tuning
        .flat_map(|family| {
            (0..seeds).map(move |n| {
                let audience = 60.0 * (5000.0f64 / 60.0).powf(n as f64 / seeds as f64);
                // Other seeds than those by which families are judged.
                let seed = n.wrapping_mul(0x9e6c_63d0_876a_3f6b) ^ 0x5eed;
                Event { truth: family.truth, minutes: (family.make)(seed, audience) }
            })
        })
        .collect();
    let standard = verdict::standard();
    let before = loss(&events, &standard);
    let (mut best, mut least) = (standard.clone(), before);
    for _ in 0..ROUNDS {
        for at in 0..best.terms.len() {
            for (up, down) in [(5, 4), (4, 5)] {
                let mut tried = best.clone();
                tried.terms[at].weight = tried.terms[at].weight * up / down / 10 * 10;
                let cost = loss(&events, &tried);
                if cost < least {
                    (best, least) = (tried, cost);
                }
            }
        }
    }
    let moved = standard.terms.iter().zip(&best.terms).filter(|(was, now)| was.weight != now.weight);
    let moved = moved.map(|(was, now)| {
        let term =
            if was.per.is_empty() { was.of.join("+") } else { format!("{}/{}", was.of.join("+"), was.per.join("+")) };
        (was.class.clone(), term, was.weight, now.weight)
    });
    Fitted { before, after: least, moved: moved.collect() }
}

fn loss(events: &[Event], weights: &Weights) -> i64 {
    events.iter().map(|event| one(event, weights)).sum()
}

fn one(event: &Event, weights: &Weights) -> i64 {
    let scores: Vec<Scores> = event.minutes.iter().map(|minute| verdict::minute(minute, weights).scores).collect();
    let found = verdict::event(&scores, weights).scores;
    let above = |score: i64, threshold: i64| (threshold + MARGIN - score).max(0);
    let below = |score: i64, threshold: i64| (score - threshold + MARGIN).max(0);
    match event.truth {
        Verdict::Crowd => 3 * below(found.attack, weights.attack) + above(found.crowd, weights.crowd),
        Verdict::Attack => above(found.attack, weights.attack),
        Verdict::Both => above(found.attack, weights.attack) + above(found.crowd, weights.crowd),
        Verdict::OwnFault => 3 * below(found.attack, weights.attack) + above(found.own_fault, weights.own_fault),
        Verdict::Upstream => 3 * below(found.attack, weights.attack) + above(found.upstream, weights.upstream),
        Verdict::NotEnoughEvidence => 0,
    }
}
