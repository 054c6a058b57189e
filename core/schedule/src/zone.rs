//! A time as it is meant: what the clock on the wall of a zone shows.
//!
//! A moment is kept in UTC beside the name of its zone. A time that is skipped when clocks go forward does not exist, and
//! one that is repeated when they go back is two; neither is guessed at: both are refused with their neighbours named, and
//! one of two is said with its offset. The rules of the zones are compiled in, so that two servers agree. Absent: times
//! before 1970 and after 9999.

use std::fmt;
use std::sync::LazyLock;

use hustings_vocab::limits;
use jiff::Timestamp;
use jiff::civil::{DateTime, date, time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The last millisecond of the year 9999, beyond which dates have no common form.
pub const MOMENT_MS_MAX: u64 = 253_402_300_799_999;

/// A zone of the IANA database.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// What the clock shows: a day and a time to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local(pub(crate) DateTime);

/// A time as it was written: what the clock shows and, where that is two moments, which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// What the clock shows.
    pub local: Local,
    offset: Option<Offset>,
}

/// Why there is no such time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTime {
    /// No zone.
    #[error("{0:?} is not a time zone; write an IANA name such as Europe/Berlin")]
    Zone(String),
    /// No time.
    #[error("{0:?} is not a time; write it like 2026-11-24T20:00")]
    Form(String),
    /// Clocks go forward over it.
    #[error("{at} does not exist in {zone}, where clocks go forward then: take {before} or {after}", at = Spoken(*.at))]
    Skipped {
        /// What was written.
        at: Local,
        /// Where.
        zone: String,
        /// The last minute before it.
        before: String,
        /// The first minute after it.
        after: String,
    },
    /// Clocks go back over it.
    #[error("{at} comes twice in {zone}, where clocks go back then: write {first} or {second}", at = Spoken(*.at))]
    Twice {
        /// What was written.
        at: Local,
        /// Where.
        zone: String,
        /// The first of the two, with its offset.
        first: String,
        /// The second, with its offset.
        second: String,
    },
    /// The offset is not one that the zone has then.
    #[error("{at} has the offset {right} in {zone}; leave the offset out", at = Spoken(*.at))]
    Offset {
        /// What was written.
        at: Local,
        /// Where.
        zone: String,
        /// What is right.
        right: String,
    },
    /// Before 1970 or after 9999.
    #[error("a conversation starts between 1970 and the year 9999")]
    Range,
}

impl Zone {
    /// The zone of that name.
    ///
    /// # Errors
    /// [`BadTime::Zone`].
    pub fn named(name: &str) -> Result<Self, BadTime> {
        let bad = || BadTime::Zone(name.chars().take(limits::ZONE_CHARS_MAX).collect());
        if name.len() > limits::ZONE_CHARS_MAX || name == "Etc/Unknown" {
            return Err(bad());
        }
        let rules = ZONES.get(name).map_err(|_| bad())?;
        let name = rules.iana_name().unwrap_or("UTC").to_owned();
        Ok(Self { name, rules })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".into(), rules: TimeZone::UTC }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its clocks show at a moment.
    #[must_use]
    pub fn shows(&self, ms: u64) -> Local {
        Local(self.rules.to_datetime(timestamp(ms)))
    }

    /// The same with its offset, such as `2026-11-24T20:00+01:00`.
    #[must_use]
    pub fn written(&self, ms: u64) -> String {
        let at = timestamp(ms);
        with_offset(Local(self.rules.to_datetime(at)), self.rules.to_offset(at))
    }

    /// The moment at which its clocks show this.
    ///
    /// # Errors
    /// [`BadTime`], for what they never show or show twice.
    pub fn moment(&self, written: Written) -> Result<u64, BadTime> {
        let Written { local, offset } = written;
        let at = |offset: Offset| offset.to_timestamp(local.0).map_err(|_| BadTime::Range);
        let ambiguous = self.rules.to_ambiguous_timestamp(local.0);
        let right = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset: right } => right,
            AmbiguousOffset::Gap { before, after } => return Err(self.skipped(local, before, after)),
            AmbiguousOffset::Fold { before, after } => match offset {
                Some(which) if which == before || which == after => which,
                _ => {
                    let (first, second) = (with_offset(local, before), with_offset(local, after));
                    return Err(BadTime::Twice { at: local, zone: self.name.clone(), first, second });
                }
            },
        };
        if offset.is_some_and(|said| said != right) {
            return Err(BadTime::Offset { at: local, zone: self.name.clone(), right: offset_text(right) });
        }
        let ms = u64::try_from(at(right)?.as_millisecond()).map_err(|_| BadTime::Range)?;
        if ms <= MOMENT_MS_MAX { Ok(ms) } else { Err(BadTime::Range) }
    }

    fn skipped(&self, at: Local, before: Offset, after: Offset) -> BadTime {
        // By the later offset it lies before the change, which is the next one from there.
        let change = after.to_timestamp(at.0).ok().and_then(|t| self.rules.following(t).next()).map(|c| c.timestamp());
        let clock = |t: Timestamp, offset: Offset| Local(offset.to_datetime(t)).time();
        let minute = jiff::SignedDuration::from_mins(1);
        let (last, first) = match change {
            Some(t) => (clock(t.checked_sub(minute).unwrap_or(t), before), clock(t, after)),
            None => (at.time(), at.time()),
        };
        BadTime::Skipped { at, zone: self.name.clone(), before: last, after: first }
    }
}

