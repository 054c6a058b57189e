//! The counters of an audience plane by name, as an edge sends them and as the metrics show their sums.

use hustings_fanout::stats as fanout;
use hustings_hls::Kind;
use hustings_ingest::Listeners;
use hustings_ingest::gate::Refusal;
use hustings_link::edge::Counters;
use hustings_link::hall::{self, Tier};
use hustings_link::misuse::{self, ASKED_COUNTER, Misuse};

use crate::pulse;

/// Bytes handed to sockets, by what they were for.
pub(crate) const BYTES: [(&str, &str); 4] =
    [("stream", "bytes.stream"), ("hls", "bytes.hls"), ("whep", "bytes.whep"), ("events", "bytes.events")];
/// Endless streams of the engine, by what they go over.
pub(crate) const STREAMS: [(&str, &str); 2] = [("clear", "streams.clear"), ("tls", "streams.tls")];
/// TLS handshakes of the engine, by how they ended.
pub(crate) const HANDSHAKES: [(&str, &str); 3] =
    [("full", "handshakes.full"), ("resumed", "handshakes.resumed"), ("failed", "handshakes.failed")];
/// Connections, by what became of them.
pub(crate) const CONNECTIONS: [(&str, &str); 5] = [
    ("accepted", "connections.accepted"),
    ("handed_over", "connections.handed_over"),
    ("refused", "connections.refused"),
    ("yielded", "connections.yielded"),
    ("failed", "connections.failed"),
];
/// Connections that were closed on, by why.
pub(crate) const CLOSED: [(&str, &str); 4] =
    [("stalled", "closed.stalled"), ("unread", "closed.unread"), ("silent", "closed.silent"), ("idle", "closed.idle")];
/// Requests of HLS, by what they ask for.
pub(crate) const HLS: [(&str, &str); 5] = [
    ("multivariant", "hls.multivariant"),
    ("playlist", "hls.playlist"),
    ("init", "hls.init"),
    ("part", "hls.part"),
    ("segment", "hls.segment"),
];
/// Reports of pages behind a cache, by what became of them.
pub(crate) const REPORTS: [(&str, &str); 3] =
    [("counted", "here.counted"), ("not_asked", "here.not_asked"), ("left_out", "here.left_out")];
/// Packets to WebRTC listeners that were not sent once and in time, by what became of them.
pub(crate) const WHEP_PACKETS: [(&str, &str); 4] =
    [("late", "whep.late"), ("unsent", "whep.unsent"), ("missed", "whep.missed"), ("resent", "whep.resent")];
pub(crate) const WHEP_REPORTS: &str = "whep.reports";
/// In parts of 256.
pub(crate) const WHEP_REPORTED_LOST: &str = "whep.reported_lost";
/// Streams of events that began.
pub(crate) const READERS: &str = "readers";
/// Those of them that are over.
pub(crate) const READERS_GONE: &str = "readers.gone";
/// Listeners who came half a minute ago, and those of them who are still there.
pub(crate) const CAME: &str = "came";
pub(crate) const STAYED: &str = "stayed";
pub(crate) const SKIPS: &str = "skips";
pub(crate) const COLD_STARTS: &str = "cold_starts";
pub(crate) const UNAVAILABLE: &str = "unavailable";

/// What counts the datagrams that were dropped for a reason.
pub(crate) fn dropped(reason: Refusal) -> String {
    format!("dropped.{}", reason.name())
}

