//! One speaker's line: what came from the network since the last tick goes into the voice; what the others say goes back.

use std::time::Instant;

use hustings_codec::OpusDecoder;
use hustings_link::room::SpeakerLine;
use hustings_link::stage::{FromLine, ReturnFrame};
use hustings_mix::{Voice, VoiceStats};
use hustings_vocab::{MediaTime, SeatId};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use crate::quality::Lately;
use crate::returns::Encode;
use crate::stats::Stats;
use crate::tap::LineTap;

/// A change of the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineChange {
    Up,
    Lost,
    Left,
}

/// One session on stage.
pub(crate) struct Line {
    pub(crate) session: u64,
    pub(crate) seat: SeatId,
    /// What comes from it may be heard. A producer's is thrown away undecoded.
    pub(crate) heard: bool,
    pub(crate) voice: Voice,
    /// The encoder of this speaker's own mix, while they have one.
    pub(crate) own: Option<Encode>,
    /// What of the voice was counted.
    counted: VoiceStats,
    lately: Lately,
    from_line: mpsc::Receiver<FromLine>,
    to_line: mpsc::Sender<ReturnFrame>,
    tap: LineTap,
}

impl Line {
    pub(crate) fn new(
        session: u64,
        seat: SeatId,
        heard: bool,
        from_line: mpsc::Receiver<FromLine>,
        to_line: mpsc::Sender<ReturnFrame>,
        tap: LineTap,
    ) -> Result<Self, hustings_codec::SetupError> {
        let voice = Voice::new(Box::new(OpusDecoder::new()?));
        Ok(Self {
            session,
            seat,
            heard,
            voice,
            own: None,
            counted: VoiceStats::default(),
            lately: Lately::default(),
            from_line,
            to_line,
            tap,
        })
    }

    /// Takes in all that came; arrivals count from `origin`.
    pub(crate) fn take_in(&mut self, origin: Instant, mut changed: impl FnMut(LineChange)) {
        // Bounded by the queue itself: a flood cannot hold the tick.
        for _ in 0..self.from_line.max_capacity() {
            match self.from_line.try_recv() {
                Ok(FromLine::Packet(_)) if !self.heard => {}
                Ok(FromLine::Packet(p)) => {
                    let arrived = p.arrived.saturating_duration_since(origin);
                    if !self.voice.is_muted() {
                        self.tap.packet(p.arrived, p.rtp_time, &p.payload);
                    }
                    self.voice.packet(p.seq, p.rtp_time, arrived, &p.payload);
                }
                Ok(FromLine::NetworkLost { permille }) => self.lately.network(permille),
                Ok(FromLine::Up) => changed(LineChange::Up),
                Ok(FromLine::Lost) => changed(LineChange::Lost),
                Ok(FromLine::Left) | Err(TryRecvError::Disconnected) => return changed(LineChange::Left),
                Err(TryRecvError::Empty) => return,
            }
        }
    }

    /// Adds to the counters what happened since the last time.
    pub(crate) fn count(&mut self, stats: &Stats) {
        let now = self.voice.stats();
        stats.voice(&self.counted, &now);
        self.lately.second(&self.counted, &now);
        self.counted = now;
    }

    /// What it was like lately, as of the last count.
    pub(crate) fn lately(&self) -> SpeakerLine {
        SpeakerLine { seat: self.seat.clone(), quality: self.lately.quality(&self.counted) }
    }

    /// Sends one frame of what the others say; drops it if the socket is behind.
    pub(crate) fn hear(&self, t: MediaTime, packet: bytes::Bytes) {
        let _ = self.to_line.try_send(ReturnFrame { t, packet });
    }
}
