//! The records of what is announced: making, editing, calling off, and the lists of those who plan.
//!
//! An edit names the version that it was made from, and the database compares it in the statement that writes: of two who
//! edit at once one is told. What changes several conversations is one transaction, whose first statement writes, so that
//! it never waits for a lock in its middle. Absent: what an edit means, which is `core/schedule`'s.

use hustings_schedule::edit::Announced;
use hustings_vocab::{AccountId, Phase, Slug, limits};
use sqlx::{Any, AnyConnection};

use crate::conversations::Record;
use crate::error::StoreError;
use crate::row::{phase_name, signed};
use crate::store::Store;

/// A conversation to write down.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Its name in its address.
    pub slug: Slug,
    /// What is announced; its version becomes 1.
    pub announced: Announced,
    /// What tells a request that comes twice.
    pub key: Option<String>,
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It was written.
    Done,
    /// Nothing was: it is at another version, or its phase does not allow it.
    Stale,
}

/// Lists of strings and guests are plain JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("strings are JSON")
}

impl Store {
    /// Writes new records, all of them or none, in phase [`Phase::Scheduled`].
    ///
    /// # Errors
    /// [`StoreError::Exists`] for the first slug that was ever used, or whose key was; [`StoreError::Query`].
    pub async fn announce(&self, all: &[NewRecord], now_ms: u64) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for new in all {
            let Announced { title, starts_ms, plan } = &new.announced;
            let written = sqlx::query(
                "INSERT INTO conversations (slug, title, phase, starts_ms, created_ms, description, language, tags, guests,
                                            zone, length_min, visibility, series, stays, created_by, changed_ms, request_key)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $5, $16) ON CONFLICT DO NOTHING",
            )
            .bind(new.slug.as_str())
            .bind(title.as_str())
            .bind(phase_name(Phase::Scheduled))
            .bind(starts_ms.map(signed))
            .bind(signed(now_ms))
            .bind(plan.description.as_str())
            .bind(plan.language.clone())
            .bind(json(&plan.tags))
            .bind(json(&plan.guests))
            .bind(plan.zone.clone())
            .bind(plan.length_min.map(i64::from))
            .bind(plan.visibility.name())
            .bind(plan.series.clone())
            .bind(i64::from(plan.stays))
            .bind(plan.created_by.as_ref().map(ToString::to_string))
            .bind(new.key.clone())
            .execute(&mut *tx)
            .await?;
            if written.rows_affected() == 0 {
                tx.rollback().await?;
                return Err(StoreError::Exists(new.slug.clone()));
            }
        }
        Ok(tx.commit().await?)
    }

    /// What a request with this key has made.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn made_by_request(&self, key: &str) -> Result<Option<Record>, StoreError> {
        let found = self.records(self.gathered(1, "request_key = $1", "slug").bind(key.to_owned())).await?;
        Ok(found.into_iter().next())
    }

    /// Writes what is announced now, if each is still at the version that its plan names: the first, or nothing.
    /// Followers that were edited meanwhile keep what they have.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn edit(
        &self,
        slug: &Slug,
        now: &Announced,
        moves: bool,
        followers: &[(Slug, Announced)],
        now_ms: u64,
    ) -> Result<Saved, StoreError> {
        let mut tx = self.pool.begin().await?;
        if write(&mut tx, slug, now, moves, now_ms).await? == 0 {
            tx.rollback().await?;
            return Ok(Saved::Stale);
        }
        for (slug, announced) in followers {
            write(&mut tx, slug, announced, true, now_ms).await?;
        }
        tx.commit().await?;
        Ok(Saved::Done)
    }

    /// Calls it off before it went live, with a reason, if it is still at that version; and these beside it.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn call_off(
        &self,
        slug: &Slug,
        version: u64,
        reason: &str,
        followers: &[Slug],
        now_ms: u64,
    ) -> Result<Saved, StoreError> {
        let statement = |slug: &Slug, version: Option<u64>| {
            sqlx::query::<Any>(
                "UPDATE conversations SET phase = 'cancelled', ended_ms = $2, reason = $3, version = version + 1,
                        changed_ms = $2
                 WHERE slug = $1 AND phase IN ('scheduled', 'lobby') AND ($4 = 0 OR version = $4)",
            )
            .bind(slug.to_string())
            .bind(signed(now_ms))
            .bind(reason.to_owned())
            .bind(signed(version.unwrap_or(0)))
        };
        let mut tx = self.pool.begin().await?;
        if statement(slug, Some(version)).execute(&mut *tx).await?.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(Saved::Stale);
        }
        for slug in followers {
            statement(slug, None).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(Saved::Done)
    }

    /// Those of its series that come after this one and have not begun, next first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn followers(&self, of: &Record) -> Result<Vec<Record>, StoreError> {
        let (Some(series), Some(starts_ms)) = (&of.plan.series, of.starts_ms) else { return Ok(Vec::new()) };
        let which = "series = $1 AND starts_ms > $2 AND phase = 'scheduled'";
        let found = self.gathered(limits::SERIES_OCCURRENCES_MAX as usize, which, "starts_ms, slug");
        self.records(found.bind(series.clone()).bind(signed(starts_ms))).await
    }

    /// Those that are public, as [`Store::list`] orders them: what is open, what comes next, what ended last, at most
    /// [`limits::PUBLIC_OPEN_MAX`], [`limits::PUBLIC_COMING_MAX`] and [`limits::PUBLIC_OVER_MAX`] of each.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn public(&self, now_ms: u64) -> Result<Vec<Record>, StoreError> {
        let most = [limits::PUBLIC_OPEN_MAX, limits::PUBLIC_COMING_MAX, limits::PUBLIC_OVER_MAX].map(|n| n as usize);
        self.walk(" AND visibility = 'public'", now_ms, most, most.iter().sum()).await
    }

    /// What an account made, newest first, at most [`limits::PLANNED_PAGE_MAX`]; after the one that is named.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if that one is not there; [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn planned_by(&self, account: &AccountId, after: Option<&Slug>) -> Result<Vec<Record>, StoreError> {
        let last = match after {
            Some(slug) => Some(self.find(slug).await?),
            None => None,
        };
        let (created, slug) = last.map_or((i64::MAX, String::new()), |r| (signed(r.created_ms), r.slug.to_string()));
        let which = "created_by = $1 AND (created_ms < $2 OR (created_ms = $2 AND slug > $3))";
        let found = self.gathered(limits::PLANNED_PAGE_MAX as usize, which, "created_ms DESC, slug");
        self.records(found.bind(account.to_string()).bind(created).bind(slug)).await
    }
}

