//! Passkeys (WebAuthn level 3), asked without a name: the device says whose it is.
//!
//! A question and its answer belong together (a ceremony), and a question is answered once, within some minutes and at the origin
//! at which it was asked. Questions are kept in memory: after a restart one presses again. An account's user handle is drawn
//! from a hash of its id. Deliberately absent: attestation, which would say what somebody's device is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hustings_vocab::{AccountId, limits};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};

/// Why a passkey is not taken. What exactly did not fit is for the log.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Passkeys are bound to a host's name, and this has none.
    #[error("passkeys need a site that is opened by its name, not by an address of digits")]
    NoName,
    /// The question is not known, was answered, is too old, or was asked elsewhere.
    #[error("the question to the passkey is too old; press again")]
    Old,
    /// The answer is not one.
    #[error("the passkey's answer cannot be read")]
    Unreadable,
    /// The answer does not hold.
    #[error("the passkey's answer does not hold: {0}")]
    Wrong(String),
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Which it is.
    pub ceremony: String,
    /// What the browser is to be given.
    pub options: Value,
}

/// A passkey that a device has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The credential's id in base64url.
    pub id: String,
    /// What is kept of it.
    pub credential: String,
}

enum Waiting {
    SigningIn(Box<DiscoverableAuthentication>),
    Adding(AccountId, Box<PasskeyRegistration>),
}

struct Ceremony {
    origin: String,
    until_ms: u64,
    waiting: Waiting,
}

/// Asks passkeys and checks their answers.
#[derive(Default)]
pub struct Passkeys(Mutex<HashMap<String, Ceremony>>);

impl std::fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passkeys")
    }
}

impl Passkeys {
    /// Asks whatever passkey of this site a device has.
    ///
    /// # Errors
    /// [`PasskeyError::NoName`].
    pub fn ask(&self, origin: &str, now_ms: u64) -> Result<Asked, PasskeyError> {
        let (question, state) = site(origin)?.start_discoverable_authentication().map_err(wrong)?;
        let options = serde_json::to_value(question.public_key).map_err(wrong)?;
        Ok(self.keep(origin, now_ms, Waiting::SigningIn(Box::new(state)), options))
    }

    /// The id of the credential that answers, in base64url: whose it is, the records know.
    ///
    /// # Errors
    /// [`PasskeyError::Unreadable`].
    pub fn who_answers(answer: &Value) -> Result<String, PasskeyError> {
        let answer: PublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(|_| PasskeyError::Unreadable)?;
        Ok(URL_SAFE_NO_PAD.encode(answer.get_credential_id()))
    }

    /// Checks an answer against the credential that the records have of it, and gives that as it is now.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn check(
        &self,
        ceremony: &str,
        answer: &Value,
        (account, credential): (&AccountId, &str),
        origin: &str,
        now_ms: u64,
    ) -> Result<String, PasskeyError> {
        let Waiting::SigningIn(state) = self.take(ceremony, origin, now_ms)? else { return Err(PasskeyError::Old) };
        let answer: PublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(|_| PasskeyError::Unreadable)?;
        let mut passkey: Passkey = serde_json::from_str(credential).map_err(wrong)?;
        let site = site(origin)?;
        let (user, _) = site.identify_discoverable_authentication(&answer).map_err(wrong)?;
        if user != user_handle(account) {
            return Err(PasskeyError::Wrong("it belongs to another account".into()));
        }
        let known = DiscoverableKey::from(&passkey);
        let found = site.finish_discoverable_authentication_v2(&answer, *state, &known).map_err(wrong)?;
        passkey.update_credential(&found);
        serde_json::to_string(&passkey).map_err(wrong)
    }

    /// Asks a device to become a passkey of an account that is called `handle` and `name`, unless it is one of `others`.
    ///
    /// # Errors
    /// [`PasskeyError::NoName`].
    pub fn ask_new(
        &self,
        account: &AccountId,
        (handle, name): (&str, &str),
        others: &[String],
        origin: &str,
        now_ms: u64,
    ) -> Result<Asked, PasskeyError> {
        let others = others.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
        let (question, state) = site(origin)?
            .start_passkey_registration(user_handle(account), handle, name, Some(others))
            .map_err(wrong)?;
        let mut options = serde_json::to_value(question.public_key).map_err(wrong)?;
        // The library leaves it to the device; without it nobody could sign in without typing a name first.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(self.keep(origin, now_ms, Waiting::Adding(account.clone(), Box::new(state)), options))
    }

    /// Takes the passkey that a device has made.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn add(
        &self,
        ceremony: &str,
        answer: &Value,
        account: &AccountId,
        origin: &str,
        now_ms: u64,
    ) -> Result<Registered, PasskeyError> {
        let Waiting::Adding(whose, state) = self.take(ceremony, origin, now_ms)? else { return Err(PasskeyError::Old) };
        if whose != *account {
            return Err(PasskeyError::Old);
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(|_| PasskeyError::Unreadable)?;
        let made = site(origin)?.finish_passkey_registration(&answer, &state).map_err(wrong)?;
        let id = URL_SAFE_NO_PAD.encode(made.cred_id());
        Ok(Registered { id, credential: serde_json::to_string(&made).map_err(wrong)? })
    }

    fn keep(&self, origin: &str, now_ms: u64, waiting: Waiting, options: Value) -> Asked {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= limits::CEREMONIES_MAX {
            all.retain(|_, ceremony| ceremony.until_ms > now_ms);
        }
        if all.len() >= limits::CEREMONIES_MAX {
            let oldest = all.iter().min_by_key(|(_, ceremony)| ceremony.until_ms).map(|(name, _)| name.clone());
            oldest.map(|name| all.remove(&name));
        }
        let ceremony = crate::secret();
        let until_ms = now_ms + limits::CEREMONY_MINUTES * 60_000;
        all.insert(ceremony.clone(), Ceremony { origin: origin.to_owned(), until_ms, waiting });
        Asked { ceremony, options }
    }

    fn take(&self, ceremony: &str, origin: &str, now_ms: u64) -> Result<Waiting, PasskeyError> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(ceremony);
        let fits = |c: &Ceremony| c.until_ms > now_ms && c.origin == origin;
        found.filter(fits).map(|c| c.waiting).ok_or(PasskeyError::Old)
    }
}

