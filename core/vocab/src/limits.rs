//! Every maximum, with its derivation. A limit that is not here does not exist.
//!
//! Units come last in each name. Where two limits depend on each other, a constant assertion below says so.

pub mod evidence;

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

/// Speakers on the stage of one conversation where nothing else is configured (`stage.speakers`): a panel that a listener can
/// still tell apart.
pub const SPEAKERS_USUAL: usize = 13;
/// The most that can be configured: each costs one decode and one N−1 encode, 0.6 % of a core.
pub const SPEAKERS_PER_CONVERSATION_MAX: usize = 100;
/// Producers of one conversation: sound, guests, clips and one who looks on. They hear the stage, cost one share of the
/// common mix each, and take no speaker's seat.
pub const PRODUCERS_PER_CONVERSATION_MAX: usize = 4;
/// Hands that may be raised at once in one conversation: more than a host can hear in an evening. The next is asked to come
/// again.
pub const HANDS_MAX: usize = 500;
/// Raised hands that everybody is told of: as many as a host's page shows. With a name of 80 characters and a seat of 64 each
/// takes 0.6 kB at most, all of them 30 kB of a snapshot.
pub const HANDS_TOLD_MAX: usize = 50;
/// Decisions about single seats that one conversation keeps, 100 bytes each: those who were brought up, and those who were
/// banned by the thousand in an attack.
pub const GRANTS_MAX: usize = 10_000;
/// Seconds of a turn on stage, at most: longer is no turn.
pub const TURN_SECONDS_MAX: u32 = 3600;
/// WebRTC sessions on the stage of one process, several hundred as promised, with room for replaced ones.
pub const STAGE_SESSIONS_MAX: usize = 1024;
/// Conversations open at once in one process.
pub const CONVERSATIONS_OPEN_MAX: usize = 512;
/// Listeners by WebRTC in one process: what one core sends at 1.3 µs a packet and 50 packets a second, consent and reports
/// included. At 64 kB each they take 1 GB at most.
pub const WHEP_SESSIONS_MAX: usize = 15_000;
/// Frames that a WebRTC listener's lost packet can still be asked for among (RFC 4585): 0.64 s, which is a round trip around
/// the world, twice. They are shared by everybody who hears the same.
pub const WHEP_WINDOW_FRAMES_MAX: usize = 32;
/// Packets that are sent again to a WebRTC listener for each one that is due, at most: half of them. Who asks for more has a
/// line that more packets would not help.
pub const WHEP_RESENT_PERCENT_MAX: u64 = 50;
/// Messages a speaker's line may have waiting for the mixer: one second of packets of 10 ms. When full, the newest is
/// dropped and counted.
pub const SPEAKER_QUEUE_PACKETS_MAX: usize = 100;
/// Packets in a speaker's jitter buffer: 2.56 s of 20 ms packets, 0.32 s of the shortest. A packet beyond that does not
/// continue the stream; the second in a row starts it anew and drops what waited.
pub const JITTER_PACKETS_MAX: usize = 128;
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
/// A connection that has taken nothing for so long when its peer ends it was never read: a player that is merely slow takes something
/// each second, and one whose line is gone is found out within [`SILENT_LISTENER_SECONDS`].
pub const UNREAD_SECONDS: u64 = 10;
/// Seconds after which a listener whose system acknowledges nothing has vanished. With up to two seconds until it is
/// first seen and one between looks, it is out of the count within nine, where ten are promised.
pub const SILENT_LISTENER_SECONDS: u64 = 6;
/// Bytes of one HTTP request head.
pub const REQUEST_HEAD_BYTES_MAX: usize = 16 * 1024;
/// Seconds after `exp` at which a token still holds, and before `nbf` at which it already does: clocks of the server and of
/// an application that issues tokens differ by less when both follow NTP.
pub const TOKEN_LEEWAY_SECONDS: u64 = 30;
/// Seconds that a token's `iat` may lie ahead. It grants nothing, so it is generous: a server whose clock was set back by
/// hours still knows the tokens that it issued before.
pub const TOKEN_ISSUED_AHEAD_SECONDS_MAX: u64 = 24 * 60 * 60;
/// Seconds that a token which is issued through the API may hold: a leap year. Longer ones are an application's own.
pub const TOKEN_EXPIRES_SECONDS_MAX: u64 = 366 * 24 * 60 * 60;
/// Keys of applications that tokens may be signed with: a token that names no key is tried with each, 50 µs a key.
pub const APPLICATION_KEYS_MAX: usize = 32;
/// Bytes of a key file: a PEM of an Ed25519 key has about 120, a secret of 512 bits in base64 88.
pub const KEY_FILE_BYTES_MAX: u64 = 4096;
/// Days for which a conversation that is over stays on the list of conversations.
pub const LISTED_AFTER_END_DAYS: u64 = 7;
/// Conversations on the public list that are open: what two cores could ever carry at once, four times.
pub const PUBLIC_OPEN_MAX: u64 = 160;
/// Conversations on the public list, and in the feed of the calendar, that come next: what somebody reads, and a month of a busy house.
pub const PUBLIC_COMING_MAX: u64 = 100;
/// Conversations on the public list that were over last.
pub const PUBLIC_OVER_MAX: u64 = 40;
/// Conversations on the operator's list: those that can be open at once and as many that come or are over.
pub const CONVERSATIONS_LISTED_MAX: usize = 2 * CONVERSATIONS_OPEN_MAX;

