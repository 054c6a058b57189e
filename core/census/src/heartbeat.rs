//! What a page sends: the number that it drew, and whether it goes.
//!
//! A form (`application/x-www-form-urlencoded`), because browsers send one to another origin without asking first.
//! Deliberately absent: a rate (the number alone decides), a name, anything that outlives one page's playing.

use hustings_vocab::limits;

/// One report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// Drawn by the page at random, evenly over 64 bits, when it began to play.
    pub id: u64,
    /// It plays no more.
    pub leaving: bool,
}

/// Why a report cannot be understood. The status is 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHeartbeat {
    /// Longer than any report.
    #[error("a report has at most {} bytes", limits::HERE_BODY_BYTES_MAX)]
    Long,
    /// No number, or not one.
    #[error("id is 16 hexadecimal digits, drawn at random")]
    Id,
    /// Not `1`.
    #[error("leaving is 1, or absent")]
    Leaving,
    /// Given twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
}

impl Heartbeat {
    /// Reads a body: `id=00112233445566ff`, with `&leaving=1` for a goodbye. Unknown keys are ignored.
    ///
    /// # Errors
    /// [`BadHeartbeat`].
    pub fn parse(body: &[u8]) -> Result<Self, BadHeartbeat> {
        if body.len() > limits::HERE_BODY_BYTES_MAX {
            return Err(BadHeartbeat::Long);
        }
        let (mut id, mut leaving) = (None, None);
        for pair in body.split(|b| *b == b'&') {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (key, value) = (&pair[..at], pair.get(at + 1..).unwrap_or_default());
            match key {
                b"id" => once(&mut id, "id", number(value).ok_or(BadHeartbeat::Id)?)?,
                b"leaving" if value == b"1" => once(&mut leaving, "leaving", true)?,
                b"leaving" => return Err(BadHeartbeat::Leaving),
                _ => {}
            }
        }
        Ok(Self { id: id.ok_or(BadHeartbeat::Id)?, leaving: leaving.unwrap_or(false) })
    }
}

fn once<T>(slot: &mut Option<T>, key: &'static str, value: T) -> Result<(), BadHeartbeat> {
    if slot.replace(value).is_some() { Err(BadHeartbeat::Twice(key)) } else { Ok(()) }
}

fn number(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok().filter(|t| t.len() == 16 && !t.starts_with('+'))?;
    u64::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_number_and_perhaps_a_goodbye() {
        let read = |body: &str| Heartbeat::parse(body.as_bytes());
        assert_eq!(read("id=00000000000000ff"), Ok(Heartbeat { id: 255, leaving: false }));
        assert_eq!(read("a=b&leaving=1&id=FFffFFffFFffFFff&&="), Ok(Heartbeat { id: u64::MAX, leaving: true }));
        for (body, why) in [
            ("", BadHeartbeat::Id),
            ("id", BadHeartbeat::Id),
            ("id=ff", BadHeartbeat::Id),
            ("id=+000000000000001", BadHeartbeat::Id),
            ("id=00000000000000fg", BadHeartbeat::Id),
            ("id=0000000000000001&id=0000000000000001", BadHeartbeat::Twice("id")),
            ("id=0000000000000001&leaving=yes", BadHeartbeat::Leaving),
            ("id=0000000000000001&leaving=1&leaving=1", BadHeartbeat::Twice("leaving")),
        ] {
            assert_eq!(read(body), Err(why), "{body}");
        }
        assert_eq!(Heartbeat::parse(&[b'&'; limits::HERE_BODY_BYTES_MAX + 1]), Err(BadHeartbeat::Long));
        assert_eq!(
            Heartbeat::parse(b"id=\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
            Err(BadHeartbeat::Id)
        );
    }
}
