//! People: accounts over the records, with what a sign-in takes and what a suspension does.
//!
//! Every way in ends in [`HousePeople::begin`], which draws a fresh secret, so no secret from before a sign-in is worth anything
//! after it. Whoever is refused hears one sentence, whatever it was that did not fit.

mod acts;
mod elsewhere;
mod keys;
mod own;
mod signing;

pub(crate) use acts::link_expires_ms;

use std::sync::{Arc, Weak};

use hustings_link::accounts::{AccountsError, Actor, ProviderName, SignedIn, Visitor};
use hustings_link::desk::Answer;
use hustings_link::people::{People, Person};
use hustings_signin::oidc::{Oidc, Provider};
use hustings_signin::{PasskeyError, Passkeys, Passwords, Throttle, Unhashed};
use hustings_store::{Account, By, NewSession, Store, StoreError};
use hustings_vocab::{AccountId, Role, Slug};

use crate::dismissal::Dismissal;
use crate::failure::Failure;
use crate::mail::Letters;
use crate::suspended::Suspended;
use crate::times::now_ms;

/// How long a password that cannot be checked yet waits.
const BUSY_SECONDS: u64 = 2;

/// The people of a running server.
pub(crate) struct HousePeople {
    /// For what goes on after the answer.
    this: Weak<Self>,
    store: Store,
    passwords: Passwords,
    passkeys: Passkeys,
    throttle: Throttle,
    oidc: Oidc,
    providers: Vec<ProviderName>,
    suspended: Arc<Suspended>,
    stages: Arc<dyn Dismissal>,
    letters: Arc<Letters>,
    /// Held while a link is made and posted.
    posting: tokio::sync::Mutex<()>,
}

impl HousePeople {
    pub(crate) fn new(
        store: Store,
        suspended: Arc<Suspended>,
        stages: Arc<dyn Dismissal>,
        letters: Arc<Letters>,
        providers: Vec<Provider>,
    ) -> Result<Arc<Self>, Failure> {
        let passwords = Passwords::new()?;
        let (passkeys, throttle) = (Passkeys::default(), Throttle::default());
        let named = elsewhere::named(&providers);
        let oidc = Oidc::new(providers, Arc::new(elsewhere::outward()?));
        Ok(Arc::new_cyclic(|this| Self {
            this: this.clone(),
            store,
            passwords,
            passkeys,
            throttle,
            oidc,
            providers: named,
            suspended,
            stages,
            letters,
            posting: tokio::sync::Mutex::default(),
        }))
    }

    /// Begins a session of somebody who has shown who they are.
    async fn begin(&self, account: Account, visitor: &Visitor) -> Result<SignedIn, AccountsError> {
        let (secret, id) = (hustings_signin::secret(), hustings_signin::id());
        let new =
            NewSession { secret: &secret, id: &id, account: &account.id, label: &visitor.label, now_ms: now_ms() };
        self.store.begin_session(new).await.map_err(refusal)?;
        Ok(SignedIn { secret, account })
    }
}

impl People for HousePeople {
    fn by_session(&self, secret: String) -> Answer<'_, Option<Person>> {
        Box::pin(async move {
            let found = self.store.session(&secret, now_ms()).await.map_err(crate::desk::refusal)?;
            Ok(found.map(|(account, _)| Person { id: account.id, name: account.name, role: account.role }))
        })
    }

    fn role_in(&self, account: AccountId, slug: Slug) -> Answer<'_, Option<Role>> {
        Box::pin(async move { self.store.role_in(&slug, &account).await.map_err(crate::desk::refusal) })
    }

    fn set_role_in(&self, account: AccountId, slug: Slug, role: Role) -> Answer<'_, ()> {
        Box::pin(async move { self.store.set_role_in(&slug, &account, role).await.map_err(crate::desk::refusal) })
    }
}

/// Who acts, for the records.
const fn by(actor: &Actor, now_ms: u64) -> By<'_> {
    By { actor: actor.name.as_str(), reason: actor.reason.as_str(), now_ms }
}

/// An act of an account on itself.
fn itself(account: &AccountId) -> Actor {
    Actor { name: format!("account:{account}"), reason: String::new() }
}

/// What the store refuses, in the words of the door.
pub(crate) fn refusal(error: StoreError) -> AccountsError {
    match error {
        StoreError::Nobody(what) => AccountsError::Unknown(what),
        StoreError::Taken(_) | StoreError::Account(_) => AccountsError::Conflict(error.to_string()),
        _ => AccountsError::Store(error.to_string()),
    }
}

fn unhashed(error: Unhashed) -> AccountsError {
    match error {
        Unhashed::Busy => AccountsError::Busy(BUSY_SECONDS),
        Unhashed::Failed => AccountsError::Store(error.to_string()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is a function for map_err")]
fn unasked(error: PasskeyError) -> AccountsError {
    match error {
        PasskeyError::Wrong(_) => {
            tracing::info!(%error, "a passkey was refused");
            AccountsError::Invalid("the passkey's answer does not hold; press again, or use another".into())
        }
        _ => AccountsError::Invalid(error.to_string()),
    }
}
