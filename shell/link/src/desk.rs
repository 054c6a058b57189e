//! The desk: conversations as records, for the API, the pages and the command line.

use std::future::Future;
use std::pin::Pin;

use hustings_vocab::plan::Plan;
use hustings_vocab::{MediaTime, Phase, Role, SeatId, Slug};
use serde::{Deserialize, Serialize};

use crate::stage::{Commander, StageCommand};

/// What is known of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its name in its address.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it starts, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub starts_ms: Option<u64>,
    /// Wall-clock time of media time 0 in milliseconds since 1970, once the lobby has opened.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub epoch_ms: Option<u64>,
    /// Media time in samples at which it went live first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live_since: Option<MediaTime>,
    /// How it opened, once somebody was heard.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub opening: Option<Opening>,
    /// How many hear it now.
    #[serde(default)]
    pub listening: u64,
    /// What else is announced.
    #[serde(default)]
    pub plan: Plan,
    /// It has not begun, and its host's account is suspended; looked up where one conversation is asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stranded: bool,
}

/// Whether it opened on time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// For when it was announced when it began, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub announced_ms: Option<u64>,
    /// When somebody was first heard, in milliseconds since 1970.
    pub first_speech_ms: u64,
}

/// What is asked of the desk to make a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// Its name in its address.
    pub slug: Slug,
    /// Its title; the slug if absent.
    #[serde(default)]
    pub title: Option<String>,
    /// When it starts, in milliseconds since 1970. Absent: the lobby opens at once.
    #[serde(default)]
    pub starts_ms: Option<u64>,
}

/// What is asked of the desk to issue a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// The role.
    pub role: Role,
    /// The seat; a random one if absent.
    #[serde(default)]
    pub seat: Option<SeatId>,
    /// The name to show.
    #[serde(default)]
    pub name: Option<String>,
    /// Seconds until it ends; 24 hours if absent.
    #[serde(default)]
    pub expires_s: Option<u64>,
}

/// Why the desk said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// There is no such conversation (404).
    #[error("there is no conversation {0}")]
    Unknown(Slug),
    /// There is one of that name already (409).
    #[error("there is already a conversation {0}")]
    Exists(Slug),
    /// The state does not allow it (409).
    #[error("{0}")]
    Conflict(String),
    /// The request cannot be met as it is (422).
    #[error("{0}")]
    Invalid(String),
    /// Something here failed (500); the text is for the log.
    #[error("the records cannot be reached: {0}")]
    Store(String),
}

/// A boxed answer of the desk.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DeskError>> + Send + 'a>>;

/// The desk. Who may ask is the caller's to check.
pub trait Desk: Send + Sync + 'static {
    /// Every conversation that is not over, and those that ended in the last days, next first.
    fn list(&self) -> Answer<'_, Vec<Conversation>>;
    /// One conversation.
    fn find(&self, slug: Slug) -> Answer<'_, Conversation>;
    /// Makes a conversation; without a start its lobby opens at once.
    fn create(&self, new: NewConversation) -> Answer<'_, Conversation>;
    /// Calls it off before it began.
    fn cancel(&self, slug: Slug) -> Answer<'_, Conversation>;
    /// Something that the stage does.
    fn command(&self, slug: Slug, by: Commander, command: StageCommand) -> Answer<'_, Conversation>;
    /// The role now of a seat whose token says `role`: whoever runs a conversation decides over what tokens say. None for
    /// who was banned.
    fn role_of(&self, slug: &Slug, seat: &SeatId, role: Role) -> Option<Role>;
    /// A seat that nobody else has.
    fn draw_seat(&self) -> SeatId;
    /// Issues a token for it.
    fn issue(&self, slug: Slug, new: NewToken) -> Answer<'_, String>;
}
