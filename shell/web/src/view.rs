//! A conversation as pages and programs see it: the record, and where everything about it is.

use hustings_link::desk::{Conversation, Opening};
use hustings_schedule::zone::Zone;
use hustings_vocab::plan::{Cover, Guest, Visibility};
use hustings_vocab::{MediaTime, Phase, Slug, limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::links::Origins;

/// A conversation and its addresses.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConversationView {
    /// Its name in its address.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it starts, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_ms: Option<u64>,
    /// Wall-clock time of media time 0 in milliseconds since 1970, once the lobby has opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch_ms: Option<u64>,
    /// Media time in samples at 48 kHz at which it went live first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub live_since: Option<MediaTime>,
    /// Whether it opened on time, once somebody was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OpeningView>)]
    pub opening: Option<Opening>,
    /// How many hear it now.
    pub listening: u64,
    /// What else is announced.
    #[serde(flatten)]
    pub plan: PlanView,
    /// It has not begun, and its host's account is suspended: its doors stay closed until the account is reinstated.
    #[serde(skip_serializing_if = "is_false")]
    pub stranded: bool,
    /// Whether whoever asks may edit it.
    #[serde(skip_serializing_if = "is_false")]
    pub may_edit: bool,
    /// Whether whoever asks is a producer of it.
    #[serde(skip_serializing_if = "is_false")]
    pub may_produce: bool,
    /// Where everything about it is.
    pub links: Links,
}

/// Whether it opened on time.
#[derive(ToSchema)]
#[schema(as = Opening)]
#[expect(dead_code, reason = "it describes what the link writes")]
pub(crate) struct OpeningView {
    /// For when it was announced when it began, in milliseconds since 1970.
    announced_ms: Option<u64>,
    /// When somebody was first heard, in milliseconds since 1970.
    first_speech_ms: u64,
}

/// What is announced of a conversation beside its title and start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanView {
    /// Plain text with line breaks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The language that is spoken (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who is announced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Guest>,
    /// The host's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When it starts, as the wall of that zone shows it, with its offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// When the doors open, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doors_ms: Option<u64>,
    /// How long it is planned to be, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_min: Option<u32>,
    /// The picture that stands for it, at `cover.jpg?v=TAG` beside its page; with `size=small` it is a smaller one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<Cover>,
    /// Who may come.
    pub visibility: Visibility,
    /// Counts the edits; the ETag says the same.
    pub version: u64,
    /// When it was to start before it was moved, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from_ms: Option<u64>,
    /// Why it begins later, in the host's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub delay: String,
    /// Why it was called off.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The series that it belongs to, by the name of its first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// It is a room, opened whenever a host enters.
    #[serde(skip_serializing_if = "is_false")]
    pub stays: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The absolute addresses of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Links {
    /// Its page.
    pub page: String,
    /// Speakers send sound here (WHIP, RFC 9725).
    pub whip: String,
    /// The quickest way to hear it (WebRTC, WHEP).
    pub whep: String,
    /// One endless response: Opus in fragmented MP4.
    pub mp4: String,
    /// One endless response: Opus in Ogg.
    pub ogg: String,
    /// One endless response: AAC in ADTS. Absent from a build without AAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aac: Option<String>,
    /// The multivariant playlist of LL-HLS.
    pub hls: String,
    /// A list of the endless responses for radio players.
    pub m3u: String,
    /// Server-sent events.
    pub events: String,
    /// The count of those who listen, with its definition.
    pub audience: String,
    /// Who wants to listen asks here first. Absent where nothing is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tickets: Option<String>,
}

/// Several conversations.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ConversationList {
    /// What is on, then what is coming, then what was; without descriptions and guests.
    pub(crate) conversations: Vec<ConversationView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl ConversationView {
    pub(crate) fn new(conversation: Conversation, origins: &Origins) -> Self {
        let Conversation { slug, title, phase, starts_ms, epoch_ms, live_since, opening, listening, plan, stranded } =
            conversation;
        let mut links = Links::new(&slug, origins);
        if plan.visibility == Visibility::Invited {
            // Nobody hears it without one.
            links.tickets = Some(format!("{}/c/{slug}/tickets", origins.public));
        }
        let zone = plan.zone.as_deref().and_then(|name| Zone::named(name).ok());
        let plan = PlanView {
            starts_at: zone.zip(starts_ms).map(|(zone, ms)| zone.written(ms)),
            doors_ms: starts_ms.map(|ms| ms.saturating_sub(limits::DOORS_OPEN_MINUTES * 60_000)),
            description: plan.description,
            language: plan.language,
            tags: plan.tags,
            guests: plan.guests,
            zone: plan.zone,
            length_min: plan.length_min,
            cover: plan.cover,
            visibility: plan.visibility,
            version: plan.version,
            moved_from_ms: plan.moved_from_ms,
            delay: plan.delay,
            reason: plan.reason,
            series: plan.series,
            stays: plan.stays,
        };
        Self {
            slug,
            title,
            phase,
            starts_ms,
            epoch_ms,
            live_since,
            opening,
            listening,
            plan,
            stranded,
            may_edit: false,
            may_produce: false,
            links,
        }
    }
}

impl ConversationList {
    pub(crate) fn new(conversations: Vec<Conversation>, origins: &Origins) -> Self {
        let brief = |mut c: Conversation| {
            c.plan.description.clear();
            c.plan.guests.clear();
            ConversationView::new(c, origins)
        };
        Self { conversations: conversations.into_iter().map(brief).collect(), next: None }
    }
}

impl Links {
    pub(crate) fn new(slug: &Slug, origins: &Origins) -> Self {
        let Origins { public, stage, audience, aac, tickets } = origins;
        let heard = |what: &str| format!("{audience}/c/{slug}/{what}");
        Self {
            page: format!("{public}/c/{slug}"),
            whip: format!("{stage}/c/{slug}/whip"),
            whep: heard("whep"),
            mp4: heard("live.mp4"),
            ogg: heard("live.ogg"),
            aac: aac.then(|| heard("live.aac")),
            hls: heard("hls/index.m3u8"),
            m3u: heard("live.m3u"),
            events: heard("events"),
            audience: heard("audience"),
            tickets: tickets.then(|| format!("{public}/c/{slug}/tickets")),
        }
    }
}
