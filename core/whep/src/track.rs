//! A track: one listener's way of writing the frames of a reel as RTP.
//!
//! The sequence number of a packet follows from its frame's number, so nothing is kept or changed per packet, a frame that
//! is asked for again gives the same bytes, and no index of the key is ever used for two. Another rendition of the
//! same sound is another reel: the numbers go on, and what was sent before is not sent again.

use crate::reel::{Frame, Reel};
use crate::sealer::{RTP_HEADER, Sealer};

/// What is sent to one listener.
#[derive(Debug)]
pub struct Track {
    sealer: Sealer,
    payload_type: u8,
    reel: u32,
    /// The number of the first frame that goes by this, and the 48-bit index of its packet.
    first: u64,
    first_index: u64,
    /// Packets and bytes on reels before this one.
    before: (u64, u64),
    /// Bytes on this reel before the first frame.
    octets_at_first: u64,
}

impl Track {
    /// A track that begins with the next frame of a reel, at this sequence number. Choose it below 2¹⁵, because a receiver
    /// that misses the first wrap around 16 bits would lose its place for ever (RFC 3711, section 3.3.1).
    #[must_use]
    pub const fn new(sealer: Sealer, payload_type: u8, first_sequence: u16, reel: &Reel) -> Self {
        Self {
            sealer,
            payload_type,
            reel: reel.id(),
            first: reel.next(),
            first_index: first_sequence as u64,
            before: (0, 0),
            octets_at_first: reel.octets(),
        }
    }

    /// Goes on after `last`, a frame of its own, with what follows it on another reel of the same sound. `false`, and as it
    /// was, if that reel is not there yet.
    pub fn retune(&mut self, last: &Frame, to: &Reel) -> bool {
        let (Some(index), Some(first)) = (self.index(last), to.following(last.t)) else { return false };
        let octets = last.octets_before + last.packet.len() as u64 - self.octets_at_first;
        self.before = (self.before.0 + last.number + 1 - self.first, self.before.1 + octets);
        self.first_index = index + 1;
        (self.reel, self.first, self.octets_at_first) = (to.id(), first, to.octets_before(first));
        true
    }

    /// Writes a frame as SRTP to the beginning of `out`; gives its length. `None` for a frame from before the track began,
    /// or of another reel, and where there is no room.
    #[must_use]
    pub fn write(&self, frame: &Frame, out: &mut [u8]) -> Option<usize> {
        let index = self.index(frame)?;
        let mut header = [0; RTP_HEADER];
        (header[0], header[1]) = (0x80, self.payload_type & 0x7f);
        header[2..4].copy_from_slice(&(index as u16).to_be_bytes());
        // RTP time wraps around at 32 bits, which is what truncation does.
        header[4..8].copy_from_slice(&(frame.t.0 as u32).to_be_bytes());
        header[8..12].copy_from_slice(&self.sealer.ssrc().to_be_bytes());
        self.sealer.rtp(header, &frame.packet, index, out)
    }

    fn index(&self, frame: &Frame) -> Option<u64> {
        let since = frame.number.checked_sub(self.first).filter(|_| frame.reel == self.reel)?;
        Some(self.first_index + since).filter(|index| *index < 1 << 48)
    }

