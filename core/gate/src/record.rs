//! What the gate must not forget, as lines of a file that is only appended to.
//!
//! Each line has [`BYTES`] bytes and a check of its own: of a file whose writer was killed the last line may be torn, and
//! nothing else. Replayed in order they make the gate what it was ([`crate::Gate::replay`]). Deliberately absent: who waits,
//! for that is said by the places themselves, and any address or secret.

use ring::digest::{SHA256, digest};

use crate::lottery::{Hash, Leaf};
use crate::{Class, Holder, Tier};

/// Bytes of a line.
pub const BYTES: usize = 56;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// The order of those who come before the start will be drawn by a seed with this hash.
    Committed(Hash),
    /// A place was given.
    Placed(Leaf),
    /// These places take part in the lottery, and no others. It is written before the seed.
    Closed {
        /// How many.
        count: u64,
        /// The root of them.
        root: Hash,
    },
    /// The seed.
    Revealed(Hash),
    /// Who has a rank below this may come in.
    Called(u64),
    /// A ticket that is nobody's yet was given out as an address.
    Linked(u64),
    /// A seat has a holder.
    Seated {
        /// By which way.
        class: Class,
        /// Which.
        serial: u64,
        /// Whose it is.
        holder: Holder,
        /// At which tier.
        tier: Tier,
    },
}

/// The line is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this line was not written by a gate, or is torn")]
pub struct Torn;

impl Record {
    /// As a line.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; BYTES] {
        let mut line = [0; BYTES];
        let (kind, number, second) = match self {
            Self::Committed(hash) => {
                line[24..].copy_from_slice(hash);
                (1, 0, 0)
            }
            Self::Placed(leaf) => {
                line[24..40].copy_from_slice(&leaf.id);
                (2, leaf.number, leaf.given_s)
            }
            Self::Closed { count, root } => {
                line[24..].copy_from_slice(root);
                (3, *count, 0)
            }
            Self::Revealed(seed) => {
                line[24..].copy_from_slice(seed);
                (4, 0, 0)
            }
            Self::Called(below) => (5, *below, 0),
            Self::Linked(serial) => (6, *serial, 0),
            Self::Seated { class, serial, holder, tier } => {
                (line[1], line[2]) = (class.index() as u8, tier.index() as u8);
                (7, *serial, holder.number())
            }
        };
        line[0] = kind;
        line[8..16].copy_from_slice(&number.to_be_bytes());
        line[16..24].copy_from_slice(&second.to_be_bytes());
        let check = check(&line);
        line[4..8].copy_from_slice(&check);
        line
    }

    /// Of a line.
    ///
    /// # Errors
    /// [`Torn`].
    pub fn of_bytes(line: &[u8; BYTES]) -> Result<Self, Torn> {
        if line[4..8] != check(line) {
            return Err(Torn);
        }
        let word = |at: usize| line[at..at + 8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let mut hash = [0; 32];
        hash.copy_from_slice(&line[24..]);
        let (number, second) = (word(8), word(16));
        Ok(match line[0] {
            1 => Self::Committed(hash),
            2 => {
                let mut id = [0; 16];
                id.copy_from_slice(&hash[..16]);
                Self::Placed(Leaf { number, given_s: second, id })
            }
            3 => Self::Closed { count: number, root: hash },
            4 => Self::Revealed(hash),
            5 => Self::Called(number),
            6 => Self::Linked(number),
            7 => Self::Seated {
                class: *Class::ALL.get(usize::from(line[1])).ok_or(Torn)?,
                serial: number,
                holder: Holder::of_number(second).ok_or(Torn)?,
                tier: *Tier::ALL.get(usize::from(line[2])).ok_or(Torn)?,
            },
            _ => return Err(Torn),
        })
    }
}

fn check(line: &[u8; BYTES]) -> [u8; 4] {
    let mut bare = *line;
    bare[4..8].fill(0);
    let hash = digest(&SHA256, &bare);
    let mut check = [0; 4];
    check.copy_from_slice(&hash.as_ref()[..4]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written_and_a_torn_one_is_seen() {
        let holder = Holder::of("a secret of somebody");
        for record in [
            Record::Committed([1; 32]),
            Record::Placed(Leaf { number: 7, given_s: 1_800_000_000, id: [9; 16] }),
            Record::Closed { count: 70_000, root: [2; 32] },
            Record::Revealed([3; 32]),
            Record::Called(u64::MAX),
            Record::Linked(3),
            Record::Seated { class: Class::Place, serial: 812, holder, tier: Tier::Hls },
        ] {
            let line = record.to_bytes();
            assert_eq!(Record::of_bytes(&line), Ok(record));
            for at in 0..BYTES {
                let mut torn = line;
                torn[at] ^= 1;
                assert_eq!(Record::of_bytes(&torn), Err(Torn), "{at}");
            }
        }
        assert_eq!(Record::of_bytes(&[0; BYTES]), Err(Torn));
    }
}
