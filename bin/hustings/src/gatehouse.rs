//! The gatehouse: the gate of this machine with its clock, its files and its keys, and what it tells every process of the
//! audience.
//!
//! One lock around the gate, held for moments: a decision takes microseconds, and what must survive the process is 56 bytes in
//! the cache of the kernel before anybody is told (so SIGKILL loses nothing; a machine that loses its power may lose its last
//! second). Some times a second the gate is told what was seen, and edges are told how many may come in without a ticket.
//! Where nothing is configured and nothing was measured everybody is let in, and no file is written.

mod budget;
mod keeper;
mod ledger;
mod tally;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use hustings_gate::challenge::Doorstep;
use hustings_gate::lottery::Hash;
use hustings_gate::{Gate, KEY_SECONDS, Keys, Seen, Stage};
use hustings_guard::Unused;
use hustings_ingest::Listeners;
use hustings_link::edge::{Counters, EdgeNumber};
use hustings_link::entrance::{Word, seat_of};
use hustings_link::hall::{Hall, Halls, Tier};
use hustings_vocab::{Phase, Slug, limits};

use crate::hub::Hub;
use crate::{counters, pulse, times};
pub(crate) use budget::{Budget, Rehearsed};
use ledger::{Ledger, Root};
use tally::Tally;

/// How often the gate looks at what was seen.
const LOOK: Duration = Duration::from_millis(250);

/// The gatehouse.
pub(crate) struct Gatehouse {
    state: Mutex<State>,
    halls: Arc<Halls>,
    root: Root,
    folder: PathBuf,
    on: bool,
    rehearsed: Option<Rehearsed>,
    /// The last minute's finding names an attack.
    wary: AtomicBool,
    /// Where this process serves the audience, whose counters are its own.
    here: OnceLock<Listeners>,
    tally: Tally,
    /// What is given up now, by its place in the order.
    gives_up: AtomicUsize,
}

struct State {
    gate: Gate,
    door: Doorstep,
    /// What was given and nobody has come with, by conversation and seat.
    unused: Unused<(Slug, u64)>,
    ledgers: HashMap<Slug, Ledger>,
    /// On which seats somebody sits, by edge.
    sits: HashMap<EdgeNumber, HashSet<(Slug, u64)>>,
    day: u64,
    /// What was sent and how long work waited, as it was last.
    counted: Counted,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    at: Option<Instant>,
    bytes: u64,
    delay_us: u64,
    looks: u64,
    seen: Seen,
}

impl Gatehouse {
    /// Opens the keys, and the file of each conversation when its doors open.
    pub(crate) fn open(data: &std::path::Path, budget: &Budget, halls: Arc<Halls>) -> std::io::Result<Arc<Self>> {
        let root = Root::open(data)?;
        let now_s = times::now_ms() / 1000;
        let keys = Keys::of(&root.secret, now_s);
        let gate = Gate::new(budget.limits, keys, Instant::now());
        let state = State {
            gate,
            door: Doorstep::new(Instant::now()),
            unused: Unused::new(),
            ledgers: HashMap::new(),
            sits: HashMap::new(),
            day: now_s / KEY_SECONDS,
            counted: Counted::default(),
        };
        let on = !budget.limits.are_none();
        Ok(Arc::new(Self {
            state: Mutex::new(state),
            halls,
            root,
            folder: data.join("gate"),
            on,
            rehearsed: budget.rehearsed,
            wary: AtomicBool::new(false),
            here: OnceLock::new(),
            tally: Tally::default(),
            gives_up: AtomicUsize::new(0),
        }))
    }

    /// Whether there are limits.
    pub(crate) const fn has_limits(&self) -> bool {
        self.on
    }

    /// What is given up now.
    pub(crate) fn gives_up(&self) -> Stage {
        Stage::at(self.gives_up.load(Relaxed))
    }

    /// What the last rehearsal of this machine showed, if one was kept.
    pub(crate) const fn rehearsed(&self) -> Option<&Rehearsed> {
        self.rehearsed.as_ref()
    }

    /// What the last minute's finding says: under an attack newcomers are challenged sooner. Nobody is put out or refused for it.
    pub(crate) fn be_wary(&self, of_an_attack: bool) {
        self.wary.store(of_an_attack, Relaxed);
    }

