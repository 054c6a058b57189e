//! A queue in which each network waits for its own: one of each network in turn, whatever the others have heaped up.

use std::collections::{BTreeMap, VecDeque};

use crate::Source;

/// The queue. Its bound is its caller's: what is in it is at most what may come.
#[derive(Debug)]
pub struct Fair<T> {
    queues: BTreeMap<Source, VecDeque<T>>,
    /// Networks that have something waiting, in the order of their turns.
    turns: VecDeque<Source>,
}

impl<T> Default for Fair<T> {
    fn default() -> Self {
        Self { queues: BTreeMap::new(), turns: VecDeque::new() }
    }
}

impl<T> Fair<T> {
    /// Puts something at the end of its network's queue.
    pub fn push(&mut self, source: Source, item: T) {
        let queue = self.queues.entry(source).or_default();
        if queue.is_empty() {
            self.turns.push_back(source);
        }
        queue.push_back(item);
    }

    /// Takes the first of the network whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        let source = self.turns.pop_front()?;
        let queue = self.queues.get_mut(&source)?;
        let item = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(&source);
        } else {
            self.turns.push_back(source);
        }
        item
    }

    /// Nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heap_of_one_network_delays_nobody_else() {
        let mut fair = Fair::default();
        for n in 0..1000 {
            fair.push(Source::new(1), n);
        }
        fair.push(Source::new(2), 5000);
        fair.push(Source::new(3), 6000);
        fair.push(Source::new(2), 5001);
        let first: Vec<_> = (0..6).filter_map(|_| fair.pop()).collect();
        assert_eq!(first, [0, 5000, 6000, 1, 5001, 2]);
        let rest: Vec<_> = std::iter::from_fn(|| fair.pop()).collect();
        assert_eq!((rest.len(), rest.last(), fair.is_empty()), (997, Some(&999), true));
        assert!(fair.queues.is_empty());
    }
}
