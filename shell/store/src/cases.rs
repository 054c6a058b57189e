//! The records of cases: opened by reports, found in the order in which they are looked at, and forgotten in time.
//!
//! What moderators and the affected do is in `case_acts`, each with its row in the log. Deliberately absent: sound, which lies
//! in files, and who reported, beyond what tells two reporters apart.

use hustings_cases::{Category, Decision, State};
pub(crate) use hustings_link::cases::{Appeal, Case, Pinned, Reported, Ruled, Ruling, Subject, Verdict, Wanted};
use hustings_vocab::{AccountId, Slug, limits};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const DAY_MS: u64 = 24 * 3_600_000;
/// Accounts whose numbers are looked at in one query.
const SCAN_ROWS: i64 = 5000;

/// A case to open.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Drawn by who asks.
    pub id: String,
    /// In which conversation.
    pub slug: Slug,
    /// About what.
    pub subject: Subject,
    /// The name that was shown.
    pub name: String,
    /// Their account.
    pub account: Option<AccountId>,
    /// The number that stands for whoever wrote a message.
    pub person: Option<u64>,
    /// The text of the message.
    pub text: String,
    /// The moment that is meant.
    pub moment_ms: u64,
}

/// A report to write down.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// What tells two reporters apart.
    pub reporter: String,
    /// What kind of wrong.
    pub category: Category,
    /// In words; may be empty.
    pub said: String,
    /// When.
    pub at_ms: u64,
}

