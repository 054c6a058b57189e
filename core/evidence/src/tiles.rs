//! The log as static files: C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>).
//!
//! Tile `tile/<L>/<N>` holds 256 hashes of level 8·L; `tile/entries/<N>` the 256 entries below tile `tile/0/<N>`, each with
//! its length in 16 bits before it. What is not full yet has its width in its name, `.p/<W>`. `N` is written in
//! groups of three digits, all but the last with an `x`.

use hustings_vocab::limits::evidence::RECORD_BYTES_MAX;

use crate::merkle::{Hash, node};

/// Hashes of a full tile, entries of a full bundle.
pub const WIDTH: usize = 256;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// The level of hashes; `None` for entries.
    pub level: Option<u8>,
    /// Which of them, from the left.
    pub number: u64,
    /// How many it holds: 256, or fewer in a partial one.
    pub width: u16,
}

impl Tile {
    /// The path below the log's own.
    #[must_use]
    pub fn path(&self) -> String {
        let level = self.level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
        let mut groups = vec![format!("{:03}", self.number % 1000)];
        let mut rest = self.number / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        let partial = if usize::from(self.width) < WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{}{partial}", groups.join("/"))
    }

    /// Reads a path; `None` for every path that [`Tile::path`] does not write.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("tile/")?.split('/');
        let level = match parts.next()? {
            "entries" => None,
            // Levels above the seventh would hold more hashes than there are numbers.
            level => Some(level.parse().ok().filter(|level: &u8| *level < 8)?),
        };
        let (mut number, mut width) = (0u64, WIDTH as u16);
        let mut last = None;
        while let Some(part) = parts.next() {
            if last.is_some() {
                return None;
            }
            let digits = part.strip_prefix('x').unwrap_or(part);
            let (digits, is_partial) = digits.strip_suffix(".p").map_or((digits, false), |digits| (digits, true));
            if digits.len() != 3 {
                return None;
            }
            number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
            if !part.starts_with('x') {
                last = Some(());
            }
            if is_partial {
                width = parts.next()?.parse().ok()?;
                if parts.next().is_some() {
                    return None;
                }
                break;
            }
        }
        // Only one way to write each: what differs is no path of ours.
        let tile = Self { level, number, width };
        (tile.width > 0 && tile.path() == path).then_some(tile)
    }

    /// Of a log of this size, the tiles of a level, or of its entries, the last perhaps partial.
    pub fn of(level: Option<u8>, size: u64) -> impl Iterator<Item = Self> {
        let hashes = size >> (8 * u32::from(level.unwrap_or_default()));
        let full = hashes / WIDTH as u64;
        let rest = (hashes % WIDTH as u64) as u16;
        let partial = (rest > 0).then_some(Self { level, number: full, width: rest });
        (0..full).map(move |number| Self { level, number, width: WIDTH as u16 }).chain(partial)
    }
}

/// The hashes that a tile holds, read from those of the level below it: 256 to each.
#[must_use]
pub fn roots_of(hashes: &[Hash]) -> Vec<Hash> {
    hashes.chunks_exact(WIDTH).map(crate::merkle::root).collect()
}

/// Bytes of a tile of hashes.
#[must_use]
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile; `None` if these are not whole hashes.
#[must_use]
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// Appends an entry to a bundle. Entries are records, which are never longer than their length can say.
pub fn put_entry(entry: &[u8], out: &mut Vec<u8>) {
    let entry = &entry[..entry.len().min(RECORD_BYTES_MAX)];
    out.extend_from_slice(&(entry.len() as u16).to_be_bytes());
    out.extend_from_slice(entry);
}

/// The entries of a bundle; `None` if the bytes end within one, or there are more than 256.
#[must_use]
pub fn entries(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut rest, mut entries) = (bytes, Vec::new());
    while let Some((len, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*len).into())?;
        entries.push(entry);
        rest = after;
    }
    (rest.is_empty() && entries.len() <= WIDTH).then_some(entries)
}

/// The root of a log from its leaf hashes.
#[must_use]
pub fn root_by_tiles(leaves: &[Hash]) -> Hash {
    root_at(&roots_of(leaves), leaves, leaves.len())
}

/// The root of the first `size` leaves, from the hashes of all full tiles ([`roots_of`]) and of the leaves: so the roots of
/// many sizes cost little. `size` is at most the number of leaves.
#[must_use]
pub fn root_at(full: &[Hash], leaves: &[Hash], size: usize) -> Hash {
    let whole = size / WIDTH;
    let (full, rest) = (&full[..whole], &leaves[whole * WIDTH..size]);
    if full.is_empty() {
        crate::merkle::root(rest)
    } else if rest.is_empty() {
        crate::merkle::root(full)
    } else {
        node_of(full, rest)
    }
}

/// The root over full tiles and a rest. A tree is split at a power of two, which never cuts a full tile.
fn node_of(full: &[Hash], rest: &[Hash]) -> Hash {
    let many = full.len() * WIDTH + rest.len();
    let (left, right) = full.split_at(many.next_power_of_two() / 2 / WIDTH);
    let right = if right.is_empty() { crate::merkle::root(rest) } else { node_of(right, rest) };
    node(&crate::merkle::root(left), &right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{leaf, root};

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, number, width| Tile { level, number, width }.path();
        assert_eq!(path(Some(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(None, 0, 17), "tile/entries/000.p/17");
        assert_eq!(path(Some(3), 999, 1), "tile/3/999.p/1");
        for tile in [path(Some(0), 1_234_067, 256), path(None, 5000, 17), path(Some(7), 0, 255)] {
            assert_eq!(Tile::parse(&tile).unwrap().path(), tile);
        }
        for bad in [
            "tile/0/1",
            "tile/0/0001",
            "tile/8/000",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/017",
            "tile/0/000.p",
            "tile/0/000.p/1/2",
            "tile/0",
            "tile/0/",
            "tile/0/001/002",
            "tile/entries/../000",
            "tile/-1/000",
            "tile/0/+01",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "/tile/0/000",
            "",
        ] {
            assert_eq!(Tile::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_log_has_these_tiles() {
        let paths = |level, size| Tile::of(level, size).map(|t| t.path()).collect::<Vec<_>>();
        assert_eq!(paths(Some(0), 513), ["tile/0/000", "tile/0/001", "tile/0/002.p/1"]);
        assert_eq!(paths(Some(1), 513), ["tile/1/000.p/2"]);
        assert_eq!(paths(Some(2), 513), [""; 0]);
        assert_eq!(paths(None, 256), ["tile/entries/000"]);
    }

    #[test]
    fn the_root_by_tiles_is_the_root() {
        let leaves: Vec<_> = (0..1400u32).map(|n| leaf(&n.to_le_bytes())).collect();
        for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 1000, 1024, 1025, 1400] {
            assert_eq!(root_by_tiles(&leaves[..size]), root(&leaves[..size]), "{size}");
        }
    }

    #[test]
    fn bundles_there_and_back() {
        let mut out = Vec::new();
        put_entry(b"one", &mut out);
        put_entry(b"", &mut out);
        assert_eq!(out, b"\0\x03one\0\0");
        assert_eq!(entries(&out).unwrap(), [&b"one"[..], b""]);
        assert!(entries(&out[..4]).is_none() && entries(&[0; 3]).is_none() && entries(&[0; 514]).is_none());
    }
}