/// Source addresses that one WebRTC session may be reached from at once: ICE pairs of a machine with four interfaces,
/// each over IPv4 and IPv6, UDP and TCP. When full, the one that was silent longest is forgotten.
pub const ICE_SOURCES_MAX: usize = 16;
/// Source addresses that one WebRTC session may use between two ICE restarts: a NAT that changes its mapping every
/// minute for four hours. More are refused and counted; each costs 200 bytes for the life of the session.
pub const ICE_SOURCES_SEEN_MAX: usize = 256;
/// Messages that may wait for one driver of WebRTC sessions: 40 ms of 4,000 packets a driver and a second, a hundred
/// times over. When full, datagrams are dropped and counted.
pub const DRIVER_QUEUE_MESSAGES_MAX: usize = 16 * 1024;
/// Frames that may wait for the socket of one ICE-TCP connection: 0.6 s of sound. When full, the newest is dropped.
pub const ICE_TCP_QUEUE_FRAMES_MAX: usize = 32;
/// ICE-TCP connections at once in one process: two for each stage session, because clients try several.
pub const ICE_TCP_CONNECTIONS_MAX: usize = 2 * STAGE_SESSIONS_MAX;
/// Seconds that an ICE-TCP connection may stay without a valid check.
pub const ICE_TCP_SILENT_SECONDS_MAX: u64 = 10;
/// Media sections of an SDP offer: a browser's page has one to three.
pub const SDP_SECTIONS_MAX: usize = 16;
/// Bytes of a refused body that are read and thrown away, so that its sender reads the refusal: an offer of 1 MB, twice.
pub const REFUSED_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Seconds that a client may take to send a request body.
pub const BODY_SECONDS_MAX: u64 = 10;
/// Connections at once on one listener: three quarters of the 20,000 descriptors that the smallest hard limit we met
/// allows a process; what is left is for the stage, the records and the other listeners. Where a process may have fewer
/// descriptors, three quarters of those. The next is answered with 503.
pub const CONNECTIONS_PER_LISTENER_MAX: usize = 15_000;
/// Requests at once on one HTTP/2 connection: a page and its parts.
pub const HTTP2_STREAMS_MAX: u32 = 100;
/// Seconds of burst that a stream listener may ask for: more than any player was seen to want before it starts.
pub const BURST_SECONDS_MAX: f64 = 10.0;
/// Stream listeners of one thread below which each part is delivered at once: 5,000 deliveries a second of 6 µs, 3 % of a
/// core. More are served on the cadence of their container.
pub const STREAM_CROWD: usize = 1000;
/// Bytes that may wait unsent in the kernel for a stream listener: 1.4 s at 96 kbit/s, which is more than one part, so
/// that no part is cut in two by this, and little enough that a listener who takes nothing is seen to within seconds.
pub const STREAM_UNSENT_BYTES_MAX: u32 = 16 * 1024;
/// Connections of one shard, or of a listener for pages, that have not yet asked for anything: when there are more, the oldest of
/// the most crowded network goes. 5,000 arrivals a second whose handshakes take 800 ms, which is a phone far away.
pub const PENDING_PER_SHARD_MAX: usize = 4096;
/// Bytes that may come over a connection of HTTP/2 while nothing is asked: a preface with settings has a hundred, a ping 17. It is 15,000
/// pings.
pub const HTTP2_IDLE_BYTES_MAX: u64 = 256 * 1024;
/// Newcomers without a ticket who are welcome in a second as they are; from the next on they are challenged. A page of theirs costs
/// the gate 20 µs, so this is a hundredth of a core; more come within a second only when a crowd is brought by an announcement.
pub const ASKS_CALM_PER_SECOND: u64 = 500;
/// The same while the last minute's finding names an attack: a tenth of a crowd that nobody was afraid of.
pub const ASKS_WARY_PER_SECOND: u64 = 50;
/// Tickets and places of one network that nobody has come with, from which on its next are challenged. A page comes within half a
/// second, a phone on a bad line within two: 100 are a stadium whose people press at 50 to 200 a second.
pub const UNUSED_MANY: u32 = 100;
/// The same while there are not enough joins or not enough room for everybody who asks: a household whose people press at once.
pub const UNUSED_FEW: u32 = 4;
/// Seconds after which the room of such a network's unused tickets is given on: a player that is slow to start takes five.
pub const UNUSED_SOON_SECONDS: u64 = 10;
/// Unused tickets that are known of: a minute of 1,000 joins a second, some 100 bytes each.
pub const UNUSED_KNOWN_MAX: usize = 65_536;
/// Challenges that were used and are remembered until they end: two minutes of 500 a second.
pub const CHALLENGES_SPENT_MAX: usize = 65_536;
/// Challenges a second by which those come in who wait instead of calculating.
pub const WAITED_PER_SECOND_MAX: u64 = 50;
/// Offences of one network (/24, /48) within seconds, none of whose people listens, after which the kernel is asked to drop it: an
/// office whose browsers all open connections in advance makes some ten a second, a flood thousands.
pub const OFFENCES_MAX: u32 = 1000;
/// Offences of a network that are forgotten in a second.
pub const OFFENCES_DRAIN_PER_SECOND: u32 = 50;
/// Networks whose offences are known: 4,096 of some 40 bytes.
pub const OFFENDERS_MAX: usize = 4096;
/// Seconds for which the kernel drops a network: shorter than it takes to write to somebody about it, and an attacker who goes on is
/// known again within a second.
pub const DROP_SECONDS: u64 = 60;
/// Seconds for which the helper drops a network at most.
pub const DROP_SECONDS_MAX: u64 = 600;
/// Networks that the helper drops at once.
pub const DROPS_MAX: usize = 4096;
/// Networks that the helper keeps out because somebody there listens: all /24 of a large country's access providers.
pub const SPARED_MAX: usize = 65_536;
/// Milliseconds in which who has come may ask before the connection can be somebody else's: a request comes with the handshake's
/// last packet, or a round trip later around the world.
pub const PENDING_GRACE_MS: u64 = 500;
/// Connections that wait to be taken over from the engine by the general service: as many as may wait to be accepted.
/// When it is full the next is told to come again.
pub const ARRIVALS_QUEUE_MAX: usize = 4096;
/// Connections at once in one edge process, where the system allows more descriptors than this: 1 kB each, kernel apart,
/// makes 256 MB, and one process that dies takes no more listeners with it.
pub const CONNECTIONS_PER_EDGE_MAX: usize = 262_144;
/// Descriptors of an edge process that are no listener's: the link, eventfds and epolls of its shards, UDP sockets, the
/// reserve to refuse with, files that are read, with room.
pub const EDGE_DESCRIPTORS_RESERVED: usize = 512;
/// Edge processes of one server: more cores than a machine for this has.
pub const EDGES_MAX: usize = 256;
/// Bytes of one frame on the link. The largest is a snapshot whose roster has every seat taken by names that escape to
/// six bytes a character, 70 kB; a part has 5 kB, a relayed offer 64 kB.
pub const LINK_FRAME_BYTES_MAX: usize = 512 * 1024;
/// Messages that may wait for one edge: the whole windows of every rendition of a full house, 512 conversations of 3
/// renditions of 156 parts, which an edge that was started again asks for. They are references, 100 bytes each. An edge
/// for which it is full is cut off and begins afresh.
pub const LINK_QUEUE_MESSAGES_MAX: usize = 256 * 1024;
/// Seconds for which an edge may take nothing of what waits for it; then it is cut off.
pub const LINK_STALLED_SECONDS: u64 = 5;
/// Conversations that a fresh link names: those that are open, and those of the last minute.
pub const LINK_OPEN_MAX: usize = 4 * CONVERSATIONS_OPEN_MAX;
/// Counters that an edge sends, and bytes of the name of one.
pub const LINK_COUNTERS_MAX: usize = 128;
/// See [`LINK_COUNTERS_MAX`].
pub const LINK_COUNTER_NAME_BYTES_MAX: usize = 64;
/// Bytes of the keys of session tickets: the newest and the one before.
pub const TICKET_KEYS_BYTES_MAX: usize = 64;
/// Names of players in one message of an edge: 36 kB of them. More take another message.
pub const NAMES_TOLD_MAX: usize = 4096;
/// Header fields of a request or a response that crosses the link.
pub const RELAYED_FIELDS_MAX: usize = 64;
/// Bytes of the path of a request, or of one header field, that crosses the link.
pub const RELAYED_FIELD_BYTES_MAX: usize = 8 * 1024;
/// Requests of one process that wait for another's answer: WebRTC sessions that leave at once, as at the end of an event.
/// The next is answered with 503.
pub const RELAYED_MAX: usize = 4096;
/// Bytes of a certificate chain and its key in PEM: four certificates of 4 kB and a key of RSA 4096.
pub const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;
/// HLS listeners that one process counts: entries of about 300 bytes make 30 MB. More players than this fetch from
/// caches, not from one process. Who comes when it is full is served and not counted.
pub const HLS_LISTENERS_MAX: usize = 100_000;
/// Connections remembered for one HLS session: browsers open six to one server. The oldest is forgotten first.
pub const HLS_CONNECTIONS_PER_SESSION_MAX: usize = 8;
/// Bytes of the name that an HLS player gives its session: a UUID with room for a prefix. A longer one is no name.
pub const HLS_SESSION_BYTES_MAX: usize = 128;
/// Seconds between two reports of a page that plays through a cache: the figure is that fresh, and a page costs four
/// requests a minute, most of which the cache answers.
pub const HERE_EVERY_SECONDS: u64 = 15;
/// Seconds after its last report for which such a page counts: one report and what timers and networks may be late.
pub const HERE_LIFETIME_SECONDS: u64 = 20;
/// Reports that one conversation asks for in a second: 1,500 pages report then, whose figure is right within 5 % in 95 of
/// 100 cases, at a hundredth of a core.
pub const HERE_REPORTS_PER_SECOND_MAX: u32 = 100;
/// Reports that one conversation keeps: twice and a half those that it asks for, 300 kB. When it is full it asks for half
/// as many.
pub const HERE_IDS_MAX: usize = 4096;
/// The sparsest rate at which reports are asked for: ten million pages are 160 reports a second. With the reports that are
/// kept it bounds what any number of liars can claim, to 16.8 million.
pub const HERE_ONE_IN_MAX: u32 = 4096;
/// Reports that are counted of one source address (an IPv6 network of 48 bits) while everybody is asked: an office or the
/// address that a mobile network shares. Sparser rates divide it.
pub const HERE_IDS_PER_SOURCE_MAX: u32 = 256;
/// Reports that are counted of one source address at any rate.
pub const HERE_IDS_PER_SOURCE_MIN: u32 = 16;
/// Bytes of a report: a number of 16 digits, a goodbye, and room for keys of later versions.
pub const HERE_BODY_BYTES_MAX: usize = 128;
/// Networks of caches whose word on a client's address is taken: a CDN publishes some dozens.
pub const CACHE_NETWORKS_MAX: usize = 256;

