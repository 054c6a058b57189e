//! One open conversation on its worker: stage, lines, mix and program, one tick at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_link::down::Down;
use hustings_link::stage::{Commander, FromLine, ReturnFrame, StageCommand};
use hustings_mix::Mixer;
use hustings_stage::{By, Change, Grant, Grants, Happening, Refusal, Stage};
use hustings_vocab::event::{Event, Roster, State, What};
use hustings_vocab::{MediaTime, Phase, Role, SAMPLE_RATE, SeatId, Slug, TICK_SAMPLES};
use tokio::sync::mpsc;

use crate::deck::{Clip, Decks, LobbySound};
use crate::fader::Fader;
use crate::levels::LevelMeter;
use crate::line::{Line, LineChange};
use crate::notices::Notices;
use crate::program::Program;
use crate::returns::Returns;
use crate::stats::Stats;
use crate::studio::{Board, Rules};
use crate::tap::{LineTap, Tap};

/// How a conversation is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its name.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// The state it is in, or was in when the server stopped.
    pub state: State,
    /// Wall-clock time of media time 0 in milliseconds since 1970.
    pub epoch_ms: u64,
    /// Wall-clock time now in milliseconds since 1970.
    pub now_ms: u64,
    /// What was decided about single seats before.
    pub grants: Grants,
    /// Seats for those who are heard.
    pub speakers: usize,
    /// How often its media was lost, this time included.
    pub discontinuities: u32,
    /// It was open before: its media until now was lost.
    pub resumed: bool,
}

/// What a command has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The state after it.
    pub state: State,
    /// What was decided about single seats, which the records must keep.
    pub granted: Vec<(SeatId, Option<Grant>)>,
}

/// Somebody who takes a seat.
pub(crate) struct Entry {
    pub(crate) seat: SeatId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) session: u64,
    pub(crate) from_line: mpsc::Receiver<FromLine>,
    pub(crate) to_line: mpsc::Sender<ReturnFrame>,
}

/// An open conversation.
pub(crate) struct Room {
    slug: Slug,
    /// When the first tick was due; arrivals and voices count from here.
    origin: Instant,
    /// Media time of the next tick.
    t: MediaTime,
    stage: Stage,
    lines: Vec<Line>,
    mixer: Mixer,
    returns: Returns,
    fader: Fader,
    decks: Decks,
    meter: LevelMeter,
    program: Program,
    board: Arc<Board>,
    notices: Notices,
    tap: Tap,
    stats: Arc<Stats>,
}

impl Room {
    /// Opens a conversation whose first tick is due at `first`, which is `phase` from now.
    pub(crate) fn open(
        opening: Opening,
        (first, phase): (Instant, Duration),
        board: Arc<Board>,
        down: mpsc::Sender<Down>,
        (notices, tap): (Notices, Tap),
        stats: Arc<Stats>,
    ) -> Self {
        let elapsed = Duration::from_millis(opening.now_ms.saturating_sub(opening.epoch_ms)) + phase;
        let t = MediaTime::at_tick(elapsed);
        let stage = Stage::open(opening.state, opening.grants, opening.speakers, t);
        // The last loss is told by the first part of each rendition.
        let discontinuities = opening.discontinuities - u32::from(opening.resumed && opening.discontinuities > 0);
        let program = Program::new(opening.slug.clone(), t, opening.resumed, down, stats.clone());
        program.post(Down::Opened {
            slug: opening.slug.clone(),
            title: opening.title,
            epoch_ms: opening.epoch_ms,
            discontinuities,
        });
        let room = Self {
            slug: opening.slug,
            origin: first,
            t,
            stage,
            lines: Vec::new(),
            mixer: Mixer::new(),
            returns: Returns::default(),
            fader: Fader::default(),
            decks: Decks::default(),
            meter: LevelMeter::default(),
            program,
            board,
            notices,
            tap,
            stats,
        };
        room.announce(What::State(room.stage.state()));
        room.announce(What::Hands(room.stage.hands()));
        room.tell_records();
        room
    }

    /// The way out.
    pub(crate) const fn program(&mut self) -> &mut Program {
        &mut self.program
    }

