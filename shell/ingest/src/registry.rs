//! The sessions that HTTP resources name: who has which unguessable address, and how many there may be.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hustings_vocab::{Claims, Slug};

use crate::gate::{Credentials, SessionKey};
use crate::sdp::SdpError;

/// The sessions of a plane.
#[derive(Debug)]
pub(crate) struct Registry {
    sessions: Mutex<Sessions>,
    max: usize,
    /// What every identifier begins with.
    prefix: String,
    next: AtomicU64,
}

/// Sessions by the last part of their resource's path.
#[derive(Debug, Default)]
struct Sessions {
    by_id: HashMap<String, Resource>,
    ids: HashMap<SessionKey, String>,
}

/// What an HTTP resource knows of its session.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub key: SessionKey,
    pub slug: Slug,
    /// The claims and the token that opened it; none for a listener.
    pub owner: Option<(Claims, String)>,
    /// Names the ICE session (RFC 9725, section 4.3.1).
    pub etag: String,
    /// The peer's credentials, by which a fragment that restarts ICE is told from one that does not.
    pub theirs: (String, String),
}

/// Why no session was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Sdp(#[from] SdpError),
    #[error("all {0} sessions of this server are taken")]
    Full(usize),
    #[error("the server is too busy to open a session")]
    Busy,
}

/// An opened session, for the answer to its request.
#[derive(Debug)]
pub(crate) struct Opened {
    pub id: String,
    pub etag: String,
    pub answer: String,
}

impl Registry {
    /// Room for `max` sessions, whose identifiers begin with `prefix`.
    pub(crate) fn new(max: usize, prefix: String) -> Self {
        Self { sessions: Mutex::default(), max, prefix, next: AtomicU64::new(1) }
    }

    /// A number that no session had before.
    pub(crate) fn number(&self) -> u64 {
        self.next.fetch_add(1, Relaxed)
    }

    /// Whether there is room for one more, asked before the work is done.
    pub(crate) fn room(&self) -> Result<(), OpenError> {
        if self.sessions().by_id.len() >= self.max { Err(OpenError::Full(self.max)) } else { Ok(()) }
    }

    /// Takes a session in; gives its identifier and its entity tag.
    pub(crate) fn enter(
        &self,
        key: SessionKey,
        slug: Slug,
        owner: Option<(Claims, String)>,
        theirs: (String, String),
    ) -> Result<(String, String), OpenError> {
        let (id, etag) = (format!("{}{}", self.prefix, secret()), etag());
        let mut sessions = self.sessions();
        if sessions.by_id.len() >= self.max {
            return Err(OpenError::Full(self.max));
        }
        sessions.by_id.insert(id.clone(), Resource { key, slug, owner, etag: etag.clone(), theirs });
        sessions.ids.insert(key, id.clone());
        Ok((id, etag))
    }

    /// The session behind a resource.
    pub(crate) fn find(&self, id: &str) -> Option<Resource> {
        self.sessions().by_id.get(id).cloned()
    }

    /// Notes that ICE was restarted; gives the new entity tag, or `None` when the session has ended meanwhile.
    pub(crate) fn renew(&self, id: &str, theirs: (String, String)) -> Option<String> {
        let etag = etag();
        let mut sessions = self.sessions();
        let resource = sessions.by_id.get_mut(id)?;
        resource.etag.clone_from(&etag);
        resource.theirs = theirs;
        Some(etag)
    }

    /// A session is over.
    pub(crate) fn leave(&self, key: SessionKey) {
        let mut sessions = self.sessions();
        if let Some(id) = sessions.ids.remove(&key) {
            sessions.by_id.remove(&id);
        }
    }

    /// Every session.
    pub(crate) fn keys(&self) -> Vec<SessionKey> {
        self.sessions().ids.keys().copied().collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.sessions().by_id.len()
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 bits that nobody can guess.
fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// An entity tag, with its quotes (RFC 9110, section 8.8.3).
fn etag() -> String {
    format!("\"{:016x}\"", rand::random::<u64>())
}

/// ICE credentials: 64 bits name the session, 128 bits protect it.
pub(crate) fn credentials() -> Credentials {
    Credentials { ufrag: format!("{:016x}", rand::random::<u64>()), pwd: secret() }
}
