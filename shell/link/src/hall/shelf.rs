//! The shelf of one rendition: its window behind a lock that is held for a copy of a pointer, and a version to wait on.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use hustings_fan::Warmth;
use hustings_pack::{Fetch, Part, Window};
use hustings_vocab::{Rendition, SAMPLE_RATE, SEGMENT_SAMPLES, Slug, limits};
use tokio::sync::{mpsc, watch};

use super::bells::{Bell, Bells};
use crate::up::Up;

/// Parts on a shelf: [`limits::SHELF_SECONDS`] in whole segments of ten.
const PARTS_MAX: usize = (limits::SHELF_SECONDS * SAMPLE_RATE as u64 / SEGMENT_SAMPLES * 10) as usize;

/// How far a shelf has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The number of the part that comes next; `None` while nothing was published.
    pub next: Option<u64>,
    /// No part will follow.
    pub ended: bool,
}

/// How parts have been coming. Parts come every 200 ms or so; a pause means that the rendition was cold.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// When the first part came after the last pause of [`Flow::PAUSE`] or more.
    pub since: Instant,
    /// When the last part came.
    pub last: Instant,
}

impl Flow {
    /// What lies longer without a successor is no longer the live edge.
    pub const PAUSE: Duration = Warmth::PAUSE;
}

/// Where a rendition is published.
#[derive(Debug)]
pub struct Shelf {
    slug: Slug,
    rendition: Rendition,
    window: RwLock<Window>,
    progress: watch::Sender<Progress>,
    readers: AtomicU64,
    wanted: Mutex<Wanted>,
    flow: Mutex<Option<Flow>>,
    bells: Bells,
    up: mpsc::Sender<Up>,
}

/// Whether the stage was asked to encode this rendition, and when somebody last needed it.
#[derive(Debug)]
struct Wanted {
    asked: bool,
    last: Option<Instant>,
}

impl Shelf {
    pub(super) fn new(slug: Slug, rendition: Rendition, discontinuities: u32, up: mpsc::Sender<Up>) -> Self {
        Self {
            slug,
            rendition,
            window: RwLock::new(Window::new(PARTS_MAX, discontinuities)),
            progress: watch::Sender::new(Progress::default()),
            readers: AtomicU64::new(0),
            wanted: Mutex::new(Wanted { asked: false, last: None }),
            flow: Mutex::new(None),
            bells: Bells::default(),
            up,
        }
    }

    /// The rendition it holds.
    #[must_use]
    pub const fn rendition(&self) -> Rendition {
        self.rendition
    }

    /// The part of that number.
    #[must_use]
    pub fn part(&self, number: u64) -> Fetch {
        self.look(|w| w.part(number))
    }

    /// Reads the window. Keep it short: the writer waits.
    pub fn look<T>(&self, read: impl FnOnce(&Window) -> T) -> T {
        read(&self.window.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How far it has come, to wait on. A waiter that sees a new value may fetch again.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Rings a bell whenever there is something new, as long as the bell is there: one ring for any number of readers.
    pub fn hang(&self, bell: &Arc<dyn Bell>) {
        self.bells.hang(bell);
    }

    /// Parts that it holds at most.
    #[must_use]
    pub const fn parts_max() -> usize {
        PARTS_MAX
    }

    /// Keeps the rendition hot as long as the interest lives (a stream, a WebRTC listener).
    #[must_use]
    pub fn interest(self: &Arc<Self>) -> Interest {
        self.readers.fetch_add(1, Relaxed);
        self.touch();
        Interest(self.clone())
    }

    /// Keeps the rendition hot for a while (a playlist or part was asked for).
    pub fn touch(&self) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.last = Some(Instant::now());
        if !wanted.asked {
            wanted.asked = self.up.try_send(Up::Want(self.slug.clone(), self.rendition)).is_ok();
        }
    }

    /// Whether the stage encodes it.
    #[must_use]
    pub fn is_hot(&self) -> bool {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).asked
    }

    pub(super) fn cool(&self) {
        if self.readers.load(Relaxed) > 0 {
            return self.touch();
        }
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let cooled = Duration::from_secs(limits::RENDITION_COOLING_SECONDS);
        if wanted.asked && wanted.last.is_none_or(|last| last.elapsed() > cooled) {
            wanted.asked = self.up.try_send(Up::Release(self.slug.clone(), self.rendition)).is_err();
        }
    }

    /// How parts have been coming; `None` if none came yet. What is on the shelf before a pause ends is stale.
    #[must_use]
    pub fn flow(&self) -> Option<Flow> {
        *self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stage has forgotten what it was asked for: it is asked again, if somebody still needs it.
    pub(super) fn ask_again(&self) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = std::mem::take(&mut wanted.asked) || self.readers.load(Relaxed) > 0;
        drop(wanted);
        if needed {
            self.touch();
        }
    }

    pub(super) fn follow(&self, discontinuities: u32, began_anew: bool) {
        self.window.write().unwrap_or_else(PoisonError::into_inner).follow(discontinuities, began_anew);
    }

    /// Publishes a part, and says whether it was new.
    pub(super) fn push(&self, part: Arc<Part>) -> bool {
        let now = Instant::now();
        let mut flow = self.flow.lock().unwrap_or_else(PoisonError::into_inner);
        let since = flow.filter(|f| now.duration_since(f.last) < Flow::PAUSE).map_or(now, |f| f.since);
        *flow = Some(Flow { since, last: now });
        drop(flow);
        self.write(|w| {
            let before = w.next();
            w.push(part);
            w.next() != before
        })
    }

    pub(super) fn end(&self) {
        self.write(Window::end);
    }

    fn write<T>(&self, change: impl FnOnce(&mut Window) -> T) -> T {
        let mut window = self.window.write().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut window);
        let now = Progress { next: window.next(), ended: window.ended() };
        drop(window);
        self.progress.send_replace(now);
        self.bells.ring();
        changed
    }
}

/// Keeps a rendition hot; see [`Shelf::interest`].
#[derive(Debug)]
pub struct Interest(Arc<Shelf>);

impl Interest {
    /// The shelf.
    #[must_use]
    pub const fn shelf(&self) -> &Arc<Shelf> {
        &self.0
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Relaxed);
    }
}
