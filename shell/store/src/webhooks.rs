//! Webhooks, and the queue of what they are told.
//!
//! The queue is rows: what was written down is tried until it is taken or given up, whatever happens to the process. One
//! occasion becomes one row for each webhook that is told of it, by one statement. Absent: sending, and when a failed try is
//! repeated, which is said by whoever sends.

pub use hustings_link::webhooks::{Delivery, Fate, Owner, Webhook};
use hustings_vocab::{AccountId, Occasion, Slug, limits};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::api_keys::names;
use crate::audit::By;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const COUNTED: &str = "SELECT webhooks.*, (SELECT CAST(COUNT(*) AS BIGINT) FROM webhook_deliveries
     WHERE webhook_deliveries.webhook = webhooks.id AND due_ms IS NOT NULL) AS waiting FROM webhooks";
/// Those that are told of occasion $1 in conversation $2: the site's, and those of accounts that run it and are not suspended.
const TOLD: &str = "occasions LIKE '% ' || $1 || ' %' AND (account IS NULL OR EXISTS (SELECT 1 FROM hosts JOIN accounts
     ON accounts.id = hosts.account WHERE hosts.account = webhooks.account AND hosts.slug = $2
     AND hosts.role IN ('host', 'cohost') AND accounts.suspended_ms IS NULL))";
/// The same of an occasion that is for the site's alone.
const SITES: &str = "occasions LIKE '% ' || $1 || ' %' AND account IS NULL AND $2 <> ''";
const WAITING: &str = "(SELECT CAST(COUNT(*) AS BIGINT) FROM webhook_deliveries
     WHERE webhook_deliveries.webhook = webhooks.id AND due_ms IS NOT NULL)";

/// Something to tell.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What messages of it are called, before the name of their webhook.
    pub id: &'a str,
    /// Which kind.
    pub occasion: Occasion,
    /// In which conversation.
    pub slug: &'a Slug,
    /// What is said, as JSON.
    pub body: &'a str,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
}

/// A message whose turn it is, and how it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Due {
    /// The message.
    pub id: String,
    /// Its webhook.
    pub webhook: String,
    /// Where it goes.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
    /// What it says.
    pub body: String,
    /// Tries so far.
    pub tries: u32,
}

impl std::fmt::Debug for Due {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Due({} to {})", self.id, self.webhook)
    }
}

impl Store {
    /// Writes a webhook down.
    ///
    /// # Errors
    /// [`StoreError::Account`] if its owner has [`limits::WEBHOOKS_PER_OWNER_MAX`] already, [`StoreError::Query`].
    pub async fn make_webhook(&self, new: &Webhook, secret: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        let account = owner(&new.owner);
        let count = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM webhooks WHERE COALESCE(account, '') = $1")
            .bind(account.unwrap_or_default())
            .fetch_one(&mut *act.tx)
            .await?;
        if count.try_get::<i64, _>("n")? >= limits::WEBHOOKS_PER_OWNER_MAX as i64 {
            return Err(StoreError::Account("there are as many webhooks as there can be: remove one first"));
        }
        let occasions = names(new.occasions.iter().map(|occasion| occasion.name()));
        sqlx::query(
            "INSERT INTO webhooks (id, account, url, secret, occasions, created_ms, dropped) VALUES ($1, $2, $3, $4, $5, $6, 0)",
        )
        .bind(&new.id)
        .bind(account)
        .bind(&new.url)
        .bind(secret)
        .bind(&occasions)
        .bind(signed(new.created_ms))
        .execute(&mut *act.tx)
        .await?;
        let details = json!({ "url": new.url, "events": occasions.trim(), "account": account });
        act.done(by, "webhook.make", &format!("webhook:{}", new.id), &details).await
    }

    /// The webhooks of an owner, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn webhooks(&self, of: &Owner) -> Result<Vec<Webhook>, StoreError> {
        let text = format!("{COUNTED} WHERE COALESCE(account, '') = $1 ORDER BY created_ms, id LIMIT $2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(owner(of).unwrap_or_default())
            .bind(limits::WEBHOOKS_PER_OWNER_MAX as i64)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(webhook).collect()
    }

    /// The webhook of that name.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn webhook(&self, id: &str) -> Result<Webhook, StoreError> {
        let text = format!("{COUNTED} WHERE webhooks.id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(id).fetch_optional(&self.pool).await?;
        webhook(&row.ok_or_else(nobody)?)
    }

