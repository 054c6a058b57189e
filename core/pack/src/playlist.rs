//! Playlists (RFC 8216bis): pure functions from a window to text, the same text for everybody.
//!
//! Segments and parts are numbered by media time, so the playlists of all renditions agree without speaking to each
//! other, and a server that was started again goes on where the clock is. Below `…/hls/` a playlist names
//! `{rendition}/init.mp4`, `{rendition}/{msn}.m4s` and `{rendition}/{msn}.{part}.m4s`. Deliberately absent: queries in
//! URIs, variables, and anything that depends on who asks, because every answer may be cached.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use hustings_vocab::{Codec, Rendition, SAMPLE_RATE, SEGMENT_SAMPLES, limits};

use crate::request::Extent;
use crate::wall::iso8601;
use crate::{Fetch, PART_TARGET_MS, PARTS_PER_SEGMENT, Part, Window};

/// Whole segments in a playlist: 11.5 s. A segment that has left the playlist can still be had for as long as the
/// longest playlist that named it, and itself, lasted (RFC 8216bis, section 6.2.2); see the assertion below.
pub const SEGMENTS_LISTED: usize = 6;
/// The last whole segments whose parts are listed, beside those of the open one: three target durations back
/// (RFC 8216bis, section 4.4.4.9).
const SEGMENTS_IN_PARTS: usize = 3;
/// `EXT-X-TARGETDURATION` in seconds: 1.92 s, rounded.
const TARGET_SECONDS: u64 = 2;
/// `PART-HOLD-BACK` in milliseconds: five parts, of which three are what RFC 8216bis, section 4.4.3.8, recommends and
/// two ride out one lost packet on a mobile line. `HOLD-BACK` is three target durations, the least allowed.
const PART_HOLD_BACK_MS: u32 = 5 * PART_TARGET_MS;
/// `CAN-SKIP-UNTIL` in seconds: six target durations, the least that is allowed.
const SKIP_SECONDS: u64 = 6 * TARGET_SECONDS;
/// What the boxes around the frames cost, in bit/s: 100 bytes and 4 a frame, up to 5.6 times a second.
const BOXES_BITRATE: u32 = 6_500;

const _: () = assert!(
    (2 * (SEGMENTS_LISTED as u64 + 1) + 1) * SEGMENT_SAMPLES <= limits::SHELF_SECONDS * SAMPLE_RATE as u64,
    "a segment must outlive the playlists that name it"
);

/// The multivariant playlist, `…/hls/index.m3u8`, of the renditions that this server can make.
///
/// AAC stands first: a player that heeds `CODECS` takes what it likes best (hls.js takes Opus, whose lowest bitrate is
/// the lower one), and one that does not plays the first entry, which must be what everything decodes.
#[must_use]
pub fn multivariant(offered: &[Rendition]) -> String {
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    let mut ordered = offered.to_vec();
    ordered.sort_by_key(|r| r.codec() != Codec::Aac);
    for rendition in ordered {
        let average = rendition.bitrate() + BOXES_BITRATE;
        // No segment of speech, tones or clicks was seen more than 0.5 % above the encoder's target; a tenth is room.
        let peak = rendition.bitrate() / 10 * 11 + BOXES_BITRATE;
        let codecs = codecs(rendition);
        line(
            &mut text,
            format_args!("#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS=\"{codecs}\""),
        );
        line(&mut text, format_args!("{rendition}.m3u8"));
    }
    text
}

/// The `CODECS` of a rendition (RFC 6381), for playlists and for Media Source Extensions.
#[must_use]
pub const fn codecs(rendition: Rendition) -> &'static str {
    match rendition.codec() {
        Codec::Opus => "opus",
        Codec::Aac => "mp4a.40.2",
    }
}

