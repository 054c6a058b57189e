//! Halls: what the audience plane keeps of each open conversation.
//!
//! One writer ([`Halls::apply`], fed by the link) and any number of readers. A listener is a cursor into a [`Shelf`]; it
//! costs no copy and no encode. Who takes sound holds an [`Interest`] in its rendition, so that what nobody hears is not
//! encoded, and a [`Presence`], so that it is counted. Both end by being dropped.

mod attendance;
mod bells;
mod counts;
mod dwell;
mod events;
mod named;
mod playlists;
mod roll;
mod shelf;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use hustings_census::{Heard, Heartbeat};
use hustings_fan::Flowing;
use hustings_hls::Document;
use hustings_pack::request::Extent;
use hustings_vocab::event::{Count, Event, News, What};
use hustings_vocab::{Codec, Phase, Rendition, SAMPLE_RATE, Slug};
use tokio::sync::{broadcast, mpsc};

pub use attendance::{Attendance, Presence, Tier, stayed};
pub use bells::Bell;
pub use counts::Counts;
pub use dwell::DWELL;
pub use events::{EventFetch, EventShelf, SentEvent};
pub use roll::Roll;
pub use shelf::{Flow, Interest, Progress, Shelf};

use crate::down::{Down, OpusFrame};
use crate::entrance::Entrance;
use crate::up::Up;
use playlists::Playlists;

/// Frames that a WebRTC listener may fall behind before it skips: 0.64 s.
const FRAMES_BEHIND_MAX: usize = 32;

/// One open conversation, as the audience plane knows it.
#[derive(Debug)]
pub struct Hall {
    /// Its name.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Wall-clock time of media time 0 in milliseconds since 1970.
    pub epoch_ms: u64,
    /// Events, ready to be sent.
    pub events: EventShelf,
    /// Who is here.
    pub attendance: Arc<Attendance>,
    /// Who may come in.
    pub entrance: Arc<Entrance>,
    discontinuities: u32,
    shelves: [Arc<Shelf>; Rendition::ALL.len()],
    playlists: Playlists,
    frames: [broadcast::Sender<OpusFrame>; Rendition::ALL.len()],
    /// Told when there is a frame.
    frame_bells: [Mutex<Vec<Weak<dyn Bell>>>; Rendition::ALL.len()],
    /// What the stage was told last of whether they are wanted.
    frames_wanted: [Mutex<bool>; Rendition::ALL.len()],
    up: mpsc::Sender<Up>,
}

impl Hall {
    fn new(slug: Slug, title: String, epoch_ms: u64, discontinuities: u32, halls: &Halls) -> Self {
        let up = &halls.up;
        let shelf = |r| Arc::new(Shelf::new(slug.clone(), r, discontinuities, up.clone()));
        Self {
            events: EventShelf::new(&title, epoch_ms),
            attendance: Arc::default(),
            entrance: halls.entrance.clone(),
            shelves: Rendition::ALL.map(shelf),
            playlists: Playlists::default(),
            frames: Rendition::ALL.map(|_| broadcast::channel(FRAMES_BEHIND_MAX).0),
            frame_bells: Default::default(),
            frames_wanted: Default::default(),
            discontinuities,
            up: up.clone(),
            slug,
            title,
            epoch_ms,
        }
    }

    /// The shelf of a rendition.
    #[must_use]
    pub fn shelf(&self, rendition: Rendition) -> &Arc<Shelf> {
        &self.shelves[rendition.index()]
    }

    /// The media playlist of a rendition as it stands, beside the `offered` ones; `None` while there is no whole segment.
    #[must_use]
    pub fn playlist(&self, rendition: Rendition, extent: Extent, offered: &[Rendition]) -> Option<Arc<Document>> {
        self.playlists.of(self.shelf(rendition), extent, offered, self.epoch_ms)
    }

    /// Seconds since its media time began, at `now_s` since 1970.
    #[must_use]
    pub const fn elapsed_s(&self, now_s: u64) -> u64 {
        now_s.saturating_sub(self.epoch_ms / 1000)
    }

