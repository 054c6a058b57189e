//! ADTS (ISO/IEC 14496-3, 1.A.2.2): frames of AAC one after the other, without any time.
//!
//! So media time here counts from 0 and can have no gap; a listener of this container is told of none.

use bytes::{Buf, BytesMut};
use hustings_vocab::Codec;

use super::{Chunk, Demux, Malformed};

/// A parser of ADTS.
#[derive(Debug, Default)]
pub(crate) struct Adts {
    buffer: BytesMut,
    next: u64,
}

impl Demux for Adts {
    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Result<Option<Chunk>, Malformed> {
        let mut frames = Vec::new();
        while let Some(h) = self.buffer.get(..7) {
            if h[0] != 0xff || h[1] & 0xf6 != 0xf0 {
                return Err("it is not ADTS".to_owned());
            }
            let header = if h[1] & 1 == 1 { 7 } else { 9 };
            let size = usize::from(h[3] & 3) << 11 | usize::from(h[4]) << 3 | usize::from(h[5] >> 5);
            if size < header {
                return Err("an ADTS frame is shorter than its header".to_owned());
            }
            if self.buffer.len() < size {
                break;
            }
            let mut frame = self.buffer.split_to(size);
            frame.advance(header);
            frames.push(frame.freeze());
        }
        if frames.is_empty() {
            return Ok(None);
        }
        let (start, samples) = (self.next, frames.len() as u64 * Codec::Aac.frame_samples());
        self.next += samples;
        Ok(Some(Chunk { codec: Codec::Aac, start, samples, frames }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_pack::Packager;
    use hustings_vocab::{MediaTime, Rendition};

    #[test]
    fn what_is_packed_is_taken_apart() {
        let (mut packager, mut adts, mut frames) = (Packager::new(Rendition::Aac96, false), Adts::default(), 0u64);
        for i in 0..90u64 {
            let Some(part) = packager.push(MediaTime(i * 1024), &[i as u8; 250]) else { continue };
            for piece in part.raw.chunks(10) {
                adts.push(piece);
                while let Some(chunk) = adts.next().unwrap() {
                    assert_eq!(chunk.start, frames * 1024);
                    assert!(chunk.frames.iter().all(|f| f.len() == 250));
                    frames += chunk.frames.len() as u64;
                }
            }
        }
        assert_eq!(frames, 90);
        adts.push(b"<html>!");
        assert!(adts.next().is_err());
    }
}
