//! Halls: what the audience plane keeps of each open conversation.
//!
//! One writer ([`Halls::apply`], fed by the link) and any number of readers. A listener is a cursor into a [`Shelf`]; it
//! costs no copy and no encode. Who takes sound holds an [`Interest`] in its rendition, so that what nobody hears is not
//! encoded, and a [`Presence`], so that it is counted. Both end by being dropped.

mod attendance;
mod counts;
mod events;
mod shelf;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use hustings_fan::Flowing;
use hustings_vocab::event::{Count, Event, What};
use hustings_vocab::{Codec, Phase, Rendition, SAMPLE_RATE, Slug};
use tokio::sync::{broadcast, mpsc};

pub use attendance::{Attendance, Presence, Tier};
pub use counts::Counts;
pub use events::{EventFetch, EventShelf, SentEvent};
pub use shelf::{Bell, Flow, Interest, Progress, Shelf};

use crate::down::{Down, OpusFrame};
use crate::up::Up;

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
    shelves: [Arc<Shelf>; Rendition::ALL.len()],
    frames: [broadcast::Sender<OpusFrame>; Rendition::ALL.len()],
    /// What the stage was told last of whether they are wanted.
    frames_wanted: [Mutex<bool>; Rendition::ALL.len()],
    up: mpsc::Sender<Up>,
}

impl Hall {
    fn new(slug: Slug, title: String, epoch_ms: u64, discontinuities: u32, up: &mpsc::Sender<Up>) -> Self {
        let shelf = |r| Arc::new(Shelf::new(slug.clone(), r, discontinuities, up.clone()));
        Self {
            events: EventShelf::new(&title, epoch_ms),
            attendance: Arc::default(),
            shelves: Rendition::ALL.map(shelf),
            frames: Rendition::ALL.map(|_| broadcast::channel(FRAMES_BEHIND_MAX).0),
            frames_wanted: Default::default(),
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
    open: RwLock<HashMap<Slug, Arc<Hall>>>,
    up: mpsc::Sender<Up>,
}

impl Halls {
    /// No halls yet. Wishes and counts go to `up`; when it is full they are sent again at the next [`Halls::sweep`].
    #[must_use]
    pub fn new(up: mpsc::Sender<Up>) -> Self {
        Self { open: RwLock::default(), up }
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

    /// Takes in one message from the stage plane.
    pub fn apply(&self, down: Down) {
        match down {
            Down::Opened { slug, title, epoch_ms, discontinuities } => {
                let hall = Arc::new(Hall::new(slug.clone(), title, epoch_ms, discontinuities, &self.up));
                if let Some(old) = self.write().insert(slug, hall) {
                    old.close();
                }
            }
            Down::Part { slug, rendition, part } => {
                if let Some(hall) = self.find(&slug) {
                    hall.shelf(rendition).push(part);
                }
            }
            Down::Frame { slug, rendition, frame } => {
                if let Some(hall) = self.find(&slug) {
                    // Nobody listening is not an error.
                    let _ = hall.frames[rendition.index()].send(frame);
                }
            }
            Down::Event { slug, event } => {
                if let Some(hall) = self.find(&slug) {
                    hall.events.push(&event);
                }
            }
            Down::Closed { slug } => {
                if let Some(hall) = self.find(&slug) {
                    hall.close();
                }
            }
        }
    }

    /// Once a second: cools what nobody wants any more, tells the stage and the audience how many listen.
    pub fn sweep(&self) {
        for hall in self.all() {
            for shelf in &hall.shelves {
                shelf.cool();
            }
            Rendition::ALL.into_iter().for_each(|rendition| hall.tell_frames(rendition));
            let counts = hall.attendance.counts();
            let (listening, (low, high)) = (counts.listening(), counts.interval());
            let count = if low == high { Count::exactly(listening) } else { Count::about(listening, low, high) };
            if let Some(t) = hall.events.count_changed(count) {
                hall.events.push(&Event { t, what: What::Count(count) });
                let _ = self.up.try_send(Up::Listening(hall.slug.clone(), listening));
            }
        }
        self.write().retain(|_, hall| !hall.events.ended_a_minute_ago());
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
}
