//! Letters that wait to be sent.
//!
//! A letter is written down before whoever caused it is answered, so that it outlives the process. Who sends it takes it with a
//! time until which nobody else does; one that was sent and not removed because the process ended goes twice. A letter whose
//! time is over is not sent any more.

use hustings_vocab::{Slug, limits};
use sqlx::Row;

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

/// How long whoever has taken a letter may try.
const TAKEN_MS: u64 = 5 * 60_000;

/// A letter in the queue.
#[derive(Clone, PartialEq, Eq)]
pub struct MailRecord {
    /// Its name.
    pub id: String,
    /// The address of whom it is for.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Plain text; it may hold a link that signs somebody in.
    pub text: String,
    /// When it is not worth sending any more.
    pub expires_ms: u64,
    /// How often it was tried.
    pub tries: u32,
}

impl Store {
    /// Puts a letter into the queue; `false` when [`limits::MAIL_WAITING_MAX`] wait already.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn post(&self, letter: &MailRecord, now_ms: u64) -> Result<bool, StoreError> {
        let written = sqlx::query(
            "INSERT INTO mail_queue (id, recipient, subject, text, due_ms, expires_ms)
             SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT CAST(COUNT(*) AS BIGINT) FROM mail_queue) < $7",
        )
        .bind(&letter.id)
        .bind(&letter.to)
        .bind(&letter.subject)
        .bind(&letter.text)
        .bind(signed(now_ms))
        .bind(signed(letter.expires_ms))
        .bind(limits::MAIL_WAITING_MAX as i64)
        .execute(&self.pool)
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Takes the letter that is due first, and removes those whose time is over.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn take_mail(&self, now_ms: u64) -> Result<Option<MailRecord>, StoreError> {
        let due = sqlx::query("SELECT id FROM mail_queue WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT 1");
        let Some(due) = due.bind(signed(now_ms)).fetch_optional(&self.pool).await? else { return Ok(None) };
        let over = sqlx::query("DELETE FROM mail_queue WHERE expires_ms <= $1");
        over.bind(signed(now_ms)).execute(&self.pool).await?;
        let row = sqlx::query(
            "UPDATE mail_queue SET due_ms = $2, tries = tries + 1 WHERE id = $1 AND due_ms <= $3
             RETURNING id, recipient, subject, text, expires_ms, tries",
        )
        .bind(due.try_get::<String, _>("id")?)
        .bind(signed(now_ms + TAKEN_MS))
        .bind(signed(now_ms))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(MailRecord {
            id: row.try_get("id")?,
            to: row.try_get("recipient")?,
            subject: row.try_get("subject")?,
            text: row.try_get("text")?,
            expires_ms: row.try_get::<i64, _>("expires_ms")?.unsigned_abs(),
            tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
        }))
    }

    /// The letter was taken by a mail server, or never will be.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn drop_mail(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mail_queue WHERE id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// The letter is tried again then.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn put_mail_off(&self, id: &str, due_ms: u64) -> Result<(), StoreError> {
        let later = sqlx::query("UPDATE mail_queue SET due_ms = $2 WHERE id = $1");
        later.bind(id).bind(signed(due_ms)).execute(&self.pool).await?;
        Ok(())
    }

    /// The addresses of those who were invited to a conversation: accounts with a role in it that are not suspended, and
    /// guests whose invitation was sent; at most [`limits::MAIL_INVITED_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn addresses_of(&self, slug: &Slug) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT accounts.email AS email FROM hosts JOIN accounts ON accounts.id = hosts.account
             WHERE hosts.slug = $1 AND accounts.email IS NOT NULL AND accounts.suspended_ms IS NULL
             UNION SELECT email FROM invitations WHERE slug = $1 AND email IS NOT NULL AND revoked_ms IS NULL LIMIT $2",
        )
        .bind(slug.as_str())
        .bind(limits::MAIL_INVITED_MAX as i64)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("email")?)).collect()
    }

    /// Writes down where an invitation was sent.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn invitation_was_sent(&self, id: &str, to: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE invitations SET email = $2 WHERE id = $1").bind(id).bind(to).execute(&self.pool).await?;
        Ok(())
    }
}
