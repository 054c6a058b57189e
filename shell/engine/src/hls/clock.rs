//! The date of responses (RFC 9110, section 6.6.1), written once a second.

use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of an IMF-fixdate.
pub(crate) const DATE_BYTES: usize = 29;

/// The second that it is.
#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) second: u64,
    pub(crate) date: [u8; DATE_BYTES],
}

impl Clock {
    pub(crate) fn new(now: SystemTime) -> Self {
        let mut clock = Self { second: u64::MAX, date: [b' '; DATE_BYTES] };
        clock.look(now);
        clock
    }

    /// Writes the date if it is another than before.
    pub(crate) fn look(&mut self, now: SystemTime) {
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if second != self.second {
            self.second = second;
            // After the year 9999 the date would be longer; it stands still then.
            if let Ok(date) = httpdate::fmt_http_date(now).into_bytes().try_into() {
                self.date = date;
            }
        }
    }
}
