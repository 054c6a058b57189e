//! Times that exist, do not exist and exist twice, on both sides of an ocean.

use super::*;

fn moment(zone: &str, text: &str) -> Result<u64, BadTime> {
    Zone::named(zone)?.moment(Written::read(text)?)
}

fn said(zone: &str, text: &str) -> String {
    moment(zone, text).unwrap_err().to_string()
}

#[test]
fn a_time_is_what_the_wall_shows() {
    // 24 November 2026, 19:00 UTC.
    let at = 1_795_546_800_000;
    assert_eq!(moment("Europe/Berlin", "2026-11-24T20:00"), Ok(at));
    assert_eq!(moment("Europe/Berlin", "2026-11-24T20:00:00"), Ok(at));
    assert_eq!(moment("Europe/Berlin", "2026-11-24T20:00+01:00"), Ok(at));
    assert_eq!(moment("America/New_York", "2026-11-24T14:00"), Ok(at));
    assert_eq!(moment("Asia/Kathmandu", "2026-11-25T00:45"), Ok(at));
    assert_eq!(moment("UTC", "2026-11-24T19:00Z"), Ok(at));
    let berlin = Zone::named("Europe/Berlin").unwrap();
    assert_eq!(berlin.written(at), "2026-11-24T20:00+01:00");
    assert_eq!(berlin.shows(at).to_string(), "2026-11-24T20:00");
    assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
}

#[test]
fn what_clocks_skip_is_refused_with_both_neighbours() {
    let berlin = said("Europe/Berlin", "2026-03-29T02:30");
    assert_eq!(
        berlin,
        "02:30 on 2026-03-29 does not exist in Europe/Berlin, where clocks go forward then: take 01:59 or 03:00"
    );
    let york = said("America/New_York", "2026-03-08T02:00");
    assert!(york.contains("take 01:59 or 03:00"), "{york}");
    // Half an hour at a time, and at midnight.
    let lord_howe = said("Australia/Lord_Howe", "2026-10-04T02:15");
    assert!(lord_howe.contains("take 01:59 or 02:30"), "{lord_howe}");
    for edge in ["2026-03-29T01:59", "2026-03-29T03:00"] {
        assert!(moment("Europe/Berlin", edge).is_ok(), "{edge}");
    }
    assert_eq!(
        moment("Europe/Berlin", "2026-03-29T03:00").unwrap() - moment("Europe/Berlin", "2026-03-29T01:59").unwrap(),
        60_000
    );
}

#[test]
fn what_comes_twice_is_refused_until_it_says_which() {
    let text = said("Europe/Berlin", "2026-10-25T02:30");
    assert!(text.contains("write 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00"), "{text}");
    let first = moment("Europe/Berlin", "2026-10-25T02:30+02:00").unwrap();
    let second = moment("Europe/Berlin", "2026-10-25T02:30+01:00").unwrap();
    assert_eq!(second - first, 3_600_000);
    let york = said("America/New_York", "2026-11-01T01:15");
    assert!(york.contains("2026-11-01T01:15-04:00 or 2026-11-01T01:15-05:00"), "{york}");
    assert!(said("Europe/Berlin", "2026-10-25T02:30+05:00").contains("comes twice"));
    assert!(said("Europe/Berlin", "2026-11-24T20:00+02:00").contains("+01:00"));
}

#[test]
fn what_is_no_time_is_refused_as_it_was_written() {
    for bad in [
        "",
        "tomorrow",
        "2026-11-24",
        "2026-02-30T20:00",
        "2026-13-01T20:00",
        "2026-11-24T24:00",
        "2026-11-24T20:60",
        "2026-11-24 20:00",
        "2026-11-24T20:00:30",
        "2026-11-24T20:00+1",
        "2026-11-24T20:00+99:00",
        "2026-11-24T20:00[Europe/Berlin]",
        "2026-11-24T20:0\u{660}",
        "\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        &"9".repeat(1 << 20),
    ] {
        assert!(matches!(moment("Europe/Berlin", bad), Err(BadTime::Form(_))), "{bad:.40}");
    }
    for zone in ["", "Mars/Olympus", "../../etc/passwd", "Etc/Unknown", &"x".repeat(1 << 20)] {
        let text = said(zone, "2026-11-24T20:00");
        assert!(text.contains("is not a time zone") && text.len() < 200, "{text}");
    }
    assert_eq!(moment("UTC", "1969-12-31T23:59"), Err(BadTime::Range));
    assert!(moment("UTC", "9999-12-31T12:00").is_err() || moment("UTC", "9999-12-30T12:00").is_ok());
}

#[test]
fn all_that_follow_move_by_days_and_to_a_time() {
    let at = |text: &str| Written::read(text).unwrap().local;
    let moved = at("2026-12-08T20:00").moved(at("2026-12-01T20:00"), at("2026-12-02T19:30"));
    assert_eq!(moved.to_string(), "2026-12-09T19:30");
    let earlier = at("2027-01-05T20:00").moved(at("2026-12-01T20:00"), at("2026-11-30T20:00"));
    assert_eq!(earlier.to_string(), "2027-01-04T20:00");
}
