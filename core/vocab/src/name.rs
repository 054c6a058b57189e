//! Names that come from outside: the slug of a conversation and the id of a seat on its stage.
//!
//! Both parse once, at the edge, and are plain text afterwards; neither can hold a character that would need escaping
//! in a URL, a path, a header, a playlist or a log line.

use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::limits;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Empty, or longer than the limit that is named.
    #[error("a {what} has 1 to {max} characters, this has {len}")]
    Length {
        /// What was being parsed.
        what: &'static str,
        /// Characters given.
        len: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A character outside the allowed set.
    #[error("a {what} is made of {allowed}; {found:?} is not allowed")]
    Character {
        /// What was being parsed.
        what: &'static str,
        /// The allowed set, in words.
        allowed: &'static str,
        /// The first offending character.
        found: char,
    },
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr, $allowed:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                let len = text.chars().count();
                if len == 0 || len > $max {
                    return Err(BadName::Length { what: $what, len, max: $max });
                }
                let ok: fn(char) -> bool = $ok;
                match text.chars().find(|c| !ok(*c)) {
                    Some(found) => Err(BadName::Character { what: $what, allowed: $allowed, found }),
                    None => Ok(Self(text.into())),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name!(
    /// The name of a conversation in its address `/c/{slug}`: 1 to 64 of `a-z`, `0-9` and `-`.
    Slug,
    "slug",
    limits::SLUG_CHARS_MAX,
    "a-z, 0-9 and -",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
);
name!(
    /// A seat on stage: the `sub` of a token, 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_` and `.`. Two sessions of one
    /// seat are one person: the later replaces the earlier.
    SeatId,
    "seat",
    limits::SEAT_CHARS_MAX,
    "A-Z, a-z, 0-9, -, _ and .",
    |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
);

name!(
    /// An account: 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_` and `.`; the server draws 16 hexadecimal digits.
    AccountId,
    "account",
    limits::SEAT_CHARS_MAX,
    "A-Z, a-z, 0-9, -, _ and .",
    |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
);

impl AccountId {
    /// The seat that this account takes on any stage.
    #[must_use]
    pub fn seat(&self) -> SeatId {
        let name: String = "a-".chars().chain(self.0.chars()).take(limits::SEAT_CHARS_MAX).collect();
        SeatId(name.into())
    }
}

name!(
    /// What somebody is called when they sign in: 1 to 32 of `a-z`, `0-9` and `-`. There are no others, so two handles that
    /// look alike are alike.
    Handle,
    "handle",
    limits::HANDLE_CHARS_MAX,
    "a-z, 0-9 and -",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_holds_nothing_that_needs_escaping() {
        assert_eq!("evening-2".parse::<Slug>().unwrap().as_str(), "evening-2");
        for bad in ["", "A", "a/b", "a b", "ä", "a\n", &"a".repeat(65)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad:?}");
        }
        assert!(serde_json::from_str::<Slug>("\"../x\"").is_err());
    }
}
