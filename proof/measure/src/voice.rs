//! Synthetic voices for tests: seeded, so that every run hears the same.

use std::f32::consts::TAU;

use crate::RATE;

pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub(crate) fn white(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 30) as f32 - 1.0
    }

    fn between(&mut self, lo: f32, hi: f32) -> f32 {
        lo + (hi - lo) * (self.white() + 1.0) / 2.0
    }
}

/// Syllables: a vowel whose pitch and colour wander, then a sibilant, then a pause, each of random length.
pub(crate) fn voice(seed: u64, samples: usize) -> Vec<f32> {
    let mut n = Noise(seed * 77 + 5);
    let mut out = Vec::with_capacity(samples);
    let base = n.between(90.0, 220.0);
    let (mut low, mut high) = (0.0f32, 0.0f32);
    while out.len() < samples {
        let (vowel, sibilant, pause) =
            (n.between(0.1, 0.3), n.between(0.06, 0.15), n.between(0.01, 0.15)).into_samples();
        let (f0, glide, colour) = (base * n.between(0.8, 1.25), n.between(-0.2, 0.2), n.between(400.0, 2_500.0));
        let mut phase = 0.0f32;
        for i in 0..vowel {
            let x = i as f32 / vowel as f32;
            phase += f0 * (1.0 + glide * x) / RATE as f32;
            let sum: f32 = (1..30)
                .map(|h| {
                    let off = (f0 * h as f32 - colour) / 400.0;
                    (TAU * phase * h as f32).sin() * (0.15 / h as f32 + 0.4 / (1.0 + off * off))
                })
                .sum();
            out.push(0.15 * sum * (std::f32::consts::PI * x).sin());
        }
        for i in 0..sibilant {
            let white = n.white();
            low += 0.75 * (white - low);
            high += 0.35 * (low - high);
            out.push(0.2 * (low - high) * (std::f32::consts::PI * i as f32 / sibilant as f32).sin());
        }
        out.extend(std::iter::repeat_n(0.0, pause));
    }
    out.truncate(samples);
    out
}

trait IntoSamples {
    fn into_samples(self) -> (usize, usize, usize);
}

impl IntoSamples for (f32, f32, f32) {
    fn into_samples(self) -> (usize, usize, usize) {
        let s = |x: f32| (x * RATE as f32) as usize;
        (s(self.0), s(self.1), s(self.2))
    }
}
