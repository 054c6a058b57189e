//! The resampler's response at the ratios that drift makes: flat to 20 kHz, and nothing that was not there before.

mod sim;

use hustings_mix::Resampler;

/// Resamples a tone; gives its gain in dB and what else there is, in dB against it.
fn response(hz: f64, ratio: f64) -> (f64, f64) {
    let mut resampler = Resampler::new();
    let sound = sim::tone(hz, 0.5);
    let mut next = 0;
    let mut out = Vec::new();
    for _ in 0..60 {
        let mut frame = [0.0; 960];
        let fill = |input: &mut [f32]| {
            for x in input {
                *x = sound(next);
                next += 1;
            }
        };
        resampler.run(ratio, fill, &mut frame);
        out.extend_from_slice(&frame);
    }
    let settled = &out[9600..];
    let power = settled.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / settled.len() as f64;
    (10.0 * (power / 0.125).log10(), sim::residue_db(settled, hz * ratio))
}

#[test]
fn flat_within_a_tenth_of_a_decibel_to_20_khz() {
    for ratio in [1.0 - 200e-6, 1.0 + 200e-6, 0.995, 1.005] {
        for hz in [50.0, 1000.0, 4000.0, 8000.0, 12_000.0, 16_000.0, 18_000.0, 20_000.0] {
            let (gain, residue) = response(hz, ratio);
            println!("{ratio} {hz} Hz: {gain:+.4} dB, residue {residue:.1} dB");
            assert!(gain.abs() < if hz <= 16_000.0 { 0.02 } else { 0.1 }, "{hz} Hz at {ratio}: {gain} dB");
            assert!(residue < -75.0, "{hz} Hz at {ratio}: {residue} dB");
        }
    }
}

#[test]
fn at_ratio_one_every_sample_passes_bit_by_bit() {
    let mut resampler = Resampler::new();
    let mut random = sim::Random::new(1);
    let input: Vec<f32> = (0..9600).map(|_| random.part() as f32).collect();
    let mut out = Vec::new();
    for frame in input.chunks_exact(960) {
        assert_eq!(resampler.needs(1.0), 960);
        let mut to = [0.0; 960];
        resampler.run(1.0, |from| from.copy_from_slice(frame), &mut to);
        out.extend_from_slice(&to);
    }
    assert!(out[Resampler::DELAY_SAMPLES..] == input[..9600 - Resampler::DELAY_SAMPLES]);
}
