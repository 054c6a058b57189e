//! The status as a page, in English and in German. It needs no script, and is made once a second at most for everybody.

use super::words::{Language, Words};
use super::{Open, Past, Status, plot};
use crate::record::Room;

impl Status {
    /// The page.
    #[must_use]
    pub fn html(&self, language: Language) -> String {
        let words = Words(language);
        let mut out = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
             initial-scale=1\"><title>Status</title><link rel=\"icon\" href=\"/icons/app-192.png\"><link rel=\"stylesheet\" \
             href=\"/status.css\"></head><body><header><a href=\"/\">Hustings</a></header><main><h1>Status</h1>",
            language.tag()
        );
        let other = language.other();
        out += &format!(
            "<p class=\"quiet\">{} <a href=\"/status?lang={}\">{}</a> · <a href=\"/status?lang={}\" hreflang=\"{}\">{}</a></p>",
            words.as_of(&time(self.as_of)),
            language.tag(),
            words.again(),
            other.tag(),
            other.tag(),
            other.name()
        );
        if let Some(beyond) = &self.beyond {
            out += &format!("<p class=\"bad\">{}</p>", words.beyond(&escape(beyond)));
        }
        self.put_works(words, &mut out);
        self.put_open(words, &mut out);
        self.put_gate(words, &mut out);
        self.put_log(words, &mut out);
        self.put_past(words, &mut out);
        out += &format!("<h2>{}</h2>", words.contact());
        out += &match self.contact.as_str() {
            "" => format!("<p>{}</p>", words.nobody()),
            contact => format!("<p>{}</p>", escape(contact)),
        };
        out + "</main></body></html>"
    }

    fn put_works(&self, words: Words, out: &mut String) {
        *out += &format!("<h2>{}</h2><table>", words.works_now());
        for (name, permille) in &self.works {
            let says = match permille {
                -1 => format!("<td class=\"quiet\">{}</td>", words.not_measured()),
                1000 => format!("<td>{}</td>", words.works()),
                0 => format!("<td class=\"bad\">{}</td>", words.does_not_work()),
                n => format!("<td class=\"bad\">{}</td>", words.worked(n / 10)),
            };
            *out += &format!("<tr><th scope=\"row\">{}</th>{says}</tr>", words.name(name));
        }
        *out += "</table>";
    }

    fn put_open(&self, words: Words, out: &mut String) {
        if self.open.is_empty() {
            *out += &format!("<h2>{}</h2><p>{}</p>", words.now(), words.nothing_open());
            return;
        }
        for Open { slug, room, finding, starts, moved_from, delay } in &self.open {
            let slug = escape(slug);
            let Room { phase, listening, waiting, refused, .. } = room;
            *out += &format!(
                "<h2><a href=\"/c/{slug}\">{slug}</a>: {}</h2><p>{}</p>",
                words.name(&escape(phase)),
                words.room(*listening, *waiting, *refused)
            );
            if let Some(starts) = starts {
                let moved_from = moved_from.map(time);
                *out += &format!("<p>{}</p>", words.starts(&time(*starts), moved_from.as_deref()));
            }
            if !delay.is_empty() {
                *out += &format!("<p>{}</p>", words.delay(&escape(delay)));
            }
            *out += &match finding {
                None => format!("<p>{}</p>", words.no_finding_yet()),
                Some(finding) => format!(
                    "<p>{}<span class=\"finding\">{}</span></p><p>{}</p>",
                    words.finding_so_far(),
                    words.name(finding.verdict.name()),
                    words.sentence(finding.verdict)
                ),
            };
        }
        if !self.signs.is_empty() {
            let one = |sign: &crate::verdict::Sign| format!("<li>{} ({:+})</li>", escape(&sign.says), sign.points);
            let all: String = self.signs.iter().take(5).map(one).collect();
            *out += &format!("<p>{}</p><ul>{all}</ul>", words.spoke_for());
        }
        *out += &plot::svg(&self.points, words);
    }

    fn put_gate(&self, words: Words, out: &mut String) {
        if !self.gives_up.is_empty() {
            let all: Vec<_> = self.gives_up.iter().map(|what| words.name(what)).collect();
            *out += &format!("<p class=\"bad\">{} {}.</p>", words.gives_up(), all.join(", "));
        }
        *out += &format!("<h2>{}</h2><table>", words.gate_did());
        for (name, count) in &self.gate {
            *out += &format!("<tr><th scope=\"row\">{}</th><td class=\"n\">{count}</td></tr>", words.name(name));
        }
        *out += "</table>";
    }

    fn put_log(&self, words: Words, out: &mut String) {
        *out += &format!("<h2>{}</h2>", words.evidence());
        *out += &match &self.log {
            Ok(records) => format!("<p>{}</p>", words.log(*records)),
            Err(why) => format!("<p class=\"bad\">{}</p>", words.no_records(&escape(why))),
        };
        *out += &format!("<p>{}</p>", words.witnesses(self.witnesses.0, self.witnesses.1));
        if let Some((failed, all)) = self.probes {
            *out += &format!("<p>{}</p>", words.probes(all - failed, all));
        }
        *out += &format!("<p class=\"quiet\">{}</p>", words.definition());
    }

    fn put_past(&self, words: Words, out: &mut String) {
        *out += &format!("<h2>{}</h2>", words.past());
        if self.past.is_empty() {
            *out += &format!("<p>{}</p>", words.none_yet());
            return;
        }
        let heads = words.past_heads();
        let numbers = |at: usize| if (3..=5).contains(&at) { " class=\"n\"" } else { "" };
        let head: String = heads.iter().enumerate().map(|(at, h)| format!("<th{}>{h}</th>", numbers(at))).collect();
        *out += &format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><tr>{head}</tr>",
            words.past()
        );
        for Past { slug, announced, first_live, admitted, peak, waited, finding } in &self.past {
            let announced = if *announced > 0 { time(*announced) } else { words.not_announced().to_owned() };
            let live = first_live.map_or_else(|| words.never().to_owned(), |minute| time(minute * 60));
            *out += &format!(
                "<tr><td>{}</td><td>{announced}</td><td>{live}</td><td class=\"n\">{admitted}</td><td class=\"n\">{peak}</td><td class=\"n\">{waited}</td><td>{}</td></tr>",
                escape(slug),
                words.name(&escape(finding))
            );
        }
        *out += "</table></div>";
    }
}

/// A time as `2026-11-22 14:05`, from seconds since 1970 (days to a date by Howard Hinnant's `civil_from_days`).
pub(super) fn time(seconds: i64) -> String {
    let (days, minutes) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) / 60);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", minutes / 60, minutes % 60)
}

fn escape(text: &str) -> String {
    let of = |c| match c {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '"' => "&quot;".to_owned(),
        c => String::from(c),
    };
    text.chars().map(of).collect()
}
