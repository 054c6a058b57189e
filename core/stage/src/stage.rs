//! The state machine of one conversation.

use std::sync::Arc;

use hustings_vocab::event::{Hands, Playing, Roster, State, Turn};
use hustings_vocab::{HeldReason, MediaTime, Phase, Role, SAMPLE_RATE, SeatId, limits};

use crate::grants::{Door, Grant, Grants};
use crate::hands::Queue;
use crate::orders::{By, Order};
use crate::seats::{Seat, Seats, Session};

/// How long nobody may have a line before a live conversation is held: 0.5 s, in samples. A line is called lost 2 s
/// after its last packet, so that the audience knows within 3 s; a replaced session has its successor within this time.
pub const HOLD_AFTER_SAMPLES: u64 = SAMPLE_RATE as u64 / 2;

/// Something that happened to the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Somebody took a seat with a new session.
    Entered {
        /// The seat.
        seat: SeatId,
        /// The name to show.
        name: String,
        /// Their role.
        role: Role,
        /// The session, new in this process.
        session: Session,
    },
    /// A session's line is up.
    LineUp(Session),
    /// A session's line is lost; it may come back.
    LineLost(Session),
    /// A session is over.
    Left(Session),
    /// Somebody muted or unmuted themselves.
    Muted(SeatId, bool),
    /// Somebody's device stopped capturing (a call, a locked screen), or captures again.
    Interrupted(SeatId, bool),
    /// Somebody asks to speak.
    HandRaised {
        /// Their seat.
        seat: SeatId,
        /// The name to show.
        name: String,
    },
    /// Somebody does not ask any more, or does not follow an invitation.
    HandLowered(SeatId),
    /// Whoever runs the stage decides about one seat.
    Ordered {
        /// Who.
        by: By,
        /// About whom.
        seat: SeatId,
        /// What.
        order: Order,
    },
    /// Everybody but those who run the stage is muted.
    AllMuted(By),
    /// Nobody else may come on stage, or they may again.
    Locked(bool),
    /// Hands may be raised, or none may any more.
    HandsOpen(bool),
    /// Nobody has a turn any more.
    TurnOver,
    /// A clip is played, or none is any more.
    Played(Option<Playing>),
    /// The host starts the conversation.
    Start,
    /// The host takes a break.
    Hold,
    /// The host comes back from a break.
    Resume,
    /// The host ends the conversation.
    End,
    /// Nothing but time.
    TimePassed,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The conversation entered a phase.
    State(State),
    /// The roster changed.
    Roster(Roster),
    /// The raised hands changed.
    Hands(Hands),
    /// Something was decided about a seat; the records must know.
    Granted(SeatId, Option<Grant>),
    /// This session is over: its seat has another, or the conversation ended.
    Dismiss(Session),
}

/// Why something may not happen now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The phase does not allow it.
    #[error("the conversation is {}; it can {verb} only while it is {allowed}", .phase.name())]
    WrongPhase {
        /// The phase it is in.
        phase: Phase,
        /// What was asked.
        verb: &'static str,
        /// The phases in which it may be asked.
        allowed: &'static str,
    },
    /// Every seat is taken.
    #[error("the stage is full: {0} seats are taken")]
    Full(usize),
    /// Nobody of that name is on stage.
    #[error("{0} is not on stage")]
    NotOnStage(SeatId),
    /// Nobody of that name asks to speak.
    #[error("{0} does not ask to speak")]
    NotRaised(SeatId),
    /// No hands are wanted now.
    #[error("hands are closed now; the host opens them when there is time for more")]
    HandsClosed,
    /// Too many hands are raised.
    #[error("{0} people ask to speak already; try again later")]
    HandsFull(usize),
    /// Nobody else may come on stage now.
    #[error("the stage is locked; the host opens it")]
    Locked,
    /// Whoever asks was banned from this conversation, or may not ask to speak.
    #[error("you were removed from the stage of this conversation")]
    Removed,
    /// Their role does not take them on stage.
    #[error("you are not on stage in this conversation; raise your hand to speak")]
    NotHeard,
    /// They are above whoever decides.
    #[error("{0} runs this conversation; only a host can decide about a host")]
    Above(SeatId),
    /// Too many decisions are kept.
    #[error("{0} decisions about single people are kept already; end the conversation and begin another")]
    GrantsFull(usize),
}

