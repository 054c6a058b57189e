//! Seats: records under small numbers that are used again, told apart by a generation.
//!
//! An event that was collected for a record that is gone meanwhile finds nothing, although the number is taken anew.

/// Names a record as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    index: u32,
    generation: u32,
}

impl Key {
    /// As one number, for a place that holds no more.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        (self.generation as u64) << 32 | self.index as u64
    }

    /// The key that [`Key::to_bits`] was called on.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self { index: bits as u32, generation: (bits >> 32) as u32 }
    }

    pub(crate) const fn index(self) -> usize {
        self.index as usize
    }
}

/// Records under keys.
#[derive(Debug)]
pub struct Seats<T> {
    /// Each with the generation of the record that is there, or that will be next.
    all: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Seats<T> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<T> Seats<T> {
    /// Takes a record in.
    pub fn insert(&mut self, record: T) -> Key {
        let index = self.free.pop().unwrap_or_else(|| {
            self.all.push((0, None));
            self.all.len() as u32 - 1
        });
        let (generation, seat) = &mut self.all[index as usize];
        *seat = Some(record);
        Key { index, generation: *generation }
    }

    /// The record of a key, if it is still there.
    #[must_use]
    pub fn find(&self, key: Key) -> Option<&T> {
        let (generation, seat) = self.all.get(key.index())?;
        seat.as_ref().filter(|_| *generation == key.generation)
    }

    /// The record of a key, to be changed.
    pub fn find_mut(&mut self, key: Key) -> Option<&mut T> {
        let (generation, seat) = self.all.get_mut(key.index())?;
        seat.as_mut().filter(|_| *generation == key.generation)
    }

    /// Lets a record go.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        self.find(key)?;
        let (generation, seat) = &mut self.all[key.index()];
        *generation = generation.wrapping_add(1);
        self.free.push(key.index);
        seat.take()
    }

    /// Every record.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.range(0..self.all.len())
    }

    /// Every record, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Key, &mut T)> {
        self.all.iter_mut().enumerate().filter_map(|(n, (generation, seat))| {
            let key = Key { index: n as u32, generation: *generation };
            seat.as_mut().map(|record| (key, record))
        })
    }

    /// Every record in some of the seats.
    pub(crate) fn range(&self, seats: std::ops::Range<usize>) -> impl Iterator<Item = (Key, &T)> {
        let first = seats.start as u32;
        let seats = self.all.get(seats).unwrap_or_default().iter().enumerate();
        seats.filter_map(move |(n, (generation, seat))| {
            let key = Key { index: first + n as u32, generation: *generation };
            seat.as_ref().map(|record| (key, record))
        })
    }

    /// How many seats there are, taken and free.
    pub(crate) fn seats(&self) -> usize {
        self.all.len()
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_used_again_under_another_key() {
        let mut seats = Seats::default();
        let (a, b) = (seats.insert("a"), seats.insert("b"));
        assert_eq!((seats.find_mut(a).copied(), seats.remove(a)), (Some("a"), Some("a")));
        let c = seats.insert("c");
        assert_eq!((c.index(), seats.len()), (a.index(), 2));
        assert_eq!((seats.find(a).copied(), seats.remove(a)), (None, None));
        assert_eq!((seats.find(b), seats.find(Key::from_bits(c.to_bits()))), (Some(&"b"), Some(&"c")));
        assert_eq!(seats.iter().map(|(_, record)| *record).collect::<String>(), "cb");
    }
}