fn site(origin: &str) -> Result<Webauthn, PasskeyError> {
    let url = Url::parse(origin).map_err(|_| PasskeyError::NoName)?;
    // `domain` is none for an address of digits.
    let name = url.domain().ok_or(PasskeyError::NoName)?.to_owned();
    WebauthnBuilder::new(&name, &url).and_then(|site| site.rp_name("Hustings").build()).map_err(wrong)
}

fn user_handle(account: &AccountId) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(format!("hustings account {account}"))[..16]);
    Uuid::from_bytes(bytes)
}

fn wrong(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Wrong(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn a_site_without_a_name_has_no_passkeys() {
        let passkeys = Passkeys::default();
        for address in ["http://127.0.0.1:8080", "http://[::1]:8080", "nonsense"] {
            assert!(matches!(passkeys.ask(address, NOON), Err(PasskeyError::NoName)), "{address}");
        }
        let asked = passkeys.ask("https://talk.example", NOON).unwrap();
        assert_eq!(asked.options["rpId"], "talk.example");
        assert_eq!(asked.options["userVerification"], "required");
    }

    #[test]
    fn a_question_is_answered_once_in_time_and_where_it_was_asked() {
        let passkeys = Passkeys::default();
        let site = "http://localhost:8080";
        let account: AccountId = "0123456789abcdef".parse().unwrap();
        let asked = passkeys.ask_new(&account, ("ann", "Ann"), &[], site, NOON).unwrap();
        assert_eq!(asked.options["authenticatorSelection"]["residentKey"], "required");
        let answer = |ceremony: &str, account: &AccountId, origin: &str, now_ms| {
            passkeys.add(ceremony, &json!({}), account, origin, now_ms).unwrap_err().to_string()
        };
        let again = || passkeys.ask_new(&account, ("ann", "Ann"), &[], site, NOON).unwrap().ceremony;
        assert!(answer(&asked.ceremony, &account, site, NOON).contains("cannot be read"));
        assert!(answer(&asked.ceremony, &account, site, NOON).contains("too old"), "once");
        assert!(answer(&again(), &account, site, NOON + 5 * 60_000).contains("too old"), "in time");
        assert!(answer(&again(), &account, "http://localhost:9090", NOON).contains("too old"), "there");
        assert!(answer(&again(), &"other".parse().unwrap(), site, NOON).contains("too old"), "by whom it was asked");
    }

    #[test]
    fn no_more_questions_wait_than_may() {
        let passkeys = Passkeys::default();
        for n in 0..limits::CEREMONIES_MAX as u64 + 3 {
            passkeys.keep("x", NOON + n, Waiting::Adding("a".parse().unwrap(), Box::new(registration())), json!({}));
        }
        assert_eq!(passkeys.0.lock().unwrap().len(), limits::CEREMONIES_MAX);
    }

    fn registration() -> PasskeyRegistration {
        site("http://localhost").unwrap().start_passkey_registration(Uuid::nil(), "a", "a", None).unwrap().1
    }
}
