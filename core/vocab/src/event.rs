//! What the audience is told beside the sound.
//!
//! Every event carries the media time at which it is true, and a page shows it when that sound is heard. Events travel
//! as server-sent events whose `event:` field is the tag and whose `data:` is the rest. Nothing is sent to everybody
//! about everybody: levels are batched once a second, the roster names only those on stage.

use serde::{Deserialize, Serialize};

use crate::floor::{Chat, FloorNow, FloorRules, Pinned, Poll, Questions, Reactions};
use crate::{MediaTime, Phase, Role, SeatId};

/// One event on a conversation's event shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// Media time in samples at 48 kHz.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub t: MediaTime,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// All that a newcomer must know. It is the first event of every response.
    Snapshot(Snapshot),
    /// The conversation entered a phase.
    State(State),
    /// Who is on stage, after a change.
    Roster(Roster),
    /// Who asks to speak, after a change.
    Hands(Hands),
    /// The levels of the last second.
    Levels(Levels),
    /// How many hear it.
    Count(Count),
    /// The reactions of the last second.
    Reactions(Reactions),
    /// The chat of the last second.
    Chat(Chat),
    /// The questions at the top, after a change.
    Questions(Questions),
    /// The newest poll, after a change.
    Poll(Poll),
    /// What is pinned, after a change.
    Pinned(Pinned),
    /// How the audience may take part, after a change.
    Floor(FloorRules),
    /// The start was moved, or the host says why it begins later.
    News(News),
}

impl What {
    /// The `event:` field of the server-sent event.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::State(_) => "state",
            Self::Roster(_) => "roster",
            Self::Hands(_) => "hands",
            Self::Levels(_) => "levels",
            Self::Count(_) => "count",
            Self::Reactions(_) => "reactions",
            Self::Chat(_) => "chat",
            Self::Questions(_) => "questions",
            Self::Poll(_) => "poll",
            Self::Pinned(_) => "pinned",
            Self::Floor(_) => "floor",
            Self::News(_) => "news",
        }
    }
}

/// All that a newcomer must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The conversation's title.
    pub title: String,
    /// The phase it is in.
    pub state: State,
    /// Who is on stage.
    pub roster: Roster,
    /// Who asks to speak.
    #[serde(default)]
    pub hands: Hands,
    /// How many hear it.
    pub count: Count,
    /// Wall-clock time of media time 0 in milliseconds since 1970: adding an event's media time gives its wall-clock
    /// time, so that a page can say how far behind the speakers its sound is.
    pub epoch_ms: u64,
    /// What taking part has come to. Boxed, because every event and every message of the link is as large as the largest.
    #[serde(default)]
    pub floor: Box<FloorNow>,
    /// When it starts, and what the host says of it. Boxed for the same reason.
    #[serde(default)]
    pub news: Box<News>,
}

/// What the host has announced of the start, for those who are in the lobby or wait before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct News {
    /// When it starts, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub starts_ms: Option<u64>,
    /// When it was to start before it was moved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub moved_from_ms: Option<u64>,
    /// Why it begins later, in the host's own words, at most 200 characters; empty if nothing is said.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub delay: String,
}

/// The phase of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct State {
    /// `"lobby"`, `"live"`, `{"held":"break"}`, `{"held":"line_lost"}`, `"ended"`, …
    pub phase: Phase,
    /// Media time in samples at which it went live for the first time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>))]
    pub live_since: Option<MediaTime>,
}

/// Who is on stage, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Roster {
    /// Those on stage.
    pub speakers: Vec<Speaker>,
    /// Who runs the stage now: the host, or a co-host while the host's line is lost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub lead: Option<SeatId>,
    /// Nobody else may come on stage.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub locked: bool,
    /// Whose turn it is, where somebody was given one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub turn: Option<Turn>,
    /// The clip that is played, where one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub playing: Option<Playing>,
}

/// A clip that is played. It has a lane and levels of its own, as a voice has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Playing {
    /// The name of its lane and of its levels: no person's, and the same whenever this clip is played.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub seat: SeatId,
    /// Its title.
    pub title: String,
    /// How long it is, in milliseconds.
    pub length_ms: u64,
}

/// A turn on stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Turn {
    /// Whose.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub seat: SeatId,
    /// Media time in samples at which it is over. Nothing is cut off then.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub until: MediaTime,
}

/// Who asks to speak, in the order in which they will be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hands {
    /// The first of them.
    pub hands: Vec<Hand>,
    /// How many there are.
    pub raised: u64,
    /// Whether hands may be raised.
    pub open: bool,
}

/// A raised hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hand {
    /// Whose.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub seat: SeatId,
    /// The name to show.
    pub name: String,
    /// Media time in samples since which it is raised.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub since: MediaTime,
    /// They were asked to come on stage, and are not there yet.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub invited: bool,
}

/// One person on stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Speaker {
    /// Their seat, the same over reconnections.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub seat: SeatId,
    /// The name to show.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether they are muted, by themselves or by `muted_by`.
    pub muted: bool,
    /// The name of who muted them, until they unmute themselves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub muted_by: Option<String>,
    /// They are muted, and were asked to unmute.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub asked_to_unmute: bool,
    /// Their device does not capture just now: a call, or a locked screen.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub interrupted: bool,
    /// How long they have spoken on air, in milliseconds, as of the last change of the roster.
    #[serde(default)]
    pub spoke_ms: u64,
    /// Whether their line is up. A seat whose line was lost stays on the roster for a while.
    pub connected: bool,
}

/// The levels of one second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Levels {
    /// Milliseconds that each number stands for; the event's media time is the end of the last one.
    pub step_ms: u16,
    /// One row for each voice on stage that was not silent.
    pub voices: Vec<VoiceLevels>,
}

/// The levels of one voice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct VoiceLevels {
    /// Whose.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub seat: SeatId,
    /// Level in dB below full scale, 0 (loudest) to 127 (silence), as in RFC 6464; the loudest tick of each step.
    pub dbov: Vec<u8>,
    /// How long they have spoken on air so far, in milliseconds.
    #[serde(default)]
    pub spoke_ms: u64,
}

/// How many hear the conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Count {
    /// Listeners who receive sound now, over all tiers.
    pub listening: u64,
    /// Where a part of them is estimated: their number is at least this, and at most `high`, in 95 of 100 cases. Absent
    /// where all of them are seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub low: Option<u64>,
    /// See `low`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub high: Option<u64>,
    /// Who loses the line comes back at a random moment within so many seconds: so many are inside. Absent where that does
    /// not matter.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spread_s: Option<u32>,
}

impl Count {
    /// All of them are seen.
    #[must_use]
    pub const fn exactly(listening: u64) -> Self {
        Self { listening, low: None, high: None, spread_s: None }
    }

    /// Who loses the line comes back within so many seconds; 0 if at once.
    #[must_use]
    pub const fn spread_over(self, seconds: u32) -> Self {
        Self { spread_s: if seconds > 0 { Some(seconds) } else { None }, ..self }
    }

    /// A part of them is estimated.
    #[must_use]
    pub const fn about(listening: u64, low: u64, high: u64) -> Self {
        Self { listening, low: Some(low), high: Some(high), spread_s: None }
    }
}
