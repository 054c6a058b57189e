//! A conversation as pages and programs see it: the record, and where everything about it is.

use hustings_link::desk::Conversation;
use hustings_vocab::{MediaTime, Phase, Slug};
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
    /// How many hear it now.
    pub listening: u64,
    /// Where everything about it is.
    pub links: Links,
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
}

/// Several conversations.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ConversationList {
    /// What is on, then what is coming, then what was.
    pub(crate) conversations: Vec<ConversationView>,
}

impl ConversationView {
    pub(crate) fn new(conversation: Conversation, origins: &Origins) -> Self {
        let Conversation { slug, title, phase, starts_ms, epoch_ms, live_since, listening } = conversation;
        let links = Links::new(&slug, origins);
        Self { slug, title, phase, starts_ms, epoch_ms, live_since, listening, links }
    }
}

impl ConversationList {
    pub(crate) fn new(conversations: Vec<Conversation>, origins: &Origins) -> Self {
        Self { conversations: conversations.into_iter().map(|c| ConversationView::new(c, origins)).collect() }
    }
}

impl Links {
    fn new(slug: &Slug, origins: &Origins) -> Self {
        let Origins { public, stage, audience, aac } = origins;
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
        }
    }
}