/// Characters of a handle: what is typed to sign in.
pub const HANDLE_CHARS_MAX: usize = 32;
/// Characters of an e-mail address (RFC 5321, section 4.5.3.1.3, without the brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of an affiliation, as shown beside a name.
pub const AFFILIATION_CHARS_MAX: usize = 120;
/// Characters of declared interests: two sentences.
pub const INTERESTS_CHARS_MAX: usize = 400;
/// Characters of the reason of an act, or for which a conversation is called off: a paragraph that is read to whom it concerns.
pub const REASON_CHARS_MAX: usize = 500;
/// Characters of why it begins later, in the host's own words: two lines on a telephone.
pub const DELAY_CHARS_MAX: usize = 200;
/// Characters of a password at least (NIST SP 800-63B-4, section 3.1.1.2, for one beside nothing else would be 15; who has
/// one here is slowed down after five tries).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Bytes of a password at most: a phrase of thirty words. Its hash takes as long whatever its length.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Passwords that are hashed at once: each takes 19 MiB and 20 ms of a core.
pub const PASSWORDS_AT_ONCE_MAX: usize = 2;
/// Passwords that may wait to be hashed: a second's work of two threads. Who comes then is told to come again.
pub const PASSWORDS_WAITING_MAX: usize = 64;
/// Hours for which a link that signs somebody in once holds: it is handed over within a day.
pub const SIGN_IN_LINK_HOURS: u64 = 24;
/// Days without use after which a session is over.
pub const SESSION_DAYS: u64 = 30;
/// Minutes after which the use of a session is written down again.
pub const SESSION_SEEN_MINUTES: u64 = 5;
/// Sessions of one account: browsers and phones of a person who never signs out. The one that was used longest ago ends.
pub const SESSIONS_PER_ACCOUNT_MAX: usize = 32;
/// Characters of a session's label, "Firefox on Linux".
pub const SESSION_LABEL_CHARS_MAX: usize = 60;
/// Passkeys of one account: every device of a person, and spares.
pub const PASSKEYS_PER_ACCOUNT_MAX: usize = 16;
/// Characters of a passkey's name.
pub const PASSKEY_NAME_CHARS_MAX: usize = 60;
/// Passkey ceremonies that wait for their answer, 2 kB each: more people than press a button within five minutes.
pub const CEREMONIES_MAX: usize = 4096;
/// Minutes within which a passkey must answer.
pub const CEREMONY_MINUTES: u64 = 5;
/// Providers of identities (OpenID Connect) of one site: an organisation and its partners, each a button on a page.
pub const OIDC_PROVIDERS_MAX: usize = 8;
/// Sign-ins that are at their provider, 1 kB each: as [`CEREMONIES_MAX`]. When full, the oldest begins anew.
pub const OIDC_AWAY_MAX: usize = CEREMONIES_MAX;
/// Sign-ins of one source that are at their provider: an office at nine. Its own oldest begins anew, and nobody else's.
pub const OIDC_AWAY_PER_SOURCE_MAX: usize = 64;
/// Minutes within which somebody must come back from a provider: a second factor is looked for.
pub const OIDC_AWAY_MINUTES: u64 = 10;
/// Bytes of one answer of a provider: the keys of the largest known have 30 kB.
pub const OIDC_ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Seconds that a provider has for one answer.
pub const OIDC_SECONDS_MAX: u64 = 10;
/// Minutes for which what a provider says of itself, and its keys, are believed.
pub const OIDC_METADATA_MINUTES: u64 = 60;
/// Seconds between two looks for a key that a provider's token names and nobody knows: keys are rolled, and strangers make names up.
pub const OIDC_KEYS_AGAIN_SECONDS: u64 = 5;
/// Bytes of a code, a state or a subject; the last is 255 by the standard (OpenID Connect Core 1.0, section 2).
pub const OIDC_TEXT_BYTES_MAX: usize = 4096;
/// Seconds that a token may be older or newer than our clock says.
pub const OIDC_SKEW_SECONDS: u64 = 300;
/// Identities of one account: one at each provider, and some more.
pub const IDENTITIES_PER_ACCOUNT_MAX: usize = 16;
/// Failed sign-ins of one account, and of one source address, that are not slowed down.
pub const SIGN_IN_FREE_TRIES: u32 = 5;
/// Seconds between two tries when many have failed: 120 guesses an hour, and an owner who mistypes waits half a minute.
pub const SIGN_IN_WAIT_SECONDS_MAX: u64 = 30;
/// Minutes after its last failure at which an account or an address is forgotten.
pub const SIGN_IN_FORGET_MINUTES: u64 = 15;
/// Accounts and addresses remembered for their failures, 100 bytes each. When full, the oldest is forgotten.
pub const SIGN_IN_REMEMBERED_MAX: usize = 65_536;
/// Rows of one page of a list of people or of acts.
pub const PAGE_ROWS_MAX: usize = 100;
/// Rows of one answer of the audit log as lines: 400 bytes each, 2 MB.
pub const AUDIT_EXPORT_ROWS_MAX: usize = 5_000;

