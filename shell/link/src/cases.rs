//! Cases: the door to reports, to what moderators do about them, and to the appeals of those concerned.
//!
//! Implemented where the records and the last minutes are. Who may ask is the caller's to check, but for what only the case
//! knows: that nobody rules on their own account, and that an appeal is decided by somebody else where there is somebody.

use std::future::Future;
use std::pin::Pin;

use hustings_cases::{Category, Decision, State};
use hustings_vocab::{AccountId, SeatId, Slug};
use serde::{Deserialize, Serialize};

use crate::accounts::Actor;

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Somebody on stage.
    Speaker(SeatId),
    /// A line of the chat.
    Line(u64),
    /// All of it.
    Conversation,
}

impl Subject {
    /// Its kind and its key, as records have them.
    #[must_use]
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Speaker(seat) => ("speaker", seat.to_string()),
            Self::Line(id) => ("message", id.to_string()),
            Self::Conversation => ("conversation", String::new()),
        }
    }

    /// What records say.
    #[must_use]
    pub fn of(kind: &str, key: &str) -> Option<Self> {
        match kind {
            "speaker" => key.parse().ok().map(Self::Speaker),
            "message" => key.parse().ok().map(Self::Line),
            "conversation" => Some(Self::Conversation),
            _ => None,
        }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In which conversation.
    pub slug: Slug,
    /// About what.
    pub subject: Subject,
    /// What kind of wrong.
    pub category: Category,
    /// In words; may be empty.
    pub said: String,
    /// When what they heard was spoken, in milliseconds since 1970.
    pub heard_ms: Option<u64>,
    /// Who reports: an account or a seat, as the log names them; `None` is somebody who has neither.
    pub reporter: Option<String>,
    /// The number of their address in this process.
    pub source: u64,
}

/// One speaker's part of a pinned minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedTrack {
    /// Whose.
    pub seat: SeatId,
    /// The name that was shown.
    pub name: String,
}

/// A pinned minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// Its beginning, in milliseconds since 1970.
    pub from_ms: u64,
    /// Its end.
    pub until_ms: u64,
    /// Those who were heard in it.
    pub tracks: Vec<PinnedTrack>,
}

/// What was ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What.
    pub decision: Decision,
    /// Where it is said to hold: codes of countries; empty is everywhere.
    pub territory: Vec<String>,
    /// For how many days; `None` is for ever.
    pub days: Option<u32>,
    /// Why, for the record.
    pub reasons: String,
    /// What the person is told.
    pub statement: String,
}

/// A ruling that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// What.
    pub ruling: Ruling,
    /// By whom, as the log names them.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// When it ceases to hold.
    pub ends_ms: Option<u64>,
    /// Until when it can be appealed.
    pub appeal_until_ms: u64,
}

/// What became of an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The ruling stands.
    pub upheld: bool,
    /// Why.
    pub reasons: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at_ms: u64,
    /// It was whoever had ruled, because there was nobody else.
    pub alone: bool,
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// In the words of the person concerned.
    pub text: String,
    /// When it was made.
    pub at_ms: u64,
    /// What became of it.
    pub verdict: Option<Verdict>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// In which conversation.
    pub slug: Slug,
    /// About what.
    pub subject: Subject,
    /// The name that was shown of whoever it is about.
    pub name: String,
    /// Their account, if they have one.
    pub account: Option<AccountId>,
    /// The text of the message.
    pub text: String,
    /// The moment that it began with, in milliseconds since 1970.
    pub moment_ms: u64,
    /// The most urgent of what was reported.
    pub category: Category,
    /// How many reported it: never by itself a reason.
    pub reports: u64,
    /// Where it is.
    pub state: State,
    /// When it was opened.
    pub opened_ms: u64,
    /// What is kept of the moment; `None` where nothing was said, or when it was deleted.
    pub pinned: Option<Pinned>,
    /// When the pinned minute was deleted.
    pub unpinned_ms: Option<u64>,
    /// What was done at once, the oldest first.
    pub deeds: Vec<Done>,
    /// What was ruled.
    pub ruled: Option<Ruled>,
    /// What the person concerned says to it.
    pub appeal: Option<Appeal>,
}

/// One report of a case, as moderators read it: not who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// What kind of wrong.
    pub category: Category,
    /// In words; may be empty.
    pub said: String,
    /// When.
    pub at_ms: u64,
}

/// What a moderator does at once, before anything is ruled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Off the stage.
    Remove,
    /// The message is hidden.
    Hide,
    /// The account is told.
    Warn,
    /// The account may do nothing.
    Suspend,
}

impl Deed {
    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Hide => "hide",
            Self::Warn => "warn",
            Self::Suspend => "suspend",
        }
    }
}

/// What was done at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What.
    pub deed: Deed,
    /// By whom, as the log names them.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// In words that the person may read.
    pub reason: String,
}

/// Which cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that wait: for a ruling, or for somebody to decide their appeal.
    Waiting,
    /// Those in which something was ruled, the latest first.
    Settled,
}

/// Who is concerned by a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concerned {
    /// Whoever is signed in.
    Account(AccountId),
    /// Whoever has the case's link.
    Secret(String),
}

/// Why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CasesError {
    /// There is no such thing (404).
    #[error("there is no {0}")]
    Unknown(String),
    /// The state does not allow it (409).
    #[error("{0}")]
    Conflict(String),
    /// The request cannot be met as it is (422).
    #[error("{0}")]
    Invalid(String),
    /// Too many were made from here (429).
    #[error("many reports came from here; the next is taken in {0} s")]
    Slow(u64),
    /// Something here failed (500); the text is for the log.
    #[error("the records cannot be reached: {0}")]
    Store(String),
}

/// A boxed answer.
pub type Settled<'a, T> = Pin<Box<dyn Future<Output = Result<T, CasesError>> + Send + 'a>>;

/// The cases of a site.
pub trait Cases: Send + Sync + 'static {
    /// Takes a report, and pins its minute before it answers.
    fn report(&self, report: Report) -> Settled<'_, ()>;
    /// A page of cases: by urgency and age while they wait.
    fn list(&self, wanted: Wanted, offset: u64) -> Settled<'_, Vec<Case>>;
    /// One case, with what was reported, and whether somebody else could decide its appeal.
    fn find(&self, id: String) -> Settled<'_, (Case, Vec<Reported>)>;
    /// One track of its pinned minute as Ogg Opus. That it was heard stands in the log.
    fn track(&self, id: String, number: usize, by: Actor) -> Settled<'_, Vec<u8>>;
    /// Acts at once.
    fn act(&self, id: String, deed: Deed, by: Actor) -> Settled<'_, Case>;
    /// Rules. Gives a secret by which the person concerned can read the ruling and appeal without an account.
    fn rule(&self, id: String, ruling: Ruling, by: Actor) -> Settled<'_, (Case, String)>;
    /// Decides an appeal; whoever ruled may only where nobody else can.
    fn decide(&self, id: String, upheld: bool, by: Actor) -> Settled<'_, Case>;
    /// What was ruled, and of what was warned, about somebody.
    fn concerning(&self, who: Concerned) -> Settled<'_, Vec<Case>>;
    /// Appeals.
    fn appeal(&self, who: Concerned, id: String, text: String) -> Settled<'_, Case>;
    /// Names whose lines an account does not want to see.
    fn blocked(&self, account: AccountId) -> Settled<'_, Vec<String>>;
    /// Sets them, all of them.
    fn block(&self, account: AccountId, names: Vec<String>) -> Settled<'_, ()>;
}
