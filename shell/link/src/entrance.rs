//! The entrance of one process of the audience: who may come in without asking the stage, and with which ticket.
//!
//! The gate is in the stage's process; here is what it has last said: the keys of tickets, how many listeners without one
//! may come in until it says more, and the highest bitrates. A ticket is checked by its signature and its holder's secret,
//! so no question crosses the link. What is for the invited alone is sealed: nobody comes in there without a ticket, room or no
//! room, and what caches keep of it lies in a folder whose name the gate signs. Before the gate has said anything, and where it has no limits, everybody comes in.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use hustings_gate::{BadStatement, Cap, Class, Holder, Keys, Rung};
use hustings_vocab::Slug;

/// The field of a stream's head that says within how many seconds who loses it should come back, each at a random moment.
pub const SPREAD: &str = "hustings-spread";

/// What the gate says to every process of the audience, some times a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The live keys of tickets.
    pub keys: Bytes,
    /// How many listeners without a ticket may come in until the next word; `u64::MAX` if that has no limit.
    pub walk_ins: u64,
    /// At most so many kbit/s for who comes now, and for everybody.
    pub caps_kbit: (u32, u32),
    /// So many listeners of a stream may be sent a part at the same moment; `u64::MAX` if the line has no limit.
    pub at_once: u64,
    /// Within how many seconds those who lose their line should come back, each at a random moment; 0 if at once.
    pub spread_s: u32,
    /// How many wait, of each conversation in which somebody does.
    pub waiting: Vec<(Slug, u64)>,
}

/// Why somebody does not come in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEntry {
    /// There is no room for who has no ticket.
    #[error("there is no room at the moment: open the page of this conversation, which keeps a place for you")]
    Full,
    /// What was shown is no ticket for here.
    #[error(transparent)]
    Bad(#[from] BadStatement),
    /// It is for the invited, who have tickets.
    #[error("this conversation is for invited guests: open the link of your invitation")]
    Invited,
    /// The ticket is nobody's yet: it must be claimed first.
    #[error("this ticket must be claimed before its first use")]
    Unclaimed,
    /// The secret is not that of its holder.
    #[error("this ticket is somebody else's seat: a ticket lets in one. Ask for a ticket of your own")]
    Taken,
}

/// The number by which the link names a seat: its class and its serial.
#[must_use]
pub const fn seat_number(class: Class, serial: u64) -> u64 {
    (class.index() as u64) << 56 | (serial & (u64::MAX >> 8))
}

/// The seat of such a number, if there can be one.
#[must_use]
pub fn seat_of(number: u64) -> Option<(Class, u64)> {
    Class::ALL.get((number >> 56) as usize).map(|class| (*class, number & (u64::MAX >> 8)))
}

/// The entrance.
#[derive(Debug)]
pub struct Entrance {
    keys: RwLock<Option<Arc<Keys>>>,
    walk_ins: AtomicU64,
    /// Newcomers' kbit/s in the upper half, everybody's in the lower.
    caps: AtomicU64,
    at_once: AtomicU64,
    spread_s: AtomicU32,
    waiting: RwLock<Vec<(Slug, u64)>>,
    sealed: RwLock<BTreeSet<Slug>>,
}

impl Default for Entrance {
    fn default() -> Self {
        let no_limit = || AtomicU64::new(u64::MAX);
        Self {
            keys: RwLock::default(),
            walk_ins: no_limit(),
            caps: no_limit(),
            at_once: no_limit(),
            spread_s: AtomicU32::new(0),
            waiting: RwLock::default(),
            sealed: RwLock::default(),
        }
    }
}

impl Entrance {
    /// The gate has said something new.
    pub fn hear(&self, word: &Word) {
        if let Some(keys) = Keys::from_bytes(&word.keys) {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
        }
        self.waiting.write().unwrap_or_else(PoisonError::into_inner).clone_from(&word.waiting);
        self.walk_ins.store(word.walk_ins, Relaxed);
        self.at_once.store(word.at_once, Relaxed);
        self.spread_s.store(word.spread_s, Relaxed);
        self.caps.store(u64::from(word.caps_kbit.0) << 32 | u64::from(word.caps_kbit.1), Relaxed);
    }

    /// The highest bitrates that may be heard now.
    #[must_use]
    pub fn cap(&self) -> Cap {
        let caps = self.caps.load(Relaxed);
        Cap { newcomers: Rung::of_kbit((caps >> 32) as u32), all: Rung::of_kbit(caps as u32) }
    }

    /// How many listeners of a stream may be sent a part at the same moment: more of them would queue on the line.
    #[must_use]
    pub fn at_once(&self) -> usize {
        usize::try_from(self.at_once.load(Relaxed)).unwrap_or(usize::MAX)
    }

