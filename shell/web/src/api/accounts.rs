//! Accounts, for operators: list, make, change the role, suspend, reinstate, reset.
//!
//! An account is named by its id or its handle. Nobody changes their own standing: an operator who does it by mistake would be
//! locked out, and one who is made to do it by somebody else should not be.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use hustings_link::accounts::{Account, Actor, NewAccount};
use hustings_vocab::{AccountId, Handle, SiteRole, limits, text};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::refusals::{Changing, Reading};
use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::who::Who;

/// An account, as its owner and operators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// Its name for programs, which never changes.
    #[schema(value_type = String)]
    id: AccountId,
    /// What its owner signs in as.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,32}$")]
    handle: Handle,
    /// The name that others read.
    name: String,
    /// Where its owner gets mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// What it may do on the site.
    role: SiteRole,
    /// What its owner belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    affiliation: Option<String>,
    /// What its owner has declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    interests: Option<String>,
    /// When it was made, in milliseconds since 1970.
    created_ms: u64,
    /// Since when and why it may do nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<SuspensionView>,
    /// Whether it has a password; its owner is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_password: Option<bool>,
}

/// A suspension.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuspensionView {
    /// Since when, in milliseconds since 1970.
    since_ms: u64,
    /// Why.
    reason: String,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountList {
    /// By handle.
    accounts: Vec<AccountView>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An account, and a link that signs its owner in once.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedAccount {
    /// The account.
    account: AccountView,
    /// The link. It is shown this once, and holds for 24 hours.
    link: String,
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateAccount {
    /// 1 to 32 of `a-z`, `0-9` and `-`.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,32}$")]
    handle: Handle,
    /// The name that others read, 1 to 80 characters; the handle if absent.
    #[serde(default)]
    name: Option<String>,
    /// Where its owner gets mail.
    #[serde(default)]
    email: Option<String>,
    /// What it may do on the site; member if absent.
    #[serde(default)]
    role: Option<SiteRole>,
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    /// In words that the owner may read, 1 to 500 characters.
    reason: String,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// The role.
    role: SiteRole,
    /// Why; at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Which accounts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub(crate) struct Which {
    /// Those whose handles begin so.
    prefix: String,
    /// Those after this handle.
    after: String,
}

impl AccountView {
    /// As its owner sees it.
    pub(crate) fn of_owner(account: Account) -> Self {
        let has_password = Some(account.has_password);
        Self { has_password, ..Self::of(account) }
    }

    /// As operators see it.
    pub(crate) fn of(account: Account) -> Self {
        let Account { id, handle, name, email, role, affiliation, interests, created_ms, suspended, .. } = account;
        let suspended = suspended.map(|s| SuspensionView { since_ms: s.since_ms, reason: s.reason });
        Self { id, handle, name, email, role, affiliation, interests, created_ms, suspended, has_password: None }
    }
}

/// A query as a value.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let read =
        Query::try_from_uri(uri).map_err(|e| Problem::bad_request(format!("the query is not understood: {e}")))?;
    Ok(read.0)
}

/// Accounts (operator)
#[utoipa::path(get, path = "/api/v1/accounts", tag = "people", params(Which), responses(
    (status = 200, description = "A page of them, by handle", body = AccountList), Reading,
))]
pub(crate) async fn list(State(web): Shared, uri: Uri) -> Result<Response, Problem> {
    let Which { prefix, after } = query(&uri)?;
    let prefix = prefix.trim().to_ascii_lowercase();
    // What no handle can begin with is the beginning of none.
    let possible = |text: &str| text.is_empty() || text.parse::<Handle>().is_ok();
    if !possible(&prefix) || !possible(&after) {
        return Ok(fresh(StatusCode::OK, &AccountList { accounts: Vec::new(), next: None }));
    }
    let found = web.accounts.list(prefix, after, limits::PAGE_ROWS_MAX).await?;
    let next = found.last().filter(|_| found.len() == limits::PAGE_ROWS_MAX).map(|last| last.handle.to_string());
    Ok(fresh(StatusCode::OK, &AccountList { accounts: found.into_iter().map(AccountView::of).collect(), next }))
}

/// One account (operator)
#[utoipa::path(get, path = "/api/v1/accounts/{account}", tag = "people", params(("account" = String, Path, description = "Its id or its handle")), responses(
    (status = 200, description = "It", body = AccountView), Reading,
))]
pub(crate) async fn find(State(web): Shared, Path(key): Path<String>) -> Result<Response, Problem> {
    Ok(fresh(StatusCode::OK, &AccountView::of(web.accounts.find(key).await?)))
}

