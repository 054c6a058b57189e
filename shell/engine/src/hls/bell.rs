//! How a shard learns which boards have news.

use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hustings_fan::Key;
use hustings_link::hall::Bell;

use crate::bell::Belfry;

/// The boards of one shard that have news.
#[derive(Debug)]
pub(crate) struct News {
    belfry: Arc<Belfry>,
    /// Each is in it once, so it is as long as there are boards.
    boards: Mutex<Vec<Key>>,
}

impl News {
    pub(crate) fn new(belfry: Arc<Belfry>) -> Arc<Self> {
        Arc::new(Self { belfry, boards: Mutex::default() })
    }

    /// Those with news since this was last asked.
    pub(crate) fn take(&self) -> Vec<Key> {
        std::mem::take(&mut self.boards.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bell of one board.
#[derive(Debug)]
pub(crate) struct BoardBell {
    news: Arc<News>,
    /// Set before it is hung.
    board: OnceLock<Key>,
    rung: AtomicBool,
}

impl BoardBell {
    pub(crate) fn new(news: Arc<News>) -> Arc<Self> {
        Arc::new(Self { news, board: OnceLock::new(), rung: AtomicBool::new(false) })
    }

    pub(crate) fn is_of(&self, board: Key) {
        let _ = self.board.set(board);
    }

    /// From now on a ring is news again. Call it before looking at the shelf.
    pub(crate) fn heard(&self) {
        self.rung.swap(false, AcqRel);
    }
}

impl Bell for BoardBell {
    fn ring(&self) {
        if self.rung.load(Acquire) || self.rung.swap(true, AcqRel) {
            return;
        }
        let Some(board) = self.board.get() else { return };
        self.news.boards.lock().unwrap_or_else(PoisonError::into_inner).push(*board);
        self.news.belfry.wake();
    }
}
