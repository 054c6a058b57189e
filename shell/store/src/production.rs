//! The records of clips, of what lobbies sound of, and of covers. The sound and the pictures themselves are files.

use hustings_link::production::{LobbyChoice, Prepared, StoredClip};
use hustings_vocab::plan::Cover;
use hustings_vocab::{Slug, limits};
use sqlx::Row;

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

impl Store {
    /// Writes a clip down; `false` when the conversation has as many, or as many seconds of them, as it may have.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn add_clip(&self, slug: &Slug, clip: &StoredClip) -> Result<bool, StoreError> {
        let written = sqlx::query(
            "INSERT INTO clips (slug, id, title, length_ms, added_ms) SELECT $1, $2, $3, $4, $5
             WHERE (SELECT CAST(COUNT(*) AS BIGINT) FROM clips WHERE slug = $1) < $6
               AND (SELECT CAST(COALESCE(SUM(length_ms), 0) AS BIGINT) FROM clips WHERE slug = $1) <= $7",
        )
        .bind(slug.as_str())
        .bind(clip.id.as_str())
        .bind(clip.title.as_str())
        .bind(signed(clip.length_ms))
        .bind(signed(clip.added_ms))
        .bind(i64::from(limits::CLIPS_PER_CONVERSATION_MAX))
        .bind(signed((u64::from(limits::CLIPS_SECONDS_MAX) * 1000).saturating_sub(clip.length_ms)))
        .execute(&self.pool)
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// The clips of a conversation in the order in which they came, and what its lobby sounds of.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn prepared(&self, slug: &Slug) -> Result<Prepared, StoreError> {
        let rows = sqlx::query("SELECT * FROM clips WHERE slug = $1 ORDER BY added_ms, id LIMIT $2")
            .bind(slug.as_str())
            .bind(i64::from(limits::CLIPS_PER_CONVERSATION_MAX))
            .fetch_all(&self.pool)
            .await?;
        let clips = rows.iter().map(|row| clip(slug, row)).collect::<Result<_, _>>()?;
        let lobby = sqlx::query("SELECT sound FROM lobby_sounds WHERE slug = $1");
        let lobby = lobby.bind(slug.as_str()).fetch_optional(&self.pool).await?;
        let lobby: Option<String> = lobby.map(|row| row.try_get("sound")).transpose()?;
        Ok(Prepared { clips, lobby: lobby.and_then(|name| LobbyChoice::named(&name)).unwrap_or_default() })
    }

    /// Calls a clip something else; `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn rename_clip(&self, slug: &Slug, id: &str, title: &str) -> Result<bool, StoreError> {
        let written = sqlx::query("UPDATE clips SET title = $3 WHERE slug = $1 AND id = $2");
        Ok(written.bind(slug.as_str()).bind(id).bind(title).execute(&self.pool).await?.rows_affected() == 1)
    }

    /// Forgets a clip, also as the sound of its lobby; `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn remove_clip(&self, slug: &Slug, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let gone = sqlx::query("DELETE FROM clips WHERE slug = $1 AND id = $2");
        let gone = gone.bind(slug.as_str()).bind(id).execute(&mut *tx).await?.rows_affected() == 1;
        let lobby = sqlx::query("DELETE FROM lobby_sounds WHERE slug = $1 AND sound = $2");
        lobby.bind(slug.as_str()).bind(id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// What a lobby sounds of from now on.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn set_lobby_sound(&self, slug: &Slug, choice: &LobbyChoice) -> Result<(), StoreError> {
        let write = sqlx::query(
            "INSERT INTO lobby_sounds (slug, sound) VALUES ($1, $2)
             ON CONFLICT (slug) DO UPDATE SET sound = excluded.sound",
        );
        write.bind(slug.as_str()).bind(choice.name()).execute(&self.pool).await?;
        Ok(())
    }

    /// The cover from now on; `None` is none. `false` when there is no such conversation.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn set_cover(&self, slug: &Slug, cover: Option<&Cover>) -> Result<bool, StoreError> {
        let cover = cover.map(|cover| serde_json::to_string(cover).expect("a cover is JSON"));
        let write = sqlx::query("UPDATE conversations SET cover = $2 WHERE slug = $1");
        Ok(write.bind(slug.as_str()).bind(cover).execute(&self.pool).await?.rows_affected() == 1)
    }
}

fn clip(slug: &Slug, row: &sqlx::any::AnyRow) -> Result<StoredClip, StoreError> {
    let id: String = row.try_get("id")?;
    let damaged = || StoreError::Damaged { slug: slug.to_string(), what: format!("the clip {id:?}") };
    let number = |column: &'static str| -> Result<u64, StoreError> {
        u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| damaged())
    };
    let (length_ms, added_ms) = (number("length_ms")?, number("added_ms")?);
    if !StoredClip::is_id(&id) {
        return Err(damaged());
    }
    Ok(StoredClip { title: row.try_get("title")?, length_ms, added_ms, id })
}
