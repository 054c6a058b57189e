//! One speaker's part of a pinned stretch, and the file that every player knows.
//!
//! Every track of a stretch begins at the same moment: where nothing was said or came, there is silence, so that tracks can be
//! laid side by side. A packet lies where its RTP time says, from the moment at which the first one came; where the two come
//! apart by more than a second, the sender has begun anew, and so does the reckoning.

use bytes::Bytes;
use hustings_mix::packet_samples;
use hustings_vocab::{SAMPLE_RATE, SeatId};

use crate::recent::Heard;

/// 20 ms of silence: CELT, full band, one frame whose first symbol says so.
const SILENCE: &[u8] = &[0xf8, 0xff, 0xfe];
const SILENCE_SAMPLES: u64 = SAMPLE_RATE as u64 / 50;
const SAMPLES_PER_MS: u64 = SAMPLE_RATE as u64 / 1000;

/// What one seat said in a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Whose.
    pub seat: SeatId,
    /// The name that was shown.
    pub name: String,
    /// Packets of each of its sessions, as they came.
    pub lines: Vec<Vec<Heard>>,
}

impl Track {
    /// The stretch from one moment to another as Ogg Opus.
    #[must_use]
    pub fn ogg(&self, title: &str, from_ms: u64, until_ms: u64) -> Vec<u8> {
        let end = until_ms.saturating_sub(from_ms) * SAMPLES_PER_MS;
        let mut placed: Vec<(u64, u64, Bytes)> = self.lines.iter().flat_map(|line| place(line, from_ms)).collect();
        placed.sort_by_key(|(at, ..)| *at);
        placed.dedup_by_key(|(at, ..)| *at);
        let mut packets: Vec<(u32, &[u8])> = Vec::with_capacity(placed.len());
        let mut now = 0;
        for (at, samples, payload) in &placed {
            // What lies for the most part under what is there already was said twice.
            if at + samples / 2 < now || *at >= end {
                continue;
            }
            fill(&mut packets, &mut now, *at);
            packets.push((*samples as u32, payload));
            now += samples;
        }
        fill(&mut packets, &mut now, end);
        hustings_pack::ogg_file(title, packets)
    }
}

/// Silence up to a moment, as far as whole frames of it fit.
fn fill(packets: &mut Vec<(u32, &[u8])>, now: &mut u64, until: u64) {
    while *now + SILENCE_SAMPLES <= until {
        packets.push((SILENCE_SAMPLES as u32, SILENCE));
        *now += SILENCE_SAMPLES;
    }
}