/// Minutes before the announced start at which the doors open: long enough for who comes early, and for the stage to find
/// its microphones.
pub const DOORS_OPEN_MINUTES: u64 = 15;
/// Characters of a description: two pages.
pub const DESCRIPTION_CHARS_MAX: usize = 4000;
/// Tags of a conversation: what fits two lines of a phone.
pub const TAGS_MAX: usize = 8;
/// Characters of a tag.
pub const TAG_CHARS_MAX: usize = 40;
/// Guests that are announced: a panel of a long day.
pub const GUESTS_MAX: usize = 20;
/// Characters of a guest's affiliation or declared interests: a sentence beside a name.
pub const GUEST_LINE_CHARS_MAX: usize = 200;
/// Characters of a language tag (RFC 5646, section 4.4.1).
pub const LANGUAGE_CHARS_MAX: usize = 35;
/// Characters of the name of a time zone: the longest in use has 32.
pub const ZONE_CHARS_MAX: usize = 64;
/// Minutes that a conversation may be planned for: a day.
pub const LENGTH_MINUTES_MAX: u32 = 24 * 60;
/// Occurrences of a series that are made at once: a year of weeks.
pub const SERIES_OCCURRENCES_MAX: u32 = 52;
/// Characters of a proposed slug before its ending: with a date (11) and a random ending (9) it still fits a slug.
pub const SLUG_PROPOSED_CHARS_MAX: usize = 40;
/// Characters of an `Idempotency-Key`: a UUID, with room for a prefix.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 64;
/// Conversations on one page of a planner's list.
pub const PLANNED_PAGE_MAX: u32 = 50;
/// Invitations of one conversation: three for each seat on stage. They are listed whole.
pub const INVITATIONS_PER_CONVERSATION_MAX: u32 = 200;
/// Uses of a shared invitation: more than a conversation's stage will ever hold.
pub const INVITATION_USES_MAX: u32 = 1000;
/// Refused secrets of invitations of one source address in a minute. Each is one chance in 2^128; the limit is for those who
/// would use the server to try, and leaves room for an office of people with an old link.
pub const GUESSES_PER_MINUTE_MAX: u32 = 20;
/// Source addresses that are remembered for it, 100 bytes each. The oldest minute is forgotten first.
pub const GUESSERS_MAX: usize = 10_000;