/// The counters of this process. Accept loops of all its listeners count together where they are not the engine's.
pub(crate) fn of_this_process(webrtc: &Listeners) -> Counters {
    let (engine, general, webrtc) = (hustings_engine::stats(), hustings_tls::stats(), webrtc.stats());
    let counts = [
        ("bytes.stream", fanout().bytes_sent(Tier::Stream) + engine.bytes_sent()),
        ("bytes.hls", fanout().bytes_sent(Tier::Hls) + engine.hls_bytes_sent()),
        ("bytes.whep", webrtc.bytes_out),
        ("bytes.events", fanout().event_bytes_sent() + engine.event_bytes_sent()),
        ("streams.clear", engine.streams_clear()),
        ("streams.tls", engine.streams_sealed()),
        (READERS, engine.readers()),
        (READERS_GONE, engine.readers_gone()),
        ("handshakes.full", engine.handshakes_full()),
        ("handshakes.resumed", engine.handshakes_resumed()),
        ("handshakes.failed", engine.handshakes_failed() + general.handshakes_failed()),
        // The general service counts what was handed to it once more.
        ("connections.accepted", engine.accepted() + general.accepted().saturating_sub(engine.handed_over())),
        ("connections.handed_over", engine.handed_over()),
        ("connections.refused", engine.refused() + general.refused()),
        ("connections.yielded", engine.yielded() + general.yielded()),
        ("connections.failed", engine.accept_errors() + general.accept_errors()),
        ("closed.stalled", engine.stalled() + general.stalled()),
        ("closed.unread", engine.unread() + general.unread()),
        ("closed.silent", engine.silent() + general.silent()),
        ("closed.idle", engine.idle() + general.idle()),
        ("whep.late", webrtc.late),
        ("whep.unsent", webrtc.unsent),
        ("whep.missed", webrtc.nacked),
        ("whep.resent", webrtc.resent),
        (WHEP_REPORTS, webrtc.reports),
        (WHEP_REPORTED_LOST, webrtc.reported_lost),
        (SKIPS, engine.skips() + fanout().skips()),
        (COLD_STARTS, engine.cold_starts() + fanout().cold_starts()),
        (UNAVAILABLE, engine.unavailable() + fanout().unavailable()),
    ];
    let dropped = Refusal::ALL.map(|reason| (dropped(reason), webrtc.dropped_for(reason)));
    let asked =
        Kind::ALL.map(|kind| (format!("hls.{}", kind.name()), fanout().hls_requests(kind) + engine.hls_requests(kind)));
    let reports = fanout().reports().map(|(heard, count)| (format!("here.{heard}"), count));
    let named = counts.map(|(name, count)| (name.to_owned(), count)).into_iter();
    let named = named.chain(of_general_service());
    let pulse = pulse::counted().into_iter().map(|(name, count)| (name.to_owned(), count));
    named.chain(dropped).chain(asked).chain(reports).chain(pulse).collect()
}

/// What the general service of this process counts, whatever it serves: misuse, questions, and listeners who stayed.
fn of_general_service() -> impl Iterator<Item = (String, u64)> {
    let misuse = Misuse::ALL.map(|kind| (kind.counter().to_owned(), kind.counted()));
    let (came, stayed) = hall::stayed();
    let rest = [(ASKED_COUNTER, misuse::asked()), (CAME, came), (STAYED, stayed)];
    misuse.into_iter().chain(rest.map(|(name, count)| (name.to_owned(), count)))
}

/// The counters of a process that serves pages and no audience: what came to its own listeners.
pub(crate) fn of_pages() -> Counters {
    let general = hustings_tls::stats();
    let counts = [
        ("connections.accepted", general.accepted()),
        ("connections.refused", general.refused()),
        ("connections.yielded", general.yielded()),
        ("connections.failed", general.accept_errors()),
        ("handshakes.failed", general.handshakes_failed()),
        ("closed.stalled", general.stalled()),
        ("closed.unread", general.unread()),
        ("closed.silent", general.silent()),
        ("closed.idle", general.idle()),
    ];
    counts.map(|(name, count)| (name.to_owned(), count)).into_iter().chain(of_general_service()).collect()
}

/// One counter.
pub(crate) fn of(counters: &Counters, name: &str) -> u64 {
    counters.get(name).copied().unwrap_or_default()
}

/// Several counters by their labels.
pub(crate) fn labelled(counters: &Counters, names: &[(&'static str, &str)]) -> Vec<(&'static str, u64)> {
    names.iter().map(|(label, name)| (*label, of(counters, name))).collect()
}
