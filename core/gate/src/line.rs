//! The bandwidth governor: lowers bitrates before the line queues, and raises them again without flapping.
//!
//! The line has a rate, of which the stage's share is never given away. Step by step newcomers hear a lower bitrate and then
//! everybody does: 96 for all; 48 for newcomers; 48 for all; 24 for newcomers; 24 for all. It steps down as soon as what is
//! sent and who is about to come need more than [`DOWN`] of the audience's share, or packets wait; it steps up when everybody
//! at the upper step would need less than [`UP`] of it, for [`HOLD`]. A step up that has to be taken back makes the next
//! try wait twice as long, up to [`HOLD_MAX`].
//!
//! Who is about to come are those who hold a ticket, and more at the rate of the last [`WINDOW`] for up to [`AHEAD`]: a step is
//! heard only seconds after what made it necessary, and a crowd does not wait for that. A step that was taken for a crowd which
//! then ended is taken back sooner, below [`FORESEEN_UP`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::shed::LinePressure;

/// Of the audience's share, above which bitrates fall.
pub(crate) const DOWN: f64 = 0.92;
/// Of the audience's share, below which they rise.
pub(crate) const UP: f64 = 0.82;
/// The same two where those who are expected count: above which bitrates fall for them, and below which they rise again when
/// those have not come.
const FORESEEN_DOWN: f64 = 0.96;
const FORESEEN_UP: f64 = 0.88;
/// Arrivals of this time are expected to go on.
const WINDOW: Duration = Duration::from_secs(2);
/// For how long, if the next step needs a rendition that nobody has heard yet, which begins with its next segment of two seconds:
/// and what is sent is known a second later.
const AHEAD: Duration = Duration::from_secs(4);
/// For how long, if the rendition of the next step is there.
const AHEAD_THERE: Duration = Duration::from_millis(1500);
/// For how long it must have room before it rises.
pub(crate) const HOLD: Duration = Duration::from_secs(4);
/// The longest that this grows to by flapping.
pub(crate) const HOLD_MAX: Duration = Duration::from_secs(120);
/// Within which a step down takes a step up back.
const BACK: Duration = Duration::from_secs(30);
/// A step works within a part and a cadence.
const SETTLE: Duration = Duration::from_secs(2);
/// Packets that wait this long are a queue.
const QUEUED: Duration = Duration::from_millis(15);

/// What is sent at once has left within this: a fifth of what a queue may be that nobody hears.
const BURST: Duration = Duration::from_millis(10);
/// Sound of a part.
const PART_SECONDS: f64 = 0.2;

/// A bitrate of the program sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// `opus-24`; in AAC `aac-48`, below which nothing is made.
    Low,
    /// `opus-48`, `aac-48`.
    Middle,
    /// `opus-96`, `aac-96`.
    Full,
}

impl Rung {
    /// Bits a second of its sound, in thousands.
    #[must_use]
    pub const fn kbit(self) -> u32 {
        match self {
            Self::Low => 24,
            Self::Middle => 48,
            Self::Full => 96,
        }
    }

    /// What it is told as, on the link and in documents.
    #[must_use]
    pub const fn of_kbit(kbit: u32) -> Self {
        match kbit {
            0..=24 => Self::Low,
            25..=48 => Self::Middle,
            _ => Self::Full,
        }
    }
}

/// The highest bitrates that may be heard now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// By who comes now.
    pub newcomers: Rung,
    /// By everybody.
    pub all: Rung,
}

impl Cap {
    /// What somebody who comes now may hear at most, as everybody and as a newcomer.
    #[must_use]
    pub fn of_newcomers(self) -> Rung {
        self.newcomers.min(self.all)
    }
}

const STEPS: [Cap; 5] = [
    Cap { newcomers: Rung::Full, all: Rung::Full },
    Cap { newcomers: Rung::Middle, all: Rung::Full },
    Cap { newcomers: Rung::Middle, all: Rung::Middle },
    Cap { newcomers: Rung::Low, all: Rung::Middle },
    Cap { newcomers: Rung::Low, all: Rung::Low },
];

impl Cap {
    /// No limit.
    pub const NONE: Self = STEPS[0];
}

