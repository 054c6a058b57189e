//! Attendance: who receives sound now, by tier. Counted where it is known, by holding a [`Presence`]; estimated from
//! reports, by a [`Census`], where a cache stands between; and beside it what the stage says of all processes together.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hustings_census::{Census, EVERY, Heard, Heartbeat};

use super::Counts;
use super::dwell::Dwell;
use super::named::{self, Named};
use crate::sources::source_of;

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
    arrived: AtomicU64,
    named: Named,
    /// Seats by which somebody hears.
    seats: Named,
    /// What pages report to this process.
    census: Mutex<Census>,
    opened: Instant,
    /// Milliseconds after `opened` at which a cache asked for something last, plus one; 0 before the first.
    cache_asked: AtomicU64,
    /// What the stage was told last of this process.
    told: Mutex<Counts>,
    /// What the stage said last of all processes.
    whole: Mutex<Option<Counts>>,
}

/// Those who have just come, of all conversations of this process.
static STAYING: LazyLock<Dwell> = LazyLock::new(Dwell::default);

impl Default for Attendance {
    fn default() -> Self {
        let opened = Instant::now();
        Self {
            now: Default::default(),
            peak: AtomicU64::default(),
            refused: AtomicU64::default(),
            arrived: AtomicU64::default(),
            named: Named::default(),
            seats: Named::default(),
            census: Mutex::new(Census::new(opened)),
            opened,
            cache_asked: AtomicU64::default(),
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
        self.arrived.fetch_add(1, Relaxed);
        self.peak.fetch_max(self.listening(), Relaxed);
        let here = STAYING.come(Instant::now());
        Presence { attendance: self.clone(), tier, name: None, seat: None, _here: here }
    }

    /// Counts a listener that names itself: over all processes it is one, however many of them it reaches.
    #[must_use]
    pub fn join_named(self: &Arc<Self>, tier: Tier, name: &str) -> Presence {
        let name = named::number(name);
        self.named.join(name);
        let mut presence = self.join(tier);
        presence.name = Some(name);
        presence
    }

    /// Listeners of one tier who are seen now, without those whom a cache hides.
    #[must_use]
    pub fn of(&self, tier: Tier) -> u64 {
        self.now[tier as usize].load(Relaxed)
    }

    /// Listeners who are seen now.
    #[must_use]
    pub fn listening(&self) -> u64 {
        Tier::ALL.into_iter().map(|t| self.of(t)).sum()
    }

    /// The most there ever were at once.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak.load(Relaxed)
    }

    /// What is counted in this process, without the reports, which the stage puts together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let asked = Duration::from_millis(self.cache_asked.load(Relaxed));
        Counts {
            seen: Tier::ALL.map(|tier| self.of(tier)),
            behind_cache: !asked.is_zero() && self.opened.elapsed().saturating_sub(asked) < CACHE_LASTS,
            refused: self.refused(),
            peak: self.peak(),
            arrived: self.arrived.load(Relaxed),
            ..Counts::NONE
        }
    }

    /// A page says that it is here, or that it goes.
    pub(super) fn hear(&self, heartbeat: Heartbeat, site: IpAddr) -> Heard {
        lock(&self.census).hear(heartbeat, source_of(site), Instant::now())
    }

    /// Sound was asked for by a cache: its players are not seen.
    pub fn cache_asked(&self, now: Instant) {
        self.cache_asked.store(now.saturating_duration_since(self.opened).as_millis() as u64 + 1, Relaxed);
    }

    /// The counts over all processes, as the stage said last; until then those of this one.
    #[must_use]
    pub fn whole(&self) -> Counts {
        let whole = *lock(&self.whole);
        whole.unwrap_or_else(|| {
            let sampled = lock(&self.census).sampled(Instant::now());
            let alone = Counts { sampled, ..self.counts() };
            Counts { peak: self.peak.fetch_max(alone.listening(), Relaxed).max(alone.listening()), ..alone }
        })
    }

    pub(super) fn set_whole(&self, counts: Counts) {
        *lock(&self.whole) = Some(counts);
    }

    /// Tells the stage what is counted here, if it differs from what it was told last and `tell` succeeds.
    pub(super) fn tell(&self, tell: impl FnOnce(Counts) -> bool) {
        let (mut told, now) = (lock(&self.told), self.counts());
        if *told != now && tell(now) {
            *told = now;
        }
    }

    /// Tells the stage who of those that name themselves has come and gone.
    pub(super) fn tell_names(&self, tell: impl FnMut(Vec<(u64, bool)>) -> bool) {
        self.named.tell(tell);
    }

    /// Tells the stage on which seats somebody sits and on which not any more.
    pub(super) fn tell_seats(&self, tell: impl FnMut(Vec<(u64, bool)>) -> bool) {
        self.seats.tell(tell);
    }

    /// A seat whose holder comes and goes unseen, as players of HLS do: it is kept from now on.
    pub fn touch_seat(&self, seat: u64) {
        self.seats.touch(seat);
    }

    /// The stage knows nothing of this process any more.
    pub(super) fn forget_told(&self) {
        self.named.forget_told();
        self.seats.forget_told();
        *lock(&self.told) = Counts::NONE;
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One listener, as long as it lives.
#[derive(Debug)]
pub struct Presence {
    attendance: Arc<Attendance>,
    tier: Tier,
    name: Option<u64>,
    seat: Option<u64>,
    _here: Arc<()>,
}

/// Listeners of this process who came [`super::DWELL`] ago or earlier, since it began, and those of them who had stayed so long.
#[must_use]
pub fn stayed() -> (u64, u64) {
    STAYING.stayed(Instant::now())
}

impl Presence {
    /// The same listener, who sits on this seat.
    #[must_use]
    pub fn on(mut self, seat: Option<u64>) -> Self {
        if let Some(seat) = seat.filter(|_| self.seat.is_none()) {
            self.attendance.seats.join(seat);
            self.seat = Some(seat);
        }
        self
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.attendance.now[self.tier as usize].fetch_sub(1, Relaxed);
        if let Some(name) = self.name {
            self.attendance.named.leave(name);
        }
        if let Some(seat) = self.seat {
            self.attendance.seats.leave(seat);
        }
    }
}
