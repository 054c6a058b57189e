//! Slots: when in the 20 ms of a frame each listener is sent it, so that ten thousand packets are no burst.
//!
//! The frame is cut into [`SLOTS`] steps, and a newcomer takes the one that fewest have. A small audience shares one slot and
//! hears each frame as it comes; the more there are, the more slots are in use.

use core::time::Duration;

/// Steps of one frame.
pub const SLOTS: usize = 20;
/// One step: 10,000 listeners make 500 packets in it, one batch, which takes half of it.
pub const STEP: Duration = Duration::from_millis(1);
/// Listeners in a slot before another is taken into use: 60 µs of work, less than a wake-up is worth.
const FULL: usize = 64;

/// One listener's slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(u8);

impl Slot {
    /// Its place in the frame.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// How long after its frame it is due.
    #[must_use]
    pub fn after(index: usize) -> Duration {
        STEP * index as u32
    }
}

/// How many listeners each slot has.
#[derive(Debug, Default)]
pub struct Slots {
    taken: [usize; SLOTS],
}

impl Slots {
    /// Takes a slot for a newcomer.
    pub fn enter(&mut self) -> Slot {
        let all: usize = self.taken.iter().sum();
        let in_use = (all / FULL + 1).min(SLOTS);
        let least = (0..in_use).min_by_key(|slot| self.taken[*slot]).unwrap_or(0);
        self.taken[least] += 1;
        Slot(least as u8)
    }

    /// Gives it back.
    pub fn leave(&mut self, slot: Slot) {
        let taken = &mut self.taken[slot.index()];
        *taken = taken.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_audience_has_one_slot_and_a_large_one_is_even() {
        let mut slots = Slots::default();
        for _ in 0..FULL {
            assert_eq!(slots.enter().index(), 0);
        }
        assert_eq!(slots.enter().index(), 1);
        let mut last = Vec::new();
        for _ in FULL + 1..10_000 {
            last.push(slots.enter());
        }
        assert!(slots.taken.iter().all(|n| *n == 500), "{:?}", slots.taken);
        last.into_iter().for_each(|slot| slots.leave(slot));
        assert_eq!(slots.taken.iter().sum::<usize>(), FULL + 1);
    }

    #[test]
    fn the_slots_fill_one_frame() {
        assert_eq!(Slot::after(SLOTS), Duration::from_millis(20));
    }
}
