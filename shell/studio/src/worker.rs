//! A worker: one thread that owns some conversations and wakes on their ticks.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use hustings_link::down::Down;
use hustings_link::stage::{Commander, StageCommand};
use hustings_link::up::Up;
use hustings_vocab::Slug;
use tokio::sync::{mpsc, oneshot};

use crate::backfill::Backfilled;
use crate::deck::{Clip, LobbySound};
use crate::notices::Notices;
use crate::priority;
use crate::room::{Done, Entry, Opening, Room};
use crate::stats::Stats;
use crate::studio::{Board, CommandError};
use crate::tap::Tap;

/// Length of a tick.
pub(crate) const TICK: Duration = Duration::from_millis(20);
/// A machine that stood still for longer than this skips the ticks between instead of mixing what nobody can use.
const BEHIND_MAX: Duration = Duration::from_millis(500);

/// What a worker is told.
pub(crate) enum Inbox {
    /// A conversation opens; its number spreads the ticks.
    Open(Box<(Opening, usize, Arc<Board>)>),
    /// Somebody takes a seat.
    Enter(Slug, Box<Entry>),
    /// A command of the stage.
    Command { slug: Slug, by: Commander, command: StageCommand, reply: oneshot::Sender<Result<Done, CommandError>> },
    /// A clip is to be played, or none any more.
    Play { slug: Slug, clip: Option<Clip>, reply: oneshot::Sender<Result<(), CommandError>> },
    /// What a lobby sounds of.
    Lobby(Slug, Option<LobbySound>),
    /// From the audience plane.
    Up(Up),
    /// A rendition has caught up.
    Backfilled(Slug, Box<Backfilled>),
    /// Say goodbye to every listener and stop.
    ShutDown(Sender<()>),
}

/// Starts worker number `n`. It stops when its inbox has no senders or at [`Inbox::ShutDown`].
pub(crate) fn start(
    n: usize,
    down: mpsc::Sender<Down>,
    notices: Notices,
    tap: Tap,
    stats: Arc<Stats>,
) -> std::io::Result<Sender<Inbox>> {
    let (inbox, mail) = channel();
    let own = inbox.clone();
    let worker = move || {
        priority::ticks_come_first();
        let mut worker = Worker { rooms: HashMap::new(), due: BinaryHeap::new(), down, notices, tap, stats, own };
        worker.run(&mail);
    };
    std::thread::Builder::new().name(format!("mix-{n}")).spawn(worker)?;
    Ok(inbox)
}

struct Worker {
    rooms: HashMap<Slug, Room>,
    due: BinaryHeap<Reverse<(Instant, Slug)>>,
    down: mpsc::Sender<Down>,
    notices: Notices,
    tap: Tap,
    stats: Arc<Stats>,
    own: Sender<Inbox>,
}

impl Worker {
    fn run(&mut self, mail: &Receiver<Inbox>) {
        loop {
            let wait = match self.due.peek() {
                Some(Reverse((due, _))) => due.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(3600),
            };
            // Mail does not end the wait early: it is taken in on the tick.
            if !wait.is_zero() && self.due.peek().is_some() {
                std::thread::sleep(wait);
            } else if self.due.is_empty() {
                match mail.recv_timeout(wait) {
                    Ok(message) => {
                        if !self.take_in(message) {
                            return;
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
            while let Ok(message) = mail.try_recv() {
                if !self.take_in(message) {
                    return;
                }
            }
            self.tick_all();
        }
    }

    /// Carries out one message; `false` ends the worker.
    fn take_in(&mut self, message: Inbox) -> bool {
        match message {
            Inbox::Open(opening) => self.open(*opening),
            Inbox::Enter(slug, entry) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.enter(*entry);
                }
            }
            Inbox::Command { slug, by, command, reply } => {
                let answer = match self.rooms.get_mut(&slug) {
                    Some(room) => room.command(by, command).map_err(|r| CommandError::Refused(r.to_string())),
                    None => Err(CommandError::NotOpen(slug)),
                };
                // Whoever asked may have gone.
                let _ = reply.send(answer);
            }
            Inbox::Play { slug, clip, reply } => {
                let answer = match self.rooms.get_mut(&slug) {
                    Some(room) => room.play(clip).map_err(|r| CommandError::Refused(r.to_string())),
                    None => Err(CommandError::NotOpen(slug)),
                };
                let _ = reply.send(answer);
            }
            Inbox::Lobby(slug, sound) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.set_lobby_sound(sound);
                }
            }
            Inbox::Up(Up::Want(slug, rendition)) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.program().want(rendition, &self.own);
                }
            }
            Inbox::Up(Up::Release(slug, rendition)) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.program().release(rendition);
                }
            }
            Inbox::Up(Up::Frames(slug, rendition, wanted)) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.program().send_frames(rendition, wanted);
                }
            }
            Inbox::Up(Up::Listening(..) | Up::Named(..) | Up::Seats(..) | Up::Here(..)) => {}
            Inbox::Backfilled(slug, done) => {
                if let Some(room) = self.rooms.get_mut(&slug) {
                    room.program().backfilled(*done);
                }
            }
            Inbox::ShutDown(done) => {
                for room in self.rooms.values_mut() {
                    room.program().finish();
                }
                let _ = done.send(());
                return false;
            }
        }
        true
    }

    fn open(&mut self, (opening, number, board): (Opening, usize, Arc<Board>)) {
        // The golden ratio spreads any number of conversations evenly over the tick.
        let phase = TICK.mul_f64((number as f64 * 0.618_034).fract());
        let slug = opening.slug.clone();
        let first = Instant::now() + phase;
        let told = (self.notices.clone(), self.tap.clone());
        let room = Room::open(opening, (first, phase), board, self.down.clone(), told, self.stats.clone());
        self.due.push(Reverse((first, slug.clone())));
        self.rooms.insert(slug, room);
        self.stats.opened();
    }

    fn tick_all(&mut self) {
        while let Some(Reverse((due, _))) = self.due.peek()
            && *due <= Instant::now()
            && let Some(Reverse((due, slug))) = self.due.pop()
        {
            let Some(room) = self.rooms.get_mut(&slug) else { continue };
            let began = Instant::now();
            let late = began.saturating_duration_since(due);
            if late > BEHIND_MAX {
                let ticks = (late.as_nanos() / TICK.as_nanos()) as u64;
                room.skip(ticks);
                self.stats.skip_ticks(ticks);
                self.due.push(Reverse((due + TICK * ticks as u32, slug)));
                continue;
            }
            // The tick is as of when it was due: a late one plays what it would have played.
            let goes_on = room.tick(due);
            self.stats.tick(late, began.elapsed());
            if goes_on {
                self.due.push(Reverse((due + TICK, slug)));
            } else {
                self.rooms.remove(&slug);
                self.stats.closed();
            }
        }
    }
}
