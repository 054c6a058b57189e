//! Playlists to the letter, and what a player may rely on over any course of a window.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken promise ends the test, in helpers too")]

use std::collections::BTreeMap;
use std::sync::Arc;

use hustings_pack::request::{Answer, Directives, Extent, Media, Reload, Until, reload};
use hustings_pack::{Packager, Part, Window, playlist, request};
use hustings_vocab::{MediaTime, Rendition};

const EPOCH_MS: u64 = 1_723_492_800_000;

/// The parts `from..to` of a rendition.
fn parts(rendition: Rendition, from: u64, to: u64, discontinuity: bool) -> Vec<Arc<Part>> {
    let mut packager = Packager::new(rendition, discontinuity);
    let size = rendition.codec().frame_samples();
    let start = from * 9216 / size;
    let mut parts = Vec::new();
    for k in start.. {
        if let Some(part) = packager.push(MediaTime(k * size), &[k as u8]) {
            if part.number >= to {
                return parts;
            }
            if part.number >= from {
                parts.push(Arc::new(part));
            }
        }
    }
    parts
}

fn window(rendition: Rendition, from: u64, to: u64) -> Window {
    let mut window = Window::new(156, 0);
    parts(rendition, from, to, false).into_iter().for_each(|p| window.push(p));
    window
}

fn text(window: &Window, rendition: Rendition) -> String {
    playlist::media(window, rendition, &Rendition::ALL, EPOCH_MS, Extent::Full).expect("a whole segment")
}

fn lines<'a>(text: &'a str, tag: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.strip_prefix(tag)).collect()
}

/// The answer of a server that knows what its window knows, and that a million parts are too many.
fn answer(window: &Window, media: Media) -> Answer {
    request::media(window, media, 1_000_000)
}

#[test]
fn a_window_that_is_being_filled_waits_for_what_others_have() {
    let begun = window(Rendition::Opus48, 25, 26);
    assert_eq!(answer(&begun, Media::Part(39)), Answer::Wait { part_number: 39 }, "another server has listed it");
    assert_eq!(answer(&begun, Media::Part(182)), Answer::NotFound, "a whole window ahead");
}

#[test]
fn an_empty_window_waits_for_what_may_come_and_not_for_ever() {
    let empty = Window::new(30, 0);
    assert_eq!(answer(&empty, Media::Part(7)), Answer::Wait { part_number: 7 });
    assert_eq!(answer(&empty, Media::Segment(99_999_999)), Answer::NotFound);
}

#[test]
fn the_multivariant_playlist_offers_both_codecs_aac_first() {
    assert_eq!(
        playlist::multivariant(&Rendition::ALL),
        r#"#EXTM3U
#EXT-X-VERSION:9
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=112100,AVERAGE-BANDWIDTH=102500,CODECS="mp4a.40.2"
aac-96.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=59300,AVERAGE-BANDWIDTH=54500,CODECS="mp4a.40.2"
aac-48.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=112100,AVERAGE-BANDWIDTH=102500,CODECS="opus"
opus-96.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=59300,AVERAGE-BANDWIDTH=54500,CODECS="opus"
opus-48.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=32900,AVERAGE-BANDWIDTH=30500,CODECS="opus"
opus-24.m3u8
"#
    );
    assert!(!playlist::multivariant(&[Rendition::Opus96, Rendition::Opus48]).contains("aac"));
}

#[test]
fn a_media_playlist_of_a_conversation_that_has_just_opened() {
    assert_eq!(
        text(&window(Rendition::Opus96, 0, 12), Rendition::Opus96),
        r#"#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.200
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.000,HOLD-BACK=6.0,CAN-SKIP-UNTIL=12.0
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="opus-96/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2024-08-12T20:00:00.000Z
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.1.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.18000,URI="opus-96/0.2.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.3.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.18000,URI="opus-96/0.4.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.5.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.6.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.18000,URI="opus-96/0.7.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/0.8.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.18000,URI="opus-96/0.9.m4s",INDEPENDENT=YES
#EXTINF:1.92000,
opus-96/0.m4s
#EXT-X-PROGRAM-DATE-TIME:2024-08-12T20:00:01.920Z
#EXT-X-PART:DURATION=0.20000,URI="opus-96/1.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.20000,URI="opus-96/1.1.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="opus-96/1.2.m4s"
#EXT-X-RENDITION-REPORT:URI="opus-48.m3u8",LAST-MSN=1,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="aac-96.m3u8",LAST-MSN=1,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="opus-24.m3u8",LAST-MSN=1,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="aac-48.m3u8",LAST-MSN=1,LAST-PART=1
"#
    );
}

