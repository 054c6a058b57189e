//! The door of the stage: how a line (a WebRTC session) meets the mixer.
//!
//! The shell that owns the sockets calls [`StageDoor::enter`] once a token was checked, and gets a [`SpeakerPort`]. Both
//! directions are bounded queues that never block: what does not fit is dropped and counted, so a slow socket cannot
//! hold the tick and a flooding speaker cannot fill the memory.

use std::time::Instant;

use bytes::Bytes;
use hustings_stage::Order;
use hustings_vocab::{Claims, MediaTime, Phase, Role, SeatId, Slug};
use tokio::sync::mpsc;

/// One packet from a speaker.
#[derive(Debug, Clone)]
pub struct LinePacket {
    /// RTP sequence number, extended to 64 bits.
    pub seq: u64,
    /// RTP timestamp at 48 kHz, extended to 64 bits.
    pub rtp_time: u64,
    /// When it arrived.
    pub arrived: Instant,
    /// The Opus packet. Empty for comfort noise or padding.
    pub payload: Bytes,
}

/// What a line tells the mixer.
#[derive(Debug, Clone)]
pub enum FromLine {
    /// ICE and DTLS are done: the speaker can be heard.
    Up,
    /// A packet, in any order, perhaps twice.
    Packet(LinePacket),
    /// How much of the sender's packets the network loses, in thousandths, before anything is repaired.
    NetworkLost {
        /// Thousandths.
        permille: u16,
    },
    /// ICE consent was lost; it may come back on the same session.
    Lost,
    /// The session is over: `DELETE`, a closed connection, or replaced by another of the same seat.
    Left,
}

/// One frame of a speaker's own N−1 mix, 20 ms of Opus.
#[derive(Debug, Clone)]
pub struct ReturnFrame {
    /// Media time of the frame: its RTP timestamp follows it, so that the return's clock never jumps.
    pub t: MediaTime,
    /// The packet.
    pub packet: Bytes,
}

/// A seat taken on stage. Dropping it is the same as sending [`FromLine::Left`].
#[derive(Debug)]
pub struct SpeakerPort {
    /// Unique among all sessions of this process.
    pub session: u64,
    /// To the mixer; use `try_send`, never wait.
    pub to_mixer: mpsc::Sender<FromLine>,
    /// From the mixer. Closed when this session was replaced, removed, or when the conversation ended: then end the
    /// WebRTC session.
    pub from_mixer: mpsc::Receiver<ReturnFrame>,
}

/// Why a seat was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnterError {
    /// There is no such conversation.
    #[error("there is no conversation {0}")]
    Unknown(Slug),
    /// It is not open.
    #[error("the conversation is {}; the stage can be entered while it is lobby, live or held", .0.name())]
    NotOpen(Phase),
    /// The role may not send sound.
    #[error("the token's role is not heard on stage; ask the host for a speaker's link")]
    NotHeard,
    /// Whoever runs the conversation has removed them.
    #[error("you were removed from the stage of this conversation")]
    Removed,
    /// Nobody else may come on stage now.
    #[error("the stage is locked; the host opens it")]
    Locked,
    /// Every seat is taken.
    #[error("the stage is full: {0} seats are taken")]
    Full(usize),
}

/// What may be asked of the stage beside sending sound. Who may ask what is decided before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageCommand {
    /// Mute or unmute oneself.
    Mute(bool),
    /// One's device does not capture just now, or captures again.
    Interrupted(bool),
    /// Ask to speak.
    RaiseHand,
    /// Ask no more, or do not follow an invitation.
    LowerHand,
    /// Go live.
    Start,
    /// Take a break.
    Hold,
    /// Come back from a break.
    Resume,
    /// End the conversation.
    End,
    /// Decide about one seat.
    Seat(SeatId, Order),
    /// Mute everybody who does not run the stage.
    MuteAll,
    /// Let nobody else on stage, or let them again.
    Lock(bool),
    /// Let hands be raised, or let none be raised.
    OpenHands(bool),
    /// Nobody has a turn any more.
    EndTurn,
}

/// Who commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commander {
    /// Their seat, if they have one.
    pub seat: Option<SeatId>,
    /// The name that those see whom it concerns.
    pub name: String,
    /// Their role; none for whoever decides for the site.
    pub role: Option<Role>,
}

impl Commander {
    /// The server itself, or its operator.
    #[must_use]
    pub fn site() -> Self {
        Self { seat: None, name: "the site".into(), role: None }
    }
}

/// The stage, as seen by the shell that owns the sockets. Implemented by the studio.
pub trait StageDoor: Send + Sync + 'static {
    /// Takes the seat that the claims name. A second session of one seat replaces the first.
    ///
    /// # Errors
    /// [`EnterError`] when the conversation or the role does not allow it.
    fn enter(&self, claims: &Claims) -> Result<SpeakerPort, EnterError>;

    /// Whether [`StageDoor::enter`] would give the seat now.
    ///
    /// # Errors
    /// The same.
    fn admits(&self, claims: &Claims) -> Result<(), EnterError> {
        if claims.role.is_heard() { Ok(()) } else { Err(EnterError::NotHeard) }
    }
}
