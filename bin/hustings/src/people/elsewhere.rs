//! Signing in at an organisation (OpenID Connect): who comes back from a provider, and what that makes them here.

use std::time::Duration;

use hustings_link::accounts::{AccountsError, Arrival, Departure, IdentityRecord, ProviderName, Return, Visitor};
use hustings_signin::oidc::{
    Accounts, Back, Fetch, FetchError, Fetching, OidcError, Provider, Purpose, Returned, Verdict, handles, judge,
    own_path,
};
use hustings_store::{Account, NewAccount, StoreError};
use hustings_vocab::{AccountId, SiteRole, limits, text};
use hustings_webhooks::Asker;

use super::{HousePeople, by, itself, refusal};
use crate::times::now_ms;

/// Where providers send people back to, on this site.
const CALLBACK: &str = "/api/v1/sign-in/oidc/callback";

/// Asks providers as webhooks are sent: the public alone, unless a provider is said to be elsewhere.
struct Outward {
    public: Asker,
    private: Asker,
}

impl Fetch for Outward {
    fn fetch(&self, request: http::Request<Vec<u8>>, private: bool) -> Fetching<'_> {
        Box::pin(async move {
            let asker = if private { &self.private } else { &self.public };
            let (parts, body) = request.into_parts();
            let field =
                |(name, value): (&http::HeaderName, &http::HeaderValue)| (name.to_string(), value.as_bytes().to_vec());
            let fields = parts.headers.iter().map(field).collect();
            let url = parts.uri.to_string();
            let answer = asker.ask((parts.method.as_str(), &url, fields, body)).await.map_err(FetchError)?;
            let (status, kind, body) = answer;
            let mut whole = http::Response::builder().status(status);
            if let Some(kind) = kind {
                whole = whole.header(http::header::CONTENT_TYPE, kind);
            }
            whole.body(body).map_err(|error| FetchError(error.to_string()))
        })
    }
}

/// How providers are asked.
pub(super) fn outward() -> Result<impl Fetch, reqwest::Error> {
    let asker =
        |private| Asker::new(private, Duration::from_secs(limits::OIDC_SECONDS_MAX), limits::OIDC_ANSWER_BYTES_MAX);
    Ok(Outward { public: asker(false)?, private: asker(true)? })
}

/// The providers as pages name them.
pub(super) fn named(providers: &[Provider]) -> Vec<ProviderName> {
    let name = |one: &Provider| ProviderName { id: one.id.clone(), name: one.name.clone(), issuer: one.issuer.clone() };
    providers.iter().map(name).collect()
}

impl HousePeople {
    pub(super) async fn send_away(
        &self,
        provider: &str,
        link: Option<AccountId>,
        next: Option<String>,
        visitor: &Visitor,
    ) -> Result<Departure, AccountsError> {
        let redirect = format!("{}{CALLBACK}", visitor.origin);
        let purpose = link.map_or(Purpose::SignIn, Purpose::Link);
        let next = next.as_deref().and_then(own_path).map(str::to_owned);
        let sent = self.oidc.send((provider, &redirect), purpose, next, (visitor.peer, now_ms())).await;
        match sent {
            Ok(sent) => Ok(Departure { location: sent.location, secret: sent.secret }),
            Err(OidcError::Unknown) => Err(AccountsError::Unknown("provider of that name".into())),
            Err(error) => {
                tracing::warn!(provider, %error, "nobody can sign in there");
                Err(AccountsError::Busy(limits::OIDC_KEYS_AGAIN_SECONDS))
            }
        }
    }

    pub(super) async fn receive(
        &self,
        back: Return,
        signed_in: Option<AccountId>,
        visitor: &Visitor,
    ) -> Result<Arrival, AccountsError> {
        let Return { state, code, issuer, error, secret } = back;
        let back = match self.oidc.receive(Returned { state, code, issuer, error, secret }, now_ms()).await {
            Ok(back) => back,
            Err(error) => {
                tracing::info!(%error, "a sign-in elsewhere came to nothing");
                return Ok(Arrival::Refused(match error {
                    OidcError::Stale | OidcError::Unknown => "stale",
                    OidcError::Denied(_) => "denied",
                    OidcError::Unreachable(_) => "unreachable",
                    OidcError::Wrong(_) => "wrong",
                }));
            }
        };
        let (identity, known) = self.known(&back, signed_in).await?;
        let account = match judge(&back, &known) {
            Verdict::SignIn(account) => account,
            Verdict::LinkAndSignIn(account) => {
                self.link(&account, &back).await?;
                account
            }
            Verdict::Create(role) => self.create_for(&back, role).await?.id,
            Verdict::Link(account) => {
                return Ok(match self.link(&account, &back).await {
                    Ok(()) => Arrival::Linked,
                    Err(AccountsError::Conflict(_)) => Arrival::Refused("taken"),
                    Err(error) => return Err(error),
                });
            }
            Verdict::IsLinked => return Ok(Arrival::Linked),
            refused => return Ok(Arrival::Refused(named_refusal(&refused))),
        };
        if let Some(identity) = identity {
            self.store.used_identity(&identity, now_ms()).await.map_err(refusal)?;
        }
        // As it is now: it may have been suspended in between.
        let account = self.store.account(&account).await.map_err(refusal)?;
        if account.suspended.is_some() {
            return Ok(Arrival::Refused("suspended"));
        }
        Ok(Arrival::SignedIn(Box::new(self.begin(account, visitor).await?), back.next))
    }

