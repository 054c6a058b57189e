//! The last five minutes of a conversation, each speaker apart.
//!
//! Packets come in as they are and lie open for a second at most; [`Recent::tick`] seals what has come, under the key of the
//! minute that runs. A minute is dropped whole, with its key, when it is six minutes old, or earlier where the conversation has
//! used up its share of memory. What was sealed under a key that is gone cannot be read by anybody, wherever a copy lies.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use hustings_vocab::{SeatId, limits};

use crate::seal::Key;
use crate::track::Track;

const MINUTE_MS: u64 = 60_000;
/// Minutes that are kept beside the one that runs.
const MINUTES: u64 = limits::RECENT_SECONDS / 60;
/// What stands before a packet in a sealed stretch: when it came, its time and its length.
const HEAD_BYTES: usize = 8 + 8 + 2;

/// One packet of a speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When it came, in milliseconds since 1970.
    pub at_ms: u64,
    /// Its RTP time, extended to 64 bits.
    pub rtp_time: u64,
    /// Its Opus packet.
    pub payload: Bytes,
}

#[derive(Debug)]
struct Speaker {
    seat: SeatId,
    name: String,
    /// What has come since the last tick, and how many bytes of it.
    open: Vec<Heard>,
    open_bytes: usize,
    gone: bool,
}

#[derive(Debug)]
struct Minute {
    number: u64,
    key: Key,
    stretches: Vec<Stretch>,
    bytes: usize,
}

/// What one speaker said between two ticks, sealed.
#[derive(Debug)]
struct Stretch {
    session: u64,
    first_ms: u64,
    last_ms: u64,
    sealed: Vec<u8>,
}

/// What one conversation may keep, where so many are open.
#[must_use]
pub const fn share(conversations: usize) -> usize {
    let n = if conversations == 0 { 1 } else { conversations };
    let even = limits::RECENT_BYTES_ALL_MAX / n;
    if even < limits::RECENT_BYTES_MAX { even } else { limits::RECENT_BYTES_MAX }
}

/// The last minutes of one conversation.
#[derive(Debug, Default)]
pub struct Recent {
    speakers: BTreeMap<u64, Speaker>,
    minutes: VecDeque<Minute>,
}

impl Recent {
    /// Somebody has taken a seat by this session.
    pub fn enter(&mut self, session: u64, seat: SeatId, name: String) {
        let speaker = Speaker { seat, name, open: Vec::new(), open_bytes: 0, gone: false };
        self.speakers.insert(session, speaker);
    }

    /// A session is over. What it said stays as long as everything else.
    pub fn leave(&mut self, session: u64) {
        if let Some(speaker) = self.speakers.get_mut(&session) {
            speaker.gone = true;
        }
    }

    /// Takes a packet. What is more in a second than Opus can carry is left out.
    pub fn take(&mut self, session: u64, heard: Heard) {
        let Some(speaker) = self.speakers.get_mut(&session) else { return };
        let bytes = heard.payload.len() + HEAD_BYTES;
        if heard.payload.len() > limits::OPUS_PACKET_BYTES_MAX
            || speaker.open_bytes + bytes > limits::RECENT_SECOND_BYTES_MAX
        {
            return;
        }
        speaker.open_bytes += bytes;
        speaker.open.push(heard);
    }

    /// Once a second: seals what has come, drops what is too old or too much. `draw` gives 32 random bytes.
    pub fn tick(&mut self, now_ms: u64, bytes_max: usize, draw: impl FnOnce() -> [u8; 32]) {
        let number = now_ms / MINUTE_MS;
        self.minutes.retain(|minute| minute.number + MINUTES >= number);
        if self.speakers.values().any(|speaker| !speaker.open.is_empty()) {
            if self.minutes.back().is_none_or(|minute| minute.number != number)
                && let Some(key) = Key::new(&draw())
            {
                self.minutes.push_back(Minute { number, key, stretches: Vec::new(), bytes: 0 });
            }
            if let Some(minute) = self.minutes.back_mut() {
                for (session, speaker) in &mut self.speakers {
                    minute.seal(*session, &std::mem::take(&mut speaker.open));
                    speaker.open_bytes = 0;
                }
            }
        }
        while self.minutes.len() > 1 && self.bytes() > bytes_max {
            self.minutes.pop_front();
        }
        let minutes = &self.minutes;
        let said = |session| minutes.iter().any(|m| m.stretches.iter().any(|s| s.session == session));
        self.speakers.retain(|session, speaker| !speaker.gone || said(*session));
    }

