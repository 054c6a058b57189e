//! The status page as text: what works, who came, what the gate does, the finding so far, and how earlier openings went.
//!
//! One value, told twice: as a page that needs no script, with its plot as SVG, and as JSON. Every figure has its age and its
//! definition beside it. Deliberately absent: anything about one person, and any figure that is not in the log or will not be.

mod page;
mod plot;
mod words;

use crate::json::Json;
use crate::record::Room;
use crate::verdict::{Finding, Sign};

pub use words::Language;
use words::Words;

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
    /// Those who came in and heard something; who came again counts again.
    pub admitted: i64,
    /// The most who listened at the end of a minute.
    pub peak: i64,
    /// The most who waited.
    pub waited: i64,
    /// The finding, as it stands in the log.
    pub finding: String,
}

/// A conversation that is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open {
    /// Its name.
    pub slug: String,
    /// Who is there.
    pub room: Room,
    /// The finding so far.
    pub finding: Option<Finding>,
    /// The announced start, in seconds since 1970; `None` once it has begun, or if none was announced.
    pub starts: Option<i64>,
    /// The start that was announced before it was moved.
    pub moved_from: Option<i64>,
    /// Why it begins later, in the host's own words; empty if nothing is said.
    pub delay: String,
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
    /// Conversations that are open.
    pub open: Vec<Open>,
    /// What the figures of the last minute speak for, the strongest first.
    pub signs: Vec<Sign>,
    /// The last minutes of this evening.
    pub points: Vec<Point>,
    /// What is given up now, in order; empty if nothing is.
    pub gives_up: Vec<&'static str>,
    /// What the gate did in the last minute, by name.
    pub gate: Vec<(&'static str, i64)>,
    /// Records in the log; `None` if none are written, for the reason beside it.
    pub log: Result<u64, String>,
    /// Witnesses that cosigned the last checkpoint that they saw, and how many there should be.
    pub witnesses: (usize, usize),
    /// Outside probes of the last minute that did not reach this server, and all; `None` if nobody probes.
    pub probes: Option<(i64, i64)>,
    /// The line is full or disturbed, which no server can stop: what the operator has prepared says this, if anything.
    pub beyond: Option<String>,
    /// Earlier openings, the newest first.
    pub past: Vec<Past>,
}

impl Status {
    /// As programs read it.
    #[must_use]
    pub fn json(&self) -> String {
        let room = |open: &Open| {
            let Open { slug, room, finding, starts, moved_from, delay } = open;
            Json::map([
                ("slug", Json::text(slug)),
                ("phase", Json::text(&room.phase)),
                ("listening", Json::Int(room.listening)),
                ("waiting", Json::Int(room.waiting)),
                ("refused", Json::Int(room.refused)),
                ("starts", Json::Int(starts.unwrap_or_default())),
                ("moved_from", Json::Int(moved_from.unwrap_or_default())),
                ("delay", Json::text(delay)),
                ("finding", finding.map_or_else(|| Json::text("none yet"), |finding| finding.json())),
            ])
        };
        let past = |past: &Past| {
            Json::map([
                ("slug", Json::text(&past.slug)),
                ("announced", Json::Int(past.announced)),
                ("first_live", Json::Int(past.first_live.map_or(0, |minute| minute * 60))),
                ("admitted", Json::Int(past.admitted)),
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
            ("gives_up", Json::List(self.gives_up.iter().copied().map(Json::text).collect())),
            ("gate", figures(&self.gate)),
            ("log", log),
            (
                "witnesses",
                Json::map([
                    ("signed", Json::Int(self.witnesses.0 as i64)),
                    ("configured", Json::Int(self.witnesses.1 as i64)),
                ]),
            ),
            (
                "probes",
                Json::map([
                    ("failed", Json::Int(self.probes.map_or(0, |p| p.0))),
                    ("all", Json::Int(self.probes.map_or(0, |p| p.1))),
                ]),
            ),
            ("beyond", self.beyond.as_deref().map_or_else(|| Json::text("no"), |_| Json::text("yes"))),
            ("past", Json::List(self.past.iter().map(past).collect())),
            ("definition", Json::text(DEFINITION)),
        ])
        .encode()
    }
}

const DEFINITION: &str = Words(Language::English).definition();

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
            gives_up: Vec::new(),
            gate: Vec::new(),
            log: Ok(0),
            witnesses: (0, 0),
            probes: None,
            beyond: None,
            past: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_json_says_and_escapes_what_others_wrote() {
        let room = Room { phase: "live".into(), listening: 12, waiting: 3, refused: 0, came: 15 };
        let status = Status {
            as_of: 1_795_356_300,
            contact: "<ops> \"you\"".into(),
            works: vec![("stage", 1000), ("audience", 400), ("pages", -1)],
            open: vec![Open {
                slug: "talk".into(),
                room,
                finding: Some(crate::verdict::event(&[], &crate::verdict::standard())),
                starts: Some(951_782_400),
                moved_from: Some(951_782_340),
                delay: "The <train> is late.".into(),
            }],
            points: (0..3)
                .map(|n| Point { minute: 100 + n, connections: 5 * n, first_audio: n, listening: n })
                .collect(),
            gives_up: vec!["reactions are sampled", "newcomers wait"],
            gate: vec![("admitted", 4)],
            log: Ok(17),
            witnesses: (1, 2),
            probes: Some((1, 3)),
            past: vec![Past {
                slug: "old".into(),
                announced: 0,
                first_live: Some(7),
                admitted: 14,
                peak: 9,
                waited: 0,
                finding: "crowd".into(),
            }],
            ..Status::default()
        };
        let (html, json) = (status.html(Language::English), status.json());
        assert!(
            html.contains("It starts at <time>2000-02-29 00:00</time> (UTC), and not at <time>2000-02-28 23:59</time>")
        );
        assert!(html.contains("The host says: The &lt;train&gt; is late."), "{html}");
        assert!(
            json.contains("\"delay\":\"The <train> is late.\"") && json.contains("\"moved_from\":951782340"),
            "{json}"
        );
        assert!(html.contains("reactions are sampled, newcomers wait.</p>"), "{html}");
        assert!(json.contains("\"gives_up\":[\"reactions are sampled\",\"newcomers wait\"]"), "{json}");
        assert!(html.contains("&lt;ops&gt; &quot;you&quot;") && html.contains("2026-11-22 14:05"), "{html}");
        assert!(
            html.contains("worked in 40 of 100 seconds")
                && html.contains("<svg")
                && html.contains("not enough evidence")
        );
        assert!(json.contains("\"records\":17") && Json::decode(json.as_bytes()).is_ok());
        let german = status.html(Language::German);
        assert!(german.contains("lang=\"de\"") && german.contains("ging in 40 von 100 Sekunden"), "{german}");
        assert!(
            german.contains("2 von 3 Proben")
                && german.contains("Neue warten")
                && german.contains("Andrang")
                && !german.contains("works"),
            "{german}"
        );
        let full = Status { beyond: Some("https://cdn.example/<x>".into()), ..Status::default() };
        for language in Language::ALL {
            assert!(full.html(language).contains("<a href=\"https://cdn.example/&lt;x&gt;\">"), "{}", language.tag());
        }
        let empty = Status { log: Err("the disk is full".into()), ..Status::default() };
        assert!(empty.html(Language::English).contains("No records are written: the disk is full"));
        assert_eq!((page::time(0), page::time(951_782_400)), ("1970-01-01 00:00".into(), "2000-02-29 00:00".into()));
    }
}
