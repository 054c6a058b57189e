//! One listener of a crowd: where it stands, and what it has heard.

use std::time::{Duration, Instant};

use hustings_rehearsal::Tier;
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

#[derive(Debug)]
pub(super) struct Listener {
    pub(super) tier: Tier,
    pub(super) standing: Standing,
    pub(super) reception: Reception,
    /// Where a redirect led it; `None`: where everybody goes.
    pub(super) led_to: Option<Box<Target>>,
    pub(super) redirects: u8,
    /// When it asked.
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
            asked: now,
            player: Player::new(BUFFER),
            glitches: 0,
        }
    }
}
