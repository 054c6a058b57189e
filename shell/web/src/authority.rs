//! Who asks, and what that allows.
//!
//! Over the control socket comes the user who runs the server, and may do everything. Everybody else shows a token, which
//! is for one conversation and one role. There are no cookies: what a browser sends by itself grants nothing.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use hustings_link::peer::Peer;
use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::{Claims, Role, Slug};

use crate::problem::Problem;

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    operator: bool,
    authorization: Option<String>,
}

impl Caller {
    /// Whoever may run this conversation: the operator (`None`), or the host.
    pub(crate) fn runs(&self, tokens: &dyn TokenCheck, slug: &Slug) -> Result<Option<Claims>, Problem> {
        if self.operator && self.authorization.is_none() {
            return Ok(None);
        }
        let claims = self.bearer(tokens, slug)?;
        if claims.role.runs_the_conversation() { Ok(Some(claims)) } else { Err(TokenError::RoleNotAllowed.into()) }
    }

    /// Whoever has a seat on this stage.
    pub(crate) fn on_stage(&self, tokens: &dyn TokenCheck, slug: &Slug) -> Result<Claims, Problem> {
        let claims = self.bearer(tokens, slug)?;
        match claims.role {
            Role::Host | Role::Speaker | Role::Producer => Ok(claims),
            Role::Listener => Err(TokenError::RoleNotAllowed.into()),
        }
    }

    /// The operator alone. Others learn `instead` what they can do.
    pub(crate) fn operates(&self, instead: &str) -> Result<(), Problem> {
        if self.operator { Ok(()) } else { Err(Problem::forbidden(instead)) }
    }

    fn bearer(&self, tokens: &dyn TokenCheck, slug: &Slug) -> Result<Claims, Problem> {
        Ok(tokens.check_header(self.authorization.as_deref(), slug)?)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        Ok(Self {
            operator: parts.extensions.get::<Peer>().is_some_and(|p| p.operator),
            // A header that is no text is no token.
            authorization: authorization.map(|h| h.to_str().unwrap_or_default().to_owned()),
        })
    }
}