const _: () = assert!(SLUG_PROPOSED_CHARS_MAX + 11 + 9 <= SLUG_CHARS_MAX, "date and ending must fit");
// Taking part. What is told of it is bounded, so that a snapshot fits a frame of the link; characters of names and texts are
// at most 4 bytes, for controls, which alone would escape to more, are refused.

/// Characters of a line of the chat: two long sentences.
pub const CHAT_CHARS_MAX: usize = 500;
/// Lines of the chat that are told in a second: what somebody can see go by, and 53 kB at most.
pub const CHAT_LINES_PER_SECOND_MAX: usize = 20;
/// The same while the machine or the line has too much to do: a line every quarter of a second can still be followed.
pub const CHAT_LINES_EASED_PER_SECOND: usize = 4;
/// Pages send one reaction in so many while the machine or the line has too much to do: an eighth of the requests, and sums that are
/// right within a third where a hundred react.
pub const REACTIONS_EASED_ONE_IN: u32 = 8;
/// Seconds between two counts that the audience is told while the machine or the line has too much to do.
pub const COUNT_EASED_SECONDS: u32 = 5;
/// Lines that are kept for who asks for everything: ten seconds of a flood, an hour of a quiet room.
pub const CHAT_LINES_KEPT_MAX: usize = 200;
/// Of those, lines that every newcomer is told.
pub const CHAT_LINES_IN_SNAPSHOT_MAX: usize = 50;
/// Seconds of slow mode: ten minutes; more is a chat that is off.
pub const CHAT_SLOW_SECONDS_MAX: u32 = 600;
/// Words that a host refuses, and characters of one.
pub const WORDS_REFUSED_MAX: usize = 200;
/// See [`WORDS_REFUSED_MAX`].
pub const WORD_CHARS_MAX: usize = 40;
/// Characters of a question, and of what a poll asks.
pub const QUESTION_CHARS_MAX: usize = 300;
/// Questions of one conversation, 1.8 kB each: one every ten seconds for three hours. When it is full the next is refused.
pub const QUESTIONS_MAX: usize = 1000;
/// Questions that the audience is told: more than anybody reads.
pub const QUESTIONS_TOLD_MAX: usize = 50;
/// Votes on questions of one conversation: 16 bytes each and the tree, 16 MB. When it is full the next is refused.
pub const QUESTION_VOTES_MAX: usize = 500_000;
/// Answers of a poll.
pub const POLL_ANSWERS_MAX: usize = 6;
/// Characters of an answer.
pub const ANSWER_CHARS_MAX: usize = 100;
/// Polls of one conversation: one every two minutes for three hours.
pub const POLLS_MAX: usize = 100;
/// Voters of one poll: 8 bytes each and the tree, 8 MB. When it is full the next is refused.
pub const POLL_VOTERS_MAX: usize = 500_000;
/// Seconds for which a poll may be open: a day.
pub const POLL_SECONDS_MAX: u64 = 24 * 60 * 60;
/// Characters of a pinned note.
pub const NOTE_CHARS_MAX: usize = 300;
/// Bytes of a pinned link.
pub const LINK_BYTES_MAX: usize = 500;
/// People who may not write in one conversation. When it is full nobody else can be muted: then the chat is switched off.
pub const MUTED_MAX: usize = 10_000;
/// People, and as many source addresses, whose rates one conversation keeps, 200 bytes each: who was silent for some seconds
/// is forgotten. When it is full newcomers are asked to come again.
pub const FLOOR_PEOPLE_MAX: usize = 32_768;
/// Reactions that one conversation takes in a second before pages are asked to send one in several: 2,000 requests are a
/// tenth of a core.
pub const REACTIONS_PER_SECOND_MAX: u64 = 2000;
/// The sparsest rate of reactions: eight million a second, from everybody on earth who hears it.
pub const REACTIONS_ONE_IN_MAX: u32 = 4096;
/// Changes that may wait to be written to the records: a minute of everything that one process takes. When it is full the
/// oldest is given up and counted.
pub const FLOOR_CHANGES_MAX: usize = 200_000;
/// Bytes of a snapshot at most: the roster (70 kB), and each text with its name and what JSON puts around it.
pub const SNAPSHOT_BYTES_MAX: usize = 70_000
    + CHAT_LINES_IN_SNAPSHOT_MAX * (4 * (CHAT_CHARS_MAX + NAME_CHARS_MAX) + 100)
    + QUESTIONS_TOLD_MAX * (4 * (QUESTION_CHARS_MAX + NAME_CHARS_MAX) + 120)
    + 4 * (QUESTION_CHARS_MAX + POLL_ANSWERS_MAX * ANSWER_CHARS_MAX + NOTE_CHARS_MAX + TITLE_CHARS_MAX)
    + LINK_BYTES_MAX
    + 2000;

