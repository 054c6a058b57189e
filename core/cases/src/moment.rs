//! Which moment a report means, what it pins, and when two reports mean the same.

use hustings_vocab::limits;

const SECOND: u64 = 1000;
/// How old a moment may be whose whole stretch is kept until its end has come.
const KEPT_STILL_MS: u64 = (limits::RECENT_SECONDS - limits::PIN_BEFORE_SECONDS - limits::PIN_AFTER_SECONDS) * SECOND;

/// What a report pins, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its beginning.
    pub from_ms: u64,
    /// Its end, which may lie ahead.
    pub until_ms: u64,
}

impl Pin {
    /// What is pinned of a moment: the minute before it, and what follows at once.
    #[must_use]
    pub const fn of(moment_ms: u64) -> Self {
        Self {
            from_ms: moment_ms.saturating_sub(limits::PIN_BEFORE_SECONDS * SECOND),
            until_ms: moment_ms + limits::PIN_AFTER_SECONDS * SECOND,
        }
    }
}

/// The moment that a report means: what the reporter heard then, if they say so, as far back as anything of it is kept; else
/// now. Nobody hears what is not spoken yet.
#[must_use]
pub fn moment(heard_ms: Option<u64>, now_ms: u64) -> u64 {
    let oldest = now_ms.saturating_sub(KEPT_STILL_MS);
    heard_ms.map_or(now_ms, |heard| heard.clamp(oldest, now_ms))
}

/// Whether a report belongs to a case about the same subject: it means a moment near the one with which the case began. The
/// first moment stays the case's own, so a case cannot grow for ever.
#[must_use]
pub const fn same_moment(case_ms: u64, report_ms: u64) -> bool {
    case_ms.abs_diff(report_ms) <= limits::CASE_MOMENT_SECONDS * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn a_report_pins_a_minute_and_what_follows() {
        assert_eq!(Pin::of(NOON), Pin { from_ms: NOON - 60_000, until_ms: NOON + 10_000 });
        assert_eq!(Pin::of(5).from_ms, 0);
    }

    #[test]
    fn a_listener_who_is_behind_means_what_they_heard() {
        assert_eq!(moment(None, NOON), NOON);
        assert_eq!(moment(Some(NOON - 6000), NOON), NOON - 6000);
        assert_eq!(moment(Some(NOON + 6000), NOON), NOON, "nobody hears what is not spoken yet");
        assert_eq!(moment(Some(0), NOON), NOON - 230_000, "its minute is kept still");
    }

    #[test]
    fn a_case_does_not_grow_with_its_reports() {
        assert!(same_moment(NOON, NOON + 60_000));
        assert!(same_moment(NOON, NOON - 60_000));
        assert!(!same_moment(NOON, NOON + 60_001));
    }
}
