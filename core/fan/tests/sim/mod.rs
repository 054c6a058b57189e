//! The simulated evening: the clock, the stage, the audience and its network, all from one seed.

mod ear;

use std::collections::HashMap;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_fan::{Beginning, Container, Facts, Framing, Joining, Key, Outcome, Over, Reel, Shard, Taken};
use hustings_pack::{Part, Window};
use hustings_vocab::{MediaTime, Rendition};

use ear::Ear;

/// Parts that can still be asked for. Small, so that slow readers are left behind.
const PARTS_MAX: usize = 40;
const PART_MS: u64 = 192;
const STEP_MS: u64 = 5;
const HEAD: &[u8] = b"head";

/// Chance from a seed (xorshift).
pub struct Chance(u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// One listener's connection.
pub struct Wire {
    number: u64,
    ear: Ear,
    /// Bytes that the network has room for.
    room: usize,
    room_max: usize,
    /// Bytes that the client takes in a step.
    rate: usize,
    /// The client takes nothing until then.
    stalled_until: u64,
    /// Told that there is no room.
    full: bool,
    took_at: u64,
    broken: bool,
    never_full: bool,
    /// Bytes of text in a record, over a network that takes nothing but whole records; none where it takes bytes.
    record_max: Option<usize>,
    /// The text of the record that is under way, and how much of it has gone.
    under_way: Option<(Vec<u8>, usize)>,
}

pub struct World {
    seed: u64,
    chance: Chance,
    start: Instant,
    now_ms: u64,
    shard: Shard<Wire>,
    crowd: bool,
    container: Container,
    channels: [Key; 2],
    window: Window,
    next: u64,
    published: HashMap<u64, u64>,
    keys: Vec<Key>,
    joined: u64,
    jumps: u64,
    ended: u64,
    stalled: u64,
}

/// A part whose bytes say which it is; the same in every run.
fn part(rendition: usize, number: u64) -> Arc<Part> {
    let length = 40 + (number * 7919 + rendition as u64 * 104_729) % 900;
    let mut raw = vec![b'P', rendition as u8];
    raw.extend(number.to_be_bytes());
    raw.extend((length as u16).to_be_bytes());
    raw.resize(length as usize, number as u8);
    let raw = Bytes::from(raw);
    let start = MediaTime(number * PART_MS * 48);
    Arc::new(Part { number, start, samples: 9216, cmaf: raw.clone(), raw, discontinuity: false })
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let start = Instant::now();
        let crowd = chance.below(2) == 0;
        let container = [Container::Mp4, Container::Ogg][chance.below(2) as usize];
        let mut shard = Shard::new(start, if crowd { 1 } else { usize::MAX });
        let channels = [Rendition::Opus96, Rendition::Opus48].map(|r| shard.open(Reel::new(r, container, PARTS_MAX)));
        let next = chance.below(1000);
        Self {
            seed,
            chance,
            start,
            now_ms: 0,
            shard,
            crowd,
            container,
            channels,
            window: Window::new(PARTS_MAX, 0),
            next,
            published: HashMap::new(),
            keys: Vec::new(),
            joined: 0,
            jumps: 0,
            ended: 0,
            stalled: 0,
        }
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.now_ms)
    }

    /// Runs it; says how many parts were skipped and how many listeners were closed because they took nothing.
    pub fn evening(mut self) -> (u64, u64) {
        (0..30).for_each(|_| self.publish());
        let mut part_at = 0;
        while self.now_ms < 70_000 {
            self.now_ms += STEP_MS;
            if self.now_ms >= part_at {
                part_at += PART_MS;
                match self.chance.below(400) {
                    // The rendition was cold for a while.
                    0 => self.next += 1 + self.chance.below(30),
                    // A thread was held up: parts come together.
                    1 => part_at += 1000,
                    _ => {}
                }
                while part_at > PART_MS && self.published.len() < ((self.now_ms / PART_MS) as usize + 30) {
                    self.publish();
                }
            }
            if self.chance.below(100) == 0 && self.joined < 40 {
                self.join();
            }
            self.network();
            self.serve();
            self.watch();
        }
        for channel in self.channels {
            self.shard.publish(channel, Reel::end);
        }
        self.window.end();
        // Everybody who still takes bytes hears the end.
        for _ in 0..100_000 {
            if self.keys.is_empty() {
                break;
            }
            self.now_ms += STEP_MS;
            for channel in self.channels {
                self.shard.publish(channel, |_| ());
            }
            self.network();
            self.serve();
            self.watch();
        }
        assert!(self.keys.is_empty(), "seed {}: somebody never ends", self.seed);
        assert!(self.ended > 0, "seed {}", self.seed);
        let skips = self.shard.take_tally().skips;
        assert!(self.jumps <= skips, "seed {}: {} jumps, {skips} counted", self.seed, self.jumps);
        for channel in self.channels {
            assert_eq!(self.shard.listening(channel), 0, "seed {}", self.seed);
        }
        (self.jumps, self.stalled)
    }

    fn publish(&mut self) {
        for (rendition, channel) in self.channels.into_iter().enumerate() {
            let part = part(rendition, self.next);
            self.shard.publish(channel, |reel| reel.push(&part));
        }
        self.window.push(part(0, self.next));
        self.published.insert(self.next, self.now_ms);
        self.next += 1;
    }

    fn join(&mut self) {
        let framing = [Framing::Chunked, Framing::UntilClose][self.chance.below(2) as usize];
        let burst_samples = self.chance.below(6) * 48_000;
        let room_max = [200, 2000, 100_000][self.chance.below(3) as usize];
        let rendition = self.chance.below(2) as usize;
        let never_full = room_max == 100_000 && self.chance.below(2) == 0;
        let wire = Wire {
            number: self.joined,
            ear: Ear::new(framing, HEAD.len(), self.window.beginning(burst_samples)),
            room: room_max,
            room_max,
            // From a third of what the sound needs to far more.
            rate: if never_full { room_max } else { 5 + self.chance.below(60) as usize },
            stalled_until: 0,
            full: false,
            took_at: self.now_ms,
            broken: false,
            never_full,
            record_max: [None, Some(300), Some(16_384)][self.chance.below(3) as usize],
            under_way: None,
        };
        let head = framing.frame(HEAD);
        let now = self.now();
        let channel = self.channels[rendition];
        let begins = Beginning::Burst(burst_samples);
        let key = self.shard.join(Joining { held: wire, channel, framing, begins, head }, now);
        self.joined += 1;
        self.keys.push(key);
        self.deliver(key);
    }

    /// What the network and the clients do in a step, and whom the shell is told about.
    fn network(&mut self) {
        for key in self.keys.clone() {
            match self.chance.below(20_000) {
                0 => {
                    let to = self.channels[self.chance.below(2) as usize];
                    self.shard.turn(key, to);
                }
                1..4 => {
                    let until = self.now_ms + self.chance.below(45_000);
                    self.wire(key, |w| w.stalled_until = if w.never_full { 0 } else { until });
                }
                4 => {
                    self.wire(key, |w| w.broken = true);
                }
                _ => {}
            }
            let now = self.now_ms;
            let has_room = self.wire(key, |w| {
                if now >= w.stalled_until {
                    w.room = w.room_max.min(w.room + w.rate);
                }
                w.full && w.room > 0
            });
            if has_room {
                self.deliver(key);
            }
        }
    }

    /// Changes a wire; the shard hands it out only to be written to.
    fn wire<R>(&mut self, key: Key, change: impl FnOnce(&mut Wire) -> R) -> R {
        change(self.shard.held_mut(key).unwrap())
    }

    fn serve(&mut self) {
        let mut due = Vec::new();
        self.shard.due(self.now(), &mut due);
        for key in due {
            assert!(!self.shard.held(key).unwrap().full, "seed {}: who waits for room is not due", self.seed);
            self.deliver(key);
        }
    }

    fn deliver(&mut self, key: Key) {
        let (now, now_ms, together) = (self.now(), self.now_ms, self.chance.below(2) == 0);
        let (window, jumps, seed, chance) = (&self.window, &mut self.jumps, self.seed, &mut self.chance);
        let mut write = |wire: &mut Wire, slices: &[IoSlice<'_>]| {
            write(wire, slices, now_ms, chance, |missed| {
                assert!(window.parts().front().is_some_and(|oldest| missed < oldest.number), "seed {seed}: {missed}");
                *jumps += 1;
            })
        };
        // As many at once are sent to: what lies in one piece is taken out, and the answer comes back.
        let first = if together { self.shard.prepare(key) } else { None };
        let slice = self.shard.slice(key).filter(|_| together && first.is_none()).map(|(_, bytes)| bytes.to_vec());
        let outcome = match (first, slice) {
            (Some(outcome), _) => Some(outcome),
            (None, Some(bytes)) => {
                let taken = write(self.shard.held_mut(key).unwrap(), &[IoSlice::new(&bytes)]);
                self.shard.took(key, now, taken)
            }
            (None, None) => None,
        };
        let outcome = outcome.unwrap_or_else(|| self.shard.deliver(key, now, write));
        match outcome {
            Outcome::Sent | Outcome::Blocked => {}
            Outcome::Behind => unreachable!("sound may be skipped"),
            Outcome::Broken => {
                assert!(self.shard.leave(key).unwrap().broken);
                self.keys.retain(|k| *k != key);
            }
            Outcome::Ended => {
                let wire = self.shard.leave(key).unwrap();
                self.keys.retain(|k| *k != key);
                assert!(self.window.ended());
                // Of one codec, renditions end alike.
                wire.ear.ended(&self.container.trailer(Rendition::Opus96, self.next));
                self.ended += 1;
            }
        }
    }

    fn watch(&mut self) {
        let mut found = Vec::new();
        self.shard.to_look_at(self.now(), &mut found);
        for key in found {
            let facts = Facts { unacked: 0, bytes_acked: 0 };
            let Err(over) = self.shard.looked(key, self.now(), Some(facts)) else { continue };
            let wire = self.shard.leave(key).unwrap();
            self.keys.retain(|k| *k != key);
            assert_eq!(over, Over::Stalled, "seed {}: listener {}", self.seed, wire.number);
            let silent_ms = self.now_ms - wire.took_at;
            assert!((30_000..32_000).contains(&silent_ms), "seed {}: closed after {silent_ms} ms", self.seed);
            self.stalled += 1;
        }
        // Who takes everything has everything, at once or on the cadence.
        let patience = if self.crowd { self.container.cadence().as_millis() as u64 + 10 } else { 0 };
        for key in &self.keys {
            let wire = self.shard.held(*key).unwrap();
            let silent_ms = self.now_ms - wire.took_at;
            assert!(silent_ms < 32_000 || !wire.full, "seed {}: {silent_ms} ms without a byte", self.seed);
            let can_be_had = self.window.parts().front().is_some_and(|oldest| wire.ear.next() >= oldest.number);
            if wire.never_full && can_be_had && !self.window.ended() {
                let waits_since = self.published.get(&wire.ear.next()).copied().unwrap_or(self.now_ms);
                let late = self.now_ms - waits_since;
                assert!(late <= patience + STEP_MS, "seed {}: part {} is {late} ms late", self.seed, wire.ear.next());
            }
        }
    }
}

