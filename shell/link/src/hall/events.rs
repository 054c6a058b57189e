//! The event shelf: server-sent events, rendered once, and the snapshot that a newcomer gets first.
//!
//! An event's id is `{run}.{number}`: the run is another one in each process and after each start, so that a
//! `Last-Event-ID` of another run is answered with a snapshot, never with a wrong continuation.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use hustings_vocab::event::{Count, Event, Hands, News, Roster, Snapshot, State, What};
use hustings_vocab::floor::FloorNow;
use hustings_vocab::{MediaTime, Phase, limits};
use tokio::sync::watch;

use super::bells::{Bell, Bells};

/// One rendered event.
#[derive(Debug, Clone)]
pub struct SentEvent {
    /// Its number in this run.
    pub number: u64,
    /// `event:`, `id:` and `data:` lines and the empty line.
    pub bytes: Bytes,
}

/// What a reader finds behind its cursor.
#[derive(Debug, Clone)]
pub enum EventFetch {
    /// What came since.
    Ready(Vec<SentEvent>),
    /// Nothing yet: wait on [`EventShelf::progress`].
    NotYet,
    /// The cursor is older than the shelf: send a new [`EventShelf::snapshot`] and go on from its number.
    Gone,
    /// The conversation ended and everything was read.
    Ended,
}

/// The events of one conversation.
#[derive(Debug)]
pub struct EventShelf {
    run: u64,
    inner: RwLock<Inner>,
    progress: watch::Sender<(u64, bool)>,
    bells: Bells,
}

#[derive(Debug)]
struct Inner {
    kept: VecDeque<SentEvent>,
    next: u64,
    latest: MediaTime,
    snapshot: Snapshot,
    /// The snapshot as it is sent, until the next event: newcomers come by hundreds a second, and it may be large.
    rendered: OnceLock<SentEvent>,
    ended: Option<Instant>,
}

impl EventShelf {
    pub(super) fn new(title: &str, epoch_ms: u64) -> Self {
        // Processes that open a hall in the same moment draw different seeds.
        let run = RandomState::new().hash_one(SystemTime::now());
        let snapshot = Snapshot {
            title: title.to_owned(),
            state: State { phase: Phase::Lobby, live_since: None },
            roster: Roster::default(),
            hands: Hands::default(),
            count: Count::default(),
            epoch_ms,
            floor: Box::new(FloorNow { one_in: 1, ..FloorNow::default() }),
            news: Box::default(),
        };
        let inner = Inner {
            kept: VecDeque::new(),
            next: 1,
            latest: MediaTime::ZERO,
            snapshot,
            rendered: OnceLock::new(),
            ended: None,
        };
        Self { run, inner: RwLock::new(inner), progress: watch::Sender::new((1, false)), bells: Bells::default() }
    }

    /// The snapshot as an event, and the number after which a reader of it goes on.
    #[must_use]
    pub fn snapshot(&self) -> SentEvent {
        let inner = self.read();
        let render = || {
            let event = Event { t: inner.latest, what: What::Snapshot(inner.snapshot.clone()) };
            self.render(inner.next - 1, &event)
        };
        inner.rendered.get_or_init(render).clone()
    }

    /// The snapshot as a value.
    #[must_use]
    pub fn now(&self) -> (MediaTime, Snapshot) {
        let inner = self.read();
        (inner.latest, inner.snapshot.clone())
    }

    /// The number in a `Last-Event-ID`, if it is of this run and still on the shelf.
    #[must_use]
    pub fn resume(&self, last_event_id: &str) -> Option<u64> {
        let (run, number) = last_event_id.split_once('.')?;
        let number: u64 = number.parse().ok()?;
        let inner = self.read();
        let oldest = inner.kept.front().map_or(inner.next, |e| e.number);
        (run.parse() == Ok(self.run) && number < inner.next && number + 1 >= oldest).then_some(number)
    }

    /// Everything after event `number`.
    #[must_use]
    pub fn after(&self, number: u64) -> EventFetch {
        let inner = self.read();
        if number + 1 >= inner.next {
            return if inner.ended.is_some() { EventFetch::Ended } else { EventFetch::NotYet };
        }
        match inner.kept.front() {
            Some(oldest) if oldest.number <= number + 1 => {
                let skip = (number + 1 - oldest.number) as usize;
                EventFetch::Ready(inner.kept.iter().skip(skip).cloned().collect())
            }
            _ => EventFetch::Gone,
        }
    }

