//! The window: the bounded ring of parts that can still be asked for.
//!
//! Parts are numbered by media time and held without gaps: a part that does not follow the last one starts the window
//! anew, because what lies between was never made (the rendition was cold, or the server was down).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::{PARTS_PER_SEGMENT, Part};

/// What a reader finds under a part number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// Here it is.
    Ready(Arc<Part>),
    /// It will come.
    NotYet,
    /// It has left the window, or was never made; `oldest` is the first that can be had.
    Gone {
        /// Number of the oldest part held.
        oldest: u64,
    },
    /// The conversation ended before it.
    Ended,
}

/// The parts of one rendition that can still be asked for.
#[derive(Debug, Clone, Default)]
pub struct Window {
    parts: VecDeque<Arc<Part>>,
    parts_max: usize,
    discontinuities: u32,
    began_anew: bool,
    ended: bool,
}

impl Window {
    /// An empty window of at most `parts_max` parts, whose media was lost `discontinuities` times before.
    #[must_use]
    pub fn new(parts_max: usize, discontinuities: u32) -> Self {
        Self { parts: VecDeque::with_capacity(parts_max), parts_max, discontinuities, began_anew: false, ended: false }
    }

    /// Of a window that holds nothing: parts left another one of the same rendition before those that will be pushed here,
    /// `discontinuities` among them.
    pub fn follow(&mut self, discontinuities: u32, began_anew: bool) {
        if self.parts.is_empty() {
            self.discontinuities = discontinuities;
            self.began_anew = began_anew;
        }
    }

    /// Publishes a part. When the window is full the oldest part leaves it; a part that is not newer than the last is
    /// ignored, so that a back-fill may overlap what is already there.
    pub fn push(&mut self, part: Arc<Part>) {
        match self.parts.back() {
            Some(last) if part.number <= last.number => return,
            Some(last) if part.number > last.number + 1 => {
                self.keep(0);
                self.began_anew = true;
            }
            _ => self.keep(self.parts_max.saturating_sub(1)),
        }
        self.parts.push_back(part);
    }

    /// Lets the oldest parts go until at most `parts` are left, counting the discontinuities that leave with them.
    fn keep(&mut self, parts: usize) {
        while self.parts.len() > parts
            && let Some(oldest) = self.parts.pop_front()
        {
            self.discontinuities += u32::from(oldest.discontinuity);
        }
    }

    /// No part will follow.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Whether [`Window::end`] was called.
    #[must_use]
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Every part held, oldest first.
    #[must_use]
    pub const fn parts(&self) -> &VecDeque<Arc<Part>> {
        &self.parts
    }

    /// How many more parts it takes until the first one leaves it.
    #[must_use]
    pub fn room(&self) -> u64 {
        self.parts_max.saturating_sub(self.parts.len()) as u64
    }

    /// Discontinuities before the oldest part held (`EXT-X-DISCONTINUITY-SEQUENCE` of its segment).
    #[must_use]
    pub const fn discontinuities(&self) -> u32 {
        self.discontinuities
    }

    /// Whether it held parts that did not lead up to the oldest it holds now.
    #[must_use]
    pub const fn began_anew(&self) -> bool {
        self.began_anew
    }

    /// The number of the part that will come next; `None` while nothing was published.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        self.parts.back().map(|p| p.number + 1)
    }

    /// Where a reader begins who wants at most `burst_samples` of what was already said: the oldest part of those, or the
    /// part that comes next.
    #[must_use]
    pub fn beginning(&self, burst_samples: u64) -> u64 {
        let Some(last) = self.parts.back() else { return 0 };
        let edge = last.start + u64::from(last.samples);
        let within = self.parts.iter().rev().take_while(|p| edge - p.start <= burst_samples).count();
        last.number + 1 - within as u64
    }

    /// The part of that number.
    #[must_use]
    pub fn part(&self, number: u64) -> Fetch {
        let Some(oldest) = self.parts.front().map(|p| p.number) else {
            return if self.ended { Fetch::Ended } else { Fetch::NotYet };
        };
        if number < oldest {
            return Fetch::Gone { oldest };
        }
        match self.parts.get((number - oldest) as usize) {
            Some(part) => Fetch::Ready(part.clone()),
            None if self.ended => Fetch::Ended,
            None => Fetch::NotYet,
        }
    }

    /// All ten parts of a segment, if the window holds them all (fewer if the conversation ended within it).
    #[must_use]
    pub fn segment(&self, msn: u64) -> Option<Vec<Arc<Part>>> {
        let first = msn * PARTS_PER_SEGMENT;
        let parts: Vec<_> = (first..first + PARTS_PER_SEGMENT)
            .map_while(|n| match self.part(n) {
                Fetch::Ready(part) => Some(part),
                _ => None,
            })
            .collect();
        let whole = parts.len() == PARTS_PER_SEGMENT as usize || (self.ended && !parts.is_empty());
        whole.then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hustings_vocab::MediaTime;

    use super::*;

    fn window(numbers: std::ops::Range<u64>) -> Window {
        let mut window = Window::new(100, 0);
        for number in numbers {
            let start = MediaTime(number * 9216);
            let (cmaf, raw) = (Bytes::new(), Bytes::new());
            window.push(Arc::new(Part { number, start, samples: 9216, cmaf, raw, discontinuity: false }));
        }
        window
    }

    #[test]
    fn a_reader_begins_at_most_a_burst_behind_and_never_within_a_part() {
        let w = window(10..50);
        assert_eq!(w.beginning(0), 50);
        assert_eq!(w.beginning(9215), 50);
        assert_eq!(w.beginning(9216), 49);
        assert_eq!(w.beginning(48_000), 45);
        assert_eq!(w.beginning(u64::MAX), 10);
        assert_eq!(window(0..0).beginning(48_000), 0);
    }
}
