//! Plans: announcing, editing, moving and calling off conversations, and inviting people to them by link.
//!
//! It is the desk's other half, for those who plan. Who may ask is the caller's to check, and texts come cleaned.

use std::future::Future;
use std::pin::Pin;

use hustings_schedule::edit::Edit;
use hustings_vocab::plan::Plan;
use hustings_vocab::{AccountId, Role, SeatId, Slug};

use crate::desk::{Answer, Conversation, DeskError};

/// A conversation to announce.
#[derive(Debug, Clone, Default)]
pub struct NewPlan {
    /// Its name in its address; made of the title if absent.
    pub slug: Option<Slug>,
    /// Its title; the slug if absent.
    pub title: Option<String>,
    /// When it starts. Absent: the lobby opens at once, or, for a room, when somebody opens it.
    pub starts_ms: Option<u64>,
    /// Where it comes again: the day and the moment of each occurrence, the first included.
    pub repeats: Vec<(String, u64)>,
    /// The rest.
    pub plan: Plan,
    /// What tells a request that comes twice, with who asked in it.
    pub key: Option<String>,
}

/// An invitation, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its name.
    pub id: String,
    /// What it makes of whoever accepts it.
    pub role: Role,
    /// What the host calls it.
    pub label: String,
    /// The name of whom it is for; empty if they say it themselves.
    pub name: String,
    /// People who may accept it; 1 is a guest's own, whatever device they use; `None` is as many as come.
    pub uses_max: Option<u32>,
    /// People who have accepted it.
    pub uses: u32,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Option<u64>,
    /// When it was withdrawn.
    pub revoked_ms: Option<u64>,
    /// When it was made.
    pub created_ms: u64,
}

/// An invitation to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// The role.
    pub role: Role,
    /// What the host calls it; may be empty.
    pub label: String,
    /// The name of whom it is for; may be empty.
    pub name: String,
    /// People who may accept it; `None` is as many as come.
    pub uses_max: Option<u32>,
    /// Seconds until it ends; `None` is with the conversation.
    pub expires_s: Option<u64>,
    /// Where the link is sent, beside being told to who makes it.
    pub email: Option<String>,
    /// Who makes it, as the log of acts calls them.
    pub by: String,
}

/// What a guest gets for an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The token.
    pub token: String,
    /// Their seat, the same on every device.
    pub seat: SeatId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// Why a plan was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// As the desk says.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Somebody else was quicker (412); this is how it is now.
    #[error("somebody changed it in the meantime, so nothing was saved: look at what it is now and change it again")]
    Stale(Box<Conversation>),
}

/// Why an invitation was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// As the desk says.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// No invitation has this secret (404).
    #[error("there is no such invitation; is the link complete?")]
    NoSuch,
    /// It is over (410).
    #[error("{0}")]
    Over(&'static str),
    /// Nobody has said what the guest is called (422).
    #[error("say your name: it is shown beside what you say")]
    Nameless,
}

/// A boxed answer with an error of its own.
pub type Boxed<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Plans and invitations.
pub trait Plans: Send + Sync + 'static {
    /// What is public: what is on, what comes, what was.
    fn public(&self) -> Answer<'_, Vec<Conversation>>;
    /// What an account made, newest first, after the one that is named.
    fn planned_by(&self, account: AccountId, after: Option<Slug>) -> Answer<'_, Vec<Conversation>>;
    /// Announces one, or the first of several; a request whose key was used is answered with what that made.
    fn plan(&self, new: NewPlan) -> Answer<'_, Conversation>;
    /// Edits it if it is still at `version`; with `following` also those of its series that come after it.
    fn edit(&self, slug: Slug, version: u64, edit: Edit, following: bool) -> Boxed<'_, Conversation, PlanError>;
    /// Calls it off before it began, if it is still at `version` where one is given.
    fn call_off(
        &self,
        slug: Slug,
        version: Option<u64>,
        reason: String,
        following: bool,
    ) -> Boxed<'_, Conversation, PlanError>;
    /// Opens the doors now.
    fn open_now(&self, slug: Slug) -> Answer<'_, Conversation>;
    /// Makes an account the host of what it has made.
    fn own(&self, slug: Slug, account: AccountId) -> Answer<'_, ()>;
    /// Every invitation of a conversation, newest first.
    fn invitations(&self, slug: Slug) -> Answer<'_, Vec<Invitation>>;
    /// Makes one. The secret is said once and never kept.
    fn invite(&self, slug: Slug, new: NewInvitation) -> Answer<'_, (Invitation, String)>;
    /// Withdraws one: it stops working at once, and so does what it gave.
    fn withdraw(&self, slug: Slug, id: String) -> Boxed<'_, Invitation, InviteError>;
    /// Accepts one.
    fn accept(&self, slug: Slug, secret: String, name: Option<String>) -> Boxed<'_, Accepted, InviteError>;
}