/// A line of the chat as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLine {
    /// The number that stands for who wrote it.
    pub person: u64,
    /// The name that was shown.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Store {
    /// Cases that wait.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn cases_waiting(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM cases WHERE waits = 1").fetch_one(&self.pool).await?;
        Ok(row.try_get::<i64, _>("n")?.unsigned_abs())
    }

    /// The open case about a subject whose moment lies between two.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn open_case(&self, slug: &Slug, of: &Subject, from: u64, to: u64) -> Result<Option<Case>, StoreError> {
        let (kind, key) = of.parts();
        let row = sqlx::query(
            "SELECT * FROM cases WHERE slug = $1 AND kind = $2 AND subject = $3 AND moment_ms >= $4 AND moment_ms <= $5
             AND state = 'open' ORDER BY moment_ms LIMIT 1",
        )
        .bind(slug.as_str())
        .bind(kind)
        .bind(key)
        .bind(signed(from))
        .bind(signed(to))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(case).transpose()
    }

    /// Opens a case with its first report.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn open_new_case(&self, new: &NewCase, report: &NewReport) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let (kind, key) = new.subject.parts();
        sqlx::query(
            "INSERT INTO cases (id, slug, kind, subject, name, account, person, text, moment_ms, category, urgency, reports,
             state, waits, opened_ms, deeds) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 'open', 1, $12, '[]')",
        )
        .bind(&new.id)
        .bind(new.slug.as_str())
        .bind(kind)
        .bind(key)
        .bind(&new.name)
        .bind(new.account.as_ref().map(|account| account.as_str().to_owned()))
        .bind(new.person.map(u64::cast_signed))
        .bind(&new.text)
        .bind(signed(new.moment_ms))
        .bind(report.category.name())
        .bind(i64::from(report.category.urgency()))
        .bind(signed(report.at_ms))
        .execute(&mut *tx)
        .await?;
        write_report(&mut tx, &new.id, report).await?;
        Ok(tx.commit().await?)
    }

    /// Adds a report to a case. Who has reported it already is counted once.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn add_report(&self, id: &str, report: &NewReport) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        if write_report(&mut tx, id, report).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    /// Says what is kept of a case's moment.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn pin_case(&self, id: &str, pinned: &Pinned) -> Result<(), StoreError> {
        let json = serde_json::to_string(pinned).unwrap_or_default();
        sqlx::query("UPDATE cases SET pinned = $2 WHERE id = $1").bind(id).bind(json).execute(&self.pool).await?;
        Ok(())
    }

    /// Says whose account a message is of.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn set_case_account(&self, id: &str, account: &AccountId) -> Result<(), StoreError> {
        let set = sqlx::query("UPDATE cases SET account = $2 WHERE id = $1").bind(id).bind(account.as_str());
        set.execute(&self.pool).await?;
        Ok(())
    }

    /// A page of cases: those that wait by urgency and age, those in which something was ruled by when that was.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn cases(&self, wanted: Wanted, offset: u64) -> Result<Vec<Case>, StoreError> {
        let text = match wanted {
            Wanted::Waiting => "SELECT * FROM cases WHERE waits = 1 ORDER BY urgency, opened_ms, id LIMIT $1 OFFSET $2",
            Wanted::Settled => "SELECT * FROM cases WHERE waits = 0 ORDER BY ruled_ms DESC, id LIMIT $1 OFFSET $2",
        };
        let rows = sqlx::query(text).bind(limits::PAGE_ROWS_MAX as i64).bind(signed(offset)).fetch_all(&self.pool);
        rows.await?.iter().map(case).collect()
    }

    /// One case.
    ///
    /// # Errors
    /// [`StoreError::Nobody`], [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn case(&self, id: &str) -> Result<Case, StoreError> {
        let row = sqlx::query("SELECT * FROM cases WHERE id = $1").bind(id).fetch_optional(&self.pool).await?;
        case(&row.ok_or_else(|| StoreError::Nobody("case of that name".into()))?)
    }

    /// The case that a secret was made for, by its digest.
    ///
    /// # Errors
    /// As [`Store::case`].
    pub async fn case_by_secret(&self, digest: &str) -> Result<Case, StoreError> {
        let row = sqlx::query("SELECT * FROM cases WHERE secret = $1").bind(digest).fetch_optional(&self.pool).await?;
        case(&row.ok_or_else(|| StoreError::Nobody("case with that link".into()))?)
    }

    /// Cases about an account in which it was told something, the latest first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn cases_concerning(&self, account: &AccountId) -> Result<Vec<Case>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM cases WHERE account = $1 AND (decision IS NOT NULL OR deeds <> '[]')
             ORDER BY opened_ms DESC LIMIT $2",
        )
        .bind(account.as_str())
        .bind(limits::PAGE_ROWS_MAX as i64)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(case).collect()
    }

    /// What was reported of a case, the first first.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn reported(&self, id: &str) -> Result<Vec<Reported>, StoreError> {
        let rows = sqlx::query("SELECT * FROM case_reports WHERE case_id = $1 ORDER BY at_ms, reporter LIMIT $2")
            .bind(id)
            .bind(signed(limits::CASE_REPORTS_KEPT_MAX))
            .fetch_all(&self.pool)
            .await?;
        let read = |row: &AnyRow| {
            let category: String = row.try_get("category")?;
            Ok(Reported {
                category: Category::named(&category).ok_or_else(|| damaged(id, "category", &category))?,
                said: row.try_get("said")?,
                at_ms: row.try_get::<i64, _>("at_ms")?.unsigned_abs(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Cases whose pinned minute is to be deleted: those that ended long enough ago, and those on which nobody has ruled.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn pins_due(&self, now_ms: u64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM cases WHERE pinned IS NOT NULL AND (closed_ms <= $1 OR (state = 'open' AND opened_ms <= $2))
             LIMIT 1000",
        )
        .bind(signed(now_ms.saturating_sub(limits::PIN_RETENTION_DAYS * DAY_MS)))
        .bind(signed(now_ms.saturating_sub(limits::PIN_UNRULED_DAYS_MAX * DAY_MS)))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// A case's pinned minute is deleted.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn unpin_case(&self, id: &str, now_ms: u64) -> Result<(), StoreError> {
        let unpin = sqlx::query("UPDATE cases SET pinned = NULL, unpinned_ms = $2 WHERE id = $1");
        unpin.bind(id).bind(signed(now_ms)).execute(&self.pool).await?;
        Ok(())
    }

    /// Closes the cases that can be appealed no more.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn close_cases(&self, now_ms: u64) -> Result<u64, StoreError> {
        let close = sqlx::query(
            "UPDATE cases SET state = 'closed', closed_ms = appeal_until_ms WHERE state = 'ruled' AND appeal_until_ms <= $1",
        );
        Ok(close.bind(signed(now_ms)).execute(&self.pool).await?.rows_affected())
    }

    /// Suspensions by ruling whose time is over.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn suspensions_over(&self, now_ms: u64) -> Result<Vec<(String, AccountId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, account FROM cases WHERE ends_ms <= $1 AND decision = 'suspended' AND lifted_ms IS NULL
             AND account IS NOT NULL LIMIT 1000",
        )
        .bind(signed(now_ms))
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &AnyRow| -> Result<_, StoreError> {
            let (id, account): (String, String) = (row.try_get("id")?, row.try_get("account")?);
            let parsed = account.parse().map_err(|_| damaged(&id, "account", &account))?;
            Ok((id, parsed))
        };
        rows.iter().map(read).collect()
    }

    /// A suspension by ruling holds no more.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn lift_suspension(&self, id: &str, now_ms: u64) -> Result<(), StoreError> {
        let lift = sqlx::query("UPDATE cases SET lifted_ms = $2 WHERE id = $1").bind(id).bind(signed(now_ms));
        lift.execute(&self.pool).await?;
        Ok(())
    }

    /// How many accounts other than this one decide on reports.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn moderators_beside(&self, account: &str) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM accounts WHERE role IN ('moderator', 'operator') AND suspended_ms IS NULL AND id <> $1",
        )
        .bind(account)
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get::<i64, _>("n")?.unsigned_abs())
    }

    /// A line of the chat.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn said_line(&self, slug: &Slug, id: u64) -> Result<Option<SaidLine>, StoreError> {
        let row = sqlx::query("SELECT person, name, text FROM floor_lines WHERE slug = $1 AND id = $2")
            .bind(slug.as_str())
            .bind(signed(id))
            .fetch_optional(&self.pool)
            .await?;
        let read = |row: AnyRow| -> Result<_, StoreError> {
            let person = row.try_get::<i64, _>("person")?.cast_unsigned();
            Ok(SaidLine { person, name: row.try_get("name")?, text: row.try_get("text")? })
        };
        row.map(read).transpose()
    }

    /// The account whose number, made by `number`, is this: numbers are not stored, so all accounts are gone through.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn account_numbered(
        &self,
        person: u64,
        number: impl Fn(&AccountId) -> u64,
    ) -> Result<Option<AccountId>, StoreError> {
        let mut after = String::new();
        loop {
            let rows = sqlx::query("SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2")
                .bind(&after)
                .bind(SCAN_ROWS)
                .fetch_all(&self.pool)
                .await?;
            let Some(last) = rows.last() else { return Ok(None) };
            after = last.try_get("id")?;
            for row in &rows {
                let id = crate::accounts::account_id(row)?;
                if number(&id) == person {
                    return Ok(Some(id));
                }
            }
        }
    }

    /// Names whose lines an account does not want to see, in their order.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn blocked(&self, account: &AccountId) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT name FROM blocked WHERE account = $1 ORDER BY name").bind(account.as_str());
        rows.fetch_all(&self.pool).await?.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }

    /// Sets them, all of them.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn set_blocked(&self, account: &AccountId, names: &[String]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM blocked WHERE account = $1").bind(account.as_str()).execute(&mut *tx).await?;
        for name in names {
            sqlx::query("INSERT INTO blocked (account, name) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(account.as_str())
                .bind(name)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Counts a report and keeps it; `false` for one that was counted already, which is to be undone. It begins with a write, so
/// that SQLite never has to turn a reader into a writer.
async fn write_report(
    tx: &mut sqlx::Transaction<'static, sqlx::Any>,
    id: &str,
    report: &NewReport,
) -> Result<bool, StoreError> {
    let counted = sqlx::query(
        "UPDATE cases SET reports = reports + 1, category = CASE WHEN urgency > $2 THEN $3 ELSE category END,
         urgency = CASE WHEN urgency > $2 THEN $2 ELSE urgency END WHERE id = $1 RETURNING reports",
    )
    .bind(id)
    .bind(i64::from(report.category.urgency()))
    .bind(report.category.name())
    .fetch_one(&mut **tx)
    .await?;
    if counted.try_get::<i64, _>("reports")?.unsigned_abs() > limits::CASE_REPORTS_KEPT_MAX {
        return Ok(true);
    }
    let written = sqlx::query(
        "INSERT INTO case_reports (case_id, reporter, category, said, at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(&report.reporter)
    .bind(report.category.name())
    .bind(&report.said)
    .bind(signed(report.at_ms))
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() > 0)
}

fn damaged(id: &str, column: &str, found: &str) -> StoreError {
    StoreError::Damaged { slug: format!("case {id}"), what: format!("the {column} {found:?}") }
}

/// Reads one row of `cases`.
pub(crate) fn case(row: &AnyRow) -> Result<Case, StoreError> {
    let id: String = row.try_get("id")?;
    let text = |column: &str| row.try_get::<String, _>(column);
    let perhaps = |column: &str| row.try_get::<Option<String>, _>(column);
    let time = |column: &str| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(i64::unsigned_abs));
    let (slug, kind, key) = (text("slug")?, text("kind")?, text("subject")?);
    let (category, state, deeds) = (text("category")?, text("state")?, text("deeds")?);
    let pinned = perhaps("pinned")?;
    let account = perhaps("account")?;
    Ok(Case {
        slug: slug.parse().map_err(|_| damaged(&id, "slug", &slug))?,
        subject: Subject::of(&kind, &key).ok_or_else(|| damaged(&id, "subject", &key))?,
        name: text("name")?,
        account: account.map(|a| a.parse().map_err(|_| damaged(&id, "account", &a))).transpose()?,
        text: text("text")?,
        moment_ms: time("moment_ms")?.unwrap_or(0),
        category: Category::named(&category).ok_or_else(|| damaged(&id, "category", &category))?,
        reports: time("reports")?.unwrap_or(0),
        state: State::named(&state).ok_or_else(|| damaged(&id, "state", &state))?,
        opened_ms: time("opened_ms")?.unwrap_or(0),
        pinned: pinned.map(|json| serde_json::from_str(&json).map_err(|_| damaged(&id, "pin", &json))).transpose()?,
        unpinned_ms: time("unpinned_ms")?,
        deeds: serde_json::from_str(&deeds).map_err(|_| damaged(&id, "deeds", &deeds))?,
        ruled: ruled(row, &id)?,
        appeal: appeal(row)?,
        id,
    })
}

fn ruled(row: &AnyRow, id: &str) -> Result<Option<Ruled>, StoreError> {
    let Some(decision) = row.try_get::<Option<String>, _>("decision")? else { return Ok(None) };
    let text = |column: &str| Ok::<_, StoreError>(row.try_get::<Option<String>, _>(column)?.unwrap_or_default());
    let time = |column: &str| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(i64::unsigned_abs));
    let territory = text("territory")?;
    let ruling = Ruling {
        decision: Decision::named(&decision).ok_or_else(|| damaged(id, "decision", &decision))?,
        territory: territory.split(' ').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        days: time("days")?.and_then(|days| u32::try_from(days).ok()),
        reasons: text("reasons")?,
        statement: text("statement")?,
    };
    Ok(Some(Ruled {
        ruling,
        by: text("ruled_by")?,
        at_ms: time("ruled_ms")?.unwrap_or(0),
        ends_ms: time("ends_ms")?,
        appeal_until_ms: time("appeal_until_ms")?.unwrap_or(0),
    }))
}

fn appeal(row: &AnyRow) -> Result<Option<Appeal>, StoreError> {
    let Some(text) = row.try_get::<Option<String>, _>("appeal")? else { return Ok(None) };
    let number = |column: &str| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?);
    let verdict = match number("upheld")? {
        None => None,
        Some(upheld) => Some(Verdict {
            upheld: upheld == 1,
            reasons: row.try_get::<Option<String>, _>("verdict")?.unwrap_or_default(),
            by: row.try_get::<Option<String>, _>("decided_by")?.unwrap_or_default(),
            at_ms: number("decided_ms")?.unwrap_or(0).unsigned_abs(),
            alone: number("alone")? == Some(1),
        }),
    };
    Ok(Some(Appeal { text, at_ms: number("appealed_ms")?.unwrap_or(0).unsigned_abs(), verdict }))
}
