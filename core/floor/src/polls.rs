//! Polls: one at a time, one vote a person, closed by a host or by time.

use std::collections::BTreeSet;

use hustings_vocab::floor::{Answer, Poll};
use hustings_vocab::limits;

use crate::command::{NewPoll, PersonId};
use crate::refusal::Refusal;
use crate::text;

#[derive(Debug, Default)]
pub(crate) struct Polls {
    newest: Option<Poll>,
    voters: BTreeSet<PersonId>,
    opened: usize,
    changed: bool,
}

impl Polls {
    /// Checks a new poll and gives it with its texts as they are shown.
    pub(crate) fn may_open(&self, new: &NewPoll, id: u64, now_ms: u64) -> Result<Poll, Refusal> {
        if self.newest.as_ref().is_some_and(|poll| !poll.closed) {
            return Err(Refusal::Closed("a poll is open; close it first"));
        }
        if self.opened >= limits::POLLS_MAX {
            return Err(Refusal::Full("poll"));
        }
        if !(2..=limits::POLL_ANSWERS_MAX).contains(&new.answers.len()) {
            return Err(Refusal::Range("a poll has 2 to 6 answers"));
        }
        if new.seconds.is_some_and(|s| !(1..=limits::POLL_SECONDS_MAX).contains(&s)) {
            return Err(Refusal::Range("a poll is open for 1 to 86400 seconds; leave it out to close it by hand"));
        }
        let answer = |given: &String| {
            let text = text::line("an answer", given, limits::ANSWER_CHARS_MAX)?;
            Ok(Answer { text, votes: 0 })
        };
        let answers = new.answers.iter().map(answer).collect::<Result<Vec<_>, Refusal>>()?;
        let distinct: BTreeSet<_> = answers.iter().map(|answer| text::folded(&answer.text)).collect();
        if distinct.len() < answers.len() {
            return Err(Refusal::Range("two answers are the same; write what tells them apart"));
        }
        let question = text::line("a poll's question", &new.question, limits::QUESTION_CHARS_MAX)?;
        let closes_ms = new.seconds.map(|s| now_ms.saturating_add(s * 1000));
        Ok(Poll { id, question, answers, closes_ms, closed: false })
    }

    pub(crate) fn open(&mut self, poll: Poll) {
        self.newest = Some(poll);
        self.voters.clear();
        self.opened += 1;
        self.changed = true;
    }

    pub(crate) fn may_choose(&self, id: u64, by: PersonId, choice: usize) -> Result<(), Refusal> {
        let poll = self.newest.as_ref().filter(|poll| poll.id == id).ok_or(Refusal::Unknown("poll"))?;
        if poll.closed {
            return Err(Refusal::Closed("the poll is closed"));
        }
        if choice >= poll.answers.len() {
            return Err(Refusal::Unknown("answer"));
        }
        if self.voters.contains(&by) {
            return Err(Refusal::Voted);
        }
        if self.voters.len() >= limits::POLL_VOTERS_MAX {
            return Err(Refusal::Full("vote"));
        }
        Ok(())
    }

    pub(crate) fn choose(&mut self, by: PersonId, choice: usize) {
        self.count_kept(by, choice);
        self.changed = true;
    }

    pub(crate) fn close(&mut self, id: u64) -> Result<(), Refusal> {
        let poll = self.newest.as_mut().filter(|poll| poll.id == id).ok_or(Refusal::Unknown("poll"))?;
        if poll.closed {
            return Err(Refusal::Closed("the poll is closed already"));
        }
        poll.closed = true;
        self.changed = true;
        Ok(())
    }

    /// Closes the poll whose time has come, and gives its number.
    pub(crate) fn close_what_is_due(&mut self, now_ms: u64) -> Option<u64> {
        let poll = self.newest.as_ref().filter(|poll| !poll.closed && poll.closes_ms.is_some_and(|ms| ms <= now_ms))?;
        let id = poll.id;
        self.close(id).ok().map(|()| id)
    }

    pub(crate) const fn now(&self) -> Option<&Poll> {
        self.newest.as_ref()
    }

    /// Takes up what was kept: how many there were, and the newest with its voters.
    pub(crate) fn take_up(&mut self, opened: usize, newest: Option<Poll>) {
        (self.opened, self.newest) = (opened, newest);
    }

    pub(crate) fn count_kept(&mut self, by: PersonId, choice: usize) {
        let Some(answer) = self.newest.as_mut().and_then(|poll| poll.answers.get_mut(choice)) else { return };
        if self.voters.insert(by) {
            answer.votes += 1;
        }
    }

    /// The newest poll, if it changed since this was asked last.
    pub(crate) fn tell(&mut self) -> Option<Poll> {
        if std::mem::replace(&mut self.changed, false) { self.newest.clone() } else { None }
    }
}