    /// Gives somebody a seat. Who is refused finds their port closed.
    pub(crate) fn enter(&mut self, entry: Entry) {
        let Entry { seat, name, role, session, from_line, to_line } = entry;
        let happening = Happening::Entered { seat: seat.clone(), name: name.clone(), role, session };
        if let Err(refusal) = self.happen(happening) {
            tracing::info!(slug = %self.slug, %seat, %refusal, "a seat was refused");
            return;
        }
        let heard = self.stage.hears_from(session);
        let tap = LineTap::new(self.tap.clone(), self.slug.clone(), session, seat.clone(), name);
        match Line::new(session, seat, heard, from_line, to_line, tap) {
            Ok(line) => {
                self.lines.push(line);
                self.stats.speaker_came();
                // Muting is the seat's: a new line of a muted seat begins muted.
                self.mute_as_seated(&self.stage.roster());
            }
            Err(error) => {
                tracing::error!(slug = %self.slug, %error, "a line cannot be decoded");
                let _ = self.happen(Happening::Left(session));
            }
        }
    }

    /// Carries out a command of the stage.
    pub(crate) fn command(&mut self, by: Commander, command: StageCommand) -> Result<Done, Refusal> {
        let state = self.stage.state();
        let Commander { seat, name, role } = by;
        let by = By { name: name.clone(), role };
        let happening = match (command, seat) {
            (StageCommand::Start, _) => Happening::Start,
            (StageCommand::Hold, _) => Happening::Hold,
            (StageCommand::Resume, _) => Happening::Resume,
            (StageCommand::End, _) => Happening::End,
            (StageCommand::Seat(seat, order), _) => Happening::Ordered { by, seat, order },
            (StageCommand::MuteAll, _) => Happening::AllMuted(by),
            (StageCommand::Lock(locked), _) => Happening::Locked(locked),
            (StageCommand::OpenHands(open), _) => Happening::HandsOpen(open),
            (StageCommand::EndTurn, _) => Happening::TurnOver,
            (StageCommand::Mute(muted), Some(seat)) => Happening::Muted(seat, muted),
            (StageCommand::Interrupted(interrupted), Some(seat)) => Happening::Interrupted(seat, interrupted),
            (StageCommand::RaiseHand, Some(seat)) => Happening::HandRaised { seat, name },
            (StageCommand::LowerHand, Some(seat)) => Happening::HandLowered(seat),
            // Who has no seat has nothing to mute and no hand.
            (_, None) => return Ok(Done { state, granted: Vec::new() }),
        };
        let granted = self.happen(happening)?;
        Ok(Done { state: self.stage.state(), granted })
    }

    /// Plays a clip, or lets the one that is played fade out.
    pub(crate) fn play(&mut self, clip: Option<Clip>) -> Result<(), Refusal> {
        self.happen(Happening::Played(clip.as_ref().map(|clip| clip.playing.clone())))?;
        match clip {
            Some(clip) => self.decks.play(clip),
            None => self.decks.stop(),
        }
        Ok(())
    }

    /// What the lobby sounds of from now on.
    pub(crate) fn set_lobby_sound(&mut self, sound: Option<LobbySound>) {
        self.decks.set_lobby(sound);
    }

    /// Lets `ticks` ticks pass unmixed, because the machine stood still.
    pub(crate) fn skip(&mut self, ticks: u64) {
        for _ in 0..ticks {
            self.program.push(&[0.0; TICK_SAMPLES]);
            self.t = self.t + TICK_SAMPLES as u64;
        }
    }

    /// One tick; `false` when the conversation is over.
    pub(crate) fn tick(&mut self, now: Instant) -> bool {
        self.take_in();
        // Nothing is refused of time passing.
        let _ = self.happen(Happening::TimePassed);
        self.render(now.saturating_duration_since(self.origin));
        self.t = self.t + TICK_SAMPLES as u64;
        if let Some(levels) = self.meter.end_tick() {
            self.announce(What::Levels(levels));
        }
        if self.t.0.is_multiple_of(u64::from(SAMPLE_RATE)) {
            self.lines.iter_mut().for_each(|line| line.count(&self.stats));
            self.board.post_lines(&self.lines);
        }
        if self.stage.state().phase.is_over() {
            self.program.finish();
            return false;
        }
        true
    }
}

