//! What the API takes, and what it answers a request for a token with.
//!
//! The bodies are parsed strictly: a field that is not known is refused, because a misspelt `starts_ms` would open a lobby
//! at once.

use hustings_link::desk::NewToken;
use hustings_schedule::text;
use hustings_vocab::{Role, SeatId, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;

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

impl TryFrom<IssueToken> for NewToken {
    type Error = Problem;

    fn try_from(asked: IssueToken) -> Result<Self, Problem> {
        let IssueToken { role, seat, name, expires_s } = asked;
        if expires_s.is_some_and(|s| !(1..=limits::TOKEN_EXPIRES_SECONDS_MAX).contains(&s)) {
            let max = limits::TOKEN_EXPIRES_SECONDS_MAX;
            return Err(Problem::unprocessable(format!("expires_s is 1 to {max} seconds")));
        }
        let name = name.map(|n| text::line(&n, 1, limits::NAME_CHARS_MAX)).transpose();
        let name = name.map_err(|e| Problem::unprocessable(format!("name {e}")))?;
        Ok(Self { role, seat, name, expires_s })
    }
}