/// What a line carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Its rate in bit/s.
    pub bits: u64,
    /// What of it is the stage's, in bit/s.
    pub stage_bits: u64,
    /// bit/s on the line for one listener at 96 kbit/s, with every header.
    pub listener_bits: f64,
    /// The lowest bitrate that there is.
    pub lowest: Rung,
}

impl Line {
    /// What each second of a listener costs beside the sound: 54 bytes of headers a packet, some of HTTP and acknowledgements.
    const HEADERS_BITS: f64 = 8_000.0;

    /// A configured rate: a twentieth of it, at least 1 Mbit/s but no more than half, is the stage's.
    #[must_use]
    pub fn of_rate(bits: u64) -> Self {
        let stage_bits = (bits / 20).max(1_000_000).min(bits / 2);
        Self { bits, stage_bits, listener_bits: 96_000.0 + Self::HEADERS_BITS, lowest: Rung::Low }
    }

    /// The audience's share in bit/s.
    #[must_use]
    pub const fn share(&self) -> f64 {
        self.bits.saturating_sub(self.stage_bits) as f64
    }

    /// To how many listeners a part may be sent at the same moment: to so many that the line has sent them within `BURST`.
    #[must_use]
    pub fn at_once(&self) -> u64 {
        let part = self.bits_of(Rung::Full) * PART_SECONDS;
        ((self.share() * BURST.as_secs_f64() / part) as u64).max(1)
    }

    /// What a listener takes at a bitrate, in bit/s.
    #[must_use]
    pub fn bits_of(&self, rung: Rung) -> f64 {
        (self.listener_bits - 96_000.0).max(0.0) + f64::from(rung.kbit()) * 1000.0
    }
}

/// What was seen of the line since it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LineSeen {
    /// What the audience was sent, in bit/s.
    pub bits: f64,
    /// How long packets waited for the line, if that is known.
    pub waits: Duration,
    /// Listeners of all tiers.
    pub listeners: u64,
    /// Those who were let in and are not seen yet.
    pub coming: u64,
}

/// The governor of one line.
#[derive(Debug, Clone)]
pub struct Governor {
    line: Line,
    step: usize,
    moved: Option<Instant>,
    rose: Option<Instant>,
    /// Since when there has been room for the step above.
    room_since: Option<Instant>,
    hold: Duration,
    /// How many were there or about to come, within `WINDOW`.
    people: VecDeque<(Instant, u64)>,
    /// The lowest step that what was sent made necessary; those below it were taken for people who were expected.
    needed: usize,
}

impl Governor {
    /// Of a line, with nobody on it.
    #[must_use]
    pub const fn new(line: Line) -> Self {
        let people = VecDeque::new();
        Self { line, step: 0, moved: None, rose: None, room_since: None, hold: HOLD, people, needed: 0 }
    }

    /// The line.
    #[must_use]
    pub const fn line(&self) -> &Line {
        &self.line
    }