/// Bytes of the file of a language: five times what English needs, for scripts of three bytes a letter.
pub const LANGUAGE_FILE_BYTES_MAX: usize = 160 * 1024;
/// Minutes of an audience that are kept for those who run a conversation: four hours, 8 kB.
pub const ROOM_MINUTES_MAX: usize = 240;
/// Languages that a site offers beside the built-in ones; each is kept in memory.
pub const LANGUAGES_MAX: usize = 32;

// Programs of others: API keys and webhooks.

/// API keys of one account: one for each program of a busy office. They are listed whole.
pub const API_KEYS_PER_ACCOUNT_MAX: usize = 20;
/// Characters of the name of a key: "the calendar of the parish, Tuesdays".
pub const API_KEY_NAME_CHARS_MAX: usize = 60;
/// Days after which a key ends at the latest, where an end is asked for: ten years.
pub const API_KEY_DAYS_MAX: u64 = 3653;
/// Minutes to within which the last use of a key is known: a program that asks ten times a second writes once.
pub const API_KEY_SEEN_MINUTES: u64 = 1;
/// Webhooks of one account, and of the site. They are listed whole.
pub const WEBHOOKS_PER_OWNER_MAX: usize = 10;
/// Bytes of a webhook's address: what browsers and proxies take.
pub const WEBHOOK_URL_BYTES_MAX: usize = 2000;
/// Bytes of a message to a webhook: a title, a name and numbers, with room to grow. Whatever is larger is a mistake here.
pub const WEBHOOK_BODY_BYTES_MAX: usize = 8192;
/// Messages of one webhook that wait: an evening of a large stage. When it is full new ones are dropped and counted.
pub const WEBHOOK_WAITING_MAX: usize = 1000;
/// Messages of one webhook that are kept when they are done, delivered or given up: the last are shown.
pub const WEBHOOK_DONE_KEPT_MAX: usize = 100;
/// Tries of one message. With pauses of 5 s that quadruple they span 30 hours: a weekend's outage ends in the list of what
/// was given up, a night's does not.
pub const WEBHOOK_TRIES_MAX: u32 = 9;
/// Seconds after the first try; each further pause is four times as long.
pub const WEBHOOK_PAUSE_SECONDS: u64 = 5;
/// Seconds for one try: its name, its connection and its answer.
pub const WEBHOOK_SECONDS_MAX: u64 = 10;
/// Tries under way at once, over all webhooks, and one of each: a slow receiver holds up itself.
pub const WEBHOOKS_AT_ONCE_MAX: usize = 16;
/// Occasions that wait to be written down: a second of every stage that one process has.
pub const OCCASIONS_WAITING_MAX: usize = 4096;

/// Letters that wait to be sent: everybody of some large evenings, 2 kB each. When it is full letters are not written.
pub const MAIL_WAITING_MAX: usize = 20_000;
/// People of one conversation who are told by mail that it was moved or called off: those who have a role, and guests.
pub const MAIL_INVITED_MAX: usize = 500;
/// Bytes of a letter's text: a reason of 500 characters, a title, some sentences and links.
pub const MAIL_BYTES_MAX: usize = 16 * 1024;
/// Characters of a letter's subject: a title of 200 and what stands around it.
pub const MAIL_SUBJECT_CHARS_MAX: usize = 300;
/// Hours for which a letter is tried: what it says is news for so long.
pub const MAIL_HOURS: u64 = 48;
/// Minutes between two letters with a sign-in link for one account, so that nobody's mailbox is flooded by a stranger.
pub const MAIL_LINK_MINUTES: u64 = 2;
/// Minutes for which a link in such a letter holds.
pub const MAIL_LINK_HOLDS_MINUTES: u64 = 30;
/// Bytes of an entry of a backup that holds rows: rows are put together up to 4 MiB, and the largest row, of a conversation with
/// all its texts, has 0.2 MB. It is held in memory.
pub const BACKUP_ROWS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a file in a backup: an hour of 13 tracks without loss takes 3 GB.
pub const BACKUP_FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// Bytes of a backup when it is unpacked: a million lines of chat take 150 MB, so a thousand times that, and files.
pub const BACKUP_BYTES_MAX: u64 = 256 * 1024 * 1024 * 1024;
/// Entries of a backup: what [`BACKUP_BYTES_MAX`] holds of rows, and as many files.
pub const BACKUP_ENTRIES_MAX: usize = 131_072;
/// Bytes of a backup's list of its entries, 256 each.
pub const BACKUP_MANIFEST_BYTES_MAX: u64 = 256 * BACKUP_ENTRIES_MAX as u64;

// The gate.

