//! The records of conversations.
//!
//! The SQL is the part that SQLite and PostgreSQL share: numbered parameters, `ON CONFLICT`, and no functions but those that
//! gather records (`row.rs`). A phase that is the last one stays the last one, whatever is saved after it: that is decided
//! inside the database, in one statement, so that two writers cannot undo each other.

use hustings_vocab::plan::Plan;
use hustings_vocab::{MediaTime, Phase, Slug, limits};

use crate::error::StoreError;
use crate::row::{phase_name, signed};
use crate::store::Store;

/// What is kept of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name in its address.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Where it was in its life when that was last saved.
    pub phase: Phase,
    /// When it starts, in milliseconds since 1970.
    pub starts_ms: Option<u64>,
    /// Wall-clock time of media time 0 in milliseconds since 1970, once the lobby has opened.
    pub epoch_ms: Option<u64>,
    /// Media time at which it went live first.
    pub live_since: Option<MediaTime>,
    /// How often its media was lost, for `EXT-X-DISCONTINUITY-SEQUENCE`.
    pub discontinuities: u32,
    /// When it was created, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it ended or was called off, in milliseconds since 1970.
    pub ended_ms: Option<u64>,
    /// What else is announced.
    pub plan: Plan,
}

/// The part of a record that changes while the conversation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Where it is in its life.
    pub phase: Phase,
    /// Wall-clock time of media time 0 in milliseconds since 1970, once the lobby has opened.
    pub epoch_ms: Option<u64>,
    /// Media time at which it went live first.
    pub live_since: Option<MediaTime>,
    /// How often its media was lost.
    pub discontinuities: u32,
}

/// The phases of what is open.
const OPEN: &str = "phase IN ('lobby', 'live', 'held_break', 'held_line_lost')";

impl Store {
    /// Writes a new record, in phase [`Phase::Scheduled`].
    ///
    /// # Errors
    /// [`StoreError::Exists`] for a slug that was ever used, [`StoreError::Query`].
    pub async fn create(
        &self,
        slug: &Slug,
        title: &str,
        starts_ms: Option<u64>,
        now_ms: u64,
    ) -> Result<Record, StoreError> {
        let written = sqlx::query(
            "INSERT INTO conversations (slug, title, phase, starts_ms, created_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (slug) DO NOTHING",
        )
        .bind(slug.as_str())
        .bind(title)
        .bind(phase_name(Phase::Scheduled))
        .bind(starts_ms.map(signed))
        .bind(signed(now_ms))
        .execute(&self.pool)
        .await?;
        if written.rows_affected() == 0 {
            return Err(StoreError::Exists(slug.clone()));
        }
        self.find(slug).await
    }

    /// The record of that name.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn find(&self, slug: &Slug) -> Result<Record, StoreError> {
        let found = self.records(self.gathered(1, "slug = $1", "slug").bind(slug.to_string())).await?;
        found.into_iter().next().ok_or_else(|| StoreError::Unknown(slug.clone()))
    }

    /// Every conversation that is not over, and those that were over within the last
    /// [`limits::LISTED_AFTER_END_DAYS`]: open ones first, then what comes next, then what ended last; at most
    /// [`limits::CONVERSATIONS_LISTED_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn list(&self, now_ms: u64) -> Result<Vec<Record>, StoreError> {
        let most = limits::CONVERSATIONS_LISTED_MAX;
        self.walk("", now_ms, [most; 3], most).await
    }

    /// What is open, what comes next and what ended last, of those that `and` leaves, at most so many of each and so many in
    /// all: short walks along an index each, so that nothing is sorted that is not listed.
    pub(crate) async fn walk(
        &self,
        and: &'static str,
        now_ms: u64,
        most: [usize; 3],
        in_all: usize,
    ) -> Result<Vec<Record>, StoreError> {
        const NEXT: &str = "starts_ms, created_ms, slug";
        let since = now_ms.saturating_sub(limits::LISTED_AFTER_END_DAYS * 24 * 60 * 60 * 1000);
        let mut all = Vec::new();
        for (phases, most) in [OPEN, "phase = 'scheduled'"].into_iter().zip(most) {
            let walk = self.gathered(most.min(in_all - all.len()), &format!("{phases}{and}"), NEXT);
            all.extend(self.records(walk).await?);
        }
        let (over, order) = (format!("ended_ms >= $1{and}"), format!("ended_ms DESC, {NEXT}"));
        let over = self.gathered(most[2].min(in_all - all.len()), &over, &order);
        all.extend(self.records(over.bind(signed(since))).await?);
        Ok(all)
    }

    /// The conversations that were in the lobby, live or held when the server stopped, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn open_ones(&self) -> Result<Vec<Record>, StoreError> {
        self.records(self.gathered(i64::MAX as usize, OPEN, "epoch_ms, slug")).await
    }

    /// The conversations that have not begun, are no rooms, and start at `until_ms` or before or have no start, next first;
    /// at most [`limits::CONVERSATIONS_OPEN_MAX`]. Those of a host whose account is suspended are not among them.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn starting(&self, until_ms: u64) -> Result<Vec<Record>, StoreError> {
        let which = "phase = 'scheduled' AND stays = 0 AND (starts_ms IS NULL OR starts_ms <= $1)
               AND NOT EXISTS (SELECT 1 FROM hosts JOIN accounts ON accounts.id = hosts.account
                               WHERE hosts.slug = conversations.slug AND hosts.role = 'host'
                                 AND accounts.suspended_ms IS NOT NULL)";
        let starting = self.gathered(limits::CONVERSATIONS_OPEN_MAX, which, "starts_ms, slug");
        self.records(starting.bind(signed(until_ms))).await
    }

    /// Saves where a conversation is. Saving the last phase again is not an error; leaving it is.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Phase`] when it is over already; [`StoreError::Query`].
    pub async fn save_state(&self, slug: &Slug, state: &State, now_ms: u64) -> Result<(), StoreError> {
        let written = sqlx::query(
            "UPDATE conversations
             SET phase = $2, epoch_ms = $3, live_since = $4, discontinuities = $5, ended_ms = $6
             WHERE slug = $1 AND phase NOT IN ('ended', 'cancelled')",
        )
        .bind(slug.as_str())
        .bind(phase_name(state.phase))
        .bind(state.epoch_ms.map(signed))
        .bind(state.live_since.map(|t| signed(t.0)))
        .bind(i64::from(state.discontinuities))
        .bind(state.phase.is_over().then(|| signed(now_ms)))
        .execute(&self.pool)
        .await?;
        if written.rows_affected() == 1 {
            return Ok(());
        }
        let found = self.find(slug).await?;
        if found.phase == state.phase { Ok(()) } else { Err(StoreError::Phase(slug.clone(), found.phase)) }
    }

    /// Calls a conversation off before it went live.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Phase`] when it has begun or is over; [`StoreError::Query`].
    pub async fn cancel(&self, slug: &Slug, now_ms: u64) -> Result<Record, StoreError> {
        let written = sqlx::query(
            "UPDATE conversations SET phase = 'cancelled', ended_ms = $2
             WHERE slug = $1 AND phase IN ('scheduled', 'lobby')",
        )
        .bind(slug.as_str())
        .bind(signed(now_ms))
        .execute(&self.pool)
        .await?;
        let found = self.find(slug).await?;
        if written.rows_affected() == 0 {
            return Err(StoreError::Phase(slug.clone(), found.phase));
        }
        Ok(found)
    }
}

#[cfg(test)]
#[path = "conversations_tests.rs"]
mod tests;
