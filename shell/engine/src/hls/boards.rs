//! Every board of a shard, by conversation, and the answers that are the same for all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_fan::{Key, Seats};
use hustings_hls::{Asked, Document, Multivariants};
use hustings_link::hall::{Hall, Halls};
use hustings_vocab::Rendition;

use super::bell::News;
use super::board::{Board, Ticket};
use super::clock::Clock;
use super::ready::Ready;
use crate::bell::Belfry;

/// A conversation that nobody asks for any more is forgotten: after as long as its parts stay on their shelves.
const UNUSED: Duration = Duration::from_secs(hustings_vocab::limits::SHELF_SECONDS);

/// One conversation.
#[derive(Debug)]
struct Stand {
    hall: Arc<Hall>,
    boards: [Option<Key>; Rendition::ALL.len()],
    used: Instant,
    /// A bell tells if the conversation ends, of which perhaps another of that name begins.
    watched: bool,
}

/// All boards. There are as many as conversations are open ([`hustings_vocab::limits::CONVERSATIONS_OPEN_MAX`]), times
/// their renditions.
#[derive(Debug)]
pub(crate) struct Boards {
    stands: HashMap<Box<str>, Stand>,
    all: Seats<Board>,
    news: Arc<News>,
    /// When those who wait for sound to flow look again if nothing happens.
    pub(crate) warm_at: Option<Instant>,
    multivariants: Multivariants,
    inits: [Document; Rendition::ALL.len()],
    /// The plain answers with these, and with each multivariant playlist, plain and compressed.
    kept: [Option<Arc<Ready>>; Rendition::ALL.len()],
    kept_multivariants: Vec<[Option<Arc<Ready>>; 2]>,
    offered: Vec<Rendition>,
}

impl Boards {
    pub(crate) fn new(belfry: Arc<Belfry>, offered: &[Rendition]) -> Self {
        let multivariants = Multivariants::new(offered);
        Self {
            stands: HashMap::new(),
            all: Seats::default(),
            news: News::new(belfry),
            warm_at: None,
            kept_multivariants: vec![Default::default(); multivariants.len()],
            multivariants,
            inits: Rendition::ALL.map(Document::init),
            kept: Default::default(),
            offered: offered.to_vec(),
        }
    }

    pub(crate) fn offered(&self) -> &[Rendition] {
        &self.offered
    }

    /// The hall of a conversation, if it is open.
    pub(crate) fn hall(&mut self, slug: &str, halls: &Halls, now: Instant) -> Option<Arc<Hall>> {
        if let Some(stand) = self.stands.get_mut(slug) {
            stand.used = now;
            if stand.watched || is_open(&stand.hall, halls) {
                return Some(stand.hall.clone());
            }
            // Nobody waits at a board whose conversation has ended.
            stand.boards.iter().flatten().for_each(|key| drop(self.all.remove(*key)));
            self.stands.remove(slug);
        }
        let hall = halls.find(&slug.parse().ok()?)?;
        let stand = Stand { hall: hall.clone(), boards: [None; Rendition::ALL.len()], used: now, watched: false };
        self.stands.insert(slug.into(), stand);
        Some(hall)
    }

    /// The board of a rendition of a conversation whose hall was just found.
    pub(crate) fn of(&mut self, hall: &Arc<Hall>, rendition: Rendition, now: Instant) -> Option<Key> {
        let stand = self.stands.get_mut(hall.slug.as_str())?;
        if let Some(key) = stand.boards[rendition.index()] {
            return Some(key);
        }
        let key = self.all.insert(Board::new(hall.clone(), rendition, self.news.clone(), now));
        stand.boards[rendition.index()] = Some(key);
        let board = self.all.find_mut(key)?;
        board.open(key, now);
        stand.watched = !board.has_ended();
        Some(key)
    }

    pub(crate) fn find_mut(&mut self, key: Key) -> Option<(&mut Board, &[Rendition])> {
        Some((self.all.find_mut(key)?, &self.offered))
    }

    /// With nothing above so many kbit/s; none, if nothing is offered.
    pub(crate) fn multivariant(&mut self, kbit: u32, asked: &Asked, clock: &Clock) -> Option<Arc<Ready>> {
        let which = self.multivariants.at_most(kbit);
        let place = &mut self.kept_multivariants.get_mut(which)?[usize::from(asked.gzip)];
        Some(kept(place, self.multivariants.get(which)?, asked, clock))
    }

    pub(crate) fn init(&mut self, rendition: Rendition, asked: &Asked, clock: &Clock) -> Arc<Ready> {
        kept(&mut self.kept[rendition.index()], &self.inits[rendition.index()], asked, clock)
    }

    /// Those for whom there is news, each with its board.
    pub(crate) fn rung(&mut self, now: Instant) -> Vec<Ticket> {
        let mut come = Vec::new();
        for key in self.news.take() {
            let Some(board) = self.all.find_mut(key) else { continue };
            come.append(&mut board.refresh(now));
            if board.has_ended()
                && let Some(stand) = self.stands.get_mut(board.hall.slug.as_str())
            {
                stand.watched = false;
            }
        }
        come
    }

    /// Those who wait for sound to flow, when it is time to look again.
    pub(crate) fn warming(&mut self, now: Instant) -> Vec<Ticket> {
        if self.warm_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.warm_at = None;
        self.all.iter_mut().flat_map(|(_, board)| board.take_warming()).collect()
    }

    /// Forgets conversations that are gone or unused, and those who wait no more.
    pub(crate) fn tidy(&mut self, halls: &Halls, now: Instant, waits: impl Fn(Ticket) -> bool) {
        for (_, board) in self.all.iter_mut() {
            board.forget(&waits);
        }
        let all = &mut self.all;
        self.stands.retain(|_, stand| {
            let boards = || stand.boards.iter().flatten();
            let waited_at = boards().any(|key| all.find(*key).is_some_and(Board::is_waited_at));
            let stays = waited_at || (is_open(&stand.hall, halls) && now.duration_since(stand.used) < UNUSED);
            if !stays {
                boards().for_each(|key| drop(all.remove(*key)));
            }
            stays
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stands.is_empty()
    }
}

fn is_open(hall: &Arc<Hall>, halls: &Halls) -> bool {
    halls.find(&hall.slug).is_some_and(|found| Arc::ptr_eq(&found, hall))
}

/// The answer to who asks for a document that never changes.
fn kept(place: &mut Option<Arc<Ready>>, document: &Document, asked: &Asked, clock: &Clock) -> Arc<Ready> {
    let render = || Arc::new(Ready::new(document.reply(asked), clock));
    if !asked.is_plain() {
        return render();
    }
    let kept = place.get_or_insert_with(render);
    if !kept.is_dated(clock) {
        Arc::make_mut(kept).date(clock);
    }
    kept.clone()
}
