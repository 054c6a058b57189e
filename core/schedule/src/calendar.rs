//! Calendar files (RFC 5545): one conversation, or a feed of them.
//!
//! Times are written in UTC, which every calendar understands and shows in its owner's own zone; a zone's rules in a file
//! would age. An entry that was edited keeps its UID and counts its SEQUENCE, so that a calendar replaces the old one; one
//! that was called off says so instead of vanishing. Absent: alarms, attendees, repetition (each occurrence is a
//! conversation of its own).

use crate::zone::Zone;

/// Octets of a line before it is folded (RFC 5545, section 3.1).
const LINE_OCTETS_MAX: usize = 75;
/// What is written where nobody said how long it will be.
const LENGTH_UNSAID_MIN: u32 = 60;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it is known by, for ever.
    pub uid: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
    /// Its page.
    pub url: &'a str,
    /// When it starts, in milliseconds since 1970.
    pub starts_ms: u64,
    /// How long it is planned to be.
    pub length_min: Option<u32>,
    /// How often it was edited.
    pub sequence: u64,
    /// When it was last edited, in milliseconds since 1970.
    pub changed_ms: u64,
    /// It was called off, perhaps with a reason.
    pub cancelled: Option<&'a str>,
    /// Its tags.
    pub tags: &'a [String],
}

/// A calendar of these entries.
#[must_use]
pub fn calendar(name: &str, entries: &[Entry<'_>]) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hustings//Schedule//EN", "CALSCALE:GREGORIAN"] {
        fold(&mut text, line);
    }
    fold(&mut text, "METHOD:PUBLISH");
    if !name.is_empty() {
        fold(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    }
    entries.iter().for_each(|entry| event(&mut text, entry));
    fold(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, entry: &Entry<'_>) {
    let minutes = u64::from(entry.length_min.unwrap_or(LENGTH_UNSAID_MIN));
    fold(text, "BEGIN:VEVENT");
    fold(text, &format!("UID:{}", escaped(entry.uid)));
    fold(text, &format!("DTSTAMP:{}", stamp(entry.changed_ms)));
    fold(text, &format!("LAST-MODIFIED:{}", stamp(entry.changed_ms)));
    fold(text, &format!("SEQUENCE:{}", entry.sequence));
    fold(text, &format!("DTSTART:{}", stamp(entry.starts_ms)));
    fold(text, &format!("DTEND:{}", stamp(entry.starts_ms + minutes * 60_000)));
    fold(text, &format!("SUMMARY:{}", escaped(entry.title)));
    fold(text, &format!("URL:{}", entry.url));
    fold(text, &format!("STATUS:{}", if entry.cancelled.is_some() { "CANCELLED" } else { "CONFIRMED" }));
    let described = match entry.cancelled.filter(|reason| !reason.is_empty()) {
        Some(reason) if entry.description.is_empty() => reason.to_owned(),
        Some(reason) => format!("{reason}\n\n{}", entry.description),
        None => entry.description.to_owned(),
    };
    if !described.is_empty() {
        fold(text, &format!("DESCRIPTION:{}", escaped(&described)));
    }
    if !entry.tags.is_empty() {
        let tags: Vec<String> = entry.tags.iter().map(|tag| escaped(tag)).collect();
        fold(text, &format!("CATEGORIES:{}", tags.join(",")));
    }
    fold(text, "END:VEVENT");
}

/// `20261124T190000Z`.
fn stamp(ms: u64) -> String {
    let local = Zone::utc().shows(ms);
    let at = local.0;
    format!("{:04}{:02}{:02}T{:02}{:02}{:02}Z", at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
}

/// A text value (RFC 5545, section 3.3.11). What is no character of a text is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded between characters.
fn fold(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>() -> Entry<'a> {
        Entry {
            uid: "evening@talk.example",
            title: "Bridge; who pays, and why?",
            description: "",
            url: "https://talk.example/c/evening",
            starts_ms: 1_795_546_800_000,
            length_min: Some(90),
            sequence: 2,
            changed_ms: 1_795_000_000_000,
            cancelled: None,
            tags: &[],
        }
    }

    #[test]
    fn an_entry_has_what_calendars_need() {
        let text = calendar("", &[entry()]);
        for line in [
            "UID:evening@talk.example\r\n",
            "DTSTART:20261124T190000Z\r\n",
            "DTEND:20261124T203000Z\r\n",
            "SEQUENCE:2\r\n",
            "STATUS:CONFIRMED\r\n",
            "SUMMARY:Bridge\\; who pays\\, and why?\r\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn nothing_that_a_stranger_wrote_ends_a_line() {
        let wild = "one\r\nEND:VEVENT\r\ntwo\u{85}";
        let text = calendar("x\r\ny", &[Entry { title: wild, description: wild, ..entry() }]);
        assert_eq!(text.matches("\r\nEND:VEVENT").count(), 1, "{text}");
        assert!(text.contains("SUMMARY:one\\nEND:VEVENT\\ntwo\r\n"), "{text}");
    }

    #[test]
    fn lines_are_folded_between_characters() {
        let long = "\u{1f3a4}ü".repeat(200);
        let text = calendar("", &[Entry { title: &long, ..entry() }]);
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX));
        assert!(text.replace("\r\n ", "").contains(&long));
    }

    #[test]
    fn what_is_called_off_says_so() {
        let text = calendar("", &[Entry { cancelled: Some("The hall is flooded"), description: "About", ..entry() }]);
        assert!(text.contains("STATUS:CANCELLED") && text.contains("DESCRIPTION:The hall is flooded\\n\\nAbout"));
    }
}
