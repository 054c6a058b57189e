//! Accounts: the door to their records, to signing in, and to the log of acts, for the API and the pages.
//!
//! Implemented where the records are. Who may ask is the caller's to check; what a sign-in costs and how often it may fail is the
//! implementation's. Secrets pass here as text and are kept nowhere: what is stored of one is a hash.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use hustings_vocab::{AccountId, Handle, SiteRole};
use serde_json::Value;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name for programs, which never changes.
    pub id: AccountId,
    /// What its owner signs in as.
    pub handle: Handle,
    /// The name that others read.
    pub name: String,
    /// Where its owner gets mail.
    pub email: Option<String>,
    /// What it may do on the site.
    pub role: SiteRole,
    /// What its owner belongs to.
    pub affiliation: Option<String>,
    /// What its owner has declared.
    pub interests: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// Since when and why it may do nothing.
    pub suspended: Option<Suspension>,
    /// Whether it has a password.
    pub has_password: bool,
}

/// Since when and why an account may do nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// In milliseconds since 1970.
    pub since_ms: u64,
    /// In words that its owner may read.
    pub reason: String,
}

/// What an account says of its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The name that others read.
    pub name: String,
    /// What its owner belongs to.
    pub affiliation: Option<String>,
    /// What its owner has declared.
    pub interests: Option<String>,
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// What it is called.
    pub id: String,
    /// Which device it is on.
    pub label: String,
    /// When it began, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last, to within some minutes.
    pub seen_ms: u64,
}

/// One passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// The credential's id in base64url.
    pub id: String,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// Its public key and counter, as its library writes them.
    pub credential: String,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

/// One row of the log of acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 1, 2, 3 and so on.
    pub seq: u64,
    /// When it was, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who acted: `account:ID`, or `console`.
    pub actor: String,
    /// What was done, such as `account.suspend`.
    pub act: String,
    /// To whom or what, such as `account:ID`.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// More of it, as a JSON object.
    pub details: String,
    /// The hash of the row before it.
    pub previous: String,
    /// Its own.
    pub hash: String,
}

/// Which rows of the log are asked for; an empty text asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those with this act.
    pub act: String,
    /// Those by this actor.
    pub actor: String,
    /// Those about this subject.
    pub subject: String,
}

/// Where somebody is who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Where the request comes from.
    pub peer: IpAddr,
    /// The origin of the pages, as they were asked for: passkeys are bound to it.
    pub origin: String,
    /// The device, in words: "Firefox on Linux".
    pub label: String,
}

/// A session that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What the cookie holds.
    pub secret: String,
    /// Who is signed in.
    pub account: Account,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedIn({})", self.account.id)
    }
}

/// What a passkey is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which question it is, for the answer to say.
    pub ceremony: String,
    /// What the browser is to be given (WebAuthn level 3, section 5.5 and 5.4, as JSON).
    pub options: Value,
}

/// Somebody's name at a provider of identities, by which they sign in to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRecord {
    /// What it is called here.
    pub id: String,
    /// Whose it is.
    pub account: AccountId,
    /// The provider's issuer (OpenID Connect Core 1.0, section 2).
    pub issuer: String,
    /// Its name there.
    pub subject: String,
    /// The mail address there, when it was linked.
    pub email: Option<String>,
    /// When it was linked, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

/// A provider of identities, as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderName {
    /// Its name in requests.
    pub id: String,
    /// Its name on a button.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
}

/// Where a browser goes to sign in elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Departure {
    /// The provider's address with everything that it is asked.
    pub location: String,
    /// What a cookie must bring back.
    pub secret: String,
}

/// What a browser brings back from a provider, every part of it a stranger's.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Return {
    /// Which departure it was.
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

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// They are signed in, and wanted to go there.
    SignedIn(Box<SignedIn>, Option<String>),
    /// They can sign in to their account by it from now on.
    Linked,
    /// Nothing, for the reason of this name, which pages have a sentence for.
    Refused(&'static str),
}

/// Who acts, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// As the log names them.
    pub name: String,
    /// In words that the subject may read; empty where an act needs none.
    pub reason: String,
}

/// An account to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// What its owner signs in as.
    pub handle: Handle,
    /// The name that others read; the handle if absent.
    pub name: Option<String>,
    /// Where its owner gets mail.
    pub email: Option<String>,
    /// What it may do on the site.
    pub role: SiteRole,
}

/// Why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// There is no such thing (404).
    #[error("there is no {0}")]
    Unknown(String),
    /// The state does not allow it (409).
    #[error("{0}")]
    Conflict(String),
    /// The request cannot be met as it is (422).
    #[error("{0}")]
    Invalid(String),
    /// Whoever signs in is not who they say, or nobody knows them: the same for all of it (401).
    #[error("{0}")]
    Refused(&'static str),
    /// Too many have failed: come again in so many seconds (429).
    #[error("too many sign-ins have failed here; try again in {0} s")]
    Slow(u64),
    /// More sign in at once than can be checked (503).
    #[error("more people sign in at this moment than can be checked; try again in {0} s")]
    Busy(u64),
    /// Something here failed (500); the text is for the log.
    #[error("the records cannot be reached: {0}")]
    Store(String),
}

/// A boxed answer.
pub type Told<'a, T> = Pin<Box<dyn Future<Output = Result<T, AccountsError>> + Send + 'a>>;

