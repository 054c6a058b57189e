//! Hands: who asks to speak, in the order that whoever runs the stage gives them.
//!
//! A hand that was taken up stays, marked as invited, until its owner is on stage or lowers it. Absent: what being invited
//! allows, which is a [`crate::Grant`].

use hustings_vocab::event::{Hand, Hands};
use hustings_vocab::{MediaTime, SeatId, limits};

/// The queue of one conversation.
#[derive(Debug, Default)]
pub(crate) struct Queue(Vec<Hand>);

impl Queue {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Raises a hand at the end of the queue. Raising it again changes nothing; `false` if there is no room.
    pub(crate) fn raise(&mut self, seat: SeatId, name: String, now: MediaTime) -> bool {
        if self.of(&seat).is_some() {
            return true;
        }
        if self.0.len() >= limits::HANDS_MAX {
            return false;
        }
        self.0.push(Hand { seat, name, since: now, invited: false });
        true
    }

    /// Takes a hand out of the queue; `false` if it was not raised.
    pub(crate) fn lower(&mut self, seat: &SeatId) -> bool {
        let before = self.0.len();
        self.0.retain(|hand| hand.seat != *seat);
        self.0.len() < before
    }

    pub(crate) fn of(&mut self, seat: &SeatId) -> Option<&mut Hand> {
        self.0.iter_mut().find(|hand| hand.seat == *seat)
    }

    /// Puts a hand at a place of the queue, 0 being the first; `false` if it is not raised.
    pub(crate) fn place(&mut self, seat: &SeatId, at: usize) -> bool {
        let Some(from) = self.0.iter().position(|hand| hand.seat == *seat) else { return false };
        let hand = self.0.remove(from);
        self.0.insert(at.min(self.0.len()), hand);
        true
    }

    pub(crate) fn clear(&mut self) -> bool {
        let some = !self.0.is_empty();
        self.0.clear();
        some
    }

    /// What everybody is told: the first ones, and how many there are.
    pub(crate) fn told(&self, open: bool) -> Hands {
        let shown = self.0.iter().take(limits::HANDS_TOLD_MAX).cloned().collect();
        Hands { hands: shown, raised: self.0.len() as u64, open }
    }
}
