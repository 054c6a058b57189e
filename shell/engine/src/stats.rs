//! What the engine has done since the process started, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hustings_fan::{Over, Tally};
use hustings_hls::Kind;

/// Counters of all shards of this process.
#[derive(Debug)]
pub struct Stats {
    pub(crate) accepted: AtomicU64,
    pub(crate) handed_over: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) yielded: AtomicU64,
    pub(crate) accept_errors: AtomicU64,
    pub(crate) cold: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    pub(crate) handshakes_full: AtomicU64,
    pub(crate) handshakes_resumed: AtomicU64,
    pub(crate) handshakes_failed: AtomicU64,
    pub(crate) streams_clear: AtomicU64,
    pub(crate) streams_sealed: AtomicU64,
    pub(crate) readers: AtomicU64,
    pub(crate) readers_gone: AtomicU64,
    pub(crate) held: AtomicU64,
    answers: AtomicU64,
    asked: [AtomicU64; Kind::ALL.len()],
    hls_bytes: AtomicU64,
    bytes: AtomicU64,
    event_bytes: AtomicU64,
    skips: AtomicU64,
    caught_up: AtomicU64,
    stalled: AtomicU64,
    unread: AtomicU64,
    silent: AtomicU64,
    idle: AtomicU64,
}

static STATS: Stats = Stats {
    accepted: AtomicU64::new(0),
    handed_over: AtomicU64::new(0),
    refused: AtomicU64::new(0),
    yielded: AtomicU64::new(0),
    accept_errors: AtomicU64::new(0),
    cold: AtomicU64::new(0),
    unavailable: AtomicU64::new(0),
    handshakes_full: AtomicU64::new(0),
    handshakes_resumed: AtomicU64::new(0),
    handshakes_failed: AtomicU64::new(0),
    streams_clear: AtomicU64::new(0),
    streams_sealed: AtomicU64::new(0),
    readers: AtomicU64::new(0),
    readers_gone: AtomicU64::new(0),
    held: AtomicU64::new(0),
    answers: AtomicU64::new(0),
    asked: [const { AtomicU64::new(0) }; Kind::ALL.len()],
    hls_bytes: AtomicU64::new(0),
    bytes: AtomicU64::new(0),
    event_bytes: AtomicU64::new(0),
    caught_up: AtomicU64::new(0),
    skips: AtomicU64::new(0),
    stalled: AtomicU64::new(0),
    unread: AtomicU64::new(0),
    silent: AtomicU64::new(0),
    idle: AtomicU64::new(0),
};

/// The counters of this process.
#[must_use]
pub fn stats() -> &'static Stats {
    &STATS
}

impl Stats {
    /// Connections accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Connections that were handed to the general service.
    #[must_use]
    pub fn handed_over(&self) -> u64 {
        self.handed_over.load(Relaxed)
    }

    /// Connections that were turned away because there was no room.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Connections that had asked for nothing and gave way to others.
    #[must_use]
    pub fn yielded(&self) -> u64 {
        self.yielded.load(Relaxed)
    }

    /// Times that a connection could not be accepted: out of descriptors or memory.
    #[must_use]
    pub fn accept_errors(&self) -> u64 {
        self.accept_errors.load(Relaxed)
    }

    /// How often somebody asked for a rendition that did not flow and waited for its back-fill.
    #[must_use]
    pub fn cold_starts(&self) -> u64 {
        self.cold.load(Relaxed)
    }

    /// How often sound that was asked for did not come in time (answered with 503).
    #[must_use]
    pub fn unavailable(&self) -> u64 {
        self.unavailable.load(Relaxed)
    }

    /// TLS handshakes that were done in full.
    #[must_use]
    pub fn handshakes_full(&self) -> u64 {
        self.handshakes_full.load(Relaxed)
    }

    /// TLS handshakes that resumed an earlier session.
    #[must_use]
    pub fn handshakes_resumed(&self) -> u64 {
        self.handshakes_resumed.load(Relaxed)
    }

