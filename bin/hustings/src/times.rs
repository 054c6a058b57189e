//! Times and durations as people type them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A duration such as `90`, `90s`, `30m`, `12h` or `7d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(format!("{text:?} is not a duration, such as 30m, 12h or 7d")),
    };
    let seconds = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor)).filter(|s| *s <= 10 * 366 * 86_400);
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text:?} is not a duration of at most ten years"))
}

/// A moment in milliseconds since 1970, from `+15m` or RFC 3339.
pub(crate) fn moment(text: &str, now_ms: u64) -> Result<u64, String> {
    if let Some(later) = text.strip_prefix('+') {
        return Ok(now_ms + duration(later)?.as_millis() as u64);
    }
    humantime::parse_rfc3339_weak(text)
        .ok()
        .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
        .map(|d| d.as_millis() as u64)
        .ok_or_else(|| format!("{text:?} is not a time, such as 2026-12-01T20:00:00Z or +15m"))
}

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_moments_are_read_as_people_write_them() {
        assert_eq!(duration("12h").unwrap(), Duration::from_secs(43_200));
        assert!(duration("12y").is_err());
        assert!(duration("99999999999999999999").is_err());
        assert_eq!(moment("+2s", 1000).unwrap(), 3000);
        assert_eq!(moment("1970-01-01T00:00:01Z", 0).unwrap(), 1000);
        assert!(moment("tomorrow", 0).is_err());
    }
}
