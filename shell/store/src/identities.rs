//! Identities: somebody's names at providers, by which they sign in to an account. One name is one account's.

pub use hustings_link::accounts::IdentityRecord;
use hustings_vocab::{AccountId, limits};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::{Account, COLUMNS, NewAccount, account, insert, locked, subject};
use crate::audit::{Act, By};
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

impl Store {
    /// Links an identity to its account.
    ///
    /// # Errors
    /// [`StoreError::Account`] if the account has [`limits::IDENTITIES_PER_ACCOUNT_MAX`] already, [`StoreError::Taken`] if it is
    /// somebody's, [`StoreError::Query`].
    pub async fn add_identity(&self, new: &IdentityRecord, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        locked(&mut act, &new.account).await?;
        link(&mut act, new).await?;
        let details = json!({ "issuer": new.issuer, "email": new.email });
        act.done(by, "account.identity_added", &subject(&new.account), &details).await
    }

    /// Makes an account that somebody signs in to by an identity, both or neither.
    ///
    /// # Errors
    /// As [`Store::create_account`] and [`Store::add_identity`].
    pub async fn create_account_of(
        &self,
        new: &NewAccount,
        identity: &IdentityRecord,
        by: By<'_>,
    ) -> Result<Account, StoreError> {
        let mut act = self.begin().await?;
        if !insert(&mut act, new, by).await? {
            return Err(StoreError::Taken("the handle or the e-mail address".to_owned()));
        }
        let details = json!({ "handle": new.handle.as_str(), "role": new.role.name(), "issuer": identity.issuer });
        link(&mut act, identity).await?;
        act.done(by, "account.create", &subject(&new.id), &details).await?;
        self.account(&new.id).await
    }

    /// The identity of that name at that issuer, and its account.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn identity(&self, issuer: &str, name: &str) -> Result<Option<(String, Account)>, StoreError> {
        let text = format!(
            "SELECT identities.id AS identity, {COLUMNS} FROM identities JOIN accounts ON accounts.id = identities.account
             WHERE identities.issuer = $1 AND identities.subject = $2"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(issuer).bind(name).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((row.try_get("identity")?, account(&row)?))).transpose()
    }

    /// The identities of an account, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn identities(&self, account: &AccountId) -> Result<Vec<IdentityRecord>, StoreError> {
        let rows = sqlx::query("SELECT * FROM identities WHERE account = $1 ORDER BY created_ms, id LIMIT $2")
            .bind(account.as_str())
            .bind(limits::IDENTITIES_PER_ACCOUNT_MAX as i64)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(identity).collect()
    }

    /// Writes down that an identity was used.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn used_identity(&self, id: &str, now_ms: u64) -> Result<(), StoreError> {
        let used = sqlx::query("UPDATE identities SET used_ms = $2 WHERE id = $1").bind(id).bind(signed(now_ms));
        used.execute(&self.pool).await?;
        Ok(())
    }

    /// Removes an identity.
    ///
    /// # Errors
    /// [`StoreError::Nobody`] if the account has none of that id, [`StoreError::Query`].
    pub async fn remove_identity(&self, account: &AccountId, id: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        let removed = sqlx::query("DELETE FROM identities WHERE id = $2 AND account = $1 RETURNING issuer")
            .bind(account.as_str())
            .bind(id)
            .fetch_optional(&mut *act.tx)
            .await?;
        let row = removed.ok_or_else(|| StoreError::Nobody("identity of that name".to_owned()))?;
        let issuer: String = row.try_get("issuer")?;
        act.done(by, "account.identity_removed", &subject(account), &json!({ "issuer": issuer })).await
    }
}

/// Writes one down within an act.
async fn link(act: &mut Act, new: &IdentityRecord) -> Result<(), StoreError> {
    let count = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM identities WHERE account = $1")
        .bind(new.account.as_str())
        .fetch_one(&mut *act.tx)
        .await?;
    if count.try_get::<i64, _>("n")? >= limits::IDENTITIES_PER_ACCOUNT_MAX as i64 {
        return Err(StoreError::Account("the account has as many identities as it can have: remove one first"));
    }
    let written = sqlx::query(
        "INSERT INTO identities (id, account, issuer, subject, email, created_ms, used_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
    )
    .bind(&new.id)
    .bind(new.account.as_str())
    .bind(&new.issuer)
    .bind(&new.subject)
    .bind(&new.email)
    .bind(signed(new.created_ms))
    .bind(new.used_ms.map(signed))
    .execute(&mut *act.tx)
    .await?;
    if written.rows_affected() == 0 {
        return Err(StoreError::Taken("the identity".to_owned()));
    }
    Ok(())
}

fn identity(row: &AnyRow) -> Result<IdentityRecord, StoreError> {
    let account: String = row.try_get("account")?;
    Ok(IdentityRecord {
        id: row.try_get("id")?,
        account: account.parse().map_err(|_| StoreError::Nobody("account".to_owned()))?,
        issuer: row.try_get("issuer")?,
        subject: row.try_get("subject")?,
        email: row.try_get("email")?,
        created_ms: row.try_get::<i64, _>("created_ms")?.unsigned_abs(),
        used_ms: row.try_get::<Option<i64>, _>("used_ms")?.map(i64::unsigned_abs),
    })
}
