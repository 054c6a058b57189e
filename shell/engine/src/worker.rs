//! One shard: its thread, its epoll, and the connections that it serves.
//!
//! All descriptors are edge-triggered, so a connection costs one call to register and one when it begins to listen; that
//! a listener can be written to again is told only after the kernel has refused, so nobody is woken in vain.

mod answers;
mod arrivals;
mod deliveries;
mod follows;
mod retune;
mod visits;

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hustings_fan::{Container, Key, Seats, Shard};
use hustings_gate::Cap;
use hustings_guard::{Fair, Pending};
use hustings_link::hall::{Hall, Presence};
use hustings_link::misuse::Misuse;
use hustings_link::peer::Slot;
use hustings_vocab::{Rendition, limits};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;

use crate::accept::Reserve;
use crate::bell::Belfry;
use crate::channels::Channels;
use crate::engine::House;
use crate::hls::{Boards, Clock, Ticket};
use crate::line::Line;
use crate::ring::Ring;
use crate::stats::{Answered, stats};
use crate::visitor::{Doing, Visitor};
use follows::Reader;

/// Names in epoll that are no connection's.
const LISTENER: u64 = u64::MAX;
const BELL: u64 = u64::MAX - 1;
/// Set in the names of visitors. The number of a seat is far below.
const VISITOR: u64 = 1 << 31;
/// Events taken at once.
const EVENTS: usize = 256;
/// Between two looks for visitors who stay too long and channels that nobody listens to.
const CHORES: Duration = Duration::from_millis(500);
/// After an accept that failed for want of descriptors or memory, when not even a refusal was possible: long enough for a
/// few connections to end, short enough for the backlog not to overflow at 10,000 arrivals a second.
const BACK_OFF: Duration = Duration::from_millis(50);

/// What a shard holds for each listener.
#[derive(Debug)]
struct Held {
    line: Line,
    addr: SocketAddr,
    slot: Slot,
    last: bool,
    _counted: Counted,
    /// What a listener hears; none for who reads events.
    hears: Option<Hears>,
}

/// By what somebody who is sent something is counted, as long as they are here.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping it is its only use")]
enum Counted {
    Listener(Presence),
    Reader(Reader),
}

/// What a listener hears.
#[derive(Debug)]
struct Hears {
    hall: Arc<Hall>,
    container: Container,
    asked: Rendition,
    now: Rendition,
    /// They came while newcomers were held lower than the others.
    newcomer: bool,
}

/// One shard.
#[derive(Debug)]
pub(crate) struct Worker {
    house: Arc<House>,
    belfry: Arc<Belfry>,
    listener: Option<Arc<TcpListener>>,
    reserve: Reserve,
    /// When accepting goes on that has failed.
    accept_at: Option<Instant>,
    epoll: OwnedFd,
    visitors: Seats<Visitor>,
    /// Visitors who wait for their rendition, and when they look again if nothing happens.
    waiting: Vec<Key>,
    /// Visitors who have not yet asked for anything.
    pending: Pending<Key>,
    /// Visitors whose handshake goes on when deliveries were made; each is in it once for every time that it was heard of.
    later: Fair<Key>,
    /// What handshakes have taken since deliveries were made.
    shaken: Duration,
    warm_at: Option<Instant>,
    shard: Shard<Held>,
    /// Sends many at once, where the system lets us.
    ring: Option<Ring>,
    channels: Channels,
    boards: Boards,
    clock: Clock,
    answered: Answered,
    /// Of the last request that was held.
    ticket: u32,
    /// Those who are held and for whom there is news; at most as many as are held.
    come: VecDeque<Ticket>,
    /// Visitors who have said more than was read at once.
    again: Vec<Key>,
    chores_at: Instant,
    /// The highest bitrates that were heard of last.
    cap: Cap,
    now: Instant,
    /// Scratch, to allocate nothing in steady state.
    keys: Vec<Key>,
    scratch: Vec<u8>,
}

