//! Attendance: who receives sound now, by tier. Counted where it is known, by holding a [`Presence`]; estimated from
//! reports, by a [`Census`], where a cache stands between.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hustings_census::{Census, EVERY, Heard, Heartbeat, Sampling};

use super::Counts;

/// After a request of a cache, pages behind it play on for as long as what it fetched lasts, and one report longer.
const CACHE_LASTS: Duration = Duration::from_secs(2 * EVERY.as_secs());

/// How a listener receives the program sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// WebRTC.
    Whep,
    /// One long HTTP response.
    Stream,
    /// LL-HLS.
    Hls,
}

impl Tier {
    /// Every tier.
    pub const ALL: [Self; 3] = [Self::Whep, Self::Stream, Self::Hls];

    /// Its name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whep => "whep",
            Self::Stream => "stream",
            Self::Hls => "hls",
        }
    }
}

/// The counts of one conversation.
#[derive(Debug)]
pub struct Attendance {
    now: [AtomicU64; Tier::ALL.len()],
    peak: AtomicU64,
    refused: AtomicU64,
    census: Mutex<Census>,
    opened: Instant,
    /// Milliseconds after `opened` at which a cache asked for something last, plus one; 0 before the first.
    cache_asked: AtomicU64,
}

impl Default for Attendance {
    fn default() -> Self {
        let opened = Instant::now();
        Self {
            now: Default::default(),
            peak: AtomicU64::default(),
            refused: AtomicU64::default(),
            census: Mutex::new(Census::new(opened)),
            opened,
            cache_asked: AtomicU64::default(),
        }
    }
}

impl Attendance {
    /// Counts one listener until the presence is dropped.
    #[must_use]
    pub fn join(self: &Arc<Self>, tier: Tier) -> Presence {
        self.now[tier as usize].fetch_add(1, Relaxed);
        self.peak.fetch_max(Tier::ALL.into_iter().map(|t| self.of(t)).sum(), Relaxed);
        Presence { attendance: self.clone(), tier }
    }

    /// Listeners of one tier who are seen now, without those whom a cache hides.
    #[must_use]
    pub fn of(&self, tier: Tier) -> u64 {
        self.now[tier as usize].load(Relaxed)
    }

    /// Everybody, seen and estimated. It costs a walk over the reports: for once a second, not for every request.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let now = Instant::now();
        let sampled = self.census().sampled(now);
        let asked = self.cache_asked.load(Relaxed);
        let since = (now - self.opened).saturating_sub(Duration::from_millis(asked));
        let mut counts = Counts {
            seen: Tier::ALL.map(|t| self.of(t)),
            sampled,
            behind_cache: asked > 0 && since < CACHE_LASTS,
            refused: self.refused(),
            peak: 0,
        };
        let listening = counts.listening();
        counts.peak = self.peak.fetch_max(listening, Relaxed).max(listening);
        counts
    }

    /// A page that plays through a cache says that it is here, or that it goes. `source` stands for its address.
    pub fn hear(&self, heartbeat: Heartbeat, source: u64) -> Heard {
        self.census().hear(heartbeat, source, Instant::now())
    }

    /// The rate at which such pages are asked to report.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        self.census().sampling(Instant::now())
    }

    /// Sound was asked for by a cache: its players are not seen.
    pub fn cache_asked(&self) {
        self.cache_asked.store(self.opened.elapsed().as_millis() as u64 + 1, Relaxed);
    }

    fn census(&self) -> std::sync::MutexGuard<'_, Census> {
        self.census.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most there ever were at once.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak.load(Relaxed)
    }

    /// Counts a refusal.
    pub fn refuse(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// How many were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }
}

/// One listener, as long as it lives.
#[derive(Debug)]
pub struct Presence {
    attendance: Arc<Attendance>,
    tier: Tier,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.attendance.now[self.tier as usize].fetch_sub(1, Relaxed);
    }
}
