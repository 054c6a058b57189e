//! What the accept loops have seen since the process started, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of all listeners of this process.
#[derive(Debug)]
pub struct Stats {
    pub(crate) accepted: AtomicU64,
    pub(crate) open: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) yielded: AtomicU64,
    pub(crate) accept_errors: AtomicU64,
    pub(crate) handshakes_failed: AtomicU64,
    pub(crate) stalled: AtomicU64,
    pub(crate) unread: AtomicU64,
    pub(crate) silent: AtomicU64,
    pub(crate) idle: AtomicU64,
}

static STATS: Stats = Stats {
    accepted: AtomicU64::new(0),
    open: AtomicU64::new(0),
    refused: AtomicU64::new(0),
    yielded: AtomicU64::new(0),
    accept_errors: AtomicU64::new(0),
    handshakes_failed: AtomicU64::new(0),
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

    /// Connections open now.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.open.load(Relaxed)
    }

    /// Connections that were turned away because a listener was full.
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

    /// TLS handshakes that failed or took too long.
    #[must_use]
    pub fn handshakes_failed(&self) -> u64 {
        self.handshakes_failed.load(Relaxed)
    }

    /// Connections closed because they took nothing for
    /// [`hustings_vocab::limits::STALLED_LISTENER_SECONDS`].
    #[must_use]
    pub fn stalled(&self) -> u64 {
        self.stalled.load(Relaxed)
    }

    /// Connections that their peers ended, and on which they had taken nothing for [`hustings_vocab::limits::UNREAD_SECONDS`].
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread.load(Relaxed)
    }

    /// Connections closed because their peer acknowledged nothing.
    #[must_use]
    pub fn silent(&self) -> u64 {
        self.silent.load(Relaxed)
    }

    /// Connections closed because nothing was sent or received on them.
    #[must_use]
    pub fn idle(&self) -> u64 {
        self.idle.load(Relaxed)
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
