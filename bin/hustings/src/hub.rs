//! The stage's end of every link: what the studio says goes to the halls of this process and to every edge, what edges say
//! is merged and goes to the studio.
//!
//! One lock around all of it, held for moments: nobody in here waits. The halls of this process hold every part that any
//! edge may ask for: a shelf is given to who wants a rendition that flows already, so that all edges serve the same bytes
//! under the same numbers. Each edge has a bounded queue; one for which it is full is cut off and begins afresh. Where the
//! audience is served by this process it is one more source of wishes and counts, without a queue.

mod links;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use hustings_evidence::{EventKey, Sketch};
use hustings_gate::Stage;
use hustings_link::books::Books;
use hustings_link::desk::{Desk, DeskError};
use hustings_link::down::Down;
use hustings_link::edge::{Counters, EdgeNumber, FromEdge, Reply, STAGE, ToEdge};
use hustings_link::entrance::Word;
use hustings_link::hall::Halls;
use hustings_link::up::Up;
use hustings_link::wishes::{Kind, Wishes};
use hustings_studio::Studio;
use hustings_vocab::event::{Event, What};
use hustings_vocab::plan::Visibility;
use hustings_vocab::{Slug, limits};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::gatehouse::Gatehouse;
use crate::openings::Openings;
use crate::relay::{Relay, edge_of};
use crate::times::now_ms;
use crate::webhooks::Ear;

pub(crate) use links::{Door, accept};

/// Messages of the studio that may wait: 512 conversations make at most 60,000 a second, so this is a quarter of a second of
/// a full house. When it is full the studio drops and counts.
pub(crate) const DOWN_QUEUE_MAX: usize = 16_384;
/// Wishes and counts of this process that may wait. What does not fit is asked again within a second.
pub(crate) const UP_QUEUE_MAX: usize = 4096;
/// Messages taken at once.
const BATCH: usize = 256;
/// How often edges are told of all listeners, if something changed.
const TELL: Duration = Duration::from_millis(250);
/// Of those, every how many the audience is told, and what is over is swept: once a second.
const TELLS_A_SECOND: u32 = 4;
/// Questions about conversations that are answered at once.
const QUESTIONS: usize = 64;

/// The hub.
pub(crate) struct Hub {
    halls: Arc<Halls>,
    studio: Arc<Studio>,
    desk: Arc<dyn Desk>,
    state: Mutex<State>,
    relay: Relay,
    questions: Arc<Semaphore>,
    cut_off: AtomicU64,
    /// The secret of the evening, and who has arrived at edges since that was last asked.
    arrivals: Mutex<(Option<EventKey>, Sketch)>,
    serving: watch::Sender<usize>,
    /// Whoever tells webhooks what happens.
    ear: Ear,
    gate: OnceLock<Arc<Gatehouse>>,
    openings: Openings,
}

#[derive(Default)]
struct State {
    links: BTreeMap<EdgeNumber, Link>,
    wishes: Wishes,
    books: Books,
    generation: u64,
    /// What the gate said last.
    word: Option<Word>,
    /// What edges were told is for the invited alone.
    sealed: BTreeSet<Slug>,
    /// The edge that the last request for a new session went to.
    turn: EdgeNumber,
}

/// One linked edge.
struct Link {
    /// Tells it from an earlier link of the same number.
    generation: u64,
    queue: mpsc::Sender<ToEdge>,
    serving: Option<SocketAddr>,
    cut: CancellationToken,
}

impl Hub {
    pub(crate) fn new(
        halls: Arc<Halls>,
        studio: Arc<Studio>,
        desk: Arc<dyn Desk>,
        ear: Ear,
        openings: Openings,
    ) -> Arc<Self> {
        let mut state = State::default();
        state.books.arrive(STAGE, 0);
        Arc::new(Self {
            halls,
            studio,
            desk,
            state: Mutex::new(state),
            relay: Relay::default(),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
            cut_off: AtomicU64::new(0),
            arrivals: Mutex::default(),
            serving: watch::Sender::new(0),
            ear,
            gate: OnceLock::new(),
            openings,
        })
    }

    /// Carries what the studio says.
    pub(crate) async fn carry_down(self: Arc<Self>, mut down: mpsc::Receiver<Down>) {
        let mut batch = Vec::with_capacity(BATCH);
        while down.recv_many(&mut batch, BATCH).await > 0 {
            let mut state = self.lock();
            batch.drain(..).for_each(|message| self.down(&mut state, message));
        }
    }

