//! The header fields of a request that matter, whatever read them.

use hustings_vocab::limits;

use crate::range::Range;
use crate::tag::{Known, OnlyOf, Tag};

/// The methods that ask for something to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The document.
    Get,
    /// What would be said of it.
    Head,
}

/// Who asks, as far as a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Player<'a> {
    /// A player that names its session.
    Named(&'a str),
    /// A player that is known by its connection.
    Nameless,
    /// Any number of players, behind what may be a cache: it says so by `Via` (RFC 9110, section 7.6.3) or `CDN-Loop` (RFC 8586).
    Hidden,
}

/// In what form, and of which version, something is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// It may come compressed.
    pub gzip: bool,
    pub(crate) known: Known,
    range: Option<Range>,
    only_of: Option<OnlyOf>,
}

impl Asked {
    /// Whether everybody who asks like this, but for the compression, gets the same answer.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.range.is_none() && self.known.is_empty()
    }

    /// The range that is wanted of this version.
    pub(crate) fn range_of(&self, tag: Tag) -> Option<Range> {
        self.range.filter(|_| self.only_of.is_none_or(|only| only.holds(tag)))
    }
}

/// Collects the fields of one request, in their order.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    asked: Asked,
    known: Option<&'a [u8]>,
    cmcd: Option<&'a [u8]>,
    playback: Option<&'a [u8]>,
    sent_on: bool,
}

impl<'a> Fields<'a> {
    /// Takes one field in. Of those that are given once in any sane request, the first counts.
    pub fn field(&mut self, name: &str, value: &'a [u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            3 if is("via") => self.sent_on = true,
            8 if is("cdn-loop") => self.sent_on = true,
            5 if is("range") && self.asked.range.is_none() => self.asked.range = Range::read(value),
            8 if is("if-range") => self.asked.only_of = Some(OnlyOf::read(value)),
            12 if is("cmcd-session") && self.cmcd.is_none() => self.cmcd = Some(value),
            13 if is("if-none-match") && self.known.is_none() => self.known = Some(value),
            15 if is("accept-encoding") => self.asked.gzip |= accepts_gzip(value),
            21 if is("x-playback-session-id") && self.playback.is_none() => self.playback = Some(value),
            _ => {}
        }
    }

    /// Who asks. What a cache sends on of the player that asked first says nothing of the others.
    #[must_use]
    pub fn player(&self) -> Player<'a> {
        match self.session() {
            _ if self.sent_on => Player::Hidden,
            Some(session) => Player::Named(session),
            None => Player::Nameless,
        }
    }

    /// The session that the player names: `CMCD-Session: sid="…"` (CTA-5004) or Apple's `X-Playback-Session-Id`.
    fn session(&self) -> Option<&'a str> {
        let cmcd = self.cmcd.and_then(visible).and_then(|fields| {
            let sid = fields.split(',').find_map(|field| field.trim().strip_prefix("sid="))?;
            Some(sid.trim_matches('"'))
        });
        let session = cmcd.or_else(|| self.playback.and_then(visible));
        session.filter(|s| !s.is_empty() && s.len() <= limits::HLS_SESSION_BYTES_MAX)
    }

    /// What all of them ask. A range is asked for by `GET` alone (RFC 9110, section 14.2).
    #[must_use]
    pub fn asked(self, method: Method) -> Asked {
        let range = self.asked.range.filter(|_| method == Method::Get);
        Asked { range, known: self.known.map(Known::read).unwrap_or_default(), ..self.asked }
    }
}

/// A field's value as text, if it is ASCII without control characters.
fn visible(value: &[u8]) -> Option<&str> {
    let visible = value.iter().all(|b| *b == b'\t' || (b' '..=b'~').contains(b));
    std::str::from_utf8(value).ok().filter(|_| visible)
}

fn accepts_gzip(value: &[u8]) -> bool {
    let value = visible(value).unwrap_or_default();
    value.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(fields: &[(&str, &'a str)]) -> Fields<'a> {
        let mut all = Fields::default();
        fields.iter().for_each(|(name, value)| all.field(name, value.as_bytes()));
        all
    }

    #[test]
    fn gzip_is_sent_to_whom_accepts_it_and_to_nobody_else() {
        for (value, accepted) in
            [("gzip", true), ("br, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("identity", false)]
        {
            assert_eq!(with(&[("Accept-Encoding", value)]).asked(Method::Get).gzip, accepted, "{value}");
        }
    }

    #[test]
    fn a_player_names_its_session_in_either_field() {
        assert_eq!(with(&[("CMCD-Session", "cid=\"x\",sid=\"6e2f\",sf=h")]).session(), Some("6e2f"));
        assert_eq!(with(&[("x-playback-session-id", "AB-1")]).session(), Some("AB-1"));
        assert_eq!(with(&[("cmcd-session", "cid=\"x\"")]).session(), None);
        assert_eq!(with(&[("x-playback-session-id", &"a".repeat(129))]).session(), None);
        assert_eq!(with(&[("x-playback-session-id", "ä")]).session(), None);
    }

    #[test]
    fn who_asks_through_a_cache_is_hidden_whatever_it_calls_itself() {
        assert_eq!(with(&[("X-Playback-Session-Id", "a")]).player(), Player::Named("a"));
        assert_eq!(with(&[("X-Forwarded-For", "a")]).player(), Player::Nameless);
        for field in [("Via", "1.1 varnish"), ("cdn-loop", "x")] {
            assert_eq!(with(&[("X-Playback-Session-Id", "a"), field]).player(), Player::Hidden);
        }
    }

    #[test]
    fn a_range_of_another_version_or_of_a_head_is_none() {
        let tag = Tag::strong(&[b"sound"]);
        let named = tag.to_string();
        let asked = |fields: &[(&str, &str)], method| with(fields).asked(method).range_of(tag).is_some();
        assert!(asked(&[("range", "bytes=0-")], Method::Get));
        assert!(asked(&[("range", "bytes=0-"), ("if-range", &named)], Method::Get));
        assert!(!asked(&[("range", "bytes=0-"), ("if-range", "\"another\"")], Method::Get));
        assert!(!asked(&[("range", "bytes=0-")], Method::Head));
        assert!(with(&[("host", "x")]).asked(Method::Get).is_plain());
    }
}
