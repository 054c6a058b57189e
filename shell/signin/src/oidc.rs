//! Signing in at an organisation (OpenID Connect Core 1.0): authorization code with PKCE, `state` and `nonce`.
//!
//! A browser goes away with a state that is drawn, and with a secret in a cookie; it comes back once, within some minutes, with both.
//! What its provider says is taken from the ID token alone, which the provider's key signs for this client and this nonce; a mail
//! address that the token leaves out is asked of the UserInfo endpoint. Keys are looked for again when a token names one that is not
//! known. What is fetched, and from where nothing may be, is the caller's ([`Fetch`]). Nobody's tokens are kept.
//! Deliberately absent: accounts, other flows, and signing out at the provider.

mod away;
mod policy;
mod provider;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hustings_vocab::limits;

pub use away::Purpose;
use away::{Away, Waiting};
pub use hustings_vocab::Provider;
pub use policy::{Accounts, Verdict, handles, judge, own_path};
use provider::Known;
pub use provider::{Fetch, FetchError, Fetching};

/// Where a browser is sent, and the secret that it must come back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The provider's address, with everything that it is asked.
    pub location: String,
    /// For a cookie that no script reads.
    pub secret: String,
}

/// What somebody comes back with, every part of it a stranger's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Which sign-in it was.
    pub state: String,
    /// What buys the tokens.
    pub code: Option<String>,
    /// Who says to be the issuer (RFC 9207).
    pub issuer: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The cookie's secret.
    pub secret: Option<String>,
}

/// Who somebody is at a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Whose word it is.
    pub issuer: String,
    /// Its name there, which never changes and is nobody else's.
    pub subject: String,
    /// The mail address, in lower case.
    pub email: Option<String>,
    /// Whether the provider has seen that the address is theirs.
    pub email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// What they sign in as there.
    pub preferred: Option<String>,
}

/// Somebody who came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Who they are.
    pub who: Identity,
    /// At which provider, by its place in the configuration.
    pub provider: Provider,
    /// What for.
    pub purpose: Purpose,
    /// Where they wanted to go.
    pub next: Option<String>,
}

/// Why nobody has come back. What exactly did not fit is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// There is no such provider.
    #[error("there is no provider of that name")]
    Unknown,
    /// The sign-in is not known, was used, is too old, or was begun in another browser.
    #[error("this sign-in is over, or was begun in another browser; begin again")]
    Stale,
    /// The provider sent them back without a code.
    #[error("the provider did not sign them in ({0})")]
    Denied(String),
    /// The provider cannot be asked.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// What it said does not hold.
    #[error("the provider's word does not hold: {0}")]
    Wrong(String),
}

/// The providers of a site, and who is at one of them.
pub struct Oidc {
    providers: Vec<Known>,
    away: Mutex<Away>,
    fetch: Arc<dyn Fetch>,
}

impl Oidc {
    /// With these providers, asked by this.
    #[must_use]
    pub fn new(providers: Vec<Provider>, fetch: Arc<dyn Fetch>) -> Self {
        Self { providers: providers.into_iter().map(Known::new).collect(), away: Mutex::default(), fetch }
    }

    /// Names of the providers: those in addresses and those on buttons.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.providers.iter().map(|known| (known.provider.id.as_str(), known.provider.name.as_str()))
    }

    /// Sends somebody to a provider, from whom they come back to `redirect`.
    ///
    /// # Errors
    /// [`OidcError::Unknown`], [`OidcError::Unreachable`], [`OidcError::Wrong`].
    pub async fn send(
        &self,
        (id, redirect): (&str, &str),
        purpose: Purpose,
        next: Option<String>,
        (source, now_ms): (IpAddr, u64),
    ) -> Result<Sent, OidcError> {
        let place = self.providers.iter().position(|known| known.provider.id == id).ok_or(OidcError::Unknown)?;
        let question = self.providers[place].question(redirect, &self.fetch, now_ms).await?;
        let secret = crate::secret();
        let waiting = Waiting {
            provider: place,
            secret: secret.clone(),
            nonce: question.nonce,
            verifier: question.verifier,
            redirect: redirect.to_owned(),
            purpose,
            next,
            source,
            begun_ms: now_ms,
        };
        self.away.lock().unwrap_or_else(PoisonError::into_inner).put(question.state, waiting);
        Ok(Sent { location: question.location, secret })
    }

    /// Reads what somebody has come back with. Whatever it is, it is read once.
    ///
    /// # Errors
    /// [`OidcError`].
    pub async fn receive(&self, returned: Returned, now_ms: u64) -> Result<Back, OidcError> {
        let Returned { state, code, issuer, error, secret } = returned;
        let waiting = self.away.lock().unwrap_or_else(PoisonError::into_inner).take(&state, now_ms);
        let waiting = waiting.filter(|waiting| secret.as_ref() == Some(&waiting.secret)).ok_or(OidcError::Stale)?;
        let known = &self.providers[waiting.provider];
        if issuer.is_some_and(|issuer| issuer != known.provider.issuer) {
            return Err(OidcError::Wrong("another issuer sent them back".into()));
        }
        let short = |text: &String| text.len() <= limits::OIDC_TEXT_BYTES_MAX;
        let Some(code) = code.filter(short) else {
            let why: String = error.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(60).collect();
            return Err(OidcError::Denied(why));
        };
        let who = known.identity(code, &waiting, &self.fetch, now_ms).await?;
        Ok(Back { who, provider: known.provider.clone(), purpose: waiting.purpose, next: waiting.next })
    }
}