impl Worker {
    pub(crate) fn new(house: Arc<House>, belfry: Arc<Belfry>, listener: Arc<TcpListener>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, belfry.event(), EventData::new_u64(BELL), EventFlags::IN | EventFlags::ET)?;
        let flags = EventFlags::IN | EventFlags::EXCLUSIVE;
        epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), flags)?;
        let now = Instant::now();
        let boards = Boards::new(belfry.clone(), &house.config.offered);
        Ok(Self {
            house,
            belfry,
            listener: Some(listener),
            reserve: Reserve::new(),
            accept_at: None,
            epoll,
            visitors: Seats::default(),
            waiting: Vec::new(),
            pending: Pending::new(limits::PENDING_PER_SHARD_MAX),
            later: Fair::default(),
            shaken: Duration::ZERO,
            warm_at: None,
            shard: Shard::new(now, limits::STREAM_CROWD),
            ring: None,
            channels: Channels::default(),
            boards,
            clock: Clock::new(SystemTime::now()),
            answered: Answered::default(),
            ticket: 0,
            come: VecDeque::new(),
            again: Vec::new(),
            chores_at: now,
            cap: Cap::NONE,
            now,
            keys: Vec::new(),
            scratch: Vec::with_capacity(limits::REQUEST_HEAD_BYTES_MAX),
        })
    }

    /// Serves until the house has closed and the last connection is over.
    ///
    /// # Errors
    /// What the system says when it gives no more events.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(EVENTS);
        self.ring = self.open_ring();
        loop {
            let wake_at = if self.has_more_to_do() { Some(self.now) } else { self.wake_at() };
            let wait = wake_at.map(|at| at.saturating_duration_since(Instant::now()));
            let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
            match epoll::wait(&self.epoll, spare_capacity(&mut events), wait.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            self.now = Instant::now();
            self.clock.look(SystemTime::now());
            std::mem::take(&mut self.again).into_iter().for_each(|key| self.hear(key, true));
            self.shaken = Duration::ZERO;
            self.shake();
            for event in events.drain(..) {
                match event.data.u64() {
                    LISTENER => self.accept(),
                    BELL => {}
                    name if name & VISITOR != 0 => self.visit(Key::from_bits(name & !VISITOR), event.flags),
                    name => self.listening(Key::from_bits(name), event.flags),
                }
            }
            for key in self.belfry.news() {
                self.channels.fill(&mut self.shard, key, self.now);
                self.warm_at = Some(self.now);
            }
            self.warm();
            self.answer_held();
            self.deliver_due();
            self.look();
            self.chores();
            stats().add(self.shard.take_tally());
            stats().add_answers(std::mem::take(&mut self.answered));
            if self.house.is_in_a_hurry() || (self.listener.is_none() && self.is_empty()) {
                return Ok(());
            }
        }
    }

    /// A ring is its thread's own, so it is opened here.
    fn open_ring(&self) -> Option<Ring> {
        if !self.house.config.io_uring {
            return None;
        }
        Ring::open().inspect_err(|error| tracing::info!(%error, "without io_uring: each delivery is a call")).ok()
    }

    fn is_empty(&self) -> bool {
        self.visitors.is_empty() && self.shard.is_empty()
    }

    /// Others had their turn before all was done.
    fn has_more_to_do(&self) -> bool {
        !self.again.is_empty() || !self.come.is_empty() || !self.later.is_empty()
    }

    fn wake_at(&self) -> Option<Instant> {
        let idle = self.visitors.is_empty() && self.channels.is_empty() && self.boards.is_empty();
        let chores = (!idle).then_some(self.chores_at);
        [chores, self.warm_at, self.boards.warm_at, self.accept_at, self.shard.wake_at()].into_iter().flatten().min()
    }

    /// What is done twice a second.
    fn chores(&mut self) {
        if self.accept_at.is_some_and(|at| at <= self.now) {
            self.accept_at = None;
            if let Some(listener) = &self.listener {
                self.wait_for_arrivals(listener);
            }
        }
        let closing = self.house.is_closing();
        if closing && let Some(listener) = self.listener.take() {
            let _ = epoll::delete(&self.epoll, &listener);
            self.chores_at = self.now;
        }
        if self.chores_at > self.now {
            return;
        }
        self.chores_at = self.now + CHORES;
        let over =
            |visitor: &Visitor| visitor.is_over(self.now) || (closing && matches!(visitor.doing, Doing::Asking(_)));
        let over: Vec<_> = self.visitors.iter().filter(|(_, v)| over(v)).map(|(key, _)| key).collect();
        for key in over {
            // Whoever begins to ask and does not end: nobody else takes ten seconds for a head.
            if !closing && self.visitors.find(key).is_some_and(Visitor::has_begun_to_ask) {
                Misuse::Heads.count();
            }
            self.dismiss(key);
        }
        self.clear_the_idle();
        self.answer_late();
        self.retune();
        self.tidy_boards();
        self.channels.shut_unused(&mut self.shard);
        self.channels.hearten(&mut self.shard, self.now);
    }
}

/// A connection on which requests come. That there is room to write is of no interest.
fn visitor_flags() -> EventFlags {
    EventFlags::IN | EventFlags::RDHUP | EventFlags::ET
}

/// The peer has closed, or the connection has failed.
fn is_over(flags: EventFlags) -> bool {
    flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR)
}
