//! A sender, a network and a clock for the stories: seeded, so that every run hears the same.
//!
//! The codec is PCM behind a real Opus length byte. It conceals by repeating its last 10 ms, so that a tone of a
//! multiple of 100 Hz goes on as if nothing were lost, and every click that is heard was made by the crate under test.

// Each story is a crate of its own and uses a part of this.
#![allow(dead_code, unreachable_pub)]

use core::time::Duration;
use std::collections::BTreeMap;

use hustings_mix::{BadPacket, Decoder, Frame, Heard, LevelMode, Voice};

pub const RATE: f64 = 48_000.0;
/// Ticks begin a little after packets are made, as they do where nobody aligned them.
const TICK_PHASE: f64 = 0.007;

/// Marsaglia's xorshift64: enough for a network.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// 0 to 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

pub struct PcmDecoder {
    history: [f32; 480],
    at: usize,
}

impl PcmDecoder {
    pub fn boxed() -> Box<dyn Decoder> {
        Box::new(Self { history: [0.0; 480], at: 0 })
    }
}

impl Decoder for PcmDecoder {
    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, BadPacket> {
        let samples = hustings_mix::packet_samples(packet).ok_or(BadPacket)? as usize;
        if packet.len() == 1 {
            // As a codec's comfort noise does, it takes over gently.
            self.conceal(&mut out[..samples]);
            out[..samples].iter_mut().enumerate().for_each(|(i, x)| *x *= 1.0 - i as f32 / samples as f32);
            self.history.fill(0.0);
            return Ok(samples);
        }
        if packet.len() != 1 + 2 * samples {
            return Err(BadPacket);
        }
        for (to, from) in out.iter_mut().zip(packet[1..].chunks_exact(2)) {
            *to = f32::from(i16::from_le_bytes([from[0], from[1]])) / 32_768.0;
            self.history[self.at] = *to;
            self.at = (self.at + 1) % 480;
        }
        Ok(samples)
    }

    fn conceal(&mut self, out: &mut [f32]) {
        for to in out {
            *to = self.history[self.at];
            self.at = (self.at + 1) % 480;
        }
    }
}

/// The length byte of one CELT frame.
fn toc(samples: usize) -> u8 {
    let size = [120, 240, 480, 960].iter().position(|n| *n == samples).expect("a length of CELT");
    (28 + size as u8) << 3
}

pub fn pcm(sound: impl Fn(u64) -> f32, first: u64, samples: usize) -> Vec<u8> {
    let mut packet = vec![toc(samples)];
    for i in first..first + samples as u64 {
        packet.extend(((sound(i) * 32_767.0).round() as i16).to_le_bytes());
    }
    packet
}

/// What a sender makes of a packet's time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    Sound,
    /// A packet that says that a pause begins (DTX).
    PauseBegins,
    /// No packet.
    Pauses,
}

/// One packet on its way.
#[derive(Clone)]
pub struct Sent {
    pub seq: u64,
    pub rtp_time: u64,
    pub payload: Vec<u8>,
}

type Sound = Box<dyn Fn(u64) -> f32>;
/// Arrival of a packet, in seconds after it was made; none: lost. Two: duplicated.
type Network = Box<dyn FnMut(u64) -> Vec<f64>>;

/// A speaker, a network, a voice and its ticks.
pub struct Story {
    pub voice: Voice,
    pub sound: Sound,
    pub network: Network,
    pub speaks: Box<dyn Fn(u64) -> Speaks>,
    pub packet_samples: usize,
    pub ppm: f64,
    pub seq: u64,
    pub rtp_time: u64,
    /// Packets made.
    pub made: u64,
    /// Ticks done.
    pub ticks: u64,
    under_way: BTreeMap<(u64, u64), Sent>,
    order: u64,
}

impl Story {
    pub fn new(sound: impl Fn(u64) -> f32 + 'static) -> Self {
        let mut voice = Voice::new(PcmDecoder::boxed());
        voice.set_level(LevelMode::Off);
        Self {
            voice,
            sound: Box::new(sound),
            network: Box::new(|_| vec![0.020]),
            speaks: Box::new(|_| Speaks::Sound),
            packet_samples: 960,
            ppm: 0.0,
            seq: 1000,
            rtp_time: 5_000_000,
            made: 0,
            ticks: 0,
            under_way: BTreeMap::new(),
            order: 0,
        }
    }

    /// Time of the next tick in seconds.
    pub fn now(&self) -> f64 {
        self.ticks as f64 * 0.02 + TICK_PHASE
    }

    /// When sample `i` of the sender was spoken.
    pub fn spoken(&self, i: u64) -> f64 {
        i as f64 / (RATE * (1.0 + self.ppm / 1e6))
    }