/// The network takes what it has room for, and now and then less.
fn write(
    wire: &mut Wire,
    slices: &[IoSlice<'_>],
    now_ms: u64,
    chance: &mut Chance,
    mut jump: impl FnMut(u64),
) -> Taken {
    if wire.broken {
        return Taken::Broken;
    }
    let bytes = slices.iter().flat_map(|s| s.iter().copied());
    let (offered, gone) = match (wire.record_max, wire.under_way.take()) {
        (None, _) => (bytes.take(wire.room.max(1)).collect::<Vec<_>>(), 0),
        (Some(record_max), None) => (bytes.take(record_max).collect(), 0),
        (_, Some((text, gone))) => {
            let offered: Vec<_> = bytes.take(text.len()).collect();
            assert!(offered == text, "listener {}: a record that is under way was changed", wire.number);
            (offered, gone)
        }
    };
    assert!(!offered.is_empty(), "nothing is not written");
    let left = offered.len() - gone;
    let mut takes = left.min(wire.room);
    // Where records go, less than all means that there is no room for the rest.
    if takes > 0 && chance.below(8) == 0 && !(wire.never_full && wire.record_max.is_some()) {
        takes = 1 + chance.below(takes as u64) as usize;
    }
    wire.room -= takes;
    wire.full = takes == 0;
    if takes > 0 {
        wire.took_at = now_ms;
    }
    if wire.record_max.is_some() && takes < left {
        wire.full = true;
        if gone + takes > 0 {
            wire.under_way = Some((offered.clone(), gone + takes));
        }
        return if takes > 0 { Taken::Begun(offered.len()) } else { Taken::Full };
    }
    if takes == 0 {
        return Taken::Full;
    }
    let taken = if wire.record_max.is_some() { offered.len() } else { takes };
    wire.ear.hear(&offered[..taken], &mut jump);
    Taken::Bytes(taken)
}
