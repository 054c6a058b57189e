//! The order of those who came before the start: a lottery that anybody can recompute.
//!
//! 1. Before the first place is given, the SHA-256 of a seed is published ([`commitment`]).
//! 2. Each place is a leaf of a Merkle tree (RFC 6962, section 2.1): its number, the second in which it was given, and a hash
//!    of its text ([`Leaf`]). At the start the root is written to the log, and only then is the seed revealed.
//! 3. The order is a permutation under a key that is made of seed, root and count ([`Lottery::rank`]).
//!
//! So who runs the server cannot choose the order after seeing who came, and who comes cannot aim for a good number. The rank
//! of one place is a function of its number: a million places cost no memory. `proof/lottery.py` is the same in Python.

use ring::digest::{Context, SHA256};

/// SHA-256.
pub type Hash = [u8; 32];

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// What is published of a seed before anybody has a place.
#[must_use]
pub fn commitment(seed: &Hash) -> Hash {
    sha256(&[b"hustings lottery seed v1\0", seed])
}

/// The public name of a place: who has its text can compute it, and who has the name cannot make the text.
#[must_use]
pub fn place_id(text: &str) -> [u8; 16] {
    let hash = sha256(&[b"hustings place v1\0", text.as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

/// One place, as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Its number.
    pub number: u64,
    /// When it was given, in seconds since 1970.
    pub given_s: u64,
    /// [`place_id`] of its text.
    pub id: [u8; 16],
}

impl Leaf {
    fn hash(&self) -> Hash {
        sha256(&[&[0], &self.number.to_be_bytes(), &self.given_s.to_be_bytes(), &self.id])
    }
}

/// The tree of all places, of which only the roots of whole subtrees are kept: at most 64.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    count: u64,
    /// The largest first.
    peaks: Vec<Hash>,
}

impl Tree {
    /// Adds the next place.
    pub fn push(&mut self, leaf: &Leaf) {
        let mut hash = leaf.hash();
        let mut count = self.count;
        while count % 2 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = sha256(&[&[1], &left, &hash]);
            count /= 2;
        }
        self.peaks.push(hash);
        self.count += 1;
    }

    /// How many.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The root of all of them; that of none is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return sha256(&[]) };
        peaks.fold(*last, |right, left| sha256(&[&[1], left, &right]))
    }
}

/// An order that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lottery {
    count: u64,
    root: Hash,
    key: Hash,
    /// Bits of half a number.
    half: u32,
}

/// Rounds of the permutation: with seven nothing that is computed in practice tells it from chance (Luby and Rackoff need
/// four).
const ROUNDS: u8 = 7;

impl Lottery {
    /// The order of `count` places with this root, drawn by `seed`.
    #[must_use]
    pub fn draw(seed: &Hash, root: Hash, count: u64) -> Self {
        let key = sha256(&[b"hustings lottery draw v1\0", seed, &root, &count.to_be_bytes()]);
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        Self { count, root, key, half: bits.div_ceil(2).max(1) }
    }

    /// How many places took part.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The root of them.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// The rank of a place, from 0 on. A place that was given after the draw has its number for its rank.
    #[must_use]
    pub fn rank(&self, number: u64) -> u64 {
        if number >= self.count {
            return number;
        }
        // Walk until it falls among those that there are: at most a few steps, for fewer than four in one are outside.
        let mut at = self.permute(number);
        while at >= self.count {
            at = self.permute(at);
        }
        at
    }

    /// A Feistel network over numbers of twice `half` bits.
    fn permute(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.half) - 1;
        let (mut left, mut right) = (number >> self.half, number & mask);
        for round in 0..ROUNDS {
            let hash = sha256(&[&self.key, &[round], &right.to_be_bytes()]);
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash[..8]);
            (left, right) = (right, left ^ (u64::from_be_bytes(bytes) & mask));
        }
        left << self.half | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(number: u64) -> Leaf {
        Leaf { number, given_s: 1_800_000_000 + number / 3, id: place_id(&format!("place {number}")) }
    }

    /// RFC 6962, section 2.1, word for word.
    fn root(leaves: &[Leaf]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => leaf.hash(),
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                sha256(&[&[1], &root(&leaves[..k]), &root(&leaves[k..])])
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962() {
        let mut tree = Tree::default();
        let leaves: Vec<_> = (0..70).map(leaf).collect();
        for n in 0..leaves.len() {
            assert_eq!(tree.root(), root(&leaves[..n]), "{n} leaves");
            tree.push(&leaves[n]);
        }
    }

    #[test]
    fn every_place_has_a_rank_of_its_own() {
        for count in [0, 1, 2, 3, 5, 64, 1000, 1025] {
            let lottery = Lottery::draw(&[3; 32], [9; 32], count);
            let mut ranks: Vec<_> = (0..count).map(|n| lottery.rank(n)).collect();
            ranks.sort_unstable();
            assert!(ranks.into_iter().eq(0..count), "{count}");
            assert_eq!(lottery.rank(count), count, "who comes later comes after");
        }
    }

    #[test]
    fn early_numbers_have_no_advantage() {
        let (count, seeds) = (500_u64, 250_u8);
        let mut first_half = 0_u64;
        for seed in 0..seeds {
            let mut bytes = [0; 32];
            bytes[0] = seed;
            let lottery = Lottery::draw(&bytes, [9; 32], count);
            first_half += (0..count / 2).filter(|n| lottery.rank(*n) < count / 2).count() as u64;
        }
        // Half of the first half are expected in the first half; the standard deviation of the mean is 0.35.
        let mean = first_half as f64 / f64::from(seeds);
        assert!((mean - 125.0).abs() < 1.8, "{mean}");
    }

    /// The same figures are asserted of `proof/lottery.py`.
    #[test]
    fn the_order_is_what_is_published() {
        let hex = |hash: Hash| hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let mut tree = Tree::default();
        (0..10).for_each(|n| tree.push(&leaf(n)));
        let lottery = Lottery::draw(&[3; 32], tree.root(), tree.count());
        let ranks: Vec<_> = (0..10).map(|n| lottery.rank(n)).collect();
        assert_eq!(hex(commitment(&[3; 32]))[..16], *COMMITMENT, "commitment");
        assert_eq!(hex(tree.root())[..16], *ROOT, "root");
        assert_eq!(ranks, RANKS);
    }

    const COMMITMENT: &str = "5accc3cc48bc5d9f";
    const ROOT: &str = "3fa3d47139bbae34";
    const RANKS: [u64; 10] = [7, 6, 9, 5, 3, 4, 0, 1, 8, 2];
}
