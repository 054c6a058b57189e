//! What the API takes, and what it answers a request for a token with.
//!
//! The bodies are parsed strictly: a field that is not known is refused, because a misspelt `starts_ms` would open a lobby
//! at once.

use hustings_link::desk::{NewConversation, NewToken};
use hustings_vocab::{Role, SeatId, Slug, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;

/// The last millisecond of the year 9999, beyond which dates have no common form.
const STARTS_MS_MAX: u64 = 253_402_300_799_999;

/// A conversation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateConversation {
    /// Its name in its address: 1 to 64 of `a-z`, `0-9` and `-`.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
    slug: Slug,
    /// Its title, 1 to 200 characters; the slug if absent.
    #[serde(default)]
    title: Option<String>,
    /// When it starts, in milliseconds since 1970. Absent: the lobby opens at once.
    #[serde(default)]
    starts_ms: Option<u64>,
}

/// A token to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueToken {
    /// The role.
    role: Role,
    /// The seat, the same person whatever device they come from: 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_` and `.`; a
    /// random one if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    seat: Option<SeatId>,
    /// The name to show, 1 to 80 characters.
    #[serde(default)]
    name: Option<String>,
    /// Seconds until it ends; 24 hours if absent.
    #[serde(default)]
    expires_s: Option<u64>,
}

/// A token, and the link that carries it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssuedToken {
    /// The token.
    pub(crate) token: String,
    /// The page of the conversation, with the token in the fragment.
    pub(crate) link: String,
}

impl TryFrom<CreateConversation> for NewConversation {
    type Error = Problem;

    fn try_from(asked: CreateConversation) -> Result<Self, Problem> {
        let CreateConversation { slug, title, starts_ms } = asked;
        if starts_ms.is_some_and(|ms| ms > STARTS_MS_MAX) {
            return Err(Problem::unprocessable("starts_ms is milliseconds since 1970, at most the year 9999"));
        }
        Ok(Self { slug, title: line("title", title, limits::TITLE_CHARS_MAX)?, starts_ms })
    }
}

impl TryFrom<IssueToken> for NewToken {
    type Error = Problem;

    fn try_from(asked: IssueToken) -> Result<Self, Problem> {
        let IssueToken { role, seat, name, expires_s } = asked;
        if expires_s.is_some_and(|s| !(1..=limits::TOKEN_EXPIRES_SECONDS_MAX).contains(&s)) {
            let max = limits::TOKEN_EXPIRES_SECONDS_MAX;
            return Err(Problem::unprocessable(format!("expires_s is 1 to {max} seconds")));
        }
        Ok(Self { role, seat, name: line("name", name, limits::NAME_CHARS_MAX)?, expires_s })
    }
}

/// A text that can be shown on one line, without the spaces around it.
pub(crate) fn line(field: &str, text: Option<String>, chars_max: usize) -> Result<Option<String>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim();
    let chars = text.chars().count();
    if !(1..=chars_max).contains(&chars) {
        return Err(Problem::unprocessable(format!("{field} has 1 to {chars_max} characters, this has {chars}")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::unprocessable(format!("{field} holds a control character; write it on one line")));
    }
    Ok(Some(text.to_owned()))
}