/// The stage of one conversation.
#[derive(Debug)]
pub struct Stage {
    state: State,
    pub(crate) seats: Seats,
    /// Seats that there are for those who are heard.
    speakers: usize,
    pub(crate) hands: Queue,
    /// Shared with those who look from outside; it is copied when something is decided, which is seldom.
    pub(crate) grants: Arc<Grants>,
    pub(crate) locked: bool,
    pub(crate) hands_open: bool,
    pub(crate) turn: Option<Turn>,
    playing: Option<Playing>,
    /// Since when nobody has had a line; `None` while somebody has.
    deserted_since: Option<MediaTime>,
}

impl Stage {
    /// A stage whose doors are open, at media time `now`. A conversation that was live when the server stopped comes
    /// back as held, for its lines are lost, with what was decided about seats. There are seats for so many `speakers`, at most
    /// [`limits::SPEAKERS_PER_CONVERSATION_MAX`].
    #[must_use]
    pub fn open(mut state: State, grants: Grants, speakers: usize, now: MediaTime) -> Self {
        state.phase = match state.phase {
            Phase::Live => Phase::Held(HeldReason::LineLost),
            Phase::Scheduled => Phase::Lobby,
            other => other,
        };
        Self {
            state,
            seats: Seats::new(),
            speakers: speakers.min(limits::SPEAKERS_PER_CONVERSATION_MAX),
            hands: Queue::new(),
            grants: Arc::new(grants),
            locked: false,
            hands_open: true,
            turn: None,
            playing: None,
            deserted_since: Some(now),
        }
    }

    /// The state it is in.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Who is on stage and heard, which everybody may know.
    #[must_use]
    pub fn roster(&self) -> Roster {
        self.seats.roster(self.locked, self.turn.clone(), self.playing.clone())
    }

    /// Everybody on stage, producers among them.
    #[must_use]
    pub fn seated(&self) -> Vec<SeatId> {
        self.seats.ids()
    }

    /// Whether what comes from this session may be heard.
    #[must_use]
    pub fn hears_from(&mut self, session: Session) -> bool {
        self.seats.of(session).is_some_and(|seat| seat.role.is_heard())
    }

    /// Who asks to speak.
    #[must_use]
    pub fn hands(&self) -> Hands {
        self.hands.told(self.hands_open)
    }

    /// What was decided about single seats.
    #[must_use]
    pub const fn grants(&self) -> &Arc<Grants> {
        &self.grants
    }

    /// Seats taken by those who are heard, and by producers.
    #[must_use]
    pub fn seats_taken(&self) -> (usize, usize) {
        self.seats.taken()
    }

