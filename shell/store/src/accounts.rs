//! The records of accounts. Whatever changes one is an act, and stands in the audit log by the same transaction.
//!
//! Deliberately absent: a password in any form but its hash, removing an account (what it did stays its own), and who may do
//! any of it, which is the API's to decide.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use hustings_link::accounts::{Account, Profile, Suspension};
use hustings_vocab::{AccountId, Handle, SiteRole, limits};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::{Act, By};
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

/// The columns of an account; its password's hash is asked for by who checks passwords alone.
pub(crate) const COLUMNS: &str = "accounts.id, accounts.handle, accounts.name, accounts.email, accounts.role, \
     accounts.affiliation, accounts.interests, accounts.created_ms, accounts.suspended_ms, accounts.suspended_reason, \
     CASE WHEN accounts.password IS NULL THEN 0 ELSE 1 END AS has_password";

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Drawn by who asks.
    pub id: AccountId,
    /// What its owner signs in as.
    pub handle: Handle,
    /// The name that others read.
    pub name: String,
    /// Where its owner gets mail.
    pub email: Option<String>,
    /// What it may do on the site.
    pub role: SiteRole,
}

/// What is stored of a secret: SHA-256 in base64url. Secrets are at least 128 random bits, so nothing slower is needed.
#[must_use]
pub fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// How the log names an account.
#[must_use]
pub fn subject(id: &AccountId) -> String {
    format!("account:{id}")
}

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Taken`] for a handle or an address that another has, [`StoreError::Query`].
    pub async fn create_account(&self, new: &NewAccount, by: By<'_>) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        if !insert(&mut act, new, by).await? {
            drop(act);
            let by_handle = self.account_called(&new.handle).await.is_ok();
            let what = if by_handle { format!("the handle {}", new.handle) } else { "the e-mail address".to_owned() };
            return Err(StoreError::Taken(what));
        }
        let details = json!({ "handle": new.handle.as_str(), "role": new.role.name() });
        act.done(by, "account.create", &subject(&new.id), &details).await?;
        self.account(&new.id).await
    }

    /// The account of that id.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn account(&self, id: &AccountId) -> Result<Account, StoreError> {
        self.one_account("id", id.as_str()).await
    }

    /// The account of that handle.
    ///
    /// # Errors
    /// As [`Store::account`].
    pub async fn account_called(&self, handle: &Handle) -> Result<Account, StoreError> {
        self.one_account("handle", handle.as_str()).await
    }

    /// The account of that mail address, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn account_at(&self, email: &str) -> Result<Option<Account>, StoreError> {
        match self.one_account("email", email).await {
            Err(StoreError::Nobody(_)) => Ok(None),
            found => found.map(Some),
        }
    }

    async fn one_account(&self, column: &'static str, key: &str) -> Result<Account, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM accounts WHERE {column} = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(key).fetch_optional(&self.pool).await?;
        account(&row.ok_or_else(|| StoreError::Nobody(format!("account {key}")))?)
    }

    /// Accounts whose handles begin with `prefix`, by handle, after the handle `after`; at most [`limits::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn accounts(&self, prefix: &str, after: &str, rows: usize) -> Result<Vec<Account>, StoreError> {
        // Letters and digits have one order in every database; no handle that begins so is greater than this.
        let last = format!("{prefix}{}", "z".repeat(limits::HANDLE_CHARS_MAX));
        // One bound below: of two, SQLite begins at the first that is written, however far it is from the page.
        let text = format!(
            "SELECT {COLUMNS} FROM accounts WHERE handle >= $1 AND handle <= $2 AND handle <> $3 ORDER BY handle LIMIT $4"
        );
        let found = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(prefix.max(after))
            .bind(last)
            .bind(after)
            .bind(rows.min(limits::PAGE_ROWS_MAX) as i64)
            .fetch_all(&self.pool)
            .await?;
        found.iter().map(account).collect()
    }

    /// Every account that is suspended.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn suspended_accounts(&self) -> Result<Vec<AccountId>, StoreError> {
        let rows = sqlx::query("SELECT id FROM accounts WHERE suspended_ms IS NOT NULL").fetch_all(&self.pool).await?;
        rows.iter().map(account_id).collect()
    }

    /// Gives an account another role on the site.
    ///
    /// # Errors
    /// As [`Store::account`].
    pub async fn set_site_role(&self, id: &AccountId, role: SiteRole, by: By<'_>) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        let was = locked(&mut act, id).await?;
        sqlx::query("UPDATE accounts SET role = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(role.name())
            .execute(&mut *act.tx)
            .await?;
        let details = json!({ "was": was.role.name(), "role": role.name() });
        act.done(by, "account.role", &subject(id), &details).await?;
        self.account(id).await
    }

    /// Suspends an account: its sessions end, and its links hold no more.
    ///
    /// # Errors
    /// [`StoreError::Account`] if it is suspended already; as [`Store::account`].
    pub async fn suspend(&self, id: &AccountId, by: By<'_>) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        if locked(&mut act, id).await?.suspended.is_some() {
            return Err(StoreError::Account("the account is suspended already"));
        }
        sqlx::query("UPDATE accounts SET suspended_ms = $2, suspended_reason = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(signed(by.now_ms))
            .bind(by.reason)
            .execute(&mut *act.tx)
            .await?;
        for text in ["DELETE FROM sessions WHERE account = $1", "DELETE FROM sign_in_links WHERE account = $1"] {
            sqlx::query(text).bind(id.as_str()).execute(&mut *act.tx).await?;
        }
        act.done(by, "account.suspend", &subject(id), &json!({})).await?;
        self.account(id).await
    }

    /// Takes a suspension back.
    ///
    /// # Errors
    /// [`StoreError::Account`] if it is not suspended; as [`Store::account`].
    pub async fn reinstate(&self, id: &AccountId, by: By<'_>) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        let was = locked(&mut act, id).await?.suspended;
        let was = was.ok_or(StoreError::Account("the account is not suspended"))?;
        sqlx::query("UPDATE accounts SET suspended_ms = NULL, suspended_reason = NULL WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *act.tx)
            .await?;
        let details = json!({ "suspended_ms": was.since_ms, "suspended_reason": was.reason });
        act.done(by, "account.reinstate", &subject(id), &details).await?;
        self.account(id).await
    }

    /// Changes what an account says of its owner.
    ///
    /// # Errors
    /// As [`Store::account`].
    pub async fn set_profile(&self, id: &AccountId, profile: &Profile, by: By<'_>) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        let was = locked(&mut act, id).await?;
        sqlx::query("UPDATE accounts SET name = $2, affiliation = $3, interests = $4 WHERE id = $1")
            .bind(id.as_str())
            .bind(&profile.name)
            .bind(&profile.affiliation)
            .bind(&profile.interests)
            .execute(&mut *act.tx)
            .await?;
        // What was declared when is part of what others were told.
        let details = json!({
            "was": { "name": was.name, "affiliation": was.affiliation, "interests": was.interests },
            "name": profile.name, "affiliation": profile.affiliation, "interests": profile.interests,
        });
        act.done(by, "account.profile", &subject(id), &details).await?;
        self.account(id).await
    }

    /// The account of that handle and its password's hash, for who checks one.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn password_of(&self, handle: &Handle) -> Result<Option<(Account, Option<String>)>, StoreError> {
        let text = format!("SELECT {COLUMNS}, accounts.password AS password FROM accounts WHERE handle = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(handle.as_str()).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((account(&row)?, row.try_get("password")?))).transpose()
    }

    /// Sets an account's password, or takes it away, and ends its sessions but the one of id `keep`.
    ///
    /// # Errors
    /// As [`Store::account`].
    pub async fn set_password(
        &self,
        id: &AccountId,
        hash: Option<&str>,
        keep: Option<&str>,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        locked(&mut act, id).await?;
        sqlx::query("UPDATE accounts SET password = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(hash)
            .execute(&mut *act.tx)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE account = $1 AND id <> $2")
            .bind(id.as_str())
            .bind(keep.unwrap_or_default())
            .execute(&mut *act.tx)
            .await?;
        act.done(by, "account.password", &subject(id), &json!({ "set": hash.is_some() })).await
    }
}

/// Writes an account down within an act; whether nobody has its handle or its address.
pub(crate) async fn insert(act: &mut Act, new: &NewAccount, by: By<'_>) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO accounts (id, handle, name, email, role, created_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(new.id.as_str())
    .bind(new.handle.as_str())
    .bind(&new.name)
    .bind(&new.email)
    .bind(new.role.name())
    .bind(signed(by.now_ms))
    .execute(&mut *act.tx)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// The account as it is within an act: nobody else changes it before the act is over.
pub(crate) async fn locked(act: &mut Act, id: &AccountId) -> Result<Account, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM accounts WHERE id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(id.as_str()).fetch_optional(&mut *act.tx).await?;
    account(&row.ok_or_else(|| StoreError::Nobody(format!("account {id}")))?)
}

pub(crate) fn account_id(row: &AnyRow) -> Result<AccountId, StoreError> {
    let text: String = row.try_get("id")?;
    text.parse().map_err(|e| StoreError::Damaged { slug: text.clone(), what: format!("an id that is none ({e})") })
}

/// Reads one row of [`COLUMNS`].
pub(crate) fn account(row: &AnyRow) -> Result<Account, StoreError> {
    let id = account_id(row)?;
    let damaged = |what: String| StoreError::Damaged { slug: id.to_string(), what };
    let (handle, role): (String, String) = (row.try_get("handle")?, row.try_get("role")?);
    let since: Option<i64> = row.try_get("suspended_ms")?;
    let reason: Option<String> = row.try_get("suspended_reason")?;
    Ok(Account {
        handle: handle.parse().map_err(|e| damaged(format!("a handle that is none ({e})")))?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        role: SiteRole::named(&role).ok_or_else(|| damaged(format!("the role {role:?}")))?,
        affiliation: row.try_get("affiliation")?,
        interests: row.try_get("interests")?,
        created_ms: row.try_get::<i64, _>("created_ms")?.unsigned_abs(),
        suspended: since.map(|ms| Suspension { since_ms: ms.unsigned_abs(), reason: reason.unwrap_or_default() }),
        has_password: row.try_get::<i64, _>("has_password")? == 1,
        id,
    })
}