/// The media playlist of a rendition, `…/hls/{rendition}.m3u8`. `offered` are the renditions of the multivariant
/// playlist, each of which is reported on; `epoch_ms` is the wall-clock time of media time 0 in milliseconds since 1970.
/// `None` while the window holds no segment from its first part to its last: see [`crate::request::reload`].
///
/// A segment whose first parts the window does not hold (it began in the middle, after a restart) is never listed.
#[must_use]
pub fn media(
    window: &Window,
    rendition: Rendition,
    offered: &[Rendition],
    epoch_ms: u64,
    extent: Extent,
) -> Option<String> {
    let segments = listed(window)?;
    let first = segments.first()?.msn;
    let mut text = String::with_capacity(4096);
    let of = &mut text;
    line(of, format_args!("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{TARGET_SECONDS}"));
    line(of, format_args!("#EXT-X-PART-INF:PART-TARGET={}", seconds_of_ms(PART_TARGET_MS)));
    line(
        of,
        format_args!(
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={},HOLD-BACK={}.0,CAN-SKIP-UNTIL={SKIP_SECONDS}.0",
            seconds_of_ms(PART_HOLD_BACK_MS),
            3 * TARGET_SECONDS
        ),
    );
    let lost = lost_before(window, first);
    let gaps = gaps_before(window, first, &lost);
    line(of, format_args!("#EXT-X-MEDIA-SEQUENCE:{}", gaps.start));
    line(of, format_args!("#EXT-X-DISCONTINUITY-SEQUENCE:{}", lost.sequence));

    let skipped = match extent {
        Extent::Full => 0,
        Extent::Delta if gaps.is_empty() => skippable(&segments),
        Extent::Delta => 0,
    };
    if skipped > 0 {
        line(of, format_args!("#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"));
    }
    line(of, format_args!("#EXT-X-MAP:URI=\"{rendition}/init.mp4\""));
    gaps.for_each(|msn| write_gap(of, msn, rendition, epoch_ms));
    let whole = segments.iter().filter(|s| s.whole).count();
    for (index, segment) in segments.iter().enumerate().skip(skipped) {
        if segment.discontinuity() || (index == 0 && lost.at_first) {
            line(of, format_args!("#EXT-X-DISCONTINUITY"));
        }
        let in_parts = index + SEGMENTS_IN_PARTS >= whole;
        write_segment(of, segment, rendition, epoch_ms, in_parts);
    }
    match window.next() {
        Some(next) if !window.ended() => {
            let (msn, index) = (next / PARTS_PER_SEGMENT, next % PARTS_PER_SEGMENT);
            line(of, format_args!("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{rendition}/{msn}.{index}.m4s\""));
            let (msn, part) = ((next - 1) / PARTS_PER_SEGMENT, (next - 1) % PARTS_PER_SEGMENT);
            for other in offered.iter().filter(|r| **r != rendition) {
                line(of, format_args!("#EXT-X-RENDITION-REPORT:URI=\"{other}.m3u8\",LAST-MSN={msn},LAST-PART={part}"));
            }
        }
        _ => line(of, format_args!("#EXT-X-ENDLIST")),
    }
    Some(text)
}

/// A segment that is listed: a whole one, or the open one at the end.
struct Segment {
    msn: u64,
    parts: Vec<Arc<Part>>,
    whole: bool,
}

impl Segment {
    fn samples(&self) -> u64 {
        self.parts.iter().map(|p| u64::from(p.samples)).sum()
    }

    fn discontinuity(&self) -> bool {
        self.parts.iter().any(|p| p.discontinuity)
    }
}

/// The segments that are listed, at least one of them whole.
fn listed(window: &Window) -> Option<Vec<Segment>> {
    let oldest = window.parts().front()?.number;
    let next = window.next()?;
    let open = next / PARTS_PER_SEGMENT;
    let from = oldest.div_ceil(PARTS_PER_SEGMENT).max(oldest_listed(next));
    let mut segments: Vec<Segment> =
        (from..open).filter_map(|msn| Some(Segment { msn, parts: window.segment(msn)?, whole: true })).collect();
    let first = open * PARTS_PER_SEGMENT;
    let parts: Vec<_> = (first..next).map_while(|n| ready(window, n)).collect();
    if open >= from && !parts.is_empty() {
        segments.push(Segment { msn: open, parts, whole: window.ended() });
    }
    segments.first().is_some_and(|s| s.whole).then_some(segments)
}

/// The first segment that has not yet left a playlist whose next part is `next`.
const fn oldest_listed(next: u64) -> u64 {
    (next / PARTS_PER_SEGMENT).saturating_sub(SEGMENTS_LISTED as u64)
}

fn ready(window: &Window, number: u64) -> Option<Arc<Part>> {
    match window.part(number) {
        Fetch::Ready(part) => Some(part),
        _ => None,
    }
}

