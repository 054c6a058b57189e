//! What those who run a conversation decide about others, and what listeners ask of them.
//!
//! Who may order at all is decided before; here it is only seen to that nobody orders about somebody above them: a co-host
//! does not mute a host away. Whoever decides for the site (an operator, a moderator) is above everybody.

use std::sync::Arc;

use hustings_vocab::event::Turn;
use hustings_vocab::{MediaTime, Role, SAMPLE_RATE, SeatId, limits};

use crate::grants::Grant;
use crate::stage::{Change, Refusal, Stage};

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The name that is shown to those whom it concerns.
    pub name: String,
    /// Their role; none for whoever decides for the site.
    pub role: Option<Role>,
}

/// A decision about one seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Whoever asks to speak may come on stage.
    BringUp,
    /// Back to the audience, with thanks.
    SendDown,
    /// Muted, until they unmute themselves.
    Mute,
    /// They are asked to unmute themselves.
    AskToUnmute,
    /// Off the stage; they listen, and may not ask to speak.
    Remove,
    /// Out of this conversation: their tokens hold no more.
    Ban,
    /// Off the stage, with nothing decided: whether they may come back is decided elsewhere, as with a suspended account.
    Dismiss,
    /// What was decided about them does not hold any more.
    Pardon,
    /// They have another role on stage.
    Appoint(Role),
    /// Their hand is taken down.
    LowerHand,
    /// Their hand is put at this place of the queue.
    PlaceHand(usize),
    /// It is their turn for so many seconds.
    GiveTurn(u32),
}

impl Stage {
    pub(crate) fn raise_hand(&mut self, seat: SeatId, name: String, now: MediaTime) -> Result<Vec<Change>, Refusal> {
        if !self.is_open() {
            return Err(self.wrong_phase("be spoken in", "lobby, live or held"));
        }
        if matches!(self.grants.about(&seat), Some(Grant::Removed | Grant::Banned)) {
            return Err(Refusal::Removed);
        }
        if !self.hands_open || self.locked {
            return Err(if self.locked { Refusal::Locked } else { Refusal::HandsClosed });
        }
        if !self.hands.raise(seat, name, now) {
            return Err(Refusal::HandsFull(limits::HANDS_MAX));
        }
        Ok(vec![self.hands_change()])
    }

    /// Lowering a hand that was taken up gives the permission back.
    pub(crate) fn lower_hand(&mut self, seat: &SeatId) -> Vec<Change> {
        let invited = self.hands.of(seat).is_some_and(|hand| hand.invited);
        if !self.hands.lower(seat) {
            return Vec::new();
        }
        let mut changes = vec![self.hands_change()];
        if invited && Arc::make_mut(&mut self.grants).decide(seat.clone(), None) {
            changes.push(Change::Granted(seat.clone(), None));
        }
        changes
    }

    pub(crate) fn mute_all(&mut self, by: &By) -> Vec<Change> {
        for seat in self.seats.iter_mut().filter(|seat| !seat.role.runs_the_conversation() && !seat.muted) {
            seat.mute(true, Some(by.name.clone()));
        }
        vec![self.roster_change()]
    }

