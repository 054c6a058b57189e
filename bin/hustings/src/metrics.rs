//! What `/metrics`, `/healthz` and `/readyz` say, read from the counters of every room.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_ingest::gate::Refusal;
use hustings_ingest::{Listeners, WebRtc};
use hustings_link::hall::{Counts, Halls, Tier};
use hustings_link::misuse::Misuse;
use hustings_studio::{FATES, LATENESS_BOUNDS_US, Studio};
use hustings_vocab::{Rendition, SAMPLE_RATE};
use hustings_web::{Edges, Gauges, Health, Histogram};

use crate::counters;
use crate::gatehouse::Gatehouse;
use crate::hub::Hub;

/// Everything that is measured.
pub(crate) struct Meters {
    pub(crate) studio: Arc<Studio>,
    pub(crate) halls: Arc<Halls>,
    pub(crate) stage: WebRtc,
    /// The audience's, where this process serves it.
    pub(crate) audience: Option<Listeners>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) gate: Arc<Gatehouse>,
    /// How often an edge was started again.
    pub(crate) restarts: Arc<AtomicU64>,
    pub(crate) started: Instant,
}

impl Meters {
    /// The document for Prometheus.
    pub(crate) fn render(&self) -> String {
        let studio = self.studio.stats().now();
        let stage = self.stage.stats();
        let audience = self.audience.as_ref().map_or_else(|| self.hub.counters(), counters::of_this_process);
        let of_audience = |names: &[_]| counters::labelled(&audience, names);
        let halls = self.halls.all();
        let mut phases: BTreeMap<_, u64> = ["lobby", "live", "held", "ended"].map(|p| (p, 0)).into();
        for hall in &halls {
            *phases.entry(hall.phase().name()).or_default() += 1;
        }
        let counts = halls.iter().map(|h| h.attendance.whole()).fold(Counts::NONE, Counts::and);
        let buckets = LATENESS_BOUNDS_US.iter().zip(studio.lateness).map(|(us, n)| (*us as f64 / 1e6, n)).collect();
        // Where edges serve the audience, what came to the pages is counted here.
        let own = |kind: Misuse| if self.audience.is_none() { kind.counted() } else { 0 };
        let misuse = |kind: Misuse| counters::of(&audience, kind.counter()) + own(kind);
        let dropped = |reason: Refusal| counters::of(&audience, &counters::dropped(reason));
        Gauges {
            conversations: phases.into_iter().collect(),
            speakers: studio.speakers,
            listeners: Tier::ALL.map(|t| (t.name(), counts.seen[t as usize])).to_vec(),
            listeners_sampled: vec![
                ("pages", counts.sampled.pages),
                ("low", counts.sampled.low),
                ("high", counts.sampled.high),
            ],
            here_reports: of_audience(&counters::REPORTS),
            hls_requests: of_audience(&counters::HLS),
            tick_lateness: Histogram {
                buckets,
                above: studio.lateness[LATENESS_BOUNDS_US.len()],
                sum: studio.lateness_sum_us as f64 / 1e6,
            },
            ticks_skipped: studio.skipped_ticks,
            line_packets: FATES.into_iter().zip(studio.packets).collect(),
            concealed_seconds: studio.concealed_samples as f64 / f64::from(SAMPLE_RATE),
            left_out_seconds: studio.left_out_samples as f64 / f64::from(SAMPLE_RATE),
            bytes_sent: of_audience(&counters::BYTES).into_iter().chain([("stage", stage.bytes_out)]).collect(),
            streams_begun: of_audience(&counters::STREAMS),
            handshakes: of_audience(&counters::HANDSHAKES),
            encode_seconds: Rendition::ALL.map(|r| (r, studio.encode_ns[r.index()] as f64 / 1e9)).to_vec(),
            datagrams_dropped: (Refusal::ALL.map(|r| ("stage", r.name(), stage.dropped_for(r))).into_iter())
                .chain(Refusal::ALL.map(|r| ("audience", r.name(), dropped(r))))
                .collect(),
            whep_packets: of_audience(&counters::WHEP_PACKETS),
            whep_reports: counters::of(&audience, counters::WHEP_REPORTS),
            whep_reported_loss: counters::of(&audience, counters::WHEP_REPORTED_LOST) as f64 / 256.0,
            audience_connections: of_audience(&counters::CONNECTIONS),
            audience_closed: of_audience(&counters::CLOSED),
            misuse: Misuse::ALL.map(|kind| (kind.name(), misuse(kind))).to_vec(),
            gate: self.gate.decided().to_vec(),
            skips: counters::of(&audience, counters::SKIPS),
            cold_starts: counters::of(&audience, counters::COLD_STARTS),
            unavailable: counters::of(&audience, counters::UNAVAILABLE),
            edges: Edges {
                serving: *self.hub.serving().borrow() as u64,
                restarts: self.restarts.load(Relaxed),
                cut_off: self.hub.cut_off(),
            },
            link_dropped: studio.dropped,
            uptime_seconds: self.started.elapsed().as_secs_f64(),
        }
        .render()
    }
}

/// Ticks that stand still for this long are a dead studio.
const STUCK: Duration = Duration::from_secs(5);

/// A server for whose audience no process serves for this long is dead to it.
const NOBODY_SERVES: Duration = Duration::from_secs(30);

/// Whether the house works.
pub(crate) struct HouseHealth {
    studio: Arc<Studio>,
    draining: Arc<AtomicBool>,
    /// Ticks done when they last moved, and when that was.
    moved: Mutex<(u64, Instant)>,
    /// Where edges serve the audience: who knows them, and when one was last seen to serve.
    edges: Option<(Arc<Hub>, Mutex<Instant>)>,
}

impl HouseHealth {
    pub(crate) fn new(studio: Arc<Studio>, draining: Arc<AtomicBool>, edges: Option<Arc<Hub>>) -> Self {
        let now = Instant::now();
        Self { studio, draining, moved: Mutex::new((0, now)), edges: edges.map(|hub| (hub, Mutex::new(now))) }
    }

    /// How long nobody has served the audience, as far as it was asked.
    fn unserved(&self) -> Duration {
        let Some((hub, seen)) = &self.edges else { return Duration::ZERO };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *hub.serving().borrow() > 0 {
            *seen = Instant::now();
            return Duration::ZERO;
        }
        seen.elapsed()
    }
}

impl Health for HouseHealth {
    fn alive(&self) -> Result<(), String> {
        let now = self.studio.stats().now();
        let ticks: u64 = now.lateness.iter().sum();
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        if ticks != moved.0 || now.conversations == 0 {
            *moved = (ticks, Instant::now());
        }
        if moved.1.elapsed() > STUCK {
            return Err(format!("no tick was mixed for {} s", moved.1.elapsed().as_secs()));
        }
        let unserved = self.unserved();
        if unserved > NOBODY_SERVES {
            return Err(format!("no process serves the audience for {} s", unserved.as_secs()));
        }
        Ok(())
    }

    fn ready(&self) -> Result<(), String> {
        if self.draining.load(Relaxed) {
            return Err("the server is ending its streams and will stop".into());
        }
        if self.unserved() > Duration::ZERO {
            return Err("no process serves the audience yet".into());
        }
        self.alive()
    }
}
