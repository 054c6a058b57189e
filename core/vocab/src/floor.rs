//! What the audience is told of taking part: reactions, chat, questions, polls, and what is pinned.
//!
//! Each is told at most once a second, as a sum or a batch, never one by one. Deliberately absent: who reacted or voted, and
//! anything by which one person's lines could be told together except their name.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A kind of reaction. The set is fixed, so that a sum of them is a handful of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reaction {
    /// Well said.
    Applause,
    /// Yes.
    Agree,
    /// No.
    Disagree,
    /// That was funny.
    Laughter,
    /// That is news.
    Surprise,
}

impl Reaction {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Applause, Self::Agree, Self::Disagree, Self::Laughter, Self::Surprise];
}

/// How many reactions of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reacted {
    /// The kind.
    pub kind: Reaction,
    /// How many: counted while `one_in` is 1, else an unbiased estimate.
    pub count: u64,
}

/// The reactions since they were told last: of one second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reactions {
    /// Those kinds of which there were some.
    pub counts: Vec<Reacted>,
    /// From now on a page sends one reaction in so many, drawn by chance, and says so.
    pub one_in: u32,
}

/// One line of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChatLine {
    /// Its number; larger ones came later.
    pub id: u64,
    /// The name of who wrote it.
    pub name: String,
    /// Their role, if they are on stage.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
    /// What they wrote, on one line.
    pub text: String,
}

/// The chat of one second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Chat {
    /// What is shown, oldest first; at most [`crate::limits::CHAT_LINES_PER_SECOND_MAX`].
    pub lines: Vec<ChatLine>,
    /// How many lines there were, shown or not. If it is more than are shown, those were drawn by chance.
    pub offered: u64,
    /// Lines that are no longer shown.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub hidden: Vec<u64>,
}

/// Where a question is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum QuestionState {
    /// Being asked on stage.
    Asked,
    /// Shown, and voted on.
    Accepted,
    /// Waits for those who run the conversation.
    New,
    /// Was answered.
    Answered,
    /// Was put aside; nobody is shown it.
    Dismissed,
}

impl QuestionState {
    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Accepted => "accepted",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::New, Self::Accepted, Self::Asked, Self::Answered, Self::Dismissed].into_iter().find(|s| s.name() == name)
    }
}

/// One question of the audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Question {
    /// Its number.
    pub id: u64,
    /// The name of who asks.
    pub name: String,
    /// What they ask.
    pub text: String,
    /// Where it is.
    pub state: QuestionState,
    /// How many want it asked.
    pub votes: u64,
}

/// The questions at the top, after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Questions {
    /// The one being asked first, then those with most votes; at most [`crate::limits::QUESTIONS_TOLD_MAX`].
    pub questions: Vec<Question>,
}

/// One answer of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer {
    /// What it says.
    pub text: String,
    /// How many chose it.
    pub votes: u64,
}

/// A poll, with its sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Poll {
    /// Its number.
    pub id: u64,
    /// What is asked.
    pub question: String,
    /// Two to six answers.
    pub answers: Vec<Answer>,
    /// When it closes by itself, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub closes_ms: Option<u64>,
    /// Whether it is closed: its sums are final.
    pub closed: bool,
}

/// A note above everything, with or without a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Where it leads: an address with https.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
}

/// What is pinned now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pinned {
    /// The note; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Note>,
}

/// How the audience may take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FloorRules {
    /// Whether lines of the chat are taken.
    pub chat: bool,
    /// Seconds between two lines of one person; 0 is no slow mode.
    pub slow_s: u32,
    /// Whether lines and questions may hold links.
    pub links: bool,
    /// Whether a question is shown only after it was accepted.
    pub moderated: bool,
}

impl Default for FloorRules {
    fn default() -> Self {
        Self { chat: true, slow_s: 0, links: false, moderated: true }
    }
}

/// All that a newcomer must know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FloorNow {
    /// How they may take part.
    pub rules: FloorRules,
    /// What is pinned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Note>,
    /// The newest poll.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub poll: Option<Poll>,
    /// The questions at the top.
    pub questions: Vec<Question>,
    /// The last lines, oldest first; at most [`crate::limits::CHAT_LINES_IN_SNAPSHOT_MAX`] in a snapshot.
    pub lines: Vec<ChatLine>,
    /// A page sends one reaction in so many.
    pub one_in: u32,
}