/// What was lost up to the beginning of the first segment that is listed.
struct Lost {
    /// `EXT-X-DISCONTINUITY-SEQUENCE`.
    sequence: u32,
    /// The first segment has the tag before it.
    at_first: bool,
}

/// Counts the losses up to `first`. One that lies in the segment before it, which began in the middle and so is not
/// listed, shows as a tag before `first`, the first segment that a player can have after it.
fn lost_before(window: &Window, first: u64) -> Lost {
    let (begin, end) = (first * PARTS_PER_SEGMENT, (first + 1) * PARTS_PER_SEGMENT);
    let oldest = window.parts().front().map_or(begin, |p| p.number);
    // The segment before it is unlisted for being incomplete, or for being too old.
    let from = if oldest + PARTS_PER_SEGMENT > begin { oldest } else { begin };
    let flagged = |from: u64, to: u64| {
        let between = |p: &&Arc<Part>| p.discontinuity && (from..to).contains(&p.number);
        window.parts().iter().filter(between).count() as u32
    };
    let at_first = flagged(from, end) > 0;
    Lost { sequence: window.discontinuities() + flagged(oldest, end) - u32::from(at_first), at_first }
}

/// The segments that were lost with what came before the first one, and would still be listed had they not been. They are
/// named as gaps (RFC 8216bis, section 4.4.4.7), so that a player that knows the old numbers finds its place among the new:
/// hls.js, for one, waits for ever for the segment after the one that it played last, if no segment of that date is listed.
/// Of a server that is started twice within a playlist's length, the second start does not know where the first loss was, so
/// a gap may count one discontinuity more than it was told with.
fn gaps_before(window: &Window, first: u64, lost: &Lost) -> Range<u64> {
    let oldest = window.next().map_or(first, oldest_listed);
    if lost.at_first && !window.began_anew() { oldest.min(first)..first } else { first..first }
}

/// How many segments a delta update leaves out: those that begin further than the skip boundary from the end.
fn skippable(segments: &[Segment]) -> usize {
    let mut from_end: u64 = segments.iter().map(Segment::samples).sum();
    segments
        .iter()
        .take_while(|segment| {
            let beyond = from_end > SKIP_SECONDS * u64::from(SAMPLE_RATE);
            from_end -= segment.samples();
            beyond
        })
        .count()
}

fn write_segment(of: &mut String, segment: &Segment, rendition: Rendition, epoch_ms: u64, in_parts: bool) {
    let Segment { msn, parts, whole } = segment;
    let start = parts.first().map_or(0, |p| p.start.0);
    let wall_ms = epoch_ms + start * 1000 / u64::from(SAMPLE_RATE);
    line(of, format_args!("#EXT-X-PROGRAM-DATE-TIME:{}", iso8601(wall_ms)));
    if in_parts {
        for part in parts {
            let index = part.number % PARTS_PER_SEGMENT;
            let duration = seconds(u64::from(part.samples));
            line(
                of,
                format_args!("#EXT-X-PART:DURATION={duration},URI=\"{rendition}/{msn}.{index}.m4s\",INDEPENDENT=YES"),
            );
        }
    }
    if *whole {
        line(of, format_args!("#EXTINF:{},\n{rendition}/{msn}.m4s", seconds(segment.samples())));
    }
}

fn write_gap(of: &mut String, msn: u64, rendition: Rendition, epoch_ms: u64) {
    let wall_ms = epoch_ms + msn * SEGMENT_SAMPLES * 1000 / u64::from(SAMPLE_RATE);
    line(of, format_args!("#EXT-X-PROGRAM-DATE-TIME:{}", iso8601(wall_ms)));
    line(of, format_args!("#EXT-X-GAP\n#EXTINF:{},\n{rendition}/{msn}.m4s", seconds(SEGMENT_SAMPLES)));
}

fn line(of: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = of.write_fmt(text);
    of.push('\n');
}

/// Samples as seconds. Both frame lengths are whole multiples of 1/750 s, so five decimals are within 5 µs.
fn seconds(samples: u64) -> String {
    let units = (samples * 100_000 + u64::from(SAMPLE_RATE) / 2) / u64::from(SAMPLE_RATE);
    format!("{}.{:05}", units / 100_000, units % 100_000)
}

fn seconds_of_ms(ms: u32) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
