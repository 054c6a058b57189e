//! What other crates serve, for the description alone. Nothing here is ever called.
//!
//! The paths are a promise (they are in links, players and other people's programs), so they are written down where a
//! test holds them.

use hustings_vocab::Rendition;
use hustings_vocab::event::Event;
use serde::Serialize;
use utoipa::ToSchema;

/// How many hear a conversation.
#[derive(Serialize, ToSchema)]
pub(super) struct Audience {
    /// Listeners who receive sound now, over all tiers.
    listening: u64,
    /// The same by tier.
    by_tier: ByTier,
    /// Who waits to be let in.
    waiting: u64,
    /// Who was refused since the lobby opened.
    refused: u64,
    /// The most there ever were at once.
    peak: u64,
    /// When this was true (RFC 3339).
    as_of: String,
    /// How long ago that was, in seconds.
    age_s: f64,
    /// In which the true number lies in `percent` of 100 cases; a single number where all are seen.
    interval: Interval,
    /// Listeners who are seen on a connection.
    seen: u64,
    /// What pages say that play HLS through a cache.
    sampled: Sample,
    /// Players behind a cache that do not report: 0 while there is no cache, else null, which is unknown.
    unseen: Option<u64>,
    /// What was counted, in words.
    definition: String,
}

/// Where a number lies.
#[derive(Serialize, ToSchema)]
pub(super) struct Interval {
    /// At least.
    low: u64,
    /// At most.
    high: u64,
    /// In so many of 100 cases.
    percent: u8,
}

/// What the reports of pages stand for.
#[derive(Serialize, ToSchema)]
pub(super) struct Sample {
    /// Pages: the reports times `one_in`.
    pages: u64,
    /// One page in so many is asked to report.
    one_in: u32,
    /// Reports of the last 20 s.
    reports: u64,
    /// Addresses that they came from.
    addresses: u64,
    /// Reports that were left out since the beginning, because their address had too many already.
    left_out: u64,
    /// Seconds between two reports of a page.
    every_s: u64,
    /// Age of the oldest report in seconds.
    oldest_s: f64,
}

/// How pages that play HLS are asked to report.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// Whoever asks this way is seen on its connections, and must not report.
    seen: bool,
    /// A page draws a number of 64 bits at random when it begins to play, and reports if it is below 2^64 / `one_in`.
    one_in: u32,
    /// Seconds between two reports.
    every_s: u64,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(super) struct Report {
    /// The number that the page drew, as 16 hexadecimal digits.
    id: String,
    /// 1: it plays no more. Absent otherwise.
    leaving: Option<u8>,
}

/// Listeners by how they receive the sound.
#[derive(Serialize, ToSchema)]
pub(super) struct ByTier {
    /// WebRTC.
    whep: u64,
    /// One endless response.
    stream: u64,
    /// LL-HLS.
    hls: u64,
}

