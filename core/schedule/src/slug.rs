//! An address made of a title: letters of every script as ASCII, words joined by hyphens, and a random ending where the
//! name is taken or must not be guessed.
//!
//! Which names are taken is the records' to know, and chance is an argument. Absent: a list of words to leave out.

use hustings_vocab::{Slug, limits};

/// The letters of an ending: no vowels, so that it makes no words, and nothing that looks like something else.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxyz";

/// The address that a title asks for.
#[must_use]
pub fn propose(title: &str) -> Slug {
    let mut made = String::new();
    for c in title.chars().take(4 * limits::SLUG_PROPOSED_CHARS_MAX) {
        let ascii = match c.to_lowercase().next().unwrap_or(c) {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            c => deunicode::deunicode_char(c).unwrap_or(" "),
        };
        for b in ascii.bytes() {
            match b.to_ascii_lowercase() {
                b if b.is_ascii_alphanumeric() => made.push(char::from(b)),
                // An apostrophe stands within a word.
                b'\'' => {}
                _ if made.is_empty() || made.ends_with('-') => {}
                _ => made.push('-'),
            }
        }
    }
    parsed(shortened(&made))
}

/// The same with an ending of `letters` letters drawn from `chance`.
#[must_use]
pub fn ended(base: &Slug, letters: u8, mut chance: u64) -> Slug {
    let mut made = shortened(base.as_str()).to_owned();
    made.push('-');
    for _ in 0..letters.min(8) {
        let n = LETTERS.len() as u64;
        made.push(char::from(LETTERS[(chance % n) as usize]));
        chance /= n;
    }
    parsed(&made)
}

/// The same with a date, for one of a series.
#[must_use]
pub fn dated(base: &Slug, date: &str) -> Slug {
    let room = limits::SLUG_CHARS_MAX - date.len() - 1;
    let base = base.as_str();
    parsed(&format!("{}-{date}", base[..base.len().min(room)].trim_matches('-')))
}

/// Cut at a word where there is one.
fn shortened(text: &str) -> &str {
    let text = text.trim_matches('-');
    if text.len() <= limits::SLUG_PROPOSED_CHARS_MAX {
        return text;
    }
    let cut = &text[..=limits::SLUG_PROPOSED_CHARS_MAX];
    let end = cut.rfind('-').filter(|at| *at >= limits::SLUG_PROPOSED_CHARS_MAX / 2);
    text[..end.unwrap_or(limits::SLUG_PROPOSED_CHARS_MAX)].trim_matches('-')
}

fn parsed(text: &str) -> Slug {
    let text = if text.is_empty() { "talk" } else { text };
    text.parse().expect("it is made of letters, digits and hyphens, and short")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> String {
        propose(title).to_string()
    }

    #[test]
    fn a_title_in_any_script_becomes_an_address() {
        assert_eq!(of("Wer zahlt für die Brücke?"), "wer-zahlt-fuer-die-bruecke");
        assert_eq!(of("ÄRGER im Saal"), "aerger-im-saal");
        assert_eq!(of("  What's next -- and who pays?!  "), "whats-next-and-who-pays");
        assert_eq!(of("Київ сьогодні"), "kiyiv-sogodni");
        assert_eq!(of("北京"), "bei-jing");
        assert_eq!(of("</script><b>"), "script-b");
        assert_eq!(of("???"), "talk");
        assert_eq!(of("\u{202E}\u{200B}"), "talk");
    }

    #[test]
    fn it_is_short_and_ends_with_a_word() {
        let long = of(&"a very long title about everything ".repeat(100_000));
        assert_eq!(long, "a-very-long-title-about-everything-a");
        assert_eq!(of(&"x".repeat(1 << 20)).len(), limits::SLUG_PROPOSED_CHARS_MAX);
    }

    #[test]
    fn endings_fit_whatever_they_end() {
        let base = of(&"x".repeat(300)).parse().unwrap();
        assert_eq!(ended(&base, 8, u64::MAX).as_str().len(), limits::SLUG_PROPOSED_CHARS_MAX + 9);
        assert_eq!(ended(&"talk".parse().unwrap(), 4, 0).as_str(), "talk-bbbb");
        assert_eq!(dated(&"talk".parse().unwrap(), "2026-12-01").as_str(), "talk-2026-12-01");
        let full: Slug = "y".repeat(64).parse().unwrap();
        assert_eq!(dated(&full, "2026-12-01").as_str().len(), 64);
    }
}
