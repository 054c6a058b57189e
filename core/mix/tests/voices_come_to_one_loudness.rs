//! Levelling: quiet and loud voices meet, pauses are not pumped up, and the gain never moves fast.

mod sim;

use hustings_mix::{Level, LevelMode};
use sim::Random;

/// Something like speech: syllables of noise, four a second, with pauses of a second after every three.
fn speech(amplitude: f64, seconds: usize) -> Vec<f32> {
    let mut random = Random::new(11);
    let mut low = 0.0;
    (0..seconds * 48_000)
        .map(|i| {
            let t = i as f64 / 48_000.0;
            let syllable = (core::f64::consts::PI * t * 4.0).sin().powi(2);
            let talks = if t % 4.0 < 3.0 { syllable } else { 0.002 };
            low += (random.part() * 2.0 - 1.0 - low) * 0.2;
            (amplitude * talks * low) as f32
        })
        .collect()
}

/// Levels the sound; gives the gain after each tick.
fn level(level: &mut Level, sound: &mut [f32]) -> Vec<f32> {
    sound
        .as_chunks_mut()
        .0
        .iter_mut()
        .map(|frame| {
            level.apply(frame);
            level.gain_db()
        })
        .collect()
}

fn rms_db(sound: &[f32]) -> f64 {
    10.0 * (sound.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / sound.len() as f64).log10()
}

#[test]
fn a_quiet_and_a_loud_voice_meet() {
    let ends: Vec<f64> = [0.25, 0.5, 1.0]
        .map(|amplitude| {
            let mut sound = speech(amplitude, 40);
            let gains = level(&mut Level::default(), &mut sound);
            let db = rms_db(&sound[48_000 * 20..]);
            println!("amplitude {amplitude}: gain {} dB, {db:.1} dBFS", gains[gains.len() - 1]);
            db
        })
        .to_vec();
    assert!((ends[0] - ends[2]).abs() < 2.0, "{ends:?}");
    assert!((-25.0..-17.0).contains(&ends[1]), "{ends:?}");
}

#[test]
fn the_gain_is_slow_bounded_and_rests_in_pauses() {
    let mut quiet = speech(0.01, 60);
    let gains = level(&mut Level::default(), &mut quiet);
    let mut loud = speech(3.0, 60);
    let down = level(&mut Level::default(), &mut loud);
    for gains in [&gains, &down] {
        assert!(gains.windows(2).all(|g| (g[1] - g[0]).abs() <= 0.0601));
        assert!(gains.iter().all(|g| (-6.01..=12.01).contains(g)));
    }
    // The pauses last from 3 to 4 s, of which the first 0.3 s still ring in the moment's loudness.
    for second in [3, 7, 11, 15] {
        assert!(down[second * 50 + 25..second * 50 + 50].windows(2).all(|g| g[0] == g[1]), "after {second} s");
    }
}

#[test]
fn a_room_without_a_voice_is_left_alone() {
    let mut random = Random::new(2);
    let mut noise: Vec<f32> = (0..480_000).map(|_| (random.part() * 2.0 - 1.0) as f32 * 0.004).collect();
    let before = noise.clone();
    level(&mut Level::default(), &mut noise);
    assert!(noise == before);
}

#[test]
fn switched_off_it_returns_to_what_came() {
    let mut voice = Level::default();
    let mut sound = speech(0.2, 20);
    level(&mut voice, &mut sound);
    assert!(voice.gain_db() > 3.0);
    voice.set_mode(LevelMode::Off);
    level(&mut voice, &mut speech(0.2, 20));
    let mut sound = speech(0.2, 1);
    let before = sound.clone();
    level(&mut voice, &mut sound);
    assert!(sound == before);
}
