//! What is read off the server once a second and once a minute: counters as differences, gauges as they are.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use hustings_evidence::{Count, Gauge, Gauges, Sketch};
use hustings_ingest::gate::Refusal;
use hustings_link::edge::Counters;
use hustings_link::misuse::ASKED_COUNTER;
use hustings_studio::{LATENESS_BOUNDS_US, StatsNow};

use super::Seen;
use super::system::System;
use super::turns::Turns;
use crate::counters;

/// A tick that is later than a frame is heard.
const LATE_US: u64 = 20_000;

/// What there was at the last look.
pub(super) struct Watch {
    counters: Counters,
    studio: StatsNow,
    restarts: u64,
    system: System,
    site: Turns,
    seconds: i64,
    site_seconds: i64,
    stage_seconds: i64,
    audience_seconds: i64,
    ticks: u64,
    /// Listeners at the last look, and how many have come since the minute began, going by how many more there were.
    listening: u64,
    joined: u64,
    clock: (i64, i64),
    pub(super) log_faults: i64,
    /// Announced starts of what is open, in seconds since 1970.
    pub(super) starts: BTreeMap<String, i64>,
}

impl Watch {
    pub(super) fn begin(seen: &Seen, site: Turns) -> Self {
        Self {
            counters: counted(seen),
            studio: seen.studio.stats().now(),
            restarts: seen.restarts.load(Relaxed),
            system: System::begin(seen.line_kbit),
            site,
            seconds: 0,
            site_seconds: 0,
            stage_seconds: 0,
            audience_seconds: 0,
            ticks: 0,
            listening: 0,
            joined: 0,
            clock: (0, 0),
            log_faults: 0,
            starts: BTreeMap::new(),
        }
    }

    /// Once a second. `drift` is by how much the system's clock has been set since the evening began, in milliseconds.
    pub(super) fn second(&mut self, seen: &Seen, listening: u64, drift: i64) {
        self.seconds += 1;
        self.site_seconds += i64::from(self.site.look());
        self.joined += listening.saturating_sub(self.listening);
        self.listening = listening;
        let studio = seen.studio.stats().now();
        let ticks = studio.lateness.iter().sum();
        // A stage on which nobody is has nothing to do.
        self.stage_seconds += i64::from(ticks != self.ticks || studio.conversations == 0);
        self.ticks = ticks;
        self.audience_seconds += i64::from(seen.audience.is_some() || *seen.hub.serving().borrow() > 0);
        let (last, most) = self.clock;
        self.clock = (drift, most.max((drift - last).abs()));
        self.system.second(listening);
    }

