//! Fragmented MP4 (ISO/IEC 14496-12) with one track of Opus or AAC, as far as CMAF uses it.

use bytes::{Buf, Bytes, BytesMut};
use hustings_vocab::{Codec, SAMPLE_RATE};

use super::{Chunk, Demux, Malformed};

/// Bytes of one box that is held as a whole: a segment of 1.92 s at 512 kbit/s has 123 kB.
const BOX_BYTES_MAX: usize = 1 << 20;

/// A parser of fragmented MP4.
#[derive(Debug, Default)]
pub(crate) struct Mp4 {
    buffer: BytesMut,
    track: Option<Track>,
    fragment: Option<Fragment>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Track {
    codec: Codec,
    pub(crate) timescale: u64,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Fragment {
    pub(crate) start: u64,
    sizes: Vec<u32>,
    pub(crate) duration: u64,
    /// First byte of the data, from the first byte of `moof`.
    offset: Option<usize>,
    moof_bytes: usize,
}

impl Demux for Mp4 {
    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Result<Option<Chunk>, Malformed> {
        while let Some((kind, mut body)) = self.take_box()? {
            match &kind {
                b"moov" => self.track = Some(movie(&mut body)?),
                b"moof" => {
                    let bytes = body.len() + 8;
                    let mut fragment = Fragment { moof_bytes: bytes, ..fragment(&mut body)? };
                    fragment.moof_bytes = bytes;
                    self.fragment = Some(fragment);
                }
                b"mdat" => {
                    let (Some(track), Some(fragment)) = (self.track, self.fragment.take()) else {
                        return Err("sound comes before its description (moov, moof)".to_owned());
                    };
                    return frames(track, &fragment, &body).map(Some);
                }
                _ => {}
            }
        }
        Ok(None)
    }
}

impl Mp4 {
    fn take_box(&mut self) -> Result<Option<([u8; 4], Bytes)>, Malformed> {
        let Some(head) = self.buffer.get(..8) else { return Ok(None) };
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = [head[4], head[5], head[6], head[7]];
        if !(8..=BOX_BYTES_MAX).contains(&size) || !kind.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            return Err(format!("a box of {size} bytes is not one of live sound"));
        }
        if self.buffer.len() < size {
            return Ok(None);
        }
        let mut whole = self.buffer.split_to(size).freeze();
        whole.advance(8);
        Ok(Some((kind, whole)))
    }
}

/// Walks the boxes of a box.
fn children(body: &Bytes) -> impl Iterator<Item = ([u8; 4], Bytes)> + use<> {
    let mut rest = body.clone();
    std::iter::from_fn(move || {
        let head = rest.get(..8)?;
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = [head[4], head[5], head[6], head[7]];
        if size < 8 || size > rest.len() {
            return None;
        }
        let mut whole = rest.split_to(size);
        whole.advance(8);
        Some((kind, whole))
    })
}

fn child(body: &Bytes, path: &[&[u8; 4]]) -> Result<Bytes, Malformed> {
    path.iter().try_fold(body.clone(), |body, name| {
        let found = children(&body).find(|(kind, _)| kind == *name);
        found.map(|f| f.1).ok_or_else(|| format!("there is no {} box", String::from_utf8_lossy(*name)))
    })
}

/// What a `moov` says of its track.
pub(crate) fn movie(moov: &mut Bytes) -> Result<Track, Malformed> {
    let mdia = child(moov, &[b"trak", b"mdia"])?;
    let mdhd = child(&mdia, &[b"mdhd"])?;
    let at = if mdhd.first() == Some(&1) { 20 } else { 12 };
    let timescale = u64::from(u32_at(&mdhd, at)?);
    let stsd = child(&mdia, &[b"minf", b"stbl", b"stsd"])?;
    let codec = match stsd.get(12..16) {
        Some(b"Opus") => Codec::Opus,
        Some(b"mp4a") => Codec::Aac,
        other => {
            return Err(format!("its codec {:?} is not played", String::from_utf8_lossy(other.unwrap_or_default())));
        }
    };
    if timescale == 0 {
        return Err("its timescale is 0".to_owned());
    }
    Ok(Track { codec, timescale })
}

/// What a `moof` says of the sound that follows.
pub(crate) fn fragment(moof: &mut Bytes) -> Result<Fragment, Malformed> {
    let traf = child(moof, &[b"traf"])?;
    let tfdt = child(&traf, &[b"tfdt"])?;
    let mut out = Fragment {
        start: if tfdt.first() == Some(&1) { u64_at(&tfdt, 4)? } else { u64::from(u32_at(&tfdt, 4)?) },
        ..Fragment::default()
    };
    let tfhd = child(&traf, &[b"tfhd"])?;
    let flags = u32_at(&tfhd, 0)? & 0x00ff_ffff;
    let mut at = 8;
    for (flag, bytes) in [(0x01, 8), (0x02, 4)] {
        at += if flags & flag != 0 { bytes } else { 0 };
    }
    let mut default = 0;
    if flags & 0x08 != 0 {
        default = u64::from(u32_at(&tfhd, at)?);
        at += 4;
    }
    let default_size = if flags & 0x10 != 0 { u32_at(&tfhd, at)? } else { 0 };
    for (_, trun) in children(&traf).filter(|(kind, _)| kind == b"trun") {
        let flags = u32_at(&trun, 0)? & 0x00ff_ffff;
        let count = u32_at(&trun, 4)?;
        let mut at = 8;
        if flags & 0x01 != 0 {
            let offset = u32_at(&trun, at)? as usize;
            out.offset.get_or_insert(offset);
            at += 4;
        }
        at += if flags & 0x04 != 0 { 4 } else { 0 };
        if count as usize > BOX_BYTES_MAX / 4 {
            return Err(format!("a run of {count} frames is too long"));
        }
        for _ in 0..count {
            let mut field = |flag: u32, default: u64| -> Result<u64, Malformed> {
                if flags & flag == 0 {
                    return Ok(default);
                }
                at += 4;
                u32_at(&trun, at - 4).map(u64::from)
            };
            out.duration += field(0x100, default)?;
            out.sizes.push(field(0x200, u64::from(default_size))? as u32);
            field(0x400, 0)?;
            field(0x800, 0)?;
        }
    }
    Ok(out)
}

fn frames(track: Track, fragment: &Fragment, mdat: &Bytes) -> Result<Chunk, Malformed> {
    let from = fragment.offset.map_or(0, |o| o.saturating_sub(fragment.moof_bytes + 8));
    let mut rest = mdat.get(from..).map(|_| mdat.slice(from..)).ok_or("its data begins behind its end")?;
    let mut frames = Vec::with_capacity(fragment.sizes.len());
    for size in &fragment.sizes {
        if *size as usize > rest.len() {
            return Err("its frames are longer than its data".to_owned());
        }
        frames.push(rest.split_to(*size as usize));
    }
    let scale = |t: u64| (u128::from(t) * u128::from(SAMPLE_RATE) / u128::from(track.timescale)) as u64;
    Ok(Chunk { codec: track.codec, start: scale(fragment.start), samples: scale(fragment.duration), frames })
}

fn u32_at(b: &[u8], at: usize) -> Result<u32, Malformed> {
    let b = b.get(at..at + 4).ok_or("a box is cut short")?;
    Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}

fn u64_at(b: &[u8], at: usize) -> Result<u64, Malformed> {
    Ok(u64::from(u32_at(b, at)?) << 32 | u64::from(u32_at(b, at + 4)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_pack::{Packager, headers};
    use hustings_vocab::{MediaTime, Rendition};

    fn stream(rendition: Rendition) -> Vec<u8> {
        let mut out = headers(rendition, "T").cmaf.to_vec();
        let mut packager = Packager::new(rendition, false);
        let frame = rendition.codec().frame_samples();
        for i in 0..200u64 {
            if let Some(part) = packager.push(MediaTime(i * frame), &[i as u8; 33]) {
                out.extend_from_slice(&part.cmaf);
            }
        }
        out
    }

    #[test]
    fn what_is_packed_is_taken_apart_whatever_the_pieces_it_comes_in() {
        for (rendition, frame) in [(Rendition::Opus96, 960), (Rendition::Aac96, 1024)] {
            let bytes = stream(rendition);
            for piece in [1, 7, 100_000] {
                let (mut mp4, mut next, mut frames) = (Mp4::default(), 0, 0);
                for piece in bytes.chunks(piece) {
                    mp4.push(piece);
                    while let Some(chunk) = mp4.next().unwrap() {
                        assert_eq!((chunk.codec, chunk.start), (rendition.codec(), next));
                        assert_eq!(chunk.samples, chunk.frames.len() as u64 * frame);
                        for f in &chunk.frames {
                            assert_eq!(f[..], [frames as u8; 33]);
                            frames += 1;
                        }
                        next += chunk.samples;
                    }
                }
                assert!(frames > 180, "{frames}");
            }
        }
    }

    #[test]
    fn damage_is_an_error_or_nothing_but_never_a_panic() {
        let bytes = stream(Rendition::Opus96);
        for at in 0..2000.min(bytes.len()) {
            for bit in [0x01, 0x80, 0xff] {
                let mut hurt = bytes[..4000].to_vec();
                hurt[at] ^= bit;
                let mut mp4 = Mp4::default();
                mp4.push(&hurt);
                while let Ok(Some(_)) = mp4.next() {}
            }
        }
    }
}