    /// Everything that is kept after event `number`, although some before it may be missing, and whether the conversation
    /// has ended.
    #[must_use]
    pub fn kept_after(&self, number: u64) -> (Vec<SentEvent>, bool) {
        let inner = self.read();
        let first = inner.kept.partition_point(|e| e.number <= number);
        (inner.kept.range(first..).cloned().collect(), inner.ended.is_some())
    }

    /// Rings a bell whenever there is something new, as long as the bell is there: one ring for any number of readers.
    pub fn hang(&self, bell: &Arc<dyn Bell>) {
        self.bells.hang(bell);
    }

    /// The number of the next event and whether the conversation has ended, to wait on.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<(u64, bool)> {
        self.progress.subscribe()
    }

    /// Publishes an event and folds it into the snapshot.
    pub(super) fn push(&self, event: &Event) {
        let mut inner = self.write();
        inner.latest = inner.latest.max(event.t);
        match &event.what {
            What::Snapshot(s) => inner.snapshot = s.clone(),
            What::State(s) => inner.snapshot.state = *s,
            What::Roster(r) => inner.snapshot.roster = r.clone(),
            What::Hands(h) => inner.snapshot.hands = h.clone(),
            What::Count(c) => inner.snapshot.count = *c,
            What::Levels(_) => {}
            What::News(n) => *inner.snapshot.news = n.clone(),
            part => fold(&mut inner.snapshot.floor, part),
        }
        inner.rendered = OnceLock::new();
        let number = inner.next;
        inner.next += 1;
        let sent = self.render(number, event);
        if inner.kept.len() == limits::EVENTS_KEPT_MAX {
            inner.kept.pop_front();
        }
        inner.kept.push_back(sent);
        let state = (inner.next, inner.ended.is_some());
        drop(inner);
        self.progress.send_replace(state);
        self.bells.ring();
    }

    pub(super) fn end(&self) {
        let mut inner = self.write();
        inner.ended.get_or_insert_with(Instant::now);
        let state = (inner.next, true);
        drop(inner);
        self.progress.send_replace(state);
        self.bells.ring();
    }

    pub(super) fn ended_a_minute_ago(&self) -> bool {
        self.read().ended.is_some_and(|at| at.elapsed() > Duration::from_secs(60))
    }

    pub(super) fn has_ended(&self) -> bool {
        self.read().ended.is_some()
    }

    /// The media time to announce `listening` at, if it differs from what was announced last.
    pub(super) fn count_changed(&self, count: Count) -> Option<MediaTime> {
        let inner = self.read();
        (inner.snapshot.count != count && inner.ended.is_none()).then_some(inner.latest)
    }

    pub(super) fn news(&self) -> News {
        News::clone(&self.read().snapshot.news)
    }

    pub(super) fn phase(&self) -> Phase {
        self.read().snapshot.state.phase
    }

    fn render(&self, number: u64, event: &Event) -> SentEvent {
        let data = serde_json::to_string(event).unwrap_or_default();
        let text = format!("event: {}\nid: {}.{number}\ndata: {data}\n\n", event.what.name(), self.run);
        SentEvent { number, bytes: text.into() }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folds what was told of taking part into what a newcomer is told.
fn fold(now: &mut FloorNow, told: &What) {
    match told {
        What::Reactions(reactions) => now.one_in = reactions.one_in,
        What::Chat(chat) => {
            now.lines.retain(|line| !chat.hidden.contains(&line.id));
            // A line that is shown again goes back to its place.
            now.lines.extend(chat.lines.iter().cloned());
            now.lines.sort_by_key(|line| line.id);
            now.lines.dedup_by_key(|line| line.id);
            let over = now.lines.len().saturating_sub(limits::CHAT_LINES_IN_SNAPSHOT_MAX);
            now.lines.drain(..over);
        }
        What::Questions(questions) => now.questions.clone_from(&questions.questions),
        What::Poll(poll) => now.poll = Some(poll.clone()),
        What::Pinned(pinned) => now.note.clone_from(&pinned.note),
        What::Floor(rules) => now.rules = *rules,
        What::Snapshot(_)
        | What::State(_)
        | What::Roster(_)
        | What::Hands(_)
        | What::Levels(_)
        | What::Count(_)
        | What::News(_) => {}
    }
}
