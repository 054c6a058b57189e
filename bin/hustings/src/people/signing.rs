//! Signing in: by a link, a password or a passkey.

use hustings_link::accounts::{AccountsError, Question, SignedIn, Visitor};
use hustings_signin::{Checked, Passkeys};
use hustings_vocab::{Handle, limits};
use serde_json::Value;

use super::{HousePeople, refusal, unasked, unhashed};
use crate::times::now_ms;

const WRONG: &str = "handle and password do not belong together, or the account is suspended";
const WRONG_PASSKEY: &str = "this passkey belongs to no account here, or the account is suspended";
const WRONG_LINK: &str = "the link was used, is too old, or was replaced; ask for a new one";

impl HousePeople {
    pub(super) async fn sign_in_by_link(&self, secret: &str, visitor: &Visitor) -> Result<SignedIn, AccountsError> {
        // Guessing 256 bits needs no slowing down.
        let account = self.store.use_link(secret, now_ms()).await.map_err(refusal)?;
        self.begin(account.ok_or(AccountsError::Refused(WRONG_LINK))?, visitor).await
    }

    pub(super) async fn sign_in_by_password(
        &self,
        handle: &str,
        password: String,
        visitor: &Visitor,
    ) -> Result<SignedIn, AccountsError> {
        if password.len() > limits::PASSWORD_BYTES_MAX {
            return Err(AccountsError::Refused(WRONG));
        }
        let source = visitor.peer;
        let typed: String = handle.trim().to_ascii_lowercase().chars().take(limits::HANDLE_CHARS_MAX).collect();
        self.throttle.begin(&typed, source, now_ms()).map_err(AccountsError::Slow)?;
        let known = match typed.parse::<Handle>() {
            Ok(handle) => self.store.password_of(&handle).await.map_err(refusal)?,
            Err(_) => None,
        };
        let (account, hash) = known.map_or((None, None), |(account, hash)| (Some(account), hash));
        let checked = self.passwords.check(password, hash).await.map_err(unhashed)?;
        match account {
            Some(account) if checked == Checked::Right && account.suspended.is_none() => {
                self.throttle.good(&typed, source, now_ms());
                self.begin(account, visitor).await
            }
            _ => Err(AccountsError::Refused(WRONG)),
        }
    }

    pub(super) fn question(&self, visitor: &Visitor) -> Result<Question, AccountsError> {
        let asked = self.passkeys.ask(&visitor.origin, now_ms()).map_err(unasked)?;
        Ok(Question { ceremony: asked.ceremony, options: asked.options })
    }

    pub(super) async fn sign_in_by_passkey(
        &self,
        ceremony: &str,
        answer: &Value,
        visitor: &Visitor,
    ) -> Result<SignedIn, AccountsError> {
        let id = Passkeys::who_answers(answer).map_err(unasked)?;
        let refused = || AccountsError::Refused(WRONG_PASSKEY);
        let known = self.store.passkey(&id).await.map_err(refusal)?.ok_or_else(refused)?;
        let of = (&known.account, known.credential.as_str());
        let credential = self.passkeys.check(ceremony, answer, of, &visitor.origin, now_ms()).map_err(unasked)?;
        let account = self.store.account(&known.account).await.map_err(refusal)?;
        if account.suspended.is_some() {
            return Err(refused());
        }
        self.store.used_passkey(&id, &credential, now_ms()).await.map_err(refusal)?;
        self.begin(account, visitor).await
    }
}