    /// Within how many seconds those who lose their line should come back, each at a random moment; 0 if at once.
    #[must_use]
    pub fn spread_s(&self) -> u32 {
        self.spread_s.load(Relaxed)
    }

    /// How long a reader of events is told to wait before coming back, in milliseconds: between one and three seconds, or
    /// longer where so many are inside. Drawn anew each time, from the seed that the standard library draws: spread, not
    /// secrecy.
    #[must_use]
    pub fn retry_ms(&self) -> u64 {
        1000 + RandomState::new().hash_one(0u8) % (u64::from(self.spread_s()) * 1000).max(2000)
    }

    /// How many wait for a conversation.
    #[must_use]
    pub fn waiting(&self, slug: &Slug) -> u64 {
        let waiting = self.waiting.read().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().find(|(waited, _)| waited == slug).map_or(0, |(_, n)| *n)
    }

    /// A conversation is for the invited alone, or no more. To be said before it opens.
    pub fn seal(&self, slug: &Slug, sealed: bool) {
        let mut all = self.sealed.write().unwrap_or_else(PoisonError::into_inner);
        if sealed {
            all.insert(slug.clone())
        } else {
            all.remove(slug)
        };
    }

    /// All that are for the invited alone.
    #[must_use]
    pub fn sealed(&self) -> BTreeSet<Slug> {
        self.sealed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The stage's process says all that are.
    pub fn set_sealed(&self, all: BTreeSet<Slug>) {
        *self.sealed.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// Whether a conversation is for the invited alone.
    #[must_use]
    pub fn is_sealed(&self, slug: &Slug) -> bool {
        self.sealed.read().unwrap_or_else(PoisonError::into_inner).contains(slug)
    }

    /// The folder of a sealed conversation, for who has a ticket; `None` before the gate has said anything.
    #[must_use]
    pub fn folder(&self, slug: &Slug) -> Option<String> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|keys| keys.folder(slug))
    }

    /// Whether files of a conversation are given from a folder, or from none.
    #[must_use]
    pub fn may_fetch(&self, slug: &Slug, folder: Option<&str>) -> bool {
        let Some(folder) = folder else { return !self.is_sealed(slug) };
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.as_ref().is_some_and(|keys| keys.is_folder(slug, folder))
    }

    /// Whether who has no ticket comes in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.walk_ins.load(Relaxed) > 0
    }

    /// Lets somebody in by the query of their request: with the number of their seat, if they have a ticket, or as one of
    /// those without who may come in now.
    ///
    /// # Errors
    /// [`NoEntry`].
    pub fn enter(&self, slug: &Slug, query: &str, now_s: u64) -> Result<Option<u64>, NoEntry> {
        if let Some(seat) = self.seat(slug, query, now_s)? {
            return Ok(Some(seat));
        }
        if self.is_sealed(slug) {
            return Err(NoEntry::Invited);
        }
        let take = |left: u64| if left == u64::MAX { Some(left) } else { left.checked_sub(1) };
        self.walk_ins.fetch_update(Relaxed, Relaxed, take).map(|_| None).map_err(|_| NoEntry::Full)
    }

    /// Whether somebody may have what costs no seat: events and playlists.
    ///
    /// # Errors
    /// [`NoEntry`].
    pub fn look(&self, slug: &Slug, query: &str, now_s: u64) -> Result<Option<u64>, NoEntry> {
        match self.seat(slug, query, now_s)? {
            None if self.is_sealed(slug) => Err(NoEntry::Invited),
            None if !self.is_open() => Err(NoEntry::Full),
            seat => Ok(seat),
        }
    }

    fn seat(&self, slug: &Slug, query: &str, now_s: u64) -> Result<Option<u64>, NoEntry> {
        let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let Some(ticket) = field("ticket") else { return Ok(None) };
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        // A gate that has said nothing has given no ticket either.
        let Some(keys) = keys else { return Err(BadStatement::Forged.into()) };
        let ticket = keys.ticket(slug, ticket, now_s)?;
        let holder = ticket.holder.ok_or(NoEntry::Unclaimed)?;
        if field("secret").map(Holder::of) != Some(holder) {
            return Err(NoEntry::Taken);
        }
        Ok(Some(seat_number(ticket.class, ticket.serial)))
    }
}

#[cfg(test)]
mod tests {
    use hustings_gate::{Ticket, Tier};

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn slug() -> Slug {
        "talk".parse().unwrap()
    }