    /// Runs for some ticks and shows each.
    pub fn run(&mut self, ticks: u64, mut each: impl FnMut(&Self, &Frame, Heard)) {
        let mut frame = [0.0; 960];
        for _ in 0..ticks {
            let now = self.now();
            while self.spoken((self.made + 1) * self.packet_samples as u64) <= now {
                self.send();
            }
            while let Some(first) = self.under_way.first_entry() {
                let arrived = first.key().0;
                if arrived > nanos(now) {
                    break;
                }
                let sent = first.remove();
                self.voice.packet(sent.seq, sent.rtp_time, Duration::from_nanos(arrived), &sent.payload);
            }
            let heard = self.voice.tick(Duration::from_nanos(nanos(now)), &mut frame);
            each(self, &frame, heard);
            self.ticks += 1;
        }
    }

    /// Runs and keeps all sound.
    pub fn record(&mut self, ticks: u64) -> Vec<f32> {
        let mut all = Vec::new();
        self.run(ticks, |_, frame, _| all.extend_from_slice(frame));
        all
    }

    fn send(&mut self) {
        let first = self.made * self.packet_samples as u64;
        let complete = self.spoken(first + self.packet_samples as u64);
        let speaks = (self.speaks)(self.made);
        self.made += 1;
        let rtp_time = self.rtp_time;
        self.rtp_time = self.rtp_time.wrapping_add(self.packet_samples as u64);
        let payload = match speaks {
            Speaks::Sound => pcm(&self.sound, first, self.packet_samples),
            Speaks::PauseBegins => vec![toc(self.packet_samples)],
            Speaks::Pauses => return,
        };
        let sent = Sent { seq: self.seq, rtp_time, payload };
        self.seq = self.seq.wrapping_add(1);
        for delay in (self.network)(self.made) {
            self.order += 1;
            self.under_way.insert((nanos(complete + delay), self.order), sent.clone());
        }
    }
}

fn nanos(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}

pub fn tone(hz: f64, amplitude: f64) -> impl Fn(u64) -> f32 {
    move |i| (amplitude * (core::f64::consts::TAU * hz * i as f64 / RATE).sin()) as f32
}

/// A tone burst of 10 ms at each second, in silence: its start can be found to within a millisecond.
pub fn clicks(i: u64) -> f32 {
    if i % 48_000 < 480 { tone(1000.0, 0.5)(i) } else { 0.0 }
}

/// Finds the clicks in sound that began at `start` seconds: when each was heard.
pub fn find_clicks(sound: &[f32], start: f64) -> Vec<f64> {
    let mut found = Vec::new();
    let mut quiet = 4800;
    for (i, x) in sound.iter().enumerate() {
        if x.abs() > 0.1 {
            if quiet >= 4800 {
                found.push(start + i as f64 / RATE);
            }
            quiet = 0;
        } else {
            quiet += 1;
        }
    }
    found
}

/// The part of the power that is not the tone of `hz`, in dB, fitted in blocks of 20 ms in which its amplitude, phase
/// and frequency are free: a slow change of pitch is no distortion.
pub fn residue_db(sound: &[f32], hz: f64) -> f64 {
    let (mut all, mut rest) = (0.0, 0.0);
    for block in sound.chunks_exact(960) {
        let (power, without) = fit(block, hz);
        all += power;
        rest += without;
    }
    10.0 * (rest / all).log10()
}

/// Power of a block, and what is left of it when its best tone near `hz` is taken out.
pub fn fit(block: &[f32], hz: f64) -> (f64, f64) {
    let omega = core::f64::consts::TAU * hz / RATE;
    let middle = block.len() as f64 / 2.0;
    let basis = |f: fn(f64, f64) -> f64| -> Vec<f64> {
        (0..block.len()).map(|i| f(omega * i as f64, i as f64 / middle - 1.0)).collect()
    };
    let mut rest: Vec<f64> = block.iter().map(|x| f64::from(*x)).collect();
    let power = dot(&rest, &rest);
    let mut orthogonal: Vec<Vec<f64>> = Vec::new();
    for mut v in [basis(|p, _| p.sin()), basis(|p, _| p.cos()), basis(|p, t| t * p.sin()), basis(|p, t| t * p.cos())] {
        for u in &orthogonal {
            subtract(&mut v, u);
        }
        subtract(&mut rest, &v);
        orthogonal.push(v);
    }
    (power, dot(&rest, &rest))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn subtract(from: &mut [f64], part: &[f64]) {
    let scale = dot(from, part) / dot(part, part);
    from.iter_mut().zip(part).for_each(|(x, u)| *x -= scale * u);
}

/// The greatest step between neighbouring samples.
pub fn steepest(sound: &[f32]) -> f32 {
    sound.windows(2).fold(0.0, |worst, pair| worst.max((pair[1] - pair[0]).abs()))
}