    /// When [`Happening::TimePassed`] is due, if nothing else happens before.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<MediaTime> {
        let since = self.deserted_since?;
        (self.state.phase == Phase::Live).then_some(since + HOLD_AFTER_SAMPLES)
    }

    /// Takes in one happening at media time `now` and says what follows.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub fn handle(&mut self, happening: Happening, now: MediaTime) -> Result<Vec<Change>, Refusal> {
        let before = self.state;
        let mut changes = match happening {
            Happening::Entered { seat, name, role, session } => self.enter(seat, name, role, session)?,
            Happening::LineUp(session) => self.line(session, true),
            Happening::LineLost(session) => self.line(session, false),
            Happening::Left(session) if self.seats.leave(session) => vec![self.roster_change()],
            Happening::Left(_) | Happening::TimePassed => Vec::new(),
            Happening::Muted(seat, muted) => {
                self.seats.named(&seat).ok_or(Refusal::NotOnStage(seat))?.mute(muted, None);
                vec![self.roster_change()]
            }
            Happening::Interrupted(seat, interrupted) => {
                self.seats.named(&seat).ok_or(Refusal::NotOnStage(seat))?.interrupted = interrupted;
                vec![self.roster_change()]
            }
            Happening::HandRaised { seat, name } => self.raise_hand(seat, name, now)?,
            Happening::HandLowered(seat) => self.lower_hand(&seat),
            Happening::Ordered { by, seat, order } => self.order(&by, seat, order, now)?,
            Happening::AllMuted(by) => self.mute_all(&by),
            Happening::Locked(locked) => {
                self.locked = locked;
                vec![self.roster_change()]
            }
            Happening::HandsOpen(open) => {
                self.hands_open = open;
                vec![self.hands_change()]
            }
            Happening::TurnOver => {
                self.turn = None;
                vec![self.roster_change()]
            }
            Happening::Played(playing) => {
                if !self.is_open() {
                    return Err(self.wrong_phase("be played to", "lobby, live or held"));
                }
                self.playing = playing;
                vec![self.roster_change()]
            }
            Happening::Start => self.start(now)?,
            Happening::Hold => self.hold()?,
            Happening::Resume => self.resume(now)?,
            Happening::End => self.end()?,
        };
        self.watch_lines(now);
        if self.state != before {
            changes.push(Change::State(self.state));
        }
        Ok(changes)
    }

    fn enter(&mut self, id: SeatId, name: String, role: Role, session: Session) -> Result<Vec<Change>, Refusal> {
        if !self.state.phase.is_open() {
            return Err(self.wrong_phase("be entered", "lobby, live or held"));
        }
        let returns = self.seats.named(&id).is_some();
        let (seats, producers) = self.seats.taken();
        let door =
            Door { grants: &self.grants, locked: self.locked, seats, speakers: self.speakers, producers, returns };
        let role = door.admits(&id, role)?;
        let asked = self.hands.lower(&id).then(|| self.hands_change());
        let replaced = self.seats.take(Seat::new(id, name, role, session)).map(Change::Dismiss);
        Ok(replaced.into_iter().chain([self.roster_change()]).chain(asked).collect())
    }

    fn line(&mut self, session: Session, connected: bool) -> Vec<Change> {
        match self.seats.of(session) {
            Some(seat) if seat.connected != connected => {
                seat.connected = connected;
                vec![self.roster_change()]
            }
            _ => Vec::new(),
        }
    }

    fn start(&mut self, now: MediaTime) -> Result<Vec<Change>, Refusal> {
        match self.state.phase {
            Phase::Lobby => {
                self.state = State { phase: Phase::Live, live_since: Some(now) };
                // A host may start with nobody on stage yet; the hold comes half a second later, not at once.
                self.deserted_since = self.deserted_since.map(|_| now);
                Ok(Vec::new())
            }
            _ => Err(self.wrong_phase("start", "in the lobby")),
        }
    }

    fn hold(&mut self) -> Result<Vec<Change>, Refusal> {
        match self.state.phase {
            Phase::Live | Phase::Held(HeldReason::LineLost) => {
                self.state.phase = Phase::Held(HeldReason::Break);
                Ok(Vec::new())
            }
            _ => Err(self.wrong_phase("be held", "live")),
        }
    }

    fn resume(&mut self, now: MediaTime) -> Result<Vec<Change>, Refusal> {
        match self.state.phase {
            Phase::Held(HeldReason::Break) => {
                self.state.phase = Phase::Live;
                self.deserted_since = self.deserted_since.map(|_| now);
                Ok(Vec::new())
            }
            _ => Err(self.wrong_phase("resume", "on a break")),
        }
    }

    fn end(&mut self) -> Result<Vec<Change>, Refusal> {
        if !self.state.phase.is_open() {
            return Err(self.wrong_phase("end", "lobby, live or held"));
        }
        self.state.phase = Phase::Ended;
        self.playing = None;
        let mut changes: Vec<_> = self.seats.clear().into_iter().map(Change::Dismiss).collect();
        changes.push(self.roster_change());
        changes.extend(self.hands.clear().then(|| self.hands_change()));
        Ok(changes)
    }

    /// Holds a live conversation that nobody can speak to, and takes it up again when somebody can.
    fn watch_lines(&mut self, now: MediaTime) {
        if self.seats.anybody_on_line() {
            self.deserted_since = None;
            if self.state.phase == Phase::Held(HeldReason::LineLost) {
                // A server that was started in the lobby and had its host start before is live since then.
                self.state.phase = Phase::Live;
                self.state.live_since.get_or_insert(now);
            }
            return;
        }
        let since = *self.deserted_since.get_or_insert(now);
        if self.state.phase == Phase::Live && now - since >= HOLD_AFTER_SAMPLES {
            self.state.phase = Phase::Held(HeldReason::LineLost);
        }
    }

    pub(crate) fn roster_change(&self) -> Change {
        Change::Roster(self.roster())
    }

    pub(crate) fn hands_change(&self) -> Change {
        Change::Hands(self.hands())
    }

    pub(crate) const fn is_open(&self) -> bool {
        self.state.phase.is_open()
    }

    pub(crate) const fn wrong_phase(&self, verb: &'static str, allowed: &'static str) -> Refusal {
        Refusal::WrongPhase { phase: self.state.phase, verb, allowed }
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::limits;

    use super::*;

    const LOBBY: State = State { phase: Phase::Lobby, live_since: None };

    fn enter(stage: &mut Stage, seat: &str, session: Session) -> Vec<Change> {
        let happening =
            Happening::Entered { seat: seat.parse().unwrap(), name: seat.into(), role: Role::Speaker, session };
        stage.handle(happening, MediaTime(0)).unwrap()
    }

    fn live() -> Stage {
        let mut stage = Stage::open(LOBBY, Grants::default(), limits::SPEAKERS_USUAL, MediaTime::ZERO);
        enter(&mut stage, "ada", 1);
        stage.handle(Happening::LineUp(1), MediaTime(960)).unwrap();
        stage.handle(Happening::Start, MediaTime(1920)).unwrap();
        stage
    }

    #[test]
    fn a_lost_line_holds_the_conversation_and_its_return_takes_it_up() {
        let mut stage = live();
        assert_eq!(stage.state(), State { phase: Phase::Live, live_since: Some(MediaTime(1920)) });
        stage.handle(Happening::LineLost(1), MediaTime(100_000)).unwrap();
        assert_eq!(stage.state().phase, Phase::Live);
        let due = stage.next_wakeup().unwrap();
        assert_eq!(due, MediaTime(124_000));
        let changes = stage.handle(Happening::TimePassed, due).unwrap();
        assert!(matches!(changes[..], [Change::State(State { phase: Phase::Held(HeldReason::LineLost), .. })]));
        stage.handle(Happening::LineUp(1), MediaTime(200_000)).unwrap();
        assert_eq!(stage.state().phase, Phase::Live);
    }

    #[test]
    fn a_break_is_not_ended_by_a_line() {
        let mut stage = live();
        stage.handle(Happening::Hold, MediaTime(2880)).unwrap();
        enter(&mut stage, "bo", 2);
        stage.handle(Happening::LineUp(2), MediaTime(2880)).unwrap();
        assert_eq!(stage.state().phase, Phase::Held(HeldReason::Break));
        stage.handle(Happening::Resume, MediaTime(3840)).unwrap();
        assert_eq!(stage.state().phase, Phase::Live);
    }

    #[test]
    fn a_second_session_of_a_seat_replaces_the_first_and_stays_muted() {
        let mut stage = live();
        stage.handle(Happening::Muted("ada".parse().unwrap(), true), MediaTime(0)).unwrap();
        let changes = enter(&mut stage, "ada", 7);
        assert_eq!(changes[0], Change::Dismiss(1));
        assert!(stage.roster().speakers[0].muted);
        assert!(stage.handle(Happening::Left(1), MediaTime(0)).unwrap().is_empty(), "the old session is nobody's");
        assert_eq!(stage.seats_taken(), (1, 0));
    }

    #[test]
    fn a_producer_is_on_stage_and_on_no_roster() {
        let mut stage = live();
        stage.handle(Happening::Locked(true), MediaTime(0)).unwrap();
        let enter = |stage: &mut Stage, n: u64| {
            let seat: SeatId = format!("crew{n}").parse().unwrap();
            let name = seat.to_string();
            stage.handle(Happening::Entered { seat, name, role: Role::Producer, session: 100 + n }, MediaTime(0))
        };
        for n in 0..limits::PRODUCERS_PER_CONVERSATION_MAX as u64 {
            enter(&mut stage, n).unwrap();
            assert!(!stage.hears_from(100 + n));
        }
        assert_eq!(enter(&mut stage, 9), Err(Refusal::Full(limits::PRODUCERS_PER_CONVERSATION_MAX)));
        assert_eq!(stage.roster().speakers.len(), 1);
        assert_eq!(stage.seated().len(), 1 + limits::PRODUCERS_PER_CONVERSATION_MAX);
        // A producer's line keeps nothing on air.
        stage.handle(Happening::LineUp(100), MediaTime(0)).unwrap();
        stage.handle(Happening::Left(1), MediaTime(0)).unwrap();
        stage.handle(Happening::TimePassed, MediaTime(HOLD_AFTER_SAMPLES)).unwrap();
        assert_eq!(stage.state().phase, Phase::Held(HeldReason::LineLost));
    }

    #[test]
    fn a_clip_is_told_while_it_is_played_and_not_after_the_end() {
        let mut stage = live();
        let clip = Playing { seat: "clip-1".parse().unwrap(), title: "Jingle".into(), length_ms: 4000 };
        let changes = stage.handle(Happening::Played(Some(clip.clone())), MediaTime(0)).unwrap();
        assert!(matches!(&changes[..], [Change::Roster(roster)] if roster.playing.as_ref() == Some(&clip)));
        stage.handle(Happening::End, MediaTime(0)).unwrap();
        assert_eq!(stage.roster().playing, None);
        assert!(stage.handle(Happening::Played(Some(clip)), MediaTime(0)).is_err());
    }

    #[test]
    fn the_end_dismisses_everybody_and_nothing_follows_it() {
        let mut stage = live();
        let changes = stage.handle(Happening::End, MediaTime(9600)).unwrap();
        assert_eq!(changes[0], Change::Dismiss(1));
        assert_eq!(stage.state().phase, Phase::Ended);
        for h in [Happening::Start, Happening::Hold, Happening::Resume, Happening::End] {
            assert!(stage.handle(h, MediaTime(9600)).is_err());
        }
    }

    #[test]
    fn a_server_that_was_killed_while_live_comes_back_held() {
        let was = State { phase: Phase::Live, live_since: Some(MediaTime(960)) };
        let stage = Stage::open(was, Grants::default(), limits::SPEAKERS_USUAL, MediaTime(960_000));
        assert_eq!(stage.state().phase, Phase::Held(HeldReason::LineLost));
        assert_eq!(stage.state().live_since, Some(MediaTime(960)));
    }

    #[test]
    fn the_stage_has_a_last_seat() {
        let mut stage = Stage::open(LOBBY, Grants::default(), limits::SPEAKERS_USUAL, MediaTime::ZERO);
        for n in 0..limits::SPEAKERS_USUAL as u64 {
            enter(&mut stage, &format!("s{n}"), n);
        }
        let one_more =
            Happening::Entered { seat: "x".parse().unwrap(), name: "x".into(), role: Role::Host, session: 999 };
        assert_eq!(stage.handle(one_more, MediaTime(0)), Err(Refusal::Full(13)));
    }
}
