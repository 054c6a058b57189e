//! The studio's door: opens conversations, seats speakers, carries commands to the worker that owns the conversation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use hustings_link::down::Down;
use hustings_link::room::SpeakerLine;
use hustings_link::stage::{Commander, EnterError, SpeakerPort, StageCommand, StageDoor};
use hustings_link::up::Up;
use hustings_stage::{Door, Grants, Refusal};
use hustings_vocab::event::State;
use hustings_vocab::{Claims, Role, SeatId, Slug, limits};
use tokio::sync::{mpsc, oneshot};

use crate::deck::{Clip, LobbySound};
use crate::line::Line;
use crate::notices::Notices;
use crate::room::{Done, Entry, Opening};
use crate::stats::Stats;
use crate::tap::Tap;
use crate::worker::{self, Inbox};

/// How the studio is set up.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Threads that mix; one for each core that sound may use.
    pub workers: usize,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The conversation is not open here.
    #[error("the conversation {0} is not open")]
    NotOpen(Slug),
    /// The stage said no; the text says why and what would be allowed.
    #[error("{0}")]
    Refused(String),
    /// The studio is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// What is shared of a conversation between its worker and those who knock.
#[derive(Debug)]
pub(crate) struct Board {
    state: Mutex<State>,
    /// Seats that there are for those who are heard.
    speakers: usize,
    seats: AtomicUsize,
    rules: Mutex<Arc<Rules>>,
    lines: Mutex<Vec<SpeakerLine>>,
}

/// Who may come on stage.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) grants: Arc<Grants>,
    pub(crate) locked: bool,
    /// Those who are there.
    pub(crate) seated: Vec<SeatId>,
    /// How many of them are producers.
    pub(crate) producers: usize,
}

impl Board {
    fn new(state: State, grants: Grants, speakers: usize) -> Self {
        let rules = Rules { grants: Arc::new(grants), ..Rules::default() };
        Self {
            state: Mutex::new(state),
            speakers,
            seats: AtomicUsize::new(0),
            rules: Mutex::new(Arc::new(rules)),
            lines: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn post(&self, state: State, seats: usize) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.seats.store(seats, Relaxed);
    }

    pub(crate) fn post_rules(&self, rules: Rules) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// What lines are like. Who is reading at this moment reads what was true a second ago: the tick waits for nobody.
    pub(crate) fn post_lines(&self, lines: &[Line]) {
        if let Ok(mut posted) = self.lines.try_lock() {
            posted.clear();
            posted.extend(lines.iter().map(Line::lately));
        }
    }

    fn rules(&self) -> Arc<Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The role in which a token's holder comes on stage.
    fn admits(&self, claims: &Claims) -> Result<Role, EnterError> {
        let phase = self.state().phase;
        if !phase.is_open() {
            return Err(EnterError::NotOpen(phase));
        }
        let rules = self.rules();
        let returns = rules.seated.contains(&claims.sub);
        let door = Door {
            grants: &rules.grants,
            locked: rules.locked,
            seats: self.seats.load(Relaxed),
            speakers: self.speakers,
            producers: rules.producers,
            returns,
        };
        door.admits(&claims.sub, claims.role).map_err(|refusal| match refusal {
            Refusal::Removed => EnterError::Removed,
            Refusal::Locked => EnterError::Locked,
            Refusal::Full(seats) => EnterError::Full(seats),
            // A door has no other reason.
            _ => EnterError::NotHeard,
        })
    }
}

#[derive(Debug, Clone)]
struct Handle {
    worker: usize,
    board: Arc<Board>,
}

/// The studio. Dropping it stops its workers.
#[derive(Debug)]
pub struct Studio {
    workers: Vec<Sender<Inbox>>,
    open: RwLock<HashMap<Slug, Handle>>,
    next_session: AtomicU64,
    next_room: AtomicUsize,
    stats: Arc<Stats>,
}

impl Studio {
    /// Starts the workers. Parts, frames and events go to `down`, which must be emptied swiftly; changes of state go to
    /// `notices`; what speakers send passes the tap.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(config: Config, down: &mpsc::Sender<Down>, notices: &Notices, tap: &Tap) -> std::io::Result<Self> {
        let stats = Arc::<Stats>::default();
        let start = |n| worker::start(n, down.clone(), notices.clone(), tap.clone(), stats.clone());
        let workers = (0..config.workers.max(1)).map(start).collect::<std::io::Result<_>>()?;
        Ok(Self {
            workers,
            open: RwLock::default(),
            next_session: AtomicU64::new(1),
            next_room: AtomicUsize::new(0),
            stats,
        })
    }