    /// What each seat said between two moments; who said nothing is not there.
    #[must_use]
    pub fn tracks(&self, from_ms: u64, until_ms: u64) -> Vec<Track> {
        let mut tracks: Vec<Track> = Vec::new();
        for (session, speaker) in &self.speakers {
            let mut packets = Vec::new();
            for minute in &self.minutes {
                minute.open(*session, from_ms, until_ms, &mut packets);
            }
            packets.extend(speaker.open.iter().cloned());
            packets.retain(|heard| (from_ms..until_ms).contains(&heard.at_ms));
            if packets.is_empty() {
                continue;
            }
            let lines = match tracks.iter_mut().find(|track| track.seat == speaker.seat) {
                Some(track) => &mut track.lines,
                None => {
                    let (seat, name) = (speaker.seat.clone(), speaker.name.clone());
                    tracks.push(Track { seat, name, lines: Vec::new() });
                    let last = tracks.len() - 1;
                    &mut tracks[last].lines
                }
            };
            lines.push(packets);
        }
        tracks
    }

    /// Bytes that are kept sealed.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.minutes.iter().map(|minute| minute.bytes).sum()
    }

    /// Whether nothing is kept any more and nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.minutes.is_empty() && self.speakers.values().all(|speaker| speaker.gone && speaker.open.is_empty())
    }
}

impl Minute {
    fn seal(&mut self, session: u64, packets: &[Heard]) {
        let (Some(first), Some(last)) = (packets.first(), packets.last()) else { return };
        let mut text = Vec::with_capacity(packets.iter().map(|p| p.payload.len() + HEAD_BYTES).sum::<usize>() + 16);
        for packet in packets {
            text.extend(packet.at_ms.to_be_bytes());
            text.extend(packet.rtp_time.to_be_bytes());
            // No packet is longer than 16 bits say: it was checked when it came.
            text.extend((packet.payload.len() as u16).to_be_bytes());
            text.extend(&packet.payload);
        }
        // Nothing of a minute is ever taken back, so its stretches count its nonces.
        if let Some(sealed) = self.key.seal(self.stretches.len() as u64, text) {
            self.bytes += sealed.len();
            self.stretches.push(Stretch { session, first_ms: first.at_ms, last_ms: last.at_ms, sealed });
        }
    }

    fn open(&self, session: u64, from_ms: u64, until_ms: u64, into: &mut Vec<Heard>) {
        for (number, stretch) in self.stretches.iter().enumerate() {
            if stretch.session != session || stretch.last_ms < from_ms || stretch.first_ms >= until_ms {
                continue;
            }
            let Some(text) = self.key.open(number as u64, &stretch.sealed) else { continue };
            let text = Bytes::from(text);
            let mut at = 0;
            while let Some(head) = text.get(at..at + HEAD_BYTES) {
                let number = |from: usize| head[from..from + 8].iter().fold(0, |n, b| n << 8 | u64::from(*b));
                let length = usize::from(u16::from_be_bytes([head[16], head[17]]));
                let end = at + HEAD_BYTES + length;
                if end > text.len() {
                    break;
                }
                let payload = text.slice(at + HEAD_BYTES..end);
                into.push(Heard { at_ms: number(0), rtp_time: number(8), payload });
                at = end;
            }
        }
    }
}

#[cfg(test)]
#[path = "recent_tests.rs"]
mod tests;
