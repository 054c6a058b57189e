//! What a node counts: who arrives, and what happens, by name.

use std::net::IpAddr;

/// Somebody arrives, or asks for something.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// From where. It is hashed at once and not kept.
    pub from: IpAddr,
    /// How many requests or connections this stands for; 0 if more is learnt of one that was counted.
    pub times: u32,
    /// What the client's first words look like, hashed by the shell: the fields of a request's head in their order. Two
    /// programs of one kind have the same.
    pub shape: Option<u64>,
    /// What its ClientHello looks like, likewise.
    pub tls: Option<u64>,
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is counted, by name. The order is the order in memory and on the link.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Count {
            $($(#[$doc])* $name,)*
        }

        impl Count {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in records.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

counts! {
    /// Connections that were accepted.
    Connections = "connections",
    /// Connections that were turned away because there was no room.
    ConnectionsRefused = "connections_refused",
    /// Full TLS handshakes.
    TlsFull = "tls_full",
    /// Resumed TLS sessions.
    TlsResumed = "tls_resumed",
    /// TLS handshakes that failed.
    TlsFailed = "tls_failed",
    /// Tickets that were asked for.
    Tickets = "tickets",
    /// Challenges that were solved.
    ChallengesPassed = "challenges_passed",
    /// Challenges that were not.
    ChallengesFailed = "challenges_failed",
    /// Requests for pages and the API, and all else that is no sound.
    Asked = "asked",
    /// Requests for sound: playlists, parts, streams, WebRTC sessions.
    Requests = "requests",
    /// Listeners who got their first sound.
    FirstAudio = "first_audio",
    /// Playlists among the requests for sound.
    Playlists = "playlists",
    /// Listeners who came 30 s ago.
    Came30s = "came_30s",
    /// Those of them who were still here.
    Dwell30s = "dwell_30s",
    /// HTTP/2 streams reset too fast, frames without end, and other misuse of that protocol.
    AbuseHttp2 = "abuse_http2",
    /// Heads of requests that were malformed, too large or too slow.
    AbuseHeads = "abuse_heads",
    /// Connections that took nothing of what waited for them.
    AbuseStalled = "abuse_stalled",
    /// Datagrams that no session knows, or that are none.
    AbuseDatagrams = "abuse_datagrams",
    /// Bodies that were refused.
    AbuseBodies = "abuse_bodies",
    /// Uploads that could not be opened within their bounds, or were not what they were called.
    AbuseUploads = "abuse_uploads",
    /// Requests to the API beyond what one source may make, tries of passwords among them.
    AbuseApi = "abuse_api",
    /// Listeners whose system stopped to acknowledge.
    Vanished = "vanished",
    /// Requests for sound that could not be answered in time.
    Unavailable = "unavailable",
    /// Let in by the gate.
    GateAdmitted = "gate_admitted",
    /// Let in by the gate at a cheaper tier.
    GateSteppedDown = "gate_stepped_down",
    /// Given a place in the queue.
    GateWaiting = "gate_waiting",
    /// Told to come again.
    GateRefused = "gate_refused",
    /// Given a challenge.
    GateChallenged = "gate_challenged",
    /// Dropped by limits of a source or network before they cost anything.
    GateDropped = "gate_dropped",
    /// Pages that follow what happens, whether they listen or not.
    Following = "following",
}
