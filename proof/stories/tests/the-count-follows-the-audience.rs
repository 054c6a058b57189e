//! `/audience` follows three hundred listeners on all three tiers: who joins, who says goodbye, who is lost in silence.

use std::time::Duration;

use hustings_stories::{Filter, Running, Server, Voice, hustings, until};

const TIERS: [&str; 3] = ["stream", "hls", "whep"];

fn hundred(server: &Server, tier: &str) -> Running {
    let listen = hustings().args(["listen", &server.url("/c/talk"), "--tier", tier, "--listeners", "100"]);
    listen.args(["--seconds", "120", "--json"]).spawn()
}

async fn counts(server: &Server, what: &str, number: u64, bound: Duration) {
    until(&format!("{what}: {number} are counted"), bound, async || {
        server.listening("talk").await.filter(|n| *n == number)
    })
    .await;
}

#[tokio::test]
async fn joins_and_goodbyes_are_counted() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let mut listeners = Vec::new();
    for (n, tier) in TIERS.into_iter().enumerate() {
        listeners.push(hundred(&server, tier));
        // A hundred joins at once on two cores take their time; from the last one on it is two seconds.
        counts(&server, tier, 100 * (n as u64 + 1), Duration::from_secs(15)).await;
    }
    let said = server.count("talk").await.unwrap();
    for tier in TIERS {
        assert_eq!(said["by_tier"][tier], 100, "{said}");
    }
    assert!(said["definition"].as_str().is_some_and(|d| !d.is_empty()), "{said}");
    assert_eq!(said["peak"], 300, "{said}");

    // SIGTERM lets a client say goodbye: a closed connection, a DELETE. An HLS player has no goodbye but its silence:
    // three target durations of two seconds.
    for (left, bound) in [("stream", 2), ("hls", 8), ("whep", 2)] {
        let at = TIERS.iter().position(|t| *t == left).unwrap();
        listeners[at].signal("TERM");
        let remaining = [200, 100, 0][at];
        counts(&server, left, remaining, Duration::from_secs(bound)).await;
    }
}

#[tokio::test]
async fn listeners_who_are_lost_in_silence_are_counted_out() {
    let mut server = Server::start().await;
    let udp = server.audience_udp().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let _streams = hundred(&server, "stream");
    counts(&server, "stream", 100, Duration::from_secs(15)).await;
    let _webrtc = hundred(&server, "whep");
    counts(&server, "whep", 200, Duration::from_secs(15)).await;

    // Asked through the private listener, for the audience's own is what dies.
    let tier = async |name: &str| server.metric(&format!("hustings_listeners{{tier=\"{name}\"}}")).await;
    let _dead = Filter::dead_tcp(server.ports.audience);
    until("silent stream listeners are counted out", Duration::from_secs(10), async || {
        tier("stream").await.filter(|n| *n == 0.0)
    })
    .await;
    let _dead: Vec<_> = udp.into_iter().map(Filter::dead_udp).collect();
    until("silent WebRTC listeners are counted out", Duration::from_secs(30), async || {
        tier("whep").await.filter(|n| *n == 0.0)
    })
    .await;
}
