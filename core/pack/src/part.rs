//! Parts: the unit in which program sound is published.
//!
//! A segment of 1.92 s has ten parts in every rendition, numbered alike: part `k` of a segment begins with the first
//! frame that starts at or after `k × 192 ms`. AAC parts have 9 frames each; Opus parts have 10 or 9. So one part
//! number means the same moment in every rendition, within one frame, and rendition reports are all equal.

use bytes::Bytes;
use hustings_vocab::{Codec, MediaTime, SEGMENT_SAMPLES};

/// Parts in one segment.
pub const PARTS_PER_SEGMENT: u64 = 10;
/// `PART-TARGET` in milliseconds: the longest part, ten Opus frames. The shortest, 9 frames (180 ms), is over the 85 %
/// that RFC 8216bis, section 4.4.4.9, demands.
pub const PART_TARGET_MS: u32 = 200;

/// One part of a rendition, about 200 ms, in each of the containers that carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number since media time 0: segment × 10 + index within the segment.
    pub number: u64,
    /// Media time of its first sample.
    pub start: MediaTime,
    /// Its length in samples at 48 kHz.
    pub samples: u32,
    /// `moof` and `mdat` (ISO/IEC 23000-19 chunk).
    pub cmaf: Bytes,
    /// The same frames for players without ISO-BMFF: one Ogg page (RFC 7845) for Opus, ADTS frames for AAC.
    pub raw: Bytes,
    /// The media before this part was lost (the server was started again).
    pub discontinuity: bool,
}

/// What a reader needs before the first part. Equal for all renditions of one codec but for the nominal bitrate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// `ftyp` and `moov`.
    pub cmaf: Bytes,
    /// Ogg: the identification and comment header pages. ADTS: empty.
    pub raw: Bytes,
}

/// The number of the part in which a frame that starts at `t` lies.
#[must_use]
pub const fn part_of(codec: Codec, t: MediaTime) -> u64 {
    let frame = t.0 / codec.frame_samples();
    let per_segment = SEGMENT_SAMPLES / codec.frame_samples();
    let within = frame % per_segment;
    frame / per_segment * PARTS_PER_SEGMENT + within * PARTS_PER_SEGMENT / per_segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_nine_or_ten_frames_and_both_codecs_agree() {
        for codec in [Codec::Opus, Codec::Aac] {
            let mut counts = [0u32; 20];
            let frames = 2 * SEGMENT_SAMPLES / codec.frame_samples();
            for f in 0..frames {
                counts[part_of(codec, MediaTime(f * codec.frame_samples())) as usize] += 1;
            }
            assert!(counts.iter().all(|c| *c == 9 || (*c == 10 && codec == Codec::Opus)), "{counts:?}");
        }
    }
}