    /// Whether what is on one of its shelves is the live edge.
    #[must_use]
    pub fn flowing(&self, shelf: &Shelf) -> Flowing {
        let (edge, ended) =
            shelf.look(|w| (w.parts().back().map_or(0, |p| p.start.0 + u64::from(p.samples)), w.ended()));
        let edge_ms = self.epoch_ms + edge * 1000 / u64::from(SAMPLE_RATE);
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
        Flowing {
            since_and_last: shelf.flow().map(|f| (f.since, f.last)),
            of_now: now_ms.abs_diff(edge_ms) < 1000,
            ended,
        }
    }

    /// Frames of an Opus rendition from now on, for WebRTC. Hold an [`Interest`] in its shelf as long as they are read.
    #[must_use]
    pub fn frames(&self, rendition: Rendition) -> broadcast::Receiver<OpusFrame> {
        debug_assert_eq!(rendition.codec(), Codec::Opus, "only Opus is sent frame by frame");
        let frames = self.frames[rendition.index()].subscribe();
        self.tell_frames(rendition);
        frames
    }

    /// Rings a bell whenever there is a frame of a rendition, as long as the bell is there: for threads that read frames
    /// beside other things.
    pub fn hang_for_frames(&self, rendition: Rendition, bell: &Arc<dyn Bell>) {
        let mut bells = self.frame_bells[rendition.index()].lock().unwrap_or_else(PoisonError::into_inner);
        bells.push(Arc::downgrade(bell));
    }

    fn push_frame(&self, rendition: Rendition, frame: OpusFrame) {
        // Nobody listening is not an error.
        let _ = self.frames[rendition.index()].send(frame);
        let mut bells = self.frame_bells[rendition.index()].lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| bell.upgrade().inspect(|bell| bell.ring()).is_some());
    }

    /// Tells the stage when the first has come who reads frames, or the last has gone. What its queue does not take is told
    /// at the next [`Halls::sweep`].
    fn tell_frames(&self, rendition: Rendition) {
        // Held until it is sent, so that what is told last is what was seen last.
        let mut told = self.frames_wanted[rendition.index()].lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.frames[rendition.index()].receiver_count() > 0;
        if *told != wanted && self.up.try_send(Up::Frames(self.slug.clone(), rendition, wanted)).is_ok() {
            *told = wanted;
        }
    }

    /// How often its media was lost, as it was when it opened here.
    #[must_use]
    pub const fn discontinuities(&self) -> u32 {
        self.discontinuities
    }

    /// Whether its conversation has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.events.has_ended()
    }

    /// The event that says how many listen, if it is not what was said last.
    #[must_use]
    pub fn count_to_announce(&self) -> Option<Event> {
        let counts = self.attendance.whole();
        let (listening, (low, high)) = (counts.listening(), counts.interval());
        let count = if low == high { Count::exactly(listening) } else { Count::about(listening, low, high) };
        let count = count.spread_over(self.entrance.spread_s());
        let t = self.events.count_changed(count)?;
        Some(Event { t, what: What::Count(count) })
    }

    /// A page that plays through a cache says that it is here, or that it goes. The stage is told, which reckons them all
    /// together; here one address is kept from saying it too often. What its queue does not take is said again by the page.
    pub fn hear(&self, heartbeat: Heartbeat, site: IpAddr) -> Heard {
        let heard = self.attendance.hear(heartbeat, site);
        if heard == Heard::Counted {
            let _ = self.up.try_send(Up::Here(self.slug.clone(), heartbeat, site));
        }
        heard
    }

    fn close(&self) {
        for shelf in &self.shelves {
            shelf.end();
        }
        self.events.end();
    }
}

/// Every open conversation of this process's audience plane.
#[derive(Debug)]
pub struct Halls {
    /// Who listens by HLS.
    pub roll: Roll,
    /// Who may come in.
    pub entrance: Arc<Entrance>,
    open: RwLock<HashMap<Slug, Arc<Hall>>>,
    up: mpsc::Sender<Up>,
    /// When the counts of audiences were true, in milliseconds since 1970; 0 if none were told.
    as_of_ms: AtomicU64,
}

impl Halls {
    /// No halls yet. Wishes and counts go to `up`; when it is full they are sent again at the next [`Halls::sweep`].
    #[must_use]
    pub fn new(up: mpsc::Sender<Up>) -> Self {
        Self {
            roll: Roll::default(),
            entrance: Arc::default(),
            open: RwLock::default(),
            up,
            as_of_ms: AtomicU64::new(0),
        }
    }

