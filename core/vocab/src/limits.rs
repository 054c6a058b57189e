//! Every maximum, with its derivation. A limit that is not here does not exist.
//!
//! Units come last in each name. Where two limits depend on each other, a constant assertion below says so.

/// Characters of a slug: it must fit a DNS label and a file name with room for an ending.
pub const SLUG_CHARS_MAX: usize = 64;
/// Characters of a seat id: a UUID (36) or a short account name with a prefix.
pub const SEAT_CHARS_MAX: usize = 64;
/// Characters of a person's name as shown on a lane of the score.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Bytes of a token: claims with the longest name (4 bytes a character), escaped, in base64, and a signature.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// Bytes of an SDP offer. Chromium's audio-only offer has about 3 kB; one with every codec and 50 candidates 16 kB.
pub const SDP_BYTES_MAX: usize = 64 * 1024;
/// Bytes of any other request body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one datagram: nothing on the stage is larger than an Ethernet frame of 1,500.
pub const DATAGRAM_BYTES_MAX: usize = 2048;
/// Bytes of one Opus packet: 1,275 a frame (RFC 6716, section 3.2.1), and we take one frame of at most 60 ms.
pub const OPUS_PACKET_BYTES_MAX: usize = 1275 * 3 + 7;

/// Speakers on the stage of one conversation: each costs one decode and one N−1 encode, 0.6 % of a core.
pub const SPEAKERS_PER_CONVERSATION_MAX: usize = 64;
/// WebRTC sessions on the stage of one process, several hundred as promised, with room for replaced ones.
pub const STAGE_SESSIONS_MAX: usize = 1024;
/// Conversations open at once in one process.
pub const CONVERSATIONS_OPEN_MAX: usize = 512;
/// Listeners by WebRTC in one process: 60 kB each makes 240 MB.
pub const WHEP_SESSIONS_MAX: usize = 4000;
/// Messages a speaker's line may have waiting for the mixer: one second of packets of 10 ms. When full, the newest is
/// dropped and counted.
pub const SPEAKER_QUEUE_PACKETS_MAX: usize = 100;
/// N−1 frames that may wait for a speaker's socket: 0.4 s. When full, the newest is dropped and counted.
pub const RETURN_QUEUE_FRAMES_MAX: usize = 20;

/// Seconds of program sound kept as PCM to back-fill a cold rendition: the HLS window of a joining player (three
/// segments of 1.92 s) and the 6 s burst of `live.ogg`, with one segment to spare.
pub const PCM_RING_SECONDS: u64 = 8;
/// Seconds of parts on a shelf: what can still be asked for.
pub const SHELF_SECONDS: u64 = 30;
/// Events kept on a conversation's event shelf, one batch a second and changes beside it.
pub const EVENTS_KEPT_MAX: usize = 300;
/// Seconds a rendition stays hot after its last reader left.
pub const RENDITION_COOLING_SECONDS: u64 = 20;
/// Seconds after which a listener who takes no bytes is no listener any more.
pub const STALLED_LISTENER_SECONDS: u64 = 30;
/// Bytes of one HTTP request head.
pub const REQUEST_HEAD_BYTES_MAX: usize = 16 * 1024;

const _: () = assert!(PCM_RING_SECONDS < SHELF_SECONDS, "a back-fill must fit the shelf");
const _: () = assert!(BODY_BYTES_MAX >= TOKEN_BYTES_MAX, "a token must fit a body");
