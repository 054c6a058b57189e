//! Texts of strangers: what is taken, and what is found in them.
//!
//! A text is one line of visible characters. Controls, characters that turn the writing direction and invisible ones are
//! refused and not removed, so that nobody is shown what was not written. Joiners stay, because Persian and emoji need them,
//! but words are looked for without them. Deliberately absent: likeness of letters of different scripts; a host hides a line.

use hustings_vocab::limits;

use crate::refusal::Refusal;

/// Endings by which a bare name is taken for a link.
const ENDINGS: [&str; 34] = [
    "app", "at", "biz", "ch", "cn", "co", "com", "de", "dev", "eu", "fr", "gg", "info", "io", "link", "live", "ly",
    "me", "net", "nl", "online", "org", "pl", "ru", "shop", "site", "store", "to", "top", "tv", "uk", "us", "xyz",
    "club",
];

/// Whether a character is shown as nothing, or changes how others are shown.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fff9}'..='\u{fffb}').contains(&c)
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
}

const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A text on one line, without the spaces around it.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::Character`].
pub fn line(what: &'static str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    // A character has at most four bytes: what is far too long is not counted through.
    let found = if text.len() > 16 * max { text.len() } else { text.chars().count() };
    if !(1..=max).contains(&found) || text.chars().all(|c| c.is_whitespace() || joins(c)) {
        return Err(Refusal::Length { what, max, found });
    }
    if text.chars().any(deceives) {
        return Err(Refusal::Character(what));
    }
    Ok(text.to_owned())
}

/// A name as a token gives it, made fit to be shown.
#[must_use]
pub fn name(given: &str) -> String {
    let plain: String = given.chars().filter(|c| !deceives(*c)).take(limits::NAME_CHARS_MAX).collect();
    plain.trim().to_owned()
}

/// A text as it is compared: small letters, single spaces, nothing invisible.
#[must_use]
pub fn folded(text: &str) -> String {
    let small: String = text.chars().filter(|c| !joins(*c)).flat_map(char::to_lowercase).collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text holds what a program would make a link of, or a person would type into an address line.
#[must_use]
pub fn has_link(text: &str) -> bool {
    let text = folded(text);
    if text.contains("://") || text.contains("www.") {
        return true;
    }
    let parts = text.split(|c: char| c.is_whitespace() || "/,;:!?()[]{}<>\"'".contains(c));
    parts.filter_map(|part| part.trim_end_matches('.').rsplit_once('.')).any(|(before, ending)| {
        before.chars().next_back().is_some_and(char::is_alphanumeric) && ENDINGS.contains(&ending)
    })
}

/// Whether a text holds one of these words, which are in small letters.
#[must_use]
pub fn has_word(text: &str, words: &[String]) -> bool {
    if words.is_empty() {
        return false;
    }
    let text = folded(text);
    text.split(|c: char| !c.is_alphanumeric()).any(|part| words.iter().any(|word| word == part))
        || words.iter().filter(|word| word.contains(' ')).any(|word| text.contains(word.as_str()))
}

/// An address that may be pinned.
///
/// # Errors
/// [`Refusal::NoLink`].
pub fn link(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").ok_or(Refusal::NoLink)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = text.len() <= limits::LINK_BYTES_MAX
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
        && host.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[')
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b));
    if fits { Ok(text.to_owned()) } else { Err(Refusal::NoLink) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_visible_line() {
        assert_eq!(line("a line", "  hello 👩‍🚀  ", 10).unwrap(), "hello 👩‍🚀");
        for bad in ["", "   ", "\u{200d}\u{200c}", "12345678901"] {
            assert!(matches!(line("a line", bad, 10), Err(Refusal::Length { .. })), "{bad:?}");
        }
        for bad in ["a\nb", "a\0", "a\u{202e}b", "a\u{2066}b", "a\u{200b}b", "\u{feff}a", "a\u{7f}", "a\u{e0041}"] {
            assert_eq!(line("a line", bad, 10), Err(Refusal::Character("a line")), "{bad:?}");
        }
        assert_eq!(name("  A\u{202e}nna\n "), "Anna");
        assert!(matches!(line("a line", &"x".repeat(1_000_000), 500), Err(Refusal::Length { .. })));
    }

    #[test]
    fn links_are_seen_and_sentences_are_not_links() {
        for bad in [
            "see https://a.example/x",
            "http://x",
            "WWW.Example.test",
            "evil.com",
            "go to evil.COM/path now",
            "(bit.ly/x)",
            "a@b.de.",
            "t.me/x",
            "evil\u{200d}.com",
        ] {
            assert!(has_link(bad), "{bad}");
        }
        for good in [
            "Hello.",
            "e.g. this",
            "z.B. so",
            "at 20.30 we begin",
            "End. Me too",
            "1.5 to 2.5",
            "Mr. Smith...",
            "a . com",
        ] {
            assert!(!has_link(good), "{good}");
        }
    }

    #[test]
    fn words_are_whole_words() {
        let words = ["ass".to_owned(), "two words".to_owned()];
        for bad in ["Ass!", "what an a\u{200d}ss", "TWO  Words here"] {
            assert!(has_word(bad, &words), "{bad}");
        }
        for good in ["class", "assess", "two other words"] {
            assert!(!has_word(good, &words), "{good}");
        }
    }

    #[test]
    fn only_plain_addresses_are_pinned() {
        assert_eq!(link(" https://a.example/x?y=1#z ").unwrap(), "https://a.example/x?y=1#z");
        for bad in [
            "http://a.example",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
            "https://me@evil.example",
            "https://a.example/\"><b>",
            "https://ä.example",
            "HTTPS",
        ] {
            assert_eq!(link(bad), Err(Refusal::NoLink), "{bad}");
        }
        assert_eq!(link(&format!("https://a.example/{}", "x".repeat(500))), Err(Refusal::NoLink));
    }
}
