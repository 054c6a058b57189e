//! What a tick costs without codecs: voices that all speak, over a clock that drifts, into one mixer.
//!
//! `cargo run --release -p hustings-studio --example tick_cost [VOICES]`

#![allow(clippy::print_stdout, reason = "a measurement prints its result")]

use core::time::Duration;
use std::time::Instant;

use hustings_mix::{BadPacket, Decoder, Mixer, Voice};

/// A codec that costs nothing.
struct Ready(Vec<f32>);

impl Decoder for Ready {
    fn decode(&mut self, _packet: &[u8], out: &mut [f32]) -> Result<usize, BadPacket> {
        out[..960].copy_from_slice(&self.0);
        Ok(960)
    }

    fn conceal(&mut self, out: &mut [f32]) {
        out.fill(0.0);
    }
}

fn main() {
    let voices: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(4);
    let sound: Vec<f32> = (0..960).map(|i| 0.2 * (i as f32 * 0.13).sin()).collect();
    let mut lines: Vec<Voice> = (0..voices).map(|_| Voice::new(Box::new(Ready(sound.clone())))).collect();
    let mut mixer = Mixer::new();
    let packet = [31 << 3, 0, 0, 0];
    let ticks = 20_000u64;
    let began = Instant::now();
    for t in 0..ticks {
        let now = Duration::from_micros(t * 20_002);
        for (key, voice) in lines.iter_mut().enumerate() {
            voice.packet(t, t * 960, now, &packet);
            mixer.hear(key as u64, |frame| voice.tick(now, frame));
        }
        mixer.mix();
        std::hint::black_box(mixer.program());
    }
    let spent = began.elapsed().as_secs_f64() / ticks as f64;
    println!("{voices} voices, all speaking: {:.1} µs a tick", spent * 1e6);
}