    /// What it may give away, and from when on it challenges, as the opening of an evening says it; nothing without limits.
    pub(crate) fn policy(&self) -> BTreeMap<String, i64> {
        if !self.on {
            return BTreeMap::new();
        }
        let limits = *self.lock().gate.limits();
        let stream = limits.costs[hustings_gate::Tier::Stream.index()];
        let known = [
            ("listeners", limits.standing.map(|standing| (standing / stream) as i64)),
            ("joins_per_minute", limits.joins_per_second.map(|joins| (joins * 60.0) as i64)),
            ("line_kbit", limits.line.map(|line| (line.bits / 1000) as i64)),
            ("asks_calm_per_second", Some(limits::ASKS_CALM_PER_SECOND as i64)),
            ("asks_wary_per_second", Some(limits::ASKS_WARY_PER_SECOND as i64)),
            ("unused_of_a_network", Some(i64::from(limits::UNUSED_MANY))),
            ("unused_of_a_network_when_short", Some(i64::from(limits::UNUSED_FEW))),
        ];
        budget::figures(known)
    }

    /// The hash of the seed by which the order of those who come before the start will be drawn, if it will be or was.
    pub(crate) fn commitment(&self, hall: &Hall) -> Option<Hash> {
        let mut state = self.lock();
        self.enter(&mut state, hall, Instant::now());
        state.gate.event(&hall.slug)?.commitment()
    }

    /// How many wait for their turn; nobody, once it has ended.
    pub(crate) fn waiting(&self, slug: &Slug) -> u64 {
        let state = self.lock();
        state.gate.event(slug).filter(|event| event.is_open()).map_or(0, |event| event.queue.waiting())
    }

    /// What it has decided so far.
    pub(crate) fn decided(&self) -> [(&'static str, u64); tally::KINDS] {
        self.tally.decided()
    }

    /// What it has decided so far, and how strict it is: counters by name.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let strictness = self.on.then(|| ((1.0 - self.lock().gate.load()) * 5.0).round() as u64);
        let wary = u64::from(self.wary.load(Relaxed));
        self.tally.counted().into_iter().chain([("gate.level", strictness.unwrap_or_default() + wary)])
    }

    /// The audience is served by this process.
    pub(crate) fn serve_here(&self, webrtc: &Listeners) {
        if self.on {
            pulse::begin();
        }
        // There is one.
        let _ = self.here.set(webrtc.clone());
    }

    /// On which seats of tickets somebody sits in a process, and on which not any more.
    pub(crate) fn seats(&self, edge: EdgeNumber, slug: &Slug, news: &[(u64, bool)]) {
        let (mut state, now) = (self.lock(), Instant::now());
        let State { gate, sits, unused, .. } = &mut *state;
        let sits = sits.entry(edge).or_default();
        for (number, here) in news {
            let Some((class, serial)) = seat_of(*number) else { continue };
            let seat = (slug.clone(), *number);
            unused.used(&seat);
            match (*here, sits.contains(&seat)) {
                (true, false) => {
                    gate.arrive(slug, class, serial);
                    sits.insert(seat);
                }
                (false, true) => {
                    gate.leave(slug, class, serial, now);
                    sits.remove(&seat);
                }
                (false, false) => {
                    // They came and went between two words, or are players who come and go all the time.
                    gate.arrive(slug, class, serial);
                    gate.leave(slug, class, serial, now);
                }
                (true, true) => {}
            }
        }
    }

    /// A process of the audience is gone, and nobody sits in it. Their seats are kept.
    pub(crate) fn gone(&self, edge: EdgeNumber) {
        let (mut state, now) = (self.lock(), Instant::now());
        for (slug, number) in state.sits.remove(&edge).unwrap_or_default() {
            if let Some((class, serial)) = seat_of(number) {
                state.gate.leave(&slug, class, serial, now);
            }
        }
    }

