//! What the floor's operations take and give. Bodies are strict: a key that is not known is refused.

use hustings_floor::{NewPoll, Settings};
use hustings_vocab::floor::{FloorNow, FloorRules, Note, QuestionState, Reaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A reaction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct React {
    /// Its kind.
    pub(super) kind: Reaction,
    /// How many it stands for: the `one_in` that the reactions event told, if only one in so many is sent. 1 if absent.
    #[serde(default)]
    pub(super) one_in: Option<u32>,
}

/// A line of the chat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SayLine {
    /// 1 to 500 characters on one line.
    pub(super) text: String,
}

/// What becomes of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HideLine {
    /// Whether it is hidden. Showing a line again lets its author write again.
    pub(super) hidden: bool,
    /// Whether its author may write no more, and all their lines are hidden with it.
    #[serde(default)]
    pub(super) mute: bool,
}

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskQuestion {
    /// 1 to 300 characters on one line.
    pub(super) text: String,
}

/// What becomes of a question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgeQuestion {
    /// The state that it enters.
    pub(super) state: QuestionState,
}

/// A poll to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenPoll {
    /// What is asked, 1 to 300 characters.
    question: String,
    /// Two to six answers of 1 to 100 characters.
    answers: Vec<String>,
    /// Seconds until it closes by itself, 1 to 86400; absent: it is closed by hand.
    #[serde(default)]
    seconds: Option<u64>,
}

/// A vote in a poll.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoosePollAnswer {
    /// The place of the answer; the first is 0.
    pub(super) answer: usize,
}

/// A note to pin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinNote {
    /// 1 to 300 characters; absent or null: what is pinned is taken away.
    #[serde(default)]
    text: Option<String>,
    /// An address that begins with `https://`.
    #[serde(default)]
    link: Option<String>,
}

/// How the audience may take part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetFloor {
    /// Whether lines of the chat are taken; true if absent.
    #[serde(default = "yes")]
    chat: bool,
    /// Seconds between two lines of one person, 0 to 600; 0 if absent.
    #[serde(default)]
    slow_s: u32,
    /// Whether lines and questions may hold links; false if absent.
    #[serde(default)]
    links: bool,
    /// Whether a question is shown only after it was accepted; true if absent.
    #[serde(default = "yes")]
    moderated: bool,
    /// Words that no line may hold, at most 200; none if absent.
    #[serde(default)]
    words: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// What was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taken {
    /// The number of what was made: a line, a question or a poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
}

/// Everything as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FloorView {
    /// What events tell.
    #[serde(flatten)]
    pub(super) now: FloorNow,
    /// The words that are refused, for those who run the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) words: Option<Vec<String>>,
}

impl From<OpenPoll> for NewPoll {
    fn from(OpenPoll { question, answers, seconds }: OpenPoll) -> Self {
        Self { question, answers, seconds }
    }
}

impl From<PinNote> for Option<Note> {
    fn from(PinNote { text, link }: PinNote) -> Self {
        text.map(|text| Note { text, link })
    }
}

impl From<SetFloor> for Settings {
    fn from(SetFloor { chat, slow_s, links, moderated, words }: SetFloor) -> Self {
        Self { rules: FloorRules { chat, slow_s, links, moderated }, words }
    }
}