    /// The frame that was sent under a sequence number, if the reel still has it and it is of this track. Pure
    /// arithmetic on the newest: a number stands for the last packet that had it.
    #[must_use]
    pub fn find<'a>(&self, reel: &'a Reel, sequence: u16) -> Option<&'a Frame> {
        let newest = reel.next().checked_sub(1).filter(|n| *n >= self.first && reel.id() == self.reel)?;
        let index = self.first_index + (newest - self.first);
        let back = u64::from((index as u16).wrapping_sub(sequence));
        reel.frame(newest.checked_sub(back).filter(|n| *n >= self.first)?)
    }

    /// Packets and bytes of payload that were due so far.
    #[must_use]
    pub fn sent(&self, reel: &Reel) -> (u64, u64) {
        let (packets, octets) = self.before;
        (packets + (reel.next() - self.first), octets + (reel.octets() - self.octets_at_first))
    }

    /// The SSRC.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.sealer.ssrc()
    }

    /// Protects RTCP of ours; see [`Sealer::rtcp`].
    pub fn rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        self.sealer.rtcp(packet)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hustings_vocab::{MediaTime, limits};

    use super::*;
    use crate::{Master, Profile};

    fn sealer(profile: Profile) -> Sealer {
        let (key, salt) = ([3; 32], [9; 14]);
        let master = Master { profile, key: &key[..profile.key_bytes()], salt: &salt[..profile.salt_bytes()] };
        Sealer::new(&master, 0xABCD)
    }

    fn push(reel: &mut Reel, n: u64) {
        reel.push(MediaTime(n * 960), Bytes::copy_from_slice(&[n as u8; 30]));
    }

    fn written(track: &Track, frame: &Frame) -> Vec<u8> {
        let mut out = vec![0; 200];
        let len = track.write(frame, &mut out).expect("a frame of this track");
        out.truncate(len);
        out
    }

    fn sequence(packet: &[u8]) -> u16 {
        u16::from_be_bytes([packet[2], packet[3]])
    }

    #[test]
    fn sequence_numbers_follow_from_frames_and_a_repeated_packet_is_the_same() {
        for profile in Profile::ALL {
            let mut reel = Reel::new(1);
            (0..5).for_each(|n| push(&mut reel, n));
            let track = Track::new(sealer(profile), 111, 65_534, &reel);
            assert!(track.write(reel.frame(4).expect("there"), &mut [0; 200]).is_none(), "before it began");
            let mut sent = Vec::new();
            for n in 5..10 {
                push(&mut reel, n);
                let packet = written(&track, reel.frame(n).expect("there"));
                assert_eq!(packet.len(), 12 + 30 + profile.tag_bytes());
                assert_eq!(packet[..2], [0x80, 111]);
                assert_eq!(packet[4..12], [0, 0, ((n * 960) >> 8) as u8, (n * 960) as u8, 0, 0, 0xAB, 0xCD]);
                sent.push(packet);
            }
            let sequences: Vec<_> = sent.iter().map(|p| sequence(p)).collect();
            assert_eq!(sequences, [65_534, 65_535, 0, 1, 2]);
            for packet in &sent {
                let frame = track.find(&reel, sequence(packet)).expect("in the window");
                assert_eq!(written(&track, frame), *packet, "sealed again it is the same");
            }
            for never in [65_533, 3, 40_000] {
                assert!(track.find(&reel, never).is_none(), "{never}");
            }
            assert_eq!(track.sent(&reel), (5, 150));
        }
    }

    #[test]
    fn what_has_left_the_window_is_not_found() {
        let mut reel = Reel::new(1);
        let track = Track::new(sealer(Profile::Aes128Gcm), 111, 0, &reel);
        let all = limits::WHEP_WINDOW_FRAMES_MAX as u64 + 3;
        (0..all).for_each(|n| push(&mut reel, n));
        let found: Vec<_> = (0..all).map(|n| track.find(&reel, n as u16).is_some()).collect();
        assert_eq!(found.iter().filter(|f| !**f).count(), 3);
        assert_eq!(found[..3], [false; 3]);
    }

    #[test]
    fn another_rendition_goes_on_where_the_sound_is_without_a_break() {
        let (mut loud, mut small) = (Reel::new(1), Reel::new(2));
        let mut track = Track::new(sealer(Profile::Aes256Gcm), 111, 100, &loud);
        (0..3).for_each(|n| push(&mut loud, n));
        let second = loud.frame(1).expect("there").clone();
        assert!(!track.retune(&second, &small), "nothing is there");
        push(&mut small, 0);
        assert!(!track.retune(&second, &small), "it is not as far");
        (1..5).for_each(|n| push(&mut small, n));
        assert!(track.retune(&second, &small));
        for (n, expected) in [(2, 102), (3, 103), (4, 104)] {
            let frame = small.frame(n).expect("there");
            assert_eq!(sequence(&written(&track, frame)), expected);
            assert_eq!(track.find(&small, expected).map(|f| f.number), Some(n));
        }
        assert_eq!(track.sent(&small), (5, 150));
        assert!(track.write(loud.frame(2).expect("there"), &mut [0; 200]).is_none(), "that is not its reel");
        assert!(track.write(small.frame(1).expect("there"), &mut [0; 200]).is_none(), "that was sent already");
        assert!(track.find(&small, 101).is_none(), "what was sent before is not sent again");
        // And back, at the edge: the frame that follows is yet to come.
        let last = small.frame(4).expect("there").clone();
        (3..5).for_each(|n| push(&mut loud, n));
        assert!(track.retune(&last, &loud));
        push(&mut loud, 5);
        assert_eq!(sequence(&written(&track, loud.frame(5).expect("there"))), 105);
        assert_eq!(track.sent(&loud), (6, 180));
    }
}
