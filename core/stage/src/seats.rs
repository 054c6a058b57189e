//! Seats: one a person, whatever line or device they come from. A seat keeps its place on the roster while its line is
//! lost, so that a guest who drops out and returns is the same guest.

use hustings_vocab::event::{Playing, Roster, Speaker, Turn};
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
    pub(crate) muted_by: Option<String>,
    pub(crate) asked: bool,
    pub(crate) interrupted: bool,
}

impl Seat {
    pub(crate) const fn new(id: SeatId, name: String, role: Role, session: Session) -> Self {
        Self {
            id,
            name,
            role,
            session,
            connected: false,
            muted: false,
            muted_by: None,
            asked: false,
            interrupted: false,
        }
    }

    /// Mutes or unmutes; `by` whom, where it was not themselves.
    pub(crate) fn mute(&mut self, muted: bool, by: Option<String>) {
        self.muted = muted;
        self.muted_by = by.filter(|_| muted);
        self.asked = false;
    }
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
                *old = Seat { muted: old.muted, muted_by: old.muted_by.take(), asked: old.asked, ..seat };
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

    /// How many are heard, and how many are not.
    pub(crate) fn taken(&self) -> (usize, usize) {
        let heard = self.0.iter().filter(|s| s.role.is_heard()).count();
        (heard, self.0.len() - heard)
    }

    /// Everybody on stage, heard or not.
    pub(crate) fn ids(&self) -> Vec<SeatId> {
        self.0.iter().map(|s| s.id.clone()).collect()
    }

    /// Whether anybody who may be heard has a line.
    pub(crate) fn anybody_on_line(&self) -> bool {
        self.0.iter().any(|s| s.connected && s.role.is_heard())
    }

    /// Those on stage.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Seat> {
        self.0.iter_mut()
    }

    /// Takes a seat away; its session, if it was taken.
    pub(crate) fn vacate(&mut self, id: &SeatId) -> Option<Session> {
        let at = self.0.iter().position(|s| s.id == *id)?;
        Some(self.0.remove(at).session)
    }

    /// Who runs the stage: the first host on the line, else the first co-host.
    fn lead(&self) -> Option<SeatId> {
        let on_line = |role| self.0.iter().find(|s| s.connected && s.role == role);
        on_line(Role::Host).or_else(|| on_line(Role::CoHost)).map(|s| s.id.clone())
    }

    /// What everybody is told: those who are heard.
    pub(crate) fn roster(&self, locked: bool, turn: Option<Turn>, playing: Option<Playing>) -> Roster {
        let speaker = |s: &Seat| Speaker {
            seat: s.id.clone(),
            name: s.name.clone(),
            role: s.role,
            muted: s.muted,
            muted_by: s.muted_by.clone(),
            asked_to_unmute: s.asked,
            interrupted: s.interrupted,
            spoke_ms: 0,
            connected: s.connected,
        };
        let speakers = self.0.iter().filter(|s| s.role.is_heard()).map(speaker).collect();
        Roster { speakers, lead: self.lead(), locked, turn, playing }
    }
}
