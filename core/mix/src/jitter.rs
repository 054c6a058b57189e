//! The jitter buffer: packets in any order become packets in theirs.
//!
//! A ring of slots addressed by sequence number holds what waits to be decoded. Whatever arrives is one of five things
//! ([`Entry`]); the two that surprise are a packet *out of line* (its sequence number or its time does not continue the
//! stream) and a *restart*, when a second one in a row agrees with the first (RFC 3550, appendix A.1). Memory is bounded
//! by the slots, whatever a sender writes into its headers, and all arithmetic on foreign numbers wraps.
//!
//! Absent: the decision how long to wait, which is [`Arrivals`]', and any decoding.

mod arrivals;

use core::time::Duration;

use hustings_vocab::SAMPLE_RATE;
use hustings_vocab::limits::{JITTER_PACKETS_MAX, OPUS_PACKET_BYTES_MAX};

pub use arrivals::Arrivals;

/// A step in time between neighbouring packets, or a delay against the fastest packet, beyond which a packet is out of
/// line: 3 s. Less is a stall of the network or a pause of the speaker.
const STEP_SAMPLES_MAX: i64 = 3 * SAMPLE_RATE as i64;
/// Positions beyond this are nonsense: it is 3,000 years of sound, and leaves room to subtract without overflow.
const POSITION_MAX: i64 = 1 << 52;
/// Packets in a row that come too late, each after the one before, until we believe that the stream went back in time:
/// half a second of 20 ms packets. The network alone does not do that.
const LATE_IN_A_ROW_MAX: u32 = 25;

/// One packet as it came from the line.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// RTP sequence number, extended to 64 bits.
    pub seq: u64,
    /// RTP timestamp of its first sample at 48 kHz, extended to 64 bits.
    pub rtp_time: u64,
    /// When it arrived, since an origin of the caller's choice.
    pub arrived: Duration,
    /// The Opus packet; empty for comfort noise or padding.
    pub payload: &'a [u8],
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It waits to be decoded.
    Stored,
    /// It was here before.
    Duplicate,
    /// Its turn is over.
    Late,
    /// It does not continue the stream, or cannot be a packet; it was dropped.
    OutOfLine,
    /// A new stream begins with it; everything that waited was dropped.
    Restarted,
}

/// The next packet to be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Front {
    /// Position of its first sample on the stream's own timeline, which begins at 0 with its first packet.
    pub pos: i64,
    /// Packets missing before it.
    pub missing: u64,
}

#[derive(Debug, Default, Clone)]
struct Slot {
    seq: u64,
    pos: i64,
    /// A packet of number `seq` was here since the last restart.
    known: bool,
    waiting: bool,
    payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    /// RTP time of position 0.
    anchor: u64,
    /// Sequence number of the next packet to be decoded.
    next: u64,
}

/// The jitter buffer of one stream. Use: [`Jitter::insert`] in any order; [`Jitter::front`] and [`Jitter::take`] when
/// samples are needed.
#[derive(Debug)]
pub struct Jitter {
    slots: Vec<Slot>,
    waiting: usize,
    line: Option<Line>,
    /// Sequence number and RTP time of the last packet, if it was out of line.
    suspect: Option<(u64, u64)>,
    late_in_a_row: u32,
    last_late: u64,
    arrivals: Arrivals,
}

impl Default for Jitter {
    fn default() -> Self {
        Self::new()
    }
}

