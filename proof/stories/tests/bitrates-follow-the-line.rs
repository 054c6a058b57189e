//! A line that is too narrow for everybody at full bitrate: before it queues, everybody hears a lower one, without a gap; when
//! half of them have left, bitrates rise again. More come in than would fit at 96 kbit/s, and no more than fit at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_stories::{Server, Voice, until};
use reqwest::StatusCode;
use tokio::task::JoinHandle;

/// 4 Mbit/s, of which 1 is the stage's: 26 listeners at 96 kbit/s, 49 at 48, or 86 at 24.
const RATE: &str = "4 Mbit/s";
const LISTENERS: usize = 44;
/// Too many for 48 kbit/s.
const CROWD: usize = 70;

struct Listener {
    bytes: Arc<AtomicU64>,
    gone: Arc<AtomicBool>,
    task: JoinHandle<Duration>,
}

fn listen(url: String) -> Listener {
    let (bytes, gone) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
    let (heard, stop) = (bytes.clone(), gone.clone());
    let task = tokio::spawn(async move {
        let mut answer = reqwest::get(&url).await.expect("the audience's listener answers");
        assert_eq!(answer.status(), StatusCode::OK, "the line has room at the lower bitrate");
        let (mut gap, mut last) = (Duration::ZERO, Instant::now());
        while !stop.load(Relaxed) {
            let chunk = tokio::time::timeout(Duration::from_secs(10), answer.chunk()).await;
            let chunk = chunk.expect("sound comes").expect("nobody is put out").expect("nobody is put out");
            heard.fetch_add(chunk.len() as u64, Relaxed);
            gap = gap.max(last.elapsed());
            last = Instant::now();
        }
        gap
    });
    Listener { bytes, gone, task }
}

/// kbit/s for each of them, over two seconds.
async fn kbit(listeners: &[Listener]) -> f64 {
    let sum = || listeners.iter().map(|listener| listener.bytes.load(Relaxed)).sum::<u64>();
    let (before, begun) = (sum(), Instant::now());
    tokio::time::sleep(Duration::from_secs(2)).await;
    (sum() - before) as f64 * 8.0 / 1000.0 / begun.elapsed().as_secs_f64() / listeners.len() as f64
}

#[tokio::test]
async fn everybody_hears_on_and_rises_again_when_half_have_left() {
    let server = Server::start_with_a_line(RATE).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let url = server.audience("/c/talk/live.mp4?burst=0&rendition=opus-96");
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        listeners.push(listen(url.clone()));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let share = 3000.0;
    until("everybody hears what fits", Duration::from_secs(20), async || {
        Some(kbit(&listeners).await).filter(|kbit| kbit * (LISTENERS as f64) < share && *kbit < 70.0)
    })
    .await;
    let counted = server.listening("talk").await;
    assert_eq!(counted, Some(LISTENERS as u64));

    for listener in listeners.drain(..LISTENERS / 2) {
        listener.gone.store(true, Relaxed);
        let gap = listener.task.await.expect("it heard to the end");
        assert!(gap < Duration::from_secs(1), "a gap of {gap:?}");
    }
    let left = Instant::now();
    until("bitrates have risen", Duration::from_secs(30), async || Some(kbit(&listeners).await).filter(|k| *k > 90.0))
        .await;
    assert!(left.elapsed() < Duration::from_secs(30), "{:?}", left.elapsed());
    for listener in listeners {
        listener.gone.store(true, Relaxed);
        let gap = listener.task.await.expect("it heard to the end");
        assert!(gap < Duration::from_secs(1), "a gap of {gap:?}");
    }
}

#[tokio::test]
async fn where_48_kbit_are_too_many_everybody_hears_24_and_hears_on() {
    let server = Server::start_with_a_line(RATE).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let url = server.audience("/c/talk/live.mp4?burst=0&rendition=opus-96");
    let mut listeners = Vec::new();
    for _ in 0..CROWD {
        listeners.push(listen(url.clone()));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    until("everybody hears the least", Duration::from_secs(25), async || {
        Some(kbit(&listeners).await).filter(|kbit| *kbit < 36.0)
    })
    .await;
    assert_eq!(server.listening("talk").await, Some(CROWD as u64), "nobody is put out");
    let playlist = reqwest::get(server.audience("/c/talk/hls/index.m3u8")).await.expect("it answers");
    let playlist = playlist.text().await.expect("a playlist");
    assert!(playlist.contains("opus-24.m3u8") && !playlist.contains("opus-48.m3u8"), "{playlist}");
    for listener in listeners {
        listener.gone.store(true, Relaxed);
        let gap = listener.task.await.expect("it heard to the end");
        assert!(gap < Duration::from_secs(1), "a gap of {gap:?}");
    }
}
