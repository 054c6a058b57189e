//! The status page as text: what works, who came, what the gate does, the finding so far, and how earlier openings went.
//!
//! One value, told twice: as a page that needs no script, with its plot as SVG, and as JSON. Every figure has its age and its
//! definition beside it. Deliberately absent: anything about one person, and any figure that is not in the log or will not be.

mod plot;

use crate::json::Json;
use crate::record::Room;
use crate::verdict::{Finding, Sign, Verdict};

/// A minute as the plot shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Point {
    /// Counted since 1970.
    pub minute: i64,
    /// Connections that came.
    pub connections: i64,
    /// Listeners who got their first sound.
    pub first_audio: i64,
    /// Listeners at its end.
    pub listening: i64,
}

/// An opening that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The conversation.
    pub slug: String,
    /// The announced start, in seconds since 1970; 0 if none was.
    pub announced: i64,
    /// The first minute in which it was live; `None` if it never was.
    pub first_live: Option<i64>,
    /// The most who listened at the end of a minute.
    pub peak: i64,
    /// The most who waited.
    pub waited: i64,
    /// The finding, as it stands in the log.
    pub finding: String,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In seconds since 1970.
    pub as_of: i64,
    /// Whom to reach; empty if nobody was named.
    pub contact: String,
    /// What works now: its name, and in how many of the last minute's seconds it did, in thousandths; -1 if that is not measured.
    pub works: Vec<(&'static str, i64)>,
    /// Conversations that are open, with the finding so far.
    pub open: Vec<(String, Room, Option<Finding>)>,
    /// What the figures of the last minute speak for, the strongest first.
    pub signs: Vec<Sign>,
    /// The last minutes of this evening.
    pub points: Vec<Point>,
    /// What the gate did in the last minute, by name.
    pub gate: Vec<(&'static str, i64)>,
    /// Records in the log; `None` if none are written, for the reason beside it.
    pub log: Result<u64, String>,
    /// Witnesses that cosigned the last checkpoint that they saw, and how many there should be.
    pub witnesses: (usize, usize),
    /// Earlier openings, the newest first.
    pub past: Vec<Past>,
}

impl Status {
    /// As programs read it.
    #[must_use]
    pub fn json(&self) -> String {
        let room = |(slug, room, finding): &(String, Room, Option<Finding>)| {
            Json::map([
                ("slug", Json::text(slug)),
                ("phase", Json::text(&room.phase)),
                ("listening", Json::Int(room.listening)),
                ("waiting", Json::Int(room.waiting)),
                ("refused", Json::Int(room.refused)),
                ("finding", finding.map_or_else(|| Json::text("none yet"), |finding| finding.json())),
            ])
        };
        let past = |past: &Past| {
            Json::map([
                ("slug", Json::text(&past.slug)),
                ("announced", Json::Int(past.announced)),
                ("first_live", Json::Int(past.first_live.map_or(0, |minute| minute * 60))),
                ("peak", Json::Int(past.peak)),
                ("waited", Json::Int(past.waited)),
                ("finding", Json::text(&past.finding)),
            ])
        };
        let point = |p: &Point| {
            Json::map([
                ("minute", Json::Int(p.minute)),
                ("connections", Json::Int(p.connections)),
                ("first_audio", Json::Int(p.first_audio)),
                ("listening", Json::Int(p.listening)),
            ])
        };
        let figures =
            |all: &[(&str, i64)]| Json::Map(all.iter().map(|(name, n)| ((*name).to_owned(), Json::Int(*n))).collect());
        let log = match &self.log {
            Ok(records) => Json::map([("records", Json::Int(i64::try_from(*records).unwrap_or(i64::MAX)))]),
            Err(why) => Json::map([("fault", Json::text(why))]),
        };
        Json::map([
            ("as_of", Json::Int(self.as_of)),
            ("contact", Json::text(&self.contact)),
            ("works_permille", figures(&self.works)),
            ("open", Json::List(self.open.iter().map(room).collect())),
            ("minutes", Json::List(self.points.iter().map(point).collect())),
            ("signs", Json::List(self.signs.iter().map(Sign::json).collect())),
            ("gate", figures(&self.gate)),
            ("log", log),
            (
                "witnesses",
                Json::map([
                    ("signed", Json::Int(self.witnesses.0 as i64)),
                    ("configured", Json::Int(self.witnesses.1 as i64)),
                ]),
            ),
            ("past", Json::List(self.past.iter().map(past).collect())),
            ("definition", Json::text(DEFINITION)),
        ])
        .encode()
    }

    /// The page.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out = String::from(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
             initial-scale=1\"><title>Status</title><link rel=\"icon\" href=\"/icons/app-192.png\"><link rel=\"stylesheet\" \
             href=\"/status.css\"></head><body><header><a href=\"/\">Hustings</a></header><main><h1>Status</h1>",
        );
        out += &format!(
            "<p class=\"quiet\">As of <time>{}</time> (UTC), from the operator's own records. <a href=\"/status\">Load \
             again</a></p>",
            time(self.as_of)
        );
        self.put_works(&mut out);
        self.put_open(&mut out);
        self.put_gate(&mut out);
        self.put_log(&mut out);
        self.put_past(&mut out);
        out += &match self.contact.as_str() {
            "" => "<h2>Contact</h2><p>The operator of this server has named no contact.</p>".to_owned(),
            contact => format!("<h2>Contact</h2><p>{}</p>", escape(contact)),
        };
        out + "</main></body></html>"
    }

    fn put_works(&self, out: &mut String) {
        *out += "<h2>What works now</h2><table>";
        for (name, permille) in &self.works {
            let says = match permille {
                -1 => "<td class=\"quiet\">not measured</td>".to_owned(),
                1000 => "<td>works</td>".to_owned(),
                0 => "<td class=\"bad\">does not work</td>".to_owned(),
                n => format!("<td class=\"bad\">worked in {} of 100 seconds</td>", n / 10),
            };
            *out += &format!("<tr><th scope=\"row\">{name}</th>{says}</tr>");
        }
        *out += "</table>";
    }

    fn put_open(&self, out: &mut String) {
        if self.open.is_empty() {
            *out += "<h2>Now</h2><p>No conversation is open.</p>";
            return;
        }
        for (slug, room, finding) in &self.open {
            let slug = escape(slug);
            let Room { phase, listening, waiting, refused } = room;
            *out += &format!(
                "<h2><a href=\"/c/{slug}\">{slug}</a>: {}</h2><p>{listening} listen, {waiting} wait, {refused} were told to come \
                 again.</p>",
                escape(phase)
            );
            *out += &match finding {
                None => "<p>The finding begins with the first whole minute.</p>".to_owned(),
                Some(finding) => format!(
                    "<p>Finding so far, from the operator's own records: <span class=\"finding\">{}</span></p><p>{}</p>",
                    finding.verdict.name(),
                    sentence(finding.verdict)
                ),
            };
        }
        *out += &plot::svg(&self.points);
    }

    fn put_gate(&self, out: &mut String) {
        *out += "<h2>What the gate did in the last minute</h2><table>";
        for (name, count) in &self.gate {
            *out += &format!("<tr><th scope=\"row\">{name}</th><td class=\"n\">{count}</td></tr>");
        }
        *out += "</table>";
    }

    fn put_log(&self, out: &mut String) {
        *out += "<h2>Evidence</h2>";
        *out += &match &self.log {
            Ok(records) => format!(
                "<p>{records} records, one for each minute of an evening and some beside, in <a href=\"/evidence/checkpoint\">a log \
                 that anybody can keep</a>. What is in it cannot be changed later without its being seen by whoever has kept a \
                 checkpoint.</p>"
            ),
            Err(why) => format!("<p class=\"bad\">No records are written: {}</p>", escape(why)),
        };
        let (signed, configured) = self.witnesses;
        *out += &match configured {
            0 => "<p>No witness is configured: everything here rests on the operator alone.</p>".to_owned(),
            _ => format!(
                "<p>{signed} of {configured} witnesses have cosigned the last checkpoint that they were shown.</p>"
            ),
        };
        *out += &format!("<p class=\"quiet\">{DEFINITION}</p>");
    }

    fn put_past(&self, out: &mut String) {
        *out += "<h2>Past openings</h2>";
        if self.past.is_empty() {
            *out += "<p>None yet.</p>";
            return;
        }
        *out += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Past openings\"><table><tr><th>Conversation</th><th>Announced</th><th>Live from</th><th class=\"n\">Listened, \
                 at most</th><th class=\"n\">Waited, at most</th><th>Finding</th></tr>";
        for past in &self.past {
            let announced = if past.announced > 0 { time(past.announced) } else { "not announced".to_owned() };
            let live = past.first_live.map_or_else(|| "never".to_owned(), |minute| time(minute * 60));
            *out += &format!(
                "<tr><td>{}</td><td>{announced}</td><td>{live}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                escape(&past.slug),
                past.peak,
                past.waited,
                escape(&past.finding)
            );
        }
        *out += "</table></div>";
    }
}

