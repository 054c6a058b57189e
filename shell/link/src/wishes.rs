//! Wishes of all edges, merged: a rendition is wanted as long as any edge wants it.
//!
//! Pure: time is an argument. When an edge is gone its wishes for renditions hold for as long as a rendition stays hot
//! without readers, because its listeners come back within seconds and a rendition that went on has no seam. Bounded by
//! the conversations that are open: who keeps this asks only for those.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use hustings_vocab::{Rendition, Slug, limits};

use crate::edge::EdgeNumber;
use crate::up::Up;

/// What is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Parts.
    Parts,
    /// Single frames.
    Frames,
}

/// Who wishes for what.
#[derive(Debug, Default)]
pub struct Wishes {
    all: HashMap<(Slug, Rendition, Kind), Wish>,
}

#[derive(Debug, Default)]
struct Wish {
    edges: BTreeSet<EdgeNumber>,
    /// It was some edge's that is gone.
    orphaned: Option<Instant>,
}

impl Wishes {
    /// Takes in a wish of an edge; gives what the stage must be told.
    pub fn take(&mut self, edge: EdgeNumber, wish: Up) -> Option<Up> {
        match wish {
            Up::Want(slug, rendition) => self.add(edge, slug, rendition, Kind::Parts),
            Up::Release(slug, rendition) => self.remove(edge, slug, rendition, Kind::Parts),
            Up::Frames(slug, rendition, true) => self.add(edge, slug, rendition, Kind::Frames),
            Up::Frames(slug, rendition, false) => self.remove(edge, slug, rendition, Kind::Frames),
            Up::Listening(..) | Up::Named(..) | Up::Seats(..) | Up::Here(..) => None,
        }
    }

    /// Who wishes for this.
    pub fn of(&self, slug: &Slug, rendition: Rendition, kind: Kind) -> impl Iterator<Item = EdgeNumber> {
        self.all.get(&(slug.clone(), rendition, kind)).into_iter().flat_map(|wish| wish.edges.iter().copied())
    }

    /// An edge is gone; gives what the stage must be told.
    pub fn gone(&mut self, edge: EdgeNumber, now: Instant) -> Vec<Up> {
        let mut told = Vec::new();
        self.all.retain(|(slug, rendition, kind), wish| {
            if !wish.edges.remove(&edge) || !wish.edges.is_empty() {
                return true;
            }
            if *kind == Kind::Frames {
                told.push(Up::Frames(slug.clone(), *rendition, false));
                return false;
            }
            wish.orphaned = Some(now);
            true
        });
        told
    }

    /// Gives up what nobody has come back for, and what is not `open` any more; gives what the stage must be told.
    pub fn sweep(&mut self, now: Instant, open: impl Fn(&Slug) -> bool) -> Vec<Up> {
        let mut told = Vec::new();
        let kept = Duration::from_secs(limits::RENDITION_COOLING_SECONDS);
        self.all.retain(|(slug, rendition, _), wish| {
            let over = wish.edges.is_empty() && wish.orphaned.is_none_or(|at| now.duration_since(at) > kept);
            if over {
                told.push(Up::Release(slug.clone(), *rendition));
            }
            !over && open(slug)
        });
        told
    }

    fn add(&mut self, edge: EdgeNumber, slug: Slug, rendition: Rendition, kind: Kind) -> Option<Up> {
        let wish = self.all.entry((slug.clone(), rendition, kind)).or_default();
        let held = !wish.edges.is_empty() || wish.orphaned.take().is_some();
        wish.edges.insert(edge);
        let wish = match kind {
            Kind::Parts => Up::Want(slug, rendition),
            Kind::Frames => Up::Frames(slug, rendition, true),
        };
        Some(wish).filter(|_| !held)
    }

    fn remove(&mut self, edge: EdgeNumber, slug: Slug, rendition: Rendition, kind: Kind) -> Option<Up> {
        let name = (slug, rendition, kind);
        let wish = self.all.get_mut(&name)?;
        if !wish.edges.remove(&edge) || !wish.edges.is_empty() {
            return None;
        }
        self.all.remove(&name);
        let (slug, rendition, kind) = name;
        Some(match kind {
            Kind::Parts => Up::Release(slug, rendition),
            Kind::Frames => Up::Frames(slug, rendition, false),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: Rendition = Rendition::Opus48;

    fn slug() -> Slug {
        "talk".parse().unwrap()
    }

    #[test]
    fn the_stage_is_told_of_the_first_wish_and_of_the_last_that_ends() {
        let mut wishes = Wishes::default();
        assert_eq!(wishes.take(1, Up::Want(slug(), R)), Some(Up::Want(slug(), R)));
        assert_eq!(wishes.take(2, Up::Want(slug(), R)), None);
        assert_eq!(wishes.take(2, Up::Want(slug(), R)), None, "asked twice is asked once");
        assert_eq!(wishes.of(&slug(), R, Kind::Parts).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(wishes.take(1, Up::Release(slug(), R)), None);
        assert_eq!(wishes.take(1, Up::Release(slug(), R)), None, "who wishes for nothing ends nobody's wish");
        assert_eq!(wishes.take(2, Up::Release(slug(), R)), Some(Up::Release(slug(), R)));
        assert_eq!(wishes.of(&slug(), R, Kind::Parts).count(), 0);
    }

    #[test]
    fn a_rendition_goes_on_while_the_listeners_of_a_dead_edge_come_back() {
        let (mut wishes, now) = (Wishes::default(), Instant::now());
        wishes.take(1, Up::Want(slug(), R));
        wishes.take(1, Up::Frames(slug(), R, true));
        assert_eq!(wishes.gone(1, now), [Up::Frames(slug(), R, false)], "frames are wanted by nobody at once");
        assert!(wishes.sweep(now + Duration::from_secs(5), |_| true).is_empty());
        assert_eq!(wishes.take(1, Up::Want(slug(), R)), None, "it never stopped");
        assert!(wishes.gone(1, now).is_empty());
        assert_eq!(wishes.sweep(now + Duration::from_secs(21), |_| true), [Up::Release(slug(), R)]);
        assert!(wishes.all.is_empty());
    }

    #[test]
    fn what_has_ended_is_forgotten() {
        let mut wishes = Wishes::default();
        wishes.take(1, Up::Want(slug(), R));
        assert!(wishes.sweep(Instant::now(), |_| false).is_empty());
        assert!(wishes.all.is_empty());
    }
}
