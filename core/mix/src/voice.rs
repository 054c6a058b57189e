//! A voice: one speaker's line, from packets as they arrive to a tick of sound.
//!
//! Jitter buffer → decoder → resampler → level → mute. Nothing here knows who speaks or where the sound goes.

use core::time::Duration;

use hustings_vocab::TICK_SAMPLES;

use crate::codec::Decoder;
use crate::jitter::{Entry, Jitter, Packet, samples};
use crate::level::{Level, LevelMode, dbov, quiet};
use crate::pace::{Loudness, Pace};
use crate::playout::{FADE_SAMPLES, Playout};
use crate::resample::Resampler;

/// Delay beyond the target that is worked off by playing faster after a gap; more is skipped: 60 ms.
const BEHIND_AFTER_GAP_MAX: i64 = 60 * 48;
/// Delay beyond the target at which running sound is cut, audibly: 400 ms, which no target change alone can make.
const BEHIND_MAX: i64 = 400 * 48;
/// Ticks of quiet that make a pause, so that the weak end of a word is not taken for one.
const PAUSE_TICKS: u32 = 3;
/// Delay beyond the target that a pause is not shortened for: 10 ms, which the pace works off.
const KEPT_BEHIND: i64 = 10 * 48;
/// Below this nothing is heard and nothing contributes: half a step of 16 bits, −96 dB.
const SILENCE_PEAK: f32 = 1.0 / 65_536.0;
/// What a tick of a voice held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Level in −dBov as in RFC 6464: 0 is the loudest, 127 silence. Measured behind levelling and mute.
    pub dbov: u8,
    /// There is sound in it. When false, every sample is exactly 0.
    pub contributes: bool,
    /// Part of it was made up in place of sound that did not come in time.
    pub concealed: bool,
}

/// Counts since the voice was made, and where it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VoiceStats {
    /// Packets that came, duplicates not counted.
    pub received: u64,
    /// Packets that were not there when their turn came; undecodable ones are among them.
    pub lost: u64,
    /// Packets that came after their turn; they were counted as lost before unless time was held for them.
    pub late: u64,
    /// Copies of packets that were here already.
    pub duplicates: u64,
    /// Packets that did not decode.
    pub undecodable: u64,
    /// Packets that did not continue the stream and were dropped.
    pub out_of_line: u64,
    /// Streams that began, but for the first.
    pub restarts: u64,
    /// Samples made up in place of lost ones.
    pub concealed_samples: u64,
    /// Samples left out of pauses, because the sender was ahead of the clock that it announces.
    pub left_out_samples: u64,
    /// Time from the arrival of the fastest packets to the tick that plays them, as wanted.
    pub delay_target: Duration,
    /// The same, as it is; the target while nothing is played.
    pub delay: Duration,
    /// Samples taken from the sender for 10⁶ of ours, minus 10⁶: its clock's drift when the delay is at its target.
    pub ratio_ppm: f64,
}

/// One speaker's line. Use: [`Voice::packet`] for all that arrived, then [`Voice::tick`], every 20 ms.
pub struct Voice {
    jitter: Jitter,
    playout: Playout,
    resampler: Resampler,
    pace: Pace,
    level: Level,
    muted: bool,
    /// Gain of the mute's fade, 1 when not muted.
    open: f32,
    /// Ticks since there was more than a room's noise.
    quiet_ticks: u32,
    /// The playout's position belongs to the stream that the jitter buffer holds.
    anchored: bool,
    stats: VoiceStats,
}

impl Voice {
    /// A line on which nothing has come yet.
    #[must_use]
    pub fn new(decoder: Box<dyn Decoder>) -> Self {
        Self {
            jitter: Jitter::new(),
            playout: Playout::new(decoder),
            resampler: Resampler::new(),
            pace: Pace::default(),
            level: Level::default(),
            muted: false,
            open: 1.0,
            quiet_ticks: 1,
            anchored: false,
            stats: VoiceStats::default(),
        }
    }

    /// Takes in a packet, in any order. `seq` and `rtp_time` are extended to 64 bits, `arrived` counts from the same
    /// origin as `now` of [`Voice::tick`]. An empty payload is comfort noise or padding.
    pub fn packet(&mut self, seq: u64, rtp_time: u64, arrived: Duration, payload: &[u8]) {
        match self.jitter.insert(Packet { seq, rtp_time, arrived, payload }) {
            Entry::Duplicate => {
                self.stats.duplicates += 1;
                return;
            }
            Entry::Stored => {}
            Entry::Late => self.stats.late += 1,
            Entry::OutOfLine => self.stats.out_of_line += 1,
            Entry::Restarted => {
                self.stats.restarts += u64::from(self.stats.received > 0);
                self.playout.stop();
                self.anchored = false;
            }
        }
        self.stats.received += 1;
    }

