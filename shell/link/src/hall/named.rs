//! Players that name themselves. Their connections may reach several processes, each of which counts them; so the stage is
//! told their names, and counts each once.
//!
//! A name is a number that is made of what the player calls itself, the same in every process. Two players whose numbers
//! are the same are counted as one, once in 2^64. Bounded by the listeners of the register.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hustings_vocab::limits;

/// The names of one conversation's players in this process.
#[derive(Debug, Default)]
pub(super) struct Named(Mutex<Names>);

#[derive(Debug, Default)]
struct Names {
    /// How often each is here.
    here: HashMap<u64, u32>,
    /// What the stage has not been told yet: who is here now, and who is not any more.
    news: HashMap<u64, bool>,
}

/// The number of a name.
pub(super) fn number(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Named {
    pub(super) fn join(&self, name: u64) {
        let mut names = self.lock();
        let here = names.here.entry(name).or_default();
        *here += 1;
        if *here == 1 {
            names.news.insert(name, true);
        }
    }

    pub(super) fn leave(&self, name: u64) {
        let mut names = self.lock();
        let Some(here) = names.here.get_mut(&name) else { return };
        *here -= 1;
        if *here == 0 {
            names.here.remove(&name);
            names.news.insert(name, false);
        }
    }

    /// Somebody came and went, which is no news of who is here.
    pub(super) fn touch(&self, name: u64) {
        let mut names = self.lock();
        if !names.here.contains_key(&name) {
            names.news.insert(name, false);
        }
    }

    /// Tells the news, in pieces, as long as `tell` succeeds.
    pub(super) fn tell(&self, mut tell: impl FnMut(Vec<(u64, bool)>) -> bool) {
        let mut names = self.lock();
        while !names.news.is_empty() {
            let piece: Vec<_> = names.news.iter().take(limits::NAMES_TOLD_MAX).map(|(n, here)| (*n, *here)).collect();
            if !tell(piece.clone()) {
                return;
            }
            for (name, _) in piece {
                names.news.remove(&name);
            }
        }
    }

    /// The stage knows none of them.
    pub(super) fn forget_told(&self) {
        let mut names = self.lock();
        names.news = names.here.keys().map(|name| (*name, true)).collect();
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(named: &Named) -> Vec<(u64, bool)> {
        let mut told = Vec::new();
        named.tell(|news| {
            told.extend(news);
            true
        });
        told
    }

    #[test]
    fn who_comes_and_who_goes_is_told_once() {
        let named = Named::default();
        named.join(7);
        named.join(7);
        named.tell(|_| false);
        assert_eq!(told(&named), [(7, true)], "what was not taken is told again");
        named.leave(7);
        assert!(told(&named).is_empty());
        named.leave(7);
        assert_eq!(told(&named), [(7, false)]);
        named.join(8);
        assert_eq!(told(&named), [(8, true)]);
        named.forget_told();
        assert_eq!(told(&named), [(8, true)]);
    }

    #[test]
    fn many_are_told_in_pieces() {
        let named = Named::default();
        (0..=limits::NAMES_TOLD_MAX as u64).for_each(|name| named.join(name));
        let mut pieces = Vec::new();
        named.tell(|news| {
            pieces.push(news.len());
            true
        });
        assert_eq!(pieces, [limits::NAMES_TOLD_MAX, 1]);
    }

    #[test]
    fn a_name_has_the_same_number_everywhere() {
        assert_eq!(number("6e2f"), number("6e2f"));
        assert_ne!(number("6e2f"), number("6e30"));
    }
}
