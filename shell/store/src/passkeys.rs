//! Passkeys: public keys by which somebody's devices answer for them. What a credential holds is its library's to say; here it
//! is a text.

pub use hustings_link::accounts::PasskeyRecord;
use hustings_vocab::{AccountId, limits};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::{locked, subject};
use crate::audit::By;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

impl Store {
    /// Adds a passkey.
    ///
    /// # Errors
    /// [`StoreError::Account`] if it has [`limits::PASSKEYS_PER_ACCOUNT_MAX`] already, [`StoreError::Taken`],
    /// [`StoreError::Query`].
    pub async fn add_passkey(&self, new: &PasskeyRecord, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        locked(&mut act, &new.account).await?;
        let count = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM passkeys WHERE account = $1")
            .bind(new.account.as_str())
            .fetch_one(&mut *act.tx)
            .await?;
        if count.try_get::<i64, _>("n")? >= limits::PASSKEYS_PER_ACCOUNT_MAX as i64 {
            return Err(StoreError::Account("the account has as many passkeys as it can have: remove one first"));
        }
        let written = sqlx::query(
            "INSERT INTO passkeys (id, account, name, credential, created_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&new.id)
        .bind(new.account.as_str())
        .bind(&new.name)
        .bind(&new.credential)
        .bind(signed(new.created_ms))
        .execute(&mut *act.tx)
        .await?;
        if written.rows_affected() == 0 {
            return Err(StoreError::Taken("the passkey".to_owned()));
        }
        act.done(by, "account.passkey_added", &subject(&new.account), &json!({ "name": new.name })).await
    }

    /// The passkeys of an account, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn passkeys(&self, account: &AccountId) -> Result<Vec<PasskeyRecord>, StoreError> {
        let rows = sqlx::query("SELECT * FROM passkeys WHERE account = $1 ORDER BY created_ms, id LIMIT $2")
            .bind(account.as_str())
            .bind(limits::PASSKEYS_PER_ACCOUNT_MAX as i64)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(passkey).collect()
    }

    /// The passkey of that id.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn passkey(&self, id: &str) -> Result<Option<PasskeyRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM passkeys WHERE id = $1").bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(passkey).transpose()
    }

    /// Writes down that a passkey was used, and what its counter is now.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn used_passkey(&self, id: &str, credential: &str, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE passkeys SET credential = $2, used_ms = $3 WHERE id = $1")
            .bind(id)
            .bind(credential)
            .bind(signed(now_ms))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Calls a passkey something else; whether the account has it.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn rename_passkey(&self, account: &AccountId, id: &str, name: &str) -> Result<bool, StoreError> {
        let written = sqlx::query("UPDATE passkeys SET name = $3 WHERE id = $2 AND account = $1")
            .bind(account.as_str())
            .bind(id)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(written.rows_affected() > 0)
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// [`StoreError::Nobody`] if the account has none of that id, [`StoreError::Query`].
    pub async fn remove_passkey(&self, account: &AccountId, id: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        let removed = sqlx::query("DELETE FROM passkeys WHERE id = $2 AND account = $1 RETURNING name")
            .bind(account.as_str())
            .bind(id)
            .fetch_optional(&mut *act.tx)
            .await?;
        let row = removed.ok_or_else(|| StoreError::Nobody("passkey of that name".to_owned()))?;
        let name: String = row.try_get("name")?;
        act.done(by, "account.passkey_removed", &subject(account), &json!({ "name": name })).await
    }
}

fn passkey(row: &AnyRow) -> Result<PasskeyRecord, StoreError> {
    let account: String = row.try_get("account")?;
    Ok(PasskeyRecord {
        id: row.try_get("id")?,
        account: account.parse().map_err(|_| StoreError::Nobody("account".to_owned()))?,
        name: row.try_get("name")?,
        credential: row.try_get("credential")?,
        created_ms: row.try_get::<i64, _>("created_ms")?.unsigned_abs(),
        used_ms: row.try_get::<Option<i64>, _>("used_ms")?.map(i64::unsigned_abs),
    })
}