async fn write(
    tx: &mut AnyConnection,
    slug: &Slug,
    now: &Announced,
    moves: bool,
    now_ms: u64,
) -> Result<u64, StoreError> {
    let Announced { title, starts_ms, plan } = now;
    let written = sqlx::query::<Any>(
        "UPDATE conversations
         SET title = $2, starts_ms = $3, description = $4, language = $5, tags = $6, guests = $7, zone = $8,
             length_min = $9, visibility = $10, moved_from_ms = $11, delay = $15, changed_ms = $12,
             version = version + 1
         WHERE slug = $1 AND version = $13 AND phase NOT IN ('ended', 'cancelled')
           AND ($14 = 0 OR phase IN ('scheduled', 'lobby'))",
    )
    .bind(slug.to_string())
    .bind(title.clone())
    .bind(starts_ms.map(signed))
    .bind(plan.description.clone())
    .bind(plan.language.clone())
    .bind(json(&plan.tags))
    .bind(json(&plan.guests))
    .bind(plan.zone.clone())
    .bind(plan.length_min.map(i64::from))
    .bind(plan.visibility.name())
    .bind(plan.moved_from_ms.map(signed))
    .bind(signed(now_ms))
    .bind(signed(plan.version))
    .bind(i64::from(moves))
    .bind(plan.delay.clone())
    .execute(tx)
    .await?;
    Ok(written.rows_affected())
}

#[cfg(test)]
#[path = "plans_tests.rs"]
mod tests;