    pub(crate) fn order(
        &mut self,
        by: &By,
        seat: SeatId,
        order: Order,
        now: MediaTime,
    ) -> Result<Vec<Change>, Refusal> {
        self.not_above(by, &seat)?;
        match order {
            Order::BringUp => self.bring_up(seat),
            Order::SendDown => {
                self.seats.named(&seat).ok_or_else(|| Refusal::NotOnStage(seat.clone()))?;
                self.take_down(seat, Grant::Role(Role::Listener))
            }
            Order::Remove => self.take_down(seat, Grant::Removed),
            Order::Ban => self.take_down(seat, Grant::Banned),
            Order::Dismiss => Ok(self.empty(&seat)),
            Order::Pardon => {
                Arc::make_mut(&mut self.grants).decide(seat.clone(), None);
                Ok(vec![Change::Granted(seat, None)])
            }
            Order::Appoint(role) => self.appoint(by, seat, role),
            Order::Mute => {
                let muted = self.seats.named(&seat).ok_or(Refusal::NotOnStage(seat))?;
                if !muted.muted {
                    muted.mute(true, Some(by.name.clone()));
                }
                Ok(vec![self.roster_change()])
            }
            Order::AskToUnmute => {
                let asked = self.seats.named(&seat).ok_or(Refusal::NotOnStage(seat))?;
                asked.asked = asked.muted;
                Ok(vec![self.roster_change()])
            }
            Order::LowerHand => {
                let changes = self.lower_hand(&seat);
                if changes.is_empty() { Err(Refusal::NotRaised(seat)) } else { Ok(changes) }
            }
            Order::PlaceHand(at) => {
                if !self.hands.place(&seat, at) {
                    return Err(Refusal::NotRaised(seat));
                }
                Ok(vec![self.hands_change()])
            }
            Order::GiveTurn(seconds) => {
                let heard = self.seats.named(&seat).filter(|s| s.role.is_heard());
                heard.ok_or_else(|| Refusal::NotOnStage(seat.clone()))?;
                let length = u64::from(seconds.min(limits::TURN_SECONDS_MAX)) * u64::from(SAMPLE_RATE);
                self.turn = Some(Turn { seat, until: now + length });
                Ok(vec![self.roster_change()])
            }
        }
    }

    fn bring_up(&mut self, seat: SeatId) -> Result<Vec<Change>, Refusal> {
        if !self.is_open() {
            return Err(self.wrong_phase("be entered", "lobby, live or held"));
        }
        let hand = self.hands.of(&seat).ok_or_else(|| Refusal::NotRaised(seat.clone()))?;
        hand.invited = true;
        self.decide(seat.clone(), Grant::Role(Role::Speaker))?;
        Ok(vec![Change::Granted(seat, Some(Grant::Role(Role::Speaker))), self.hands_change()])
    }

    fn appoint(&mut self, by: &By, seat: SeatId, role: Role) -> Result<Vec<Change>, Refusal> {
        if role == Role::Host && matches!(by.role, Some(Role::CoHost)) {
            return Err(Refusal::Above(seat));
        }
        self.decide(seat.clone(), Grant::Role(role))?;
        if !role.is_heard() {
            return self.take_down(seat, Grant::Role(role));
        }
        match self.seats.named(&seat) {
            // Who was not heard until now comes back with a line that is.
            Some(on_stage) if !on_stage.role.is_heard() => return self.take_down(seat, Grant::Role(role)),
            Some(on_stage) => on_stage.role = role,
            None => {}
        }
        Ok(vec![Change::Granted(seat, Some(Grant::Role(role))), self.roster_change()])
    }

    /// Off the stage, out of the queue, and decided.
    fn take_down(&mut self, seat: SeatId, grant: Grant) -> Result<Vec<Change>, Refusal> {
        self.decide(seat.clone(), grant)?;
        let mut changes = self.empty(&seat);
        changes.push(Change::Granted(seat, Some(grant)));
        Ok(changes)
    }

    fn empty(&mut self, seat: &SeatId) -> Vec<Change> {
        let mut changes: Vec<_> = self.seats.vacate(seat).map(Change::Dismiss).into_iter().collect();
        let vacated = !changes.is_empty();
        if self.turn.as_ref().is_some_and(|turn| turn.seat == *seat) {
            self.turn = None;
        }
        if self.hands.lower(seat) {
            changes.push(self.hands_change());
        }
        if vacated {
            changes.push(self.roster_change());
        }
        changes
    }

    fn decide(&mut self, seat: SeatId, grant: Grant) -> Result<(), Refusal> {
        if Arc::make_mut(&mut self.grants).decide(seat, Some(grant)) {
            Ok(())
        } else {
            Err(Refusal::GrantsFull(limits::GRANTS_MAX))
        }
    }

    /// A host is decided about by hosts and for the site alone.
    fn not_above(&mut self, by: &By, seat: &SeatId) -> Result<(), Refusal> {
        let here = self.seats.named(seat).map(|seat| seat.role);
        let role = here.or_else(|| self.grants.about(seat)?.role());
        match by.role {
            None | Some(Role::Host) => Ok(()),
            Some(_) if role == Some(Role::Host) => Err(Refusal::Above(seat.clone())),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
