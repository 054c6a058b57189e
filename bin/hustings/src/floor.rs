//! The floors of the conversations that are open here, beside the stage and not on its path.
//!
//! A listener's act takes one lock of one floor for a moment and is answered. Once a second each floor says what the audience
//! is told, which goes down the same way as the stage's events, with the media time of that second; and what changed goes to
//! the records in one transaction for all conversations. A database that stands still costs memory, up to a limit, and
//! nothing else. A conversation's floor is taken up from the records when its doors are seen to be open.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use hustings_floor::{By, Change, Command, Floor as Core, Told};
use hustings_link::floor::{Floor, FloorError};
use hustings_link::hall::{Hall, Halls};
use hustings_store::Store;
use hustings_vocab::event::Event;
use hustings_vocab::floor::FloorNow;
use hustings_vocab::{MediaTime, SAMPLE_RATE, Slug, limits};

use crate::hub::Hub;
use crate::times::now_ms;

/// How often the audience is told, and records are written.
const TELL: Duration = Duration::from_secs(1);
/// How often it is looked whether doors have opened: of those, every so many tell.
const LOOKS_PER_TELL: u32 = 5;

/// The floors.
pub(crate) struct Floors {
    halls: Arc<Halls>,
    hub: Arc<Hub>,
    store: Store,
    open: RwLock<HashMap<Slug, Arc<Mutex<Core>>>>,
    /// What is not written down yet, oldest first.
    waiting: Mutex<VecDeque<(Slug, Change)>>,
}

impl Floors {
    pub(crate) fn new(halls: Arc<Halls>, hub: Arc<Hub>, store: Store) -> Arc<Self> {
        Arc::new(Self { halls, hub, store, open: RwLock::default(), waiting: Mutex::default() })
    }

    /// Opens floors, tells the audience and closes floors, as time passes.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut look = tokio::time::interval(TELL / LOOKS_PER_TELL);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for n in 0u32.. {
            look.tick().await;
            let halls = self.halls.all();
            for hall in &halls {
                if !hall.has_ended() && !self.read().contains_key(&hall.slug) {
                    self.take_up(&hall.slug).await;
                }
            }
            if n.is_multiple_of(LOOKS_PER_TELL) {
                halls.iter().for_each(|hall| self.tell(hall));
            }
            let over = |slug: &Slug| halls.iter().all(|hall| hall.slug != *slug || hall.has_ended());
            self.write().retain(|slug, _| !over(slug));
        }
    }

    /// Writes down what changed, once a second.
    pub(crate) async fn write_down(self: Arc<Self>) {
        let mut tick = tokio::time::interval(TELL);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.flush().await;
        }
    }

    /// Tells and writes down what is left: for the end.
    pub(crate) async fn finish(&self) {
        self.halls.all().iter().for_each(|hall| self.tell(hall));
        self.flush().await;
    }

    async fn flush(&self) {
        let batch: Vec<_> = self.waiting().iter().cloned().collect();
        if batch.is_empty() {
            return;
        }
        match self.store.write_floors(&batch).await {
            // More may have come, behind these; some of these may have been given up meanwhile, which are written now.
            Ok(()) => {
                let mut waiting = self.waiting();
                let written = batch.len().min(waiting.len());
                waiting.drain(..written);
            }
            Err(error) => tracing::error!(%error, "what the audience said was not written down; it is tried again"),
        }
    }

    async fn take_up(&self, slug: &Slug) {
        match self.store.floor(slug).await {
            Ok(kept) => {
                let floor = Arc::new(Mutex::new(Core::take_up(kept)));
                self.write().entry(slug.clone()).or_insert(floor);
            }
            Err(error) => tracing::error!(%slug, %error, "a floor cannot be taken up; it is tried again"),
        }
    }

    fn tell(&self, hall: &Hall) {
        let Some(floor) = self.find(&hall.slug) else { return };
        let now = now_ms();
        let Told { events, changes } = lock(&floor).tell(now);
        let t = MediaTime(now.saturating_sub(hall.epoch_ms) * u64::from(SAMPLE_RATE) / 1000);
        for what in events {
            self.hub.announce(&hall.slug, Event { t, what });
        }
        self.keep(&hall.slug, changes);
    }

    fn keep(&self, slug: &Slug, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut waiting = self.waiting();
        waiting.extend(changes.into_iter().filter(|c| !matches!(c, Change::Offered(_))).map(|c| (slug.clone(), c)));
        let over = waiting.len().saturating_sub(limits::FLOOR_CHANGES_MAX);
        if over > 0 {
            tracing::error!(over, "the records are so slow that the oldest of what the audience said is given up");
            waiting.drain(..over);
        }
    }

    fn find(&self, slug: &Slug) -> Option<Arc<Mutex<Core>>> {
        self.read().get(slug).cloned()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(Slug, Change)>> {
        lock(&self.waiting)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<Slug, Arc<Mutex<Core>>>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<Slug, Arc<Mutex<Core>>>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Floor for Floors {
    fn act(&self, slug: &Slug, by: &By, command: Command) -> Result<Option<u64>, FloorError> {
        let floor = self.find(slug).ok_or_else(|| FloorError::NotOpen(slug.clone()))?;
        let changes = lock(&floor).handle(by, command, now_ms(), rand::random())?;
        let id = changes.iter().find_map(Change::id);
        self.keep(slug, changes);
        Ok(id)
    }

    fn now(&self, slug: &Slug, runs: bool) -> Result<(FloorNow, Vec<String>), FloorError> {
        let floor = self.find(slug).ok_or_else(|| FloorError::NotOpen(slug.clone()))?;
        let floor = lock(&floor);
        Ok((floor.now(runs, limits::CHAT_LINES_KEPT_MAX), floor.words().to_vec()))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