/// The accounts of a site.
pub trait Accounts: Send + Sync + 'static {
    /// Whose session this is, and which.
    fn session(&self, secret: String) -> Told<'_, Option<(Account, SessionRecord)>>;
    /// Begins a session by a link that holds once.
    fn by_link(&self, secret: String, visitor: Visitor) -> Told<'_, SignedIn>;
    /// Begins a session by a password. The handle is as it was typed.
    fn by_password(&self, handle: String, password: String, visitor: Visitor) -> Told<'_, SignedIn>;
    /// Whether links can be asked for by mail.
    fn sends_mail(&self) -> bool {
        false
    }
    /// Sends a link that holds once to a mail address, if it is an account's. Who asks does not learn whether it is.
    fn mail_link(&self, to: String, visitor: Visitor) -> Told<'_, ()> {
        drop((to, visitor));
        Box::pin(async { Err(AccountsError::Invalid("this server sends no mail".into())) })
    }
    /// What to ask any passkey of this site.
    fn ask_passkey(&self, visitor: Visitor) -> Told<'_, Question>;
    /// Begins a session by a passkey's answer.
    fn by_passkey(&self, ceremony: String, answer: Value, visitor: Visitor) -> Told<'_, SignedIn>;

    /// The providers of identities that one may sign in by.
    fn providers(&self) -> Vec<ProviderName> {
        Vec::new()
    }
    /// Sends a browser to a provider: to sign in and go to `next`, or, for an account that is signed in, to link them.
    fn depart(
        &self,
        provider: String,
        link: Option<AccountId>,
        next: Option<String>,
        visitor: Visitor,
    ) -> Told<'_, Departure> {
        drop((provider, link, next, visitor));
        Box::pin(async { Err(AccountsError::Invalid("this server knows no such provider".into())) })
    }
    /// Reads what a browser, in which `signed_in` is, came back with.
    fn arrive(&self, back: Return, signed_in: Option<AccountId>, visitor: Visitor) -> Told<'_, Arrival> {
        drop((back, signed_in, visitor));
        Box::pin(async { Ok(Arrival::Refused("stale")) })
    }
    /// Identities of an account.
    fn identities(&self, account: AccountId) -> Told<'_, Vec<IdentityRecord>> {
        drop(account);
        Box::pin(async { Ok(Vec::new()) })
    }
    /// Removes one, unless nothing else is left to sign in by.
    fn remove_identity(&self, account: AccountId, id: String) -> Told<'_, ()> {
        drop((account, id));
        Box::pin(async { Err(AccountsError::Unknown("identity of that name".into())) })
    }

    /// Sessions of an account, the one that was used last first.
    fn sessions(&self, account: AccountId) -> Told<'_, Vec<SessionRecord>>;
    /// Ends one of its sessions.
    fn end_session(&self, account: AccountId, id: String) -> Told<'_, ()>;
    /// Ends all but one.
    fn end_other_sessions(&self, account: AccountId, keep: String) -> Told<'_, u64>;
    /// Passkeys of an account.
    fn passkeys(&self, account: AccountId) -> Told<'_, Vec<PasskeyRecord>>;
    /// What to ask a device that becomes a passkey.
    fn ask_new_passkey(&self, account: AccountId, visitor: Visitor) -> Told<'_, Question>;
    /// Adds the passkey that a device has made.
    fn add_passkey(
        &self,
        account: AccountId,
        ceremony: String,
        name: String,
        answer: Value,
        visitor: Visitor,
    ) -> Told<'_, PasskeyRecord>;
    /// Calls one something else.
    fn rename_passkey(&self, account: AccountId, id: String, name: String) -> Told<'_, ()>;
    /// Removes one, unless nothing else is left to sign in by.
    fn remove_passkey(&self, account: AccountId, id: String) -> Told<'_, ()>;
    /// Sets the password; who has one must say it. Every session but `keep` ends.
    fn set_password(
        &self,
        account: AccountId,
        current: Option<String>,
        new: String,
        keep: String,
        visitor: Visitor,
    ) -> Told<'_, ()>;
    /// Changes what an account says of its owner.
    fn set_profile(&self, account: AccountId, profile: Profile) -> Told<'_, Account>;

    /// Accounts whose handles begin so, by handle, after one.
    fn list(&self, prefix: String, after: String, rows: usize) -> Told<'_, Vec<Account>>;
    /// The account of an id or a handle.
    fn find(&self, key: String) -> Told<'_, Account>;
    /// Makes an account, and the secret of a link that signs its owner in once.
    fn create(&self, new: NewAccount, by: Actor) -> Told<'_, (Account, String)>;
    /// Gives one another role.
    fn set_role(&self, account: AccountId, role: SiteRole, by: Actor) -> Told<'_, Account>;
    /// Suspends one: its sessions end, and it is dismissed from every stage.
    fn suspend(&self, account: AccountId, by: Actor) -> Told<'_, Account>;
    /// Takes a suspension back.
    fn reinstate(&self, account: AccountId, by: Actor) -> Told<'_, Account>;
    /// Takes password and sessions away and makes a link that signs its owner in once.
    fn reset(&self, account: AccountId, by: Actor) -> Told<'_, (Account, String)>;
    /// Rows of the log below a number, newest first.
    fn audit(&self, wanted: Wanted, before: Option<u64>, rows: usize) -> Told<'_, Vec<Entry>>;
    /// Rows of the log after a number, in their order.
    fn audit_from(&self, after: u64, rows: usize) -> Told<'_, Vec<Entry>>;
    /// How many rows the log has, if each follows the one before it; else which does not.
    fn verify_audit(&self) -> Told<'_, Result<u64, String>>;
}