    /// Whether there is any webhook.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn has_webhooks(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query("SELECT id FROM webhooks LIMIT 1").fetch_optional(&self.pool).await?.is_some())
    }

    /// Removes a webhook with its messages.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`].
    pub async fn remove_webhook(&self, id: &str, by: By<'_>) -> Result<(), StoreError> {
        let mut act = self.begin().await?;
        let messages = sqlx::query("DELETE FROM webhook_deliveries WHERE webhook = $1").bind(id);
        messages.execute(&mut *act.tx).await?;
        let gone = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id).execute(&mut *act.tx).await?;
        if gone.rows_affected() == 0 {
            return Err(nobody());
        }
        act.done(by, "webhook.remove", &format!("webhook:{id}"), &json!({})).await
    }

    /// Writes a message down for every webhook that is told of it; says for how many. Where too many wait already it is
    /// counted as dropped.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn tell_webhooks(&self, told: Told<'_>) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let those = if told.occasion.is_the_sites() { SITES } else { TOLD };
        let text = format!("UPDATE webhooks SET dropped = dropped + 1 WHERE {those} AND {WAITING} >= $3");
        sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(told.occasion.name())
            .bind(told.slug.as_str())
            .bind(limits::WEBHOOK_WAITING_MAX as i64)
            .execute(&mut *tx)
            .await?;
        let text = format!(
            "INSERT INTO webhook_deliveries (id, webhook, occasion, body, fate, tries, created_ms, due_ms)
             SELECT $3 || '_' || webhooks.id, webhooks.id, $1, $4, 'waiting', 0, $5, $5 FROM webhooks
             WHERE {those} AND {WAITING} < $6"
        );
        let written = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(told.occasion.name())
            .bind(told.slug.as_str())
            .bind(told.id)
            .bind(told.body)
            .bind(signed(told.now_ms))
            .bind(limits::WEBHOOK_WAITING_MAX as i64)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(written.rows_affected())
    }

    /// Writes a message for one webhook, whatever it is told of.
    ///
    /// # Errors
    /// [`StoreError::Account`] if too many wait, [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn tell_webhook(
        &self,
        webhook: &str,
        id: &str,
        occasion: Occasion,
        body: &str,
        now_ms: u64,
    ) -> Result<Delivery, StoreError> {
        let text = format!(
            "INSERT INTO webhook_deliveries (id, webhook, occasion, body, fate, tries, created_ms, due_ms)
             SELECT $1, webhooks.id, $3, $4, 'waiting', 0, $5, $5 FROM webhooks WHERE id = $2 AND {WAITING} < $6"
        );
        let written = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(id)
            .bind(webhook)
            .bind(occasion.name())
            .bind(body)
            .bind(signed(now_ms))
            .bind(limits::WEBHOOK_WAITING_MAX as i64)
            .execute(&self.pool)
            .await?;
        if written.rows_affected() == 0 {
            return Err(StoreError::Account("too many messages wait for this webhook already"));
        }
        self.delivery(webhook, id).await
    }

    /// The messages of a webhook, newest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn deliveries(&self, webhook: &str) -> Result<Vec<Delivery>, StoreError> {
        let text = "SELECT * FROM webhook_deliveries WHERE webhook = $1 ORDER BY created_ms DESC, id DESC LIMIT $2";
        let rows = sqlx::query(text).bind(webhook).bind(limits::PAGE_ROWS_MAX as i64).fetch_all(&self.pool).await?;
        rows.iter().map(delivery).collect()
    }

    async fn delivery(&self, webhook: &str, id: &str) -> Result<Delivery, StoreError> {
        let text = "SELECT * FROM webhook_deliveries WHERE webhook = $1 AND id = $2";
        let row = sqlx::query(text).bind(webhook).bind(id).fetch_optional(&self.pool).await?;
        delivery(&row.ok_or_else(|| StoreError::Nobody("message of that name".to_owned()))?)
    }

    /// Lets a message wait again, from its first try.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn deliver_again(&self, webhook: &str, id: &str, now_ms: u64) -> Result<Delivery, StoreError> {
        let text =
            "UPDATE webhook_deliveries SET fate = 'waiting', tries = 0, due_ms = $3 WHERE webhook = $1 AND id = $2";
        sqlx::query(text).bind(webhook).bind(id).bind(signed(now_ms)).execute(&self.pool).await?;
        self.delivery(webhook, id).await
    }

    /// The next message of each webhook that has one whose time has come, but of those of `busy`; at most `most`. Those of
    /// suspended accounts wait.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn due(&self, busy: &[String], most: usize, now_ms: u64) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query(
            "SELECT webhook, MIN(due_ms) AS due_ms FROM webhook_deliveries WHERE due_ms <= $1 AND webhook NOT IN
             (SELECT webhooks.id FROM webhooks JOIN accounts ON accounts.id = webhooks.account
              WHERE accounts.suspended_ms IS NOT NULL)
             GROUP BY webhook ORDER BY MIN(due_ms), webhook LIMIT $2",
        )
        .bind(signed(now_ms))
        .bind((most + busy.len()) as i64)
        .fetch_all(&self.pool)
        .await?;
        let mut found = Vec::new();
        for row in rows {
            let webhook: String = row.try_get("webhook")?;
            if busy.contains(&webhook) || found.len() == most {
                continue;
            }
            let row = sqlx::query(
                "SELECT webhook_deliveries.id AS id, webhook, url, secret, body, tries FROM webhook_deliveries
                 JOIN webhooks ON webhooks.id = webhook_deliveries.webhook
                 WHERE webhook = $1 AND due_ms <= $2 ORDER BY due_ms, webhook_deliveries.created_ms, webhook_deliveries.id
                 LIMIT 1",
            )
            .bind(&webhook)
            .bind(signed(now_ms))
            .fetch_optional(&self.pool)
            .await?;
            // It may have been removed between the two.
            let Some(row) = row else { continue };
            let tries: i64 = row.try_get("tries")?;
            found.push(Due {
                id: row.try_get("id")?,
                webhook,
                url: row.try_get("url")?,
                secret: row.try_get("secret")?,
                body: row.try_get("body")?,
                tries: u32::try_from(tries).unwrap_or(u32::MAX),
            });
        }
        Ok(found)
    }

    /// Writes down what a try came to: with `next_ms` it waits until then, otherwise it is done.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn tried(&self, due: &Due, fate: Fate, next_ms: Option<u64>, answer: &str) -> Result<(), StoreError> {
        // What was asked for again in the meantime is not overwritten: its tries are others.
        sqlx::query(
            "UPDATE webhook_deliveries SET fate = $3, tries = tries + 1, due_ms = $4, answer = $5 WHERE id = $1 AND tries = $2",
        )
        .bind(&due.id)
        .bind(i64::from(due.tries))
        .bind(fate.name())
        .bind(next_ms.map(signed))
        .bind(answer)
        .execute(&self.pool)
        .await?;
        if next_ms.is_none() {
            sqlx::query(
                "DELETE FROM webhook_deliveries WHERE webhook = $1 AND due_ms IS NULL AND id NOT IN
                 (SELECT id FROM webhook_deliveries WHERE webhook = $1 AND due_ms IS NULL
                  ORDER BY created_ms DESC, id DESC LIMIT $2)",
            )
            .bind(&due.webhook)
            .bind(limits::WEBHOOK_DONE_KEPT_MAX as i64)
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }
}

