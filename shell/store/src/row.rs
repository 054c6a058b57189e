//! How a record lies in its row. Rust's unsigned times are stored as the signed 64-bit integers that every SQL database
//! has; what does not convert back was not written by us and is named as damage.

use hustings_vocab::{HeldReason, MediaTime, Phase, Slug};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::conversations::Record;
use crate::error::StoreError;
use crate::plans;

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

/// Reads one row of `conversations`.
pub(crate) fn record(row: &AnyRow) -> Result<Record, StoreError> {
    let key: String = row.try_get("slug")?;
    let damaged = |what: String| StoreError::Damaged { slug: key.clone(), what };
    let number = |column: &'static str| -> Result<Option<u64>, StoreError> {
        let value: Option<i64> = row.try_get(column)?;
        value.map(|n| u64::try_from(n).map_err(|_| damaged(format!("{column} {n}")))).transpose()
    };
    let slug: Slug = key.parse().map_err(|e| damaged(format!("a slug that is none ({e})")))?;
    let name: String = row.try_get("phase")?;
    let phase = PHASES.iter().find(|(_, n)| *n == name).map(|(p, _)| *p);
    let discontinuities = number("discontinuities")?.unwrap_or(0);
    let created_ms = number("created_ms")?.unwrap_or(0);
    Ok(Record {
        slug,
        title: row.try_get("title")?,
        phase: phase.ok_or_else(|| damaged(format!("the phase {name:?}")))?,
        starts_ms: number("starts_ms")?,
        epoch_ms: number("epoch_ms")?,
        live_since: number("live_since")?.map(MediaTime),
        discontinuities: u32::try_from(discontinuities)
            .map_err(|_| damaged(format!("discontinuities {discontinuities}")))?,
        created_ms,
        ended_ms: number("ended_ms")?,
        plan: plans::plan(row, &key, created_ms)?,
    })
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
