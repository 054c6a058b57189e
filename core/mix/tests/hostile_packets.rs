//! A sender that writes anything at all into its headers and payloads: no panic, bounded memory, and an honest stream
//! afterwards is heard.

mod sim;

use core::time::Duration;

use hustings_mix::{LevelMode, Voice};
use sim::{PcmDecoder, Random, pcm, tone};

/// Numbers near the edges of their types, and everything between.
fn number(random: &mut Random, near: u64) -> u64 {
    let small = random.next() % 300;
    match random.next() % 8 {
        0 => random.next(),
        1 => small,
        2 => u64::MAX - small,
        3 => (1 << 63) + small,
        4 => (1u64 << 52).wrapping_add(near).wrapping_sub(small),
        5 => near.wrapping_sub(small),
        _ => near.wrapping_add(small),
    }
}

#[test]
fn a_hundred_thousand_random_packets_do_no_harm() {
    for seed in 1..=4 {
        let mut random = Random::new(seed);
        let mut voice = Voice::new(PcmDecoder::boxed());
        let mut out = [0.0; 960];
        let sound = pcm(tone(300.0, 0.9), 0, 120);
        let (mut seq, mut time, mut now) = (0, 0, 0u64);
        for i in 0..100_000u64 {
            seq = number(&mut random, seq);
            time = number(&mut random, time);
            let arrived = if random.next().is_multiple_of(50) {
                Duration::from_nanos(random.next())
            } else {
                Duration::from_millis(now)
            };
            let length = match random.next() % 10 {
                0 => 0,
                1 => 1,
                2 => 4000,
                _ => (random.next() % 40) as usize,
            };
            let payload: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            voice.packet(seq, time, arrived, if i % 3 == 0 { &sound } else { &payload });
            if i % 7 == 0 {
                now += random.next() % 40;
                let at = if random.next().is_multiple_of(1000) { Duration::MAX } else { Duration::from_millis(now) };
                voice.tick(at, &mut out);
                assert!(out.iter().all(|x| x.is_finite() && x.abs() < 8.0));
            }
        }
        println!("{:?}", voice.stats());
        honest_stream_is_heard(voice, now);
    }
}

#[test]
fn a_stream_that_is_almost_honest_does_no_harm() {
    // By a quarter of their length in 5 ms: 2.5, 5, 10 and 20 ms.
    let whole = [120, 240, 480, 0, 960].map(|n| if n > 0 { pcm(tone(300.0, 0.9), 0, n) } else { vec![] });
    for seed in 1..=4 {
        let mut random = Random::new(seed);
        let mut voice = Voice::new(PcmDecoder::boxed());
        let mut out = [0.0; 960];
        for i in 0..100_000u64 {
            // Numbers from the whole window and beyond it, times up to a second off, lengths that contradict them.
            let seq = 70_000 + i + random.next() % 300;
            let time = (1 << 40) + i * 960 + random.next() % 96_000;
            let samples = [120, 240, 480, 960][(random.next() % 4) as usize];
            let payload = &whole[samples / 240];
            let cut = payload.len().min(1 + (random.next() % 4 * 2000) as usize);
            voice.packet(seq - 150, time, Duration::from_millis(i * 5), &payload[..cut]);
            if i % 4 == 0 {
                voice.tick(Duration::from_millis(i * 5 + random.next() % 50), &mut out);
                assert!(out.iter().all(|x| x.is_finite() && x.abs() < 8.0));
            }
        }
        let stats = voice.stats();
        println!("{stats:?}");
        assert!(stats.received + stats.duplicates == 100_000);
        honest_stream_is_heard(voice, 600_000);
    }
}

fn honest_stream_is_heard(mut voice: Voice, mut now: u64) {
    voice.set_level(LevelMode::Off);
    let mut out = [0.0; 960];
    let mut heard = 0;
    for i in 0..600 {
        now += 20;
        voice.packet(1_000_000 + i, 9_999 + i * 960, Duration::from_millis(now), &pcm(tone(300.0, 0.5), i * 960, 960));
        heard += u32::from(voice.tick(Duration::from_millis(now + 5), &mut out).contributes);
    }
    assert!(heard > 400, "{heard} of 600 ticks");
    let stats = voice.stats();
    assert!(stats.delay.as_millis() < 700, "{stats:?}");
}

#[test]
fn a_clock_twice_as_fast_is_cut_rather_than_buffered() {
    let mut voice = Voice::new(PcmDecoder::boxed());
    let mut out = [0.0; 960];
    for i in 0..5000u64 {
        // Twice the packets that fit into time.
        for k in 0..2 {
            let n = 2 * i + k;
            voice.packet(n, n * 960, Duration::from_millis(i * 20), &pcm(tone(300.0, 0.5), n * 960, 960));
        }
        voice.tick(Duration::from_millis(i * 20 + 3), &mut out);
    }
    assert!(voice.stats().delay.as_millis() < 700, "{:?}", voice.stats());
}

#[test]
fn packets_that_do_not_decode_are_lost_packets() {
    let mut voice = Voice::new(PcmDecoder::boxed());
    voice.set_level(LevelMode::Off);
    let mut out = [0.0; 960];
    for i in 0..500u64 {
        let mut payload = pcm(tone(1000.0, 0.5), i * 960, 960);
        if i % 10 == 0 {
            payload.truncate(77);
        }
        voice.packet(i, i * 960, Duration::from_millis(i * 20), &payload);
        let heard = voice.tick(Duration::from_millis(i * 20 + 3), &mut out);
        assert!(i < 15 || heard.contributes);
    }
    let stats = voice.stats();
    assert!((48..=50).contains(&stats.undecodable), "{stats:?}");
    assert_eq!(stats.undecodable, stats.lost);
    assert!(stats.concealed_samples.abs_diff(stats.undecodable * 960) <= 2000, "{stats:?}");
}
