//! Accounts in memory: enough of them to try what the API lets through, refuses and sets.

use std::sync::Mutex;

use hustings_link::accounts::{
    Account, Accounts, AccountsError, Actor, Entry, NewAccount, PasskeyRecord, Profile, Question, SessionRecord,
    SignedIn, Suspension, Told, Visitor, Wanted,
};
use hustings_link::desk::Answer;
use hustings_link::people::{People, Person};
use hustings_vocab::{AccountId, Role, SiteRole, Slug};
use serde_json::{Value, json};

/// `ann` is an operator with the session `ann-session`, `bo` a member with `bo-session`.
pub(super) struct MemoryAccounts {
    accounts: Mutex<Vec<Account>>,
    sessions: Mutex<Vec<(String, AccountId)>>,
    pub(super) acts: Mutex<Vec<(String, Actor)>>,
}

impl Default for MemoryAccounts {
    fn default() -> Self {
        let one = |name: &str, role| Account {
            id: format!("{name}-id").parse().unwrap(),
            handle: name.parse().unwrap(),
            name: name.into(),
            email: None,
            role,
            affiliation: None,
            interests: None,
            created_ms: 1,
            suspended: None,
            has_password: true,
        };
        let accounts = vec![one("ann", SiteRole::Operator), one("bo", SiteRole::Member)];
        let sessions = accounts.iter().map(|a| (format!("{}-session", a.handle), a.id.clone())).collect();
        Self { accounts: Mutex::new(accounts), sessions: Mutex::new(sessions), acts: Mutex::default() }
    }
}

impl MemoryAccounts {
    fn of(&self, secret: &str) -> Option<Account> {
        let id = self.sessions.lock().unwrap().iter().find(|(s, _)| s == secret)?.1.clone();
        self.accounts.lock().unwrap().iter().find(|a| a.id == id).cloned()
    }

    fn change(
        &self,
        id: &AccountId,
        act: &str,
        by: Actor,
        how: impl FnOnce(&mut Account),
    ) -> Result<Account, AccountsError> {
        self.acts.lock().unwrap().push((act.into(), by));
        let mut all = self.accounts.lock().unwrap();
        let found = all.iter_mut().find(|a| a.id == *id).ok_or(AccountsError::Unknown("account".into()))?;
        how(found);
        Ok(found.clone())
    }

    fn begin(&self, handle: &str) -> SignedIn {
        let account = self.accounts.lock().unwrap().iter().find(|a| a.handle.as_str() == handle).cloned().unwrap();
        let secret = format!("fresh-{}", self.sessions.lock().unwrap().len());
        self.sessions.lock().unwrap().push((secret.clone(), account.id.clone()));
        SignedIn { secret, account }
    }
}

impl People for MemoryAccounts {
    fn by_session(&self, secret: String) -> Answer<'_, Option<Person>> {
        Box::pin(async move { Ok(self.of(&secret).map(|a| Person { id: a.id, name: a.name, role: a.role })) })
    }

    fn role_in(&self, _: AccountId, _: Slug) -> Answer<'_, Option<Role>> {
        Box::pin(async { Ok(None) })
    }

    fn set_role_in(&self, _: AccountId, _: Slug, _: Role) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

macro_rules! told {
    ($answer:expr) => {
        Box::pin(async move { $answer })
    };
}