    /// TLS handshakes that failed; those that took too long are not among them.
    #[must_use]
    pub fn handshakes_failed(&self) -> u64 {
        self.handshakes_failed.load(Relaxed)
    }

    /// Streams of sound that began in clear.
    #[must_use]
    pub fn streams_clear(&self) -> u64 {
        self.streams_clear.load(Relaxed)
    }

    /// Streams of sound that began over TLS.
    #[must_use]
    pub fn streams_sealed(&self) -> u64 {
        self.streams_sealed.load(Relaxed)
    }

    /// Streams of events that began.
    #[must_use]
    pub fn readers(&self) -> u64 {
        self.readers.load(Relaxed)
    }

    /// Streams of events that are over.
    #[must_use]
    pub fn readers_gone(&self) -> u64 {
        self.readers_gone.load(Relaxed)
    }

    /// Bytes of sound handed to connections, without HTTP framing.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Requests for HLS that were answered.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers.load(Relaxed)
    }

    /// Requests for HLS by what they ask for.
    #[must_use]
    pub fn hls_requests(&self, kind: Kind) -> u64 {
        self.asked[kind as usize].load(Relaxed)
    }

    /// Requests for HLS that were held until what they asked for was there.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held.load(Relaxed)
    }

    /// Bytes of sound and playlists handed to connections by HLS, without heads.
    #[must_use]
    pub fn hls_bytes_sent(&self) -> u64 {
        self.hls_bytes.load(Relaxed)
    }

    /// Bytes of events handed to connections, without HTTP framing.
    #[must_use]
    pub fn event_bytes_sent(&self) -> u64 {
        self.event_bytes.load(Relaxed)
    }

    /// How often a reader had missed events and was sent a snapshot.
    #[must_use]
    pub fn caught_up(&self) -> u64 {
        self.caught_up.load(Relaxed)
    }

    /// How often a listener fell behind the window and was moved forward.
    #[must_use]
    pub fn skips(&self) -> u64 {
        self.skips.load(Relaxed)
    }

    /// Listeners closed because they took nothing for [`hustings_vocab::limits::STALLED_LISTENER_SECONDS`].
    #[must_use]
    pub fn stalled(&self) -> u64 {
        self.stalled.load(Relaxed)
    }

    /// Listeners who went and had taken nothing for [`hustings_vocab::limits::UNREAD_SECONDS`].
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread.load(Relaxed)
    }

    /// Listeners closed because their peer acknowledged nothing.
    #[must_use]
    pub fn silent(&self) -> u64 {
        self.silent.load(Relaxed)
    }

    /// Listeners closed because nothing was sent to them.
    #[must_use]
    pub fn idle(&self) -> u64 {
        self.idle.load(Relaxed)
    }

    pub(crate) fn add(&self, tally: Tally) {
        self.bytes.fetch_add(tally.bytes, Relaxed);
        self.event_bytes.fetch_add(tally.event_bytes, Relaxed);
        self.skips.fetch_add(tally.skips, Relaxed);
        self.caught_up.fetch_add(tally.caught_up, Relaxed);
    }

    pub(crate) fn add_answers(&self, answered: Answered) {
        for (counter, asked) in self.asked.iter().zip(answered.asked).filter(|(_, asked)| *asked > 0) {
            counter.fetch_add(asked, Relaxed);
        }
        if answered.answers > 0 {
            self.answers.fetch_add(answered.answers, Relaxed);
            self.hls_bytes.fetch_add(answered.bytes, Relaxed);
        }
    }

    pub(crate) fn add_unread(&self) {
        count(&self.unread);
    }

    pub(crate) fn add_over(&self, over: Over) {
        let counter = match over {
            Over::Stalled => &self.stalled,
            Over::Silent => &self.silent,
            Over::Idle => &self.idle,
        };
        count(counter);
    }
}

/// What a shard has answered by HLS since it was last asked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Answered {
    /// What it was asked, by [`Kind`].
    pub(crate) asked: [u64; Kind::ALL.len()],
    pub(crate) answers: u64,
    pub(crate) bytes: u64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
