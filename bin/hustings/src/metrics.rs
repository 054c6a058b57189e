//! What `/metrics`, `/healthz` and `/readyz` say, read from the counters of every room.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_ingest::WebRtc;
use hustings_link::hall::{Counts, Halls, Tier};
use hustings_studio::{FATES, LATENESS_BOUNDS_US, Studio};
use hustings_vocab::{Rendition, SAMPLE_RATE};
use hustings_web::{Gauges, Health, Histogram};

/// Everything that is measured.
pub(crate) struct Meters {
    pub(crate) studio: Arc<Studio>,
    pub(crate) halls: Arc<Halls>,
    pub(crate) stage: WebRtc,
    pub(crate) audience: WebRtc,
    pub(crate) started: Instant,
}

impl Meters {
    /// The document for Prometheus.
    pub(crate) fn render(&self) -> String {
        let studio = self.studio.stats().now();
        let (stage, audience) = (self.stage.stats(), self.audience.stats());
        let halls = self.halls.all();
        let mut phases: BTreeMap<_, u64> = ["lobby", "live", "held", "ended"].map(|p| (p, 0)).into();
        for hall in &halls {
            *phases.entry(hall.phase().name()).or_default() += 1;
        }
        let counts = halls.iter().map(|h| h.attendance.counts()).fold(Counts::NONE, Counts::and);
        let buckets = LATENESS_BOUNDS_US.iter().zip(studio.lateness).map(|(us, n)| (*us as f64 / 1e6, n)).collect();
        let fanout = hustings_fanout::stats();
        Gauges {
            conversations: phases.into_iter().collect(),
            speakers: studio.speakers,
            listeners: Tier::ALL.map(|t| (t.name(), counts.seen[t as usize])).to_vec(),
            listeners_sampled: vec![
                ("pages", counts.sampled.pages),
                ("low", counts.sampled.low),
                ("high", counts.sampled.high),
            ],
            here_reports: fanout.reports(),
            hls_requests: fanout.hls_requests(),
            tick_lateness: Histogram {
                buckets,
                above: studio.lateness[LATENESS_BOUNDS_US.len()],
                sum: studio.lateness_sum_us as f64 / 1e6,
            },
            ticks_skipped: studio.skipped_ticks,
            line_packets: FATES.into_iter().zip(studio.packets).collect(),
            concealed_seconds: studio.concealed_samples as f64 / f64::from(SAMPLE_RATE),
            left_out_seconds: studio.left_out_samples as f64 / f64::from(SAMPLE_RATE),
            bytes_sent: vec![
                ("stream", fanout.bytes_sent(Tier::Stream) + hustings_engine::stats().bytes_sent()),
                ("hls", fanout.bytes_sent(Tier::Hls)),
                ("whep", audience.bytes_out),
                ("events", fanout.event_bytes_sent()),
                ("stage", stage.bytes_out),
            ],
            encode_seconds: Rendition::ALL.map(|r| (r, studio.encode_ns[r.index()] as f64 / 1e9)).to_vec(),
            datagrams_dropped: [("stage", &stage), ("audience", &audience)]
                .into_iter()
                .flat_map(|(plane, stats)| stats.dropped.iter().map(move |(why, n)| (plane, *why, *n)))
                .collect(),
            link_dropped: studio.dropped,
            uptime_seconds: self.started.elapsed().as_secs_f64(),
        }
        .render()
    }
}

/// Ticks that stand still for this long are a dead studio.
const STUCK: Duration = Duration::from_secs(5);

/// Whether the house works.
pub(crate) struct HouseHealth {
    studio: Arc<Studio>,
    draining: Arc<AtomicBool>,
    /// Ticks done when they last moved, and when that was.
    moved: Mutex<(u64, Instant)>,
}

impl HouseHealth {
    pub(crate) fn new(studio: Arc<Studio>, draining: Arc<AtomicBool>) -> Self {
        Self { studio, draining, moved: Mutex::new((0, Instant::now())) }
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
        Ok(())
    }

    fn ready(&self) -> Result<(), String> {
        if self.draining.load(Relaxed) {
            return Err("the server is ending its streams and will stop".into());
        }
        self.alive()
    }
}