    #[test]
    fn everybody_comes_in_until_the_gate_says_otherwise() {
        let entrance = Entrance::default();
        assert_eq!(entrance.enter(&slug(), "rendition=opus-48", NOW), Ok(None));
        assert_eq!(entrance.cap(), Cap::NONE);
        let keys = Keys::of(&[7; 32], NOW);
        entrance.hear(&Word {
            keys: keys.to_bytes().into(),
            walk_ins: 2,
            caps_kbit: (48, 96),
            at_once: 19,
            spread_s: 40,
            waiting: vec![(slug(), 7)],
        });
        assert!((0..100).all(|_| (1000..41_000).contains(&entrance.retry_ms())));
        assert!((0..200).any(|_| entrance.retry_ms() > 3000), "a large audience comes back over a longer time");
        assert!((0..100).all(|_| (1000..3000).contains(&Entrance::default().retry_ms())));
        assert_eq!((entrance.waiting(&slug()), entrance.waiting(&"other".parse().unwrap())), (7, 0));
        assert_eq!(entrance.cap(), Cap { newcomers: Rung::Middle, all: Rung::Full });
        assert_eq!((entrance.at_once(), Entrance::default().at_once()), (19, usize::MAX));
        assert_eq!(entrance.enter(&slug(), "", NOW), Ok(None));
        assert_eq!(entrance.enter(&slug(), "", NOW), Ok(None));
        assert_eq!(entrance.enter(&slug(), "", NOW), Err(NoEntry::Full));
        assert_eq!(entrance.look(&slug(), "", NOW), Err(NoEntry::Full));
    }

    #[test]
    fn a_ticket_comes_in_with_its_holders_secret_alone() {
        let (entrance, keys) = (Entrance::default(), Keys::of(&[7; 32], NOW));
        let holder = Some(Holder::of("a secret of somebody"));
        let ticket =
            Ticket { event: slug(), class: Class::Place, serial: 812, tier: Tier::Stream, expires_s: NOW + 60, holder };
        let text = keys.seal_ticket(&ticket);
        let query = |secret: &str| format!("burst=1&ticket={text}&secret={secret}");
        assert_eq!(entrance.enter(&slug(), &query("x"), NOW), Err(BadStatement::Forged.into()));
        entrance.hear(&Word {
            keys: keys.to_bytes().into(),
            walk_ins: 0,
            caps_kbit: (96, 96),
            at_once: u64::MAX,
            spread_s: 0,
            waiting: Vec::new(),
        });
        assert_eq!(entrance.enter(&slug(), &query("x"), NOW), Err(NoEntry::Taken));
        let free = keys.seal_ticket(&Ticket { holder: None, ..ticket });
        assert_eq!(entrance.enter(&slug(), &format!("ticket={free}"), NOW), Err(NoEntry::Unclaimed));
        let seat = entrance.enter(&slug(), &query("a secret of somebody").replace(' ', "%20"), NOW);
        assert_eq!(seat, Err(NoEntry::Taken), "a secret is of characters that need no escaping");
        let holder = Some(Holder::of("abc-def_0123456789"));
        let text = keys.seal_ticket(&Ticket {
            holder,
            event: slug(),
            class: Class::Place,
            serial: 812,
            tier: Tier::Hls,
            expires_s: NOW,
        });
        let seat = entrance.enter(&slug(), &format!("ticket={text}&secret=abc-def_0123456789"), NOW).unwrap();
        assert_eq!(seat.and_then(seat_of), Some((Class::Place, 812)));
    }

    #[test]
    fn what_is_sealed_opens_for_tickets_and_from_its_folder() {
        let (entrance, keys) = (Entrance::default(), Keys::of(&[7; 32], NOW));
        entrance.seal(&slug(), true);
        assert_eq!(entrance.enter(&slug(), "", NOW), Err(NoEntry::Invited));
        assert!(!entrance.may_fetch(&slug(), None) && entrance.folder(&slug()).is_none());
        entrance.hear(&Word {
            keys: keys.to_bytes().into(),
            walk_ins: 9,
            caps_kbit: (96, 96),
            at_once: u64::MAX,
            spread_s: 0,
            waiting: Vec::new(),
        });
        assert_eq!(entrance.look(&slug(), "burst=1", NOW), Err(NoEntry::Invited));
        let holder = Some(Holder::of("abc-def_0123456789"));
        let ticket = Ticket { event: slug(), class: Class::Direct, serial: 1, tier: Tier::Hls, expires_s: NOW, holder };
        let query = format!("ticket={}&secret=abc-def_0123456789", keys.seal_ticket(&ticket));
        assert!(entrance.look(&slug(), &query, NOW).unwrap().is_some());
        let (folder, other) = (entrance.folder(&slug()).unwrap(), "other".parse().unwrap());
        assert!(entrance.may_fetch(&slug(), Some(&folder)));
        assert!(!entrance.may_fetch(&other, Some(&folder)), "a folder is of one conversation");
        assert!(!entrance.may_fetch(&slug(), Some("AAAA")) && entrance.may_fetch(&other, None));
        assert!(!entrance.may_fetch(&slug(), Some(&keys.seal_ticket(&ticket))), "a ticket is no folder");
        entrance.seal(&slug(), false);
        assert_eq!(entrance.enter(&slug(), "", NOW), Ok(None));
    }
}
