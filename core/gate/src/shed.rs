//! What is given up when there is too much, in the order of the design: first what nobody misses, the program sound never.
//!
//! Two signals press, how long work waits and how full the line is, and the larger stage of the two holds. The first stages lie
//! below the marks at which newcomers are slowed down ([`crate::Load`]) and bitrates fall ([`crate::Governor`]), so each stage
//! has given up everything that stands before it. A stage is entered at once and left one at a time, after some seconds of less. A
//! house that is full as planned is not under pressure: who waits then waits for a seat, and nothing is given up. Absent: how each
//! thing is given up, which is who asks [`Stage::gives_up`]'s.

use std::time::{Duration, Instant};

use crate::load;

/// Of the line's share, above which the first stage holds; each of the first three begins a step later.
const FILL: f64 = 0.74;
/// By so much fuller, the next: the third ends where bitrates fall.
const FILL_STEP: f64 = 0.06;
/// So long there must be less pressure before a stage is left.
const CALM: Duration = Duration::from_secs(2);

/// What is given up: this and everything before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nothing.
    #[default]
    Nothing,
    /// Reactions are sampled.
    Reactions,
    /// The counter is told less often.
    Counter,
    /// Fewer lines of the chat are shown.
    Chat,
    /// Newcomers hear a lower bitrate, then everybody does.
    Bitrate,
    /// Newcomers get a cheaper tier.
    Tier,
    /// Newcomers wait.
    Newcomers,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 7] =
        [Self::Nothing, Self::Reactions, Self::Counter, Self::Chat, Self::Bitrate, Self::Tier, Self::Newcomers];

    /// Whether something is given up now.
    #[must_use]
    pub fn gives_up(self, what: Self) -> bool {
        self >= what
    }

    /// Its place in [`Stage::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The stage at a place; the last beyond it.
    #[must_use]
    pub fn at(index: usize) -> Self {
        Self::ALL[index.min(Self::ALL.len() - 1)]
    }
}

/// What presses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pressure {
    /// How long work waited, on average.
    pub delay: Duration,
    /// Newcomers are slowed down because work waits.
    pub slowed: bool,
    /// The line, if its rate is known.
    pub line: Option<LinePressure>,
}

/// What presses on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinePressure {
    /// What is sent, of the audience's share.
    pub fill: f64,
    /// Bitrates are lowered.
    pub lowered: bool,
    /// Everybody hears the lowest.
    pub lowest: bool,
    /// Nobody else fits, even at the lowest.
    pub full: bool,
}

/// The stage for a pressure.
#[must_use]
pub fn stage_of(pressure: &Pressure) -> Stage {
    let by_line = pressure.line.map_or(Stage::Nothing, |line| by_line(&line));
    by_delay(pressure).max(by_line)
}

fn by_delay(Pressure { delay, slowed, .. }: &Pressure) -> Stage {
    if *slowed || *delay > load::HIGH {
        return Stage::Newcomers;
    }
    // Between the two marks of the load, where the rate stays: five stages of equal width.
    let over = delay.saturating_sub(load::LOW).as_secs_f64() / (load::HIGH - load::LOW).as_secs_f64();
    Stage::at((over * 5.0).ceil() as usize)
}

fn by_line(line: &LinePressure) -> Stage {
    match line {
        LinePressure { full: true, .. } => Stage::Newcomers,
        LinePressure { lowest: true, .. } => Stage::Tier,
        LinePressure { lowered: true, .. } => Stage::Bitrate,
        LinePressure { fill, .. } if *fill > FILL => {
            Stage::at(((fill - FILL) / FILL_STEP).ceil().max(0.0) as usize).min(Stage::Chat)
        }
        _ => Stage::Nothing,
    }
}

/// What is given up now.
#[derive(Debug, Clone, Default)]
pub struct Shedding {
    stage: Stage,
    /// Since when there has been less pressure than the stage is for.
    calm: Option<Instant>,
}

impl Shedding {
    /// What is given up now.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Judges a pressure.
    pub fn hear(&mut self, pressure: &Pressure, now: Instant) -> Stage {
        let wanted = stage_of(pressure);
        if wanted >= self.stage {
            (self.stage, self.calm) = (wanted, None);
        } else if now.saturating_duration_since(*self.calm.get_or_insert(now)) >= CALM {
            (self.stage, self.calm) = (Stage::at(self.stage.index() - 1), Some(now));
        }
        self.stage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn line(fill: f64) -> Pressure {
        let line = LinePressure { fill, lowered: false, lowest: false, full: false };
        Pressure { line: Some(line), ..Pressure::default() }
    }

    #[test]
    fn each_stage_has_its_mark_below_the_one_at_which_newcomers_are_slowed() {
        let stages = [8, 9, 12, 14, 17, 19, 21].map(|n| stage_of(&Pressure { delay: ms(n), ..Pressure::default() }));
        assert_eq!(stages, Stage::ALL);
        let stages = [0.5, 0.75, 0.81, 0.9, 0.99].map(|fill| stage_of(&line(fill)));
        assert_eq!(stages, [Stage::Nothing, Stage::Reactions, Stage::Counter, Stage::Chat, Stage::Chat]);
    }

    /// Whatever presses, how hard and in which course: each thing is given up only with all that stands before it, more pressure
    /// never gives back, and where it ends everything comes back, the last that was given up first.
    #[test]
    fn whatever_presses_the_order_is_kept() {
        for seed in 1..=200u64 {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut draw = |n: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 11) % n
            };
            let (mut shedding, start) = (Shedding::default(), Instant::now());
            for n in 0..400u32 {
                let step = draw(4);
                let line = LinePressure {
                    fill: draw(120) as f64 / 100.0,
                    lowered: step > 0,
                    lowest: step > 1,
                    full: step > 2,
                };
                let pressure =
                    Pressure { delay: ms(draw(40)), slowed: draw(5) == 0, line: (draw(2) == 0).then_some(line) };
                let before = shedding.stage();
                let stage = shedding.hear(&pressure, start + ms(250) * n);
                assert!(stage >= stage_of(&pressure), "it gives up what must be given up, at once");
                assert!(stage >= before || stage.index() + 1 == before.index(), "it gives back one thing at a time");
                let given: Vec<_> = Stage::ALL.into_iter().filter(|what| stage.gives_up(*what)).collect();
                assert_eq!(given, Stage::ALL[..given.len()], "in order, with nothing left out");
                let harder = Pressure { delay: pressure.delay + ms(draw(20)), ..pressure };
                assert!(stage_of(&harder) >= stage_of(&pressure));
                // What slows newcomers, or lowers bitrates, has already given up everything before it.
                assert!(!pressure.slowed || stage.gives_up(Stage::Tier));
                assert!(pressure.line.is_none_or(|line| !line.lowered) || stage.gives_up(Stage::Chat));
            }
            let mut stages = vec![shedding.stage()];
            for n in 0..80u32 {
                stages.push(shedding.hear(&Pressure::default(), start + ms(250) * (400 + n)));
            }
            assert_eq!(stages.last(), Some(&Stage::Nothing));
            assert!(stages.windows(2).all(|pair| pair[1] <= pair[0]));
        }
    }
}
