//! How the bearer of a token is recognised.

use hustings_vocab::{Claims, Slug};

/// Why a token was not accepted. Each has one HTTP status and one sentence with the remedy; none repeats the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization: Bearer` header (401).
    #[error("this needs a token: send it as \"Authorization: Bearer TOKEN\"")]
    Missing,
    /// Not a JWT, too long, or with claims that do not parse (401).
    #[error("the token cannot be read: {0}")]
    Malformed(String),
    /// Signed by nobody we know (401).
    #[error("the token was not signed by a key of this server")]
    BadSignature,
    /// `exp` has passed (401).
    #[error("the token has expired; ask for a new link")]
    Expired,
    /// The invitation that it came from was withdrawn (401).
    #[error("the invitation was withdrawn by a host; ask for a new link")]
    Withdrawn,
    /// For another conversation (403).
    #[error("the token is for another conversation, {0}")]
    OtherConversation(Slug),
    /// The role may not do this (403).
    #[error("the token's role does not allow this")]
    RoleNotAllowed,
}

impl TokenError {
    /// The HTTP status of the refusal.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::OtherConversation(_) | Self::RoleNotAllowed => 403,
            _ => 401,
        }
    }
}

/// Checks tokens. Implemented where the keys are.
pub trait TokenCheck: Send + Sync + 'static {
    /// The claims of a token whose signature and times hold now.
    ///
    /// # Errors
    /// [`TokenError`], never [`TokenError::Missing`], [`TokenError::OtherConversation`] or
    /// [`TokenError::RoleNotAllowed`], which are the caller's to find.
    fn check(&self, token: &str) -> Result<Claims, TokenError>;

    /// The claims of an `Authorization` header's token, if it is for `slug`.
    ///
    /// # Errors
    /// [`TokenError`].
    fn check_header(&self, authorization: Option<&str>, slug: &Slug) -> Result<Claims, TokenError> {
        let header = authorization.ok_or(TokenError::Missing)?;
        let (scheme, token) = header.split_once(' ').ok_or(TokenError::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Missing);
        }
        let claims = self.check(token.trim())?;
        if claims.conversation != *slug {
            return Err(TokenError::OtherConversation(claims.conversation));
        }
        Ok(claims)
    }
}
