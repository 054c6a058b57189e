//! The roll: the register of HLS listeners behind a lock, one for all who serve them in this process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hustings_hls::{Player, Register, Who};

use super::{Hall, Presence, Tier};
use crate::peer::Trace;

/// Who listens by HLS now.
#[derive(Debug, Default)]
pub struct Roll(Mutex<Register<Trace, Presence>>);

impl Roll {
    /// Sound was asked for: who asked is a listener. A player that has no name is known by its connection, and without either
    /// it is not counted. What a cache asks for says nothing of its players.
    pub fn media(&self, hall: &Hall, player: Player<'_>, trace: Option<&Trace>, now: Instant) {
        if let Some(who) = who(hall, player, trace, now) {
            self.lock().hears(who, trace, now, || match player {
                Player::Named(session) => hall.attendance.join_named(Tier::Hls, session),
                Player::Nameless | Player::Hidden => hall.attendance.join(Tier::Hls),
            });
        }
    }

    /// A playlist was asked for. A session that does so listens; a bare connection perhaps only fetches playlists for
    /// another one that fetches the sound, as ffmpeg's do.
    pub fn playlist(&self, hall: &Hall, player: Player<'_>, trace: Option<&Trace>, now: Instant) {
        match who(hall, player, trace, now) {
            Some(Who::Session(..)) => self.media(hall, player, trace, now),
            Some(who) => {
                self.lock().refresh(&who, trace, now);
            }
            None => {}
        }
    }

    /// Lets go of those who have left. Twice a second, goodbyes show in the count within two.
    pub fn sweep(&self, now: Instant) {
        self.lock().sweep(now);
    }

    fn lock(&self) -> MutexGuard<'_, Register<Trace, Presence>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn who(hall: &Hall, player: Player<'_>, trace: Option<&Trace>, now: Instant) -> Option<Who> {
    match player {
        Player::Named(session) => Some(Who::Session(hall.slug.clone(), session.into())),
        Player::Nameless => trace.map(|trace| Who::Connection(hall.slug.clone(), trace.id)),
        Player::Hidden => {
            hall.attendance.cache_asked(now);
            None
        }
    }
}
