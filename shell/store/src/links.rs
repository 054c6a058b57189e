//! Links that sign somebody in once: the first time, when nothing else is left, or by mail.
//!
//! A link is used by one statement, so of two who use it at the same moment one is refused.

use hustings_vocab::AccountId;
use serde_json::json;
use sqlx::Row;

use crate::accounts::{Account, digest, locked, subject};
use crate::audit::By;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

/// What a link was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The account is new.
    Welcome,
    /// Its owner cannot sign in any more: password and sessions are gone.
    Reset,
    /// Its owner, or somebody who says so, asked for it by mail.
    Mailed,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Reset => "reset",
            Self::Mailed => "mailed",
        }
    }
}

impl Store {
    /// Makes a link of this secret, in place of those that the account had. A reset also takes password and keys away and ends
    /// every session.
    ///
    /// # Errors
    /// [`StoreError::Account`] if it is suspended; as [`Store::account`].
    pub async fn make_link(
        &self,
        id: &AccountId,
        purpose: Purpose,
        secret: &str,
        expires_ms: u64,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        if locked(&mut act, id).await?.suspended.is_some() {
            return Err(StoreError::Account("the account is suspended: reinstate it first"));
        }
        let void: &[&str] = match purpose {
            Purpose::Welcome => &["DELETE FROM sign_in_links WHERE account = $1"],
            // A stranger can ask for one: the links of others stay.
            Purpose::Mailed => &["DELETE FROM sign_in_links WHERE account = $1 AND purpose = 'mailed'"],
            Purpose::Reset => &[
                "DELETE FROM sign_in_links WHERE account = $1",
                "DELETE FROM sessions WHERE account = $1",
                "DELETE FROM api_keys WHERE account = $1",
                "UPDATE accounts SET password = NULL WHERE id = $1",
            ],
        };
        for text in void {
            sqlx::query(*text).bind(id.as_str()).execute(&mut *act.tx).await?;
        }
        sqlx::query(
            "INSERT INTO sign_in_links (hash, account, purpose, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(digest(secret))
        .bind(id.as_str())
        .bind(purpose.name())
        .bind(signed(by.now_ms))
        .bind(signed(expires_ms))
        .execute(&mut *act.tx)
        .await?;
        let details = json!({ "purpose": purpose.name(), "expires_ms": expires_ms });
        act.done(by, "account.link", &subject(id), &details).await
    }

    /// Whether a link was made since then because somebody asked for it by mail.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn mailed_link_since(&self, id: &AccountId, since_ms: u64) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "SELECT 1 AS one FROM sign_in_links WHERE account = $1 AND purpose = 'mailed' AND created_ms > $2 LIMIT 1",
        );
        Ok(made.bind(id.as_str()).bind(signed(since_ms)).fetch_optional(&self.pool).await?.is_some())
    }

    /// Uses a link: whose it is, if it was not used before, holds still, and its account is not suspended.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn use_link(&self, secret: &str, now_ms: u64) -> Result<Option<Account>, StoreError> {
        let used = sqlx::query(
            "UPDATE sign_in_links SET used_ms = $2 WHERE hash = $1 AND used_ms IS NULL AND expires_ms > $2
             RETURNING account",
        )
        .bind(digest(secret))
        .bind(signed(now_ms))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = used else { return Ok(None) };
        let id: String = row.try_get("account")?;
        let id = id.parse().map_err(|_| StoreError::Nobody("account".into()))?;
        Ok(Some(self.account(&id).await?).filter(|account| account.suspended.is_none()))
    }
}