    /// The steps that there are: without the last two, where nothing is lower than the middle.
    fn steps(&self) -> &'static [Cap] {
        let lowest = self.line.lowest;
        &STEPS[..STEPS.iter().rposition(|cap| cap.newcomers >= lowest).unwrap_or_default() + 1]
    }

    /// What may be heard now.
    #[must_use]
    pub const fn cap(&self) -> Cap {
        STEPS[self.step]
    }

    /// What presses on the line, of what was seen of it.
    #[must_use]
    pub fn pressure(&self, seen: &LineSeen) -> LinePressure {
        let lowest = self.step + 1 == self.steps().len();
        LinePressure {
            fill: seen.bits / self.line.share().max(1.0),
            lowered: self.step > 0,
            lowest,
            full: lowest && self.room(seen) == 0,
        }
    }

    /// How many more listeners there is room for at the bitrate of newcomers, beside those of `seen`.
    #[must_use]
    pub fn room(&self, seen: &LineSeen) -> u64 {
        let each = self.line.bits_of(self.line.lowest);
        // Everybody can still be brought down to the lowest step: that is what there is room for.
        let people = (self.line.share() * DOWN / each) as u64;
        let room = people.saturating_sub(seen.listeners + seen.coming);
        if self.step + 1 < self.steps().len() || self.is_late() {
            return room;
        }
        // Nobody can be brought lower, and some take more than the least: codecs that end above it, players that chose. So
        // what is sent counts.
        let left = (self.line.share() * DOWN - seen.bits).max(0.0) / each;
        room.min((left as u64).saturating_sub(seen.coming))
    }

    /// Whether what was sent, as it was last seen, was sent before the last step was heard.
    fn is_late(&self) -> bool {
        let (Some(moved), Some((seen, _))) = (self.moved, self.people.back()) else { return false };
        seen.saturating_duration_since(moved) < AHEAD
    }

    /// How many more are expected until the next step is heard, by how many came within `WINDOW`; no more than there is room for.
    fn expected(&mut self, seen: &LineSeen, now: Instant) -> f64 {
        let people = seen.listeners + seen.coming;
        self.people.push_back((now, people));
        while self.people.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW) {
            self.people.pop_front();
        }
        let (since, before) = self.people.front().copied().unwrap_or((now, people));
        // Edges count once a second.
        let passed = now.saturating_duration_since(since).as_secs_f64().max(1.0);
        let is_there = STEPS.get(self.step + 1).is_some_and(|next| next.newcomers == self.cap().newcomers);
        let ahead = if is_there { AHEAD_THERE } else { AHEAD };
        let more = people.saturating_sub(before) as f64 / passed * ahead.as_secs_f64();
        more.min(self.room(seen) as f64)
    }

    /// Whether those who are there fit at a step, and those who are expected with them.
    fn fits(&self, cap: Cap, here: f64, expected: f64) -> bool {
        let (share, standing) = (self.line.share(), here * self.line.bits_of(cap.all));
        let soon = standing + expected * self.line.bits_of(cap.of_newcomers());
        standing <= share * DOWN && soon <= share * FORESEEN_DOWN
    }

    /// Judges what was seen; gives the cap if it has changed.
    pub fn hear(&mut self, seen: &LineSeen, now: Instant) -> Option<Cap> {
        let expected = self.expected(seen, now);
        if self.moved.is_some_and(|at| now.saturating_duration_since(at) < SETTLE) {
            return None;
        }
        let share = self.line.share();
        let each = self.line.bits_of(self.cap().of_newcomers());
        let here = (seen.listeners + seen.coming) as f64;
        let known = seen.bits + seen.coming as f64 * each;
        let too_much = known > share * DOWN || seen.waits > QUEUED;
        // What was sent before the last step says more than will be.
        let soon = known.min(here * self.line.bits_of(self.cap().all)) + expected * each;
        let steps = self.steps();
        if self.step + 1 < steps.len() && (too_much || soon > share * FORESEEN_DOWN) {
            // What crowds in at once is met at once: down to the first step at which they fit.
            let wanted = steps.iter().position(|cap| self.fits(*cap, here, expected)).unwrap_or(steps.len() - 1);
            self.step = wanted.max(self.step + 1);
            if too_much {
                self.needed = self.step;
            }
            if self.rose.is_some_and(|at| now.saturating_duration_since(at) < BACK) {
                self.hold = (self.hold * 2).min(HOLD_MAX);
            }
            (self.moved, self.rose, self.room_since) = (Some(now), None, None);
            return Some(self.cap());
        }
        let above = self.step.checked_sub(1)?;
        // At a step above, everybody may hear what newcomers may: so it must have room for that.
        let needs = (here + expected) * self.line.bits_of(STEPS[above].newcomers.max(STEPS[above].all));
        let up = if self.step > self.needed { FORESEEN_UP } else { UP };
        if needs > share * up || seen.waits > QUEUED {
            self.room_since = None;
            return None;
        }
        let since = *self.room_since.get_or_insert(now);
        if now.saturating_duration_since(since) < self.hold {
            return None;
        }
        self.step = above;
        self.needed = self.needed.min(above);
        (self.moved, self.rose, self.room_since) = (Some(now), Some(now), None);
        if above == 0 {
            self.hold = (self.hold / 2).max(HOLD);
        }
        Some(self.cap())
    }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
