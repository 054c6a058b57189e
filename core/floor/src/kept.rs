//! What was written down of a floor, to take it up where it was.

use hustings_vocab::floor::{ChatLine, Note, Poll, Question, QuestionState};
use hustings_vocab::limits;

use crate::chat::Written;
use crate::command::{PersonId, Settings};
use crate::floor::Floor;

/// A question as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptQuestion {
    /// Its number.
    pub id: u64,
    /// Who asked.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Where it is.
    pub state: QuestionState,
}

/// A poll as it was written down, without its sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPoll {
    /// The poll; its sums are counted anew.
    pub poll: Poll,
}

/// A vote as it was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptVote {
    /// For what.
    pub item: u64,
    /// By whom.
    pub person: PersonId,
    /// For which answer.
    pub choice: usize,
}

/// All that was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The last lines that are not hidden, oldest first.
    pub lines: Vec<(ChatLine, PersonId)>,
    /// Every question.
    pub questions: Vec<KeptQuestion>,
    /// The newest poll.
    pub poll: Option<KeptPoll>,
    /// How many polls there were.
    pub polls: usize,
    /// The votes for the questions and for the newest poll.
    pub votes: Vec<KeptVote>,
    /// Who may not write.
    pub muted: Vec<PersonId>,
    /// What is pinned.
    pub note: Option<Note>,
    /// How the audience may take part.
    pub settings: Option<Settings>,
}

impl Floor {
    /// A floor that goes on where it was.
    #[must_use]
    pub fn take_up(kept: Kept) -> Self {
        let mut floor = Self::default();
        let last = kept.lines.iter().map(|(line, _)| line.id);
        let last = last.chain(kept.questions.iter().map(|q| q.id)).chain(kept.poll.iter().map(|p| p.poll.id));
        floor.number = last.max().unwrap_or_default();
        let skip = kept.lines.len().saturating_sub(limits::CHAT_LINES_KEPT_MAX);
        for (line, by) in kept.lines.into_iter().skip(skip) {
            floor.lines.keep(Written { line, by, hidden: false });
        }
        floor.lines.muted.extend(kept.muted);
        for KeptQuestion { id, person, name, text, state } in kept.questions {
            floor.questions.ask(Question { id, name, text, state, votes: 0 }, person);
        }
        let poll = kept.poll.map(|KeptPoll { mut poll }| {
            poll.answers.iter_mut().for_each(|answer| answer.votes = 0);
            poll
        });
        let newest = poll.as_ref().map(|poll| poll.id);
        floor.polls.take_up(kept.polls, poll);
        for vote in kept.votes {
            if Some(vote.item) == newest {
                floor.polls.count_kept(vote.person, vote.choice);
            } else {
                floor.questions.vote(vote.item, vote.person);
            }
        }
        floor.note = kept.note;
        floor.settings = kept.settings.unwrap_or_default();
        floor.fresh = true;
        floor
    }
}
