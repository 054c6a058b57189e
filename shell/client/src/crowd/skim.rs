//! The media time of live sound, read from fragmented MP4 while the sound itself is passed over.

use bytes::Bytes;

use crate::media::Malformed;
use crate::media::mp4::{fragment, movie};

/// Bytes of a box whose content is kept: a `moov` of one track, a `moof` of some parts.
const KEPT_BYTES_MAX: u32 = 64 * 1024;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Skim {
    head: [u8; 8],
    head_bytes: u8,
    /// Bytes of the present box that are still to come.
    left: u32,
    kept: Vec<u8>,
    timescale: u64,
    /// Start and samples of the sound that is coming, at 48 kHz.
    coming: Option<(u64, u64)>,
}

impl Skim {
    /// Takes bytes; tells each stretch of sound that is whole: its media time and length in samples at 48 kHz.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut heard: impl FnMut(u64, u64)) -> Result<(), Malformed> {
        while !bytes.is_empty() {
            if self.head_bytes < 8 {
                let take = bytes.len().min(8 - usize::from(self.head_bytes));
                let at = usize::from(self.head_bytes);
                self.head[at..at + take].copy_from_slice(&bytes[..take]);
                self.head_bytes += take as u8;
                bytes = &bytes[take..];
                if self.head_bytes == 8 {
                    self.begin()?;
                }
            } else {
                let (now, rest) = bytes.split_at(bytes.len().min(self.left as usize));
                if self.keeps() {
                    self.kept.extend_from_slice(now);
                }
                self.left -= now.len() as u32;
                bytes = rest;
            }
            if self.head_bytes == 8 && self.left == 0 {
                self.head_bytes = 0;
                if let Some((start, samples)) = self.end()? {
                    heard(start, samples);
                }
            }
        }
        Ok(())
    }

    fn keeps(&self) -> bool {
        matches!(&self.head[4..], b"moov" | b"moof")
    }

    fn begin(&mut self) -> Result<(), Malformed> {
        let size = u32::from_be_bytes([self.head[0], self.head[1], self.head[2], self.head[3]]);
        if size < 8 || (self.keeps() && size > KEPT_BYTES_MAX) {
            return Err(format!("a box of {size} bytes is not one of live sound"));
        }
        self.left = size - 8;
        Ok(())
    }

    /// A box is whole; gives the sound that it ends.
    fn end(&mut self) -> Result<Option<(u64, u64)>, Malformed> {
        match &self.head[4..] {
            b"moov" => self.timescale = movie(&mut Bytes::from(std::mem::take(&mut self.kept)))?.timescale,
            b"moof" => {
                let found = fragment(&mut Bytes::copy_from_slice(&self.kept))?;
                self.kept.clear();
                let scale = |t: u64| match self.timescale {
                    48_000 => t,
                    0 => 0,
                    other => (u128::from(t) * 48_000 / u128::from(other)) as u64,
                };
                self.coming = Some((scale(found.start), scale(found.duration)));
            }
            b"mdat" => return Ok(self.coming.take()),
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_pack::{Packager, headers};
    use hustings_vocab::{MediaTime, Rendition};

    #[test]
    fn media_time_is_read_however_the_bytes_are_cut() {
        let mut bytes = headers(Rendition::Opus48, "T").cmaf.to_vec();
        let mut packager = Packager::new(Rendition::Opus48, false);
        for i in 0..100u64 {
            if let Some(part) = packager.push(MediaTime(i * 960), &[i as u8; 33]) {
                bytes.extend_from_slice(&part.cmaf);
            }
        }
        for cut in [1, 3, 8, 100, 1_000_000] {
            let (mut skim, mut next, mut parts) = (Skim::default(), 0, 0);
            for piece in bytes.chunks(cut) {
                let heard = |start, samples| {
                    assert_eq!(start, next);
                    next = start + samples;
                    parts += 1;
                };
                skim.push(piece, heard).unwrap();
            }
            assert!(parts >= 9 && next >= 90 * 960, "{parts} parts up to {next}");
        }
    }

    #[test]
    fn damage_is_an_error_or_nothing() {
        assert!(Skim::default().push(&[0, 0, 0, 1, b'm', b'o', b'o', b'v'], |_, _| {}).is_err());
        assert!(Skim::default().push(&[0xff, 0, 0, 1, b'm', b'o', b'o', b'f'], |_, _| {}).is_err());
        assert!(Skim::default().push(&[0, 0, 0, 9, b'm', b'o', b'o', b'f', 7], |_, _| {}).is_err());
        let mut skim = Skim::default();
        skim.push(&[0, 0, 0, 9, b'm', b'd', b'a', b't', 7], |_, _| panic!("there was no description")).unwrap();
    }
}
