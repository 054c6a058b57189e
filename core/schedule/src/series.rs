//! Conversations that come again: on which days, and at which moments.
//!
//! What repeats is what the wall shows: eight in the evening stays eight in the evening when clocks change. A time that is
//! skipped or comes twice on one of the days is refused with that day, before anything is made. Absent: rules without an end.

use hustings_vocab::plan::Every;
use jiff::Span;
use jiff::civil::Date;

use crate::zone::{BadTime, Local, Written, Zone};

/// When each of `count` occurrences begins, the first as it was written: what the wall shows, and the moment.
///
/// # Errors
/// [`BadTime`], of the first day on which there is no such time or there are two.
pub fn occurrences(zone: &Zone, first: Written, every: Every, count: u32) -> Result<Vec<(Local, u64)>, BadTime> {
    let start = first.local.0;
    let one = |n: u32| {
        let day = day(start.date(), every, n).ok_or(BadTime::Range)?;
        let local = Local(day.to_datetime(start.time()));
        Ok((local, zone.moment(if n == 0 { first } else { local.into() })?))
    };
    (0..count).map(one).collect()
}

/// The day of the `n`th after the first.
fn day(first: Date, every: Every, n: u32) -> Option<Date> {
    let n = i64::from(n);
    match every {
        Every::Week => first.checked_add(Span::new().try_weeks(n).ok()?).ok(),
        Every::TwoWeeks => first.checked_add(Span::new().try_weeks(2 * n).ok()?).ok(),
        Every::Month => {
            let month = first.first_of_month().checked_add(Span::new().try_months(n).ok()?).ok()?;
            let nth = (first.day() - 1) / 7 + 1;
            month.nth_weekday_of_month(if nth == 5 { -1 } else { nth }, first.weekday()).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(zone: &str, first: &str, every: Every, count: u32) -> Result<Vec<String>, BadTime> {
        let zone = Zone::named(zone)?;
        let all = occurrences(&zone, Written::read(first)?, every, count)?;
        Ok(all.into_iter().map(|(_, ms)| zone.written(ms)).collect())
    }

    #[test]
    fn eight_in_the_evening_stays_eight_in_the_evening() {
        assert_eq!(
            of("Europe/Berlin", "2026-10-20T20:00", Every::Week, 3).unwrap(),
            ["2026-10-20T20:00+02:00", "2026-10-27T20:00+01:00", "2026-11-03T20:00+01:00"]
        );
        assert_eq!(
            of("America/New_York", "2026-03-01T20:00", Every::TwoWeeks, 2).unwrap(),
            ["2026-03-01T20:00-05:00", "2026-03-15T20:00-04:00"]
        );
    }

    #[test]
    fn a_month_is_counted_by_its_weekdays() {
        let first_tuesdays = of("Europe/Berlin", "2026-12-01T20:00", Every::Month, 4).unwrap();
        let days: Vec<_> = first_tuesdays.iter().map(|t| &t[..10]).collect();
        assert_eq!(days, ["2026-12-01", "2027-01-05", "2027-02-02", "2027-03-02"]);
        let last_mondays = of("Europe/Berlin", "2026-11-30T20:00", Every::Month, 4).unwrap();
        let days: Vec<_> = last_mondays.iter().map(|t| &t[..10]).collect();
        assert_eq!(days, ["2026-11-30", "2026-12-28", "2027-01-25", "2027-02-22"]);
    }

    #[test]
    fn a_night_on_which_there_is_no_such_time_is_named() {
        let text = of("Europe/Berlin", "2026-03-15T02:30", Every::Week, 4).unwrap_err().to_string();
        assert!(text.starts_with("02:30 on 2026-03-29 does not exist"), "{text}");
        let text = of("America/New_York", "2026-10-25T01:30", Every::Week, 2).unwrap_err().to_string();
        assert!(text.starts_with("01:30 on 2026-11-01 comes twice"), "{text}");
        // The first may say which of the two it means.
        assert!(of("America/New_York", "2026-11-01T01:30-05:00", Every::Week, 2).is_ok());
    }
}
