//! How often each: Count-Min (Cormode and Muthukrishnan, 2005), four rows of 1,024, and the heaviest by it.
//!
//! An estimate is never below the truth, and above it by more than 0.3 % of the sum only once in fifty. The first row is a
//! histogram of hashes from which the entropy is taken.

use hustings_vocab::limits::evidence::HEAVY_KEPT_MAX;

pub(crate) const WIDTH: usize = 1024;
pub(crate) const DEPTH: usize = 4;

/// How often each of many numbers came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frequencies {
    pub(crate) rows: Box<[u32; WIDTH * DEPTH]>,
    /// The heaviest, each with the count when it was last looked at; bounded by [`HEAVY_KEPT_MAX`].
    pub(crate) heavy: Vec<(u64, u32)>,
}

impl Frequencies {
    pub(crate) fn new() -> Self {
        Self { rows: Box::new([0; WIDTH * DEPTH]), heavy: Vec::new() }
    }

    pub(crate) fn add(&mut self, hash: u64, times: u32) {
        for cell in cells(hash) {
            self.rows[cell] = self.rows[cell].saturating_add(times);
        }
        let count = self.of(hash);
        self.note(hash, count);
    }

    /// At least how often it came, and seldom much more.
    pub(crate) fn of(&self, hash: u64) -> u32 {
        cells(hash).map(|cell| self.rows[cell]).into_iter().min().unwrap_or_default()
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, others) in self.rows.iter_mut().zip(other.rows.iter()) {
            *own = own.saturating_add(*others);
        }
        let both: Vec<u64> = self.heavy.iter().chain(&other.heavy).map(|(hash, _)| *hash).collect();
        self.heavy.clear();
        for hash in both {
            let count = self.of(hash);
            self.note(hash, count);
        }
    }

    /// All that came.
    pub(crate) fn sum(&self) -> u64 {
        self.first_row().iter().map(|n| u64::from(*n)).sum()
    }

    /// The heaviest, heaviest first.
    pub(crate) fn heaviest(&self) -> Vec<(u64, u32)> {
        let mut heavy = self.heavy.clone();
        heavy.sort_unstable_by_key(|(hash, count)| (std::cmp::Reverse(*count), *hash));
        heavy
    }

    /// Of all that came, the share of the heaviest, in thousandths.
    pub(crate) fn top_permille(&self) -> i64 {
        let top = self.heaviest().first().map_or(0, |(_, count)| u64::from(*count));
        permille(top, self.sum())
    }

    /// Shannon's entropy over the first row as thousandths of the greatest that so many different ones could have: 1000
    /// where everybody came as often as everybody else. 1000 where there is nothing to compare.
    pub(crate) fn evenness_permille(&self, different: u64) -> i64 {
        evenness(self.first_row(), different)
    }

    fn first_row(&self) -> &[u32] {
        &self.rows[..WIDTH]
    }

    fn note(&mut self, hash: u64, count: u32) {
        if let Some(known) = self.heavy.iter_mut().find(|(known, _)| *known == hash) {
            known.1 = count;
        } else if self.heavy.len() < HEAVY_KEPT_MAX {
            self.heavy.push((hash, count));
        } else if let Some(least) = self.heavy.iter_mut().min_by_key(|(_, count)| *count)
            && least.1 < count
        {
            *least = (hash, count);
        }
    }
}

/// The entropy of a histogram as thousandths of what it could be at most with so many different ones.
pub(crate) fn evenness(histogram: &[u32], different: u64) -> i64 {
    let sum: f64 = histogram.iter().map(|n| f64::from(*n)).sum();
    let most = different.min(histogram.len() as u64).min(sum as u64);
    if most < 2 {
        return 1000;
    }
    let entropy: f64 = histogram.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / sum).map(|p| -p * p.log2()).sum();
    ((1000.0 * entropy / (most as f64).log2()).round() as i64).clamp(0, 1000)
}

/// A share in thousandths; 0 of nothing.
pub(crate) fn permille(part: u64, whole: u64) -> i64 {
    part.saturating_mul(1000).checked_div(whole).map_or(0, |n| n.min(1000) as i64)
}

fn cells(hash: u64) -> [usize; DEPTH] {
    // Two halves make the rows (Kirsch and Mitzenmacher, 2008).
    let (one, two) = (hash as u32, (hash >> 32) as u32 | 1);
    std::array::from_fn(|row| row * WIDTH + one.wrapping_add(two.wrapping_mul(row as u32)) as usize % WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventKey;

    #[test]
    fn heavy_ones_are_found_and_merging_is_adding() {
        let key = EventKey::new([1; 16]);
        let hash = |n: u32| key.hash(0, &n.to_le_bytes());
        let (mut one, mut two) = (Frequencies::new(), Frequencies::new());
        for n in 0..5000 {
            one.add(hash(n), 1);
            two.add(hash(n + 5000), 1);
        }
        (0..300).for_each(|_| one.add(hash(42), 1));
        two.add(hash(7777), 900);
        one.merge(&two);
        assert_eq!(one.sum(), 10_000 + 1200);
        let heaviest = one.heaviest();
        assert_eq!((heaviest[0].0, heaviest[1].0), (hash(7777), hash(42)));
        assert!((901..960).contains(&heaviest[0].1), "{heaviest:?}");
        assert!(one.heavy.len() <= HEAVY_KEPT_MAX);
        assert_eq!(one.top_permille(), i64::from(heaviest[0].1) * 1000 / 11_200);
    }

    #[test]
    fn evenness_tells_one_who_shouts_from_many_who_speak() {
        let key = EventKey::new([1; 16]);
        let hash = |n: u32| key.hash(0, &n.to_le_bytes());
        let (mut even, mut one) = (Frequencies::new(), Frequencies::new());
        (0..400).for_each(|n| even.add(hash(n), 3));
        (0..400).for_each(|n| one.add(hash(n), 1));
        one.add(hash(1), 20_000);
        assert!(even.evenness_permille(400) > 930, "{}", even.evenness_permille(400));
        assert!(one.evenness_permille(400) < 100);
        assert_eq!(Frequencies::new().evenness_permille(0), 1000);
    }
}
