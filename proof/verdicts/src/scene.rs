//! One event as its server counts it, minute by minute: people and what they do, put through the sketches that the server has.
//!
//! What people do follows published measurements where there are any; each constant says whose. The rest follows from our own
//! player: a page makes three to six connections, a player of LL-HLS asks some ten times a second.

use std::net::{IpAddr, Ipv4Addr};

use hustings_evidence::{Arrival, Count, EventKey, Features, Gauge, Gauges, Sketch};

use crate::dice::Dice;

/// Subscribers behind one address of a carrier: where each is given 1,024 ports (RFC 7422, section 3, uses such blocks), an address
/// with 64,512 has 63.
pub(crate) const BEHIND_A_CARRIER: u64 = 63;
/// Kilobits a second that one listener takes: 64 and overhead.
const KBIT_A_LISTENER: f64 = 72.0;
/// The line of the server in these scenes.
pub(crate) const LINE_KBIT: i64 = 1_000_000;
/// Arrivals a minute that the rehearsal carried.
const REHEARSED: f64 = 20_000.0;
/// Requests a minute of a player of LL-HLS with parts of 200 ms: a playlist and a part for each.
const HLS_REQUESTS: u64 = 600;

/// How people come and behave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct People {
    /// Of them, those who share addresses of carriers.
    pub(crate) carried: f64,
    /// All of them behind so few addresses, if not 0: a stadium, a school.
    pub(crate) addresses: u64,
    /// Of them, those who use LL-HLS.
    pub(crate) hls: f64,
    /// Kinds of clients among them.
    pub(crate) kinds: u64,
    /// How often each opens the page again in a minute.
    pub(crate) reloads: f64,
    /// Of those who come, who get sound.
    pub(crate) served: f64,
    /// Of those, who stay for half a minute. In a flash crowd short sessions grow with the rate of joining (Li and others, "An
    /// Empirical Study of Flash Crowd Dynamics in a P2P-Based Live Video Streaming System", GLOBECOM 2008).
    pub(crate) stays: f64,
    /// Of connections, those whose handshake is lost on a bad line.
    pub(crate) lost: f64,
    /// Of those who open the page, those who press listen.
    pub(crate) listens: f64,
    /// They come through a cache: it keeps a few connections, and what they ask for through it is not theirs one by one.
    pub(crate) passed_on: bool,
}

impl People {
    pub(crate) const USUAL: Self = Self {
        carried: 0.3,
        addresses: 0,
        hls: 0.2,
        kinds: 40,
        reloads: 0.2,
        served: 0.97,
        stays: 0.85,
        lost: 0.01,
        listens: 1.0,
        passed_on: false,
    };
}

/// An event under way.
pub(crate) struct Scene {
    pub(crate) dice: Dice,
    key: EventKey,
    before: Sketch,
    pub(crate) sketch: Sketch,
    pub(crate) gauges: Gauges,
    pub(crate) listening: f64,
    /// What attackers send, in kilobits a second.
    pub(crate) line_in: f64,
    arrived: f64,
    /// Pages that follow what happens.
    following: f64,
}

