//! Openings: when a conversation was announced for, and when somebody was first heard in it.

use hustings_link::desk::Opening;
use hustings_vocab::Slug;

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

impl Store {
    /// Writes down that somebody was heard for the first time, beside the start as it is announced now. Only the first counts.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn opened(&self, slug: &Slug, first_speech_ms: u64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO openings (slug, announced_ms, first_speech_ms)
             SELECT slug, starts_ms, $2 FROM conversations WHERE slug = $1 ON CONFLICT DO NOTHING",
        )
        .bind(slug.as_str())
        .bind(signed(first_speech_ms))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// How it opened, if somebody was heard.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn opening(&self, slug: &Slug) -> Result<Option<Opening>, StoreError> {
        let row: Option<(Option<i64>, i64)> =
            sqlx::query_as("SELECT announced_ms, first_speech_ms FROM openings WHERE slug = $1")
                .bind(slug.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let unsigned = |n: i64| u64::try_from(n).unwrap_or_default();
        Ok(row.map(|(announced, heard)| Opening {
            announced_ms: announced.map(unsigned),
            first_speech_ms: unsigned(heard),
        }))
    }
}
