//! Texts of strangers: trimmed, limited, and without characters that change how the rest of a page is read.
//!
//! Refused are control characters, the characters that turn the direction of what follows (they can make a name read as
//! another), and characters that are not seen at all. The two joiners are kept where they join: Persian and many emoji
//! cannot be written without them. Markup is text like any other: pages escape it. Absent: judging what is said.

/// Why a text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Empty, or longer than allowed.
    #[error("has {min} to {max} characters, this has {chars}")]
    Length {
        /// Characters at least.
        min: usize,
        /// Characters at most.
        max: usize,
        /// Characters given.
        chars: usize,
    },
    /// A control character.
    #[error("holds a control character (U+{:04X}); take it out", u32::from(*.0))]
    Control(char),
    /// A character that turns the direction of writing.
    #[error("holds a character that turns the direction of writing (U+{:04X}); take it out", u32::from(*.0))]
    Direction(char),
    /// A character that cannot be seen.
    #[error("holds a character that cannot be seen (U+{:04X}); take it out", u32::from(*.0))]
    Invisible(char),
    /// No language tag.
    #[error("is a language tag such as en or pt-BR (BCP 47)")]
    Language,
}

/// A text of one line with `min` to `max` characters, without the spaces around it.
///
/// # Errors
/// [`BadText`].
pub fn line(text: &str, min: usize, max: usize) -> Result<String, BadText> {
    let text = text.trim();
    length(text, min, max)?;
    sound(text, |_| false)?;
    Ok(text.to_owned())
}

/// A text of at most `max` characters with line breaks, which become `\n`; no more than one empty line in a row.
///
/// # Errors
/// [`BadText`].
pub fn paragraphs(text: &str, max: usize) -> Result<String, BadText> {
    // Before anything is copied: what comes may be long.
    if text.len() > max * 8 {
        return Err(BadText::Length { min: 0, max, chars: text.chars().count() });
    }
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().split('\n').map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|l| l.is_empty())) {
            lines.push(line);
        }
    }
    let text = lines.join("\n");
    length(&text, 0, max)?;
    sound(&text, |c| matches!(c, '\n' | '\t'))?;
    Ok(text)
}

/// A language tag: letters, then parts of letters and digits (RFC 5646, section 2.1, without its registry).
///
/// # Errors
/// [`BadText::Language`].
pub fn language(text: &str, max: usize) -> Result<String, BadText> {
    let text = text.trim();
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let primary = (2..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && rest && text.len() <= max { Ok(text.to_owned()) } else { Err(BadText::Language) }
}

fn length(text: &str, min: usize, max: usize) -> Result<(), BadText> {
    let chars = text.chars().count();
    if (min..=max).contains(&chars) { Ok(()) } else { Err(BadText::Length { min, max, chars }) }
}

fn sound(text: &str, allowed: fn(char) -> bool) -> Result<(), BadText> {
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if allowed(c) => {}
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => return Err(BadText::Control(c)),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => return Err(BadText::Direction(c)),
            '\u{200C}' | '\u{200D}' => {
                let joins = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !unseen(c));
                if !(joins(before) && joins(rest.peek().copied())) {
                    return Err(BadText::Invisible(c));
                }
            }
            c if unseen(c) => return Err(BadText::Invisible(c)),
            _ => {}
        }
        before = Some(c);
    }
    Ok(())
}

/// Characters that take no room. The variation selectors are not among them: emoji end with one.
const fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200D}'
            | '\u{2060}'..='\u{2064}'
            | '\u{206A}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_taken_as_it_is() {
        for fine in [
            "Wer zahlt für die Brücke?",
            "<script>alert(1)</script> & \"more\"",
            "👩‍🚀 ❤️",
            "می‌خواهم",
            "שלום",
            "\u{200F}\u{5E9}",
        ] {
            assert_eq!(line(fine, 1, 80).as_deref(), Ok(fine));
        }
        assert_eq!(line("  a  ", 1, 80).as_deref(), Ok("a"));
        assert_eq!(paragraphs("one\r\ntwo  \r\r\n\n\n three\t.\n", 80).as_deref(), Ok("one\ntwo\n\n three\t."));
    }

    #[test]
    fn what_changes_how_a_page_is_read_is_refused() {
        assert_eq!(line("Anna \u{202E}nna", 1, 80), Err(BadText::Direction('\u{202E}')));
        assert_eq!(line("a\u{2067}b", 1, 80), Err(BadText::Direction('\u{2067}')));
        assert_eq!(line("two\nlines", 1, 80), Err(BadText::Control('\n')));
        assert_eq!(line("nul\0", 1, 80), Err(BadText::Control('\0')));
        for unseen in ["a\u{200B}b", "\u{FEFF}x", "a\u{AD}b", "a\u{E0041}", "\u{3164}", "\u{2800}", "\u{115F}"] {
            assert!(matches!(line(unseen, 1, 80), Err(BadText::Invisible(_))), "{unseen:?}");
        }
        for joiner in ["\u{200D}a", "a\u{200D}", "a\u{200D}\u{200D}b", "a \u{200C}b"] {
            assert!(matches!(line(joiner, 1, 80), Err(BadText::Invisible(_))), "{joiner:?}");
        }
        assert!(matches!(paragraphs("a\u{202D}b", 80), Err(BadText::Direction(_))));
    }

    #[test]
    fn a_megabyte_is_refused_with_its_length() {
        let long = "x".repeat(1 << 20);
        assert_eq!(line(&long, 1, 200), Err(BadText::Length { min: 1, max: 200, chars: 1 << 20 }));
        assert!(matches!(paragraphs(&long, 4000), Err(BadText::Length { .. })));
        assert!(matches!(line(" \u{3000} ", 1, 200), Err(BadText::Length { chars: 0, .. })));
    }

    #[test]
    fn languages_are_tags() {
        for fine in ["en", "pt-BR", "zh-Hant-TW", "gsw", "de-1996"] {
            assert_eq!(language(fine, 35).as_deref(), Ok(fine));
        }
        for bad in ["", "e", "english please", "de_DE", "de-", "12", "-de", &"de-aa".repeat(20)] {
            assert_eq!(language(bad, 35), Err(BadText::Language), "{bad:?}");
        }
    }
}
