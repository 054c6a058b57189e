//! Who listens along with a client of another task: the player, and what became of the client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ClientError;
use crate::media::Chunk;
use crate::player::Player;

/// Shared by a client and whoever counts.
#[derive(Debug, Clone)]
pub(crate) struct Ears(Arc<Mutex<Heard>>);

/// What a client has heard so far.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) player: Player,
    /// Some sound has come.
    pub(super) any: bool,
    /// Bytes that have come and were not counted yet.
    pub(super) bytes: u64,
    bytes_before: u64,
    /// It is over.
    pub(super) over: bool,
    /// This machine had no descriptor for it.
    pub(super) own_error: bool,
}

impl Ears {
    pub(super) fn new(buffer: Duration) -> Self {
        let player = Player::new(buffer);
        Self(Arc::new(Mutex::new(Heard {
            player,
            any: false,
            bytes: 0,
            bytes_before: 0,
            over: false,
            own_error: false,
        })))
    }

    /// A client has got sound, and so many bytes in all.
    pub(crate) fn heard(&self, now: Instant, chunk: &Chunk, bytes: u64) {
        let mut heard = self.lock();
        heard.any = true;
        heard.bytes += bytes - heard.bytes_before;
        heard.bytes_before = bytes;
        heard.player.arrived(now, chunk.start, chunk.samples);
    }

    /// A client has ended.
    pub(super) fn ended(&self, error: Option<&ClientError>) {
        let mut heard = self.lock();
        heard.over = true;
        heard.own_error = matches!(error, Some(ClientError::Socket(_) | ClientError::Setup(_) | ClientError::Codec(_)));
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Heard> {
        // Whoever panicked with it has left a player that is still one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
