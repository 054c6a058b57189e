//! Listeners against a small server of packed parts: every container, a hole, an end, a recording.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use hustings_client::{ClientError, Container, ListenOptions, Tier, decode_file, listen};
use hustings_pack::{Packager, Part, headers, trailer};
use hustings_vocab::{MediaTime, Rendition};

/// Parts of a tone of 440 Hz from media time 19.2 s on.
fn parts(rendition: Rendition, count: usize) -> Vec<Part> {
    let mut encoder = hustings_codec::encoder(rendition).unwrap();
    let mut packager = Packager::new(rendition, false);
    let frame = encoder.frame_samples();
    let first = 921_600 / frame;
    let mut out = Vec::new();
    for i in first.. {
        let pcm: Vec<f32> = (0..frame).map(|k| ((i * frame + k) as f32 % 1200.0 * 0.057_596).sin() * 0.5).collect();
        let mut packet = Vec::new();
        encoder.encode(&pcm, &mut packet);
        out.extend(packager.push(MediaTime((i * frame) as u64), &packet));
        if out.len() == count {
            return out;
        }
    }
    unreachable!("the range has no end")
}

/// Serves `count` parts in real time after a burst of five, without those in `lost`.
async fn serve(count: usize, lost: &'static [u64]) -> SocketAddr {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    // The fifth part is just complete.
    let epoch = now_ms - 19_200 - 960;
    let live = move |Path(file): Path<String>, RawQuery(query): RawQuery| async move {
        let (rendition, raw) = match file.as_str() {
            "live.mp4" if query.as_deref() == Some("rendition=aac-96") => (Rendition::Aac96, false),
            "live.mp4" => (Rendition::Opus96, false),
            "live.ogg" => (Rendition::Opus96, true),
            "live.aac" => (Rendition::Aac96, true),
            "events" => {
                let text = format!("event: snapshot\ndata: {{\"t\":0,\"epoch_ms\":{epoch}}}\n\n");
                return text.into_response();
            }
            _ => return (StatusCode::NOT_FOUND, "{\"detail\":\"nothing has this address\"}").into_response(),
        };
        let h = headers(rendition, "T");
        let mut pieces: Vec<Bytes> = vec![if raw { h.raw } else { h.cmaf }];
        let parts = parts(rendition, count);
        let end = if raw { trailer(rendition, parts.last().unwrap().number + 1) } else { Bytes::new() };
        let kept = parts.into_iter().filter(|p| !lost.contains(&(p.number - 100)));
        pieces.extend(kept.map(|p| if raw { p.raw } else { p.cmaf }));
        pieces.push(end);
        let paced = futures_util::stream::unfold((pieces.into_iter(), 0u32), |(mut pieces, sent)| async move {
            let piece = pieces.next()?;
            if sent > 5 {
                tokio::time::sleep(Duration::from_millis(192)).await;
            }
            Some((Ok::<_, Infallible>(piece), (pieces, sent + 1)))
        });
        Body::from_stream(paced).into_response()
    };
    let hls = |Path((rendition, file)): Path<(String, String)>| async move {
        let rendition: Rendition = rendition.parse().unwrap();
        if file == "init.mp4" {
            return headers(rendition, "T").cmaf.into_response();
        }
        let number: usize = file.trim_end_matches(".m4s").replace('.', "").parse().unwrap();
        parts(rendition, 20)[number - 100].cmaf.clone().into_response()
    };
    let playlist = |Path(name): Path<String>| async move {
        if name == "index.m3u8" {
            return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\naac-96.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nopus-96.m3u8\n"
                .to_owned();
        }
        let rendition = name.trim_end_matches(".m3u8");
        let part = |n: u64| format!("#EXT-X-PART:DURATION=0.19200,URI=\"{rendition}/{}.{}.m4s\"\n", n / 10, n % 10);
        let (a, b): (String, String) = ((100..110).map(part).collect(), (110..120).map(part).collect());
        format!(
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.000\n\
             #EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-MAP:URI=\"{rendition}/init.mp4\"\n{a}#EXTINF:1.92,\n{rendition}/10.m4s\n\
             {b}#EXTINF:1.92,\n{rendition}/11.m4s\n#EXT-X-ENDLIST\n"
        )
    };
    let router = Router::new()
        .route("/c/talk/{file}", get(live))
        .route("/c/talk/hls/{name}", get(playlist))
        .route("/c/talk/hls/{rendition}/{file}", get(hls));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    at
}

