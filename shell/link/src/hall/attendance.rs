//! Attendance: who receives sound now, by tier. Counted where it is known, by holding a [`Presence`], and beside it what
//! the stage says of all processes together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::Counts;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// What the stage was told last of this process.
    told: Mutex<Counts>,
    /// What the stage said last of all processes.
    whole: Mutex<Option<Counts>>,
}

impl Default for Attendance {
    fn default() -> Self {
        Self {
            now: Default::default(),
            peak: AtomicU64::default(),
            refused: AtomicU64::default(),
            told: Mutex::new(Counts::NONE),
            whole: Mutex::default(),
        }
    }
}

impl Attendance {
    /// Counts one listener until the presence is dropped.
    #[must_use]
    pub fn join(self: &Arc<Self>, tier: Tier) -> Presence {
        self.now[tier as usize].fetch_add(1, Relaxed);
        self.peak.fetch_max(self.listening(), Relaxed);
        Presence { attendance: self.clone(), tier }
    }

    /// Listeners of one tier now.
    #[must_use]
    pub fn of(&self, tier: Tier) -> u64 {
        self.now[tier as usize].load(Relaxed)
    }

    /// Listeners now.
    #[must_use]
    pub fn listening(&self) -> u64 {
        Tier::ALL.into_iter().map(|t| self.of(t)).sum()
    }

    /// The most there ever were at once.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak.load(Relaxed)
    }

    /// What is counted in this process.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { seen: Tier::ALL.map(|tier| self.of(tier)), refused: self.refused(), peak: self.peak() }
    }

    /// The counts over all processes, as the stage said last; until then those of this one.
    #[must_use]
    pub fn whole(&self) -> Counts {
        let whole = *self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        whole.unwrap_or_else(|| self.counts())
    }

    pub(super) fn set_whole(&self, counts: Counts) {
        *self.whole.lock().unwrap_or_else(PoisonError::into_inner) = Some(counts);
    }

    /// Tells the stage what is counted here, if it differs from what it was told last and `tell` succeeds.
    pub(super) fn tell(&self, tell: impl FnOnce(Counts) -> bool) {
        let (mut told, now) = (self.told.lock().unwrap_or_else(PoisonError::into_inner), self.counts());
        if *told != now && tell(now) {
            *told = now;
        }
    }

    /// The stage knows nothing of this process any more.
    pub(super) fn forget_told(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Counts::NONE;
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
