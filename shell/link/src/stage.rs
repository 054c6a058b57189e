//! The door of the stage: how a line (a WebRTC session) meets the mixer.
//!
//! The shell that owns the sockets calls [`StageDoor::enter`] once a token was checked, and gets a [`SpeakerPort`]. Both
//! directions are bounded queues that never block: what does not fit is dropped and counted, so a slow socket cannot
//! hold the tick and a flooding speaker cannot fill the memory.

use std::time::Instant;

use bytes::Bytes;
use hustings_vocab::{Claims, MediaTime, Phase, Slug};
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
    /// Every seat is taken.
    #[error("the stage is full: {0} seats are taken")]
    Full(usize),
}

/// What a token's holder may ask of the stage beside sending sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageCommand {
    /// Mute or unmute oneself.
    Mute(bool),
    /// Go live (host).
    Start,
    /// Take a break (host).
    Hold,
    /// Come back from a break (host).
    Resume,
    /// End the conversation (host).
    End,
}

/// The stage, as seen by the shell that owns the sockets. Implemented by the studio.
pub trait StageDoor: Send + Sync + 'static {
    /// Takes the seat that the claims name. A second session of one seat replaces the first.
    ///
    /// # Errors
    /// [`EnterError`] when the conversation or the role does not allow it.
    fn enter(&self, claims: &Claims) -> Result<SpeakerPort, EnterError>;
}
