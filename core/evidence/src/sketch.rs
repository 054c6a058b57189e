//! Everything that one node counts in a stretch of time, without an address: it merges with others of the same secret.
//!
//! A sketch is of any length of time: a second's are merged into the minute's, and the minute's into the evening's, which
//! knows which networks were here before. Its size does not depend on how many come.

use hustings_vocab::limits::evidence::{HEAVY_KEPT_MAX, ROWS_MAX, SKETCHES_BYTES_MAX, SOURCES_TOLD_MIN};

use crate::frequency::{DEPTH, Frequencies, WIDTH, permille};
use crate::hll::{Distinct, REGISTERS};
use crate::{Arrival, Count, EventKey};

/// Kinds of clients and of TLS that are told apart.
pub(crate) const KINDS: usize = 256;

/// One sketch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    pub(crate) counts: [u64; Count::ALL.len()],
    pub(crate) sources: Distinct,
    pub(crate) prefixes: Distinct,
    pub(crate) by_source: Frequencies,
    pub(crate) by_prefix: Frequencies,
    pub(crate) shapes: Box<[u32; KINDS]>,
    pub(crate) tls: Box<[u32; KINDS]>,
}

/// Bytes of one sketch in memory.
const BYTES: usize =
    size_of::<Sketch>() + 2 * REGISTERS + 2 * (WIDTH * DEPTH * 4 + HEAVY_KEPT_MAX * 16) + 2 * KINDS * 4;
/// A node has the second's, the minute's and the evening's, one on the way, and one that is being read.
const _: () = assert!(5 * BYTES < SKETCHES_BYTES_MAX);

impl Default for Sketch {
    fn default() -> Self {
        Self::new()
    }
}

impl Sketch {
    /// Nobody has come.
    #[must_use]
    pub fn new() -> Self {
        Self {
            counts: [0; Count::ALL.len()],
            sources: Distinct::new(),
            prefixes: Distinct::new(),
            by_source: Frequencies::new(),
            by_prefix: Frequencies::new(),
            shapes: Box::new([0; KINDS]),
            tls: Box::new([0; KINDS]),
        }
    }

    /// Somebody arrives. The address is hashed and forgotten.
    pub fn arrive(&mut self, key: &EventKey, arrival: &Arrival) {
        let origin = key.origin(arrival.from);
        self.sources.add(origin.source);
        self.prefixes.add(origin.prefix);
        self.by_source.add(origin.source, arrival.times);
        self.by_prefix.add(origin.prefix, arrival.times);
        for (kinds, kind) in [(&mut self.shapes, arrival.shape), (&mut self.tls, arrival.tls)] {
            if let Some(kind) = kind {
                let cell = &mut kinds[key.hash(9, &kind.to_le_bytes()) as usize % KINDS];
                *cell = cell.saturating_add(arrival.times.max(1));
            }
        }
    }

    /// Something happened so often.
    pub const fn count(&mut self, what: Count, times: u64) {
        let count = &mut self.counts[what as usize];
        *count = count.saturating_add(times);
    }

    /// How often something happened.
    #[must_use]
    pub const fn of(&self, what: Count) -> u64 {
        self.counts[what as usize]
    }

    /// Puts another sketch of the same secret into this one.
    pub fn merge(&mut self, other: &Self) {
        for (own, others) in self.counts.iter_mut().zip(other.counts) {
            *own = own.saturating_add(others);
        }
        self.sources.merge(&other.sources);
        self.prefixes.merge(&other.prefixes);
        self.by_source.merge(&other.by_source);
        self.by_prefix.merge(&other.by_prefix);
        for (own, others) in [(&mut self.shapes, &other.shapes), (&mut self.tls, &other.tls)] {
            own.iter_mut().zip(others.iter()).for_each(|(own, others)| *own = own.saturating_add(*others));
        }
    }

    /// How many sources.
    #[must_use]
    pub fn sources(&self) -> u64 {
        self.sources.count()
    }

    /// How many networks.
    #[must_use]
    pub fn prefixes(&self) -> u64 {
        self.prefixes.count()
    }

    /// Of these networks, how many were not here before.
    #[must_use]
    pub fn new_prefixes(&self, before: &Self) -> u64 {
        let mut both = before.prefixes.clone();
        both.merge(&self.prefixes);
        both.count().saturating_sub(before.prefixes.count()).min(self.prefixes())
    }

