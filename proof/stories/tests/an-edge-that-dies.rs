//! The audience is served by processes of its own. One is killed: the stage does not notice, nor do the listeners of the
//! others; its own come back by themselves. One stands still: it is cut off, and goes on where it was when it can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_stories::{Server, Voice, until};
use tokio::task::JoinHandle;

const LISTENERS: usize = 40;

/// What one listener went through.
#[derive(Debug, Default)]
struct Heard {
    /// The longest time between two deliveries of one connection.
    gap: Duration,
    /// From the end of the first connection to the first sound of the next.
    away: Option<Duration>,
}

/// Listens until it is told to stop, and comes back when the connection ends, as players do: within a second, at random.
fn listen(url: String, stop: Arc<AtomicBool>) -> JoinHandle<Heard> {
    tokio::spawn(async move {
        let (mut heard, mut lost) = (Heard::default(), None::<Instant>);
        while !stop.load(Relaxed) {
            let Ok(mut answer) = reqwest::get(&url).await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let mut last = Instant::now();
            while let Ok(Some(_)) = answer.chunk().await {
                if let Some(lost) = lost.take() {
                    heard.away.get_or_insert(lost.elapsed());
                }
                heard.gap = heard.gap.max(last.elapsed());
                last = Instant::now();
                if stop.load(Relaxed) {
                    return heard;
                }
            }
            lost.get_or_insert_with(Instant::now);
            let jitter = u64::from(Instant::now().elapsed().subsec_nanos() ^ last.elapsed().subsec_nanos()) % 1000;
            tokio::time::sleep(Duration::from_millis(jitter)).await;
        }
        heard
    })
}

fn signal(pid: u32, name: &str) {
    let sent = std::process::Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

async fn reaches(server: &Server, name: &str, value: f64, bound: Duration) {
    until(&format!("{name} is {value}"), bound, async || server.metric(name).await.filter(|n| *n == value)).await;
}

/// A conversation with a speaker and its listeners, on two edges.
async fn two_edges_and_listeners(server: &Server) -> (Arc<AtomicBool>, Vec<JoinHandle<Heard>>) {
    let stop = Arc::<AtomicBool>::default();
    let url = server.audience("/c/talk/live.ogg?burst=0&rendition=opus-48");
    let listeners = (0..LISTENERS).map(|_| listen(url.clone(), stop.clone())).collect();
    let all = Some(LISTENERS as u64);
    until("all listen", Duration::from_secs(15), async || server.listening("talk").await.filter(|n| Some(*n) == all))
        .await;
    (stop, listeners)
}

#[tokio::test]
async fn its_listeners_come_back_and_nobody_else_notices() {
    let server = Server::start_with_edges(2).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let (stop, listeners) = two_edges_and_listeners(&server).await;
    let skipped = server.metric("hustings_ticks_skipped_total").await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    let edges = server.edges();
    assert_eq!(edges.len(), 2);
    signal(edges[0], "KILL");
    reaches(&server, "hustings_edge_restarts_total", 1.0, Duration::from_secs(1)).await;
    reaches(&server, "hustings_edges", 2.0, Duration::from_secs(5)).await;
    assert_eq!(server.edges()[1], edges[1], "the other lives on");
    let all = Some(LISTENERS as u64);
    until("all listen again", Duration::from_secs(5), async || {
        server.listening("talk").await.filter(|n| Some(*n) == all)
    })
    .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.store(true, Relaxed);

    let (mut back, mut stayed) = (0, 0);
    for listener in listeners {
        let heard = listener.await.unwrap();
        match heard.away {
            Some(away) => {
                back += 1;
                assert!(away < Duration::from_secs(3), "{heard:?}");
            }
            None => {
                stayed += 1;
                assert!(heard.gap < Duration::from_secs(1), "{heard:?}");
            }
        }
    }
    // Whoever wakes first takes who waits, so a small crowd is spread by chance.
    assert!(back >= LISTENERS / 10 && stayed >= LISTENERS / 10, "{back} of the dead one, {stayed} of the other");
    assert_eq!(server.metric("hustings_ticks_skipped_total").await, skipped, "the stage goes on");
    assert_eq!(server.metric("hustings_link_dropped_total").await, Some(0.0));
}

#[tokio::test]
async fn one_that_stands_still_is_cut_off_and_goes_on_where_it_was() {
    let server = Server::start_with_edges(2).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let (stop, listeners) = two_edges_and_listeners(&server).await;
    let edges = server.edges();
    signal(edges[1], "STOP");
    reaches(&server, "hustings_edges", 1.0, Duration::from_secs(10)).await;
    assert_eq!(server.metric("hustings_edges_cut_off_total").await, Some(1.0));
    until("nobody knows whether those still listen", Duration::from_secs(2), async || {
        server.metric("hustings_listeners{tier=\"stream\"}").await.filter(|n| *n < LISTENERS as f64)
    })
    .await;
    signal(edges[1], "CONT");
    reaches(&server, "hustings_edges", 2.0, Duration::from_secs(5)).await;
    reaches(&server, "hustings_listeners{tier=\"stream\"}", LISTENERS as f64, Duration::from_secs(5)).await;
    assert_eq!(server.edges(), edges, "it was not started again");
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.store(true, Relaxed);
    for listener in listeners {
        assert_eq!(listener.await.unwrap().away, None, "no connection was lost");
    }
    assert_eq!(server.metric("hustings_edge_restarts_total").await, Some(0.0));
}