impl Jitter {
    /// An empty buffer; the first packet starts the stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            slots: vec![Slot::default(); JITTER_PACKETS_MAX],
            waiting: 0,
            line: None,
            suspect: None,
            late_in_a_row: 0,
            last_late: 0,
            arrivals: Arrivals::new(),
        }
    }

    /// Takes in a packet.
    pub fn insert(&mut self, packet: Packet<'_>) -> Entry {
        if packet.payload.len() > OPUS_PACKET_BYTES_MAX {
            return Entry::OutOfLine;
        }
        let arrived = samples(packet.arrived);
        let Some(line) = self.line else {
            return self.restart(packet, arrived);
        };
        let pos = packet.rtp_time.wrapping_sub(line.anchor) as i64;
        let ahead = packet.seq.wrapping_sub(line.next);
        let behind = line.next.wrapping_sub(packet.seq);
        let near = ahead < JITTER_PACKETS_MAX as u64 || behind <= JITTER_PACKETS_MAX as u64;
        if !near || !self.in_time(pos, arrived) {
            return self.out_of_line(packet, arrived);
        }
        self.suspect = None;

        let slot = &mut self.slots[(packet.seq % JITTER_PACKETS_MAX as u64) as usize];
        if slot.known && slot.seq == packet.seq && (slot.waiting || slot.pos == pos) {
            return Entry::Duplicate;
        }
        self.arrivals.packet(arrived, pos);
        if ahead >= JITTER_PACKETS_MAX as u64 {
            return self.late(packet, pos, arrived);
        }
        self.late_in_a_row = 0;
        self.store(packet, pos);
        Entry::Stored
    }

    /// The next packet in order, if any waits.
    #[must_use]
    pub fn front(&self) -> Option<Front> {
        let next = self.line.filter(|_| self.waiting > 0)?.next;
        (0..JITTER_PACKETS_MAX as u64).find_map(|missing| {
            let seq = next.wrapping_add(missing);
            let slot = &self.slots[(seq % JITTER_PACKETS_MAX as u64) as usize];
            (slot.waiting && slot.seq == seq).then_some(Front { pos: slot.pos, missing })
        })
    }

    /// Takes the packet that [`Jitter::front`] shows; what is missing before it will be late from now on.
    pub fn take(&mut self) -> Option<(Front, &[u8])> {
        let front = self.front()?;
        let line = self.line.as_mut()?;
        let seq = line.next.wrapping_add(front.missing);
        line.next = seq.wrapping_add(1);
        self.waiting -= 1;
        let slot = &mut self.slots[(seq % JITTER_PACKETS_MAX as u64) as usize];
        slot.waiting = false;
        Some((front, &slot.payload))
    }

    /// How the stream's packets arrive, and so when they are due.
    #[must_use]
    pub const fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// Lets the delay target shrink, and gives the samples by which it did. Called on every tick.
    pub fn tick(&mut self) -> f32 {
        self.arrivals.tick()
    }

    /// Forgets the stream: the next packet starts another.
    pub fn clear(&mut self) {
        self.line = None;
        self.empty();
        self.arrivals.restart();
    }

    fn in_time(&self, pos: i64, arrived: i64) -> bool {
        if pos.unsigned_abs() > POSITION_MAX as u64 {
            return false;
        }
        let relative = arrived - pos - self.arrivals.fastest();
        relative.abs() <= STEP_SAMPLES_MAX
    }

    fn out_of_line(&mut self, packet: Packet<'_>, arrived: i64) -> Entry {
        let confirmed = self.suspect.is_some_and(|(seq, rtp_time)| {
            let step = packet.rtp_time.wrapping_sub(rtp_time) as i64;
            packet.seq == seq.wrapping_add(1) && (0..=STEP_SAMPLES_MAX).contains(&step)
        });
        if confirmed {
            return self.restart(packet, arrived);
        }
        self.suspect = Some((packet.seq, packet.rtp_time));
        Entry::OutOfLine
    }

    fn late(&mut self, packet: Packet<'_>, pos: i64, arrived: i64) -> Entry {
        let follows = packet.seq == self.last_late.wrapping_add(1);
        self.late_in_a_row = if follows { self.late_in_a_row + 1 } else { 1 };
        self.last_late = packet.seq;
        if self.late_in_a_row >= LATE_IN_A_ROW_MAX {
            return self.restart(packet, arrived);
        }
        let slot = &mut self.slots[(packet.seq % JITTER_PACKETS_MAX as u64) as usize];
        // The slot may hold a packet that waits, one turn of the ring ahead; then a copy of this one counts as late too.
        if !slot.waiting {
            (slot.seq, slot.pos, slot.known) = (packet.seq, pos, true);
        }
        Entry::Late
    }

    fn restart(&mut self, packet: Packet<'_>, arrived: i64) -> Entry {
        self.clear();
        self.line = Some(Line { anchor: packet.rtp_time, next: packet.seq });
        self.arrivals.packet(arrived, 0);
        self.store(packet, 0);
        Entry::Restarted
    }

    fn store(&mut self, packet: Packet<'_>, pos: i64) {
        let slot = &mut self.slots[(packet.seq % JITTER_PACKETS_MAX as u64) as usize];
        debug_assert!(!slot.waiting, "a window as long as the ring gives every number in it a slot of its own");
        (slot.seq, slot.pos, slot.known, slot.waiting) = (packet.seq, pos, true, true);
        slot.payload.clear();
        slot.payload.extend_from_slice(packet.payload);
        self.waiting += 1;
    }

    fn empty(&mut self) {
        for slot in &mut self.slots {
            (slot.known, slot.waiting) = (false, false);
        }
        self.waiting = 0;
        self.suspect = None;
        self.late_in_a_row = 0;
    }
}

/// A time of arrival in samples at 48 kHz, held where subtracting any position from it cannot overflow.
pub(crate) fn samples(time: Duration) -> i64 {
    let samples = time.as_nanos().saturating_mul(48) / 1_000_000;
    samples.min(POSITION_MAX as u128) as i64
}