/// Where the packets of one session lie, in samples from `from_ms` on, and how long they are.
fn place(line: &[Heard], from_ms: u64) -> Vec<(u64, u64, Bytes)> {
    let mut anchor: Option<(u64, i64)> = None;
    let mut placed = Vec::with_capacity(line.len());
    for heard in line {
        let Some(samples) = packet_samples(&heard.payload) else { continue };
        let came = (heard.at_ms.saturating_sub(from_ms) * SAMPLES_PER_MS) as i64;
        let by_rtp = anchor.map(|(rtp, at)| at.saturating_add(heard.rtp_time.wrapping_sub(rtp).cast_signed()));
        let at = match by_rtp {
            Some(at) if at.abs_diff(came) <= u64::from(SAMPLE_RATE) => at,
            _ => {
                anchor = Some((heard.rtp_time, came));
                came
            }
        };
        if let Ok(at) = u64::try_from(at) {
            placed.push((at, samples as u64, heard.payload.clone()));
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    fn heard(at_ms: u64, rtp_time: u64, mark: u8) -> Heard {
        Heard { at_ms, rtp_time, payload: Bytes::from(vec![0xf8, mark, mark]) }
    }

    fn track(lines: Vec<Vec<Heard>>) -> Track {
        Track { seat: "ann".parse().unwrap(), name: "Ann".into(), lines }
    }

    /// The packets of a file, and its last granule position.
    fn read(file: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let (mut at, mut packets, mut granule) = (0, Vec::new(), 0);
        let mut page = 0;
        while at < file.len() {
            assert_eq!(&file[at..at + 4], b"OggS");
            let position = u64::from_le_bytes(file[at + 6..at + 14].try_into().unwrap());
            let sizes = &file[at + 27..at + 27 + usize::from(file[at + 26])];
            let mut data = at + 27 + sizes.len();
            if page >= 2 {
                sizes.iter().for_each(|size| {
                    packets.push(file[data..data + usize::from(*size)].to_vec());
                    data += usize::from(*size);
                });
                if position != u64::MAX {
                    granule = position;
                }
            } else {
                data += sizes.iter().map(|s| usize::from(*s)).sum::<usize>();
            }
            at = data;
            page += 1;
        }
        (packets, granule)
    }

    #[test]
    fn every_track_is_as_long_as_its_stretch_and_packets_lie_where_they_were_said() {
        let said: Vec<_> = (0..50).map(|n| heard(NOON + 1000 + n * 20, 7_000_000 + n * 960, 1)).collect();
        let (packets, granule) = read(&track(vec![said]).ogg("t", NOON, NOON + 3000));
        assert_eq!((packets.len(), granule), (150, 3 * 48_000));
        let loud = |n: usize| packets[n] != SILENCE;
        assert!((0..150).all(|n| loud(n) == (50..100).contains(&n)));
    }

    #[test]
    fn jitter_reordering_and_copies_change_nothing() {
        let mut said: Vec<_> = (0..50).map(|n| heard(NOON + n * 20 + n % 7 * 5, n * 960, n as u8)).collect();
        let plain = track(vec![said.clone()]).ogg("t", NOON, NOON + 1000);
        said.swap(10, 12);
        said.insert(20, said[18].clone());
        let mixed = track(vec![said]).ogg("t", NOON, NOON + 1000);
        assert_eq!(read(&plain), read(&mixed));
    }

    #[test]
    fn a_sender_that_begins_anew_is_placed_by_when_it_came() {
        let first: Vec<_> = (0..50).map(|n| heard(NOON + n * 20, n * 960, 1)).collect();
        let second = (0..50u64).map(|n| heard(NOON + 2000 + n * 20, u64::MAX - 5 * 960 + n, 2));
        let (packets, granule) = read(&track(vec![first.clone()]).ogg("t", NOON, NOON + 3000));
        assert_eq!((packets.len(), granule), (150, 144_000));
        let (packets, _) = read(&track(vec![first, second.collect()]).ogg("t", NOON, NOON + 3000));
        assert_eq!(packets.iter().filter(|p| p[1] == 1).count(), 50);
        assert!(packets.iter().any(|p| p[1] == 2));
    }

    #[test]
    fn whatever_a_sender_says_of_its_time_the_file_is_as_long_as_its_stretch() {
        let mut lot = 0x2545_f491_4f6c_dd1d_u64;
        let mut draw = || {
            lot ^= lot << 13;
            lot ^= lot >> 7;
            lot ^= lot << 17;
            lot
        };
        for _ in 0..200 {
            let line = (0..40).map(|_| {
                let rtp_time = if draw() % 3 == 0 { draw() } else { draw() % 100_000 };
                let payload = (0..draw() % 5).map(|_| draw() as u8).collect::<Vec<_>>();
                Heard { at_ms: NOON + draw() % 2000, rtp_time, payload: payload.into() }
            });
            let (_, granule) = read(&track(vec![line.collect()]).ogg("t", NOON, NOON + 2000));
            // The last packet may reach over the end by one and a half of its length.
            assert!((95_000..=96_000 + 8640).contains(&granule), "{granule}");
        }
    }

    #[test]
    fn what_is_no_opus_is_left_out() {
        let broken = Heard { at_ms: NOON, rtp_time: 0, payload: Bytes::new() };
        let (packets, granule) = read(&track(vec![vec![broken]]).ogg("t", NOON, NOON + 100));
        assert_eq!((packets.len(), granule), (5, 4800));
    }
}