/// Make an account (operator)
#[utoipa::path(post, path = "/api/v1/accounts", tag = "people", request_body = CreateAccount, responses(
    (status = 201, description = "Made", body = LinkedAccount), Changing,
))]
pub(crate) async fn create(
    State(web): Shared,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let CreateAccount { handle, name, email, role } = body::json(&headers, body).await?;
    let new = NewAccount {
        handle,
        name: name.map(|name| text::line("a name", &name, limits::NAME_CHARS_MAX)).transpose()?,
        email: email.map(|email| text::email(&email)).transpose()?,
        role: role.unwrap_or(SiteRole::Member),
    };
    let made = web.accounts.create(new, Actor { name: who.actor(), reason: String::new() }).await?;
    Ok(fresh(StatusCode::CREATED, &linked(made, &origins)))
}

/// Give an account another role (operator)
#[utoipa::path(post, path = "/api/v1/accounts/{account}/role", tag = "people", params(("account" = String, Path, description = "Its id or its handle")), request_body = NewRole, responses(
    (status = 200, description = "Given", body = AccountView), Changing,
))]
pub(crate) async fn set_role(
    State(web): Shared,
    Path(key): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let NewRole { role, reason } = body::json(&headers, body).await?;
    let reason = super::me::perhaps("a reason", reason, limits::REASON_CHARS_MAX)?.unwrap_or_default();
    let subject = another(&web, key, &who).await?;
    let now = web.accounts.set_role(subject, role, Actor { name: who.actor(), reason }).await?;
    Ok(fresh(StatusCode::OK, &AccountView::of(now)))
}

/// Suspend an account (operator)
///
/// It is signed out everywhere and leaves every stage at once.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/suspend", tag = "people", params(("account" = String, Path, description = "Its id or its handle")), request_body = Because, responses(
    (status = 200, description = "Suspended", body = AccountView), Changing,
))]
pub(crate) async fn suspend(
    State(web): Shared,
    Path(key): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let actor = because(&who, &headers, body).await?;
    let subject = another(&web, key, &who).await?;
    Ok(fresh(StatusCode::OK, &AccountView::of(web.accounts.suspend(subject, actor).await?)))
}

/// Take a suspension back (operator)
#[utoipa::path(post, path = "/api/v1/accounts/{account}/reinstate", tag = "people", params(("account" = String, Path, description = "Its id or its handle")), request_body = Because, responses(
    (status = 200, description = "Reinstated", body = AccountView), Changing,
))]
pub(crate) async fn reinstate(
    State(web): Shared,
    Path(key): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let actor = because(&who, &headers, body).await?;
    let subject = another(&web, key, &who).await?;
    Ok(fresh(StatusCode::OK, &AccountView::of(web.accounts.reinstate(subject, actor).await?)))
}

/// Take an account's password and sessions away, and make a link that signs its owner in once (operator)
#[utoipa::path(post, path = "/api/v1/accounts/{account}/reset", tag = "people", params(("account" = String, Path, description = "Its id or its handle")), request_body = Nothing, responses(
    (status = 200, description = "Reset", body = LinkedAccount), Changing,
))]
pub(crate) async fn reset(
    State(web): Shared,
    Path(key): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Nothing {} = body::json(&headers, body).await?;
    let subject = another(&web, key, &who).await?;
    let made = web.accounts.reset(subject, Actor { name: who.actor(), reason: String::new() }).await?;
    Ok(fresh(StatusCode::OK, &linked(made, &origins)))
}

async fn because(who: &Who, headers: &HeaderMap, body: Body) -> Result<Actor, Problem> {
    let Because { reason } = body::json(headers, body).await?;
    Ok(Actor { name: who.actor(), reason: text::line("a reason", &reason, limits::REASON_CHARS_MAX)? })
}

/// The account that is meant, if it is not one's own.
async fn another(web: &Web, key: String, who: &Who) -> Result<AccountId, Problem> {
    let found = web.accounts.find(key).await?.id;
    if who.person.as_ref().is_some_and(|person| person.id == found) {
        return Err(Problem::new(StatusCode::CONFLICT, "this is your own account; ask another operator to do it"));
    }
    Ok(found)
}

fn linked((account, secret): (Account, String), origins: &Origins) -> LinkedAccount {
    // In the fragment, so that no server and no log sees it.
    LinkedAccount { account: AccountView::of(account), link: format!("{}/account#link={secret}", origins.public) }
}
