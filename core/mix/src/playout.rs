//! Playout: packets become a continuous line of samples on the sender's clock.
//!
//! Everything is decided by position. A packet that begins where the last one ended is appended; before one that begins
//! later there is a hole, which is concealed if packets are missing and silent if none is (the sender paused, DTX); of
//! one that begins earlier only the part is used that was not played yet. When nothing waits at all, time is *held*:
//! what is made up is inserted, and the stream goes on where it was, a little later; if that is too late,
//! [`Playout::skip_to`] moves on, and if packets turn out to be missing, what was made up stood for them. Where the
//! caller spares samples, packets that hold no more than a room's noise are left out.
//!
//! Wherever the line would break, 5 ms are crossfaded with the decoder's continuation of what was played before.
//! Concealment fades to silence between 60 and 120 ms. Absent: when to play what (`voice`), and the clock's correction.

use std::collections::VecDeque;

use hustings_vocab::TICK_SAMPLES;

use crate::codec::Decoder;
use crate::jitter::Jitter;
use crate::level::quiet;
use crate::toc::packet_samples;

/// Longest Opus packet: 120 ms.
const PACKET_SAMPLES_MAX: usize = 5760;
/// Crossfades and fades: 5 ms.
pub(crate) const FADE_SAMPLES: usize = 240;
/// Made-up sound is whole for 60 ms, then falls to nothing at 120 ms: longer, a held vowel begins to sound like a robot.
const MADE_UP_WHOLE: usize = 2880;
const MADE_UP_MAX: usize = 5760;
/// Steps in which a decoder conceals: 2.5 ms.
const CONCEAL_STEP: usize = 120;
/// Packets that end further before the place of return than this are not decoded for the decoder's memory's sake.
const WARM_UP_SAMPLES: i64 = 1920;

/// What the last samples of the line are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Silence,
    Sound,
    /// Concealment, and for how many samples.
    MadeUp(usize),
}

/// What happened while samples were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Packets that never came, or came too late.
    pub lost: u64,
    /// Packets that came, but after their turn.
    pub late: u64,
    /// Packets that did not decode.
    pub undecodable: u64,
    /// Samples made up in place of lost ones.
    pub concealed: u64,
    /// Samples left out of a pause.
    pub left_out: u64,
}

/// The line of samples of one stream.
pub(crate) struct Playout {
    decoder: Box<dyn Decoder>,
    line: VecDeque<f32>,
    /// Position at which the line ends.
    end: i64,
    last: Last,
    /// The stream paused by its own will: what is missing now is silence.
    paused: bool,
    /// What would have come next, had the line not been broken.
    continuation: Option<[f32; FADE_SAMPLES]>,
    /// The last packet was undecodable, so there is a hole although no number is missing.
    hole: bool,
    /// Samples made up since nothing waited any more, for which the position did not move.
    held: i64,
    /// Samples that may still be left out on this tick.
    spare: usize,
    scratch: Vec<f32>,
}

impl Playout {
    pub(crate) fn new(decoder: Box<dyn Decoder>) -> Self {
        Self {
            decoder,
            line: VecDeque::with_capacity(PACKET_SAMPLES_MAX + 2 * TICK_SAMPLES),
            end: 0,
            last: Last::Silence,
            paused: true,
            continuation: None,
            hole: false,
            held: 0,
            spare: 0,
            scratch: vec![0.0; PACKET_SAMPLES_MAX],
        }
    }

    /// Position of the next sample that will be played.
    pub(crate) fn position(&self) -> i64 {
        self.end - self.line.len() as i64
    }

    /// Position at which the line ends, which is that of the next packet.
    pub(crate) const fn end(&self) -> i64 {
        self.end
    }

