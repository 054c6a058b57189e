//! The door to accounts ([`Accounts`]): what operators do, and the rest handed on.

use hustings_link::accounts::{
    Account, Accounts, AccountsError, Actor, Arrival, Departure, Entry, IdentityRecord, NewAccount, PasskeyRecord,
    Profile, ProviderName, Question, Return, SessionRecord, SignedIn, Told, Visitor, Wanted,
};
use hustings_store::Purpose;
use hustings_vocab::{AccountId, SiteRole, limits};
use serde_json::Value;

use super::{HousePeople, by, refusal};
use crate::mail::About;
use crate::times::now_ms;

/// When a link that is made now is too old.
pub(crate) const fn link_expires_ms(now_ms: u64) -> u64 {
    now_ms + limits::SIGN_IN_LINK_HOURS * 3_600_000
}

impl Accounts for HousePeople {
    fn session(&self, secret: String) -> Told<'_, Option<(Account, SessionRecord)>> {
        Box::pin(async move { self.store.session(&secret, now_ms()).await.map_err(refusal) })
    }

    fn by_link(&self, secret: String, visitor: Visitor) -> Told<'_, SignedIn> {
        Box::pin(async move { self.sign_in_by_link(&secret, &visitor).await })
    }

    fn by_password(&self, handle: String, password: String, visitor: Visitor) -> Told<'_, SignedIn> {
        Box::pin(async move { self.sign_in_by_password(&handle, password, &visitor).await })
    }

    fn sends_mail(&self) -> bool {
        self.letters.are_sent()
    }

    fn mail_link(&self, to: String, visitor: Visitor) -> Told<'_, ()> {
        Box::pin(async move { self.post_link(&to, &visitor).await })
    }

    fn ask_passkey(&self, visitor: Visitor) -> Told<'_, Question> {
        Box::pin(async move { self.question(&visitor) })
    }

    fn by_passkey(&self, ceremony: String, answer: Value, visitor: Visitor) -> Told<'_, SignedIn> {
        Box::pin(async move { self.sign_in_by_passkey(&ceremony, &answer, &visitor).await })
    }

    fn providers(&self) -> Vec<ProviderName> {
        self.providers.clone()
    }

    fn depart(
        &self,
        provider: String,
        link: Option<AccountId>,
        next: Option<String>,
        visitor: Visitor,
    ) -> Told<'_, Departure> {
        Box::pin(async move { self.send_away(&provider, link, next, &visitor).await })
    }

    fn arrive(&self, back: Return, signed_in: Option<AccountId>, visitor: Visitor) -> Told<'_, Arrival> {
        Box::pin(async move { self.receive(back, signed_in, &visitor).await })
    }

    fn identities(&self, account: AccountId) -> Told<'_, Vec<IdentityRecord>> {
        Box::pin(async move { self.store.identities(&account).await.map_err(refusal) })
    }

    fn remove_identity(&self, account: AccountId, id: String) -> Told<'_, ()> {
        Box::pin(async move { self.drop_identity(&account, &id).await })
    }

    fn sessions(&self, account: AccountId) -> Told<'_, Vec<SessionRecord>> {
        Box::pin(async move { self.store.sessions(&account, now_ms()).await.map_err(refusal) })
    }

    fn end_session(&self, account: AccountId, id: String) -> Told<'_, ()> {
        Box::pin(async move {
            let ended = self.store.end_session(&account, &id).await.map_err(refusal)?;
            if ended { Ok(()) } else { Err(AccountsError::Unknown("session of that name".into())) }
        })
    }

    fn end_other_sessions(&self, account: AccountId, keep: String) -> Told<'_, u64> {
        Box::pin(async move { self.store.end_other_sessions(&account, &keep).await.map_err(refusal) })
    }

    fn passkeys(&self, account: AccountId) -> Told<'_, Vec<PasskeyRecord>> {
        Box::pin(async move { self.store.passkeys(&account).await.map_err(refusal) })
    }

    fn ask_new_passkey(&self, account: AccountId, visitor: Visitor) -> Told<'_, Question> {
        Box::pin(async move { self.new_question(&account, &visitor).await })
    }

    fn add_passkey(
        &self,
        account: AccountId,
        ceremony: String,
        name: String,
        answer: Value,
        visitor: Visitor,
    ) -> Told<'_, PasskeyRecord> {
        Box::pin(async move { self.take_passkey(account, (&ceremony, &answer), name, &visitor).await })
    }

    fn rename_passkey(&self, account: AccountId, id: String, name: String) -> Told<'_, ()> {
        Box::pin(async move {
            let renamed = self.store.rename_passkey(&account, &id, &name).await.map_err(refusal)?;
            if renamed { Ok(()) } else { Err(AccountsError::Unknown("passkey of that name".into())) }
        })
    }

    fn remove_passkey(&self, account: AccountId, id: String) -> Told<'_, ()> {
        Box::pin(async move { self.drop_passkey(&account, &id).await })
    }

    fn set_password(
        &self,
        account: AccountId,
        current: Option<String>,
        new: String,
        keep: String,
        visitor: Visitor,
    ) -> Told<'_, ()> {
        Box::pin(async move { self.change_password(&account, current, new, &keep, &visitor).await })
    }

    fn set_profile(&self, account: AccountId, profile: Profile) -> Told<'_, Account> {
        Box::pin(async move { self.change_profile(&account, &profile).await })
    }

    fn list(&self, prefix: String, after: String, rows: usize) -> Told<'_, Vec<Account>> {
        Box::pin(async move { self.store.accounts(&prefix, &after, rows).await.map_err(refusal) })
    }

    fn find(&self, key: String) -> Told<'_, Account> {
        Box::pin(async move {
            let unknown = || AccountsError::Unknown(format!("account {}", key.chars().take(64).collect::<String>()));
            // Sixteen digits may be a handle, too; an id was drawn, so nobody chose one to be taken for another.
            if let Ok(id) = key.parse::<AccountId>()
                && let Ok(found) = self.store.account(&id).await
            {
                return Ok(found);
            }
            let handle = key.parse().map_err(|_| unknown())?;
            self.store.account_called(&handle).await.map_err(refusal)
        })
    }

    fn create(&self, new: NewAccount, actor: Actor) -> Told<'_, (Account, String)> {
        Box::pin(async move {
            let new = hustings_store::NewAccount {
                id: hustings_signin::id().parse().map_err(|_| AccountsError::Store("an id is none".into()))?,
                name: new.name.unwrap_or_else(|| new.handle.to_string()),
                handle: new.handle,
                email: new.email,
                role: new.role,
            };
            let account = self.store.create_account(&new, by(&actor, now_ms())).await.map_err(refusal)?;
            let secret = self.make_link(&account.id, Purpose::Welcome, &actor).await?;
            self.write_link(&account, Purpose::Welcome, &secret).await;
            Ok((account, secret))
        })
    }

    fn set_role(&self, account: AccountId, role: SiteRole, actor: Actor) -> Told<'_, Account> {
        Box::pin(async move { self.store.set_site_role(&account, role, by(&actor, now_ms())).await.map_err(refusal) })
    }

    fn suspend(&self, account: AccountId, actor: Actor) -> Told<'_, Account> {
        Box::pin(async move {
            let done = self.store.suspend(&account, by(&actor, now_ms())).await.map_err(refusal)?;
            // Whoever asks may go away; what was written down is carried out all the same.
            self.suspended.add(&account);
            let stages = self.stages.clone();
            let dismissed = tokio::spawn(async move { stages.dismiss_account(account).await });
            match dismissed.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "an account that is suspended may be on a stage still"),
                Err(error) => tracing::error!(%error, "an account that is suspended may be on a stage still"),
            }
            let about = About::Suspended { handle: done.handle.as_str(), reason: &actor.reason };
            self.write(&done, &about).await;
            Ok(done)
        })
    }

    fn reinstate(&self, account: AccountId, actor: Actor) -> Told<'_, Account> {
        Box::pin(async move {
            let done = self.store.reinstate(&account, by(&actor, now_ms())).await.map_err(refusal)?;
            self.suspended.remove(&account);
            let about = About::Reinstated { handle: done.handle.as_str(), reason: &actor.reason };
            self.write(&done, &about).await;
            Ok(done)
        })
    }

    fn reset(&self, account: AccountId, actor: Actor) -> Told<'_, (Account, String)> {
        Box::pin(async move {
            let secret = self.make_link(&account, Purpose::Reset, &actor).await?;
            let account = self.store.account(&account).await.map_err(refusal)?;
            self.write_link(&account, Purpose::Reset, &secret).await;
            Ok((account, secret))
        })
    }

    fn audit(&self, wanted: Wanted, before: Option<u64>, rows: usize) -> Told<'_, Vec<Entry>> {
        Box::pin(async move { self.store.audit(&wanted, before, rows).await.map_err(refusal) })
    }

    fn audit_from(&self, after: u64, rows: usize) -> Told<'_, Vec<Entry>> {
        Box::pin(async move { self.store.audit_from(after, rows).await.map_err(refusal) })
    }

    fn verify_audit(&self) -> Told<'_, Result<u64, String>> {
        Box::pin(async move {
            let found = self.store.verify_audit().await.map_err(refusal)?;
            Ok(found.map_err(|broken| broken.to_string()))
        })
    }
}

