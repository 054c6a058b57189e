//! How a record lies in its row. Rust's unsigned times are stored as the signed 64-bit integers that every SQL database
//! has; what does not convert back was not written by us and is named as damage.

use hustings_vocab::plan::{Plan, Visibility};
use hustings_vocab::{HeldReason, MediaTime, Phase, Slug};
use sqlx::any::AnyArguments;
use sqlx::query::QueryScalar;
use sqlx::{Any, AssertSqlSafe};

use crate::conversations::Record;
use crate::error::StoreError;
use crate::store::{Store, gathering};

/// Every phase under its name in the database.
pub(crate) const PHASES: [(Phase, &str); 7] = [
    (Phase::Scheduled, "scheduled"),
    (Phase::Lobby, "lobby"),
    (Phase::Live, "live"),
    (Phase::Held(HeldReason::Break), "held_break"),
    (Phase::Held(HeldReason::LineLost), "held_line_lost"),
    (Phase::Ended, "ended"),
    (Phase::Cancelled, "cancelled"),
];

/// A phase's name in the database.
pub(crate) const fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Scheduled => "scheduled",
        Phase::Lobby => "lobby",
        Phase::Live => "live",
        Phase::Held(HeldReason::Break) => "held_break",
        Phase::Held(HeldReason::LineLost) => "held_line_lost",
        Phase::Ended => "ended",
        Phase::Cancelled => "cancelled",
    }
}

/// An unsigned number as SQL stores it. Times past the year 292,278,994 are cut to it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The columns of [`Lying`], in the order of its fields.
const COLUMNS: &str = "slug, title, phase, starts_ms, epoch_ms, live_since, discontinuities, created_ms, ended_ms, description, \
                       language, tags, guests, zone, length_min, cover, visibility, version, moved_from_ms, delay, reason, \
                       series, stays, created_by, changed_ms";

/// One row of `conversations`, as it lies there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
struct Lying {
    slug: String,
    title: String,
    phase: String,
    starts_ms: Option<i64>,
    epoch_ms: Option<i64>,
    live_since: Option<i64>,
    discontinuities: i64,
    created_ms: i64,
    ended_ms: Option<i64>,
    description: String,
    language: Option<String>,
    tags: String,
    guests: String,
    zone: Option<String>,
    length_min: Option<i64>,
    cover: Option<String>,
    visibility: String,
    version: i64,
    moved_from_ms: Option<i64>,
    delay: String,
    reason: String,
    series: Option<String>,
    stays: i64,
    created_by: Option<String>,
    changed_ms: Option<i64>,
}

/// A statement that gathers records into one answer, to which what it names as `$1` and on may be bound.
pub(crate) type Gathered = QueryScalar<'static, Any, Option<String>, AnyArguments>;

impl Store {
    /// Asks for the first `most` of `which` conversations in that order, all in one answer: SQLite's thread hands each row to
    /// ours with a wake-up of its own, and a hundred of those take longer than what they carry. How many is part of the text: SQLite
    /// prepares a statement anew each time that a limit is bound.
    pub(crate) fn gathered(&self, most: usize, which: &str, order: &str) -> Gathered {
        let (array, gather) = gathering(self.place());
        // It is put together of texts in this program.
        let statement = AssertSqlSafe(format!(
            "SELECT CAST({gather}({array}({COLUMNS}) ORDER BY {order}) AS TEXT)
             FROM (SELECT * FROM conversations WHERE {which} ORDER BY {order} LIMIT {most}) AS listed"
        ));
        sqlx::query_scalar(statement)
    }

    /// The records that such a statement gathers.
    pub(crate) async fn records(&self, asked: Gathered) -> Result<Vec<Record>, StoreError> {
        // PostgreSQL gathers nothing to NULL.
        let answer = asked.fetch_one(&self.pool).await?.unwrap_or_else(|| "[]".to_owned());
        let lying: Vec<Lying> = serde_json::from_str(&answer).map_err(sqlx::Error::decode)?;
        lying.into_iter().map(Record::try_from).collect()
    }
}

impl TryFrom<Lying> for Record {
    type Error = StoreError;

    fn try_from(row: Lying) -> Result<Self, StoreError> {
        let key = row.slug;
        let damaged = |what: String| StoreError::Damaged { slug: key.clone(), what };
        let number = |column: &str, n: i64| u64::try_from(n).map_err(|_| damaged(format!("{column} {n}")));
        let maybe = |column: &str, n: Option<i64>| n.map(|n| number(column, n)).transpose();
        let short = |column: &str, n: i64| u32::try_from(n).map_err(|_| damaged(format!("{column} {n}")));
        let slug: Slug = key.parse().map_err(|e| damaged(format!("a slug that is none ({e})")))?;
        let phase = PHASES.iter().find(|(_, n)| *n == row.phase).map(|(p, _)| *p);
        let visibility = Visibility::ALL.into_iter().find(|v| v.name() == row.visibility);
        let created_by = row.created_by.map(|id| id.parse().map_err(|e| damaged(format!("created_by ({e})"))));
        let created_ms = number("created_ms", row.created_ms)?;
        Ok(Self {
            slug,
            title: row.title,
            phase: phase.ok_or_else(|| damaged(format!("the phase {:?}", row.phase)))?,
            starts_ms: maybe("starts_ms", row.starts_ms)?,
            epoch_ms: maybe("epoch_ms", row.epoch_ms)?,
            live_since: maybe("live_since", row.live_since)?.map(MediaTime),
            discontinuities: short("discontinuities", row.discontinuities)?,
            created_ms,
            ended_ms: maybe("ended_ms", row.ended_ms)?,
            plan: Plan {
                description: row.description,
                language: row.language,
                tags: serde_json::from_str(&row.tags).map_err(|e| damaged(format!("tags ({e})")))?,
                guests: serde_json::from_str(&row.guests).map_err(|e| damaged(format!("guests ({e})")))?,
                zone: row.zone,
                length_min: row.length_min.map(|n| short("length_min", n)).transpose()?,
                cover: row
                    .cover
                    .map(|cover| serde_json::from_str(&cover).map_err(|e| damaged(format!("cover ({e})"))))
                    .transpose()?,
                visibility: visibility.ok_or_else(|| damaged(format!("the visibility {:?}", row.visibility)))?,
                version: number("version", row.version)?,
                moved_from_ms: maybe("moved_from_ms", row.moved_from_ms)?,
                delay: row.delay,
                reason: row.reason,
                series: row.series,
                stays: row.stays != 0,
                created_by: created_by.transpose()?,
                changed_ms: maybe("changed_ms", row.changed_ms)?.unwrap_or(created_ms),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_has_one_name_and_comes_back_from_it() {
        for (phase, name) in PHASES {
            assert_eq!(phase_name(phase), name);
        }
    }
}
