//! Invitations by link, and the seats that they were accepted as.
//!
//! A link carries a secret of 128 bits, of which only the SHA-256 is kept: that many bits need no salt and no slow hash.
//! An invitation for one is one seat: whoever has the link is that guest, on whatever device. A shared one draws a seat for
//! each who comes. Accepting and withdrawing write the invitation's row first, so one of them sees the other. Absent: tokens,
//! which the keys issue, and who may invite.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hustings_vocab::{Role, SeatId, Slug, limits};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts::digest;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const ROLES: [Role; 5] = [Role::Host, Role::CoHost, Role::Speaker, Role::Producer, Role::Listener];

/// What a link carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one, made of 128 random bits.
    #[must_use]
    pub fn of(random: u128) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random.to_be_bytes()))
    }

    /// One that somebody shows; `None` if it cannot be one.
    #[must_use]
    pub fn shown(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.get(..22).filter(|_| text.len() == 22)?).ok()?;
        (bytes.len() == 16).then(|| Self(text.to_owned()))
    }

    /// For the link, once.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> String {
        digest(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An invitation to write down.
#[derive(Debug, Clone)]
pub struct NewInvitationRecord {
    /// Its name.
    pub id: String,
    /// The conversation.
    pub slug: Slug,
    /// What it makes of whoever accepts it.
    pub role: Role,
    /// What the host calls it.
    pub label: String,
    /// The name of whom it is for.
    pub name: String,
    /// People who may accept it.
    pub uses_max: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Option<u64>,
    /// Who made it.
    pub created_by: String,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRecord {
    /// Its name.
    pub id: String,
    /// The conversation.
    pub slug: Slug,
    /// What it makes of whoever accepts it.
    pub role: Role,
    /// What the host calls it.
    pub label: String,
    /// The name of whom it is for.
    pub name: String,
    /// People who may accept it.
    pub uses_max: Option<u32>,
    /// People who have.
    pub uses: u32,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Option<u64>,
    /// When it was withdrawn.
    pub revoked_ms: Option<u64>,
    /// When it was made.
    pub created_ms: u64,
}

/// What became of accepting one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seated {
    /// The guest's seat and name.
    Seat(SeatId, String),
    /// It was withdrawn.
    Revoked,
    /// It has ended.
    Expired,
    /// As many have come as were invited.
    UsedUp,
    /// It is not known what the guest is called.
    Nameless,
}

impl Store {
    /// Writes an invitation down; `false` when the conversation has [`limits::INVITATIONS_PER_CONVERSATION_MAX`] already.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn invite(&self, new: &NewInvitationRecord, secret: &Secret, now_ms: u64) -> Result<bool, StoreError> {
        let written = sqlx::query(
            "INSERT INTO invitations (id, slug, role, label, name, secret_hash, uses_max, expires_ms, created_by, created_ms)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
             WHERE (SELECT CAST(COUNT(*) AS BIGINT) FROM invitations WHERE slug = $2) < $11",
        )
        .bind(new.id.as_str())
        .bind(new.slug.as_str())
        .bind(new.role.to_string())
        .bind(new.label.as_str())
        .bind(new.name.as_str())
        .bind(secret.hash())
        .bind(new.uses_max.map(i64::from))
        .bind(new.expires_ms.map(signed))
        .bind(new.created_by.as_str())
        .bind(signed(now_ms))
        .bind(i64::from(limits::INVITATIONS_PER_CONVERSATION_MAX))
        .execute(&self.pool)
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Every invitation of a conversation, newest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn invitations(&self, slug: &Slug) -> Result<Vec<InvitationRecord>, StoreError> {
        let rows = sqlx::query("SELECT * FROM invitations WHERE slug = $1 ORDER BY created_ms DESC, id LIMIT $2")
            .bind(slug.as_str())
            .bind(i64::from(limits::INVITATIONS_PER_CONVERSATION_MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(invitation).collect()
    }

    /// The invitation of a conversation whose secret this is.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn invitation(&self, slug: &Slug, secret: &Secret) -> Result<Option<InvitationRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM invitations WHERE secret_hash = $1 AND slug = $2")
            .bind(secret.hash())
            .bind(slug.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| invitation(&row)).transpose()
    }

    /// Gives whoever accepts it a seat: `fresh`, or the one that the invitation has already. `until_ms` is when the token
    /// that is issued for it will end.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn seat(
        &self,
        of: &InvitationRecord,
        name: Option<&str>,
        fresh: &SeatId,
        until_ms: u64,
        now_ms: u64,
    ) -> Result<Seated, StoreError> {
        if of.revoked_ms.is_some() {
            return Ok(Seated::Revoked);
        }
        if of.expires_ms.is_some_and(|end| end <= now_ms) {
            return Ok(Seated::Expired);
        }
        let own = of.uses_max == Some(1);
        let known = if own { self.kept_seat(of).await? } else { None };
        let preset = Some(of.name.as_str()).filter(|n| !n.is_empty());
        let name = name.or(known.as_ref().map(|(_, name)| name.as_str())).or(preset);
        let Some(name) = name.map(ToOwned::to_owned) else { return Ok(Seated::Nameless) };
        let mut tx = self.pool.begin().await?;
        // A guest's own counts one person, however often the link is opened.
        let counted = sqlx::query(
            "UPDATE invitations SET uses = CASE WHEN uses_max = 1 THEN 1 ELSE uses + 1 END
             WHERE id = $1 AND revoked_ms IS NULL AND (uses_max IS NULL OR uses_max = 1 OR uses < uses_max)
             RETURNING uses",
        )
        .bind(of.id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(counted) = counted else {
            tx.rollback().await?;
            let now = self.invitation_by_id(&of.slug, &of.id).await?;
            return Ok(if now.is_some_and(|i| i.revoked_ms.is_some()) { Seated::Revoked } else { Seated::UsedUp });
        };
        let number: i64 = counted.try_get("uses")?;
        let row = sqlx::query(
            "INSERT INTO invitation_seats (invitation, number, slug, seat, name, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (invitation, number) DO UPDATE SET name = $5, expires_ms = $6
             RETURNING seat",
        )
        .bind(of.id.as_str())
        .bind(number)
        .bind(of.slug.as_str())
        .bind(fresh.as_str())
        .bind(name.as_str())
        .bind(signed(until_ms))
        .fetch_one(&mut *tx)
        .await?;
        let seat: String = row.try_get("seat")?;
        tx.commit().await?;
        let damaged = |e| StoreError::Damaged { slug: of.slug.to_string(), what: format!("a seat that is none ({e})") };
        Ok(Seated::Seat(seat.parse().map_err(damaged)?, name))
    }

    /// Withdraws an invitation; gives it and the seats that it gave. Withdrawing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn withdraw(
        &self,
        slug: &Slug,
        id: &str,
        now_ms: u64,
    ) -> Result<Option<(InvitationRecord, Vec<SeatId>)>, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE invitations SET revoked_ms = $3 WHERE id = $1 AND slug = $2 AND revoked_ms IS NULL")
            .bind(id)
            .bind(slug.as_str())
            .bind(signed(now_ms))
            .execute(&mut *tx)
            .await?;
        let seats =
            sqlx::query("UPDATE invitation_seats SET revoked = 1 WHERE invitation = $1 AND slug = $2 RETURNING seat")
                .bind(id)
                .bind(slug.as_str())
                .fetch_all(&mut *tx)
                .await?;
        tx.commit().await?;
        let Some(found) = self.invitation_by_id(slug, id).await? else { return Ok(None) };
        let mut gave = Vec::new();
        for row in seats {
            let seat: String = row.try_get("seat")?;
            gave.extend(seat.parse::<SeatId>());
        }
        Ok(Some((found, gave)))
    }

    /// The seats of withdrawn invitations whose tokens have not ended.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn withdrawn_seats(&self, now_ms: u64) -> Result<Vec<(Slug, SeatId)>, StoreError> {
        let rows = sqlx::query("SELECT slug, seat FROM invitation_seats WHERE revoked = 1 AND expires_ms > $1")
            .bind(signed(now_ms))
            .fetch_all(&self.pool)
            .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (slug, seat): (String, String) = (row.try_get("slug")?, row.try_get("seat")?);
            all.extend(slug.parse().ok().zip(seat.parse().ok()));
        }
        Ok(all)
    }

    async fn invitation_by_id(&self, slug: &Slug, id: &str) -> Result<Option<InvitationRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM invitations WHERE id = $1 AND slug = $2")
            .bind(id)
            .bind(slug.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| invitation(&row)).transpose()
    }

    async fn kept_seat(&self, of: &InvitationRecord) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query("SELECT seat, name FROM invitation_seats WHERE invitation = $1 AND number = 1")
            .bind(of.id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((row.try_get("seat")?, row.try_get("name")?))).transpose()
    }
}

fn invitation(row: &AnyRow) -> Result<InvitationRecord, StoreError> {
    let key: String = row.try_get("slug")?;
    let damaged = |what: String| StoreError::Damaged { slug: key.clone(), what };
    let number = |column: &'static str| -> Result<Option<u64>, StoreError> {
        let value: Option<i64> = row.try_get(column)?;
        value.map(|n| u64::try_from(n).map_err(|_| damaged(format!("{column} {n}")))).transpose()
    };
    let role: String = row.try_get("role")?;
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(InvitationRecord {
        id: row.try_get("id")?,
        slug: key.parse().map_err(|e| damaged(format!("a slug that is none ({e})")))?,
        role: ROLES.into_iter().find(|r| r.to_string() == role).ok_or_else(|| damaged(format!("the role {role:?}")))?,
        label: row.try_get("label")?,
        name: row.try_get("name")?,
        uses_max: number("uses_max")?.map(small),
        uses: number("uses")?.map_or(0, small),
        expires_ms: number("expires_ms")?,
        revoked_ms: number("revoked_ms")?,
        created_ms: number("created_ms")?.unwrap_or(0),
    })
}

#[cfg(test)]
#[path = "invitations_tests.rs"]
mod tests;
