//! Texts of strangers that others read: trimmed, measured, and without what hides or turns around what stands beside it.
//!
//! Absent: judging what a text says, and looking for letters of other alphabets in it, because names have them.

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing is left of it, or it is too long.
    #[error("{what} has 1 to {max} characters, this has {len}")]
    Length {
        /// What was being read.
        what: &'static str,
        /// Characters given.
        len: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A character that ends a line, is not seen, or turns the writing around.
    #[error("{what} holds U+{:04X}, a character that cannot be seen; write it again without", u32::from(*.found))]
    Hidden {
        /// What was being read.
        what: &'static str,
        /// The first of them.
        found: char,
    },
    /// No mail could be sent there.
    #[error("an e-mail address is written like ann@talk.example")]
    NoAddress,
}

/// Whether a character is a control, turns the direction of writing, or has no width and no use in a word. The joiners
/// U+200C and U+200D have one.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text that can be shown on one line, without the spaces around it.
///
/// # Errors
/// [`BadText`].
pub fn line(what: &'static str, text: &str, chars_max: usize) -> Result<String, BadText> {
    let text = text.trim();
    let len = text.chars().count();
    if !(1..=chars_max).contains(&len) {
        return Err(BadText::Length { what, len, max: chars_max });
    }
    match text.chars().find(|c| is_hidden(*c)) {
        Some(found) => Err(BadText::Hidden { what, found }),
        None => Ok(text.to_owned()),
    }
}

/// An e-mail address in lower case, as far as one can be known from its looks.
///
/// # Errors
/// [`BadText`].
pub fn email(text: &str) -> Result<String, BadText> {
    let text = line("an e-mail address", text, crate::limits::EMAIL_CHARS_MAX)?;
    let apart = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"');
    match text.split_once('@') {
        Some((name, host))
            if !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(apart) =>
        {
            Ok(text.to_lowercase())
        }
        _ => Err(BadText::NoAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_a_line_around_is_refused() {
        assert_eq!(line("a name", "  Zoë \u{645}\u{200c}\u{6cc} ", 80).unwrap(), "Zoë \u{645}\u{200c}\u{6cc}");
        for bad in ["", "  ", "a\nb", "a\u{202e}b", "\u{200b}a", "a\u{2066}b", "a\u{feff}b", &"a".repeat(81)] {
            assert!(line("a name", bad, 80).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_has_two_sides() {
        assert_eq!(email(" Ann@Talk.Example ").unwrap(), "ann@talk.example");
        for bad in ["ann", "@b.c", "a@b", "a@b@c.d", "a b@c.d", "a<b@c.d"] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }
}
