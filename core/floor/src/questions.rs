//! Questions: asked, accepted, voted on, asked on stage, answered or put aside.

use std::collections::{BTreeMap, BTreeSet};

use hustings_vocab::floor::{Question, QuestionState};
use hustings_vocab::limits;

use crate::command::PersonId;
use crate::refusal::Refusal;

/// Questions of one person that wait to be accepted.
const WAITING_PER_PERSON_MAX: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    all: BTreeMap<u64, (Question, PersonId)>,
    votes: BTreeSet<(u64, PersonId)>,
    changed: bool,
}

impl Queue {
    pub(crate) fn may_ask(&self, by: PersonId) -> Result<(), Refusal> {
        if self.all.len() >= limits::QUESTIONS_MAX && self.put_aside().is_none() {
            return Err(Refusal::Full("question"));
        }
        let waiting = self.all.values().filter(|(q, person)| *person == by && q.state == QuestionState::New);
        if waiting.count() >= WAITING_PER_PERSON_MAX {
            return Err(Refusal::Closed("three of your questions wait already; ask again when one was looked at"));
        }
        Ok(())
    }

    /// A question; one that was put aside makes room for it.
    pub(crate) fn ask(&mut self, question: Question, by: PersonId) {
        if self.all.len() >= limits::QUESTIONS_MAX
            && let Some(oldest) = self.put_aside()
        {
            self.all.remove(&oldest);
        }
        self.all.insert(question.id, (question, by));
        self.changed = true;
    }

    /// The oldest question that nobody is shown any more.
    fn put_aside(&self) -> Option<u64> {
        self.all.values().map(|(q, _)| q).find(|q| q.state == QuestionState::Dismissed).map(|q| q.id)
    }

    pub(crate) fn may_vote(&self, id: u64, by: PersonId, moderated: bool) -> Result<(), Refusal> {
        let (question, _) = self.all.get(&id).ok_or(Refusal::Unknown("question"))?;
        match question.state {
            QuestionState::New if moderated => Err(Refusal::Unknown("question")),
            QuestionState::Dismissed => Err(Refusal::Unknown("question")),
            QuestionState::Answered => Err(Refusal::Closed("the question was answered")),
            _ if self.votes.contains(&(id, by)) => Err(Refusal::Voted),
            _ if self.votes.len() >= limits::QUESTION_VOTES_MAX => Err(Refusal::Full("vote")),
            _ => Ok(()),
        }
    }

    pub(crate) fn vote(&mut self, id: u64, by: PersonId) {
        if let Some((question, _)) = self.all.get_mut(&id)
            && self.votes.insert((id, by))
        {
            question.votes += 1;
            self.changed = true;
        }
    }

    pub(crate) fn judge(&mut self, id: u64, state: QuestionState) -> Result<(), Refusal> {
        let (question, _) = self.all.get_mut(&id).ok_or(Refusal::Unknown("question"))?;
        question.state = state;
        self.changed = true;
        Ok(())
    }

    pub(crate) const fn touch(&mut self) {
        self.changed = true;
    }

    /// Whether something changed since this was asked last.
    pub(crate) const fn news(&mut self) -> bool {
        std::mem::replace(&mut self.changed, false)
    }

    /// The questions at the top: those that the audience is shown, or all of them for those who look after them.
    pub(crate) fn top(&self, moderated: bool, all: bool, max: usize) -> Vec<Question> {
        let shown = |q: &&Question| {
            all || match q.state {
                QuestionState::New => !moderated,
                QuestionState::Dismissed => false,
                _ => true,
            }
        };
        let mut found: Vec<_> = self.all.values().map(|(q, _)| q).filter(shown).collect();
        // The newest of equal votes last, so that being early is worth something.
        found.sort_by_key(|q| (q.state, std::cmp::Reverse(q.votes), q.id));
        found.into_iter().take(max).cloned().collect()
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &Question> {
        self.all.values().map(|(q, _)| q)
    }
}
