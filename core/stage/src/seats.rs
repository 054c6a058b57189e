//! Seats: one a person, whatever line or device they come from. A seat keeps its place on the roster while its line is
//! lost, so that a guest who drops out and returns is the same guest.

use hustings_vocab::event::{Roster, Speaker};
use hustings_vocab::{Role, SeatId};

/// A WebRTC session, unique in its process.
pub type Session = u64;

#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) id: SeatId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) session: Session,
    pub(crate) connected: bool,
    pub(crate) muted: bool,
}

/// Those on stage, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Seats(Vec<Seat>);

impl Seats {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts a session on its seat, a new one if need be. Answers with the session that it replaces.
    pub(crate) fn take(&mut self, seat: Seat) -> Option<Session> {
        match self.0.iter_mut().find(|s| s.id == seat.id) {
            Some(old) => {
                let replaced = old.session;
                // Muting is the person's wish, not the line's: it survives a new line.
                *old = Seat { muted: old.muted, ..seat };
                Some(replaced)
            }
            None => {
                self.0.push(seat);
                None
            }
        }
    }

    pub(crate) fn of(&mut self, session: Session) -> Option<&mut Seat> {
        self.0.iter_mut().find(|s| s.session == session)
    }

    pub(crate) fn named(&mut self, id: &SeatId) -> Option<&mut Seat> {
        self.0.iter_mut().find(|s| s.id == *id)
    }

    pub(crate) fn leave(&mut self, session: Session) -> bool {
        let before = self.0.len();
        self.0.retain(|s| s.session != session);
        self.0.len() < before
    }

    pub(crate) fn clear(&mut self) -> Vec<Session> {
        self.0.drain(..).map(|s| s.session).collect()
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether anybody who may be heard has a line.
    pub(crate) fn anybody_on_line(&self) -> bool {
        self.0.iter().any(|s| s.connected && s.role.is_heard())
    }

    pub(crate) fn roster(&self) -> Roster {
        let speaker = |s: &Seat| Speaker {
            seat: s.id.clone(),
            name: s.name.clone(),
            role: s.role,
            muted: s.muted,
            connected: s.connected,
        };
        Roster { speakers: self.0.iter().map(speaker).collect() }
    }
}
