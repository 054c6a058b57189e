//! API keys: secrets by which programs ask as an account. A secret is found by its hash, so a stolen database asks nothing.

use std::fmt::Write;

pub use hustings_link::api_keys::ApiKey;
use hustings_vocab::{AccountId, Scope, limits};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::{Account, COLUMNS, account, digest, locked, subject};
use crate::audit::By;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const MINUTE_MS: u64 = 60_000;

impl Store {
    /// Writes a key down.
    ///
    /// # Errors
    /// [`StoreError::Account`] if the account is suspended or has [`limits::API_KEYS_PER_ACCOUNT_MAX`] already,
    /// [`StoreError::Nobody`], [`StoreError::Query`].
    pub async fn make_api_key(&self, new: &ApiKey, secret: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        if locked(&mut act, &new.account).await?.suspended.is_some() {
            return Err(StoreError::Account("the account is suspended"));
        }
        let count = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM api_keys WHERE account = $1")
            .bind(new.account.as_str())
            .fetch_one(&mut *act.tx)
            .await?;
        if count.try_get::<i64, _>("n")? >= limits::API_KEYS_PER_ACCOUNT_MAX as i64 {
            return Err(StoreError::Account("the account has as many keys as it can have: take one back first"));
        }
        let scopes = names(new.scopes.iter().map(|scope| scope.name()));
        sqlx::query(
            "INSERT INTO api_keys (hash, id, account, name, scopes, created_ms, expires_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(digest(secret))
        .bind(&new.id)
        .bind(new.account.as_str())
        .bind(&new.name)
        .bind(&scopes)
        .bind(signed(new.created_ms))
        .bind(new.expires_ms.map(signed))
        .execute(&mut *act.tx)
        .await?;
        let details = json!({ "key": new.id, "name": new.name, "scopes": scopes.trim(), "expires_ms": new.expires_ms });
        act.done(by, "account.key_made", &subject(&new.account), &details).await
    }

    /// The keys of an account, oldest first. Those that have ended are among them: their owner takes them away.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn api_keys(&self, account: &AccountId) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT id AS key_id, account, name AS key_name, scopes, created_ms AS made_ms, expires_ms, used_ms
             FROM api_keys WHERE account = $1 ORDER BY created_ms, id LIMIT $2",
        )
        .bind(account.as_str())
        .bind(limits::API_KEYS_PER_ACCOUNT_MAX as i64)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(key).collect()
    }

    /// Whose key this is, and which; `None` if it is none, has ended, or its account is suspended.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn api_key(&self, secret: &str, now_ms: u64) -> Result<Option<(Account, ApiKey)>, StoreError> {
        let hash = digest(secret);
        let text = format!(
            "SELECT {COLUMNS}, api_keys.id AS key_id, api_keys.account AS account, api_keys.name AS key_name,
                    api_keys.scopes AS scopes, api_keys.created_ms AS made_ms, api_keys.expires_ms AS expires_ms,
                    api_keys.used_ms AS used_ms
             FROM api_keys JOIN accounts ON accounts.id = api_keys.account
             WHERE api_keys.hash = $1 AND (api_keys.expires_ms IS NULL OR api_keys.expires_ms > $2)
               AND accounts.suspended_ms IS NULL"
        );
        let row =
            sqlx::query(sqlx::AssertSqlSafe(text)).bind(&hash).bind(signed(now_ms)).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        let found = key(&row)?;
        if found.used_ms.is_none_or(|used| used + limits::API_KEY_SEEN_MINUTES * MINUTE_MS < now_ms) {
            sqlx::query("UPDATE api_keys SET used_ms = $2 WHERE hash = $1 AND (used_ms IS NULL OR used_ms < $2)")
                .bind(&hash)
                .bind(signed(now_ms))
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((account(&row)?, found)))
    }

    /// Takes the key of that id of an account back.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`].
    pub async fn revoke_api_key(&self, account: &AccountId, id: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        let gone = sqlx::query("DELETE FROM api_keys WHERE account = $1 AND id = $2")
            .bind(account.as_str())
            .bind(id)
            .execute(&mut *act.tx)
            .await?;
        if gone.rows_affected() == 0 {
            return Err(StoreError::Nobody("key of that name".to_owned()));
        }
        act.done(by, "account.key_revoked", &subject(account), &json!({ "key": id })).await
    }
}

/// Names between spaces, so that one is found by `LIKE '% name %'`.
pub(crate) fn names<'n>(all: impl Iterator<Item = &'n str>) -> String {
    all.fold(" ".to_owned(), |mut text, name| {
        let _ = write!(text, "{name} ");
        text
    })
}

fn key(row: &AnyRow) -> Result<ApiKey, StoreError> {
    let id: String = row.try_get("key_id")?;
    let damaged = |what: String| StoreError::Damaged { slug: id.clone(), what };
    let account: String = row.try_get("account")?;
    let scopes: String = row.try_get("scopes")?;
    let number = |column: &str| row.try_get::<Option<i64>, _>(column).map(|n| n.map(i64::unsigned_abs));
    Ok(ApiKey {
        account: account.parse().map_err(|e| damaged(format!("an account that is none ({e})")))?,
        name: row.try_get("key_name")?,
        // A scope that this version does not know allows nothing.
        scopes: scopes.split_whitespace().filter_map(Scope::named).collect(),
        created_ms: number("made_ms")?.unwrap_or(0),
        expires_ms: number("expires_ms")?,
        used_ms: number("used_ms")?,
        id,
    })
}