/// Characters of a ticket or a place: its fields with the longest slug take 124 bytes, which base64 makes 166.
pub const TICKET_CHARS_MAX: usize = 192;
/// Bytes of the two live keys of tickets, and the number of the newest.
pub const GATE_KEYS_BYTES_MAX: usize = 1 + 2 * 32;
/// Characters of the secret by which somebody holds a seat: what a page draws has 43.
pub const HOLDER_CHARS_MAX: usize = 128;
/// Characters of it at least: a secret that can be guessed gives the seat to who guesses it.
pub const HOLDER_CHARS_MIN: usize = 16;
/// Seconds that a ticket or a place holds: as long as one signing key lives, so that two keys know all of them.
pub const TICKET_SECONDS_MAX: u64 = 24 * 60 * 60;
/// Seconds for which the pass of a rehearsal holds: the longest rehearsal.
pub const PASS_SECONDS: u64 = 12 * 60 * 60;
/// Seats that one conversation gives on one machine, 24 bytes each: hundred times what its cores carry at once, 400 MB.
pub const SEATS_MAX: u64 = 16 * 1024 * 1024;
/// Places of one conversation: each is a line of 64 bytes on disk and nothing in memory.
pub const PLACES_MAX: u64 = 64 * 1024 * 1024;
/// Seconds for which a seat is kept for who has lost its line.
pub const SEAT_KEPT_SECONDS: u64 = 600;
/// Seconds for which a seat is kept whose page was closed or loaded again: a page that is loaded again asks within two.
pub const SEAT_CLOSED_SECONDS: u64 = 5;
/// Seconds that somebody has to begin to listen with a fresh ticket: a player that is slow to start, twice.
pub const SEAT_FRESH_SECONDS: u64 = 60;
/// Seconds between two polls of who waits, at least and at most. With the first, and a second of caches, who waits in a queue
/// that one core answers for reads news of the start within five; the last is also what nobody notices who waits for hours.
pub const QUEUE_SECONDS_MIN: u64 = 4;
/// Seconds over which those who lost their line are asked to spread their return, at most: who hears nothing for two minutes leaves.
pub const SPREAD_SECONDS_MAX: u32 = 120;
/// See [`QUEUE_SECONDS_MIN`].
pub const QUEUE_SECONDS_MAX: u64 = 300;

const _: () = assert!(SNAPSHOT_BYTES_MAX < LINK_FRAME_BYTES_MAX, "a snapshot must fit a frame of the link");
// Cases.

/// Seconds of a conversation that are kept for a report, sealed: who is shocked finds the button within five minutes.
pub const RECENT_SECONDS: u64 = 300;
/// Seconds before the reported moment that are pinned: what led to it.
pub const PIN_BEFORE_SECONDS: u64 = 60;
/// Seconds after it: what it led to, while the moderator's hand is on its way.
pub const PIN_AFTER_SECONDS: u64 = 10;
/// Seconds between two reports about one subject that still mean one moment: what a pinned minute shows of both.
pub const CASE_MOMENT_SECONDS: u64 = 60;
/// Bytes that are kept of one speaker's second: Opus has 510 kbit/s at most (RFC 6716, section 2.1.1), and 50 packets have a
/// head of 18 bytes each. What is more is no sound that anybody hears.
pub const RECENT_SECOND_BYTES_MAX: usize = 64_000 + 50 * 18;
/// Bytes that are kept of one conversation: five minutes of 13 speakers at 128 kbit/s have 66 MB. Beyond, the oldest minute goes
/// early.
pub const RECENT_BYTES_MAX: usize = 72 * 1024 * 1024;
/// Bytes that are kept of all conversations together: fifty of four speakers at 64 kbit/s have 0.5 GB. Where more are open each
/// has an even share, and its oldest minute goes early.
pub const RECENT_BYTES_ALL_MAX: usize = 1024 * 1024 * 1024;
/// Packets on their way from the stage to where they are kept: a second of 160 speakers. When it is full they are left out and
/// counted; the tick never waits.
pub const TAP_QUEUE_MAX: usize = 8192;
/// Reports that one source address may make at once: a bad minute of a bad evening.
pub const REPORTS_AT_ONCE_MAX: u64 = 6;
/// Seconds after which it may make one more.
pub const REPORT_EVERY_SECONDS: u64 = 60;
/// Source addresses that are remembered for it, 16 bytes each and the table: 2 MB. When it is full the next is asked to wait.
pub const REPORTERS_MAX: usize = 65_536;
/// Characters of a report's sentence.
pub const REPORT_CHARS_MAX: usize = 500;
/// Reports whose texts are kept of one case; more are counted. Nobody reads more, and number is never guilt.
pub const CASE_REPORTS_KEPT_MAX: u64 = 200;
/// Cases that may wait for a ruling: a hundred moderators' week. When it is full the next report is refused and says so.
pub const CASES_OPEN_MAX: u64 = 10_000;
/// Tracks of a pinned stretch: everybody on stage, and those whom they replaced. 70 s at 64 kbit/s are 0.6 MB.
pub const PINNED_TRACKS_MAX: usize = 2 * SPEAKERS_PER_CONVERSATION_MAX;
/// Characters of a ruling's reasons, of its statement, and of an appeal: a page each.
pub const RULING_CHARS_MAX: usize = 2000;
/// Countries that a ruling may be said to hold for.
pub const TERRITORIES_MAX: usize = 50;
/// Days that a ruling may hold for, where it does not hold for ever: two years.
pub const RULING_DAYS_MAX: u32 = 730;
/// Days in which the affected may appeal.
pub const APPEAL_DAYS: u64 = 14;
/// Days after the end of a case for which its pinned minute is kept: for a court that asks.
pub const PIN_RETENTION_DAYS: u64 = 30;
/// Days after which a pinned minute is deleted although nobody has ruled.
pub const PIN_UNRULED_DAYS_MAX: u64 = 90;
/// Names whose lines one account does not want to see: as many as fit one body.
pub const BLOCKED_MAX: usize = 190;

