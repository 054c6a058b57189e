//! The log of acts: who did what to whom, when and why.
//!
//! An act and its row are one transaction (`Act`), which begins by taking the next number from the only row of `audit_head`.
//! That is a write, so acts wait for each other on both databases and no number is ever skipped. Each row holds the hash of
//! the row before it: whoever changes one has to change all that follow, and [`Store::verify_audit`] finds the first that does
//! not fit. Deliberately absent: a way to change or remove a row.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use hustings_link::accounts::{Entry, Wanted};
use hustings_vocab::limits;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

/// Who acts, why and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// `account:ID`, or `console` for who runs the server.
    pub actor: &'a str,
    /// In words that its subject may read; empty where an act needs none.
    pub reason: &'a str,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
}

/// The hash of a row: SHA-256 in base64url of all that is in it, each text after its length.
fn hashed(row: &Entry) -> String {
    let mut sum = Sha256::new();
    sum.update(row.seq.to_be_bytes());
    sum.update(row.at_ms.to_be_bytes());
    for text in [&row.actor, &row.act, &row.subject, &row.reason, &row.details, &row.previous] {
        sum.update((text.len() as u64).to_be_bytes());
        sum.update(text.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(sum.finalize())
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit log does not fit at row {seq}: {what}")]
pub struct Broken {
    /// The first row that does not fit.
    pub seq: u64,
    /// Why not.
    pub what: &'static str,
}

/// An act that has begun. Dropping it undoes it.
pub(crate) struct Act {
    pub(crate) tx: Transaction<'static, Any>,
    seq: u64,
    previous: String,
}

impl Act {
    /// Writes the row and makes the act so.
    pub(crate) async fn done(
        mut self,
        by: By<'_>,
        act: &str,
        subject: &str,
        details: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let mut entry = Entry {
            seq: self.seq,
            at_ms: by.now_ms,
            actor: by.actor.to_owned(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            reason: by.reason.to_owned(),
            details: details.to_string(),
            previous: self.previous,
            hash: String::new(),
        };
        entry.hash = hashed(&entry);
        sqlx::query(
            "INSERT INTO audit_log (seq, at_ms, actor, act, subject, reason, details, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(signed(entry.seq))
        .bind(signed(entry.at_ms))
        .bind(&entry.actor)
        .bind(&entry.act)
        .bind(&entry.subject)
        .bind(&entry.reason)
        .bind(&entry.details)
        .bind(&entry.previous)
        .bind(&entry.hash)
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("UPDATE audit_head SET hash = $1 WHERE one = 1").bind(&entry.hash).execute(&mut *self.tx).await?;
        Ok(self.tx.commit().await?)
    }
}

impl Store {
    /// Begins an act: nobody else's begins until it is over.
    pub(crate) async fn begin(&self) -> Result<Act, StoreError> {
        let mut tx = self.pool.begin().await?;
        let head = sqlx::query("UPDATE audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash")
            .fetch_one(&mut *tx)
            .await?;
        let seq = head.try_get::<i64, _>("seq")?.unsigned_abs();
        Ok(Act { tx, seq, previous: head.try_get("hash")? })
    }

    /// The newest rows below `before`, newest first, at most [`limits::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn audit(&self, wanted: &Wanted, before: Option<u64>, rows: usize) -> Result<Vec<Entry>, StoreError> {
        // One text for each filter, so that each has its index; of several the most selective one leads.
        let narrow = match (wanted.subject.is_empty(), wanted.actor.is_empty(), wanted.act.is_empty()) {
            (false, _, _) => "subject = $1 AND (actor = $2 OR $2 = '') AND (act = $3 OR $3 = '')",
            (true, false, _) => "actor = $2 AND (act = $3 OR $3 = '') AND $1 = ''",
            (true, true, false) => "act = $3 AND $1 = '' AND $2 = ''",
            (true, true, true) => "$1 = '' AND $2 = '' AND $3 = ''",
        };
        let text = format!("SELECT * FROM audit_log WHERE {narrow} AND seq < $4 ORDER BY seq DESC LIMIT $5");
        let found = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(&wanted.subject)
            .bind(&wanted.actor)
            .bind(&wanted.act)
            .bind(before.map_or(i64::MAX, signed))
            .bind(rows.min(limits::PAGE_ROWS_MAX) as i64)
            .fetch_all(&self.pool)
            .await?;
        found.iter().map(entry).collect()
    }

    /// Rows after `after` in their order, at most `rows`.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn audit_from(&self, after: u64, rows: usize) -> Result<Vec<Entry>, StoreError> {
        let found = sqlx::query("SELECT * FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(signed(after))
            .bind(rows.min(limits::AUDIT_EXPORT_ROWS_MAX) as i64)
            .fetch_all(&self.pool)
            .await?;
        found.iter().map(entry).collect()
    }

    /// Goes through the whole log and says how many rows it has, or where it is broken.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn verify_audit(&self) -> Result<Result<u64, Broken>, StoreError> {
        // The head first: an act that is made meanwhile lies beyond it.
        let head = sqlx::query("SELECT seq, hash FROM audit_head WHERE one = 1").fetch_one(&self.pool).await?;
        let last = head.try_get::<i64, _>("seq")?.unsigned_abs();
        let mut chain = Chain::default();
        while chain.rows < last {
            let page = self.audit_from(chain.rows, limits::AUDIT_EXPORT_ROWS_MAX).await?;
            if page.is_empty() {
                return Ok(Err(Broken { seq: chain.rows + 1, what: "it is missing" }));
            }
            for row in page.iter().take_while(|row| row.seq <= last) {
                if let Err(broken) = chain.next(row) {
                    return Ok(Err(broken));
                }
            }
        }
        if chain.hash != head.try_get::<String, _>("hash")? {
            return Ok(Err(Broken { seq: last, what: "it is not the one that was written last" }));
        }
        Ok(Ok(last))
    }
}

/// A log that is gone through from its first row.
#[derive(Debug, Default)]
pub struct Chain {
    rows: u64,
    hash: String,
}

impl Chain {
    /// Takes the next row.
    ///
    /// # Errors
    /// [`Broken`], if it is not the next one.
    pub fn next(&mut self, row: &Entry) -> Result<(), Broken> {
        let broken = |what| Err(Broken { seq: self.rows + 1, what });
        if row.seq != self.rows + 1 {
            return broken("it is missing");
        }
        if row.previous != self.hash {
            return broken("it does not follow the one before it");
        }
        if row.hash != hashed(row) {
            return broken("it was changed");
        }
        *self = Self { rows: row.seq, hash: row.hash.clone() };
        Ok(())
    }
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    Ok(Entry {
        seq: number("seq")?,
        at_ms: number("at_ms")?,
        actor: row.try_get("actor")?,
        act: row.try_get("act")?,
        subject: row.try_get("subject")?,
        reason: row.try_get("reason")?,
        details: row.try_get("details")?,
        previous: row.try_get("previous")?,
        hash: row.try_get("hash")?,
    })
}
