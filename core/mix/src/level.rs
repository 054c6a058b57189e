//! Levelling: every voice comes to about the same loudness, slowly, by plain gain.
//!
//! Loudness is that of ITU-R BS.1770-4 (K-weighted), over the seconds in which somebody speaks. The gain moves by at
//! most 3 dB a second and only while there is speech, so pauses are not pumped up and the spectrum is not touched.
//! Absent: compression, equalising, noise suppression.

use hustings_vocab::{SAMPLE_RATE, TICK_SAMPLES};

/// Loudness that voices are brought to.
const TARGET_LUFS: f32 = -20.0;
const GAIN_MIN_DB: f32 = -6.0;
const GAIN_MAX_DB: f32 = 12.0;
/// Quieter than this is a room, not a voice: 13 dB below the quietest voice that the largest gain can bring to target.
const GATE_LUFS: f32 = -45.0;
/// So much below the voice's own loudness is its pauses.
const GATE_BELOW_VOICE: f32 = 14.0;
/// Ticks over which one moment's loudness is taken: 0.2 s.
const MOMENT_TICKS: f32 = 10.0;
/// Ticks of speech over which a voice's loudness is taken: 4 s.
const VOICE_TICKS: f32 = 200.0;
/// Ticks of speech before the gain begins to move: 0.4 s.
const FIRST_TICKS: f32 = 20.0;
/// Greatest change of the gain on one tick: up by 1.5 dB a second, down by 3.
const UP_PER_TICK_DB: f32 = 0.03;
const DOWN_PER_TICK_DB: f32 = 0.06;
/// Ticks while something is above the gate but below the voice let the voice's loudness fall: 1 dB a second.
const FALL_PER_TICK_DB: f32 = 0.02;

/// A level (in −dBov) at which a room sounds rather than a voice.
const QUIET_DBOV: u8 = 50;

/// Whether a voice is levelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LevelMode {
    /// Towards the common loudness.
    #[default]
    Speech,
    /// As it comes; a gain in force returns to 0 dB as slowly as it came.
    Off,
}

/// The levelling of one voice.
#[derive(Debug, Clone)]
pub struct Level {
    mode: LevelMode,
    weighting: [Biquad; 2],
    moment: f32,
    /// Mean loudness of its speech, and from how many ticks.
    voice_lufs: f32,
    voice_ticks: f32,
    gain_db: f32,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            mode: LevelMode::Speech,
            weighting: K_WEIGHTING,
            moment: 0.0,
            voice_lufs: TARGET_LUFS,
            voice_ticks: 0.0,
            gain_db: 0.0,
        }
    }
}

impl Level {
    /// Changes the mode; the gain moves to where it leads at its usual pace.
    pub const fn set_mode(&mut self, mode: LevelMode) {
        self.mode = mode;
    }

    /// Levels one tick in place.
    pub fn apply(&mut self, frame: &mut [f32; TICK_SAMPLES]) {
        let before = self.gain_db;
        self.measure(frame);
        self.steer();
        if before == 0.0 && self.gain_db == 0.0 {
            return;
        }
        let (from, to) = (from_db(before), from_db(self.gain_db));
        for (i, sample) in frame.iter_mut().enumerate() {
            *sample *= from + (to - from) * i as f32 / TICK_SAMPLES as f32;
        }
    }

    /// The gain in force.
    #[must_use]
    pub const fn gain_db(&self) -> f32 {
        self.gain_db
    }

    fn measure(&mut self, frame: &[f32; TICK_SAMPLES]) {
        let [shelf, high_pass] = &mut self.weighting;
        let power = frame.iter().map(|x| high_pass.step(shelf.step(*x)).powi(2)).sum::<f32>() / TICK_SAMPLES as f32;
        shelf.settle();
        high_pass.settle();
        self.moment += (power - self.moment) / MOMENT_TICKS;
    }

    fn steer(&mut self) {
        let moment = -0.691 + 10.0 * self.moment.max(1e-10).log10();
        if moment > GATE_LUFS {
            if self.voice_ticks == 0.0 || moment > self.voice_lufs - GATE_BELOW_VOICE {
                self.voice_ticks = (self.voice_ticks + 1.0).min(VOICE_TICKS);
                let mean = from_db(self.voice_lufs).powi(2);
                let mean = mean + (from_db(moment).powi(2) - mean) / self.voice_ticks;
                self.voice_lufs = 20.0 * mean.sqrt().log10();
            } else {
                self.voice_lufs -= FALL_PER_TICK_DB;
            }
        }
        let goal = match self.mode {
            LevelMode::Off => 0.0,
            LevelMode::Speech if moment <= GATE_LUFS || self.voice_ticks < FIRST_TICKS => return,
            LevelMode::Speech => (TARGET_LUFS - self.voice_lufs).clamp(GAIN_MIN_DB, GAIN_MAX_DB),
        };
        self.gain_db += (goal - self.gain_db).clamp(-DOWN_PER_TICK_DB, UP_PER_TICK_DB);
    }
}

fn from_db(db: f32) -> f32 {
    10.0f32.powf(db / 20.0)
}

/// One second-order section, transposed direct form II.
#[derive(Debug, Clone, Copy)]
struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    z: [f32; 2],
}

impl Biquad {
    fn step(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    /// Keeps what dies away out of the range of denormal numbers, which are slow.
    fn settle(&mut self) {
        for z in &mut self.z {
            if z.abs() < 1e-20 {
                *z = 0.0;
            }
        }
    }
}

const _: () = assert!(SAMPLE_RATE == 48_000, "the weighting's coefficients are for 48 kHz");
/// BS.1770-4, tables 1 and 2: a shelf for the head, then a high-pass.
const K_WEIGHTING: [Biquad; 2] = [
    Biquad { b: [1.535_124_9, -2.691_696_2, 1.198_392_8], a: [-1.690_659_3, 0.732_480_8], z: [0.0; 2] },
    Biquad { b: [1.0, -2.0, 1.0], a: [-1.990_047_5, 0.990_072_25], z: [0.0; 2] },
];

/// There is no more than a room's noise in it.
pub(crate) fn quiet(sound: &[f32]) -> bool {
    dbov(sound) >= QUIET_DBOV
}

/// Level of a frame in −dBov (RFC 6464): of its RMS against full scale.
#[must_use]
pub fn dbov(frame: &[f32]) -> u8 {
    let power = frame.iter().map(|x| x * x).sum::<f32>() / frame.len() as f32;
    (-10.0 * power.max(1e-13).log10()).round().clamp(0.0, 127.0) as u8
}