const DEFINITION: &str = "A finding is computed from published figures with published weights, and says what they speak for, not \
    what is true: they are the operator's own unless a witness, a receipt or an outside probe stands beside them. Patient \
    visitors that listen as people do and are none cannot be told from people. \"hustings evidence export\" makes a bundle, \
    \"hustings verify\" checks it offline.";

const fn sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Crowd => "People came, and what they did is what people do who want to listen.",
        Verdict::Attack => "Much of what came did not try to listen, or misused what this server speaks.",
        Verdict::Both => "People came to listen, and much else came that did not.",
        Verdict::OwnFault => "This server itself failed, at a load that should not have made it fail.",
        Verdict::Upstream => "The network between this server and its listeners failed.",
        Verdict::NotEnoughEvidence => "Too few came, or too little went wrong, to tell.",
    }
}

/// A time as `2026-11-22 14:05`, from seconds since 1970 (days to a date by Howard Hinnant's `civil_from_days`).
fn time(seconds: i64) -> String {
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

impl Default for Status {
    /// Nothing has happened yet.
    fn default() -> Self {
        Self {
            as_of: 0,
            contact: String::new(),
            works: Vec::new(),
            open: Vec::new(),
            signs: Vec::new(),
            points: Vec::new(),
            gate: Vec::new(),
            log: Ok(0),
            witnesses: (0, 0),
            past: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_json_says_and_escapes_what_others_wrote() {
        let room = Room { phase: "live".into(), listening: 12, waiting: 3, refused: 0 };
        let status = Status {
            as_of: 1_795_356_300,
            contact: "<ops> \"you\"".into(),
            works: vec![("stage", 1000), ("audience", 400), ("pages", -1)],
            open: vec![("talk".into(), room, Some(crate::verdict::event(&[], &crate::verdict::standard())))],
            points: (0..3)
                .map(|n| Point { minute: 100 + n, connections: 5 * n, first_audio: n, listening: n })
                .collect(),
            gate: vec![("admitted", 4)],
            log: Ok(17),
            witnesses: (1, 2),
            past: vec![Past {
                slug: "old".into(),
                announced: 0,
                first_live: Some(7),
                peak: 9,
                waited: 0,
                finding: "crowd".into(),
            }],
        };
        let (html, json) = (status.html(), status.json());
        assert!(html.contains("&lt;ops&gt; &quot;you&quot;") && html.contains("2026-11-22 14:05"), "{html}");
        assert!(
            html.contains("worked in 40 of 100 seconds")
                && html.contains("<svg")
                && html.contains("not enough evidence")
        );
        assert!(json.contains("\"records\":17") && Json::decode(json.as_bytes()).is_ok());
        let empty = Status { log: Err("the disk is full".into()), ..Status::default() };
        assert!(empty.html().contains("No records are written: the disk is full"));
        assert_eq!((time(0), time(951_782_400)), ("1970-01-01 00:00".into(), "2000-02-29 00:00".into()));
    }
}