const _: () = assert!(BLOCKED_MAX * (4 * NAME_CHARS_MAX + 4) < BODY_BYTES_MAX, "all blocked names must fit a body");
const _: () = assert!(RECENT_SECONDS > PIN_BEFORE_SECONDS + CASE_MOMENT_SECONDS, "a report pins what is kept still");
const _: () = assert!(RECENT_SECOND_BYTES_MAX * 300 < RECENT_BYTES_MAX, "one speaker cannot shorten the five minutes");
const _: () = assert!(CHAT_LINES_IN_SNAPSHOT_MAX <= CHAT_LINES_KEPT_MAX, "newcomers are told what is kept");
const _: () = assert!(HERE_EVERY_SECONDS < HERE_LIFETIME_SECONDS, "a page that reports in time is not forgotten");
const _: () = assert!(
    HERE_REPORTS_PER_SECOND_MAX as u64 * HERE_LIFETIME_SECONDS < HERE_IDS_MAX as u64,
    "what is asked for must fit what is kept"
);
const _: () = assert!(PCM_RING_SECONDS < SHELF_SECONDS, "a back-fill must fit the shelf");
const _: () = assert!(BODY_BYTES_MAX >= TOKEN_BYTES_MAX, "a token must fit a body");

// What people bring: clips and covers. Files of strangers are opened in a process of its own, whose memory and time are bounded.

/// Bytes of a clip as it is uploaded: five minutes of stereo at 48 kHz in 16 bits, 58 MB.
pub const CLIP_UPLOAD_BYTES_MAX: u64 = 60_000_000;
/// Seconds of one clip: more is a programme. As 16 bits at 48 kHz they take 29 MB of the disk.
pub const CLIP_SECONDS_MAX: u32 = 300;
/// Clips of one conversation.
pub const CLIPS_PER_CONVERSATION_MAX: u32 = 20;
/// Seconds of all clips of one conversation: 30 minutes, 173 MB of the disk.
pub const CLIPS_SECONDS_MAX: u32 = 1800;
/// Characters of a clip's title, as shown on a lane of the score.
pub const CLIP_TITLE_CHARS_MAX: usize = NAME_CHARS_MAX;
/// Clips and lobby sounds that are read at once in one process, a thread each, half of them for every open conversation at
/// worst. The next is refused.
pub const CLIPS_PLAYING_MAX: usize = 2 * CONVERSATIONS_OPEN_MAX;
/// Ticks of a clip that are read ahead: a second, which a disk that is busy may take.
pub const CLIP_AHEAD_TICKS_MAX: usize = 50;
/// Samples a second of a file that somebody brings, at most and at least: what recorders make.
pub const CLIP_RATE_MAX: u32 = 192_000;
/// See [`CLIP_RATE_MAX`].
pub const CLIP_RATE_MIN: u32 = 8_000;
/// Bytes of a picture as it is uploaded: what a phone makes.
pub const COVER_UPLOAD_BYTES_MAX: u64 = 12_000_000;
/// Pixels of a picture, 4 bytes each while it is opened: a phone's best camera.
pub const COVER_PIXELS_MAX: u64 = 50_000_000;
/// Width and height of a cover at most, as a large card of a link shows it.
pub const COVER_LARGE_PIXELS: u32 = 1280;
/// The same where covers stand in a list.
pub const COVER_SMALL_PIXELS: u32 = 480;
/// Bytes of a cover as it is kept: three bytes a pixel would be 4.9 MB, and JPEG never takes half of that.
pub const COVER_BYTES_MAX: u64 = 2_500_000;
/// Uploads that are taken in at once; the next is told to come again.
pub const UPLOADS_AT_ONCE_MAX: usize = 4;
/// Files that are opened at once, a core and a gigabyte of address space each.
pub const UNPACKED_AT_ONCE_MAX: usize = 1;
/// Seconds that an upload may take as a whole: a large clip at 2 Mbit/s.
pub const UPLOAD_SECONDS_MAX: u64 = 300;
/// Seconds that a file may take to be opened; five minutes of sound take two.
pub const UNPACK_SECONDS_MAX: u64 = 60;
/// Bytes of address space for opening a file: the largest clip as samples of its own rate and of ours, or the largest
/// picture twice, each below 600 MB, and what a process needs.
pub const UNPACK_MEMORY_BYTES_MAX: u64 = 1_500_000_000;
/// Characters of a word to somebody on stage.
pub const CUE_CHARS_MAX: usize = 140;
/// Seconds for which a page waits for a word to it before it asks again.
pub const CUE_WAIT_SECONDS: u64 = 20;
/// Pages that wait for words at once in one process: every seat of a full house, twice.
pub const CUE_WAITS_MAX: usize = 2 * STAGE_SESSIONS_MAX;

const _: () = assert!(CLIP_SECONDS_MAX <= CLIPS_SECONDS_MAX, "the longest clip must fit");
const _: () = assert!(
    CLIP_RATE_MAX as u64 * CLIP_SECONDS_MAX as u64 * 8 < UNPACK_MEMORY_BYTES_MAX / 2,
    "a clip must fit the memory that it is opened in"
);
const _: () = assert!(UNUSED_SOON_SECONDS < SEAT_FRESH_SECONDS, "early is before a seat's own time is over");
const _: () = assert!(QUEUE_SECONDS_MIN < QUEUE_SECONDS_MAX, "a poll has a range");
