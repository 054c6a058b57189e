//! Test signals and what is measured of them: seeded, so that every run hears the same.

use std::f32::consts::TAU;

use hustings_mix::{Decoder, Encoder};

/// A seeded source of noise (xorshift64).
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed * 2 + 0x9E37_79B9)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n
    }

    pub(crate) fn bytes(&mut self, max: usize) -> Vec<u8> {
        (0..self.below(max)).map(|_| (self.next() >> 24) as u8).collect()
    }

    pub(crate) fn white(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Chirps of 20 ms from 500 Hz to 8 kHz every 100 ms: their cross-correlation has one sharp peak.
    pub(crate) fn chirps(&mut self, samples: usize) -> Vec<f32> {
        let mut out = vec![0.0; samples];
        let mut at = 2400;
        while at + 960 < samples {
            for i in 0..960 {
                let t = i as f32 / 48_000.0;
                let window = 0.5 - 0.5 * (TAU * i as f32 / 960.0).cos();
                out[at + i] = 0.6 * window * (TAU * (500.0 * t + 187_500.0 * t * t)).sin();
            }
            at += 4800 + self.below(500);
        }
        out
    }

    /// Vowels (harmonics of 120 Hz that fall by 6 dB an octave) and sibilants (noise from 4 to 14 kHz) in turn, as in
    /// speech, 150 ms and 100 ms long, with soft edges.
    pub(crate) fn voice(&mut self, samples: usize) -> Vec<f32> {
        let (mut low, mut band) = ([0.0f32; 2], [0.0f32; 2]);
        (0..samples)
            .map(|i| {
                let (t, phase) = (i as f32 / 48_000.0, i % 12_000);
                let edge = |from: usize, to: usize| {
                    let inside = phase.saturating_sub(from).min(to.saturating_sub(phase));
                    (inside as f32 / 960.0).min(1.0)
                };
                let vowel: f32 = (1..25).map(|h| (TAU * 120.0 * h as f32 * t).sin() / h as f32).sum();
                let white = self.white();
                // Two one-pole low-passes at about 11 kHz less two at about 4 kHz: a broad hump like that of an s.
                low[0] += 0.76 * (white - low[0]);
                low[1] += 0.76 * (low[0] - low[1]);
                band[0] += 0.4 * (low[1] - band[0]);
                band[1] += 0.4 * (band[0] - band[1]);
                0.2 * vowel * edge(0, 7200) + 0.25 * (low[1] - band[1]) * edge(7200, 12_000)
            })
            .collect()
    }
}

/// Encodes and decodes whole frames of `source`.
pub(crate) fn roundtrip(e: &mut dyn Encoder, d: &mut dyn Decoder, source: &[f32]) -> (Vec<f32>, Vec<Vec<u8>>) {
    let (mut heard, mut packets) = (Vec::new(), Vec::new());
    for frame in source.chunks_exact(e.frame_samples()) {
        let (mut packet, mut out) = (Vec::new(), [0.0; 5760]);
        e.encode(frame, &mut packet);
        let n = d.decode(&packet, &mut out).expect("our own packet decodes");
        heard.extend_from_slice(&out[..n]);
        packets.push(packet);
    }
    (heard, packets)
}

/// The lag in samples, below `max`, at which `heard` is most like `source`.
pub(crate) fn lag_of(heard: &[f32], source: &[f32], max: usize) -> usize {
    let n = source.len().min(heard.len()).min(48_000) - max;
    let like = |lag: usize| source[..n].iter().zip(&heard[lag..]).map(|(a, b)| a * b).sum::<f32>();
    (0..max).max_by(|a, b| like(*a).total_cmp(&like(*b))).expect("max is not 0")
}

/// Compares 4–8 and 8–12 kHz on frames that are mostly sibilant, in signed dB.
pub(crate) fn assert_sibilants_within(source: &[f32], heard: &[f32], db_max: f32) {
    let bands = [(4_000.0, 8_000.0), (8_000.0, 12_000.0)];
    let (mut before, mut after, mut frames) = ([0.0; 2], [0.0; 2], 0);
    for (a, b) in source.chunks_exact(960).zip(heard.chunks_exact(960)).skip(10) {
        let total = energy(a, 100.0, 20_000.0);
        let sibilant = energy(a, 4_000.0, 12_000.0);
        if total < 1e-3 || sibilant < 0.3 * total {
            continue;
        }
        frames += 1;
        for (i, (lo, hi)) in bands.iter().enumerate() {
            before[i] += energy(a, *lo, *hi);
            after[i] += energy(b, *lo, *hi);
        }
    }
    assert!(frames > 20, "only {frames} sibilant frames");
    for i in 0..2 {
        let db = 10.0 * (after[i] / before[i]).log10();
        assert!(db.abs() <= db_max, "{:?} Hz: {db:+.2} dB over {frames} frames", bands[i]);
    }
}

/// Energy between two frequencies, by a plain Fourier sum over a Hann window, every 100 Hz.
fn energy(x: &[f32], from_hz: f32, to_hz: f32) -> f32 {
    let mut sum = 0.0;
    let mut f = from_hz;
    while f < to_hz {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, s) in x.iter().enumerate() {
            let w = s * (0.5 - 0.5 * (TAU * i as f32 / x.len() as f32).cos());
            let (sin, cos) = (TAU * (f / 48_000.0) * i as f32).sin_cos();
            re += w * cos;
            im += w * sin;
        }
        sum += re * re + im * im;
        f += 100.0;
    }
    sum
}
