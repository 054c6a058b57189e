//! What the gate may give away: from what was measured, from what was configured, or nothing at all.

use std::time::Duration;

use crate::line::Line;
use crate::{Model, Tier};

/// What of a measured knee is used: beyond it glitches grow, and it was found within some percent.
pub const HEADROOM: f64 = 0.92;
/// Polls a second that a core answers, where nothing was measured.
pub const POLLS_PER_SECOND: f64 = 4000.0;

/// What an operator has written down. What is not written is taken from the model.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wanted {
    /// Listeners at once.
    pub listeners: Option<u64>,
    /// Joins a second.
    pub joins_per_second: Option<f64>,
    /// The line in bit/s.
    pub line_bits: Option<u64>,
}

/// The budgets of one machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Listeners at once, in units of [`Limits::costs`]; none if nothing is known.
    pub standing: Option<f64>,
    /// What a listener of each tier takes of it.
    pub costs: [f64; Tier::ALL.len()],
    /// Joins a second; none if nothing is known.
    pub joins_per_second: Option<f64>,
    /// Joins a second that were measured, whatever is configured: as fast may those come back who have a seat already.
    pub returns_per_second: Option<f64>,
    /// The line; none if nothing is known.
    pub line: Option<Line>,
    /// Queue polls a second.
    pub polls_per_second: f64,
}

impl Limits {
    /// Nothing is configured and nothing was measured: everybody comes in.
    pub const NONE: Self = Self {
        standing: None,
        costs: [1.0; 3],
        joins_per_second: None,
        returns_per_second: None,
        line: None,
        polls_per_second: POLLS_PER_SECOND,
    };

    /// From what is configured, and what was measured of this machine.
    #[must_use]
    pub fn of(wanted: &Wanted, model: Option<&Model>) -> Self {
        let mut limits = Self::NONE;
        if let Some(model) = model {
            limits.measured(model);
        }
        if let Some(listeners) = wanted.listeners {
            // A number of people is a number of people, whatever each costs; and the machine's own limit still holds.
            let costs = limits.standing.map_or(1.0, |standing| standing / listeners.max(1) as f64);
            if costs >= limits.costs.iter().copied().fold(0.0, f64::max) || limits.standing.is_none() {
                (limits.standing, limits.costs) = (Some(listeners as f64), [1.0; 3]);
            }
        }
        limits.joins_per_second = wanted.joins_per_second.or(limits.joins_per_second);
        if limits.joins_per_second.is_none() && limits.standing.is_some() {
            // Filled within a minute, where nobody measured how fast it can be.
            limits.joins_per_second = limits.standing.map(|standing| (standing / 60.0).max(5.0));
        }
        if let Some(bits) = wanted.line_bits {
            let measured = limits.line.map_or(0.0, |line| line.listener_bits);
            let line = Line::of_rate(bits);
            limits.line =
                Some(Line { listener_bits: if measured > 0.0 { measured } else { line.listener_bits }, ..line });
        }
        limits
    }

    fn measured(&mut self, model: &Model) {
        // Units are µs of CPU a second. A tier that was not measured costs what the dearest that was does.
        let dearest = model.tiers.values().map(|tier| tier.cpu_us_per_listener_second).fold(0.0, f64::max);
        let cost = |tier: Tier| model.tiers.get(&tier).map_or(dearest, |tier| tier.cpu_us_per_listener_second);
        self.costs = Tier::ALL.map(cost);
        // The tier with the least at its knee bounds the others: what ran out there is shared.
        let knees = model.tiers.values().map(|tier| tier.listeners_at_knee as f64 * tier.cpu_us_per_listener_second);
        self.standing = knees.fold(None, |least: Option<f64>, knee| Some(least.map_or(knee, |least| least.min(knee))));
        self.standing = self.standing.map(|standing| standing * HEADROOM);
        self.joins_per_second = model.joins_per_second().map(|joins| joins * HEADROOM);
        self.returns_per_second = self.joins_per_second;
        self.polls_per_second = model.polls_per_second.unwrap_or(POLLS_PER_SECOND);
        let listener_bits = model.tiers.values().map(|tier| tier.line_bits_per_listener).fold(0.0, f64::max);
        self.line = model.line_bits_per_second.map(|bits| Line { listener_bits, ..Line::of_rate(bits) });
    }

    /// Whether anything is known at all.
    #[must_use]
    pub const fn are_none(&self) -> bool {
        self.standing.is_none() && self.joins_per_second.is_none() && self.line.is_none()
    }
}

/// What was seen of this machine since the gate was last told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    /// Who receives sound now, by tier, with or without a ticket.
    pub listening: [u64; Tier::ALL.len()],
    /// How long work waited, on average.
    pub delay: Duration,
    /// What the audience was sent, in bit/s.
    pub line_bits: f64,
    /// How long packets waited for the line, if that is known.
    pub line_waits: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;

    #[test]
    fn nothing_known_limits_nothing() {
        let limits = Limits::of(&Wanted::default(), None);
        assert!(limits.are_none() && limits == Limits::NONE);
    }

    #[test]
    fn what_is_written_down_goes_before_what_was_measured_but_not_beyond_it() {
        let measured = Limits::of(&Wanted::default(), Some(&model()));
        assert!((measured.standing.unwrap() - 10_000.0 * 11.0 * HEADROOM).abs() < 1.0);
        assert_eq!(measured.costs, [11.0; 3]);
        let fewer = Limits::of(&Wanted { listeners: Some(500), ..Wanted::default() }, Some(&model()));
        assert_eq!((fewer.standing, fewer.costs), (Some(500.0), [1.0; 3]));
        let more = Limits::of(&Wanted { listeners: Some(50_000), ..Wanted::default() }, Some(&model()));
        assert_eq!(more.standing, measured.standing);
        let alone = Limits::of(&Wanted { listeners: Some(600), line_bits: Some(4_000_000), ..Wanted::default() }, None);
        assert_eq!(alone.joins_per_second, Some(10.0));
        assert_eq!(alone.line.map(|line| line.stage_bits), Some(1_000_000));
    }
}