#[test]
fn sixteen_hours_in_six_segments_are_listed_and_the_last_three_in_parts() {
    let text = text(&window(Rendition::Aac96, 299_850, 300_000), Rendition::Aac96);
    assert_eq!(lines(&text, "#EXT-X-MEDIA-SEQUENCE:"), ["29994"]);
    assert_eq!(lines(&text, "#EXTINF:"), ["1.92000,"; 6]);
    let parts = lines(&text, "#EXT-X-PART:");
    assert_eq!(parts.len(), 30);
    assert_eq!(parts[0], r#"DURATION=0.19200,URI="aac-96/29997.0.m4s",INDEPENDENT=YES"#);
    assert_eq!(lines(&text, "#EXT-X-PROGRAM-DATE-TIME:").last(), Some(&"2024-08-13T11:59:58.080Z"));
    assert_eq!(lines(&text, "#EXT-X-PRELOAD-HINT:"), [r#"TYPE=PART,URI="aac-96/30000.0.m4s""#]);
    assert_eq!(lines(&text, "#EXT-X-RENDITION-REPORT:")[0], r#"URI="opus-96.m3u8",LAST-MSN=29999,LAST-PART=9"#);
}

#[test]
fn a_delta_update_leaves_out_what_is_more_than_twelve_seconds_from_the_end() {
    let long = window(Rendition::Opus48, 0, 96);
    let delta = playlist::media(&long, Rendition::Opus48, &Rendition::ALL, EPOCH_MS, Extent::Delta).unwrap();
    assert_eq!(lines(&delta, "#EXT-X-SKIP:"), ["SKIPPED-SEGMENTS=1"]);
    assert_eq!(lines(&delta, "#EXT-X-MEDIA-SEQUENCE:"), ["3"], "as in the full playlist");
    assert_eq!(lines(&delta, "opus-48/")[0], "4.m4s");
    let short = window(Rendition::Opus48, 0, 40);
    let delta = playlist::media(&short, Rendition::Opus48, &Rendition::ALL, EPOCH_MS, Extent::Delta).unwrap();
    assert_eq!(delta, text(&short, Rendition::Opus48), "nothing to skip is a full playlist");
}

#[test]
fn a_conversation_that_ended_lists_its_last_short_segment_and_promises_nothing() {
    let mut window = window(Rendition::Aac96, 0, 33);
    window.end();
    let text = text(&window, Rendition::Aac96);
    assert_eq!(lines(&text, "#EXTINF:"), ["1.92000,", "1.92000,", "1.92000,", "0.57600,"]);
    assert!(text.ends_with("#EXT-X-ENDLIST\n"));
    assert!(!text.contains("PRELOAD-HINT") && !text.contains("RENDITION-REPORT"));
    assert_eq!(reload(&window, Until::Part(999)), Reload::Now);
    let all = Answer::Ready(window.segment(3).unwrap());
    assert_eq!(answer(&window, Media::Segment(3)), all);
    assert_eq!(answer(&window, Media::Part(33)), Answer::NotFound);
}

#[test]
fn a_conversation_that_ended_before_its_first_whole_segment_can_be_heard_all_the_same() {
    let mut window = window(Rendition::Opus96, 0, 4);
    assert_eq!(playlist::media(&window, Rendition::Opus96, &Rendition::ALL, EPOCH_MS, Extent::Full), None);
    window.end();
    assert_eq!(lines(&text(&window, Rendition::Opus96), "#EXTINF:"), ["0.78000,"]);
}

#[test]
fn after_a_restart_the_discontinuity_stands_before_the_first_segment_that_is_whole() {
    for from in [500, 503] {
        let mut window = Window::new(156, 2);
        parts(Rendition::Opus96, from, 526, true).into_iter().for_each(|p| window.push(p));
        let text = text(&window, Rendition::Opus96);
        let first = if from == 500 { 50 } else { 51 };
        // Its number is what it would be had nothing been lost, and what was lost is named as a gap.
        assert_eq!(lines(&text, "#EXT-X-MEDIA-SEQUENCE:"), ["46"]);
        assert_eq!(lines(&text, "#EXT-X-DISCONTINUITY-SEQUENCE:"), ["2"]);
        let (lost, made) = text.split_once("#EXT-X-DISCONTINUITY\n").unwrap();
        let gaps: String =
            (46..first).map(|msn| format!("#EXT-X-GAP\n#EXTINF:1.92000,\nopus-96/{msn}.m4s\n")).collect();
        let dates: Vec<_> = lines(lost, "#EXT-X-PROGRAM-DATE-TIME:");
        assert_eq!(dates.len() as u64, first - 46);
        let without_dates: String = lost.split_inclusive('\n').filter(|l| !l.starts_with("#EXT-X-PROGRAM")).collect();
        assert!(without_dates.ends_with(&gaps), "{lost}");
        assert!(made.starts_with("#EXT-X-PROGRAM-DATE-TIME:") && !made.contains("#EXT-X-GAP"));
        assert_eq!(made.lines().find(|l| l.starts_with("opus")), Some(format!("opus-96/{first}.m4s").as_str()));
        // Once that segment has left the playlist, its tag is counted.
        parts(Rendition::Opus96, 526, 700, false).into_iter().for_each(|p| window.push(p));
        let text = self::text(&window, Rendition::Opus96);
        assert_eq!(lines(&text, "#EXT-X-DISCONTINUITY-SEQUENCE:"), ["3"]);
        assert!(!text.contains("#EXT-X-DISCONTINUITY\n"));
    }
}

#[test]
fn a_part_is_ready_or_coming_or_gone_or_unknown() {
    let window = window(Rendition::Opus96, 0, 205);
    assert!(matches!(answer(&window, Media::Part(204)), Answer::Ready(parts) if parts[0].number == 204));
    assert!(matches!(answer(&window, Media::Segment(19)), Answer::Ready(parts) if parts.len() == 10));
    assert_eq!(answer(&window, Media::Part(205)), Answer::Wait { part_number: 205 }, "the hinted one");
    assert_eq!(answer(&window, Media::Part(210)), Answer::Wait { part_number: 210 }, "a second ahead");
    assert_eq!(answer(&window, Media::Part(211)), Answer::NotFound);
    assert_eq!(answer(&window, Media::Segment(20)), Answer::Wait { part_number: 209 }, "almost whole");
    assert_eq!(answer(&window, Media::Segment(21)), Answer::NotFound);
    assert_eq!(answer(&window, Media::Part(48)), Answer::Gone);
    assert_eq!(answer(&window, Media::Segment(4)), Answer::Gone);
    let Media::Part(far) = Media::parse("28823037615171174.9.m4s").unwrap() else { panic!("a part") };
    assert_eq!(answer(&window, Media::Part(far)), Answer::NotFound);
    assert_eq!(answer(&Window::new(156, 0), Media::Part(3)), Answer::Wait { part_number: 3 }, "a cold rendition");
}

#[test]
fn a_reload_is_answered_by_the_rules_of_the_rfc() {
    let window = window(Rendition::Opus96, 0, 125);
    let decide = |query: &str| reload(&window, Directives::parse(query).expect("a good query").until);
    assert_eq!(decide(""), Reload::Now);
    assert_eq!(decide("_HLS_msn=3"), Reload::Now, "the past");
    assert_eq!(decide("_HLS_msn=12&_HLS_part=4"), Reload::Now, "the last part there is");
    assert_eq!(decide("_HLS_msn=12&_HLS_part=5"), Reload::Wait { part_number: 125 });
    assert_eq!(decide("_HLS_msn=12"), Reload::Wait { part_number: 129 }, "the whole segment");
    assert_eq!(decide("_HLS_msn=12&_HLS_part=10"), Reload::Wait { part_number: 130 }, "rolls over");
    assert_eq!(decide("_HLS_msn=13&_HLS_part=9"), Reload::Wait { part_number: 139 });
    assert_eq!(decide("_HLS_msn=14&_HLS_part=0"), Reload::TooFar, "more than three seconds of parts");
    assert_eq!(decide("_HLS_msn=14"), Reload::Wait { part_number: 149 });
    assert_eq!(decide("_HLS_msn=15"), Reload::TooFar);
    assert_eq!(decide("_HLS_msn=28823037615171174&_HLS_part=28823037615171174"), Reload::TooFar);
}

#[test]
fn nobody_gets_a_playlist_without_a_whole_segment() {
    assert_eq!(reload(&Window::new(156, 0), Until::Any), Reload::Wait { part_number: 0 });
    let window = window(Rendition::Opus96, 503, 517);
    assert_eq!(reload(&window, Until::Any), Reload::Wait { part_number: 519 });
    assert_eq!(reload(&window, Until::Part(516)), Reload::Wait { part_number: 519 });
}

/// A generator for repeatable chance (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n
    }
}

/// What a player remembers of the segments it was told of.
#[derive(Default)]
struct Player {
    /// Discontinuity sequence number and duration of each segment.
    told: BTreeMap<u64, (u32, String)>,
    /// The part that was hinted last.
    hinted: Option<u64>,
}

impl Player {
    /// Reads a playlist as RFC 8216bis demands and checks all that it promises.
    fn read(&mut self, text: &str, window: &Window) {
        let number = |tag| lines(text, tag)[0].parse::<u64>().unwrap();
        let mut msn = number("#EXT-X-MEDIA-SEQUENCE:");
        let mut lost = number("#EXT-X-DISCONTINUITY-SEQUENCE:") as u32;
        let (mut in_parts, mut last_part, mut duration, mut gap) = (0, None, "", false);
        for line in text.lines() {
            let uri = line.split("URI=\"").nth(1).and_then(|rest| rest.split('"').next());
            if line == "#EXT-X-DISCONTINUITY" {
                lost += 1;
            } else if line == "#EXT-X-GAP" {
                gap = true;
            } else if line.starts_with("#EXT-X-PART:") {
                let media = Media::parse(uri.unwrap().strip_prefix("opus-96/").unwrap()).unwrap();
                assert_eq!(media, Media::Part(msn * 10 + in_parts), "parts follow each other from the first on");
                assert!(matches!(answer(window, media), Answer::Ready(_)));
                in_parts += 1;
                last_part = Some(msn * 10 + in_parts);
            } else if let Some(rest) = line.strip_prefix("#EXTINF:") {
                duration = rest;
            } else if let Some(name) = line.strip_prefix("opus-96/") {
                assert_eq!(Media::parse(name), Ok(Media::Segment(msn)));
                let ready = matches!(answer(window, Media::Segment(msn)), Answer::Ready(_));
                assert_ne!(ready, std::mem::take(&mut gap), "{msn} can be had, or is a gap");
                let told = (lost, duration.to_owned());
                assert_eq!(*self.told.entry(msn).or_insert(told.clone()), told, "what was told of {msn} stays true");
                (msn, in_parts) = (msn + 1, 0);
            } else if line.starts_with("#EXT-X-PRELOAD-HINT:") {
                let media = Media::parse(uri.unwrap().strip_prefix("opus-96/").unwrap()).unwrap();
                let Media::Part(hint) = media else { panic!("the hint is a part") };
                assert_eq!(Some(hint), last_part.or(window.next()));
                assert_eq!(answer(window, media), Answer::Wait { part_number: hint });
                self.hinted = Some(hint);
            }
        }
        assert_eq!(text.ends_with("#EXT-X-ENDLIST\n"), window.ended());
    }
}

#[test]
fn over_any_course_of_a_window_playlists_keep_their_promises() {
    // `make prove` tries many more.
    let seeds = std::env::var("HUSTINGS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    for seed in 1..=seeds {
        let mut chance = Chance(seed);
        let restarts = chance.below(3) as u32;
        let mut window = Window::new(156, restarts);
        let mut next = chance.below(400_000);
        let (mut player, mut made) = (Player::default(), parts(Rendition::Opus96, next, next + 40, restarts > 0));
        for _ in 0..chance.below(40) {
            match chance.below(8) {
                // It was cold for a while, or media was lost.
                0 => {
                    next = window.next().unwrap_or(next) + chance.below(100);
                    made =
                        parts(Rendition::Opus96, next, next + 40, chance.below(2) == 0 && window.next() != Some(next));
                }
                _ => {
                    let from = window.next().unwrap_or(next);
                    if made.last().is_none_or(|last| last.number < from + 12) {
                        made.extend(parts(
                            Rendition::Opus96,
                            made.last().map_or(from, |p| p.number + 1),
                            from + 60,
                            false,
                        ));
                    }
                }
            }
            for _ in 0..1 + chance.below(12) {
                if made.is_empty() {
                    break;
                }
                window.push(made.remove(0));
                let until = match chance.below(3) {
                    0 => Until::Any,
                    1 => Until::Segment((window.next().unwrap() / 10 + chance.below(5)).saturating_sub(2)),
                    _ => Until::Part((window.next().unwrap() + chance.below(30)).saturating_sub(10)),
                };
                let playlist = playlist::media(&window, Rendition::Opus96, &Rendition::ALL, EPOCH_MS, Extent::Full);
                match reload(&window, until) {
                    Reload::Now => player.read(&playlist.expect("now means that there is one"), &window),
                    Reload::Wait { part_number } => assert!(part_number >= window.next().unwrap()),
                    Reload::TooFar => assert_ne!(until, Until::Any),
                }
            }
        }
        window.end();
        assert_eq!(reload(&window, Until::Part(u64::MAX / 64)), Reload::Now);
        if let Some(text) = playlist::media(&window, Rendition::Opus96, &Rendition::ALL, EPOCH_MS, Extent::Full) {
            player.read(&text, &window);
        }
    }
}
