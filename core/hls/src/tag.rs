//! Entity tags (RFC 9110, section 8.8.3): 64 bits of FNV-1a in hexadecimal.
//!
//! The function is written out here, so that every process and every machine that serves the same bytes names them alike.

use std::fmt;

/// The name of one version of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    value: u64,
    weak: bool,
}

/// FNV-1a, 64 bit (draft-eastlake-fnv).
fn fnv1a(pieces: &[&[u8]]) -> u64 {
    let bytes = pieces.iter().flat_map(|piece| piece.iter());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Tag {
    /// Of a document that has several codings, each in bytes of its own.
    #[must_use]
    pub fn weak(content: &[u8]) -> Self {
        Self { value: fnv1a(&[content]), weak: true }
    }

    /// Of bytes that are what these pieces say, or are made of.
    #[must_use]
    pub fn strong(pieces: &[&[u8]]) -> Self {
        Self { value: fnv1a(pieces), weak: false }
    }

    /// Reads one tag as it stands in a header field; none that is not of this form can be ours.
    fn read(text: &[u8]) -> Option<Self> {
        let (text, weak) = text.strip_prefix(b"W/").map_or((text, false), |rest| (rest, true));
        let digits = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        let lower = digits.len() == 16 && digits.iter().all(|d| d.is_ascii_digit() || (b'a'..=b'f').contains(d));
        let digits = std::str::from_utf8(digits).ok().filter(|_| lower)?;
        Some(Self { value: u64::from_str_radix(digits, 16).ok()?, weak })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\"{:016x}\"", if self.weak { "W/" } else { "" }, self.value)
    }
}

/// The versions that a client says it has, of those that can be ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    any: bool,
    tags: Box<[u64]>,
}

impl Known {
    /// Reads the value of an `If-None-Match`.
    #[must_use]
    pub fn read(list: &[u8]) -> Self {
        let each = || list.split(|b| *b == b',').map(<[u8]>::trim_ascii);
        Self { any: each().any(|tag| tag == b"*"), tags: each().filter_map(Tag::read).map(|tag| tag.value).collect() }
    }

    /// Whether the client has this version, by weak comparison (RFC 9110, section 13.1.2).
    #[must_use]
    pub fn has(&self, tag: Tag) -> bool {
        self.any || self.tags.contains(&tag.value)
    }

    /// Whether it has nothing that could be ours.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.any && self.tags.is_empty()
    }
}

/// What `If-Range` says: the range is wanted of this version alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OnlyOf(Option<Tag>);

impl OnlyOf {
    /// Reads its value. A date never holds, for we give none.
    pub(crate) fn read(value: &[u8]) -> Self {
        Self(Tag::read(value.trim_ascii()))
    }

    /// Whether the version is the one that is meant, by strong comparison (RFC 9110, section 13.1.5).
    pub(crate) fn holds(self, tag: Tag) -> bool {
        !tag.weak && self.0 == Some(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_however_it_is_listed_and_no_other_is() {
        let tag = Tag::weak(b"#EXTM3U\n");
        let text = tag.to_string();
        assert!(text.starts_with("W/\"") && text.len() == 20, "{text}");
        for list in [text.clone(), text[2..].to_owned(), format!("\"x\" , {text}"), "*".to_owned()] {
            assert!(Known::read(list.as_bytes()).has(tag), "{list}");
        }
        for list in ["", "\"x\"", "W/\"0000000000000000\"", &text[..19], &text.to_uppercase()] {
            assert!(!Known::read(list.as_bytes()).has(tag), "{list}");
        }
        assert!(Known::read(b"\"x\", y").is_empty());
    }

    #[test]
    fn a_range_is_of_a_version_that_is_the_same_byte_for_byte() {
        let (strong, weak) = (Tag::strong(&[b"a", b"b"]), Tag::weak(b"ab"));
        assert!(OnlyOf::read(strong.to_string().as_bytes()).holds(strong));
        assert!(!OnlyOf::read(weak.to_string().as_bytes()).holds(weak));
        assert!(!OnlyOf::read(weak.to_string().as_bytes()).holds(strong));
        assert!(!OnlyOf::read(b"Sun, 06 Nov 1994 08:49:37 GMT").holds(strong));
    }
}
