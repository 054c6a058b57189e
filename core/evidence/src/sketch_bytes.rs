//! A sketch as bytes, for the link: every stretch of numbers as those that are not zero, each with the gap before it.
//!
//! A quiet second takes some ten bytes, the fullest 60 kB.

use hustings_vocab::limits::evidence::HEAVY_KEPT_MAX;

use crate::Sketch;
use crate::frequency::Frequencies;

/// Why bytes are no sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no sketch: {0}")]
pub struct BadSketch(&'static str);

impl Sketch {
    /// The bytes of this sketch.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&self.counts, &mut out);
        put(self.sources.0.as_slice(), &mut out);
        put(self.prefixes.0.as_slice(), &mut out);
        put(self.by_source.rows.as_slice(), &mut out);
        put(self.by_prefix.rows.as_slice(), &mut out);
        put(self.shapes.as_slice(), &mut out);
        put(self.tls.as_slice(), &mut out);
        for heavy in [&self.by_source.heavy, &self.by_prefix.heavy] {
            out.push(heavy.len() as u8);
            heavy.iter().for_each(|(hash, _)| out.extend_from_slice(&hash.to_le_bytes()));
        }
        out
    }

    /// The sketch of these bytes.
    ///
    /// # Errors
    /// [`BadSketch`]; bytes of any kind may be given.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadSketch> {
        let mut sketch = Self::new();
        let mut bytes = bytes;
        read(&mut bytes, &mut sketch.counts)?;
        read(&mut bytes, sketch.sources.0.as_mut_slice())?;
        read(&mut bytes, sketch.prefixes.0.as_mut_slice())?;
        read(&mut bytes, sketch.by_source.rows.as_mut_slice())?;
        read(&mut bytes, sketch.by_prefix.rows.as_mut_slice())?;
        read(&mut bytes, sketch.shapes.as_mut_slice())?;
        read(&mut bytes, sketch.tls.as_mut_slice())?;
        heavy(&mut bytes, &mut sketch.by_source)?;
        heavy(&mut bytes, &mut sketch.by_prefix)?;
        if bytes.is_empty() { Ok(sketch) } else { Err(BadSketch("they go on")) }
    }
}

fn put<N: Copy + Into<u64>>(numbers: &[N], out: &mut Vec<u8>) {
    let some = numbers.iter().enumerate().filter(|(_, n)| (**n).into() > 0);
    varint(some.clone().count() as u64, out);
    let mut next = 0;
    for (at, number) in some {
        varint((at - next) as u64, out);
        varint((*number).into(), out);
        next = at + 1;
    }
}

fn read<N: TryFrom<u64>>(bytes: &mut &[u8], numbers: &mut [N]) -> Result<(), BadSketch> {
    let many = unvarint(bytes)?;
    let mut next = 0usize;
    for _ in 0..many {
        let gap = unvarint(bytes)?;
        let at = usize::try_from(gap).ok().and_then(|gap| next.checked_add(gap)).ok_or(BadSketch("a gap"))?;
        let number = unvarint(bytes)?.try_into().map_err(|_| BadSketch("a number is too large"))?;
        *numbers.get_mut(at).ok_or(BadSketch("a number has no place"))? = number;
        next = at + 1;
    }
    Ok(())
}

fn heavy(bytes: &mut &[u8], of: &mut Frequencies) -> Result<(), BadSketch> {
    let (many, rest) = bytes.split_first().ok_or(BadSketch("they end"))?;
    *bytes = rest;
    let many = usize::from(*many);
    if many > HEAVY_KEPT_MAX {
        return Err(BadSketch("too many heavy ones"));
    }
    for _ in 0..many {
        let (hash, rest) = bytes.split_first_chunk().ok_or(BadSketch("they end"))?;
        *bytes = rest;
        let hash = u64::from_le_bytes(*hash);
        let count = of.of(hash);
        of.heavy.push((hash, count));
    }
    Ok(())
}

fn varint(mut n: u64, out: &mut Vec<u8>) {
    while n >= 128 {
        out.push(n as u8 | 128);
        n >>= 7;
    }
    out.push(n as u8);
}

fn unvarint(bytes: &mut &[u8]) -> Result<u64, BadSketch> {
    let mut n = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(BadSketch("they end"))?;
        *bytes = rest;
        n |= u64::from(byte & 127) << shift;
        if byte & 128 == 0 {
            return Ok(n);
        }
    }
    Err(BadSketch("a number without end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arrival, Count, EventKey};

    #[test]
    fn there_and_back_and_small_when_quiet() {
        let key = EventKey::new([9; 16]);
        let mut sketch = Sketch::new();
        assert!(sketch.to_bytes().len() < 12);
        for n in 0..500u32 {
            let from = std::net::Ipv4Addr::from_bits(n * 999).into();
            sketch.arrive(&key, &Arrival { from, times: n, shape: Some(u64::from(n)), tls: Some(1) });
        }
        sketch.count(Count::GateDropped, u64::MAX);
        let bytes = sketch.to_bytes();
        assert!(bytes.len() < 60_000);
        let mut back = Sketch::from_bytes(&bytes).unwrap();
        // The count of a heavy one is read again from the rows, and may be fresher.
        back.by_source.heavy.clone_from(&sketch.by_source.heavy);
        back.by_prefix.heavy.clone_from(&sketch.by_prefix.heavy);
        assert_eq!(back, sketch);
        for cut in 0..bytes.len() {
            assert!(Sketch::from_bytes(&bytes[..cut]).is_err());
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(Sketch::from_bytes(&longer).is_err());
    }

    #[test]
    fn hostile_bytes_are_refused() {
        for bad in [&[255u8; 40][..], &[1, 200, 1, 1], &[255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]] {
            assert!(Sketch::from_bytes(bad).is_err());
        }
    }
}