impl Written {
    /// Reads `2026-11-24T20:00`, perhaps with `:00` seconds and an offset such as `+01:00` or `Z`.
    ///
    /// # Errors
    /// [`BadTime::Form`].
    pub fn read(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime::Form(text.chars().take(40).collect());
        let (clock, rest) = text.split_at_checked(16).ok_or_else(bad)?;
        let rest = rest.strip_prefix(":00").unwrap_or(rest);
        let fits = clock.bytes().zip(b"0000-00-00T00:00").all(|(b, form)| match form {
            b'0' => b.is_ascii_digit(),
            _ => b == *form,
        });
        if !fits {
            return Err(bad());
        }
        let number = |from: usize, to: usize| clock[from..to].parse::<i16>().map_err(|_| bad());
        let small = |from, to| number(from, to).and_then(|n| i8::try_from(n).map_err(|_| bad()));
        let day = jiff::civil::Date::new(number(0, 4)?, small(5, 7)?, small(8, 10)?).map_err(|_| bad())?;
        let at = jiff::civil::Time::new(small(11, 13)?, small(14, 16)?, 0, 0).map_err(|_| bad())?;
        Ok(Self { local: Local(day.to_datetime(at)), offset: offset(rest).ok_or_else(bad)? })
    }
}

impl From<Local> for Written {
    fn from(local: Local) -> Self {
        Self { local, offset: None }
    }
}

impl Local {
    /// The day, such as `2026-11-24`.
    #[must_use]
    pub fn date(self) -> String {
        self.0.date().to_string()
    }

    /// The time, such as `20:00`.
    #[must_use]
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }

    /// This, moved as somebody moved `from` to `to`: by as many days, to the same time of day.
    #[must_use]
    pub fn moved(self, from: Self, to: Self) -> Self {
        let days = from.0.date().until(to.0.date()).map_or(0, |span| span.get_days());
        let day = self.0.date().checked_add(jiff::Span::new().days(days)).unwrap_or(self.0.date());
        Self(day.to_datetime(to.0.time()))
    }
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())
    }
}

/// As a sentence says it.
struct Spoken(Local);

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.0.time(), self.0.date())
    }
}

fn timestamp(ms: u64) -> Timestamp {
    let latest = date(9999, 12, 30).to_datetime(time(0, 0, 0, 0));
    let ms = i64::try_from(ms.min(MOMENT_MS_MAX)).unwrap_or_default();
    Timestamp::from_millisecond(ms)
        .unwrap_or_else(|_| Offset::UTC.to_timestamp(latest).expect("a day before the last is one"))
}

fn offset(text: &str) -> Option<Option<Offset>> {
    let digits = |t: &str| (t.len() == 2).then(|| t.parse::<i32>().ok()).flatten();
    let (sign, rest) = match text.as_bytes().first() {
        None => return Some(None),
        Some(b'Z') if text.len() == 1 => return Some(Some(Offset::UTC)),
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        Some(_) => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let seconds = sign * (digits(hours)? * 3600 + digits(minutes).filter(|m| *m < 60)? * 60);
    Offset::from_seconds(seconds).ok().map(Some)
}

fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn with_offset(local: Local, offset: Offset) -> String {
    format!("{local}{}", offset_text(offset))
}

#[cfg(test)]
#[path = "zone_tests.rs"]
mod tests;
