//! Where a connection comes from, as far as it matters.

/// A network ([`hustings_vocab::network::neighbourhood`]), as its keyed hash. Nothing can be read from it without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(u64);

impl Source {
    /// The source of that hash.
    #[must_use]
    pub const fn new(hash: u64) -> Self {
        Self(hash)
    }
}
