//! What one process says of itself at `/metrics`: a snapshot that the binary fills from the counters of its rooms.

use hustings_vocab::Rendition;

use crate::prometheus::{Kind, Text};

/// Numbers at one moment. An empty list leaves its metric without samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gauges {
    /// Conversations by the name of their phase.
    pub conversations: Vec<(&'static str, u64)>,
    /// WebRTC sessions on stage.
    pub speakers: u64,
    /// Listeners who receive sound now and are seen, by the name of their tier.
    pub listeners: Vec<(&'static str, u64)>,
    /// Pages that play HLS through a cache: `pages`, and `low` and `high` of the interval.
    pub listeners_sampled: Vec<(&'static str, u64)>,
    /// Reports of such pages, by what became of them.
    pub here_reports: Vec<(&'static str, u64)>,
    /// Requests of LL-HLS, by what they ask for.
    pub hls_requests: Vec<(&'static str, u64)>,
    /// How late ticks of the mixer began, in seconds.
    pub tick_lateness: Histogram,
    /// Ticks that were skipped because the machine had stood still.
    pub ticks_skipped: u64,
    /// Packets on the way from speakers, by what became of them.
    pub line_packets: Vec<(&'static str, u64)>,
    /// Seconds of speakers' sound that were made up in place of lost packets.
    pub concealed_seconds: f64,
    /// Seconds of pauses that were left out, because a sender was ahead of its own clock.
    pub left_out_seconds: f64,
    /// Bytes handed to sockets, by what they were for: a tier, `events` or `stage`.
    pub bytes_sent: Vec<(&'static str, u64)>,
    /// Endless streams that the audience's engine has begun: `clear` or over `tls`.
    pub streams_begun: Vec<(&'static str, u64)>,
    /// TLS handshakes of the audience's engine: `full`, `resumed` or `failed`.
    pub handshakes: Vec<(&'static str, u64)>,
    /// Seconds in the encoder of each rendition.
    pub encode_seconds: Vec<(Rendition, f64)>,
    /// Datagrams that a WebRTC plane dropped: the plane (`stage`, `audience`), the reason, how many.
    pub datagrams_dropped: Vec<(&'static str, &'static str, u64)>,
    /// Packets to WebRTC listeners that were not sent once and in time, by what became of them.
    pub whep_packets: Vec<(&'static str, u64)>,
    /// Receiver reports of WebRTC listeners.
    pub whep_reports: u64,
    /// The sum of the losses that they say, each as a fraction of the packets since the report before.
    pub whep_reported_loss: f64,
    /// Connections of the audience, by what became of them.
    pub audience_connections: Vec<(&'static str, u64)>,
    /// Connections of the audience that were closed on, by why.
    pub audience_closed: Vec<(&'static str, u64)>,
    /// Misuse that was met, in all processes, by kind.
    pub misuse: Vec<(&'static str, u64)>,
    /// What the gate has decided, by what.
    pub gate: Vec<(&'static str, u64)>,
    /// How often a stream listener fell behind and was moved forward.
    pub skips: u64,
    /// How often somebody waited for a rendition that nobody had listened to.
    pub cold_starts: u64,
    /// How often sound did not come in time.
    pub unavailable: u64,
    /// Processes of the audience plane beside this one.
    pub edges: Edges,
    /// Messages between the planes that did not fit their queue.
    pub link_dropped: u64,
    /// Seconds since the process started.
    pub uptime_seconds: f64,
}

/// Processes of the audience plane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edges {
    /// How many serve now.
    pub serving: u64,
    /// How often one was started again.
    pub restarts: u64,
    /// How often one fell behind and was cut off.
    pub cut_off: u64,
}

/// Counts in buckets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// Each bucket's upper bound, ascending, and how many lay in it alone (not cumulative).
    pub buckets: Vec<(f64, u64)>,
    /// How many lay above the last bound.
    pub above: u64,
    /// The sum of all.
    pub sum: f64,
}

impl Gauges {
    /// The document for Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = Text::new();
        by(&mut text, "hustings_conversations", Kind::Gauge, "Conversations by phase.", "phase", &self.conversations);
        one(&mut text, "hustings_speakers", Kind::Gauge, "WebRTC sessions on stage.", self.speakers as f64);
        let help = "Listeners who receive sound now.";
        by(&mut text, "hustings_listeners", Kind::Gauge, help, "tier", &self.listeners);
        let help = "Pages that play HLS through a cache, estimated, and where their number lies in 95 of 100 cases.";
        by(&mut text, "hustings_listeners_sampled", Kind::Gauge, help, "bound", &self.listeners_sampled);
        let help = "Reports of such pages, by what became of them.";
        by(&mut text, "hustings_here_reports_total", Kind::Counter, help, "heard", &self.here_reports);
        let help = "Requests of HLS, by what they ask for.";
        by(&mut text, "hustings_hls_requests_total", Kind::Counter, help, "kind", &self.hls_requests);
        let help = "How late ticks of the mixer began.";
        self.tick_lateness.render(&mut text, "hustings_tick_lateness_seconds", help);
        let help = "Ticks skipped because the machine had stood still.";
        one(&mut text, "hustings_ticks_skipped_total", Kind::Counter, help, self.ticks_skipped as f64);
        let help = "Packets on the way from speakers, by what became of them.";
        by(&mut text, "hustings_line_packets_total", Kind::Counter, help, "fate", &self.line_packets);
        let help = "Speakers' sound that was made up in place of lost packets.";
        one(&mut text, "hustings_concealed_seconds_total", Kind::Counter, help, self.concealed_seconds);
        let help = "Pauses that were left out because a sender was ahead of its own clock.";
        one(&mut text, "hustings_left_out_seconds_total", Kind::Counter, help, self.left_out_seconds);
        let help = "Bytes handed to sockets.";
        by(&mut text, "hustings_sent_bytes_total", Kind::Counter, help, "for", &self.bytes_sent);
        let help = "Endless streams that the audience's engine has begun.";
        by(&mut text, "hustings_streams_begun_total", Kind::Counter, help, "over", &self.streams_begun);
        let help = "TLS handshakes of the audience's engine.";
        by(&mut text, "hustings_handshakes_total", Kind::Counter, help, "outcome", &self.handshakes);
        text.metric("hustings_encode_seconds_total", Kind::Counter, "Time in encoders.");
        for (rendition, seconds) in &self.encode_seconds {
            text.sample("hustings_encode_seconds_total", &[("rendition", rendition.name())], *seconds);
        }
        text.metric("hustings_datagrams_dropped_total", Kind::Counter, "Datagrams that reached no session.");
        for (plane, reason, count) in &self.datagrams_dropped {
            let labels = [("plane", *plane), ("reason", *reason)];
            text.sample("hustings_datagrams_dropped_total", &labels, *count as f64);
        }
        let help =
            "Packets to WebRTC listeners that were late, not taken by the socket, missed by the listener, sent again.";
        by(&mut text, "hustings_whep_packets_total", Kind::Counter, help, "fate", &self.whep_packets);
        let help = "Receiver reports of WebRTC listeners.";
        one(&mut text, "hustings_whep_reports_total", Kind::Counter, help, self.whep_reports as f64);
        let help = "Fractions of packets that WebRTC listeners reported lost, summed over their reports.";
        one(&mut text, "hustings_whep_reported_loss_total", Kind::Counter, help, self.whep_reported_loss);
        let help = "Connections of the audience, by what became of them.";
        let connections = &self.audience_connections;
        by(&mut text, "hustings_audience_connections_total", Kind::Counter, help, "fate", connections);
        let help = "Connections of the audience that were closed because nothing was taken, acknowledged or said.";
        by(&mut text, "hustings_audience_closed_total", Kind::Counter, help, "reason", &self.audience_closed);
        let help = "Connections and requests that were ended or refused for what they did.";
        by(&mut text, "hustings_misuse_total", Kind::Counter, help, "kind", &self.misuse);
        let help = "Newcomers by what the gate decided.";
        by(&mut text, "hustings_gate_total", Kind::Counter, help, "decision", &self.gate);
        let help = "Stream listeners who fell behind and were moved forward.";
        one(&mut text, "hustings_skips_total", Kind::Counter, help, self.skips as f64);
        let help = "Times that somebody waited for a rendition that nobody had listened to.";
        one(&mut text, "hustings_cold_starts_total", Kind::Counter, help, self.cold_starts as f64);
        let help = "Times that sound did not come in time.";
        one(&mut text, "hustings_unavailable_total", Kind::Counter, help, self.unavailable as f64);
        let help = "Processes of the audience plane that serve.";
        one(&mut text, "hustings_edges", Kind::Gauge, help, self.edges.serving as f64);
        let help = "Processes of the audience plane that were started again.";
        one(&mut text, "hustings_edge_restarts_total", Kind::Counter, help, self.edges.restarts as f64);
        let help = "Processes of the audience plane that fell behind the stage and were cut off.";
        one(&mut text, "hustings_edges_cut_off_total", Kind::Counter, help, self.edges.cut_off as f64);
        let help = "Messages between the planes that did not fit their queue.";
        one(&mut text, "hustings_link_dropped_total", Kind::Counter, help, self.link_dropped as f64);
        one(&mut text, "hustings_uptime_seconds", Kind::Gauge, "Since the process started.", self.uptime_seconds);
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        text.metric("hustings_build_info", Kind::Gauge, "The version that runs.").sample(
            "hustings_build_info",
            &version,
            1.0,
        );
        text.finish()
    }
}

impl Histogram {
    fn render(&self, text: &mut Text, name: &str, help: &str) {
        text.metric(name, Kind::Histogram, help);
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        for (bound, count) in &self.buckets {
            so_far += count;
            text.sample(&bucket, &[("le", &bound.to_string())], so_far as f64);
        }
        let all = (so_far + self.above) as f64;
        text.sample(&bucket, &[("le", "+Inf")], all);
        text.sample(&format!("{name}_sum"), &[], self.sum).sample(&format!("{name}_count"), &[], all);
    }
}

fn one(text: &mut Text, name: &str, kind: Kind, help: &str, value: f64) {
    text.metric(name, kind, help).sample(name, &[], value);
}

fn by(text: &mut Text, name: &str, kind: Kind, help: &str, label: &str, samples: &[(&'static str, u64)]) {
    text.metric(name, kind, help);
    for (value, count) in samples {
        text.sample(name, &[(label, value)], *count as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_holds_what_the_operator_was_promised() {
        let gauges = Gauges {
            conversations: vec![("live", 2), ("lobby", 0)],
            speakers: 4,
            listeners: vec![("stream", 300)],
            listeners_sampled: vec![("low", 4900)],
            hls_requests: vec![("part", 12)],
            tick_lateness: Histogram { buckets: vec![(0.001, 5), (0.005, 2)], above: 1, sum: 0.25 },
            bytes_sent: vec![("stream", 1_000_000)],
            encode_seconds: vec![(Rendition::Opus96, 1.5)],
            datagrams_dropped: vec![("stage", "no_session", 7)],
            whep_packets: vec![("resent", 3)],
            whep_reported_loss: 0.5,
            ..Gauges::default()
        };
        let text = gauges.render();
        for line in [
            "hustings_conversations{phase=\"live\"} 2",
            "hustings_speakers 4",
            "hustings_listeners{tier=\"stream\"} 300",
            "hustings_listeners_sampled{bound=\"low\"} 4900",
            "hustings_hls_requests_total{kind=\"part\"} 12",
            "hustings_tick_lateness_seconds_bucket{le=\"0.001\"} 5",
            "hustings_tick_lateness_seconds_bucket{le=\"0.005\"} 7",
            "hustings_tick_lateness_seconds_bucket{le=\"+Inf\"} 8",
            "hustings_tick_lateness_seconds_sum 0.25",
            "hustings_tick_lateness_seconds_count 8",
            "hustings_sent_bytes_total{for=\"stream\"} 1000000",
            "hustings_encode_seconds_total{rendition=\"opus-96\"} 1.5",
            "hustings_datagrams_dropped_total{plane=\"stage\",reason=\"no_session\"} 7",
            "hustings_whep_packets_total{fate=\"resent\"} 3",
            "hustings_whep_reported_loss_total 0.5",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
    }
}
