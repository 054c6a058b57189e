//! Webhooks: addresses of other people's programs that are told what happens, and what became of each message.
//!
//! A webhook belongs to an account, and is then told of the conversations that the account runs, or to the site. Who may see
//! which is the caller's to check: every function names the owner.

use hustings_vocab::{AccountId, Occasion};

use crate::accounts::Told;

/// Whose a webhook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Of an account: it is told of the conversations that the account runs.
    Account(AccountId),
    /// Of the site: it is told of every conversation.
    Site,
}

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub id: String,
    /// Whose it is.
    pub owner: Owner,
    /// Where messages are sent.
    pub url: String,
    /// What it is told of.
    pub occasions: Vec<Occasion>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were dropped, because too many waited.
    pub dropped: u64,
}

/// A webhook to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Whose it is.
    pub owner: Owner,
    /// Where messages are to be sent.
    pub url: String,
    /// What it is told of.
    pub occasions: Vec<Occasion>,
}

/// Where a message is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It waits for its first or its next try.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up.
    Dead,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Dead];

    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// One message to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its name, which is the same in every try.
    pub id: String,
    /// What it tells of.
    pub occasion: Occasion,
    /// What it says, as JSON.
    pub body: String,
    /// Where it is in its life.
    pub fate: Fate,
    /// Tries so far.
    pub tries: u32,
    /// When it was written, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it is tried next, if it waits.
    pub due_ms: Option<u64>,
    /// What the last try came to: a status, or why there is none.
    pub answer: Option<String>,
}

/// The webhooks of a site.
pub trait Webhooks: Send + Sync + 'static {
    /// The webhooks of an owner, oldest first.
    fn list(&self, owner: Owner) -> Told<'_, Vec<Webhook>>;
    /// Makes one; gives the secret that its messages are signed with. `by` is who makes it, as the log names them.
    fn make(&self, new: NewWebhook, by: String) -> Told<'_, (Webhook, String)>;
    /// The one of that name.
    fn find(&self, id: String) -> Told<'_, Webhook>;
    /// Removes it with its messages.
    fn remove(&self, id: String, by: String) -> Told<'_, ()>;
    /// Its messages, newest first.
    fn deliveries(&self, id: String) -> Told<'_, Vec<Delivery>>;
    /// Sends one of its messages again, from the first try.
    fn again(&self, id: String, delivery: String) -> Told<'_, Delivery>;
    /// Sends a message to try it.
    fn test(&self, id: String) -> Told<'_, Delivery>;
}
