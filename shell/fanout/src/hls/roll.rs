//! The roll: the register of HLS listeners behind a lock, and how a request says who sent it. What a cache asks for says
//! nothing of its players: they report ([`crate::here`]).

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::HeaderMap;
use http::request::Parts;
use hustings_link::hall::{Hall, Presence, Tier};
use hustings_link::peer::Peer;
use hustings_vocab::limits;

use super::register::{Line, Register, Who};
use crate::here::through_cache;

/// Who listens by HLS now.
#[derive(Default)]
pub(crate) struct Roll(Mutex<Register<Peer, Presence>>);

impl Roll {
    /// Sound was asked for: who asked is a listener.
    pub(super) fn media(&self, hall: &Hall, request: &Parts) {
        let Some(who) = who(hall, request) else { return };
        let peer = request.extensions.get::<Peer>();
        self.lock().hears(who, peer, Instant::now(), || hall.attendance.join(Tier::Hls));
    }

    /// A playlist was asked for. A session that does so listens; a bare connection perhaps only fetches playlists for
    /// another one that fetches the sound, as ffmpeg's do.
    pub(super) fn playlist(&self, hall: &Hall, request: &Parts) {
        match who(hall, request) {
            Some(Who::Session(..)) => self.media(hall, request),
            Some(who) => {
                self.lock().refresh(&who, request.extensions.get::<Peer>(), Instant::now());
            }
            None => {}
        }
    }

    /// Lets go of those who have left.
    pub(crate) fn sweep(&self, now: Instant) {
        self.lock().sweep(now);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Register<Peer, Presence>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line for Peer {
    fn id(&self) -> u64 {
        self.id
    }

    fn is_closed(&self) -> bool {
        Self::is_closed(self)
    }
}

fn who(hall: &Hall, request: &Parts) -> Option<Who> {
    if through_cache(&request.headers) {
        hall.attendance.cache_asked();
        return None;
    }
    if let Some(session) = session(&request.headers) {
        return Some(Who::Session(hall.slug.clone(), session.into()));
    }
    request.extensions.get::<Peer>().map(|peer| Who::Connection(hall.slug.clone(), peer.id))
}

/// The session that a player names: `CMCD-Session: sid="…"` (CTA-5004) or Apple's `X-Playback-Session-Id`.
fn session(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let cmcd = text("cmcd-session").and_then(|fields| {
        let sid = fields.split(',').find_map(|field| field.trim().strip_prefix("sid="))?;
        Some(sid.trim_matches('"'))
    });
    cmcd.or_else(|| text("x-playback-session-id")).filter(|s| !s.is_empty() && s.len() <= limits::HLS_SESSION_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_names_its_session_in_either_header() {
        let with = |name: &'static str, value: &str| {
            let headers = HeaderMap::from_iter([(http::HeaderName::from_static(name), value.parse().unwrap())]);
            session(&headers).map(str::to_owned)
        };
        assert_eq!(with("cmcd-session", "cid=\"x\",sid=\"6e2f\",sf=h").as_deref(), Some("6e2f"));
        assert_eq!(with("x-playback-session-id", "AB-1").as_deref(), Some("AB-1"));
        assert_eq!(with("cmcd-session", "cid=\"x\""), None);
        assert_eq!(with("x-playback-session-id", &"a".repeat(129)), None);
    }
}
