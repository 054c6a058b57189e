//! A reel: the last frames of what a crowd hears, numbered, shared by all of them.

use std::collections::VecDeque;

use bytes::Bytes;
use hustings_vocab::{Codec, MediaTime, limits};

/// One Opus frame of 20 ms.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The reel that it is on.
    pub(crate) reel: u32,
    /// Its number on the reel, without gaps.
    pub number: u64,
    /// Media time of its first sample.
    pub t: MediaTime,
    /// The Opus packet.
    pub packet: Bytes,
    /// Bytes of all packets before it.
    pub octets_before: u64,
}

/// The frames of one hall and rendition. When it is full the oldest frame goes.
#[derive(Debug)]
pub struct Reel {
    id: u32,
    frames: VecDeque<Frame>,
    next: u64,
    octets: u64,
}

impl Reel {
    /// An empty reel. No two reels whose frames one [`crate::Track`] may meet have the same `id`.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self { id, frames: VecDeque::new(), next: 0, octets: 0 }
    }

    /// Takes in the next frame.
    pub fn push(&mut self, t: MediaTime, packet: Bytes) {
        if self.frames.len() == limits::WHEP_WINDOW_FRAMES_MAX {
            self.frames.pop_front();
        }
        let octets_before = self.octets;
        self.octets += packet.len() as u64;
        self.frames.push_back(Frame { reel: self.id, number: self.next, t, packet, octets_before });
        self.next += 1;
    }

    /// The frame of a number, if it is still there.
    #[must_use]
    pub fn frame(&self, number: u64) -> Option<&Frame> {
        let back = self.next.checked_sub(number)?.checked_sub(1)?;
        self.frames.len().checked_sub(1 + usize::try_from(back).ok()?).map(|at| &self.frames[at])
    }

    /// Bytes of all packets before the frame of a number.
    pub(crate) fn octets_before(&self, number: u64) -> u64 {
        self.frame(number).map_or(self.octets, |frame| frame.octets_before)
    }

    /// The number of the frame that will come next.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// The number of the frame that sounds directly after one that begins at `t`: one that is here, or the next.
    #[must_use]
    pub fn following(&self, t: MediaTime) -> Option<u64> {
        let after = |frame: &&Frame| frame.t.0 == t.0 + Codec::Opus.frame_samples();
        let here = self.frames.iter().rev().find(after).map(|frame| frame.number);
        here.or_else(|| self.frames.back().filter(|frame| frame.t == t).map(|_| self.next))
    }

    /// The number of the oldest frame that is there, or of the next if there is none.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.next - self.frames.len() as u64
    }

    /// Bytes of all packets so far.
    #[must_use]
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    pub(crate) const fn id(&self) -> u32 {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_frames_are_there_and_no_others() {
        let mut reel = Reel::new(1);
        assert!(reel.frame(0).is_none());
        let all = 3 * limits::WHEP_WINDOW_FRAMES_MAX as u64;
        for n in 0..all {
            reel.push(MediaTime(n * 960), Bytes::copy_from_slice(&[n as u8; 10]));
        }
        let oldest = all - limits::WHEP_WINDOW_FRAMES_MAX as u64;
        assert_eq!((reel.next(), reel.oldest(), reel.octets()), (all, oldest, all * 10));
        for n in 0..all + 2 {
            let found = reel.frame(n).map(|f| (f.number, f.t.0, f.octets_before));
            assert_eq!(found, (oldest..all).contains(&n).then_some((n, n * 960, n * 10)), "{n}");
        }
    }
}
