//! What somebody's account makes them in a conversation: its host, a co-host, or what they were invited as.

use hustings_vocab::{AccountId, Role, Slug};
use sqlx::Row;

use crate::accounts::account_id;
use crate::error::StoreError;
use crate::store::Store;

const ROLES: [Role; 5] = [Role::Host, Role::CoHost, Role::Speaker, Role::Producer, Role::Listener];

impl Store {
    /// Gives an account a role in a conversation, in place of the one that it had.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn set_role_in(&self, slug: &Slug, account: &AccountId, role: Role) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO hosts (slug, account, role) VALUES ($1, $2, $3)
             ON CONFLICT (slug, account) DO UPDATE SET role = excluded.role",
        )
        .bind(slug.as_str())
        .bind(account.as_str())
        .bind(role.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes an account's role in a conversation away.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn remove_role_in(&self, slug: &Slug, account: &AccountId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM hosts WHERE slug = $1 AND account = $2")
            .bind(slug.as_str())
            .bind(account.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// What an account is in a conversation.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn role_in(&self, slug: &Slug, account: &AccountId) -> Result<Option<Role>, StoreError> {
        let row = sqlx::query("SELECT role FROM hosts WHERE slug = $1 AND account = $2")
            .bind(slug.as_str())
            .bind(account.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let name: Option<String> = row.map(|row| row.try_get("role")).transpose()?;
        Ok(name.and_then(|name| ROLES.into_iter().find(|role| role.to_string() == name)))
    }

    /// The accounts that have a role in a conversation, at most [`hustings_vocab::limits::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn roles_in(&self, slug: &Slug) -> Result<Vec<(AccountId, Role)>, StoreError> {
        let rows = sqlx::query("SELECT account AS id, role FROM hosts WHERE slug = $1 ORDER BY account LIMIT $2")
            .bind(slug.as_str())
            .bind(hustings_vocab::limits::PAGE_ROWS_MAX as i64)
            .fetch_all(&self.pool)
            .await?;
        let mut found = Vec::new();
        for row in &rows {
            let name: String = row.try_get("role")?;
            if let Some(role) = ROLES.into_iter().find(|role| role.to_string() == name) {
                found.push((account_id(row)?, role));
            }
        }
        Ok(found)
    }

    /// Whether the account of a conversation's host is suspended.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn is_stranded(&self, slug: &Slug) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT 1 AS one FROM hosts JOIN accounts ON accounts.id = hosts.account
             WHERE hosts.slug = $1 AND hosts.role = 'host' AND accounts.suspended_ms IS NOT NULL LIMIT 1",
        );
        Ok(found.bind(slug.as_str()).fetch_optional(&self.pool).await?.is_some())
    }
}