    /// Nothing but silence has been made lately, so that any cut is free.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self.last, Last::Silence | Last::MadeUp(MADE_UP_MAX..))
    }

    /// The line consists of what was made up for want of packets.
    pub(crate) const fn is_starved(&self) -> bool {
        !matches!(self.last, Last::Sound)
    }

    /// What is in the line ends at `end` from now on: packets before that have had their turn.
    pub(crate) fn skip_to(&mut self, end: i64) {
        if end != self.end && self.last == Last::Sound {
            self.keep_continuation();
        }
        self.end = end;
        self.held = 0;
    }

    /// The stream is over: what is left of it fades out.
    pub(crate) fn stop(&mut self) {
        if self.line.len() >= FADE_SAMPLES {
            self.line.truncate(FADE_SAMPLES);
            for (sample, gain) in self.line.iter_mut().zip(fade_in()) {
                *sample *= 1.0 - gain;
            }
            self.last = Last::Silence;
            self.continuation = None;
        } else {
            self.push_silence(FADE_SAMPLES);
        }
        self.paused = true;
        self.hole = false;
    }

    /// Moves the next samples of the line into `out`, making what is missing, and leaving out up to `spare` samples of
    /// packets that are [`quiet`].
    pub(crate) fn play(&mut self, jitter: &mut Jitter, out: &mut [f32], spare: usize) -> Made {
        let mut made = Made::default();
        self.spare = spare;
        while self.line.len() < out.len() {
            self.extend(out.len() - self.line.len(), jitter, &mut made);
        }
        let n = out.len();
        for (to, from) in out.iter_mut().zip(self.line.drain(..n)) {
            *to = from;
        }
        made
    }

    /// One step: a packet is taken, or at least one sample is appended.
    fn extend(&mut self, wanted: usize, jitter: &mut Jitter, made: &mut Made) {
        let Some(front) = jitter.front() else {
            // Nothing waits, so time is held: the end keeps its position.
            if self.paused || self.is_silent() {
                self.push_silence(wanted);
            } else {
                self.held += self.push_made_up(wanted, usize::MAX, made) as i64;
            }
            return;
        };
        let gap = front.pos.saturating_sub(self.end);
        if gap <= 0 {
            return self.take(jitter, made);
        }
        if self.held > 0 {
            // Packets are missing, so what was made up while nothing waited stood for them: time was not held after all.
            self.end += gap.min(core::mem::take(&mut self.held));
            return;
        }
        let gap = usize::try_from(gap).unwrap_or(usize::MAX);
        // A step of less than a fade with no packet missing is a sender that rounds its timestamps.
        let pause = front.missing == 0 && !self.hole && gap >= FADE_SAMPLES;
        let appended = if self.is_silent() || pause || self.paused {
            self.push_silence(gap.min(wanted.max(FADE_SAMPLES)))
        } else {
            self.push_made_up(wanted, gap, made)
        };
        self.end += appended as i64;
    }

    fn take(&mut self, jitter: &mut Jitter, made: &mut Made) {
        let Some((front, payload)) = jitter.take() else { return };
        self.held = 0;
        made.lost += front.missing;
        self.hole |= front.missing > 0;
        // A packet without sound (comfort noise), or an Opus frame without bytes (DTX): a pause begins.
        let pause = payload.len() <= 2;
        if payload.is_empty() {
            self.paused = true;
            return;
        }
        let announced = packet_samples(payload).map_or(0, i64::from);
        if front.pos + announced + WARM_UP_SAMPLES < self.end {
            made.late += 1;
            return;
        }
        if self.last != Last::Sound || front.pos != self.end {
            self.keep_continuation();
        }
        let decoded = self.decoder.decode(payload, &mut self.scratch);
        let samples = match decoded {
            Ok(n @ 1..=PACKET_SAMPLES_MAX) => n,
            _ => {
                (made.undecodable, made.lost) = (made.undecodable + 1, made.lost + 1);
                self.hole = true;
                return;
            }
        };
        (self.paused, self.hole) = (pause, false);
        let played = (self.end - front.pos).max(0) as usize;
        if played >= samples {
            made.late += 1;
            return;
        }
        self.end = front.pos + samples as i64;
        if self.leaves_out(played, samples) {
            made.left_out += (samples - played) as u64;
            return;
        }
        self.push_sound(played..samples);
    }

    /// Whether the decoded packet is not to be played. Its beginning is how the sound before it goes on, so what follows is
    /// crossfaded with that.
    fn leaves_out(&mut self, played: usize, samples: usize) -> bool {
        let sound = &self.scratch[played..samples];
        if sound.len() > self.spare || sound.len() < FADE_SAMPLES || !quiet(sound) {
            return false;
        }
        self.spare -= sound.len();
        if self.continuation.is_none() {
            self.continuation = sound.first_chunk().copied();
        }
        true
    }

    fn push_sound(&mut self, range: core::ops::Range<usize>) {
        let sound = &mut self.scratch[range];
        if let Some(continuation) = self.continuation.take() {
            for ((sample, before), gain) in sound.iter_mut().zip(continuation).zip(fade_in()) {
                *sample = *sample * gain + before * (1.0 - gain);
            }
        }
        self.line.extend(sound.iter());
        self.last = Last::Sound;
    }

    /// Appends at least `wanted` samples, in the decoder's steps, but never more than `most` or a frame.
    fn push_made_up(&mut self, wanted: usize, most: usize, made: &mut Made) -> usize {
        self.continuation = None;
        let steps = wanted.next_multiple_of(CONCEAL_STEP).min(TICK_SAMPLES);
        let n = steps.min(most);
        let already = if let Last::MadeUp(already) = self.last { already } else { 0 };
        self.decoder.conceal(&mut self.scratch[..steps]);
        self.line.extend(self.scratch[..n].iter().zip(already..).map(|(sample, at)| sample * made_up_gain(at)));
        made.concealed += n as u64;
        self.last = Last::MadeUp(already + n);
        n
    }

    fn push_silence(&mut self, n: usize) -> usize {
        if self.last != Last::Silence {
            self.keep_continuation();
        }
        let tail = self.continuation.take().unwrap_or([0.0; FADE_SAMPLES]);
        let fading = tail.into_iter().zip(fade_in()).map(|(sample, gain)| sample * (1.0 - gain));
        self.line.extend(fading.chain(core::iter::repeat(0.0)).take(n));
        self.last = Last::Silence;
        n
    }

    /// Asks the decoder how the sound before the break would have gone on, once for each break.
    fn keep_continuation(&mut self) {
        if self.continuation.is_some() {
            return;
        }
        let mut continuation = [0.0; FADE_SAMPLES];
        let already = match self.last {
            Last::Silence | Last::MadeUp(MADE_UP_MAX..) => MADE_UP_MAX,
            Last::Sound => 0,
            Last::MadeUp(already) => already,
        };
        if already < MADE_UP_MAX {
            self.decoder.conceal(&mut continuation);
            for (sample, at) in continuation.iter_mut().zip(already..) {
                *sample *= made_up_gain(at);
            }
        }
        self.continuation = Some(continuation);
    }
}

/// Gain of the sound that comes in over [`FADE_SAMPLES`].
fn fade_in() -> impl Iterator<Item = f32> {
    (1..=FADE_SAMPLES).map(|i| i as f32 / (FADE_SAMPLES + 1) as f32)
}

fn made_up_gain(at: usize) -> f32 {
    let left = MADE_UP_MAX.saturating_sub(at) as f32 / (MADE_UP_MAX - MADE_UP_WHOLE) as f32;
    left.min(1.0)
}