    /// Looks some times a second, and tells every process what it has found.
    pub(crate) async fn keep(self: Arc<Self>, hub: Arc<Hub>) {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            let counters = self.here.get().map_or_else(|| hub.counters(), counters::of_this_process);
            let word = self.look(&counters, hub.edges().max(1));
            hub.gate(word);
        }
    }

    fn look(&self, counters: &Counters, edges: u64) -> Word {
        let (mut state, now, now_s) = (self.lock(), Instant::now(), times::now_ms() / 1000);
        if state.day != now_s / KEY_SECONDS {
            state.day = now_s / KEY_SECONDS;
            state.gate.rekey(Keys::of(&self.root.secret, now_s));
        }
        let halls = self.halls.all();
        for hall in &halls {
            self.enter(&mut state, hall, now);
            match hall.phase() {
                Phase::Live | Phase::Held(_) => state.gate.start(&hall.slug),
                Phase::Ended => state.gate.end(&hall.slug, now),
                _ => {}
            }
        }
        let over: Vec<_> = state.ledgers.keys().filter(|slug| self.halls.find(slug).is_none()).cloned().collect();
        for slug in over {
            state.gate.close(&slug);
            state.ledgers.remove(&slug);
        }
        state.give_on(now);
        let seen = seen(&mut state.counted, counters, &halls, now);
        state.gate.tick(&seen, now);
        self.tell_stage(state.gate.gives_up());
        let walk_ins = state.gate.walk_ins(now).map_or(u64::MAX, |n| n.div_ceil(edges));
        state.write_down();
        let cap = state.gate.cap();
        let keys = Keys::of(&self.root.secret, now_s).to_bytes().into();
        let waits = |hall: &Arc<Hall>| {
            let awaited = state.gate.event(&hall.slug)?.awaited();
            Some((hall.slug.clone(), awaited)).filter(|(_, n)| *n > 0)
        };
        let waiting = halls.iter().filter_map(waits).take(limits::CONVERSATIONS_OPEN_MAX).collect();
        let at_once = state.gate.limits().line.map_or(u64::MAX, |line| (line.at_once() / edges).max(1));
        let spread_s = state.gate.spread_seconds();
        Word { keys, walk_ins, caps_kbit: (cap.newcomers.kbit(), cap.all.kbit()), at_once, spread_s, waiting }
    }

    fn tell_stage(&self, stage: Stage) {
        let before = Stage::at(self.gives_up.swap(stage.index(), Relaxed));
        if before != stage {
            tracing::info!(?stage, ?before, "what is given up has changed");
        }
    }

    /// A conversation's gate is opened with its doors, and its file read again.
    fn enter(&self, state: &mut State, hall: &Hall, now: Instant) {
        if hall.has_ended() {
            return;
        }
        // A room that stays opens again.
        if state.gate.is_over(&hall.slug) {
            state.gate.close(&hall.slug);
            state.ledgers.remove(&hall.slug);
        }
        if state.gate.is_open(&hall.slug) {
            return;
        }
        let path = self.folder.join(format!("{}-{}.log", hall.slug, hall.epoch_ms));
        let opened = if self.on { Ledger::open(&path) } else { Ok((Ledger::none(), Vec::new())) };
        let (ledger, records) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::error!(%error, path = %path.display(), "the gate cannot keep its records; nobody new comes in");
                return;
            }
        };
        // The order is drawn for those who come before the start. After a restart the file says whether it was to be.
        let was_committed = records.iter().any(|record| matches!(record, hustings_gate::Record::Committed(_)));
        let draws = self.on && (hall.phase() == Phase::Lobby || was_committed);
        let seed = draws.then(|| self.root.seed(&hall.slug, hall.epoch_ms));
        state.gate.open(hall.slug.clone(), seed, now);
        for record in &records {
            state.gate.replay(&hall.slug, record, now);
        }
        if !records.is_empty() {
            tracing::info!(slug = %hall.slug, lines = records.len(), "the gate has taken up its records");
        }
        state.ledgers.insert(hall.slug.clone(), ledger);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Gives on the room of tickets that nobody of a crowded network has come with.
    fn give_on(&mut self, now: Instant) {
        for (slug, number) in self.unused.sweep(now) {
            if let Some((class, serial)) = seat_of(number) {
                self.gate.give_on(&slug, class, serial);
            }
        }
    }

    /// Writes down what was decided; whether all of it is written.
    fn write_down(&mut self) -> bool {
        let mut whole = true;
        for (slug, record) in self.gate.records() {
            let written = self.ledgers.get_mut(&slug).map_or(Ok(()), |ledger| ledger.append(&record));
            if let Err(error) = written {
                tracing::error!(%error, %slug, "the gate cannot write down what it decided");
                whole = false;
            }
        }
        whole
    }
}

/// What there is to see, of what edges count.
fn seen(last: &mut Counted, counters: &Counters, halls: &[Arc<Hall>], now: Instant) -> Seen {
    let mut listening = [0; 3];
    for hall in halls {
        let counts = hall.attendance.whole();
        Tier::ALL.iter().zip(&mut listening).for_each(|(tier, sum)| *sum += counts.seen[*tier as usize]);
    }
    let bytes = counters::BYTES.iter().map(|(_, name)| counters::of(counters, name)).sum::<u64>();
    let (delay_us, looks) = (counters::of(counters, pulse::DELAY_US), counters::of(counters, pulse::LOOKS));
    // Edges count once a second: in between there is no news.
    let news = looks != last.looks || last.at.is_none_or(|at| now.duration_since(at) > Duration::from_secs(3));
    if news {
        let passed = last.at.map_or(1.0, |at| now.duration_since(at).as_secs_f64().max(0.1));
        let more = looks.saturating_sub(last.looks).max(1);
        last.seen = Seen {
            // Segments that are full of sound and their acknowledgements: a twentieth more than what was said.
            line_bits: bytes.saturating_sub(last.bytes) as f64 * 8.0 * 1.05 / passed,
            delay: Duration::from_micros(delay_us.saturating_sub(last.delay_us) / more),
            ..Seen::default()
        };
        (last.at, last.bytes, last.delay_us, last.looks) = (Some(now), bytes, delay_us, looks);
    }
    Seen { listening, ..last.seen }
}
