//! What is announced of a conversation beside its title and its start.
//!
//! Texts are cleaned where they come in (`core/schedule`, `text`); here they are only carried. Absent: where it is in its
//! life, which is [`crate::Phase`].

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// Who may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Listed on the first page and in the calendar feed.
    #[default]
    Public,
    /// Not listed; whoever has the address comes in.
    Unlisted,
    /// Not listed, and answered as if it were not there to whoever has neither a token nor a role in it.
    Invited,
}

impl Visibility {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Unlisted, Self::Invited];

    /// Its name, as it is written everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Invited => "invited",
        }
    }
}

/// How often a conversation comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Every week on the same weekday.
    Week,
    /// Every second week on the same weekday.
    TwoWeeks,
    /// Every month on the same weekday of it, such as the first Tuesday; a fifth one is the last.
    Month,
}

/// Somebody who is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// Their name, 1 to 80 characters.
    pub name: String,
    /// Who they work or speak for, at most 200 characters; empty if nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub affiliation: String,
    /// What of theirs the audience should know of, at most 200 characters; empty if nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub interests: String,
}

/// A cover picture, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cover {
    /// Tells one picture from the next: 16 hexadecimal digits.
    pub tag: String,
    /// Pixels from left to right of the larger size.
    pub width: u32,
    /// Pixels from top to bottom of the larger size.
    pub height: u32,
}

/// What is announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Plain text with line breaks.
    #[serde(default)]
    pub description: String,
    /// The language that is spoken (BCP 47).
    #[serde(default)]
    pub language: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who is announced.
    #[serde(default)]
    pub guests: Vec<Guest>,
    /// The host's time zone (an IANA name), in which its start is meant.
    #[serde(default)]
    pub zone: Option<String>,
    /// How long it is planned to be, in minutes.
    #[serde(default)]
    pub length_min: Option<u32>,
    /// The picture that stands for it.
    #[serde(default)]
    pub cover: Option<Cover>,
    /// Who may come.
    #[serde(default)]
    pub visibility: Visibility,
    /// Counts the edits from 1 on.
    #[serde(default)]
    pub version: u64,
    /// When it was to start before it was moved, in milliseconds since 1970.
    #[serde(default)]
    pub moved_from_ms: Option<u64>,
    /// Why it begins later, in the host's own words; empty if nothing is said.
    #[serde(default)]
    pub delay: String,
    /// Why it was called off.
    #[serde(default)]
    pub reason: String,
    /// The series that it belongs to.
    #[serde(default)]
    pub series: Option<String>,
    /// It is a room: it opens when a host opens it, and closes and opens again for as long as it is wanted.
    #[serde(default)]
    pub stays: bool,
    /// The account that made it.
    #[serde(default)]
    pub created_by: Option<AccountId>,
    /// When it was last edited, in milliseconds since 1970.
    #[serde(default)]
    pub changed_ms: u64,
}