fn options(at: SocketAddr, tier: Tier) -> ListenOptions {
    ListenOptions::new(format!("http://{at}/c/talk"), tier)
}

fn file(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("hustings-{}-{name}", std::process::id()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_container_is_heard_to_its_end_without_a_gap() {
    let at = serve(14, &[]).await;
    for (container, rendition) in [
        (Container::Mp4, None),
        (Container::Mp4, Some(Rendition::Aac96)),
        (Container::Ogg, None),
        (Container::Adts, None),
    ] {
        let path = file("tone.wav");
        let mut options = options(at, Tier::Stream);
        (options.container, options.rendition, options.output) = (container, rendition, Some(path.clone()));
        let report = listen(options).await.unwrap();
        assert_eq!((report.gaps, report.ended), (0, true), "{container:?} {report:?}");
        assert!(report.bytes > 20_000, "{report:?}");
        let sound = decode_file(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let wanted = 14 * 9216 - if container == Container::Adts || rendition.is_some() { 1744 } else { 0 };
        assert!(sound.len().abs_diff(wanted) <= 960, "{container:?}: {} samples", sound.len());
        let power = sound[9600..57_600].iter().map(|s| s * s).sum::<f32>() / 48_000.0;
        assert!((power - 0.125).abs() < 0.02, "{container:?}: {power}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_in_media_time_is_one_gap_and_the_recording_keeps_its_length() {
    let at = serve(12, &[3]).await;
    let path = file("hole.wav");
    let mut options = options(at, Tier::Stream);
    options.output = Some(path.clone());
    let report = listen(options).await.unwrap();
    assert_eq!((report.gaps, report.media_time), (1, 921_600), "{report:?}");
    assert!(report.missing_ms >= 180.0, "{report:?}");
    let sound = decode_file(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(sound.len().abs_diff(12 * 9216) <= 960, "{}", sound.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delay_is_told_from_the_epoch_and_a_duration_ends_it() {
    let at = serve(40, &[]).await;
    let mut options = options(at, Tier::Stream);
    options.duration = Duration::from_millis(1500);
    let report = listen(options).await.unwrap();
    assert!(!report.ended, "{report:?}");
    let delay = report.delay_ms.unwrap();
    // A burst of five parts, 0.96 s, and whatever the machine adds.
    assert!((900.0..4000.0).contains(&delay), "{delay}");
    assert!(report.first_audio_at_ms > 1.6e12 && report.first_audio_ms < 5000.0, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hls_begins_at_the_hold_back_and_ends_with_the_list() {
    let at = serve(1, &[]).await;
    for rendition in [Rendition::Opus96, Rendition::Aac96] {
        let path = file(rendition.name());
        let mut options = options(at, Tier::Hls);
        (options.rendition, options.output) = (Some(rendition), Some(path.clone()));
        let report = listen(options).await.unwrap();
        assert_eq!((report.gaps, report.ended), (0, true), "{report:?}");
        // Six parts of 0.192 s are the fewest that make the hold-back of 1 s; AAC frames may begin a little later.
        assert!(report.media_time.abs_diff(114 * 9216) < 1024, "{report:?}");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(&bytes[4..8], b"ftyp", "the bytes as they came");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_an_absent_server_are_one_line_each() {
    let at = serve(1, &[]).await;
    let elsewhere = ListenOptions::new(format!("http://{at}/c/talk"), Tier::Whep);
    let error = listen(elsewhere).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused { status: 405, .. }), "{error:?}");
    let nobody = ListenOptions::new("http://127.0.0.1:9/c/talk", Tier::Stream);
    let error = listen(nobody).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }) && !error.to_string().contains('\n'), "{error}");
}