fn nobody() -> StoreError {
    StoreError::Nobody("webhook of that name".to_owned())
}

fn owner(of: &Owner) -> Option<&str> {
    match of {
        Owner::Account(account) => Some(account.as_str()),
        Owner::Site => None,
    }
}

fn webhook(row: &AnyRow) -> Result<Webhook, StoreError> {
    let id: String = row.try_get("id")?;
    let account: Option<String> = row.try_get("account")?;
    let account = account.map(|text| text.parse::<AccountId>()).transpose();
    let account = account.map_err(|e| StoreError::Damaged { slug: id.clone(), what: format!("an account ({e})") })?;
    let occasions: String = row.try_get("occasions")?;
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    Ok(Webhook {
        owner: account.map_or(Owner::Site, Owner::Account),
        url: row.try_get("url")?,
        occasions: occasions.split_whitespace().filter_map(Occasion::named).collect(),
        created_ms: number("created_ms")?,
        waiting: number("waiting")?,
        dropped: number("dropped")?,
        id,
    })
}

fn delivery(row: &AnyRow) -> Result<Delivery, StoreError> {
    let id: String = row.try_get("id")?;
    let damaged = |what: &str| StoreError::Damaged { slug: id.clone(), what: format!("the {what} of a message") };
    let (fate, occasion): (String, String) = (row.try_get("fate")?, row.try_get("occasion")?);
    let number = |column: &str| row.try_get::<Option<i64>, _>(column).map(|n| n.map(i64::unsigned_abs));
    Ok(Delivery {
        occasion: Occasion::named(&occasion).ok_or_else(|| damaged("occasion"))?,
        body: row.try_get("body")?,
        fate: Fate::ALL.into_iter().find(|f| f.name() == fate).ok_or_else(|| damaged("fate"))?,
        tries: u32::try_from(number("tries")?.unwrap_or(0)).unwrap_or(u32::MAX),
        created_ms: number("created_ms")?.unwrap_or(0),
        due_ms: number("due_ms")?,
        answer: row.try_get("answer")?,
        id,
    })
}
