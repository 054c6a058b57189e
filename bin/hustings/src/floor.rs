//! The floors of the conversations that are open here, beside the stage and not on its path.
//!
//! A listener's act takes one lock of one floor for a moment and is answered. Once a second each floor says what the audience
//! is told, which goes down the same way as the stage's events, with the media time of that second. What changed goes to the records
//! in one transaction for all conversations, some hundredths of a second after the first of it, and whoever did it is answered then. A
//! database that stands still costs memory, up to a limit, and answers that say so. A conversation's floor is taken up from the records when its doors are seen to be open.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use hustings_floor::{By, Change, Command, Ease, Floor as Core, Told};
use hustings_gate::Stage;
use hustings_link::floor::{Done, Floor, FloorError, Writing};
use hustings_link::hall::{Hall, Halls};
use hustings_store::Store;
use hustings_vocab::event::Event;
use hustings_vocab::floor::FloorNow;
use hustings_vocab::{MediaTime, Slug, limits};

use tokio::sync::{Notify, watch};

use crate::gatehouse::Gatehouse;
use crate::hub::Hub;
use crate::times::now_ms;

/// How often the audience is told.
const TELL: Duration = Duration::from_secs(1);
/// What came within so long is written down together: nobody feels it, and 25 transactions a second cost the same whoever comes.
const GATHER: Duration = Duration::from_millis(40);
/// Pause before records that failed are tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// So long an act waits for the disk before it is answered that it may be lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether doors have opened: of those, every so many tell.
const LOOKS_PER_TELL: u32 = 5;

/// The floors.
pub(crate) struct Floors {
    halls: Arc<Halls>,
    hub: Arc<Hub>,
    gate: Arc<Gatehouse>,
    store: Store,
    open: RwLock<HashMap<Slug, Arc<Mutex<Core>>>>,
    /// What is not written down yet, oldest first.
    waiting: Mutex<VecDeque<(Slug, Change)>>,
    /// Changes that were ever kept; the newest of them has this number.
    kept: AtomicU64,
    /// The number of the newest that is written down, or was given up.
    written: watch::Sender<u64>,
    /// Rung when something waits.
    bell: Notify,
}

impl Floors {
    pub(crate) fn new(halls: Arc<Halls>, hub: Arc<Hub>, gate: Arc<Gatehouse>, store: Store) -> Arc<Self> {
        Arc::new(Self {
            halls,
            hub,
            gate,
            store,
            open: RwLock::default(),
            waiting: Mutex::default(),
            kept: AtomicU64::new(0),
            written: watch::Sender::new(0),
            bell: Notify::new(),
        })
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

    /// Writes down what changed, as it comes.
    pub(crate) async fn write_down(self: Arc<Self>) {
        loop {
            self.bell.notified().await;
            tokio::time::sleep(GATHER).await;
            while !self.flush().await {
                tokio::time::sleep(WRITE_AGAIN).await;
            }
        }
    }

    /// Tells and writes down what is left: for the end.
    pub(crate) async fn finish(&self) {
        self.halls.all().iter().for_each(|hall| self.tell(hall));
        self.flush().await;
    }

    /// Writes down what waits; whether it is written.
    async fn flush(&self) -> bool {
        let (batch, newest): (Vec<_>, u64) = {
            let waiting = self.waiting();
            (waiting.iter().cloned().collect(), self.kept.load(Relaxed))
        };
        if batch.is_empty() {
            return true;
        }
        match self.store.write_floors(&batch).await {
            // More may have come, behind these; some of these may have been given up meanwhile, which are written now.
            Ok(()) => {
                let mut waiting = self.waiting();
                let more = (self.kept.load(Relaxed) - newest) as usize;
                let over = waiting.len().saturating_sub(more);
                waiting.drain(..over);
                drop(waiting);
                self.written.send_replace(newest);
                true
            }
            Err(error) => {
                tracing::error!(%error, "what the audience said was not written down; it is tried again");
                false
            }
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
        let Told { events, changes } = {
            let mut floor = lock(&floor);
            floor.ease(ease(self.gate.gives_up()));
            floor.tell(now)
        };
        let t = MediaTime::at_wall(hall.epoch_ms, now);
        for what in events {
            self.hub.announce(&hall.slug, Event { t, what });
        }
        self.keep(&hall.slug, changes);
    }

    /// Has changes written down; gives the number of the last, if there is one.
    fn keep(&self, slug: &Slug, mut changes: Vec<Change>) -> Option<u64> {
        changes.retain(|change| !matches!(change, Change::Offered(_)));
        if changes.is_empty() {
            return None;
        }
        let mut waiting = self.waiting();
        let last = self.kept.fetch_add(changes.len() as u64, Relaxed) + changes.len() as u64;
        waiting.extend(changes.into_iter().map(|change| (slug.clone(), change)));
        let over = waiting.len().saturating_sub(limits::FLOOR_CHANGES_MAX);
        if over > 0 {
            tracing::error!(over, "the records are so slow that the oldest of what the audience said is given up");
            waiting.drain(..over);
        }
        drop(waiting);
        self.bell.notify_one();
        Some(last)
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
    fn act(&self, slug: &Slug, by: &By, command: Command) -> Result<Done, FloorError> {
        let floor = self.find(slug).ok_or_else(|| FloorError::NotOpen(slug.clone()))?;
        let changes = lock(&floor).handle(by, command, now_ms(), rand::random())?;
        let id = changes.iter().find_map(Change::id);
        Ok(Done { id, change: self.keep(slug, changes) })
    }

    fn written(&self, change: u64) -> Writing<'_> {
        let mut written = self.written.subscribe();
        Box::pin(async move {
            let there = written.wait_for(|newest| *newest >= change);
            matches!(tokio::time::timeout(PATIENCE, there).await, Ok(Ok(_)))
        })
    }

    fn now(&self, slug: &Slug, runs: bool) -> Result<(FloorNow, Vec<String>), FloorError> {
        let floor = self.find(slug).ok_or_else(|| FloorError::NotOpen(slug.clone()))?;
        let floor = lock(&floor);
        Ok((floor.now(runs, limits::CHAT_LINES_KEPT_MAX), floor.words().to_vec()))
    }
}

/// What of taking part is given up at a stage.
fn ease(stage: Stage) -> Ease {
    Ease {
        one_in: stage.gives_up(Stage::Reactions).then_some(limits::REACTIONS_EASED_ONE_IN),
        lines: stage.gives_up(Stage::Chat).then_some(limits::CHAT_LINES_EASED_PER_SECOND),
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