/// Speak (RFC 9725)
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(post, path = "/c/{slug}/whip", tag = "stage", params(("slug" = String, Path, description = "The conversation")), security(("token" = [])), request_body(content = String, content_type = "application/sdp", description = "An offer with Opus"), responses((status = 201, description = "The answer; Location is the session, ETag its ICE generation", body = String, content_type = "application/sdp"), (status = 400, description = "No SDP, or one without audio or Opus", body = crate::problem::Document, content_type = "application/problem+json"), (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"), (status = 403, description = "The token is for another conversation or role", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"), (status = 409, description = "It is not open", body = crate::problem::Document, content_type = "application/problem+json"), (status = 413, description = "The offer is too long", body = crate::problem::Document, content_type = "application/problem+json"), (status = 415, description = "It is not application/sdp", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "Full", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whip() {}

/// Add candidates, or restart ICE
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(patch, path = "/c/{slug}/whip/{session}", tag = "stage", params(("slug" = String, Path, description = "The conversation"), ("session" = String, Path, description = "From the Location of the answer")), security(("token" = [])), request_body(content = String, content_type = "application/trickle-ice-sdpfrag", description = "Candidates, or new credentials for an ICE restart (RFC 8840)"), responses((status = 200, description = "ICE was restarted: the new credentials", body = String, content_type = "application/trickle-ice-sdpfrag"), (status = 204, description = "The candidates were taken"), (status = 400, description = "No SDP fragment", body = crate::problem::Document, content_type = "application/problem+json"), (status = 401, description = "No token, or none that holds", body = crate::problem::Document, content_type = "application/problem+json"), (status = 403, description = "The token is for another conversation or seat", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is no such session", body = crate::problem::Document, content_type = "application/problem+json"), (status = 412, description = "If-Match names another ICE generation", body = crate::problem::Document, content_type = "application/problem+json"), (status = 413, description = "The fragment is too long", body = crate::problem::Document, content_type = "application/problem+json"), (status = 415, description = "It is not application/trickle-ice-sdpfrag", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whip_trickle() {}

/// End the session
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(delete, path = "/c/{slug}/whip/{session}", tag = "stage", params(("slug" = String, Path, description = "The conversation"), ("session" = String, Path, description = "From the Location of the answer")), security(("token" = [])), responses((status = 200, description = "Ended"), (status = 404, description = "There is no such session", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whip_end() {}

/// Listen by WebRTC (draft-ietf-wish-whep)
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(post, path = "/c/{slug}/whep", tag = "listen", params(("slug" = String, Path, description = "The conversation")), request_body(content = String, content_type = "application/sdp", description = "An offer with Opus"), responses((status = 201, description = "The answer; Location is the session, ETag its ICE generation", body = String, content_type = "application/sdp"), (status = 400, description = "No SDP, or one without audio or Opus", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is none of that name", body = crate::problem::Document, content_type = "application/problem+json"), (status = 409, description = "It is not open", body = crate::problem::Document, content_type = "application/problem+json"), (status = 413, description = "The offer is too long", body = crate::problem::Document, content_type = "application/problem+json"), (status = 415, description = "It is not application/sdp", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "Full", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whep() {}

/// Add candidates, or restart ICE
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(patch, path = "/c/{slug}/whep/{session}", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("session" = String, Path, description = "From the Location of the answer"), ("rendition" = Option<String>, Query, description = "Go on with this rendition, without a break; then there is no body")), request_body(content = String, content_type = "application/trickle-ice-sdpfrag", description = "Candidates, or new credentials for an ICE restart (RFC 8840)"), responses((status = 200, description = "ICE was restarted: the new credentials", body = String, content_type = "application/trickle-ice-sdpfrag"), (status = 204, description = "The candidates were taken, or the rendition"), (status = 400, description = "No SDP fragment, or no such rendition", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is no such session", body = crate::problem::Document, content_type = "application/problem+json"), (status = 412, description = "If-Match names another ICE generation", body = crate::problem::Document, content_type = "application/problem+json"), (status = 413, description = "The fragment is too long", body = crate::problem::Document, content_type = "application/problem+json"), (status = 415, description = "It is not application/trickle-ice-sdpfrag", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whep_trickle() {}

/// End the session
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(delete, path = "/c/{slug}/whep/{session}", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("session" = String, Path, description = "From the Location of the answer")), responses((status = 200, description = "Ended"), (status = 404, description = "There is no such session", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn whep_end() {}

/// Opus in fragmented MP4, for Media Source Extensions
///
/// One endless response. It ends properly when the conversation does.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/live.mp4", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("rendition" = Option<Rendition>, Query, description = "Another quality of the same codec"), ("burst" = Option<f64>, Query, description = "Seconds of sound that are sent at once when joining")), responses((status = 200, description = "Sound", body = Vec<u8>, content_type = "audio/mp4"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn mp4() {}

/// Opus in Ogg, for players and the audio element
///
/// One endless response. It ends properly when the conversation does.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/live.ogg", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("rendition" = Option<Rendition>, Query, description = "Another quality of the same codec"), ("burst" = Option<f64>, Query, description = "Seconds of sound that are sent at once when joining")), responses((status = 200, description = "Sound", body = Vec<u8>, content_type = "audio/ogg"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn ogg() {}

/// AAC in ADTS, for old players
///
/// One endless response. It ends properly when the conversation does.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/live.aac", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("rendition" = Option<Rendition>, Query, description = "Another quality of the same codec"), ("burst" = Option<f64>, Query, description = "Seconds of sound that are sent at once when joining")), responses((status = 200, description = "Sound", body = Vec<u8>, content_type = "audio/aac"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn aac() {}

/// The endless responses as a list for radio players
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/live.m3u", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses((status = 200, description = "A list", body = String, content_type = "audio/x-mpegurl"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn m3u() {}

/// LL-HLS: the multivariant playlist
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/hls/index.m3u8", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses((status = 200, description = "A playlist", body = String, content_type = "application/vnd.apple.mpegurl"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn hls_index() {}

/// LL-HLS: a media playlist
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/hls/{rendition}/index.m3u8", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("rendition" = Rendition, Path, description = "The quality"), ("_HLS_msn" = Option<u64>, Query, description = "Wait until this segment is there"), ("_HLS_part" = Option<u64>, Query, description = "Wait until this part of it is there")), responses((status = 200, description = "A playlist", body = String, content_type = "application/vnd.apple.mpegurl"), (status = 400, description = "A part too far ahead, or a part without a segment", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn hls_playlist() {}

/// LL-HLS: an initialisation segment, a segment or a part
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/hls/{rendition}/{file}", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("rendition" = Rendition, Path, description = "The quality"), ("file" = String, Path, description = "As named in the playlist")), responses((status = 200, description = "Sound", body = Vec<u8>, content_type = "audio/mp4"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 503, description = "The sound did not come in time; Retry-After says when to ask again", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn hls_media() {}

/// What happens beside the sound (server-sent events)
///
/// Begins with a snapshot, or after `Last-Event-ID`. The `event:` field is the tag `event` of the data, and each event is
/// to be shown when the sound of its media time is heard.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/events", tag = "listen", params(("slug" = String, Path, description = "The conversation"), ("Last-Event-ID" = Option<String>, Header, description = "Where an earlier response broke off")), responses((status = 200, description = "Events; the schema is that of one data field", body = Event, content_type = "text/event-stream"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn events() {}

/// How many hear it
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/audience", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses((status = 200, description = "The count, with its age and its definition", body = Audience), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn audience() {}

/// Whether and how often a page that plays HLS reports itself
///
/// Ask it over the same way as the playlists, at each report: the same address, through the same cache.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(get, path = "/c/{slug}/here", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses((status = 200, description = "The rate; a cache keeps it for two seconds", body = Asked), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn here() {}

/// A page that plays HLS through a cache says that it is here
///
/// Only pages that were told that they are not seen, and whose number is asked for, report. Without a report for 20 s a
/// page has gone.
#[expect(dead_code, reason = "only described here")]
#[utoipa::path(post, path = "/c/{slug}/here", tag = "listen", params(("slug" = String, Path, description = "The conversation")), request_body(content = Report, content_type = "application/x-www-form-urlencoded"), responses((status = 204, description = "Taken, or not asked for at the moment"), (status = 400, description = "No number", body = crate::problem::Document, content_type = "application/problem+json"), (status = 404, description = "There is none of that name, or it is over", body = crate::problem::Document, content_type = "application/problem+json"), (status = 413, description = "Too long", body = crate::problem::Document, content_type = "application/problem+json"), (status = 429, description = "This address has reported for as many pages as it may", body = crate::problem::Document, content_type = "application/problem+json")))]
pub(super) fn here_report() {}
