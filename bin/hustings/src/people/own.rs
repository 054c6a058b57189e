//! What somebody does with their own account: sessions, passkeys, password, profile.

use hustings_link::accounts::{AccountsError, PasskeyRecord, Profile, Question, Visitor};
use hustings_signin::Checked;
use hustings_store::Account;
use hustings_vocab::{AccountId, limits};
use serde_json::Value;

use super::{HousePeople, by, itself, refusal, unasked, unhashed};
use crate::times::now_ms;

impl HousePeople {
    pub(super) async fn new_question(&self, account: &AccountId, visitor: &Visitor) -> Result<Question, AccountsError> {
        let account = self.store.account(account).await.map_err(refusal)?;
        let others = self.store.passkeys(&account.id).await.map_err(refusal)?;
        let others: Vec<_> = others.into_iter().map(|passkey| passkey.id).collect();
        let called = (account.handle.as_str(), account.name.as_str());
        let asked = self.passkeys.ask_new(&account.id, called, &others, &visitor.origin, now_ms()).map_err(unasked)?;
        Ok(Question { ceremony: asked.ceremony, options: asked.options })
    }

    pub(super) async fn take_passkey(
        &self,
        account: AccountId,
        (ceremony, answer): (&str, &Value),
        name: String,
        visitor: &Visitor,
    ) -> Result<PasskeyRecord, AccountsError> {
        let now_ms = now_ms();
        let made = self.passkeys.add(ceremony, answer, &account, &visitor.origin, now_ms).map_err(unasked)?;
        let actor = itself(&account);
        let new = PasskeyRecord {
            id: made.id,
            account,
            name,
            credential: made.credential,
            created_ms: now_ms,
            used_ms: None,
        };
        self.store.add_passkey(&new, by(&actor, now_ms)).await.map_err(refusal)?;
        Ok(new)
    }

    pub(super) async fn drop_passkey(&self, account: &AccountId, id: &str) -> Result<(), AccountsError> {
        let has_password = self.store.account(account).await.map_err(refusal)?.has_password;
        let all = self.store.passkeys(account).await.map_err(refusal)?;
        let identities = self.store.identities(account).await.map_err(refusal)?;
        if !has_password && identities.is_empty() && all.len() == 1 && all[0].id == id {
            let why = "it is the only way to sign in; add another passkey or set a password first";
            return Err(AccountsError::Conflict(why.into()));
        }
        let actor = itself(account);
        self.store.remove_passkey(account, id, by(&actor, now_ms())).await.map_err(refusal)
    }

    pub(super) async fn change_password(
        &self,
        account: &AccountId,
        current: Option<String>,
        new: String,
        keep: &str,
        visitor: &Visitor,
    ) -> Result<(), AccountsError> {
        let owner = self.store.account(account).await.map_err(refusal)?;
        strong_enough(&new, &owner)?;
        if owner.has_password {
            // Whoever has found an open browser must not guess here either.
            let source = visitor.peer;
            self.throttle.begin(owner.handle.as_str(), source, now_ms()).map_err(AccountsError::Slow)?;
            let hash = self.store.password_of(&owner.handle).await.map_err(refusal)?.and_then(|(_, hash)| hash);
            let said = current.filter(|said| said.len() <= limits::PASSWORD_BYTES_MAX).unwrap_or_default();
            if self.passwords.check(said, hash).await.map_err(unhashed)? != Checked::Right {
                return Err(AccountsError::Invalid("the current password is not right; nothing was changed".into()));
            }
            self.throttle.good(owner.handle.as_str(), source, now_ms());
        }
        let hash = self.passwords.hash(new).await.map_err(unhashed)?;
        let actor = itself(account);
        self.store.set_password(account, Some(&hash), Some(keep), by(&actor, now_ms())).await.map_err(refusal)
    }

    pub(super) async fn change_profile(&self, account: &AccountId, new: &Profile) -> Result<Account, AccountsError> {
        let actor = itself(account);
        self.store.set_profile(account, new, by(&actor, now_ms())).await.map_err(refusal)
    }
}

/// Long enough, and not what everybody knows of its owner. Nothing else is asked of it.
fn strong_enough(password: &str, owner: &Account) -> Result<(), AccountsError> {
    let (min, max) = (limits::PASSWORD_CHARS_MIN, limits::PASSWORD_BYTES_MAX);
    if password.chars().count() < min || password.len() > max {
        return Err(AccountsError::Invalid(format!(
            "a password has {min} characters or more, and at most {max} bytes"
        )));
    }
    let plain = password.to_lowercase();
    let known = [owner.handle.to_string(), owner.name.to_lowercase()];
    let first = password.chars().next();
    if password.chars().all(|c| Some(c) == first) || known.iter().any(|k| plain.replace(k.as_str(), "").len() < min / 2)
    {
        return Err(AccountsError::Invalid("that password is too easy to guess; take a few words".into()));
    }
    Ok(())
}