    /// What the records know of who came back, and which identity it is, if it is known.
    async fn known(
        &self,
        back: &Back,
        signed_in: Option<AccountId>,
    ) -> Result<(Option<String>, Accounts), AccountsError> {
        let of = |account: &Account| (account.id.clone(), account.suspended.is_some());
        let linked = self.store.identity(&back.who.issuer, &back.who.subject).await.map_err(refusal)?;
        let same_email = match &back.who.email {
            Some(email) => self.store.account_at(email).await.map_err(refusal)?,
            None => None,
        };
        let known = Accounts {
            linked: linked.as_ref().map(|(_, account)| of(account)),
            same_email: same_email.as_ref().map(of),
            signed_in,
        };
        Ok((linked.map(|(identity, _)| identity), known))
    }

    async fn link(&self, account: &AccountId, back: &Back) -> Result<(), AccountsError> {
        let (now_ms, actor) = (now_ms(), itself(account));
        let new = record(account, back, now_ms);
        self.store.add_identity(&new, by(&actor, now_ms)).await.map_err(refusal)
    }

    /// Makes an account for somebody, under the first handle that is free.
    async fn create_for(&self, back: &Back, role: SiteRole) -> Result<Account, AccountsError> {
        let now_ms = now_ms();
        for handle in handles(back) {
            if self.store.account_called(&handle).await.is_ok() {
                continue;
            }
            let id: AccountId =
                hustings_signin::id().parse().map_err(|_| AccountsError::Store("an id is none".into()))?;
            let said =
                back.who.name.as_deref().and_then(|name| text::line("a name", name, limits::NAME_CHARS_MAX).ok());
            let new = NewAccount {
                id: id.clone(),
                name: said.unwrap_or_else(|| handle.to_string()),
                handle,
                email: back.who.email.clone(),
                role,
            };
            let actor = itself(&id);
            match self.store.create_account_of(&new, &record(&id, back, now_ms), by(&actor, now_ms)).await {
                // Somebody else was quicker with this handle.
                Err(StoreError::Taken(what)) if what.starts_with("the handle") => {}
                made => return made.map_err(refusal),
            }
        }
        Err(AccountsError::Conflict("no handle is left for them".into()))
    }

    pub(super) async fn drop_identity(&self, account: &AccountId, id: &str) -> Result<(), AccountsError> {
        let has_password = self.store.account(account).await.map_err(refusal)?.has_password;
        let passkeys = self.store.passkeys(account).await.map_err(refusal)?;
        let all = self.store.identities(account).await.map_err(refusal)?;
        if !has_password && passkeys.is_empty() && all.len() == 1 && all[0].id == id {
            let why = "it is the only way to sign in; add a passkey or set a password first";
            return Err(AccountsError::Conflict(why.into()));
        }
        let actor = itself(account);
        self.store.remove_identity(account, id, by(&actor, now_ms())).await.map_err(refusal)
    }
}

fn record(account: &AccountId, back: &Back, now_ms: u64) -> IdentityRecord {
    IdentityRecord {
        id: hustings_signin::id(),
        account: account.clone(),
        issuer: back.who.issuer.clone(),
        subject: back.who.subject.clone(),
        email: back.who.email.clone(),
        created_ms: now_ms,
        used_ms: Some(now_ms),
    }
}

/// What pages call a refusal; they have a sentence for each.
const fn named_refusal(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Unverified => "unverified",
        Verdict::OtherDomain => "domain",
        Verdict::LinkFirst => "link_first",
        Verdict::Taken => "taken",
        Verdict::SignInAgain => "sign_in_again",
        Verdict::NoAccount => "no_account",
        Verdict::Suspended => "suspended",
        _ => "wrong",
    }
}
