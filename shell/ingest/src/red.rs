//! Redundant audio (RFC 2198): one packet that carries the frames before it as well, so that a single loss is healed by
//! the next packet without waiting for a retransmission. Chromium offers it and sends one frame of redundancy.
//!
//! Deliberately absent: sending it. What we send goes the short way out, and is concealed when it is lost.

use bytes::Bytes;
use str0m::rtp::RedDecoder;

/// Packets back that redundancy is taken from; more is nothing that a jitter buffer still waits for, and room for mischief.
const BACK_MAX: u64 = 8;

/// The sequence numbers of the last packets that came, so that a frame that a later packet carries again goes no further.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Recent {
    highest: u64,
    /// Bit n: the packet n before the highest came.
    seen: u64,
}

impl Recent {
    /// Notes a packet; `false` if it was noted before. What lies too far back to tell is taken for new.
    pub(crate) fn note(&mut self, seq: u64) -> bool {
        if seq > self.highest || self.seen == 0 {
            let ahead = seq.wrapping_sub(self.highest);
            self.seen = if ahead < 64 { self.seen << ahead } else { 0 } | 1;
            self.highest = seq;
            return true;
        }
        let back = self.highest - seq;
        let bit = if back < 64 { 1 << back } else { 0 };
        let new = self.seen & bit == 0;
        self.seen |= bit;
        new
    }
}

/// One frame out of a RED packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// How many packets before the one that carried it.
    pub back: u64,
    /// How many samples at 48 kHz before the one that carried it.
    pub samples_back: u64,
    /// The Opus packet.
    pub payload: Bytes,
}

/// The frames of a RED payload, the oldest first. Blocks are taken to be of consecutive packets, which is how every known
/// sender fills them and how libwebrtc reads them; those of more than eight packets back are left out. A payload that does not parse has no
/// frames.
#[must_use]
pub fn frames(payload: &Bytes, opus: u8) -> Vec<Frame> {
    let Ok(blocks) = RedDecoder::decode(payload) else { return Vec::new() };
    let last = blocks.len() as u64 - 1;
    let frames = blocks.iter().enumerate().filter(|(_, block)| block.pt == opus && !block.payload.is_empty());
    frames
        .filter(|(index, _)| last - *index as u64 <= BACK_MAX)
        .map(|(index, block)| Frame {
            back: last - index as u64,
            samples_back: u64::from(block.timestamp_offset),
            payload: payload.slice_ref(block.payload),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use str0m::rtp::{RedEncoder, RedundantBlock};

    #[test]
    fn a_packet_carries_the_frame_before_it() {
        let older = RedundantBlock { pt: 111, timestamp_offset: 960, payload: vec![1, 2] };
        let payload = Bytes::from(RedEncoder::encode(111, &[3, 4, 5], &[older]));
        let frames = frames(&payload, 111);
        assert_eq!(frames.len(), 2);
        assert_eq!((frames[0].back, frames[0].samples_back, &frames[0].payload[..]), (1, 960, &[1, 2][..]));
        assert_eq!((frames[1].back, frames[1].samples_back, &frames[1].payload[..]), (0, 0, &[3, 4, 5][..]));
    }

    #[test]
    fn a_packet_is_new_once_in_any_order_and_after_any_jump() {
        let mut recent = Recent::default();
        for (seq, new) in [
            (1000, true),
            (999, true),
            (1002, true),
            (1002, false),
            (999, false),
            (1001, true),
            (1001, false),
            (1064, true),
            (1001, false),
            (1000, true),
            (5000, true),
            (5000, false),
            (4999, true),
            (0, true),
        ] {
            assert_eq!(recent.note(seq), new, "{seq}");
        }
    }

    #[test]
    fn no_packet_brings_more_than_eight_before_it() {
        let older: Vec<_> = (1..=20)
            .map(|n| RedundantBlock { pt: 111, timestamp_offset: (21 - n) * 480, payload: vec![n as u8] })
            .collect();
        let frames = frames(&Bytes::from(RedEncoder::encode(111, &[99], &older)), 111);
        let found: Vec<_> = frames.iter().map(|f| (f.back, f.payload[0])).collect();
        assert_eq!((found[0], found[8], found.len()), ((8, 13), (0, 99), 9));
    }

    #[test]
    fn blocks_of_another_codec_and_broken_payloads_have_no_frames() {
        let foreign = RedundantBlock { pt: 13, timestamp_offset: 960, payload: vec![1] };
        let payload = Bytes::from(RedEncoder::encode(111, &[3], &[foreign]));
        assert_eq!(frames(&payload, 111).len(), 1);
        assert!(frames(&Bytes::from_static(&[0xEF, 0, 0]), 111).is_empty());
        assert!(frames(&Bytes::new(), 111).is_empty());
    }
}