    /// The gauges of a minute that is over. Its counts go into the sketch.
    pub(super) fn minute(
        &mut self,
        seen: &Seen,
        sketch: &mut Sketch,
        listening: u64,
        refused: u64,
        minute: i64,
    ) -> Gauges {
        let now = counted(seen);
        let before = std::mem::replace(&mut self.counters, now);
        let more = |name: &str| counters::of(&self.counters, name).saturating_sub(counters::of(&before, name));
        let sum = |prefix: &str| {
            let names = self.counters.keys().filter(|name| name.starts_with(prefix));
            names.map(|name| more(name)).sum::<u64>()
        };
        let streams = more("streams.clear") + more("streams.tls");
        for (count, times) in [
            (Count::Connections, more("connections.accepted")),
            (Count::ConnectionsRefused, more("connections.refused")),
            (Count::TlsFull, more("handshakes.full")),
            (Count::TlsResumed, more("handshakes.resumed")),
            (Count::TlsFailed, more("handshakes.failed")),
            (Count::Asked, more(ASKED_COUNTER)),
            (Count::Requests, streams + sum("hls.")),
            // A player of HLS asks for the beginning of each rendition once. Other tiers are seen as listeners who are more.
            (Count::FirstAudio, (streams + more("hls.init")).max(self.joined)),
            (Count::Following, more(counters::READERS)),
            // Some are ended for it, others end by themselves before that.
            (Count::AbuseStalled, more("closed.stalled") + more("closed.unread")),
            (Count::Playlists, more("hls.playlist") + more("hls.multivariant")),
            (Count::Came30s, more(counters::CAME)),
            (Count::Dwell30s, more(counters::STAYED)),
            (Count::AbuseDatagrams, sum("dropped.")),
            (Count::Vanished, more("closed.silent")),
            (Count::Unavailable, more(counters::UNAVAILABLE)),
            (Count::Tickets, more("gate.tickets")),
            (Count::ChallengesPassed, more("challenges.passed")),
            (Count::ChallengesFailed, more("challenges.failed")),
            (Count::AbuseHttp2, more("abuse.http2")),
            (Count::AbuseHeads, more("abuse.heads")),
            (Count::AbuseBodies, more("abuse.bodies")),
            (Count::AbuseUploads, more("abuse.uploads")),
            // Reports that one address makes too often would be listeners who are not there.
            (Count::AbuseApi, more("abuse.api") + more("here.left_out")),
            (Count::GateAdmitted, more("gate.admitted")),
            (Count::GateSteppedDown, more("gate.stepped_down")),
            (Count::GateWaiting, more("gate.waiting")),
            (Count::GateRefused, more("gate.refused") + refused),
            (Count::GateChallenged, more("gate.challenged")),
            (Count::GateDropped, more("connections.yielded") + more("gate.dropped")),
        ] {
            sketch.count(count, times);
        }
        let studio = seen.studio.stats().now();
        let was = std::mem::replace(&mut self.studio, studio);
        let late = |of: &StatsNow| {
            let at = LATENESS_BOUNDS_US.iter().position(|bound| *bound > LATE_US).unwrap_or(LATENESS_BOUNDS_US.len());
            of.lateness[at..].iter().sum::<u64>()
        };
        let ticks = |of: &StatsNow| of.lateness.iter().sum::<u64>();
        let grown = |now: u64, was: u64| now.saturating_sub(was) as i64;
        let new_ticks = grown(ticks(&self.studio), ticks(&was)).max(1);
        let restarts = seen.restarts.load(Relaxed);
        let of_all = |seconds: i64| seconds * 1000 / self.seconds.max(1);
        let of = |name: &str| counters::of(&self.counters, name);
        let following = of(counters::READERS).saturating_sub(of(counters::READERS_GONE));
        let mut gauges = self.system.minute();
        gauges.extend([
            (Gauge::Listening, listening as i64),
            (Gauge::FollowingNow, following as i64),
            (Gauge::QueueDelay, grown(self.studio.lateness_sum_us, was.lateness_sum_us) / new_ticks),
            (Gauge::LateTicks, grown(late(&self.studio), late(&was))),
            (Gauge::Drops, grown(self.studio.dropped, was.dropped)),
            (Gauge::Restarts, grown(restarts, self.restarts)),
            (Gauge::SiteHealth, of_all(self.site_seconds)),
            (Gauge::StageHealth, of_all(self.stage_seconds)),
            (Gauge::AudienceHealth, of_all(self.audience_seconds)),
            (Gauge::ClockStep, self.clock.1),
            (Gauge::LogFaults, self.log_faults),
            (Gauge::GateLevel, counters::of(&self.counters, "gate.level") as i64),
        ]);
        // Who heard something, and who was told to wait or to come again: those are who came.
        let came = [Count::FirstAudio, Count::GateWaiting, Count::GateRefused]
            .map(|count| sketch.of(count))
            .iter()
            .sum::<u64>();
        if let Some(carried) = seen.gate.rehearsed().map(|rehearsed| rehearsed.joins_per_minute).filter(|n| *n > 0) {
            gauges.insert(Gauge::Load, came as i64 * 1000 / carried);
        }
        if let Some(distance) = self.starts.values().map(|start| (start.div_euclid(60) - minute).abs()).min() {
            gauges.insert(Gauge::StartDistance, distance);
        }
        (self.restarts, self.log_faults, self.clock.1, self.joined) = (restarts, 0, 0, 0);
        (self.seconds, self.site_seconds, self.stage_seconds, self.audience_seconds) = (0, 0, 0, 0);
        gauges
    }
}

/// All counters of all processes: those of the audience, of the pages where they are another process's, of the stage's sockets
/// and of the gate.
fn counted(seen: &Seen) -> Counters {
    let audience = seen.audience.as_ref().map(counters::of_this_process);
    let mut all = audience.unwrap_or_else(|| {
        let mut edges = seen.hub.counters();
        counters::of_pages().into_iter().for_each(|(name, count)| *edges.entry(name).or_default() += count);
        edges
    });
    let stage = seen.stage.stats();
    for reason in Refusal::ALL {
        *all.entry(counters::dropped(reason)).or_default() += stage.dropped_for(reason);
    }
    all.extend(seen.gate.counted().map(|(name, count)| (name.to_owned(), count)));
    all
}
