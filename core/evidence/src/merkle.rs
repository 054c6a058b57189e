//! The Merkle tree of RFC 6962, section 2.1: hashes of leaves and nodes, the root of the first so many leaves, and proofs
//! that one tree is the beginning of another.

use sha2::{Digest, Sha256};

/// A hash.
pub type Hash = [u8; 32];

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The hash of an entry.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two subtrees.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over hashes of leaves; that of nothing is the hash of nothing.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The greatest power of two below `n`, which is at least 2.
const fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The audit path of a leaf, from the bottom.
#[must_use]
pub fn inclusion(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if index < left.len() {
        (inclusion(left, index), root(right))
    } else {
        (inclusion(right, index - left.len()), root(left))
    };
    path.push(other);
    path
}

/// Whether a leaf with this path is in the tree of this root (RFC 9162, section 2.1.3.2).
#[must_use]
pub fn includes(hash: Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut index, mut last, mut hash) = (index, size - 1, hash);
    for other in path {
        if last == 0 {
            return false;
        }
        if index & 1 == 1 || index == last {
            hash = node(other, &hash);
            while index & 1 == 0 && index != 0 {
                (index, last) = (index >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, other);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// The proof that the tree of the first `old` leaves is the beginning of the tree of all.
#[must_use]
pub fn consistency(leaves: &[Hash], old: usize) -> Vec<Hash> {
    if old == 0 || old >= leaves.len() { Vec::new() } else { subproof(leaves, old, true) }
}

fn subproof(leaves: &[Hash], old: usize, whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if old <= left.len() {
        let mut proof = subproof(left, old, whole);
        proof.push(root(right));
        proof
    } else {
        let mut proof = subproof(right, old - left.len(), false);
        proof.push(root(left));
        proof
    }
}

/// Whether the tree of `old` leaves and root is the beginning of that of `new` (RFC 9162, section 2.1.4.2).
#[must_use]
pub fn is_beginning(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old, old_root), (new, new_root)) = (old, new);
    if old > new || (old == new && (old_root != new_root || !proof.is_empty())) {
        return false;
    }
    if old == 0 || old == new {
        return proof.is_empty();
    }
    let mut path = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut n, mut last) = (old - 1, new - 1);
    while n & 1 == 1 {
        (n, last) = (n >> 1, last >> 1);
    }
    let (mut was, mut is) = (*first, *first);
    for other in path {
        if last == 0 {
            return false;
        }
        if n & 1 == 1 || n == last {
            (was, is) = (node(other, &was), node(other, &is));
            while n & 1 == 0 && n != 0 {
                (n, last) = (n >> 1, last >> 1);
            }
        } else {
            is = node(&is, other);
        }
        (n, last) = (n >> 1, last >> 1);
    }
    last == 0 && was == *old_root && is == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    fn leaves(n: usize) -> Vec<Hash> {
        (0..n).map(|n| leaf(&n.to_le_bytes())).collect()
    }

    #[test]
    fn roots_are_those_of_rfc_6962() {
        // The tree of certificate-transparency's reference tests.
        let inputs: [&[u8]; 3] = [b"", b"\0", b"\x10"];
        let leaves: Vec<_> = inputs.iter().map(|input| leaf(input)).collect();
        assert_eq!(hex::encode(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(
            hex::encode(&root(&leaves[..1])),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            hex::encode(&root(&leaves[..2])),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(hex::encode(&root(&leaves)), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    }

    #[test]
    fn every_proof_holds_and_no_altered_one() {
        for new in 1..40usize {
            let all = leaves(new);
            let new_root = root(&all);
            for old in 0..=new {
                let proof = consistency(&all, old);
                let old_root = root(&all[..old]);
                let is = |old_root: &Hash, proof: &[Hash]| {
                    is_beginning((old as u64, old_root), (new as u64, &new_root), proof)
                };
                assert!(is(&old_root, &proof), "{old} of {new}");
                if old > 0 {
                    assert!(!is(&leaf(b"x"), &proof));
                }
                for n in 0..proof.len() {
                    let mut other = proof.clone();
                    other[n][0] ^= 1;
                    assert!(!is(&old_root, &other));
                    other.remove(n);
                    assert!(!is(&old_root, &other));
                }
                let mut longer = proof.clone();
                longer.push(old_root);
                assert!(!is(&old_root, &longer));
            }
            for index in 0..new {
                let path = inclusion(&all, index);
                let has = |index, path: &[Hash]| includes(all[index], index as u64, new as u64, path, &new_root);
                assert!(has(index, &path));
                assert!(!includes(all[index], new as u64, new as u64, &path, &new_root));
                assert!(new == 1 || !has((index + 1) % new, &path));
            }
        }
    }
}
