//! N−1: nobody hears a trace of themselves, who is silent shares one mix, and changing over cannot be heard.

use hustings_mix::{Frame, HOLD_TICKS, Heard, Hears, Limiter, Mixer, PRIMER_TICKS};

fn heard(contributes: bool) -> Heard {
    Heard { dbov: if contributes { 20 } else { 127 }, contributes, concealed: false }
}

fn tone(tick: u64, hz: f64, amplitude: f64) -> Frame {
    core::array::from_fn(|i| {
        let t = (tick * 960 + i as u64) as f64 / 48_000.0;
        (amplitude * (core::f64::consts::TAU * hz * t).sin()) as f32
    })
}

/// One tick in which each voice of `voices` (key and frame) is heard.
fn tick(mixer: &mut Mixer, voices: &[(u64, Option<Frame>)]) {
    for (key, frame) in voices {
        mixer.hear(*key, |out| {
            *out = frame.unwrap_or([0.0; 960]);
            heard(frame.is_some())
        });
    }
    mixer.mix();
}

#[test]
fn a_mix_holds_exactly_the_others() {
    let mut mixer = Mixer::new();
    let mut alone = Mixer::new();
    for t in 0..200 {
        let (a, b, c) = (tone(t, 440.0, 0.2), tone(t, 555.0, 0.1), tone(t, 700.0, 0.2));
        tick(&mut mixer, &[(1, Some(a)), (2, Some(b)), (3, Some(c)), (4, None)]);
        tick(&mut alone, &[(2, Some(b)), (3, Some(c))]);
        assert!(matches!(mixer.hears(1), Hears::Own(_)));
        assert!(mixer.hears(1).frame() == alone.program(), "bit by bit what there is without 1");
        assert_eq!(mixer.hears(4), Hears::Shared(mixer.program()));
        assert_eq!(mixer.hears(99), Hears::Shared(mixer.program()));
    }
}

#[test]
fn who_speaks_alone_hears_nothing() {
    let mut mixer = Mixer::new();
    for t in 0..100 {
        tick(&mut mixer, &[(1, Some(tone(t, 440.0, 0.9))), (2, None)]);
        assert!(mixer.hears(1).frame().iter().all(|x| *x == 0.0));
    }
}

#[test]
fn an_own_mix_is_kept_for_the_hold_and_then_given_up() {
    let mut mixer = Mixer::new();
    let other = |t| (2, Some(tone(t, 440.0, 0.3)));
    tick(&mut mixer, &[(1, Some(tone(0, 700.0, 0.3))), other(0)]);
    for t in 1..=u64::from(HOLD_TICKS) {
        tick(&mut mixer, &[(1, None), other(t)]);
        assert!(matches!(mixer.hears(1), Hears::Own(_)), "tick {t}");
    }
    tick(&mut mixer, &[(1, None), other(99)]);
    assert!(matches!(mixer.hears(1), Hears::Shared(_)));
}

/// What voice 1 hears while it says something between ticks 100 and 110, with the program near or over the ceiling.
fn heard_by_one(amplitude: f64) -> (Vec<f32>, Vec<f32>) {
    let (mut mixer, mut without) = (Mixer::new(), Mixer::new());
    let (mut hears, mut reference) = (Vec::new(), Vec::new());
    for t in 0..400 {
        let other = Some(tone(t, 440.0, amplitude));
        let own = (100..110).contains(&t).then(|| tone(t, 700.0, 0.3));
        tick(&mut mixer, &[(1, own), (2, other)]);
        tick(&mut without, &[(2, other)]);
        hears.extend_from_slice(mixer.hears(1).frame());
        reference.extend_from_slice(without.program());
    }
    (hears, reference)
}

#[test]
fn changing_over_cannot_be_heard() {
    let (hears, reference) = heard_by_one(0.5);
    assert!(hears == reference, "below the ceiling not one bit changes");
    let (hears, reference) = heard_by_one(1.5);
    let worst = hears.iter().zip(&reference).fold(0.0f32, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(worst < 1e-3, "{worst}: −60 dB under limiting, without a step");
}

#[test]
fn the_primer_is_what_was_heard_before() {
    let mut mixer = Mixer::new();
    let mut programs = Vec::new();
    for t in 0..20 {
        tick(&mut mixer, &[(2, Some(tone(t, 440.0, 0.5)))]);
        programs.push(*mixer.program());
    }
    let primer: Vec<Frame> = mixer.primer().copied().collect();
    assert_eq!(primer.len(), PRIMER_TICKS);
    assert!(primer[..] == programs[19 - PRIMER_TICKS..19]);
}

#[test]
fn who_leaves_is_forgotten_and_leaves_nothing_behind() {
    let mut mixer = Mixer::new();
    tick(&mut mixer, &[(1, Some(tone(0, 440.0, 0.5))), (2, None)]);
    for _ in 0..2 {
        tick(&mut mixer, &[(2, None)]);
    }
    assert!(mixer.program()[Limiter::DELAY_SAMPLES..].iter().all(|x| *x == 0.0));
    assert!(matches!(mixer.hears(1), Hears::Shared(_)));
}

#[test]
fn an_empty_stage_is_silent() {
    let mut mixer = Mixer::new();
    mixer.mix();
    assert!(mixer.program().iter().all(|x| *x == 0.0));
}