impl Room {
    /// Takes in what the lines brought since the last tick.
    fn take_in(&mut self) {
        let mut changes = Vec::new();
        for line in &mut self.lines {
            let session = line.session;
            line.take_in(self.origin, |change| changes.push((session, change)));
        }
        for (session, change) in changes {
            // None of these is ever refused.
            let _ = self.happen(match change {
                LineChange::Up => Happening::LineUp(session),
                LineChange::Lost => Happening::LineLost(session),
                LineChange::Left => Happening::Left(session),
            });
            if change == LineChange::Left {
                self.dismiss(session);
            }
        }
    }

    /// Renders the voices, mixes, and sends everybody what they hear.
    fn render(&mut self, now: Duration) {
        let phase = self.stage.state().phase;
        let on_air = phase == Phase::Live;
        for line in self.lines.iter_mut().filter(|line| line.heard) {
            let heard = self.mixer.hear(line.session, |frame| line.voice.tick(now, frame));
            if on_air {
                self.meter.voice(&line.seat, heard.dbov);
            }
        }
        let meter = &mut self.meter;
        let ended = self.decks.hear(&mut self.mixer, |clip, dbov| meter.voice(&clip.seat, dbov));
        self.mixer.mix();
        let mut program = self.fader.pass(self.mixer.program(), on_air);
        self.decks.add(&mut program, on_air, phase == Phase::Lobby);
        self.program.push(&program);
        self.returns.send(self.t, &self.mixer, &mut self.lines);
        if ended && self.decks.playing().is_none() && self.stage.roster().playing.is_some() {
            // Refused only when the conversation is over, whose roster says that nothing is played.
            let _ = self.happen(Happening::Played(None));
        }
    }

    /// Tells the stage what happened and carries out what follows. Answers with what was decided about seats.
    fn happen(&mut self, happening: Happening) -> Result<Vec<(SeatId, Option<Grant>)>, Refusal> {
        let mut granted = Vec::new();
        let mut ruled = false;
        for change in self.stage.handle(happening, self.t)? {
            match change {
                Change::State(state) => {
                    self.announce(What::State(state));
                    self.tell_records();
                    tracing::info!(slug = %self.slug, phase = state.phase.name(), "the conversation changed phase");
                }
                Change::Roster(roster) => {
                    self.mute_as_seated(&roster);
                    self.announce(What::Roster(self.meter.timed(roster)));
                    ruled = true;
                }
                Change::Hands(hands) => self.announce(What::Hands(hands)),
                Change::Granted(seat, grant) => granted.push((seat, grant)),
                Change::Dismiss(session) => self.dismiss(session),
            }
        }
        if ruled || !granted.is_empty() {
            let roster = self.stage.roster();
            let grants = self.stage.grants().clone();
            let (_, producers) = self.stage.seats_taken();
            self.board.post_rules(Rules { grants, locked: roster.locked, seated: self.stage.seated(), producers });
        }
        self.board.post(self.stage.state(), self.stage.seats_taken().0);
        Ok(granted)
    }

    fn mute_as_seated(&mut self, roster: &Roster) {
        for speaker in &roster.speakers {
            if let Some(line) = self.lines.iter_mut().find(|l| l.seat == speaker.seat) {
                line.voice.set_muted(speaker.muted);
            }
        }
    }

    /// Drops a session's line, which closes its port.
    fn dismiss(&mut self, session: u64) {
        let before = self.lines.len();
        self.lines.iter_mut().filter(|l| l.session == session).for_each(|line| line.count(&self.stats));
        self.lines.retain(|line| line.session != session);
        if self.lines.len() < before {
            self.stats.speaker_went();
        }
    }

    fn announce(&self, what: What) {
        self.program.post(Down::Event { slug: self.slug.clone(), event: Event { t: self.t, what } });
    }

    fn tell_records(&self) {
        self.notices.post(&self.slug, self.stage.state());
    }
}
