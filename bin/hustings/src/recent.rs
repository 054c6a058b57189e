//! The last minutes of every open conversation, in memory and sealed: what comes through the studio's tap is kept by
//! [`hustings_cases::Recent`], one a conversation.
//!
//! The queue is emptied four times a second and not at every packet, so that nobody is woken for one. Keys are drawn here, live
//! in this process alone, and are dropped with their minutes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hustings_cases::{Heard, Recent, Track, share};
use hustings_studio::Tapped;
use hustings_vocab::Slug;
use tokio::sync::mpsc;

use crate::times::now_ms;

/// How often the queue is emptied.
const EMPTY: Duration = Duration::from_millis(250);
/// How many of these are between two sealings.
const EMPTIED_PER_SECOND: u32 = 4;

/// What is kept of all conversations.
#[derive(Debug, Default)]
pub(crate) struct LastMinutes(Mutex<HashMap<Slug, Recent>>);

impl LastMinutes {
    /// Keeps what comes, until the studio has ended.
    pub(crate) async fn keep(self: Arc<Self>, mut from: mpsc::Receiver<Tapped>, lost: Arc<AtomicU64>) {
        let mut look = tokio::time::interval(EMPTY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut sessions = HashMap::new();
        let mut told = 0;
        for n in 0u32.. {
            look.tick().await;
            self.empty(&mut from, &mut sessions);
            if !n.is_multiple_of(EMPTIED_PER_SECOND) {
                continue;
            }
            self.seal();
            let lost = lost.load(Relaxed);
            if lost > told {
                tracing::warn!(packets = lost - told, "the last minutes lack packets that did not fit their queue");
                told = lost;
            }
        }
    }

    fn empty(&self, from: &mut mpsc::Receiver<Tapped>, sessions: &mut HashMap<u64, Slug>) {
        let (now, wall) = (Instant::now(), now_ms());
        let mut rooms = self.rooms();
        // No more than the queue holds: what comes meanwhile is the next round's.
        for _ in 0..from.max_capacity() {
            match from.try_recv() {
                Ok(Tapped::Entered { slug, session, seat, name }) => {
                    rooms.entry(slug.clone()).or_default().enter(session, seat, name);
                    sessions.insert(session, slug);
                }
                Ok(Tapped::Packet { session, arrived, rtp_time, payload }) => {
                    let ago = now.saturating_duration_since(arrived).as_millis() as u64;
                    if let Some(room) = sessions.get(&session).and_then(|slug| rooms.get_mut(slug)) {
                        room.take(session, Heard { at_ms: wall.saturating_sub(ago), rtp_time, payload });
                    }
                }
                Ok(Tapped::Left(session)) => {
                    if let Some(room) = sessions.remove(&session).and_then(|slug| rooms.get_mut(&slug)) {
                        room.leave(session);
                    }
                }
                Err(_) => return,
            }
        }
    }

    fn seal(&self) {
        let now = now_ms();
        let mut rooms = self.rooms();
        let share = share(rooms.len());
        rooms.values_mut().for_each(|room| room.tick(now, share, rand::random));
        rooms.retain(|_, room| !room.is_empty());
    }

    /// What each seat of a conversation said between two moments.
    pub(crate) fn tracks(&self, slug: &Slug, from_ms: u64, until_ms: u64) -> Vec<Track> {
        self.rooms().get(slug).map(|room| room.tracks(from_ms, until_ms)).unwrap_or_default()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Slug, Recent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
