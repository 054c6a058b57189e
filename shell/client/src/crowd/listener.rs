//! One listener of a crowd: where it stands, and what it has heard.

use std::time::{Duration, Instant};

use hustings_rehearsal::Tier;
use reqwest::Url;
use tokio::sync::watch;

use super::ears::Ears;
use super::line::{Line, Target};
use crate::player::Player;

/// Sound that the player of a listener of a response or a playlist holds before it begins.
pub(super) const BUFFER: Duration = Duration::from_millis(200);
/// Likewise by WebRTC.
pub(super) const BUFFER_WHEP: Duration = Duration::from_millis(60);

/// Where a listener stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is not here: it left, or was not let in.
    Away,
    /// It has asked and has no answer.
    Asking,
    /// It has a place and asks again later.
    Waiting,
    /// It was let in and has heard nothing.
    Admitted,
    /// It hears.
    Hearing,
}

/// How it receives.
#[derive(Debug)]
pub(super) enum Reception {
    None,
    Line(Box<Line>),
    /// A client of another task, and how it is told to leave.
    Task(Ears, watch::Sender<bool>),
}

/// What the present connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Ticket,
    Queue,
    Sound,
    /// It has left, and says so to the gate.
    Goodbye,
}

/// A place in the queue.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) text: String,
    /// From 0 on, in the order in which places were given.
    pub(super) serial: u64,
    /// From 1 on; none before the order is drawn.
    pub(super) number: Option<u64>,
    pub(super) queue: Url,
}

#[derive(Debug)]
pub(super) struct Listener {
    pub(super) tier: Tier,
    pub(super) standing: Standing,
    pub(super) reception: Reception,
    /// Where a redirect led it; `None`: where everybody goes.
    pub(super) led_to: Option<Box<Target>>,
    pub(super) redirects: u8,
    pub(super) step: Step,
    pub(super) secret: String,
    pub(super) place: Option<Box<Place>>,
    /// The ticket by which it was let in.
    pub(super) ticket: String,
    /// When it came.
    pub(super) came: Instant,
    /// When it asked last.
    pub(super) asked: Instant,
    pub(super) player: Player,
    /// Glitch seconds that were counted.
    pub(super) glitches: u64,
}

impl Listener {
    pub(super) fn new(tier: Tier, now: Instant) -> Self {
        Self {
            tier,
            standing: Standing::Away,
            reception: Reception::None,
            led_to: None,
            redirects: 0,
            step: Step::Sound,
            secret: String::new(),
            place: None,
            ticket: String::new(),
            came: now,
            asked: now,
            player: Player::new(BUFFER),
            glitches: 0,
        }
    }
}
