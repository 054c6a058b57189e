//! A crowd: the listeners of one shard who hear the same hall in the same rendition. Its frames are read once, however many
//! are in it, and its interest keeps the rendition encoded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use hustings_fan::Key;
use hustings_link::down::OpusFrame;
use hustings_link::hall::{Bell, Interest};
use hustings_whep::{Pace, Reel, SLOTS, Slot};
use tokio::sync::broadcast::{self, error::TryRecvError};

use super::Audience;
use super::mailbox::{FrameBell, Mailbox};

/// Those who hear the same.
pub(crate) struct Crowd {
    pub audience: Audience,
    pub reel: Reel,
    frames: broadcast::Receiver<OpusFrame>,
    pace: Pace,
    members: [Vec<Key>; SLOTS],
    /// The frame and the slot that come next, and when the frames from there on are due.
    frame: u64,
    slot: usize,
    dues: VecDeque<Instant>,
    #[expect(dead_code, reason = "held for its life")]
    interest: Interest,
    #[expect(dead_code, reason = "held for its life")]
    bell: Arc<dyn Bell>,
}

/// What is due: a slot of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub frame: u64,
    pub slot: usize,
    pub due: Instant,
}

impl Crowd {
    /// A crowd of nobody yet, whose frames ring at `mailbox`.
    pub(crate) fn new(audience: Audience, id: u32, mailbox: &Arc<Mailbox>) -> Self {
        let Audience { hall, rendition, .. } = &audience;
        let bell: Arc<dyn Bell> = Arc::new(FrameBell(mailbox.clone()));
        hall.hang_for_frames(*rendition, &bell);
        // The wish comes first: frames are of a rendition that is encoded.
        let interest = hall.shelf(*rendition).interest();
        Self {
            frames: hall.frames(*rendition),
            interest,
            reel: Reel::new(id),
            pace: Pace::default(),
            members: Default::default(),
            frame: 0,
            slot: 0,
            dues: VecDeque::new(),
            bell,
            audience,
        }
    }

    /// Whether a newcomer belongs here.
    pub(crate) fn hears(&self, audience: &Audience) -> bool {
        Arc::ptr_eq(&self.audience.hall, &audience.hall) && self.audience.rendition == audience.rendition
    }

    /// Whether the conversation has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.audience.hall.shelf(self.audience.rendition).progress().borrow().ended
    }

    pub(crate) fn enter(&mut self, key: Key, slot: Slot) {
        self.members[slot.index()].push(key);
    }

    pub(crate) fn leave(&mut self, key: Key, slot: Slot) {
        self.members[slot.index()].retain(|member| *member != key);
    }

    /// Those of one slot.
    pub(crate) fn members(&self, slot: usize) -> &[Key] {
        &self.members[slot]
    }

    /// Everybody.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Key> {
        self.members.iter().flatten().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.iter().all(Vec::is_empty)
    }

    /// Takes in the frames that have come. Who lags skips: what was missed is old.
    pub(crate) fn read(&mut self, now: Instant) {
        loop {
            match self.frames.try_recv() {
                Ok(OpusFrame { t, packet }) => {
                    self.dues.push_back(self.pace.due(t, now));
                    self.reel.push(t, packet);
                }
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        // What the reel has let go cannot be sent any more.
        while self.frame < self.reel.oldest() {
            self.next_frame();
        }
    }

    /// When the next slot with anybody in it is due.
    pub(crate) fn due(&mut self) -> Option<Instant> {
        while let Some(due) = self.dues.front() {
            if let Some(slot) = (self.slot..SLOTS).find(|slot| !self.members[*slot].is_empty()) {
                self.slot = slot;
                return Some(*due + Slot::after(slot));
            }
            self.next_frame();
        }
        None
    }

    /// The slot that is due at `now`, once.
    pub(crate) fn step(&mut self, now: Instant) -> Option<Step> {
        let due = self.due().filter(|due| *due <= now)?;
        let step = Step { frame: self.frame, slot: self.slot, due };
        self.slot += 1;
        Some(step)
    }

    /// Whether a slot of a frame has had its turn.
    pub(crate) fn has_passed(&self, frame: u64, slot: Slot) -> bool {
        (frame, slot.index()) < (self.frame, self.slot)
    }

    fn next_frame(&mut self) {
        self.dues.pop_front();
        (self.frame, self.slot) = (self.frame + 1, 0);
    }
}