    /// All arrivals and requests of sources.
    pub(crate) fn arrivals(&self) -> u64 {
        self.by_source.sum()
    }

    pub(crate) fn source_evenness(&self) -> i64 {
        self.by_source.evenness_permille(self.sources())
    }

    pub(crate) fn prefix_evenness(&self) -> i64 {
        self.by_prefix.evenness_permille(self.prefixes())
    }

    pub(crate) fn top_source(&self) -> i64 {
        self.by_source.top_permille()
    }

    pub(crate) fn top_prefix(&self) -> i64 {
        self.by_prefix.top_permille()
    }

    /// How alike the clients are: the share of the commonest kind, `None` if none was looked at.
    pub(crate) fn similarity(&self) -> Option<i64> {
        top_of(&self.shapes)
    }

    /// The share of the commonest kind of TLS, and how many kinds there are.
    pub(crate) fn tls_kinds(&self) -> Option<(i64, i64)> {
        Some((top_of(&self.tls)?, self.tls.iter().filter(|n| **n > 0).count() as i64))
    }

    /// The share of the heaviest networks in thousandths, heaviest first; nothing where fewer than
    /// [`SOURCES_TOLD_MIN`] sources came, for then a row might be one person.
    #[must_use]
    pub fn rows(&self) -> Vec<i64> {
        if self.sources() < SOURCES_TOLD_MIN {
            return Vec::new();
        }
        let sum = self.by_prefix.sum();
        let heaviest = self.by_prefix.heaviest().into_iter().take(ROWS_MAX);
        heaviest.map(|(_, count)| permille(u64::from(count), sum)).collect()
    }
}

fn top_of(kinds: &[u32; KINDS]) -> Option<i64> {
    let sum: u64 = kinds.iter().map(|n| u64::from(*n)).sum();
    let top = kinds.iter().max().copied().unwrap_or_default();
    (sum > 0).then(|| permille(u64::from(top), sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(n: u32, shape: u64) -> Arrival {
        Arrival { from: std::net::Ipv4Addr::from_bits(n).into(), times: 1, shape: Some(shape), tls: None }
    }

    #[test]
    fn halves_merge_into_the_whole() {
        let key = EventKey::new([3; 16]);
        let (mut all, mut one, mut two) = (Sketch::new(), Sketch::new(), Sketch::new());
        for n in 0..2000 {
            all.arrive(&key, &arrival(n * 77, u64::from(n % 20)));
            let half = if n % 2 == 0 { &mut one } else { &mut two };
            half.arrive(&key, &arrival(n * 77, u64::from(n % 20)));
            half.count(Count::Connections, 1);
            all.count(Count::Connections, 1);
        }
        one.merge(&two);
        assert_eq!((one.sources(), one.prefixes(), one.arrivals()), (all.sources(), all.prefixes(), 2000));
        assert_eq!((one.source_evenness(), one.similarity()), (all.source_evenness(), all.similarity()));
        assert_eq!(one.of(Count::Connections), 2000);
        assert!(one.similarity().unwrap() < 300);
    }

    #[test]
    fn networks_are_new_once() {
        let key = EventKey::new([3; 16]);
        let (mut before, mut now) = (Sketch::new(), Sketch::new());
        (0..300u32).for_each(|n| before.arrive(&key, &arrival(n << 8, 1)));
        (200..400u32).for_each(|n| now.arrive(&key, &arrival(n << 8, 1)));
        assert!(now.new_prefixes(&before).abs_diff(100) < 40, "{}", now.new_prefixes(&before));
        assert_eq!(now.new_prefixes(&now.clone()), 0);
    }

    #[test]
    fn few_sources_have_no_rows() {
        let key = EventKey::new([3; 16]);
        let mut sketch = Sketch::new();
        (0..40u32).for_each(|n| sketch.arrive(&key, &arrival(n, 1)));
        assert!(sketch.rows().is_empty());
        (0..400u32).for_each(|n| sketch.arrive(&key, &arrival(n, 1)));
        assert!(!sketch.rows().is_empty() && sketch.rows().len() <= ROWS_MAX);
    }
}