    /// Opens a conversation: its media timeline runs from now on. Does nothing if it is open already.
    ///
    /// # Errors
    /// [`CommandError::Refused`] when too many are open.
    pub fn open(&self, opening: Opening) -> Result<(), CommandError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, handle| !handle.board.state().phase.is_over());
        if open.contains_key(&opening.slug) {
            return Ok(());
        }
        if open.len() >= limits::CONVERSATIONS_OPEN_MAX {
            let max = limits::CONVERSATIONS_OPEN_MAX;
            return Err(CommandError::Refused(format!("{max} conversations are open; end one first")));
        }
        let number = self.next_room.fetch_add(1, Relaxed);
        let board = Arc::new(Board::new(opening.state, opening.grants.clone(), opening.speakers));
        let handle = Handle { worker: number % self.workers.len(), board: board.clone() };
        let slug = opening.slug.clone();
        let sent = self.workers[handle.worker].send(Inbox::Open(Box::new((opening, number, board))));
        sent.map_err(|_| CommandError::ShuttingDown)?;
        open.insert(slug, handle);
        Ok(())
    }

    /// Carries out a command of the stage.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn command(&self, slug: &Slug, by: Commander, command: StageCommand) -> Result<Done, CommandError> {
        let handle = self.handle(slug).ok_or_else(|| CommandError::NotOpen(slug.clone()))?;
        let (reply, answer) = oneshot::channel();
        let message = Inbox::Command { slug: slug.clone(), by, command, reply };
        self.workers[handle.worker].send(message).map_err(|_| CommandError::ShuttingDown)?;
        answer.await.map_err(|_| CommandError::NotOpen(slug.clone()))?
    }

    /// Plays a clip to the audience and to everybody on stage in place of the one that is played, or lets that fade out.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn play(&self, slug: &Slug, clip: Option<Clip>) -> Result<(), CommandError> {
        let handle = self.handle(slug).ok_or_else(|| CommandError::NotOpen(slug.clone()))?;
        let (reply, answer) = oneshot::channel();
        let message = Inbox::Play { slug: slug.clone(), clip, reply };
        self.workers[handle.worker].send(message).map_err(|_| CommandError::ShuttingDown)?;
        answer.await.map_err(|_| CommandError::NotOpen(slug.clone()))?
    }

    /// What the lobby of a conversation sounds of from now on, if it is open.
    pub fn set_lobby_sound(&self, slug: &Slug, sound: Option<LobbySound>) {
        if let Some(handle) = self.handle(slug) {
            // A worker that has stopped has nobody left who waits.
            let _ = self.workers[handle.worker].send(Inbox::Lobby(slug.clone(), sound));
        }
    }

    /// Takes in a wish or a count from the audience plane.
    pub fn up(&self, up: Up) {
        if let Some(handle) = self.handle(up.slug()) {
            // A worker that has stopped has nobody left to encode for.
            let _ = self.workers[handle.worker].send(Inbox::Up(up));
        }
    }

    /// The role now of a seat whose token says `role`, in an open conversation.
    #[must_use]
    pub fn role_of(&self, slug: &Slug, seat: &SeatId, role: Role) -> Option<Option<Role>> {
        self.handle(slug).map(|h| h.board.rules().grants.role(seat, role))
    }

    /// The state of an open conversation.
    #[must_use]
    pub fn state(&self, slug: &Slug) -> Option<State> {
        self.handle(slug).map(|h| h.board.state())
    }

    /// What the lines of an open conversation are like.
    #[must_use]
    pub fn lines(&self, slug: &Slug) -> Vec<SpeakerLine> {
        let handle = self.handle(slug);
        handle.map(|h| h.board.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Counters.
    #[must_use]
    pub const fn stats(&self) -> &Arc<Stats> {
        &self.stats
    }

    /// Ends every stream properly, without ending the conversations: they resume when the server starts again. Waits
    /// until every worker has said goodbye, `patience` at most.
    pub fn shut_down(&self, patience: Duration) {
        let (done, finished) = std::sync::mpsc::channel();
        for worker in &self.workers {
            let _ = worker.send(Inbox::ShutDown(done.clone()));
        }
        drop(done);
        for _ in &self.workers {
            if finished.recv_timeout(patience).is_err() {
                return;
            }
        }
    }

    fn handle(&self, slug: &Slug) -> Option<Handle> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }
}

impl StageDoor for Studio {
    fn enter(&self, claims: &Claims) -> Result<SpeakerPort, EnterError> {
        let slug = &claims.conversation;
        let handle = self.handle(slug).ok_or_else(|| EnterError::Unknown(slug.clone()))?;
        let role = handle.board.admits(claims)?;
        let session = self.next_session.fetch_add(1, Relaxed);
        let (to_mixer, from_line) = mpsc::channel(limits::SPEAKER_QUEUE_PACKETS_MAX);
        let (to_line, from_mixer) = mpsc::channel(limits::RETURN_QUEUE_FRAMES_MAX);
        let name = claims.name.clone().unwrap_or_else(|| claims.sub.to_string());
        let entry = Entry { seat: claims.sub.clone(), name, role, session, from_line, to_line };
        self.workers[handle.worker]
            .send(Inbox::Enter(slug.clone(), Box::new(entry)))
            .map_err(|_| EnterError::Unknown(slug.clone()))?;
        Ok(SpeakerPort { session, to_mixer, from_mixer })
    }

    fn admits(&self, claims: &Claims) -> Result<(), EnterError> {
        let slug = &claims.conversation;
        let handle = self.handle(slug).ok_or_else(|| EnterError::Unknown(slug.clone()))?;
        handle.board.admits(claims).map(drop)
    }
}