impl Accounts for MemoryAccounts {
    fn session(&self, secret: String) -> Told<'_, Option<(Account, SessionRecord)>> {
        told!(Ok(self.of(&secret).map(|account| {
            (account, SessionRecord { id: secret, label: String::new(), created_ms: 1, seen_ms: 1 })
        })))
    }

    fn by_link(&self, secret: String, _: Visitor) -> Told<'_, SignedIn> {
        told!(if secret == "good" { Ok(self.begin("bo")) } else { Err(AccountsError::Refused("no link")) })
    }

    fn by_password(&self, handle: String, password: String, _: Visitor) -> Told<'_, SignedIn> {
        told!(match (handle.as_str(), password.as_str()) {
            ("bo", "right") => Ok(self.begin("bo")),
            ("slow", _) => Err(AccountsError::Slow(7)),
            ("busy", _) => Err(AccountsError::Busy(2)),
            _ => Err(AccountsError::Refused("not together")),
        })
    }

    fn ask_passkey(&self, visitor: Visitor) -> Told<'_, Question> {
        told!(Ok(Question { ceremony: "c".into(), options: json!({ "origin": visitor.origin }) }))
    }

    fn by_passkey(&self, ceremony: String, _: Value, _: Visitor) -> Told<'_, SignedIn> {
        told!(if ceremony == "c" { Ok(self.begin("bo")) } else { Err(AccountsError::Invalid("old".into())) })
    }

    fn sessions(&self, account: AccountId) -> Told<'_, Vec<SessionRecord>> {
        let all = self.sessions.lock().unwrap().clone();
        let own = all.into_iter().filter(move |(_, id)| *id == account).map(|(id, _)| SessionRecord {
            id,
            label: "x".into(),
            created_ms: 1,
            seen_ms: 1,
        });
        told!(Ok(own.collect()))
    }

    fn end_session(&self, account: AccountId, id: String) -> Told<'_, ()> {
        self.sessions.lock().unwrap().retain(|(secret, owner)| *owner != account || *secret != id);
        told!(Ok(()))
    }

    fn end_other_sessions(&self, account: AccountId, keep: String) -> Told<'_, u64> {
        self.sessions.lock().unwrap().retain(|(secret, owner)| *owner != account || *secret == keep);
        told!(Ok(0))
    }

    fn passkeys(&self, _: AccountId) -> Told<'_, Vec<PasskeyRecord>> {
        told!(Ok(Vec::new()))
    }

    fn ask_new_passkey(&self, _: AccountId, visitor: Visitor) -> Told<'_, Question> {
        self.ask_passkey(visitor)
    }

    fn add_passkey(
        &self,
        account: AccountId,
        id: String,
        name: String,
        _: Value,
        _: Visitor,
    ) -> Told<'_, PasskeyRecord> {
        told!(Ok(PasskeyRecord { id, account, name, credential: "SECRET".into(), created_ms: 1, used_ms: None }))
    }

    fn rename_passkey(&self, _: AccountId, _: String, _: String) -> Told<'_, ()> {
        told!(Ok(()))
    }

    fn remove_passkey(&self, _: AccountId, _: String) -> Told<'_, ()> {
        told!(Ok(()))
    }

    fn set_password(&self, _: AccountId, _: Option<String>, _: String, _: String, _: Visitor) -> Told<'_, ()> {
        told!(Ok(()))
    }

    fn set_profile(&self, account: AccountId, profile: Profile) -> Told<'_, Account> {
        told!(self.change(&account, "profile", Actor::default(), |a| a.name = profile.name))
    }

    fn list(&self, prefix: String, _: String, _: usize) -> Told<'_, Vec<Account>> {
        let all = self.accounts.lock().unwrap().clone();
        told!(Ok(all.into_iter().filter(|a| a.handle.as_str().starts_with(&prefix)).collect()))
    }

    fn find(&self, key: String) -> Told<'_, Account> {
        let all = self.accounts.lock().unwrap().clone();
        let found = all.into_iter().find(|a| a.handle.as_str() == key || a.id.as_str() == key);
        told!(found.ok_or(AccountsError::Unknown(format!("account {key}"))))
    }

    fn create(&self, new: NewAccount, by: Actor) -> Told<'_, (Account, String)> {
        self.acts.lock().unwrap().push(("create".into(), by));
        let mut made = self.accounts.lock().unwrap()[1].clone();
        made.handle = new.handle;
        told!(Ok((made, "LINK".into())))
    }

    fn set_role(&self, account: AccountId, role: SiteRole, by: Actor) -> Told<'_, Account> {
        told!(self.change(&account, "role", by, |a| a.role = role))
    }

    fn suspend(&self, account: AccountId, by: Actor) -> Told<'_, Account> {
        let reason = by.reason.clone();
        told!(self.change(&account, "suspend", by, |a| a.suspended = Some(Suspension { since_ms: 1, reason })))
    }

    fn reinstate(&self, account: AccountId, by: Actor) -> Told<'_, Account> {
        told!(self.change(&account, "reinstate", by, |a| a.suspended = None))
    }

    fn reset(&self, account: AccountId, by: Actor) -> Told<'_, (Account, String)> {
        told!(Ok((self.change(&account, "reset", by, |_| {})?, "LINK".into())))
    }

    fn audit(&self, _: Wanted, _: Option<u64>, _: usize) -> Told<'_, Vec<Entry>> {
        self.audit_from(0, 1)
    }

    fn audit_from(&self, _: u64, _: usize) -> Told<'_, Vec<Entry>> {
        let text = |text: &str| text.to_owned();
        told!(Ok(vec![Entry {
            seq: 1,
            at_ms: 2,
            actor: text("console"),
            act: text("account.create"),
            subject: text("account:bo-id"),
            reason: text("line\nbreak"),
            details: text("{\"role\":\"member\"}"),
            previous: text(""),
            hash: text("h"),
        }]))
    }

    fn verify_audit(&self) -> Told<'_, Result<u64, String>> {
        told!(Ok(Ok(1)))
    }
}
