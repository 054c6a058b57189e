//! Byte ranges (RFC 9110, section 14): one range is cut, several are answered with the whole.

/// The one range that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// From this byte to this one, or to the end.
    From(u64, Option<u64>),
    /// So many of the last bytes.
    Last(u64),
}

/// What a range is of a body of some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// From this byte to this one, both included.
    Bytes(u64, u64),
    /// Nothing of it is there: 416.
    Beyond,
}

impl Range {
    /// Reads the value of a `Range`. `None` for what is answered as if it were not there: other units, several ranges, and
    /// what is no range.
    #[must_use]
    pub fn read(value: &[u8]) -> Option<Self> {
        let (unit, range) = std::str::from_utf8(value).ok()?.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = range.trim().split_once('-')?;
        match (first, last) {
            ("", last) => Some(Self::Last(number(last)?)),
            (first, "") => Some(Self::From(number(first)?, None)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// What it is of a body of `length` bytes.
    #[must_use]
    pub fn of(self, length: u64) -> Cut {
        let end = length.saturating_sub(1);
        match self {
            Self::From(first, last) if first < length => Cut::Bytes(first, last.map_or(end, |last| last.min(end))),
            Self::Last(bytes) if bytes > 0 && length > 0 => Cut::Bytes(length.saturating_sub(bytes), end),
            _ => Cut::Beyond,
        }
    }
}

/// Digits alone. One that is too large for its type is larger than any body.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_cut_and_what_is_none_is_ignored() {
        for (value, cut) in [
            ("bytes=0-9", Some(Cut::Bytes(0, 9))),
            ("Bytes= 90-", Some(Cut::Bytes(90, 99))),
            ("bytes=99-99999999999999999999999", Some(Cut::Bytes(99, 99))),
            ("bytes=-1", Some(Cut::Bytes(99, 99))),
            ("bytes=-500", Some(Cut::Bytes(0, 99))),
            ("bytes=100-", Some(Cut::Beyond)),
            ("bytes=-0", Some(Cut::Beyond)),
            ("bytes=9-0", None),
            ("bytes=0-1,2-3", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("bytes 0-1", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(Range::read(value.as_bytes()).map(|range| range.of(100)), cut, "{value}");
        }
        assert_eq!(Range::Last(1).of(0), Cut::Beyond);
    }
}
