//! What those who run a conversation have decided about single seats, over what the seats' tokens say.
//!
//! A token is a statement of its time; a grant is the newest word, so it wins. Grants outlive the process: the records keep
//! them, and a stage that opens again is given them.

use std::collections::BTreeMap;

use hustings_vocab::{Role, SeatId, limits};

use crate::stage::Refusal;

/// A decision about one seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// They have this role.
    Role(Role),
    /// They listen, and may not ask to speak.
    Removed,
    /// Their tokens hold no more in this conversation.
    Banned,
}

impl Grant {
    /// Its name in records and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role(Role::Host) => "host",
            Self::Role(Role::CoHost) => "cohost",
            Self::Role(Role::Speaker) => "speaker",
            Self::Role(Role::Producer) => "producer",
            Self::Role(Role::Listener) => "listener",
            Self::Removed => "removed",
            Self::Banned => "banned",
        }
    }

    /// The grant of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let roles = [Role::Host, Role::CoHost, Role::Speaker, Role::Producer, Role::Listener].map(Self::Role);
        roles.into_iter().chain([Self::Removed, Self::Banned]).find(|grant| grant.name() == name)
    }

    /// The role that it leaves somebody with; none for who is banned.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Role(role) => Some(role),
            Self::Removed => Some(Role::Listener),
            Self::Banned => None,
        }
    }
}

/// The door of a stage: who comes in, and in which role.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// What was decided.
    pub grants: &'a Grants,
    /// Nobody else may come.
    pub locked: bool,
    /// Seats that are taken by those who are heard.
    pub seats: usize,
    /// Seats that there are for those who are heard.
    pub speakers: usize,
    /// Seats that are taken by producers.
    pub producers: usize,
    /// Whoever knocks has one of them, and comes back with another line.
    pub returns: bool,
}

impl Door<'_> {
    /// The role in which a seat whose token says `role` comes on stage.
    ///
    /// # Errors
    /// [`Refusal::Removed`], [`Refusal::NotHeard`], [`Refusal::Locked`], [`Refusal::Full`].
    pub fn admits(self, seat: &SeatId, role: Role) -> Result<Role, Refusal> {
        let granted = self.grants.about(seat);
        let role = self.grants.role(seat, role).ok_or(Refusal::Removed)?;
        if !role.is_on_stage() {
            return Err(if granted == Some(Grant::Removed) { Refusal::Removed } else { Refusal::NotHeard });
        }
        // A lock is about who is heard: a producer looks after those who are there.
        let expected = self.returns || role.runs_the_conversation() || !role.is_heard() || granted.is_some();
        if self.locked && !expected {
            return Err(Refusal::Locked);
        }
        let (taken, most) = if role.is_heard() {
            (self.seats, self.speakers)
        } else {
            (self.producers, limits::PRODUCERS_PER_CONVERSATION_MAX)
        };
        if !self.returns && taken >= most {
            return Err(Refusal::Full(taken));
        }
        Ok(role)
    }
}

/// All decisions of one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants(BTreeMap<SeatId, Grant>);

impl Grants {
    /// Those that were decided before, as many as there may be.
    #[must_use]
    pub fn of(decided: impl IntoIterator<Item = (SeatId, Grant)>) -> Self {
        Self(decided.into_iter().take(limits::GRANTS_MAX).collect())
    }

    /// What was decided about a seat.
    #[must_use]
    pub fn about(&self, seat: &SeatId) -> Option<Grant> {
        self.0.get(seat).copied()
    }

    /// The role of a seat whose token says `role`; none for who is banned.
    #[must_use]
    pub fn role(&self, seat: &SeatId, role: Role) -> Option<Role> {
        self.about(seat).map_or(Some(role), Grant::role)
    }

    /// Decides; `None` lets the token speak again. `false` if there is no room for another decision.
    pub(crate) fn decide(&mut self, seat: SeatId, grant: Option<Grant>) -> bool {
        match grant {
            None => {
                self.0.remove(&seat);
                true
            }
            Some(_) if self.0.len() >= limits::GRANTS_MAX && !self.0.contains_key(&seat) => false,
            Some(grant) => {
                self.0.insert(seat, grant);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grant_comes_back_from_its_name() {
        for name in ["host", "cohost", "speaker", "producer", "listener", "removed", "banned"] {
            assert_eq!(Grant::named(name).unwrap().name(), name);
        }
        assert_eq!(Grant::named("emperor"), None);
    }

    #[test]
    fn the_newest_word_wins_over_the_token() {
        let (ada, bo): (SeatId, SeatId) = ("ada".parse().unwrap(), "bo".parse().unwrap());
        let mut grants = Grants::of([(ada.clone(), Grant::Role(Role::Speaker))]);
        assert_eq!(grants.role(&ada, Role::Listener), Some(Role::Speaker));
        assert_eq!(grants.role(&bo, Role::Host), Some(Role::Host));
        assert!(grants.decide(ada.clone(), Some(Grant::Banned)));
        assert_eq!(grants.role(&ada, Role::Host), None);
        assert!(grants.decide(ada.clone(), None));
        assert_eq!(grants.role(&ada, Role::Listener), Some(Role::Listener));
    }
}