impl HousePeople {
    async fn make_link(&self, id: &AccountId, purpose: Purpose, actor: &Actor) -> Result<String, AccountsError> {
        let (secret, now_ms) = (hustings_signin::secret(), now_ms());
        let made = self.store.make_link(id, purpose, &secret, link_expires_ms(now_ms), by(actor, now_ms));
        made.await.map_err(refusal)?;
        Ok(secret)
    }

    async fn write(&self, account: &Account, about: &About<'_>) {
        if let Some(email) = &account.email {
            self.letters.write(email, about).await;
        }
    }

    async fn write_link(&self, account: &Account, purpose: Purpose, secret: &str) {
        let (handle, link) = (account.handle.as_str(), self.letters.link(&format!("/account#link={secret}")));
        let about = match purpose {
            Purpose::Welcome => About::Welcome { handle, link: &link },
            Purpose::Reset => About::Reset { handle, link: &link },
            Purpose::Mailed => About::SignIn { link: &link },
        };
        self.write(account, &about).await;
    }

    /// Sends a link to whose address it is. Who asks learns nothing: neither from the answer nor from how long it takes.
    async fn post_link(&self, to: &str, visitor: &Visitor) -> Result<(), AccountsError> {
        if !self.letters.are_sent() {
            return Err(AccountsError::Invalid("this server sends no mail; ask an operator for a link".into()));
        }
        let to = hustings_vocab::text::email(to).map_err(|error| AccountsError::Invalid(error.to_string()))?;
        let source = visitor.peer;
        self.throttle.begin(&format!("mail {to}"), source, now_ms()).map_err(AccountsError::Slow)?;
        let Some(this) = self.this.upgrade() else { return Ok(()) };
        tokio::spawn(async move {
            if let Err(error) = this.post_link_now(&to).await {
                tracing::error!(%error, "a link was not sent");
            }
        });
        Ok(())
    }

    async fn post_link_now(&self, to: &str) -> Result<(), hustings_store::StoreError> {
        // One after the other: of two who ask at once the second would take the first's link away.
        let _alone = self.posting.lock().await;
        let now = now_ms();
        let Some(account) = self.store.account_at(to).await?.filter(|account| account.suspended.is_none()) else {
            return Ok(());
        };
        if self.store.mailed_link_since(&account.id, now.saturating_sub(limits::MAIL_LINK_MINUTES * 60_000)).await? {
            return Ok(());
        }
        let (secret, actor) = (hustings_signin::secret(), super::itself(&account.id));
        let expires_ms = now + limits::MAIL_LINK_HOLDS_MINUTES * 60_000;
        self.store.make_link(&account.id, Purpose::Mailed, &secret, expires_ms, by(&actor, now)).await?;
        self.write_link(&account, Purpose::Mailed, &secret).await;
        Ok(())
    }
}