    /// Carries what the audience plane of this process says.
    pub(crate) async fn carry_up(self: Arc<Self>, mut up: mpsc::Receiver<Up>) {
        while let Some(message) = up.recv().await {
            self.up(&mut self.lock(), STAGE, message);
        }
    }

    /// Says how many listen, and sweeps.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut tick = tokio::time::interval(TELL);
        for n in 1u32.. {
            tick.tick().await;
            self.tell_counts(n);
        }
    }

    /// Tells the audience of something that did not come from the stage.
    pub(crate) fn announce(&self, slug: &Slug, event: Event) {
        self.down(&mut self.lock(), Down::Event { slug: slug.clone(), event });
    }

    /// The sums of what edges count.
    pub(crate) fn counters(&self) -> Counters {
        self.lock().books.sums()
    }

    /// Whom it tells who sits where.
    pub(crate) fn report_to(&self, gate: Arc<Gatehouse>) {
        // There is one.
        let _ = self.gate.set(gate);
    }

    /// Tells every process of the audience what the gate says.
    pub(crate) fn gate(&self, word: Word) {
        self.halls.entrance.hear(&word);
        let mut state = self.lock();
        // What limits nothing is said once; what does is an allowance, which every word renews.
        if word.walk_ins != u64::MAX || state.word.as_ref() != Some(&word) {
            self.tell_all(&mut state, &ToEdge::Gate(word.clone()));
            state.word = Some(word);
        }
    }

    /// Tells every process of the audience which conversations are for the invited alone, if they were not told.
    fn tell_sealed(&self, state: &mut State) {
        let sealed = self.halls.entrance.sealed();
        if state.sealed != sealed {
            self.tell_all(state, &ToEdge::Sealed(sealed.clone()));
            state.sealed = sealed;
        }
    }

    /// The secret of an evening that begins, or that it is over: every edge is told, and who comes later.
    pub(crate) fn set_evening(&self, key: Option<EventKey>) {
        let told = ToEdge::SketchKey(key.as_ref().map(EventKey::to_bytes));
        *self.arrivals() = (key, Sketch::new());
        self.tell_all(&mut self.lock(), &told);
    }

    /// Who has arrived at edges since this was last asked.
    pub(crate) fn take_arrivals(&self) -> Sketch {
        std::mem::take(&mut self.arrivals().1)
    }

    fn arrivals(&self) -> MutexGuard<'_, (Option<EventKey>, Sketch)> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many edges serve.
    pub(crate) fn serving(&self) -> watch::Receiver<usize> {
        self.serving.subscribe()
    }

    /// How many edges fell behind and were cut off.
    pub(crate) fn cut_off(&self) -> u64 {
        self.cut_off.load(Relaxed)
    }

    /// How many edges are linked.
    pub(crate) fn edges(&self) -> u64 {
        self.lock().links.len() as u64
    }

    /// Whether an edge has a link.
    pub(crate) fn is_linked(&self, edge: EdgeNumber) -> bool {
        self.lock().links.contains_key(&edge)
    }

    /// Tells every edge to end its streams and itself.
    pub(crate) fn drain(&self) {
        self.tell_all(&mut self.lock(), &ToEdge::Drain);
    }

    /// Has a WHEP request of the pages' listener answered by the edge that it names, or by any for a new session.
    pub(crate) async fn carry(&self, request: Request) -> Response {
        let named = edge_of(request.uri().path());
        let to = {
            let mut state = self.lock();
            let serves = |state: &State, edge| state.links.get(&edge).is_some_and(|link| link.serving.is_some());
            let named = named.filter(|edge| serves(&state, *edge));
            let after = state.links.range(state.turn + 1..).chain(state.links.iter());
            let next = after.filter(|(_, link)| link.serving.is_some()).map(|(number, _)| *number).next();
            if named.is_none() {
                state.turn = next.unwrap_or_default();
            }
            named.or(next)
        };
        self.relay
            .carry(request, |id, letter| {
                to.is_some_and(|to| self.tell(&mut self.lock(), to, ToEdge::Ask { from: STAGE, id, letter }))
            })
            .await
    }

    /// A link has begun: gives what names it, and has put a snapshot of all that is open into its queue.
    fn arrive(&self, edge: EdgeNumber, process: u64, queue: mpsc::Sender<ToEdge>, cut: CancellationToken) -> u64 {
        let mut state = self.lock();
        self.part(&mut state, edge);
        state.generation += 1;
        let generation = state.generation;
        state.books.arrive(edge, process);
        state.links.insert(edge, Link { generation, queue, serving: None, cut });
        let halls = self.halls.all();
        let slugs = halls.iter().map(|hall| hall.slug.clone()).take(limits::LINK_OPEN_MAX).collect();
        let mut snapshot = vec![Down::Open { slugs }];
        for hall in halls {
            let (slug, title, epoch_ms) = (hall.slug.clone(), hall.title.clone(), hall.epoch_ms);
            snapshot.push(Down::Opened { slug, title, epoch_ms, discontinuities: hall.discontinuities() });
            let (t, now) = hall.events.now();
            let slug = hall.slug.clone();
            snapshot.push(Down::Event { slug: slug.clone(), event: Event { t, what: What::Snapshot(now) } });
            snapshot.push(Down::Audience { slug: slug.clone(), counts: hall.attendance.whole() });
            if hall.has_ended() {
                snapshot.push(Down::Closed { slug });
            }
        }
        let sealed = self.halls.entrance.sealed();
        self.tell(&mut state, edge, ToEdge::Sealed(sealed));
        let key = self.arrivals().0.as_ref().map(EventKey::to_bytes);
        self.tell(&mut state, edge, ToEdge::SketchKey(key));
        // The last of the snapshot, on which the edge waits.
        snapshot.push(Down::AsOf { ms: now_ms() });
        if let Some(word) = state.word.clone() {
            self.tell(&mut state, edge, ToEdge::Gate(word));
        }
        for down in snapshot {
            self.tell(&mut state, edge, ToEdge::Down(down));
        }
        generation
    }

    /// A link has ended.
    fn leave(&self, edge: EdgeNumber, generation: u64) {
        let mut state = self.lock();
        if state.links.get(&edge).is_some_and(|link| link.generation == generation) {
            self.part(&mut state, edge);
        }
    }

    /// An edge says something.
    fn said(self: &Arc<Self>, edge: EdgeNumber, message: FromEdge) {
        let mut state = self.lock();
        match message {
            FromEdge::Up(up) => self.up(&mut state, edge, up),
            FromEdge::Serving(addr) => {
                if let Some(link) = state.links.get_mut(&edge) {
                    link.serving = Some(addr);
                }
                self.count_serving(&state);
            }
            FromEdge::Sketch(bytes) => match Sketch::from_bytes(&bytes) {
                Ok(sketch) => self.arrivals().1.merge(&sketch),
                Err(error) => tracing::warn!(edge, %error, "an edge counted arrivals in a way that is not understood"),
            },
            FromEdge::Counters(counters, room) => state.books.counters(edge, counters, room),
            FromEdge::Find(slug) => {
                // Who is not answered asks again.
                let Ok(turn) = self.questions.clone().try_acquire_owned() else { return };
                let hub = self.clone();
                tokio::spawn(async move {
                    let found = match hub.desk.find(slug.clone()).await {
                        // Before its doors open nobody out there is told that it is.
                        Ok(found) if found.plan.visibility == Visibility::Invited => None,
                        Ok(found) => Some(found.phase),
                        Err(DeskError::Unknown(_)) => None,
                        Err(error) => return tracing::warn!(%slug, %error, "the desk does not answer for an edge"),
                    };
                    hub.tell(&mut hub.lock(), edge, ToEdge::Found(slug, found));
                    drop(turn);
                });
            }
            FromEdge::Ask { to, id, letter } => {
                if !self.tell(&mut state, to, ToEdge::Ask { from: edge, id, letter }) {
                    let reply = Reply { status: 404, fields: Vec::new(), body: bytes::Bytes::new() };
                    self.tell(&mut state, edge, ToEdge::Answer { id, reply });
                }
            }
            FromEdge::Answer { to: STAGE, id, reply } => self.relay.answered(id, reply),
            FromEdge::Answer { to, id, reply } => {
                self.tell(&mut state, to, ToEdge::Answer { id, reply });
            }
        }
    }

    fn down(&self, state: &mut State, message: Down) {
        if !self.halls.apply(message.clone()) {
            return;
        }
        if matches!(message, Down::Opened { .. }) {
            // Before it: nobody finds a door open in between.
            self.tell_sealed(state);
        }
        self.ear.hear(&message);
        if let Down::Event { slug, event } = &message
            && let Some(hall) = self.halls.find(slug)
        {
            self.openings.look(slug, event, hall.epoch_ms);
        }
        let readers: Option<Vec<_>> = match &message {
            Down::Part { slug, rendition, .. } => Some(state.wishes.of(slug, *rendition, Kind::Parts).collect()),
            Down::Frame { slug, rendition, .. } => Some(state.wishes.of(slug, *rendition, Kind::Frames).collect()),
            _ => None,
        };
        let message = ToEdge::Down(message);
        match readers {
            None => self.tell_all(state, &message),
            Some(readers) => readers.into_iter().filter(|edge| *edge != STAGE).for_each(|edge| {
                self.tell(state, edge, message.clone());
            }),
        }
    }

    fn up(&self, state: &mut State, edge: EdgeNumber, message: Up) {
        let Some(hall) = self.halls.find(message.slug()) else { return };
        match message {
            Up::Listening(slug, counts) => return state.books.counts(edge, slug, counts),
            // Where this process serves the audience there is nobody else to count a player again.
            Up::Named(slug, names) if edge != STAGE => return state.books.named(edge, &slug, &names),
            Up::Seats(slug, news) => {
                if let Some(gate) = self.gate.get() {
                    gate.seats(edge, &slug, &news);
                }
                return;
            }
            Up::Here(slug, heartbeat, site) => return state.books.here(slug, heartbeat, site, Instant::now()),
            Up::Want(ref slug, rendition) if edge != STAGE => {
                if state.wishes.of(slug, rendition, Kind::Parts).any(|has| has == edge) {
                    return;
                }
                // What flows already came before the wish; what is still to come finds the wish.
                let (discontinuities, began_anew, parts) = hall.shelf(rendition).look(|window| {
                    (window.discontinuities(), window.began_anew(), window.parts().iter().cloned().collect::<Vec<_>>())
                });
                let slug = slug.clone();
                let window = Down::Window { slug: slug.clone(), rendition, discontinuities, began_anew };
                let parts = parts.into_iter().map(|part| Down::Part { slug: slug.clone(), rendition, part });
                for down in std::iter::once(window).chain(parts) {
                    self.tell(state, edge, ToEdge::Down(down));
                }
            }
            _ => {}
        }
        if let Some(told) = state.wishes.take(edge, message) {
            self.studio.up(told);
        }
    }

    fn tell_counts(&self, tell: u32) {
        let mut state = self.lock();
        self.tell_sealed(&mut state);
        for (slug, counts) in state.books.changed(Instant::now()) {
            self.down(&mut state, Down::Audience { slug, counts });
        }
        if !tell.is_multiple_of(TELLS_A_SECOND) {
            return;
        }
        let eased = self.gate.get().is_some_and(|gate| gate.gives_up().gives_up(Stage::Counter));
        let is_time = !eased || tell.is_multiple_of(TELLS_A_SECOND * limits::COUNT_EASED_SECONDS);
        for hall in self.halls.all().iter().filter(|_| is_time) {
            if let Some(event) = hall.count_to_announce() {
                self.down(&mut state, Down::Event { slug: hall.slug.clone(), event });
            }
        }
        self.down(&mut state, Down::AsOf { ms: now_ms() });
        let edges: Vec<_> = state.links.keys().copied().collect();
        for edge in edges {
            let room = state.books.room_elsewhere(edge);
            self.tell(&mut state, edge, ToEdge::RoomElsewhere(room));
        }
        let open: HashSet<Slug> = self.halls.all().into_iter().map(|hall| hall.slug.clone()).collect();
        state.books.keep(|slug| open.contains(slug));
        for told in state.wishes.sweep(Instant::now(), |slug| open.contains(slug)) {
            self.studio.up(told);
        }
    }

    /// Puts a message into an edge's queue; says whether it is there.
    fn tell(&self, state: &mut State, edge: EdgeNumber, message: ToEdge) -> bool {
        let Some(link) = state.links.get(&edge) else { return false };
        if link.queue.try_send(message).is_ok() {
            return true;
        }
        if !link.queue.is_closed() {
            self.cut_off.fetch_add(1, Relaxed);
            tracing::warn!(edge, "an edge falls behind the stage; it is cut off and begins afresh");
        }
        self.part(state, edge);
        false
    }

    fn tell_all(&self, state: &mut State, message: &ToEdge) {
        let edges: Vec<_> = state.links.keys().copied().collect();
        for edge in edges {
            self.tell(state, edge, message.clone());
        }
    }

    /// Ends a link, if there is one.
    fn part(&self, state: &mut State, edge: EdgeNumber) {
        let Some(link) = state.links.remove(&edge) else { return };
        link.cut.cancel();
        state.books.leave(edge);
        if let Some(gate) = self.gate.get() {
            gate.gone(edge);
        }
        for told in state.wishes.gone(edge, Instant::now()) {
            self.studio.up(told);
        }
        self.count_serving(state);
    }

    fn count_serving(&self, state: &State) {
        let serving = state.links.values().filter(|link| link.serving.is_some()).count();
        self.serving.send_if_modified(|was| std::mem::replace(was, serving) != serving);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
