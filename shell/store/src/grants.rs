//! What was decided about single seats: it outlives the process, so that who was banned stays banned after a restart.

use hustings_stage::Grant;
use hustings_vocab::{SeatId, Slug, limits};
use sqlx::Row;

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

impl Store {
    /// Keeps a decision; `None` forgets it.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn decide(
        &self,
        slug: &Slug,
        seat: &SeatId,
        grant: Option<Grant>,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        match grant {
            None => {
                let forget = sqlx::query("DELETE FROM grants WHERE slug = $1 AND seat = $2");
                forget.bind(slug.as_str()).bind(seat.as_str()).execute(&self.pool).await?;
            }
            Some(grant) => {
                sqlx::query(
                    "INSERT INTO grants (slug, seat, decision, decided_ms) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (slug, seat) DO UPDATE SET decision = excluded.decision, decided_ms = excluded.decided_ms",
                )
                .bind(slug.as_str())
                .bind(seat.as_str())
                .bind(grant.name())
                .bind(signed(now_ms))
                .execute(&self.pool)
                .await?;
            }
        }
        Ok(())
    }

    /// Every decision about seats of a conversation, the latest first, at most [`limits::GRANTS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn decisions(&self, slug: &Slug) -> Result<Vec<(SeatId, Grant)>, StoreError> {
        let rows =
            sqlx::query("SELECT seat, decision FROM grants WHERE slug = $1 ORDER BY decided_ms DESC, seat LIMIT $2")
                .bind(slug.as_str())
                .bind(signed(limits::GRANTS_MAX as u64))
                .fetch_all(&self.pool)
                .await?;
        let read = |row: &sqlx::any::AnyRow| {
            let (seat, decision): (String, String) = (row.try_get("seat")?, row.try_get("decision")?);
            let found = seat.parse().ok().zip(Grant::named(&decision));
            found.ok_or_else(|| StoreError::Damaged {
                slug: slug.to_string(),
                what: format!("{decision:?} about {seat:?}"),
            })
        };
        rows.iter().map(read).collect()
    }
}
