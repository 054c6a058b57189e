//! The room as those who run it see it: what the line of each speaker is like, and how the audience came and went.
//!
//! Nobody who listens is named here, and nothing of an address is kept: arrivals and departures are sums of minutes. Deliberately
//! absent: sentences, which are the page's.

use std::collections::VecDeque;

use hustings_vocab::{SeatId, Slug, limits};

use crate::hall::Counts;

/// What a speaker's line was like over the last ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quality {
    /// Packets that the network lost, in thousandths.
    pub lost_permille: u16,
    /// Packets that could not be repaired in time, in thousandths: their sound was made up.
    pub missing_permille: u16,
    /// Milliseconds from the arrival of a packet to the mix.
    pub delay_ms: u16,
}

/// The line of one speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerLine {
    /// Whose.
    pub seat: SeatId,
    /// What it is like.
    pub quality: Quality,
}

/// One minute of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minute {
    /// When it began, in milliseconds since 1970.
    pub at_ms: u64,
    /// Listeners who came; who comes back is counted again.
    pub arrived: u64,
    /// Listeners who went.
    pub left: u64,
    /// Listeners at its end.
    pub listening: u64,
}

/// The minutes of one conversation, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Minutes {
    all: VecDeque<Minute>,
    /// The sums at the last look.
    seen: Option<(u64, u64)>,
}

impl Minutes {
    /// Takes in what is counted at `now_ms`.
    pub fn look(&mut self, now_ms: u64, counts: &Counts) {
        let at_ms = now_ms / 60_000 * 60_000;
        if self.all.back().is_none_or(|last| last.at_ms < at_ms) {
            self.all.push_back(Minute { at_ms, ..Minute::default() });
        }
        if self.all.len() > limits::ROOM_MINUTES_MAX {
            self.all.pop_front();
        }
        let (arrived, listening) = (counts.arrived, counts.seen());
        // The first look has nothing to be compared with: who is here then has come.
        let (before_arrived, before_listening) =
            self.seen.replace((arrived, listening)).unwrap_or((arrived, listening));
        let came = arrived.saturating_sub(before_arrived);
        if let Some(minute) = self.all.back_mut() {
            minute.arrived += came;
            minute.left += (before_listening + came).saturating_sub(listening);
            minute.listening = counts.listening();
        }
    }

    /// All that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Minute> {
        self.all.iter()
    }
}

/// What is told of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// The lines of those on stage who are heard.
    pub lines: Vec<SpeakerLine>,
    /// The last minutes of its audience, the oldest first.
    pub minutes: Vec<Minute>,
}

/// Who knows the rooms.
pub trait Rooms: Send + Sync + 'static {
    /// One that is open; an empty one otherwise.
    fn room(&self, slug: &Slug) -> Room;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(arrived: u64, stream: u64) -> Counts {
        Counts { arrived, seen: [0, stream, 0], ..Counts::NONE }
    }

    #[test]
    fn arrivals_and_departures_are_summed_by_the_minute() {
        let mut minutes = Minutes::default();
        minutes.look(60_000, &counts(10, 10));
        minutes.look(70_000, &counts(15, 12));
        minutes.look(119_999, &counts(15, 11));
        minutes.look(125_000, &counts(18, 14));
        let all: Vec<_> = minutes.iter().copied().collect();
        assert_eq!(all[0], Minute { at_ms: 60_000, arrived: 5, left: 4, listening: 11 });
        assert_eq!(all[1], Minute { at_ms: 120_000, arrived: 3, left: 0, listening: 14 });
    }

    #[test]
    fn old_minutes_are_given_up_and_a_count_that_falls_back_is_no_arrival() {
        let mut minutes = Minutes::default();
        for n in 0..limits::ROOM_MINUTES_MAX as u64 + 5 {
            minutes.look(n * 60_000, &counts(n, 1));
        }
        assert_eq!(minutes.iter().count(), limits::ROOM_MINUTES_MAX);
        minutes.look(limits::ROOM_MINUTES_MAX as u64 * 60_000 + 300_000, &counts(0, 1));
        assert_eq!(minutes.iter().last().map(|m| (m.arrived, m.left)), Some((0, 0)));
    }
}
