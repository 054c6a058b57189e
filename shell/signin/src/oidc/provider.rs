//! One provider: what it says of itself, what it is asked, and what its word is worth.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use hustings_vocab::{limits, text};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
};
use tokio::sync::Mutex;

use super::away::Waiting;
use super::{Identity, OidcError, Provider};

/// A request that is being made.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<openidconnect::HttpResponse, FetchError>> + Send + 'a>>;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// Whoever asks a provider. No redirect is followed, what is longer than [`limits::OIDC_ANSWER_BYTES_MAX`] or takes longer than
/// [`limits::OIDC_SECONDS_MAX`] is refused, and without `private` so is every address that is not the public's.
pub trait Fetch: Send + Sync + 'static {
    /// Makes one request.
    fn fetch(&self, request: openidconnect::HttpRequest, private: bool) -> Fetching<'_>;
}

/// The same, as the library asks for it.
struct Asking {
    fetch: Arc<dyn Fetch>,
    private: bool,
}

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = FetchError;
    type Future = Fetching<'c>;

    fn call(&'c self, request: openidconnect::HttpRequest) -> Fetching<'c> {
        self.fetch.fetch(request, self.private)
    }
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Signatures by keys that are published. One by the client's secret would be good, too; that two kinds of keys could be taken for
/// one another is worth more than those providers.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What a browser is sent away with.
pub(super) struct Question {
    pub(super) location: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// What a provider says of itself, and since when that is known.
#[derive(Clone)]
struct Word {
    metadata: CoreProviderMetadata,
    read_ms: u64,
}

/// A provider and what is known of it.
pub(super) struct Known {
    pub(super) provider: Provider,
    word: Mutex<Option<Word>>,
    /// When it was asked last, and why it did not answer: who asks soon after is told the same.
    silent: std::sync::Mutex<Option<(u64, OidcError)>>,
}

impl Known {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, word: Mutex::default(), silent: std::sync::Mutex::default() }
    }

    /// Asks where to send somebody, and draws what they take with them.
    pub(super) async fn question(
        &self,
        redirect: &str,
        fetch: &Arc<dyn Fetch>,
        now_ms: u64,
    ) -> Result<Question, OidcError> {
        let client = self.client(self.metadata(fetch, now_ms).await?, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (crate::secret(), crate::secret());
        let drawn = (CsrfToken::new(state.clone()), Nonce::new(nonce.clone()));
        let (url, ..) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || drawn.0.clone(), move || drawn.1.clone())
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        if url.scheme() != "https" && !self.provider.allow_private {
            return Err(OidcError::Wrong("it signs people in without TLS".into()));
        }
        Ok(Question { location: url.into(), state, nonce, verifier: verifier.into_secret() })
    }

    /// Buys the tokens and reads who it is.
    pub(super) async fn identity(
        &self,
        code: String,
        waiting: &Waiting,
        fetch: &Arc<dyn Fetch>,
        now_ms: u64,
    ) -> Result<Identity, OidcError> {
        let client = self.client(self.metadata(fetch, now_ms).await?, &waiting.redirect)?;
        let ask = Asking { fetch: fetch.clone(), private: self.provider.allow_private };
        let bought = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(wrong)?
            .set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier.clone()))
            .request_async(&ask)
            .await
            .map_err(|error| OidcError::Wrong(chain(&error)))?;
        let token = bought.extra_fields().id_token().ok_or_else(|| OidcError::Wrong("there is no ID token".into()))?;
        let claims = self.checked(token, client.clone(), &waiting.nonce, fetch, now_ms).await?;
        let mut who = read(&claims, &self.provider.issuer)?;
        if who.email.is_none() && client.user_info_url().is_some() {
            let subject = Some(claims.subject().clone());
            let asked = client.user_info(bought.access_token().clone(), subject).map_err(wrong)?;
            let said: CoreUserInfoClaims =
                asked.request_async(&ask).await.map_err(|error| OidcError::Wrong(chain(&error)))?;
            who.email = said.email().and_then(|email| text::email(email).ok());
            who.email_verified = said.email_verified() == Some(true);
            who.name = who.name.or_else(|| said.name().and_then(|name| name.get(None)).map(|name| name.to_string()));
            who.preferred = who.preferred.or_else(|| said.preferred_username().map(|name| name.to_string()));
        }
        Ok(who)
    }

    /// The claims of an ID token that holds. A key that is not known is looked for once more.
    async fn checked(
        &self,
        token: &CoreIdToken,
        client: Client,
        nonce: &str,
        fetch: &Arc<dyn Fetch>,
        now_ms: u64,
    ) -> Result<CoreIdTokenClaims, OidcError> {
        let nonce = Nonce::new(nonce.to_owned());
        let now: DateTime<Utc> = DateTime::from_timestamp_millis(now_ms as i64).unwrap_or_default();
        let holds = |client: &Client| {
            let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now);
            let skew = Duration::from_secs(limits::OIDC_SKEW_SECONDS);
            let verifier = verifier.set_issue_time_verifier_fn(move |issued| {
                if issued <= now + skew { Ok(()) } else { Err("it is of the future".to_owned()) }
            });
            token.claims(&verifier, &nonce).cloned()
        };
        let unknown_key = |error: &ClaimsVerificationError| {
            matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
        };
        let found = match holds(&client) {
            Err(error) if unknown_key(&error) => {
                let metadata = self.metadata_after(limits::OIDC_KEYS_AGAIN_SECONDS * 1000, fetch, now_ms).await?;
                let redirect = client.redirect_uri().map(ToString::to_string).unwrap_or_default();
                holds(&self.client(metadata, &redirect)?)
            }
            found => found,
        };
        found.map_err(|error| OidcError::Wrong(chain(&error)))
    }

    fn client(&self, metadata: CoreProviderMetadata, redirect: &str) -> Result<Client, OidcError> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|all| {
            !all.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && all.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let secret = self.provider.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.provider.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, secret)
            .set_auth_type(if by_body { AuthType::RequestBody } else { AuthType::BasicAuth })
            .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(wrong)?);
        Ok(client)
    }

    async fn metadata(&self, fetch: &Arc<dyn Fetch>, now_ms: u64) -> Result<CoreProviderMetadata, OidcError> {
        self.metadata_after(limits::OIDC_METADATA_MINUTES * 60_000, fetch, now_ms).await
    }

    /// What the provider says of itself, asked again if that is `old_ms` old. One asks, the others wait for it.
    async fn metadata_after(
        &self,
        old_ms: u64,
        fetch: &Arc<dyn Fetch>,
        now_ms: u64,
    ) -> Result<CoreProviderMetadata, OidcError> {
        let mut word = self.word.lock().await;
        if let Some(known) = word.as_ref().filter(|known| now_ms.saturating_sub(known.read_ms) < old_ms) {
            return Ok(known.metadata.clone());
        }
        let silent = || self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = |at: u64| now_ms.saturating_sub(at) < limits::OIDC_KEYS_AGAIN_SECONDS * 1000;
        if let Some((_, why)) = silent().as_ref().filter(|(at, _)| soon(*at)) {
            return Err(why.clone());
        }
        let ask = Asking { fetch: fetch.clone(), private: self.provider.allow_private };
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(wrong)?;
        // Its keys come with it: discovery asks for them, too.
        let metadata = CoreProviderMetadata::discover_async(issuer, &ask).await;
        let metadata = metadata.map_err(|error| OidcError::Unreachable(chain(&error)));
        *silent() = metadata.as_ref().err().map(|why| (now_ms, why.clone()));
        let metadata = metadata?;
        *word = Some(Word { metadata: metadata.clone(), read_ms: now_ms });
        Ok(metadata)
    }
}

/// What an ID token says, as far as it is used.
fn read(claims: &CoreIdTokenClaims, issuer: &str) -> Result<Identity, OidcError> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > 255 {
        return Err(OidcError::Wrong("its name for them is empty or too long".into()));
    }
    Ok(Identity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        email: claims.email().and_then(|email| text::email(email).ok()),
        email_verified: claims.email_verified() == Some(true),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
        preferred: claims.preferred_username().map(|name| name.to_string()),
    })
}

/// Every cause of it, the outermost first, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut all = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        all = format!("{all}: {next}");
        cause = next.source();
    }
    all.replace(char::is_control, " ").chars().take(300).collect()
}

fn wrong(error: impl std::fmt::Display) -> OidcError {
    OidcError::Wrong(error.to_string())
}
