//! What is asked of a floor, by whom, and what follows from it.

use hustings_vocab::Role;
use hustings_vocab::floor::{ChatLine, FloorRules, Note, QuestionState, Reaction};

/// Somebody, told apart from others and the same after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonId(pub u64);

impl PersonId {
    /// The number of an account or a seat (FNV-1a of its name). Two of them that meet share one vote: with a million people
    /// that happens once in 40 million conversations.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The person.
    pub person: PersonId,
    /// A number for the address that they come from; another one after each start.
    pub source: u64,
    /// The name to show.
    pub name: String,
    /// Their role here.
    pub role: Role,
    /// Whether they look after the conversation.
    pub runs: bool,
}

/// What a host decides of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What everybody is told.
    pub rules: FloorRules,
    /// Words that no line may hold, in small letters.
    pub words: Vec<String>,
}

/// A poll to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPoll {
    /// What is asked.
    pub question: String,
    /// Two to six answers.
    pub answers: Vec<String>,
    /// Seconds until it closes by itself.
    pub seconds: Option<u64>,
}

/// What is asked of a floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A reaction that stands for `one_in` of them.
    React(Reaction, u32),
    /// A line of the chat.
    Say(String),
    /// A question.
    Ask(String),
    /// A vote for a question.
    Want(u64),
    /// A question enters a state (runs).
    Judge(u64, QuestionState),
    /// A poll opens (runs).
    Poll(NewPoll),
    /// A vote for an answer of a poll, by its place.
    Choose(u64, usize),
    /// A poll closes (runs).
    Close(u64),
    /// A note is pinned, or taken away (runs).
    Pin(Option<Note>),
    /// A line is hidden or shown again, and its author muted or heard again (runs).
    Hide {
        /// Which line.
        line: u64,
        /// Whether it is hidden.
        hidden: bool,
        /// Whether its author may write no more.
        mute: bool,
    },
    /// How the audience may take part (runs).
    Set(Settings),
}

/// What changed: what is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A line was taken; it has this number. Not written down: a line is when it is drawn.
    Offered(u64),
    /// A line is one of those that are drawn, to be shown.
    Said(ChatLine, PersonId),
    /// A line that was drawn is not shown after all: others were, of more than can be read.
    Dropped(u64),
    /// A line is hidden, or shown again.
    Hid(u64, bool),
    /// Somebody is muted, or heard again.
    Muted(PersonId, bool),
    /// A question is asked.
    Asked {
        /// Its number.
        id: u64,
        /// By whom.
        person: PersonId,
        /// Their name.
        name: String,
        /// What it says.
        text: String,
    },
    /// A question entered a state.
    Judged(u64, QuestionState),
    /// A poll opened.
    Polled {
        /// Its number.
        id: u64,
        /// What is asked.
        question: String,
        /// Its answers.
        answers: Vec<String>,
        /// When it closes by itself.
        closes_ms: Option<u64>,
    },
    /// A poll closed.
    Closed(u64),
    /// Somebody voted for a question (choice 0) or for an answer of a poll.
    Voted {
        /// The question's or the poll's number.
        item: u64,
        /// Who.
        person: PersonId,
        /// The answer's place.
        choice: usize,
    },
    /// A note is pinned, or taken away.
    Pinned(Option<Note>),
    /// How the audience may take part.
    Settled(Settings),
}

impl Change {
    /// The number of what was made.
    #[must_use]
    pub const fn id(&self) -> Option<u64> {
        match self {
            Self::Offered(id) | Self::Asked { id, .. } | Self::Polled { id, .. } => Some(*id),
            _ => None,
        }
    }
}
