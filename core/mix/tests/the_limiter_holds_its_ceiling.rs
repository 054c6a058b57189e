//! Nothing leaves the limiter above −1 dBTP; what stays below leaves bit by bit.

mod sim;

use hustings_mix::Limiter;
use sim::Random;

/// −1 dBTP.
const CEILING: f64 = 0.891_250_9;

fn limit(sound: &[f32]) -> Vec<f32> {
    let mut limiter = Limiter::default();
    let mut out = Vec::new();
    for frame in sound.as_chunks().0 {
        let mut frame = *frame;
        limiter.apply(&mut frame);
        out.extend_from_slice(&frame);
    }
    out
}

/// True peak by eightfold oversampling with 96 taps: finer than the limiter's own eyes.
fn true_peak(sound: &[f32]) -> f64 {
    let rows: Vec<Vec<f64>> = (0..8)
        .map(|phase| {
            (0..96)
                .map(|tap| {
                    let x = f64::from(tap) - 47.0 - f64::from(phase) / 8.0;
                    let window = (core::f64::consts::PI * x / 98.0).cos().powi(2);
                    if x == 0.0 {
                        1.0
                    } else {
                        (core::f64::consts::PI * x).sin() / (core::f64::consts::PI * x) * window
                    }
                })
                .collect()
        })
        .collect();
    let at = |window: &[f32]| {
        rows.iter()
            .map(|row| row.iter().zip(window).map(|(a, b)| a * f64::from(*b)).sum::<f64>().abs())
            .fold(0.0, f64::max)
    };
    sound.windows(96).map(at).fold(0.0, f64::max)
}

/// Bursts of noise-modulated tones, from far below the ceiling to 20 dB above it, band-limited to 18 kHz by being tones.
fn loud(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut sound = vec![0.0; 48_000 * 2];
    for _ in 0..60 {
        let start = (random.next() % 90_000) as usize;
        let length = 10 + (random.next() % 5000) as usize;
        let omega = core::f64::consts::TAU * (50.0 + 17_950.0 * random.part()) / 48_000.0;
        let amplitude = 10f64.powf((random.part() * 40.0 - 20.0) / 20.0);
        for (i, x) in sound.iter_mut().skip(start).take(length).enumerate() {
            let shape = (core::f64::consts::PI * i as f64 / length as f64).sin();
            *x += (amplitude * shape * (omega * i as f64).sin()) as f32;
        }
    }
    sound
}

#[test]
fn no_true_peak_exceeds_the_ceiling() {
    let mut worst = 0.0f64;
    for seed in 1..=6 {
        let sound = loud(seed);
        let peak = true_peak(&limit(&sound));
        println!("{:.2} dBTP in, {:.3} dBTP out", 20.0 * true_peak(&sound).log10(), 20.0 * peak.log10());
        worst = worst.max(peak);
    }
    assert!(worst <= CEILING, "{} dBTP", 20.0 * worst.log10());
}

#[test]
fn no_sample_exceeds_the_ceiling_whatever_comes() {
    let mut random = Random::new(5);
    let square: Vec<f32> = (0..96_000).map(|i| if (i / 37) % 2 == 0 { 8.0 } else { -8.0 }).collect();
    let noise: Vec<f32> = (0..96_000).map(|_| (random.part() * 20.0 - 10.0) as f32).collect();
    let nonsense: Vec<f32> = (0..96_000).map(|i| [f32::NAN, f32::INFINITY, 1e30, -3.0, 0.1][i % 5]).collect();
    for sound in [square, noise, nonsense] {
        let worst = limit(&sound).iter().fold(0.0f32, |worst, x| if x.is_nan() { 9.0 } else { worst.max(x.abs()) });
        assert!(f64::from(worst) <= CEILING, "{worst}");
    }
}

#[test]
fn what_is_below_the_ceiling_passes_bit_by_bit() {
    let sound: Vec<f32> = (0..96_000).map(sim::tone(997.0, 0.89)).collect();
    let out = limit(&sound);
    assert!(out[Limiter::DELAY_SAMPLES..] == sound[..96_000 - Limiter::DELAY_SAMPLES]);
    assert!(out[..Limiter::DELAY_SAMPLES].iter().all(|x| *x == 0.0));
}

#[test]
fn after_a_peak_it_becomes_transparent_again() {
    let mut sound: Vec<f32> = (0..960 * 150).map(sim::tone(997.0, 0.5)).collect();
    sound[5000..5100].iter_mut().for_each(|x| *x *= 4.0);
    let out = limit(&sound);
    let (from, to) = (960 * 120, 960 * 150);
    assert!(out[from + Limiter::DELAY_SAMPLES..to] == sound[from..to - Limiter::DELAY_SAMPLES]);
}

#[test]
fn a_loud_voice_is_turned_down_without_distortion() {
    let sound: Vec<f32> = (0..96_000).map(sim::tone(1000.0, 3.0)).collect();
    let out = limit(&sound);
    let residue = sim::residue_db(&out[48_000..], 1000.0);
    println!("{residue} dB");
    assert!(residue < -60.0, "{residue}");
}
