//! Records: what the log says of one evening, each one line of canonical JSON.
//!
//! - `opening`, before the first minute of a conversation: announced start, the line, what the rehearsal showed, the
//!   commitment of a lottery, who witnesses, and the weights of the verdict;
//! - `minute`, once a minute while a conversation is open: figures, finding, which conversations were open and how many
//!   listened, the heaviest networks' shares, the root of the receipts;
//! - `closing`: how many minutes there were, and the finding for all of them;
//! - `start`, when the server begins; `key`, when it signs with another key; `probe`, what another instance saw from outside.
//!
//! Minutes are counted since 1970; times are seconds since 1970. Every record has `"v":1` and its `kind`.

use std::collections::BTreeMap;

use crate::Features;
use crate::hex;
use crate::json::Json;
use crate::merkle::Hash;
use crate::verdict::{Finding, Scores, Weights};

/// One conversation in a minute's record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// `lobby`, `live`, `held` or `ended`.
    pub phase: String,
    /// Listeners at the end of the minute.
    pub listening: i64,
    /// Those who waited for their turn.
    pub waiting: i64,
    /// Those who were told to come again, since the server began.
    pub refused: i64,
    /// Those who came in and heard something, since the server began: who comes again counts again.
    pub came: i64,
}

/// What an opening says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening<'a> {
    /// The conversation.
    pub slug: &'a str,
    /// When, in seconds since 1970.
    pub time: i64,
    /// The announced start, in seconds since 1970; 0 if none was announced.
    pub announced: i64,
    /// Kilobits a second that the line carries; 0 if that was not said.
    pub line_kbit: i64,
    /// What the gate may give away and when it challenges, as integers by name; empty where it has no limits.
    pub policy: &'a BTreeMap<String, i64>,
    /// What the last rehearsal showed, as integers by name; empty without one.
    pub rehearsal: &'a BTreeMap<String, i64>,
    /// The commitment of the order in which those who wait are let in; empty without one.
    pub lottery: &'a str,
    /// Keys of witnesses.
    pub witnesses: &'a [String],
    /// The weights.
    pub weights: &'a Weights,
}

impl Opening<'_> {
    /// The record.
    #[must_use]
    pub fn encode(&self) -> String {
        let figures = |all: &BTreeMap<String, i64>| {
            Json::Map(all.iter().map(|(name, value)| (name.clone(), Json::Int(*value))).collect())
        };
        record(
            "opening",
            [
                ("slug", Json::text(self.slug)),
                ("time", Json::Int(self.time)),
                ("announced", Json::Int(self.announced)),
                ("line_rate_kbit", Json::Int(self.line_kbit)),
                ("policy", figures(self.policy)),
                ("rehearsal", figures(self.rehearsal)),
                ("lottery", Json::text(self.lottery)),
                ("witnesses", Json::List(self.witnesses.iter().map(|key| Json::text(key)).collect())),
                ("weights", self.weights.json()),
            ],
        )
    }
}

/// What a minute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minute<'a> {
    /// Which, counted since 1970.
    pub minute: i64,
    /// Which conversations were open.
    pub rooms: &'a BTreeMap<String, Room>,
    /// The figures.
    pub features: &'a Features,
    /// What follows from them.
    pub finding: Finding,
    /// Shares of the heaviest networks; nothing where few came.
    pub rows: &'a [i64],
    /// How many receipts were given, and the root over their commitments.
    pub receipts: (i64, Hash),
}

impl Minute<'_> {
    /// The record.
    #[must_use]
    pub fn encode(&self) -> String {
        let room = |room: &Room| {
            Json::map([
                ("phase", Json::text(&room.phase)),
                ("listening", Json::Int(room.listening)),
                ("waiting", Json::Int(room.waiting)),
                ("refused", Json::Int(room.refused)),
                ("came", Json::Int(room.came)),
            ])
        };
        let (count, root) = &self.receipts;
        record(
            "minute",
            [
                ("minute", Json::Int(self.minute)),
                ("conversations", Json::Map(self.rooms.iter().map(|(slug, of)| (slug.clone(), room(of))).collect())),
                ("features", self.features.json()),
                ("finding", self.finding.json()),
                ("prefixes_permille", Json::List(self.rows.iter().map(|share| Json::Int(*share)).collect())),
                ("receipts", Json::map([("count", Json::Int(*count)), ("root", Json::text(&hex::encode(root)))])),
            ],
        )
    }
}

/// The record of an end.
#[must_use]
pub fn closing(slug: &str, time: i64, minutes: i64, finding: &Finding) -> String {
    record(
        "closing",
        [
            ("slug", Json::text(slug)),
            ("time", Json::Int(time)),
            ("minutes", Json::Int(minutes)),
            ("finding", finding.json()),
        ],
    )
}

/// The record of a server that begins.
#[must_use]
pub fn start(time: i64, version: &str) -> String {
    record("start", [("time", Json::Int(time)), ("version", Json::text(version))])
}

/// The record of another key: from here on the log is signed with `new`. Where the old key was at hand it has signed this,
/// too: `signature` is the line of a note whose text is the new key.
#[must_use]
pub fn key(time: i64, old: &str, new: &str, signature: &str) -> String {
    record(
        "key",
        [
            ("time", Json::Int(time)),
            ("old", Json::text(old)),
            ("new", Json::text(new)),
            ("signature", Json::text(signature)),
        ],
    )
}

/// The record of a probe: a note that another instance has signed, line by line, and its key.
#[must_use]
pub fn probe(time: i64, key: &str, note: &str) -> String {
    record(
        "probe",
        [
            ("time", Json::Int(time)),
            ("key", Json::text(key)),
            ("note", Json::List(note.lines().map(Json::text).collect())),
        ],
    )
}

fn record<const N: usize>(kind: &str, fields: [(&str, Json); N]) -> String {
    let mut map: BTreeMap<String, Json> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    map.insert("v".to_owned(), Json::Int(1));
    map.insert("kind".to_owned(), Json::text(kind));
    Json::Map(map).encode()
}

/// The scores that a record's finding states.
#[must_use]
pub fn scores(finding: &Json) -> Option<Scores> {
    let int = |key| finding.at(key)?.int();
    Some(Scores {
        crowd: int("crowd")?,
        attack: int("attack")?,
        own_fault: int("own_fault")?,
        upstream: int("upstream")?,
    })
}

/// Whether a record is about a conversation: its opening, its closing, or a minute in which it was open.
#[must_use]
pub fn is_about(record: &Json, slug: &str) -> bool {
    let named = record.at("slug").and_then(Json::str) == Some(slug);
    named || record.at("conversations").is_some_and(|rooms| rooms.at(slug).is_some())
}

/// The kind of a record.
#[must_use]
pub fn kind(record: &Json) -> &str {
    record.at("kind").and_then(Json::str).unwrap_or_default()
}
