//! Sessions: who is signed in where. A secret is found by its hash, so a stolen database signs nobody in.

pub use hustings_link::accounts::SessionRecord;
use hustings_vocab::{AccountId, limits};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::{Account, COLUMNS, account, digest};
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const MINUTE_MS: u64 = 60_000;
const LIFE_MS: u64 = limits::SESSION_DAYS * 24 * 60 * MINUTE_MS;

/// A session to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// What its cookie holds.
    pub secret: &'a str,
    /// What it is called where it is shown.
    pub id: &'a str,
    /// Whose it is.
    pub account: &'a AccountId,
    /// Which device it is on, in words.
    pub label: &'a str,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
}

impl Store {
    /// Begins a session. Those that are over by their age are removed, and beyond [`limits::SESSIONS_PER_ACCOUNT_MAX`] those
    /// that were used longest ago.
    ///
    /// # Errors
    /// [`StoreError::Account`] if the account is suspended, [`StoreError::Query`].
    pub async fn begin_session(&self, new: NewSession<'_>) -> Result<(), StoreError> {
        // One statement: an account that is suspended at this moment has either no session, or one that the suspension ends.
        let begun = sqlx::query(
            "INSERT INTO sessions (hash, id, account, label, created_ms, seen_ms)
             SELECT $1, $2, id, $4, $5, $5 FROM accounts WHERE id = $3 AND suspended_ms IS NULL",
        )
        .bind(digest(new.secret))
        .bind(new.id)
        .bind(new.account.as_str())
        .bind(new.label)
        .bind(signed(new.now_ms))
        .execute(&self.pool)
        .await?;
        if begun.rows_affected() == 0 {
            return Err(StoreError::Account("the account is suspended"));
        }
        sqlx::query(
            "DELETE FROM sessions WHERE account = $1 AND (seen_ms < $2 OR hash NOT IN
             (SELECT hash FROM sessions WHERE account = $1 ORDER BY seen_ms DESC, created_ms DESC, hash LIMIT $3))",
        )
        .bind(new.account.as_str())
        .bind(signed(new.now_ms.saturating_sub(LIFE_MS)))
        .bind(limits::SESSIONS_PER_ACCOUNT_MAX as i64)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whose session this is, and which; `None` if it is over, nobody's, or its account is suspended.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn session(&self, secret: &str, now_ms: u64) -> Result<Option<(Account, SessionRecord)>, StoreError> {
        let hash = digest(secret);
        let text = format!(
            "SELECT {COLUMNS}, sessions.id AS session, sessions.label AS label, sessions.created_ms AS begun_ms,
                    sessions.seen_ms AS seen_ms
             FROM sessions JOIN accounts ON accounts.id = sessions.account
             WHERE sessions.hash = $1 AND sessions.seen_ms >= $2 AND accounts.suspended_ms IS NULL"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(&hash)
            .bind(signed(now_ms.saturating_sub(LIFE_MS)))
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let seen = session(&row, "session", "begun_ms")?;
        if seen.seen_ms + limits::SESSION_SEEN_MINUTES * MINUTE_MS < now_ms {
            sqlx::query("UPDATE sessions SET seen_ms = $2 WHERE hash = $1 AND seen_ms < $2")
                .bind(&hash)
                .bind(signed(now_ms))
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((account(&row)?, seen)))
    }

    /// Sessions of an account that are not over, the one that was used last first.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn sessions(&self, account: &AccountId, now_ms: u64) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, label, created_ms, seen_ms FROM sessions WHERE account = $1 AND seen_ms >= $2
             ORDER BY seen_ms DESC, created_ms DESC, id LIMIT $3",
        )
        .bind(account.as_str())
        .bind(signed(now_ms.saturating_sub(LIFE_MS)))
        .bind(limits::SESSIONS_PER_ACCOUNT_MAX as i64)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| session(row, "id", "created_ms")).collect()
    }

    /// Ends the session of that id of an account; whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn end_session(&self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let ended = sqlx::query("DELETE FROM sessions WHERE account = $1 AND id = $2")
            .bind(account.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends every session of an account but the one of id `keep`.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn end_other_sessions(&self, account: &AccountId, keep: &str) -> Result<u64, StoreError> {
        let ended = sqlx::query("DELETE FROM sessions WHERE account = $1 AND id <> $2")
            .bind(account.as_str())
            .bind(keep)
            .execute(&self.pool)
            .await?;
        Ok(ended.rows_affected())
    }
}

fn session(row: &AnyRow, id: &str, created: &str) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        id: row.try_get(id)?,
        label: row.try_get("label")?,
        created_ms: row.try_get::<i64, _>(created)?.unsigned_abs(),
        seen_ms: row.try_get::<i64, _>("seen_ms")?.unsigned_abs(),
    })
}