impl Scene {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut secret = [0; 16];
        secret[..8].copy_from_slice(&dice.next().to_le_bytes());
        Self {
            dice,
            key: EventKey::new(secret),
            before: Sketch::new(),
            sketch: Sketch::new(),
            gauges: Gauges::new(),
            listening: 0.0,
            line_in: 0.0,
            arrived: 0.0,
            following: 0.0,
        }
    }

    /// So many people come in this minute.
    pub(crate) fn people(&mut self, many: f64, how: &People) {
        let many = many.max(0.0).round() as u64;
        self.arrived += many as f64;
        let (mut connections, mut requests, mut following, mut asked) = (0, 0, 0, 0);
        for _ in 0..many {
            let from = self.address(how);
            let kind = self.kind(how.kinds);
            let views = 1 + u64::from(self.dice.is(how.reloads.fract())) + how.reloads as u64;
            let mine = views * (3 + self.dice.next() % 4);
            let asks = if self.dice.is(how.hls) { HLS_REQUESTS / 2 } else { 1 };
            asked += views * 8;
            (connections, requests, following) = (connections + mine, requests + asks, following + views);
            let times = u32::try_from(mine + asks + views * 8).unwrap_or(u32::MAX);
            // A kind of browser comes with its own TLS.
            self.sketch.arrive(&self.key, &Arrival { from, times, shape: Some(kind), tls: Some(kind / 2) });
        }
        if how.passed_on {
            (connections, asked, requests) = (30 + connections / 50, 0, requests / 50);
        }
        // What is lost between people and a cache is the cache's to count.
        let failed = self.dice.of(connections, how.lost);
        let served = self.dice.of(many, how.served * how.listens);
        let stay = self.dice.of(served, how.stays);
        let tickets = self.dice.of(many, how.listens);
        let resumed = (connections - failed) / 2;
        for (count, times) in [
            (Count::Connections, connections),
            (Count::TlsFailed, failed),
            (Count::TlsResumed, resumed),
            (Count::TlsFull, connections - failed - resumed),
            (Count::Tickets, tickets),
            (Count::Requests, requests),
            (Count::Playlists, requests / 2),
            (Count::Asked, asked),
            (Count::Came30s, served),
            (Count::FirstAudio, served),
            (Count::Dwell30s, stay),
            (Count::GateAdmitted, served),
            (Count::Following, following),
        ] {
            self.sketch.count(count, times);
        }
        // Who was listening already and uses LL-HLS goes on asking.
        let asking = (self.listening * how.hls) as u64 * HLS_REQUESTS;
        self.sketch.count(Count::Requests, asking);
        self.sketch.count(Count::Playlists, asking / 2);
        // A few vanish on every line, and a few pages are asked for badly.
        let vanish = self.dice.of(self.listening as u64, 0.004);
        self.sketch.count(Count::Vanished, vanish);
        let odd = self.dice.of(connections, 0.002);
        self.sketch.count(Count::AbuseHeads, odd);
        self.listening += stay as f64 * 0.97 - vanish as f64;
        self.following += many as f64 * 0.9;
    }

    /// So many machines of an attacker each make so many arrivals and look alike.
    pub(crate) fn machines(&mut self, many: u64, times: u64, kinds: u64, shape: bool) {
        for _ in 0..many {
            // Machines of a botnet stand all over the network: 5,256 addresses in 132 countries (Google Cloud, "How Google Cloud
            // blocked the largest Layer 7 DDoS attack at 46 million rps", August 2022).
            let from = IpAddr::V4(Ipv4Addr::from_bits(self.dice.next() as u32));
            let kind = Some(1_000_000 + self.dice.next() % kinds);
            let times = u32::try_from(times).unwrap_or(u32::MAX);
            let arrival = Arrival { from, times, shape: kind.filter(|_| shape), tls: kind };
            self.sketch.arrive(&self.key, &arrival);
        }
    }

    /// The minute ends; it was so far from the announced start, if one was announced.
    pub(crate) fn minute(&mut self, from_start: Option<i64>) -> Features {
        let out = self.listening * KBIT_A_LISTENER;
        let inward = self.arrived * 3.0 + self.listening * 4.0 + self.line_in;
        let busy = 20.0 + self.listening / 200.0 + self.arrived / 60.0;
        let cpu = self.dice.between(busy, busy * 1.5).min(930.0);
        let delay = self.dice.lognormal(300.0, 0.8);
        let (out, inward) = (out as i64, inward as i64);
        let full = |kbit: i64| if kbit * 10 > LINE_KBIT * 9 { 60 } else { 0 };
        let usual = [
            (Gauge::Listening, self.listening as i64),
            (Gauge::FollowingNow, self.following as i64),
            (Gauge::LineOut, out.min(LINE_KBIT)),
            (Gauge::LineIn, inward.min(LINE_KBIT)),
            (Gauge::LineRate, LINE_KBIT),
            (Gauge::LineInFull, full(inward)),
            (Gauge::LineOutFull, full(out)),
            (Gauge::Cpu, cpu as i64),
            (Gauge::QueueDelay, delay as i64),
            (Gauge::LateTicks, self.dice.scale(0.5, 6.0) as i64),
            (Gauge::Descriptors, (self.listening / 20.0) as i64 + 10),
            (Gauge::Load, (self.arrived * 1000.0 / REHEARSED) as i64),
            (Gauge::Retransmitted, self.dice.lognormal(6.0, 0.6) as i64),
            (Gauge::SiteHealth, 1000),
            (Gauge::StageHealth, 1000),
            (Gauge::AudienceHealth, 1000),
        ];
        let mut gauges = std::mem::take(&mut self.gauges);
        for (gauge, value) in usual {
            gauges.entry(gauge).or_insert(value);
        }
        if let Some(minutes) = from_start {
            gauges.insert(Gauge::StartDistance, minutes.abs());
        }
        let features = Features::of(&self.sketch, &self.before, &gauges);
        self.before.merge(&self.sketch);
        self.sketch = Sketch::new();
        (self.arrived, self.line_in) = (0.0, 0.0);
        features
    }

    fn address(&mut self, how: &People) -> IpAddr {
        // Networks are as unequal as access providers are: a few bring most.
        let network = self.dice.scale(1.0, 60_000.0) as u32;
        let host = if how.addresses > 0 {
            (self.dice.next() % how.addresses) as u32
        } else if self.dice.is(how.carried) {
            // So few addresses of a network that as many share one as a carrier lets.
            network / BEHIND_A_CARRIER as u32 % 4
        } else {
            self.dice.next() as u32 % 254
        };
        let network = if how.addresses > 0 { 7 } else { network };
        IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + (network << 8) + host))
    }

    fn kind(&mut self, kinds: u64) -> u64 {
        // The newest version of the commonest browser has a third; the rest falls off by Zipf's law.
        self.dice.scale(1.0, kinds as f64 + 1.0) as u64
    }
}
