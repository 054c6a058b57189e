//! A reel: the parts of one rendition in one container, framed once for all who read them.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use hustings_pack::{Fetch, Part, Window};
use hustings_vocab::Rendition;

use crate::container::{Container, Framing, chunk};

/// The parts of one rendition in one container, as a shard keeps them. It holds what the window of the shelf holds that
/// it is filled from.
#[derive(Debug)]
pub struct Reel {
    rendition: Rendition,
    container: Container,
    window: Window,
    /// For each part of the window its chunk, and how many bytes of that go before the sound.
    chunks: VecDeque<(Bytes, usize)>,
    parts_max: usize,
}

/// What a cursor finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Sound.
    Part,
    /// Nothing yet.
    NotYet,
    /// The window has left it behind.
    Gone,
    /// The end of the event.
    Ended,
}

impl Reel {
    /// An empty reel of at most `parts_max` parts.
    #[must_use]
    pub fn new(rendition: Rendition, container: Container, parts_max: usize) -> Self {
        let window = Window::new(parts_max, 0);
        Self { rendition, container, window, chunks: VecDeque::new(), parts_max }
    }

    /// The rendition.
    #[must_use]
    pub const fn rendition(&self) -> Rendition {
        self.rendition
    }

    /// The container.
    #[must_use]
    pub const fn container(&self) -> Container {
        self.container
    }

    /// The number of the part that comes next; `None` before the first.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        self.window.next()
    }

    /// Takes a part; one that is not newer than the last is ignored, one that does not follow it begins the reel anew.
    pub fn push(&mut self, part: Arc<Part>) {
        let next = self.window.next();
        if next.is_some_and(|next| part.number < next) || self.parts_max == 0 {
            return;
        }
        self.chunks.push_back(chunk(self.container.sound(&part)));
        self.window.push(part);
        let gone = self.chunks.len() - self.window.parts().len();
        self.chunks.drain(..gone);
    }

    /// No part will follow.
    pub fn end(&mut self) {
        self.window.end();
    }

    pub(crate) fn find(&self, number: u64) -> Found {
        match self.window.part(number) {
            Fetch::Ready(_) => Found::Part,
            Fetch::NotYet => Found::NotYet,
            Fetch::Gone { .. } => Found::Gone,
            Fetch::Ended => Found::Ended,
        }
    }

    pub(crate) fn beginning(&self, burst_samples: u64) -> u64 {
        self.window.beginning(burst_samples)
    }

    /// The parts from `number` on as they go over the line.
    pub(crate) fn from(&self, number: u64, framing: Framing) -> impl Iterator<Item = &[u8]> {
        let held = self.chunks.range(self.place(number)..);
        held.map(move |(chunk, lead)| match framing {
            Framing::Chunked => chunk.as_ref(),
            Framing::UntilClose => &chunk[*lead..chunk.len() - 2],
        })
    }

    /// Bytes of sound in a part, without what goes around it on the line.
    pub(crate) fn sound_bytes(&self, number: u64) -> u64 {
        match self.window.part(number) {
            Fetch::Ready(part) => self.container.sound(&part).len() as u64,
            _ => 0,
        }
    }

    /// What is left of a part after its first `taken` bytes.
    pub(crate) fn rest(&self, number: u64, framing: Framing, taken: usize) -> Bytes {
        let (chunk, lead) = &self.chunks[self.place(number)];
        match framing {
            Framing::Chunked => chunk.slice(taken..),
            Framing::UntilClose => chunk.slice(lead + taken..chunk.len() - 2),
        }
    }

    /// What ends a response in which part `next` would have come.
    pub(crate) fn close(&self, next: u64, framing: Framing) -> Bytes {
        let trailer = framing.frame(&self.container.trailer(self.rendition, next));
        [trailer.as_ref(), framing.end()].concat().into()
    }

    /// Where in the ring a part is; its end, if it is not there.
    fn place(&self, number: u64) -> usize {
        let oldest = self.window.parts().front().map_or(0, |p| p.number);
        number.checked_sub(oldest).map_or(self.chunks.len(), |n| self.chunks.len().min(n as usize))
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::MediaTime;

    use super::*;

    fn part(number: u64) -> Arc<Part> {
        let raw = Bytes::from(format!("part {number}"));
        Arc::new(Part {
            number,
            start: MediaTime(number * 9216),
            samples: 9216,
            cmaf: Bytes::new(),
            raw,
            discontinuity: false,
        })
    }

    #[test]
    fn chunks_stay_in_step_with_the_window() {
        let mut reel = Reel::new(Rendition::Opus96, Container::Ogg, 3);
        for number in [5, 6, 7, 8, 8, 2] {
            reel.push(part(number));
        }
        let sound = |reel: &Reel, from| reel.from(from, Framing::UntilClose).collect::<Vec<_>>().concat();
        assert_eq!(sound(&reel, 6), b"part 6part 7part 8");
        assert_eq!(reel.from(8, Framing::Chunked).collect::<Vec<_>>(), [b"6\r\npart 8\r\n"]);
        assert_eq!((reel.find(5), reel.find(6), reel.find(9)), (Found::Gone, Found::Part, Found::NotYet));
        assert_eq!(reel.rest(8, Framing::UntilClose, 4), " 8");
        assert_eq!(reel.rest(8, Framing::Chunked, 4), "art 8\r\n");
        reel.push(part(20));
        assert_eq!((sound(&reel, 20).as_slice(), reel.find(8)), (&b"part 20"[..], Found::Gone));
        reel.end();
        assert_eq!(reel.find(21), Found::Ended);
        assert!(reel.close(21, Framing::Chunked).ends_with(b"\r\n0\r\n\r\n"));
    }
}