    /// Makes the next 20 ms. To be called once a tick. `now` is the tick's own time (start + n × 20 ms), not the moment at
    /// which the machine gets round to it: then ticks that run late, or several at once, play what they would have.
    pub fn tick(&mut self, now: Duration, out: &mut [f32; TICK_SAMPLES]) -> Heard {
        let shrunk = self.jitter.tick();
        let ratio = self.steer(samples(now), f64::from(shrunk));
        let spare = self.spare(samples(now));
        let (playout, jitter) = (&mut self.playout, &mut self.jitter);
        let mut made = crate::playout::Made::default();
        self.resampler.run(ratio, |input| made = playout.play(jitter, input, spare), out);
        self.stats.lost += made.lost;
        self.stats.late += made.late;
        self.stats.undecodable += made.undecodable;
        self.stats.concealed_samples += made.concealed;
        self.stats.left_out_samples += made.left_out;

        self.quiet_ticks = if quiet(out) { self.quiet_ticks.saturating_add(1) } else { 0 };
        self.level.apply(out);
        self.fade_mute(out);
        let contributes = out.iter().any(|sample| sample.abs() > SILENCE_PEAK);
        if !contributes {
            out.fill(0.0);
        }
        Heard { dbov: dbov(out), contributes, concealed: made.concealed > 0 }
    }

    /// The line was replaced: what is left of the old one fades out, and the next packet begins a new stream.
    pub fn reset(&mut self) {
        self.jitter.clear();
        self.playout.stop();
        self.pace = Pace::default();
        self.anchored = false;
    }

    /// Whether it is muted.
    #[must_use]
    pub const fn is_muted(&self) -> bool {
        self.muted
    }

    /// Mutes or opens the voice, with a fade of 5 ms. A muted voice is decoded on, so that opening is immediate.
    pub const fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Whether and how the voice is levelled.
    pub const fn set_level(&mut self, mode: LevelMode) {
        self.level.set_mode(mode);
    }

    /// Counts, and where it stands.
    #[must_use]
    pub fn stats(&self) -> VoiceStats {
        let delay_target = duration(self.jitter.arrivals().target());
        VoiceStats { delay_target, ratio_ppm: self.pace.ppm(), ..self.stats }
    }

    /// Puts the playout where it should be, as far as that cannot be heard, and gives the pace for the rest.
    fn steer(&mut self, now: i64, shrunk: f64) -> f64 {
        let due = self.jitter.arrivals().due(now);
        let (Some(due), front) = (due, self.jitter.front()) else {
            return self.pace.coast();
        };
        let behind = due - self.playout.position();
        let goal = self.playout.end() + behind;
        let skip = match front {
            Some(_) if !self.playout.is_starved() => (behind > BEHIND_MAX).then_some(goal),
            // In silence the place is free; but a beginning is played late rather than cut.
            Some(front) if !self.anchored || self.playout.is_silent() => {
                let late = goal - front.pos;
                Some(if (0..=BEHIND_AFTER_GAP_MAX).contains(&late) { front.pos } else { goal })
            }
            Some(_) => (behind > BEHIND_AFTER_GAP_MAX).then_some(goal),
            None => None,
        };
        self.anchored |= front.is_some();
        if let Some(end) = skip {
            self.playout.skip_to(end);
        }
        let behind = due - self.playout.position();
        self.stats.delay = duration(self.jitter.arrivals().target() + behind);
        if front.is_none() && self.playout.is_starved() {
            return self.pace.coast();
        }
        let loudness = if self.quiet_ticks > 0 { Loudness::Quiet } else { Loudness::Speech };
        self.pace.steer(behind as f64, shrunk, loudness)
    }

    /// Samples of a pause that may be left out. A sender that catches up with its own clock, as ffmpeg does at 1.05 times the
    /// pace for a lag it had at the start, is ahead of any pace that could not be heard; pauses are where that goes.
    fn spare(&self, now: i64) -> usize {
        if self.quiet_ticks < PAUSE_TICKS {
            return 0;
        }
        let behind = self.jitter.arrivals().due(now).map_or(0, |due| due - self.playout.position());
        usize::try_from(behind - KEPT_BEHIND).unwrap_or(0)
    }

    fn fade_mute(&mut self, out: &mut [f32; TICK_SAMPLES]) {
        let goal = if self.muted { 0.0 } else { 1.0 };
        if self.open == goal {
            if self.muted {
                out.fill(0.0);
            }
            return;
        }
        let step = (goal - self.open) / FADE_SAMPLES as f32;
        for (i, sample) in out.iter_mut().enumerate() {
            *sample *= step.mul_add(i.min(FADE_SAMPLES) as f32, self.open);
        }
        self.open = goal;
    }
}

fn duration(samples: i64) -> Duration {
    Duration::from_nanos((samples.max(0) as u64).saturating_mul(62_500) / 3)
}
