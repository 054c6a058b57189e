//! Ogg (RFC 3533) with Opus (RFC 7845): two header pages, then one page per part, then an empty last page.
//!
//! One logical stream for all: serial number, headers and page numbers are the same in every Opus rendition, so that a
//! cursor may change rendition at any page. Page numbers follow the part's number and granule positions the media time,
//! so a listener who joins anywhere sees one hole between the headers and the first page, as RFC 7845, section 4.5, and
//! every demuxer allow for a stream that was joined late.
//!
//! The pre-skip is 0 although a listener joins at any page, where RFC 7845, section 4.2, recommends 80 ms. Pre-skip is
//! subtracted from every position: the timeline of this container would be 80 ms off all the others. And it would hide
//! nothing that disturbs: a CELT decoder starts from silent bands, so a late join fades in (measured with libopus on a
//! tone at 96 kbit/s: half the level after 5 ms, within 1 dB from 25 ms on, never more than 1.2 dB too loud).

use hustings_vocab::{SAMPLE_RATE, limits};

/// The stream's serial number, "HUST": one stream in each response, so it needs no chance.
const SERIAL: u32 = u32::from_le_bytes(*b"HUST");
/// Header pages, before the page of part 0.
const HEADER_PAGES: u64 = 2;
/// Lacing values in one page (RFC 3533, section 6).
pub(crate) const LACING_MAX: usize = 255;

const FIRST: u8 = 0x02;
const LAST: u8 = 0x04;
/// The granule position of a page on which no packet ends (RFC 3533, section 6).
const NO_POSITION: u64 = u64::MAX;

/// The identification header and the comment header, each on a page of its own.
pub(crate) fn headers(title: &str) -> Vec<u8> {
    let mut head = Vec::with_capacity(19);
    head.extend(b"OpusHead");
    // Version 1, one channel, pre-skip 0.
    head.extend([1, 1, 0, 0]);
    head.extend(SAMPLE_RATE.to_le_bytes());
    // No gain, mapping family 0.
    head.extend([0, 0, 0]);

    let title: String = title.chars().take(limits::TITLE_CHARS_MAX).collect();
    let mut tags = Vec::with_capacity(64 + title.len());
    tags.extend(b"OpusTags");
    text(&mut tags, "Hustings");
    tags.extend(2u32.to_le_bytes());
    text(&mut tags, &format!("TITLE={title}"));
    text(&mut tags, "ENCODER=Hustings");

    let mut out = page(FIRST, 0, 0, &[head.len() as u32], &head);
    out.extend(page(0, 0, 1, &[tags.len() as u32], &tags));
    out
}

/// The page of a part: its frames, which end at the granule position `end`.
pub(crate) fn part(number: u64, end: u64, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    page(0, end, number + HEADER_PAGES, sizes, data)
}

/// The page that ends the stream in the place of part `next`: nothing but the flag.
pub(crate) fn last(next: u64) -> Vec<u8> {
    page(LAST, NO_POSITION, next + HEADER_PAGES, &[], &[])
}

/// How many lacing values a packet takes.
pub(crate) const fn lacing(packet_bytes: usize) -> usize {
    packet_bytes / 255 + 1
}

/// A whole file: headers, pages of a second at most, and the end. Each packet comes with the samples that it decodes to.
#[must_use]
pub fn ogg_file<'p>(title: &str, packets: impl IntoIterator<Item = (u32, &'p [u8])>) -> Vec<u8> {
    let mut out = headers(title);
    let (mut number, mut end, mut begun) = (0, 0, 0);
    let (mut sizes, mut data) = (Vec::new(), Vec::new());
    let mut laced = 0;
    for (samples, packet) in packets {
        let long = lacing(packet.len());
        // A packet that fits no page is none that Opus makes.
        if long > LACING_MAX {
            continue;
        }
        if laced + long > LACING_MAX || end - begun >= u64::from(SAMPLE_RATE) {
            out.extend(part(number, end, &sizes, &data));
            (number, begun, laced) = (number + 1, end, 0);
            sizes.clear();
            data.clear();
        }
        end += u64::from(samples);
        laced += long;
        sizes.push(packet.len() as u32);
        data.extend_from_slice(packet);
    }
    // The last page of sound says so itself, where a player looks for the length of a file.
    out.extend(if sizes.is_empty() { last(number) } else { page(LAST, end, number + HEADER_PAGES, &sizes, &data) });
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

/// One page of whole packets. Sequence numbers wrap after 27 years.
fn page(flags: u8, granule: u64, sequence: u64, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(27 + LACING_MAX + data.len());
    out.extend(b"OggS");
    out.extend([0, flags]);
    out.extend(granule.to_le_bytes());
    out.extend(SERIAL.to_le_bytes());
    out.extend((sequence as u32).to_le_bytes());
    out.extend([0; 4]);
    out.push(0);
    for size in sizes {
        let size = *size as usize;
        out.resize(out.len() + size / 255, 255);
        out.push((size % 255) as u8);
    }
    let lacing = out.len() - 27;
    debug_assert!(lacing <= LACING_MAX, "the packager takes no more than fits one page");
    out[26] = lacing as u8;
    out.extend(data);
    let sum = crc(&out);
    out[22..26].copy_from_slice(&sum.to_le_bytes());
    out
}

/// The checksum of RFC 3533, section 6: polynomial 0x04c11db7, neither reflected nor inverted.
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