    /// The hall of an open conversation. A conversation that has just ended stays for a minute, so that its last bytes
    /// can be fetched.
    #[must_use]
    pub fn find(&self, slug: &Slug) -> Option<Arc<Hall>> {
        self.read().get(slug).cloned()
    }

    /// Every hall.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Hall>> {
        self.read().values().cloned().collect()
    }

    /// When what [`Attendance::whole`] says was true, in milliseconds since 1970; `None` if the stage has said nothing yet.
    #[must_use]
    pub fn as_of_ms(&self) -> Option<u64> {
        Some(self.as_of_ms.load(Relaxed)).filter(|ms| *ms > 0)
    }

    /// Takes in one message from the stage plane. Says whether it brought anything new: a part that overlaps what is on
    /// the shelf does not.
    pub fn apply(&self, down: Down) -> bool {
        match down {
            Down::Open { slugs } => {
                self.all().iter().filter(|hall| !slugs.contains(&hall.slug)).for_each(|hall| hall.close());
            }
            Down::Opened { slug, title, epoch_ms, discontinuities } => {
                // A link that begins anew names what is open already.
                if self.find(&slug).is_some_and(|hall| hall.epoch_ms == epoch_ms && !hall.has_ended()) {
                    return false;
                }
                let hall = Arc::new(Hall::new(slug.clone(), title, epoch_ms, discontinuities, self));
                if let Some(old) = self.write().insert(slug, hall) {
                    old.close();
                }
            }
            Down::Window { slug, rendition, discontinuities, began_anew } => {
                if let Some(hall) = self.find(&slug) {
                    hall.shelf(rendition).follow(discontinuities, began_anew);
                }
            }
            Down::Part { slug, rendition, part } => {
                return self.find(&slug).is_some_and(|hall| hall.shelf(rendition).push(part));
            }
            Down::Frame { slug, rendition, frame } => {
                if let Some(hall) = self.find(&slug) {
                    hall.push_frame(rendition, frame);
                }
            }
            Down::Event { slug, event } => {
                if let Some(hall) = self.find(&slug) {
                    hall.events.push(&event);
                }
            }
            Down::Audience { slug, counts } => {
                if let Some(hall) = self.find(&slug) {
                    hall.attendance.set_whole(counts);
                }
            }
            Down::AsOf { ms } => self.as_of_ms.store(ms, Relaxed),
            Down::Closed { slug } => {
                if let Some(hall) = self.find(&slug) {
                    hall.close();
                }
            }
        }
        true
    }

    /// A few times a second: tells the stage how many listen.
    pub fn count(&self) {
        for hall in self.all() {
            let slug = || hall.slug.clone();
            hall.attendance.tell_names(|news| self.up.try_send(Up::Named(slug(), news)).is_ok());
            hall.attendance.tell_seats(|news| self.up.try_send(Up::Seats(slug(), news)).is_ok());
            hall.attendance.tell(|counts| self.up.try_send(Up::Listening(slug(), counts)).is_ok());
        }
    }

    /// Once a second: cools what nobody wants any more, and forgets what is over.
    pub fn sweep(&self) {
        for hall in self.all() {
            for shelf in &hall.shelves {
                shelf.cool();
            }
            Rendition::ALL.into_iter().for_each(|rendition| hall.tell_frames(rendition));
        }
        self.write().retain(|slug, hall| {
            let over = hall.events.ended_a_minute_ago();
            if over {
                self.entrance.seal(slug, false);
            }
            !over
        });
    }

    /// The stage knows nothing of what it was told: it is told again.
    pub fn tell_again(&self) {
        for hall in self.all() {
            hall.attendance.forget_told();
            for shelf in &hall.shelves {
                shelf.ask_again();
                *hall.frames_wanted[shelf.rendition().index()].lock().unwrap_or_else(PoisonError::into_inner) = false;
                hall.tell_frames(shelf.rendition());
            }
        }
        self.count();
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<Slug, Arc<Hall>>> {
        self.open.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<Slug, Arc<Hall>>> {
        self.open.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The phase that a hall's listeners are in, from its last snapshot.
impl Hall {
    /// The phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.events.phase()
    }

    /// What was announced of its start.
    #[must_use]
    pub fn news(&self) -> News {
        self.events.news()
    }
}
