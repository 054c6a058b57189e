//! Ogg (RFC 3533) with Opus (RFC 7845): pages to packets, for live streams and for files.

use bytes::{Buf, Bytes, BytesMut};
use hustings_codec::opus_packet_samples;
use hustings_vocab::Codec;

use super::{Chunk, Demux, Malformed};

/// Bytes of the longest page (RFC 3533, section 6): header, 255 lacing values, 255 × 255 bytes.
const PAGE_BYTES_MAX: usize = 27 + 255 + 255 * 255;
/// Bytes of a packet that spans pages: comment headers with a cover picture, skipped anyway.
const PACKET_BYTES_MAX: usize = 16 << 20;
/// The granule position of a page on which no packet ends.
const NO_POSITION: u64 = u64::MAX;

/// A parser of Ogg Opus.
#[derive(Debug, Default)]
pub(crate) struct Ogg {
    buffer: BytesMut,
    partial: BytesMut,
    headers: usize,
    head: Option<Head>,
    ended: bool,
}

/// The identification header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Samples to drop from the beginning of the decoded sound.
    pub(crate) pre_skip: usize,
}

/// One page.
struct Page {
    flags: u8,
    granule: u64,
    lacing: Bytes,
    data: Bytes,
}

impl Ogg {
    /// The identification header, once it has come.
    pub(crate) fn head(&self) -> Option<Head> {
        self.head
    }

    fn page(&mut self) -> Result<Option<Page>, Malformed> {
        let Some(head) = self.buffer.get(..27) else { return Ok(None) };
        if &head[..5] != b"OggS\0" {
            return Err("it is not Ogg".to_owned());
        }
        let (flags, segments) = (head[5], usize::from(head[26]));
        let granule = u64::from_le_bytes([head[6], head[7], head[8], head[9], head[10], head[11], head[12], head[13]]);
        let sum = u32::from_le_bytes([head[22], head[23], head[24], head[25]]);
        let Some(lacing) = self.buffer.get(27..27 + segments) else { return Ok(None) };
        let size = 27 + segments + lacing.iter().map(|l| usize::from(*l)).sum::<usize>();
        debug_assert!(size <= PAGE_BYTES_MAX, "255 lacing values of 255 at most");
        if self.buffer.len() < size {
            return Ok(None);
        }
        let mut page = self.buffer.split_to(size);
        page[22..26].fill(0);
        if crc(&page) != sum {
            return Err("a page of it is damaged".to_owned());
        }
        page.advance(27);
        let lacing = page.split_to(segments).freeze();
        Ok(Some(Page { flags, granule, lacing, data: page.freeze() }))
    }

    /// Takes the packets that end on a page.
    fn packets(&mut self, page: &Page) -> Vec<Bytes> {
        let mut rest = page.data.clone();
        if page.flags & 1 == 0 {
            self.partial.clear();
        }
        let (mut out, mut len) = (Vec::new(), 0);
        for lace in &page.lacing {
            len += usize::from(*lace);
            if *lace < 255 {
                let end = rest.split_to(len);
                out.push(if self.partial.is_empty() {
                    end
                } else {
                    self.partial.extend_from_slice(&end);
                    self.partial.split().freeze()
                });
                len = 0;
            }
        }
        if len > 0 && self.partial.len() + len <= PACKET_BYTES_MAX {
            self.partial.extend_from_slice(&rest);
        }
        out
    }
}

impl Demux for Ogg {
    fn ended(&self) -> bool {
        self.ended
    }

    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Result<Option<Chunk>, Malformed> {
        while let Some(page) = self.page()? {
            self.ended |= page.flags & 4 != 0;
            let mut packets = self.packets(&page);
            while self.headers < 2 && !packets.is_empty() {
                let header = packets.remove(0);
                if self.headers == 0 {
                    self.head = Some(identification(&header)?);
                }
                self.headers += 1;
            }
            if packets.is_empty() {
                continue;
            }
            let lengths = packets.iter().map(|p| opus_packet_samples(p).unwrap_or(0) as u64);
            let samples = lengths.sum::<u64>();
            // A page that ends a stream early has a smaller granule position (RFC 7845, section 4.4).
            let start = if page.granule == NO_POSITION { 0 } else { page.granule.saturating_sub(samples) };
            return Ok(Some(Chunk { codec: Codec::Opus, start, samples, frames: packets }));
        }
        Ok(None)
    }
}

fn identification(packet: &[u8]) -> Result<Head, Malformed> {
    match packet.get(..12) {
        Some(h) if &h[..8] == b"OpusHead" => Ok(Head { pre_skip: usize::from(u16::from_le_bytes([h[10], h[11]])) }),
        _ => Err("it is Ogg, but not Opus".to_owned()),
    }
}

/// RFC 3533, section 6: polynomial 0x04c11db7, neither reflected nor inverted.
fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) ^ CRC[usize::from((sum >> 24) as u8 ^ byte)])
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut sum = (i as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = (sum << 1) ^ ((sum >> 31) * 0x04c1_1db7);
            bit += 1;
        }
        table[i] = sum;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_pack::{Packager, headers, trailer};
    use hustings_vocab::{MediaTime, Rendition};

    #[test]
    fn what_is_packed_is_taken_apart_whatever_the_pieces_it_comes_in() {
        let mut bytes = headers(Rendition::Opus96, "A title").raw.to_vec();
        let mut packager = Packager::new(Rendition::Opus96, false);
        for i in 960..1200u64 {
            // A CELT packet of 20 ms, some longer than one lacing value says.
            let packet = [&[31 << 3][..], &vec![i as u8; 200 + i as usize % 300]].concat();
            if let Some(part) = packager.push(MediaTime(i * 960), &packet) {
                bytes.extend_from_slice(&part.raw);
            }
        }
        bytes.extend_from_slice(&trailer(Rendition::Opus96, 125));
        for piece in [1, 13, 100_000] {
            let (mut ogg, mut next) = (Ogg::default(), 960 * 960);
            for piece in bytes.chunks(piece) {
                ogg.push(piece);
                while let Some(chunk) = ogg.next().unwrap() {
                    assert_eq!(chunk.start, next);
                    for f in &chunk.frames {
                        assert_eq!(f.len() as u64, 201 + (next / 960) % 300);
                        next += 960;
                    }
                }
            }
            assert!(ogg.ended() && next > 960 * 1190);
            assert_eq!(ogg.head(), Some(Head { pre_skip: 0 }));
        }
    }

    #[test]
    fn a_damaged_page_is_an_error() {
        let mut bytes = headers(Rendition::Opus96, "A title").raw.to_vec();
        bytes[40] ^= 1;
        let mut ogg = Ogg::default();
        ogg.push(&bytes);
        assert!(ogg.next().is_err());
    }
}
